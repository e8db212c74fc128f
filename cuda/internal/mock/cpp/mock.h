// mock.h: the state of the mock driver, shared by its files:
//
//   mock.cpp    faults, devices, contexts, errors in words, the report
//   memory.cpp  device and pinned memory, copies, fills
//   module.cpp  PTX text to functions, launches, occupancy
//   stream.cpp  streams, events, capture, graphs
//
// One lock is held through every call. Work on a stream runs when it is given, or, with the word "late" in
// GLASSY_MOCK, at the last moment: when somebody waits for it.
#pragma once

#pragma GCC visibility push(default)
#include "cuda.h"
#pragma GCC visibility pop

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "fibres.h"

namespace mock {

using Work = std::function<CUresult()>;

struct Faults { // GLASSY_MOCK; see doc.go
    bool no_device = false, exclusive = false, bad_ptx = false, old = false, late = false, twice = false, races = false;
    int devices = 1, capability = 80;
    size_t memory = size_t(16) << 30; // bytes of a device
    long fail_at = 0, lost_at = 0;    // number of a launch, from 1; 0: never
    uint64_t seed = 0;                // of the order of threads and blocks
};

extern std::recursive_mutex lock;
extern Faults faults;
extern CUresult sticky; // what every call returns after a failed kernel

enum Kind { device_memory, pinned_memory, registered_memory };

struct Allocation {
    Kind kind;
    CUcontext context;
    unsigned char *address;
    size_t bytes;
    unsigned char *map; // with a page at its end that cannot be touched; null for registered memory
    size_t map_bytes;
};
extern std::map<uintptr_t, Allocation> allocations; // by address
const Allocation *find_allocation(const void *p, size_t bytes = 1); // holding all these bytes
void free_allocation(uintptr_t address);

extern std::map<std::string, long> launches; // per kernel
extern long launched;

// complain is a message for whoever reads the test's output, and in the report.
void complain(const std::string &);
CUresult broken(CUresult, const std::string &message); // a sticky error

// A Kernel is a launch with its own copy of the arguments.
struct Kernel {
    CUfunction function = nullptr;
    dim3 grid, block;
    size_t shared = 0;
    std::vector<unsigned char> arguments;
};
CUresult make_kernel(Kernel *, CUfunction, dim3 grid, dim3 block, size_t shared, void **params, void **extra);
CUresult run_kernel(const Kernel &);

template <class T> struct Live { // handles that exist
    std::set<T> all;
    bool has(T t) const { return all.count(t) > 0; }
    T add(T t) { return all.insert(t), t; }
    void drop(T t) { all.erase(t), delete t; }
};
extern Live<CUcontext> contexts;
extern Live<CUmodule> modules;
extern Live<CUfunction> functions;
extern Live<CUstream> streams;
extern Live<CUevent> events;
extern Live<CUgraph> graphs;
extern Live<CUgraphNode> nodes;
extern Live<CUgraphExec> execs;

CUcontext current(); // this thread's; null: none
CUstream stream_of(CUstream); // the handle's, or the context's own for null; null when there is none such
CUresult submit(CUstream, CUgraphNodeType, Work, const Kernel * = nullptr); // to a stream, or to the graph it records
CUresult drain(CUstream);
CUresult drain_all();
void drop_context(CUcontext); // with all that lives in it
bool unsafe_now();            // this thread records a stream in a mode that forbids calls which wait

} // namespace mock

struct CUctx_st {
    CUdevice device;
    unsigned flags = 0;
    int references = 0; // of the primary context
    bool primary = false;
    CUstream own = nullptr; // the legacy default stream
};

struct CUmod_st {
    CUcontext context;
    std::vector<CUfunction> functions;
};

struct CUfunc_st {
    CUcontext context;
    std::string name;
    const twin::Entry *twin = nullptr;
    std::vector<unsigned> parameters; // sizes
    int max_threads = 1024, static_shared = 0, max_dynamic = 0;
};

struct CUstream_st {
    CUcontext context;
    unsigned flags = 0;
    int priority = 0;
    std::deque<mock::Work> work;
    CUgraph recording = nullptr;
    bool spoilt = false; // the recording
    CUstreamCaptureMode mode{};
    std::thread::id recorder;
    cuuint64_t recording_id = 0;
    CUgraphNode last = nullptr; // recorded
};

struct CUevent_st {
    CUcontext context;
    unsigned flags = 0;
    CUstream stream = nullptr;
    long wanted = 0, done = 0; // records: asked for, and reached
    std::chrono::steady_clock::time_point time;
};

struct CUgraphNode_st {
    CUgraphNodeType type;
    mock::Kernel kernel;
    mock::Work work;
    CUgraph child = nullptr;
    std::vector<CUgraphNode> after;
    CUgraph graph = nullptr;
};

struct CUgraph_st {
    std::vector<CUgraphNode> nodes;
    bool owned = false; // is the child of a node
};

namespace mock {
struct Step {
    CUgraphNode node; // it was made from; only to name it
    CUgraphNodeType type;
    Kernel kernel;
    Work work;
    std::vector<size_t> after;
    std::shared_ptr<std::vector<Step>> child;
};
using Steps = std::shared_ptr<std::vector<Step>>;
} // namespace mock

struct CUgraphExec_st {
    CUcontext context;
    mock::Steps steps; // shared with runs that were begun, which later changes do not touch
};

// The beginning of every call: CALL where no context is needed, IN_CONTEXT where one is.
#define CALL                                              \
    std::lock_guard<std::recursive_mutex> guard(mock::lock); \
    if (mock::sticky != CUDA_SUCCESS) return mock::sticky
#define IN_CONTEXT \
    CALL;          \
    if (mock::current() == nullptr) return CUDA_ERROR_INVALID_CONTEXT
// SAFE is for calls that a recording of a stream forbids; SINCE for those that older drivers lack (the lazy
// libcuda answers the same for a call that it does not find).
#define SINCE(version) \
    if ((version) > 11000 && mock::faults.old) return CUDA_ERROR_NOT_FOUND
#define SAFE                                                                       \
    IN_CONTEXT;                                                                    \
    if (mock::unsafe_now()) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED
