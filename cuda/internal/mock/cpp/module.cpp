// module.cpp: PTX text to functions, launches, occupancy.
#include "mock.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace mock {

Live<CUmodule> modules;
Live<CUfunction> functions;

static int max_shared(CUdevice d) {
    int n = 0;
    cuDeviceGetAttribute(&n, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, d);
    return n;
}

static const int shared_without_asking = 48 << 10;

// number is the integer after the first place of a word in the text; -1 when there is none.
static long number(const std::string &text, const char *word) {
    const size_t at = text.find(word);
    return at == std::string::npos ? -1 : std::strtol(text.c_str() + at + std::strlen(word), nullptr, 10);
}

// bytes_of lists the sizes of a state space's declarations: ".param .align 4 .b8 name[512]" and ".param .u64 name".
static std::vector<unsigned> bytes_of(const std::string &text, const std::string &space) {
    std::vector<unsigned> list;
    for (size_t at = text.find(space + " ."); at != std::string::npos; at = text.find(space + " .", at + 1)) {
        const char *p = text.c_str() + at + space.size() + 2;
        if (std::strncmp(p, "align", 5) == 0) p = std::strchr(p, '.') + 1;
        unsigned bits = 0, n = 1;
        const int fields = std::sscanf(p, "%*[a-z]%u %*[A-Za-z0-9_$][%u", &bits, &n);
        if (fields > 0) list.push_back(bits / 8 * n);
    }
    return list;
}

// read_ptx fills the module; an error is what the compiler would have logged.
static std::string read_ptx(CUmodule m, const std::string &ptx, CUresult *code) {
    *code = CUDA_ERROR_INVALID_PTX;
    const size_t begin = ptx.find_first_not_of(" \t\r\n");
    if (faults.bad_ptx || begin == std::string::npos || (ptx.compare(begin, 2, "//") != 0 && ptx.compare(begin, 8, ".version") != 0))
        return "ptxas application ptx input, line 1; fatal   : Parsing error: syntax error";
    const size_t version = ptx.find(".version");
    if (version == std::string::npos) return "ptxas application ptx input, line 1; fatal   : Missing .version directive";
    if (std::atof(ptx.c_str() + version + 8) > (faults.old ? 7.0 : 9.0)) {
        *code = CUDA_ERROR_UNSUPPORTED_PTX_VERSION;
        return "ptxas application ptx input, line 1; fatal   : Unsupported .version";
    }
    const long target = number(ptx, ".target sm_");
    if (target > faults.capability) return "ptxas fatal   : SM version specified by .target is higher than the device's sm_" + std::to_string(faults.capability);
    for (size_t at = ptx.find(".entry "); at != std::string::npos;) {
        const size_t next = ptx.find(".entry ", at + 1);
        const std::string text = ptx.substr(at, next - at);
        const size_t open = text.find('('), close = text.find(')'), body = text.find('{');
        if (open == std::string::npos || close == std::string::npos || body == std::string::npos) return "ptxas fatal   : .entry without a body";
        std::string name = text.substr(7, open - 7);
        name.erase(name.find_last_not_of(" \t\n") + 1);
        CUfunction f = functions.add(new CUfunc_st{m->context, name});
        m->functions.push_back(f);
        f->parameters = bytes_of(text.substr(open, close - open), ".param");
        if (long n = number(text.substr(close, body - close), ".maxntid"); n > 0) f->max_threads = (int)n;
        for (unsigned n : bytes_of(text.substr(body), ".shared")) f->static_shared += (n + 15) / 16 * 16;
        f->max_dynamic = shared_without_asking - f->static_shared;
        f->twin = twin::find(name);
        if (f->twin && f->twin->sizes != f->parameters) return "kernel " + name + ": the PTX has other parameters than the source: compile it again";
        at = next;
    }
    return "";
}

static void unload(CUmodule m) {
    for (CUfunction f : m->functions) functions.drop(f);
    modules.drop(m);
}

CUresult make_kernel(Kernel *k, CUfunction f, dim3 grid, dim3 block, size_t shared, void **params, void **extra) {
    if (!functions.has(f)) return CUDA_ERROR_INVALID_HANDLE;
    if (f->context != current()) return CUDA_ERROR_INVALID_CONTEXT;
    if (grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.x > 2147483647u || grid.y > 65535 || grid.z > 65535) return CUDA_ERROR_INVALID_VALUE;
    if (block.x == 0 || block.y == 0 || block.z == 0 || block.x > 1024 || block.y > 1024 || block.z > 64) return CUDA_ERROR_INVALID_VALUE;
    if (uint64_t(block.x) * block.y * block.z > 1024) return CUDA_ERROR_INVALID_VALUE;
    if (int(block.x * block.y * block.z) > f->max_threads) {
        complain("kernel " + f->name + ": " + std::to_string(block.x * block.y * block.z) + " threads, its launch bounds are " + std::to_string(f->max_threads));
        return CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES;
    }
    if (shared > size_t(std::max(f->max_dynamic, 0))) return CUDA_ERROR_INVALID_VALUE;
    const twin::Entry &e = *f->twin;
    k->function = f, k->grid = grid, k->block = block, k->shared = shared;
    k->arguments.assign(std::max<size_t>(e.bytes, 1), 0);
    if ((params != nullptr) == (extra != nullptr) && e.bytes > 0) return CUDA_ERROR_INVALID_VALUE;
    if (params != nullptr) {
        for (size_t i = 0; i < e.sizes.size(); i++) std::memcpy(&k->arguments[e.offsets[i]], params[i], e.sizes[i]);
        return CUDA_SUCCESS;
    }
    const void *buffer = nullptr;
    size_t bytes = 0;
    for (; extra && *extra != CU_LAUNCH_PARAM_END; extra += 2) {
        if (extra[0] == CU_LAUNCH_PARAM_BUFFER_POINTER) buffer = extra[1];
        else if (extra[0] == CU_LAUNCH_PARAM_BUFFER_SIZE) bytes = *static_cast<size_t *>(extra[1]);
        else return CUDA_ERROR_INVALID_VALUE;
    }
    if (bytes < e.bytes || bytes > (e.bytes + 7) / 8 * 8) {
        complain("kernel " + f->name + ": " + std::to_string(bytes) + " bytes of arguments, it takes " + std::to_string(e.bytes));
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (e.bytes > 0) std::memcpy(k->arguments.data(), buffer, e.bytes);
    return CUDA_SUCCESS;
}

// A Saved is what an allocation held.
struct Saved {
    unsigned char *address;
    std::vector<unsigned char> bytes;
};

// save copies the allocations that a kernel is given pointers into.
static std::vector<Saved> save(const Kernel &k) {
    std::vector<Saved> all;
    const twin::Entry &e = *k.function->twin;
    for (size_t i = 0; i < e.sizes.size(); i++) {
        const void *p = nullptr;
        if (e.sizes[i] != sizeof p) continue;
        std::memcpy(&p, &k.arguments[e.offsets[i]], sizeof p);
        const Allocation *a = find_allocation(p);
        if (a && std::none_of(all.begin(), all.end(), [a](const Saved &s) { return s.address == a->address; }))
            all.push_back({a->address, {a->address, a->address + a->bytes}});
    }
    return all;
}

// run_twice runs a kernel in two orders from the same memory, and compares.
static std::string run_twice(const Kernel &k, twin::Launch l) {
    const std::vector<Saved> before = save(k);
    std::string failure = twin::launch(l);
    if (!failure.empty()) return failure;
    const std::vector<Saved> first = save(k);
    for (const Saved &s : before) std::memcpy(s.address, s.bytes.data(), s.bytes.size());
    l.seed++;
    failure = twin::launch(l);
    if (!failure.empty()) return failure;
    for (const Saved &s : first) {
        if (std::memcmp(s.address, s.bytes.data(), s.bytes.size()) == 0) continue;
        const auto differ = std::mismatch(s.bytes.begin(), s.bytes.end(), s.address);
        return std::string("kernel ") + l.entry->name + ": its result depends on the order of threads or blocks: byte " +
               std::to_string(differ.first - s.bytes.begin()) + " of an allocation of " + std::to_string(s.bytes.size()) + " bytes";
    }
    return "";
}

CUresult run_kernel(const Kernel &k) {
    launched++;
    launches[k.function->name]++;
    if (faults.lost_at > 0 && launched >= faults.lost_at) return broken(CUDA_ERROR_UNKNOWN, "the device is lost at launch " + std::to_string(launched) + ", " + k.function->name);
    if (launched == faults.fail_at) return broken(CUDA_ERROR_LAUNCH_FAILED, "launch " + std::to_string(launched) + ", " + k.function->name + ", is made to fail");
    const twin::Launch l{k.function->twin, k.grid, k.block, k.shared, k.arguments.data(), faults.seed, faults.races};
    if (faults.races && !twin::can_watch()) return broken(CUDA_ERROR_NOT_SUPPORTED, "GLASSY_MOCK=races: this library was not built for it");
    const std::string failure = faults.twice ? run_twice(k, l) : twin::launch(l);
    if (failure.empty()) return CUDA_SUCCESS;
    const bool address = failure.find("an access") != std::string::npos;
    return broken(address ? CUDA_ERROR_ILLEGAL_ADDRESS : CUDA_ERROR_LAUNCH_FAILED, failure);
}

} // namespace mock

using namespace mock;

CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned n, CUjit_option *options, void **values) {
    SAFE;
    CUmodule m = modules.add(new CUmod_st{current(), {}});
    CUresult code;
    const std::string log = read_ptx(m, static_cast<const char *>(image), &code);
    if (log.empty()) {
        *module = m;
        return CUDA_SUCCESS;
    }
    unload(m);
    char *buffer = nullptr;
    size_t room = 0;
    unsigned size_at = n;
    for (unsigned i = 0; i < n; i++) {
        if (options[i] == CU_JIT_ERROR_LOG_BUFFER) buffer = static_cast<char *>(values[i]);
        if (options[i] == CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES) room = reinterpret_cast<uintptr_t>(values[i]) & 0xffffffff, size_at = i;
    }
    if (buffer && room > 0) {
        const size_t length = std::min(log.size(), room - 1);
        std::memcpy(buffer, log.data(), length);
        buffer[length] = 0;
        values[size_at] = reinterpret_cast<void *>(length + 1);
    }
    return code;
}

CUresult cuModuleLoadData(CUmodule *module, const void *image) { return cuModuleLoadDataEx(module, image, 0, nullptr, nullptr); }

CUresult cuModuleUnload(CUmodule module) {
    SAFE;
    if (!modules.has(module)) return CUDA_ERROR_INVALID_HANDLE;
    if (CUresult r = drain_all()) return r;
    unload(module);
    return CUDA_SUCCESS;
}

CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name) {
    IN_CONTEXT;
    if (!modules.has(module)) return CUDA_ERROR_INVALID_HANDLE;
    for (CUfunction f : module->functions) {
        if (f->name != name) continue;
        if (f->twin == nullptr) {
            complain("kernel " + f->name + " is in the PTX but was not compiled for the CPU");
            return CUDA_ERROR_NOT_FOUND;
        }
        *function = f;
        return CUDA_SUCCESS;
    }
    return CUDA_ERROR_NOT_FOUND;
}

CUresult cuFuncGetAttribute(int *value, CUfunction_attribute attribute, CUfunction f) {
    IN_CONTEXT;
    if (!functions.has(f)) return CUDA_ERROR_INVALID_HANDLE;
    switch (attribute) {
    case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK: *value = f->max_threads; break;
    case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES: *value = f->static_shared; break;
    case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES: *value = f->max_dynamic; break;
    case CU_FUNC_ATTRIBUTE_NUM_REGS: *value = 32; break;
    case CU_FUNC_ATTRIBUTE_PTX_VERSION:
    case CU_FUNC_ATTRIBUTE_BINARY_VERSION: *value = faults.capability; break;
    default: *value = 0;
    }
    return CUDA_SUCCESS;
}

CUresult cuFuncSetAttribute(CUfunction f, CUfunction_attribute attribute, int value) {
    IN_CONTEXT;
    if (!functions.has(f)) return CUDA_ERROR_INVALID_HANDLE;
    if (attribute == CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT) return CUDA_SUCCESS;
    if (attribute != CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES) return CUDA_ERROR_INVALID_VALUE;
    if (value < 0 || value + f->static_shared > max_shared(f->context->device)) return CUDA_ERROR_INVALID_VALUE;
    f->max_dynamic = value;
    return CUDA_SUCCESS;
}

CUresult cuFuncSetCacheConfig(CUfunction f, CUfunc_cache) {
    IN_CONTEXT;
    return functions.has(f) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult cuLaunchKernel(CUfunction f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, CUstream stream, void **params, void **extra) {
    IN_CONTEXT;
    Kernel k;
    if (CUresult r = make_kernel(&k, f, dim3(gx, gy, gz), dim3(bx, by, bz), shared, params, extra)) return r;
    return submit(stream, CU_GRAPH_NODE_TYPE_KERNEL, [k] { return run_kernel(k); }, &k);
}

// By threads and shared memory alone: registers are not known here.
CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, CUfunction f, int threads, size_t shared) {
    IN_CONTEXT;
    if (!functions.has(f)) return CUDA_ERROR_INVALID_HANDLE;
    if (threads <= 0) return CUDA_ERROR_INVALID_VALUE;
    *blocks = 0;
    if (threads > f->max_threads) return CUDA_SUCCESS;
    *blocks = std::min(32, 2048 / ((threads + 31) / 32 * 32));
    const size_t need = f->static_shared + shared;
    if (need > 0) *blocks = std::min<size_t>(*blocks, (max_shared(f->context->device) + 1024) / (need + 1024));
    return CUDA_SUCCESS;
}

CUresult cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks, CUfunction f, int threads, size_t shared, unsigned) {
    return cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, f, threads, shared);
}

CUresult cuOccupancyMaxPotentialBlockSize(int *grid, int *block, CUfunction f, CUoccupancyB2DSize shared_of, size_t shared, int limit) {
    IN_CONTEXT;
    if (!functions.has(f)) return CUDA_ERROR_INVALID_HANDLE;
    int best = 0;
    for (int b = std::min(f->max_threads, limit > 0 ? limit : 1024) / 32 * 32; b > 0; b -= 32) {
        int n = 0;
        cuOccupancyMaxActiveBlocksPerMultiprocessor(&n, f, b, shared_of ? shared_of(b) : shared);
        if (n * b > best) best = n * b, *block = b, *grid = 6 * n;
    }
    return best > 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
