// memory.cpp: device and pinned memory, copies, fills.
//
// Every allocation ends at a page that cannot be touched (but for up to 15 bytes, for 16-byte alignment),
// holds 0xff bytes (NaN) at first, and cannot be touched after it is freed. The bytes before and after it,
// up to the pages' ends, hold a mark that is looked at when it is freed.
#include "mock.h"

#include <cstring>
#include <sys/mman.h>

namespace mock {

std::map<uintptr_t, Allocation> allocations;

static const size_t page = 4096;
static const unsigned char mark = 0xa5, fresh = 0xff;
static std::deque<std::pair<unsigned char *, size_t>> freed; // kept out of reach for a while

const Allocation *find_allocation(const void *p, size_t bytes) {
    const auto at = reinterpret_cast<uintptr_t>(p);
    auto i = allocations.upper_bound(at);
    if (i == allocations.begin()) return nullptr;
    --i;
    return at + bytes <= i->first + i->second.bytes ? &i->second : nullptr;
}

static size_t used(CUdevice device) {
    size_t n = 0;
    for (auto &a : allocations)
        if (a.second.kind == device_memory && a.second.context->device == device) n += a.second.bytes;
    return n;
}

static CUresult allocate(void **address, Kind kind, size_t bytes) {
    if (bytes == 0 || address == nullptr) return CUDA_ERROR_INVALID_VALUE;
    if (kind == device_memory && (bytes > faults.memory || used(current()->device) > faults.memory - bytes)) return CUDA_ERROR_OUT_OF_MEMORY;
    const size_t body = (bytes + 15) / 16 * 16, pages = (body + page - 1) / page * page;
    void *m = mmap(nullptr, pages + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (m == MAP_FAILED) return CUDA_ERROR_OUT_OF_MEMORY;
    auto *map = static_cast<unsigned char *>(m);
    mprotect(map + pages, page, PROT_NONE);
    unsigned char *p = map + pages - body;
    std::memset(map, mark, p - map);
    std::memset(p, fresh, bytes);
    std::memset(p + bytes, mark, body - bytes);
    allocations[reinterpret_cast<uintptr_t>(p)] = {kind, current(), p, bytes, map, pages + page};
    *address = p;
    return CUDA_SUCCESS;
}

static void look_at_marks(const Allocation &a) {
    const unsigned char *end = a.map + a.map_bytes - page;
    for (const unsigned char *p = a.map; p < end; p++) {
        if (p == a.address) p += a.bytes;
        if (p < end && *p != mark) {
            complain("an allocation of " + std::to_string(a.bytes) + " bytes was written to " +
                     (p < a.address ? std::to_string(a.address - p) + " bytes before its begin" : std::to_string(p - a.address - a.bytes) + " bytes after its end"));
            return;
        }
    }
}

void free_allocation(uintptr_t address) {
    const Allocation a = allocations[address];
    allocations.erase(address);
    if (a.map == nullptr) return;
    look_at_marks(a);
    mmap(a.map, a.map_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    freed.emplace_back(a.map, a.map_bytes);
    if (freed.size() > 4096) {
        munmap(freed.front().first, freed.front().second);
        freed.pop_front();
    }
}

static CUresult release(const void *p, Kind kind) {
    auto i = allocations.find(reinterpret_cast<uintptr_t>(p));
    if (i == allocations.end() || i->second.kind != kind) return CUDA_ERROR_INVALID_VALUE;
    free_allocation(i->first);
    return CUDA_SUCCESS;
}

static void *host(CUdeviceptr p) { return reinterpret_cast<void *>(p); }

} // namespace mock

using namespace mock;

CUresult cuMemGetInfo_v2(size_t *free, size_t *total) {
    IN_CONTEXT;
    *total = faults.memory;
    *free = faults.memory - used(current()->device);
    return CUDA_SUCCESS;
}

CUresult cuMemAlloc_v2(CUdeviceptr *address, size_t bytes) {
    SAFE;
    return allocate(reinterpret_cast<void **>(address), device_memory, bytes);
}

CUresult cuMemAllocManaged(CUdeviceptr *address, size_t bytes, unsigned) { return cuMemAlloc_v2(address, bytes); }

CUresult cuMemFree_v2(CUdeviceptr address) { // waits for all work, as the true one does
    SAFE;
    if (CUresult r = drain_all()) return r;
    return address == 0 ? CUDA_SUCCESS : release(host(address), device_memory);
}

CUresult cuMemAllocAsync(CUdeviceptr *address, size_t bytes, CUstream stream) {
    SINCE(11020);
    IN_CONTEXT;
    if (stream_of(stream) == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    return allocate(reinterpret_cast<void **>(address), device_memory, bytes);
}

CUresult cuMemFreeAsync(CUdeviceptr address, CUstream stream) {
    SINCE(11020);
    IN_CONTEXT;
    if (allocations.count(address) == 0) return CUDA_ERROR_INVALID_VALUE;
    return submit(stream, CU_GRAPH_NODE_TYPE_MEM_FREE, [=] { return release(host(address), device_memory); });
}

CUresult cuMemHostAlloc(void **address, size_t bytes, unsigned) {
    SAFE;
    return allocate(address, pinned_memory, bytes);
}

CUresult cuMemFreeHost(void *address) {
    SAFE;
    if (CUresult r = drain_all()) return r;
    return release(address, pinned_memory);
}

CUresult cuMemHostRegister_v2(void *address, size_t bytes, unsigned) {
    SAFE;
    if (address == nullptr || bytes == 0) return CUDA_ERROR_INVALID_VALUE;
    if (find_allocation(address)) return CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
    allocations[reinterpret_cast<uintptr_t>(address)] = {registered_memory, current(), static_cast<unsigned char *>(address), bytes, nullptr, 0};
    return CUDA_SUCCESS;
}

CUresult cuMemHostUnregister(void *address) {
    SAFE;
    if (CUresult r = drain_all()) return r;
    return release(address, registered_memory) == CUDA_SUCCESS ? CUDA_SUCCESS : CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED;
}

CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr *address, void *p, unsigned) {
    IN_CONTEXT;
    const Allocation *a = find_allocation(p);
    if (a == nullptr || a->kind == device_memory) return CUDA_ERROR_INVALID_VALUE;
    *address = reinterpret_cast<CUdeviceptr>(p);
    return CUDA_SUCCESS;
}

CUresult cuMemGetAddressRange_v2(CUdeviceptr *base, size_t *size, CUdeviceptr address) {
    IN_CONTEXT;
    const Allocation *a = find_allocation(host(address));
    if (a == nullptr) return CUDA_ERROR_NOT_FOUND;
    if (base) *base = reinterpret_cast<CUdeviceptr>(a->address);
    if (size) *size = a->bytes;
    return CUDA_SUCCESS;
}

CUresult cuPointerGetAttribute(void *value, CUpointer_attribute attribute, CUdeviceptr address) {
    IN_CONTEXT;
    const Allocation *a = find_allocation(host(address));
    if (a == nullptr) return CUDA_ERROR_INVALID_VALUE;
    if (attribute != CU_POINTER_ATTRIBUTE_MEMORY_TYPE) return CUDA_ERROR_NOT_SUPPORTED;
    *static_cast<unsigned *>(value) = a->kind == device_memory ? CU_MEMORYTYPE_DEVICE : CU_MEMORYTYPE_HOST;
    return CUDA_SUCCESS;
}

// ---- copies and fills. A device address must lie with all its bytes in an allocation when the copy runs.

static CUresult check_device(const void *p, size_t n, const char *doing) {
    if (find_allocation(p, n)) return CUDA_SUCCESS;
    return broken(CUDA_ERROR_ILLEGAL_ADDRESS, std::string(doing) + " " + std::to_string(n) + " bytes where no allocation has them");
}

enum Direction { to_device, from_device, within_device };

static CUresult copy(void *target, const void *source, size_t n, Direction way) {
    if (n == 0) return CUDA_SUCCESS;
    if (way != to_device)
        if (CUresult r = check_device(source, n, "copying from")) return r;
    if (way != from_device)
        if (CUresult r = check_device(target, n, "copying to")) return r;
    std::memmove(target, source, n);
    return CUDA_SUCCESS;
}

static CUresult copy_now(void *target, const void *source, size_t n, Direction way) {
    SAFE;
    if (target == nullptr || source == nullptr) return CUDA_ERROR_INVALID_VALUE;
    if (CUresult r = drain(nullptr)) return r;
    return copy(target, source, n, way);
}

// copy_later: from memory that is not pinned the driver reads before it returns, and to such memory it writes
// before it returns; with pinned memory neither.
static CUresult copy_later(void *target, const void *source, size_t n, Direction way, CUstream stream) {
    IN_CONTEXT;
    if (target == nullptr || source == nullptr) return CUDA_ERROR_INVALID_VALUE;
    const bool pageable = (way == to_device && !find_allocation(source, n)) || (way == from_device && !find_allocation(target, n));
    if (pageable && stream_of(stream) && stream_of(stream)->recording) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    if (CUresult r = submit(stream, CU_GRAPH_NODE_TYPE_MEMCPY, [=] { return copy(target, source, n, way); })) return r;
    return pageable ? drain(stream_of(stream)) : CUDA_SUCCESS;
}

CUresult cuMemcpyHtoD_v2(CUdeviceptr t, const void *s, size_t n) { return copy_now(host(t), s, n, to_device); }
CUresult cuMemcpyDtoH_v2(void *t, CUdeviceptr s, size_t n) { return copy_now(t, host(s), n, from_device); }
CUresult cuMemcpyDtoD_v2(CUdeviceptr t, CUdeviceptr s, size_t n) { return copy_now(host(t), host(s), n, within_device); }
CUresult cuMemcpy(CUdeviceptr t, CUdeviceptr s, size_t n) { return copy_now(host(t), host(s), n, within_device); }
CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr t, const void *s, size_t n, CUstream q) { return copy_later(host(t), s, n, to_device, q); }
CUresult cuMemcpyDtoHAsync_v2(void *t, CUdeviceptr s, size_t n, CUstream q) { return copy_later(t, host(s), n, from_device, q); }
CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr t, CUdeviceptr s, size_t n, CUstream q) { return copy_later(host(t), host(s), n, within_device, q); }
CUresult cuMemcpyAsync(CUdeviceptr t, CUdeviceptr s, size_t n, CUstream q) { return copy_later(host(t), host(s), n, within_device, q); }

template <class T> static CUresult fill(CUdeviceptr target, T value, size_t n) {
    if (target % sizeof(T) != 0) return CUDA_ERROR_INVALID_VALUE;
    if (n == 0) return CUDA_SUCCESS;
    if (CUresult r = check_device(host(target), n * sizeof(T), "filling")) return r;
    std::fill_n(static_cast<T *>(host(target)), n, value);
    return CUDA_SUCCESS;
}

template <class T> static CUresult fill_now(CUdeviceptr target, T value, size_t n) {
    SAFE;
    if (CUresult r = drain(nullptr)) return r;
    return fill(target, value, n);
}

template <class T> static CUresult fill_later(CUdeviceptr target, T value, size_t n, CUstream stream) {
    IN_CONTEXT;
    return submit(stream, CU_GRAPH_NODE_TYPE_MEMSET, [=] { return fill(target, value, n); });
}

CUresult cuMemsetD8_v2(CUdeviceptr t, unsigned char v, size_t n) { return fill_now(t, v, n); }
CUresult cuMemsetD16_v2(CUdeviceptr t, unsigned short v, size_t n) { return fill_now(t, v, n); }
CUresult cuMemsetD32_v2(CUdeviceptr t, unsigned v, size_t n) { return fill_now(t, v, n); }
CUresult cuMemsetD8Async(CUdeviceptr t, unsigned char v, size_t n, CUstream q) { return fill_later(t, v, n, q); }
CUresult cuMemsetD16Async(CUdeviceptr t, unsigned short v, size_t n, CUstream q) { return fill_later(t, v, n, q); }
CUresult cuMemsetD32Async(CUdeviceptr t, unsigned v, size_t n, CUstream q) { return fill_later(t, v, n, q); }
