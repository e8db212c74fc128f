// mock.cpp: faults, devices, contexts, errors in words, the report.
#include "mock.h"

#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace mock {

std::recursive_mutex lock;
Faults faults;
CUresult sticky = CUDA_SUCCESS;
std::map<std::string, long> launches;
long launched = 0;
Live<CUcontext> contexts;
static std::string complaints;
static std::map<CUdevice, CUcontext> primaries;
static thread_local std::vector<CUcontext> stack; // of this thread's contexts; the last is current

void complain(const std::string &message) {
    complaints += message + "\n";
    std::fprintf(stderr, "mock CUDA driver: %s\n", message.c_str());
}

static std::string report() {
    long count[3] = {}, other_streams = 0;
    size_t bytes[3] = {};
    for (auto &a : allocations) count[a.second.kind]++, bytes[a.second.kind] += a.second.bytes;
    for (auto s : streams.all) other_streams += s->context->own != s;
    std::stringstream s;
    s << "allocations " << count[device_memory] << "\nbytes " << bytes[device_memory] << "\npinned " << count[pinned_memory]
      << "\nregistered " << count[registered_memory] << "\nmodules " << modules.all.size() << "\nstreams " << other_streams
      << "\nevents " << events.all.size() << "\ngraphs " << graphs.all.size() << "\nexecs " << execs.all.size() << "\ncontexts "
      << contexts.all.size() << "\nlaunches " << launched << "\n";
    for (auto &l : launches) s << "launches." << l.first << " " << l.second << "\n";
    std::stringstream lines(complaints);
    for (std::string l; std::getline(lines, l);) s << "complaint " << l << "\n";
    return s.str();
}

static void write_report() {
    const char *path = std::getenv("GLASSY_MOCK_REPORT");
    if (path == nullptr || *path == 0) return;
    if (FILE *f = std::fopen(path, "w")) {
        std::fputs(report().c_str(), f);
        std::fclose(f);
    }
}

CUresult broken(CUresult r, const std::string &message) {
    sticky = r;
    complain(message);
    write_report();
    return r;
}

CUcontext current() { return !stack.empty() && contexts.has(stack.back()) ? stack.back() : nullptr; }

static bool read_faults(const char *text) {
    Faults f;
    std::stringstream words(text ? text : "");
    for (std::string w; std::getline(words, w, ',');) {
        const size_t equals = w.find('=');
        const std::string key = w.substr(0, equals);
        const long long value = equals == std::string::npos ? 0 : std::strtoll(w.c_str() + equals + 1, nullptr, 0);
        if (key == "nodevice") f.no_device = true;
        else if (key == "exclusive") f.exclusive = true;
        else if (key == "badptx") f.bad_ptx = true;
        else if (key == "old") f.old = true;
        else if (key == "late") f.late = true;
        else if (key == "twice") f.twice = true;
        else if (key == "races") f.races = true;
        else if (key == "devices") f.devices = (int)value;
        else if (key == "sm") f.capability = (int)value;
        else if (key == "memory") f.memory = (size_t)value;
        else if (key == "launch") f.fail_at = value;
        else if (key == "lost") f.lost_at = value;
        else if (key == "seed") f.seed = (uint64_t)value;
        else if (!w.empty()) {
            complain("GLASSY_MOCK: unknown word " + w);
            return false;
        }
    }
    faults = f;
    return true;
}
static const bool read_at_start = read_faults(std::getenv("GLASSY_MOCK"));

} // namespace mock

using namespace mock;

// For tests, found by dlsym: the report, and other faults from now on (the sticky error is taken back, the
// counts of launches begin anew).
extern "C" __attribute__((visibility("default"))) const char *mock_report(void) {
    std::lock_guard<std::recursive_mutex> guard(lock);
    static std::string text;
    text = report();
    return text.c_str();
}
extern "C" __attribute__((visibility("default"))) int mock_faults(const char *words) {
    std::lock_guard<std::recursive_mutex> guard(lock);
    sticky = CUDA_SUCCESS;
    launched = 0;
    launches.clear();
    complaints.clear();
    return read_faults(words);
}

// ---- errors in words

static const struct {
    CUresult code;
    const char *name, *text;
} words[] = {
#define WORDS(code, text) {code, #code, text}
    WORDS(CUDA_SUCCESS, "no error"),
    WORDS(CUDA_ERROR_INVALID_VALUE, "invalid argument"),
    WORDS(CUDA_ERROR_OUT_OF_MEMORY, "out of memory"),
    WORDS(CUDA_ERROR_NOT_INITIALIZED, "initialization error"),
    WORDS(CUDA_ERROR_NO_DEVICE, "no CUDA-capable device is detected"),
    WORDS(CUDA_ERROR_INVALID_DEVICE, "invalid device ordinal"),
    WORDS(CUDA_ERROR_INVALID_CONTEXT, "invalid device context"),
    WORDS(CUDA_ERROR_INVALID_PTX, "a PTX JIT compilation failed"),
    WORDS(CUDA_ERROR_UNSUPPORTED_PTX_VERSION, "the provided PTX was compiled with an unsupported toolchain."),
    WORDS(CUDA_ERROR_INVALID_HANDLE, "invalid resource handle"),
    WORDS(CUDA_ERROR_NOT_FOUND, "named symbol not found"),
    WORDS(CUDA_ERROR_NOT_READY, "device not ready"),
    WORDS(CUDA_ERROR_ILLEGAL_ADDRESS, "an illegal memory access was encountered"),
    WORDS(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "too many resources requested for launch"),
    WORDS(CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED, "part or all of the requested memory range is already mapped"),
    WORDS(CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED, "pointer does not correspond to a registered memory region"),
    WORDS(CUDA_ERROR_LAUNCH_FAILED, "unspecified launch failure"),
    WORDS(CUDA_ERROR_NOT_SUPPORTED, "operation not supported"),
    WORDS(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "operation not permitted when stream is capturing"),
    WORDS(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, "operation failed due to a previous error during capture"),
    WORDS(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED, "the capture was not initiated in this stream"),
    WORDS(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD, "attempt to terminate a thread-local capture sequence from another thread"),
    WORDS(CUDA_ERROR_UNKNOWN, "unknown error"),
#undef WORDS
};

CUresult cuGetErrorName(CUresult error, const char **name) {
    for (auto &w : words)
        if (w.code == error) return *name = w.name, CUDA_SUCCESS;
    *name = nullptr;
    return CUDA_ERROR_INVALID_VALUE;
}

CUresult cuGetErrorString(CUresult error, const char **text) {
    for (auto &w : words)
        if (w.code == error) return *text = w.text, CUDA_SUCCESS;
    *text = nullptr;
    return CUDA_ERROR_INVALID_VALUE;
}

// ---- the driver and its devices

CUresult cuInit(unsigned) {
    CALL;
    return faults.no_device ? CUDA_ERROR_NO_DEVICE : CUDA_SUCCESS;
}

CUresult cuDriverGetVersion(int *version) {
    *version = faults.old ? 11000 : 13000;
    return CUDA_SUCCESS;
}

#define DEVICE(d)                                            \
    if (faults.no_device) return CUDA_ERROR_NOT_INITIALIZED; \
    if ((d) < 0 || (d) >= faults.devices) return CUDA_ERROR_INVALID_DEVICE

CUresult cuDeviceGetCount(int *count) {
    CALL;
    if (faults.no_device) return CUDA_ERROR_NOT_INITIALIZED;
    *count = faults.devices;
    return CUDA_SUCCESS;
}

CUresult cuDeviceGet(CUdevice *device, int ordinal) {
    CALL;
    DEVICE(ordinal);
    *device = ordinal;
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetName(char *name, int length, CUdevice device) {
    CALL;
    DEVICE(device);
    std::snprintf(name, length, "Mock %d", device);
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetUuid(CUuuid *uuid, CUdevice device) {
    CALL;
    DEVICE(device);
    std::memset(uuid->bytes, 0, sizeof uuid->bytes);
    std::memcpy(uuid->bytes, "mock", 4);
    uuid->bytes[15] = (char)device;
    return CUDA_SUCCESS;
}

CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) {
    CALL;
    DEVICE(device);
    *bytes = faults.memory;
    return CUDA_SUCCESS;
}

// The chips' own limits, but for few multiprocessors, so that grids sized by them are small and grid-stride
// loops go round.
CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice device) {
    CALL;
    DEVICE(device);
    const int sm = faults.capability;
    const bool consumer = sm == 86 || sm == 89 || sm >= 120;
    const int optin = (consumer ? 99 : sm >= 90 ? 227 : sm >= 80 ? 163 : sm >= 75 ? 64 : sm >= 70 ? 96 : 48) << 10;
    static const std::map<int, int> fixed = {
        {CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK, 1024},
        {CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X, 1024},
        {CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y, 1024},
        {CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z, 64},
        {CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X, 2147483647},
        {CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y, 65535},
        {CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z, 65535},
        {CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK, 48 << 10},
        {CU_DEVICE_ATTRIBUTE_TOTAL_CONSTANT_MEMORY, 64 << 10},
        {CU_DEVICE_ATTRIBUTE_WARP_SIZE, 32},
        {CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK, 64 << 10},
        {CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR, 64 << 10},
        {CU_DEVICE_ATTRIBUTE_CLOCK_RATE, 1000000},
        {CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, 6},
        {CU_DEVICE_ATTRIBUTE_CAN_MAP_HOST_MEMORY, 1},
        {CU_DEVICE_ATTRIBUTE_CONCURRENT_KERNELS, 1},
        {CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE, 1000000},
        {CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH, 4096},
        {CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, 4 << 20},
        {CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR, 2048},
        {CU_DEVICE_ATTRIBUTE_MAX_BLOCKS_PER_MULTIPROCESSOR, 32},
        {CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT, 1},
        {CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING, 1},
        {CU_DEVICE_ATTRIBUTE_HOST_REGISTER_SUPPORTED, 1},
        {CU_DEVICE_ATTRIBUTE_CAN_USE_HOST_POINTER_FOR_REGISTERED_MEM, 1},
        {CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED, 1},
    };
    switch ((int)attribute) {
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR: *value = sm / 10; break;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR: *value = sm % 10; break;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN: *value = optin; break;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR: *value = optin + 1024; break;
    default:
        auto i = fixed.find(attribute);
        *value = i == fixed.end() ? 0 : i->second;
    }
    return CUDA_SUCCESS;
}

CUresult cuDeviceCanAccessPeer(int *can, CUdevice device, CUdevice peer) {
    CALL;
    DEVICE(device);
    DEVICE(peer);
    *can = 0;
    return CUDA_SUCCESS;
}

// ---- contexts

static CUcontext new_context(CUdevice device) {
    CUcontext c = contexts.add(new CUctx_st{device});
    c->own = streams.add(new CUstream_st{c});
    return c;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
    CALL;
    DEVICE(device);
    if (faults.exclusive) return CUDA_ERROR_DEVICE_UNAVAILABLE;
    CUcontext &p = primaries[device];
    if (p == nullptr) p = new_context(device), p->primary = true;
    p->references++;
    *context = p;
    return CUDA_SUCCESS;
}

// A context goes with all that is in it, also after an error that sticks; what was left in it is in the report.
CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
    std::lock_guard<std::recursive_mutex> guard(lock);
    DEVICE(device);
    CUcontext &p = primaries[device];
    if (p == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
    if (--p->references == 0) {
        drain_all();
        contexts.all.erase(p);
        write_report();
        drop_context(p);
        p = nullptr;
    }
    return sticky;
}

CUresult cuDevicePrimaryCtxReset_v2(CUdevice device) {
    CALL;
    DEVICE(device);
    CUcontext &p = primaries[device];
    if (p != nullptr) drop_context(p), p = nullptr;
    return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice device, unsigned) {
    CALL;
    DEVICE(device);
    return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned *flags, int *active) {
    CALL;
    DEVICE(device);
    *flags = 0;
    *active = primaries[device] != nullptr;
    return CUDA_SUCCESS;
}

CUresult cuCtxCreate_v2(CUcontext *context, unsigned flags, CUdevice device) {
    CALL;
    DEVICE(device);
    *context = new_context(device);
    (*context)->flags = flags;
    stack.push_back(*context);
    return CUDA_SUCCESS;
}

CUresult cuCtxDestroy_v2(CUcontext context) {
    CALL;
    if (!contexts.has(context) || context->primary) return CUDA_ERROR_INVALID_CONTEXT;
    drain_all();
    drop_context(context);
    if (!stack.empty() && stack.back() == context) stack.pop_back();
    return CUDA_SUCCESS;
}

CUresult cuCtxPushCurrent_v2(CUcontext context) {
    CALL;
    if (!contexts.has(context)) return CUDA_ERROR_INVALID_CONTEXT;
    stack.push_back(context);
    return CUDA_SUCCESS;
}

CUresult cuCtxPopCurrent_v2(CUcontext *context) {
    CALL;
    if (stack.empty()) return CUDA_ERROR_INVALID_CONTEXT;
    if (context != nullptr) *context = stack.back();
    stack.pop_back();
    return CUDA_SUCCESS;
}

CUresult cuCtxSetCurrent(CUcontext context) {
    CALL;
    if (context != nullptr && !contexts.has(context)) return CUDA_ERROR_INVALID_CONTEXT;
    if (!stack.empty()) stack.pop_back();
    if (context != nullptr) stack.push_back(context);
    return CUDA_SUCCESS;
}

CUresult cuCtxGetCurrent(CUcontext *context) {
    CALL;
    *context = current();
    return CUDA_SUCCESS;
}

CUresult cuCtxGetDevice(CUdevice *device) {
    IN_CONTEXT;
    *device = current()->device;
    return CUDA_SUCCESS;
}

CUresult cuCtxGetFlags(unsigned *flags) {
    IN_CONTEXT;
    *flags = current()->flags;
    return CUDA_SUCCESS;
}

CUresult cuCtxGetApiVersion(CUcontext, unsigned *version) {
    IN_CONTEXT;
    *version = 3020;
    return CUDA_SUCCESS;
}

CUresult cuCtxSynchronize(void) {
    SAFE;
    return drain_all();
}

CUresult cuCtxGetStreamPriorityRange(int *least, int *greatest) {
    IN_CONTEXT;
    *least = 0, *greatest = -5;
    return CUDA_SUCCESS;
}

CUresult cuCtxGetLimit(size_t *value, CUlimit) {
    IN_CONTEXT;
    *value = 0;
    return CUDA_SUCCESS;
}

CUresult cuCtxSetLimit(CUlimit, size_t) {
    IN_CONTEXT;
    return CUDA_SUCCESS;
}
