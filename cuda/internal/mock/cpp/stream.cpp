// stream.cpp: streams, events, capture, graphs.
#include "mock.h"

#include <algorithm>
#include <map>

namespace mock {

Live<CUstream> streams;
Live<CUevent> events;
Live<CUgraph> graphs;
Live<CUgraphNode> nodes;
Live<CUgraphExec> execs;

static bool blocking(CUstream s) { return !(s->flags & CU_STREAM_NON_BLOCKING); }

CUstream stream_of(CUstream s) {
    if (s == nullptr) return current() ? current()->own : nullptr;
    return streams.has(s) ? s : nullptr;
}

static CUresult run_queue(CUstream s) {
    while (!s->work.empty() && sticky == CUDA_SUCCESS) {
        Work w = std::move(s->work.front());
        s->work.pop_front();
        if (CUresult r = w()) return r;
    }
    if (sticky != CUDA_SUCCESS) s->work.clear();
    return sticky;
}

// drain runs what a stream was given. The default stream waits for all others but the non-blocking ones.
CUresult drain(CUstream s) {
    if (s == nullptr || s == s->context->own) {
        for (CUstream t : streams.all)
            if (blocking(t)) run_queue(t);
        return sticky;
    }
    return run_queue(s);
}

CUresult drain_all() {
    for (CUstream s : streams.all) run_queue(s);
    return sticky;
}

static CUgraphNode add_node(CUgraph graph, CUgraphNodeType type, const CUgraphNode *after, size_t n) {
    CUgraphNode node = nodes.add(new CUgraphNode_st{type, {}, {}, nullptr, {after, after + n}, graph});
    graph->nodes.push_back(node);
    return node;
}

CUresult submit(CUstream handle, CUgraphNodeType type, Work work, const Kernel *kernel) {
    CUstream s = stream_of(handle);
    if (s == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (s->recording) {
        if (s->spoilt) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
        s->last = add_node(s->recording, type, &s->last, s->last != nullptr);
        s->last->work = std::move(work);
        if (kernel) s->last->kernel = *kernel;
        return CUDA_SUCCESS;
    }
    if (blocking(s)) { // the default stream and the blocking ones wait for each other
        if (s == s->context->own)
            drain(nullptr);
        else
            run_queue(s->context->own);
    }
    s->work.push_back(std::move(work));
    return faults.late ? CUDA_SUCCESS : run_queue(s);
}

bool unsafe_now() {
    for (CUstream s : streams.all)
        if (s->recording && s->mode != CU_STREAM_CAPTURE_MODE_RELAXED && (s->mode == CU_STREAM_CAPTURE_MODE_GLOBAL || s->recorder == std::this_thread::get_id()))
            return s->spoilt = true;
    return false;
}

static void destroy_graph(CUgraph graph) {
    for (CUgraphNode n : graph->nodes) {
        if (n->child) destroy_graph(n->child);
        nodes.drop(n);
    }
    graphs.drop(graph);
}

static CUgraph clone(CUgraph graph, bool owned) {
    CUgraph copy = graphs.add(new CUgraph_st);
    copy->owned = owned;
    std::map<CUgraphNode, CUgraphNode> same;
    for (CUgraphNode n : graph->nodes) {
        CUgraphNode m = add_node(copy, n->type, nullptr, 0);
        m->kernel = n->kernel, m->work = n->work;
        if (n->child) m->child = clone(n->child, true);
        same[n] = m;
    }
    for (CUgraphNode n : graph->nodes)
        for (CUgraphNode a : n->after) same[n]->after.push_back(same[a]);
    return copy;
}

// steps_of puts a graph's nodes in an order that respects what comes after what; null: there is a cycle.
static Steps steps_of(CUgraph graph) {
    Steps steps = std::make_shared<std::vector<Step>>();
    std::map<CUgraphNode, size_t> place;
    while (place.size() < graph->nodes.size()) {
        const size_t before = place.size();
        for (CUgraphNode n : graph->nodes) {
            if (place.count(n) || !std::all_of(n->after.begin(), n->after.end(), [&](CUgraphNode a) { return place.count(a) > 0; })) continue;
            Step s{n, n->type, n->kernel, n->work, {}, n->child ? steps_of(n->child) : nullptr};
            if (n->child && !s.child) return nullptr;
            for (CUgraphNode a : n->after) s.after.push_back(place[a]);
            place[n] = steps->size();
            steps->push_back(std::move(s));
        }
        if (place.size() == before) return nullptr;
    }
    return steps;
}

// run_steps runs them in an order that the dependencies allow: as they were added, or, under a seed, always
// the last that may run.
static CUresult run_steps(const std::vector<Step> &steps) {
    std::vector<char> done(steps.size());
    for (size_t left = steps.size(); left > 0; left--) {
        size_t pick = steps.size();
        for (size_t i = 0; i < steps.size(); i++) {
            if (done[i] || !std::all_of(steps[i].after.begin(), steps[i].after.end(), [&](size_t a) { return done[a]; })) continue;
            pick = i;
            if (faults.seed == 0) break;
        }
        const Step &s = steps[pick];
        done[pick] = 1;
        CUresult r = CUDA_SUCCESS;
        if (s.child)
            r = run_steps(*s.child);
        else if (s.type == CU_GRAPH_NODE_TYPE_KERNEL)
            r = run_kernel(s.kernel);
        else if (s.work)
            r = s.work();
        if (r != CUDA_SUCCESS) return r;
    }
    return CUDA_SUCCESS;
}

void drop_context(CUcontext c) {
    for (auto i = allocations.begin(); i != allocations.end();) {
        const uintptr_t address = (i++)->first;
        if (allocations[address].context == c) free_allocation(address);
    }
    const auto clear = [c](auto &live) {
        for (auto i = live.all.begin(); i != live.all.end();) {
            auto handle = *i++;
            if (handle->context == c) live.drop(handle);
        }
    };
    clear(execs), clear(events), clear(streams), clear(functions), clear(modules);
    contexts.drop(c);
}

} // namespace mock

using namespace mock;

#define STREAM(name, handle)                            \
    CUstream name = stream_of(handle);                  \
    if (name == nullptr) return CUDA_ERROR_INVALID_HANDLE

// A call that waits for a stream being recorded spoils the recording.
#define NOT_RECORDED(s)                                 \
    if ((s)->recording) {                               \
        (s)->spoilt = true;                             \
        return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;   \
    }

CUresult cuStreamCreateWithPriority(CUstream *stream, unsigned flags, int priority) {
    IN_CONTEXT;
    if (flags & ~1u) return CUDA_ERROR_INVALID_VALUE;
    *stream = streams.add(new CUstream_st{current(), flags, priority});
    return CUDA_SUCCESS;
}

CUresult cuStreamCreate(CUstream *stream, unsigned flags) { return cuStreamCreateWithPriority(stream, flags, 0); }

CUresult cuStreamDestroy_v2(CUstream stream) { // the work it was given is done first
    IN_CONTEXT;
    if (!streams.has(stream)) return CUDA_ERROR_INVALID_HANDLE;
    CUresult r = run_queue(stream);
    for (CUevent e : events.all)
        if (e->stream == stream) e->stream = nullptr;
    streams.drop(stream);
    return r;
}

CUresult cuStreamGetFlags(CUstream stream, unsigned *flags) {
    IN_CONTEXT;
    STREAM(s, stream);
    *flags = s->flags;
    return CUDA_SUCCESS;
}

CUresult cuStreamGetPriority(CUstream stream, int *priority) {
    IN_CONTEXT;
    STREAM(s, stream);
    *priority = s->priority;
    return CUDA_SUCCESS;
}

CUresult cuStreamSynchronize(CUstream stream) {
    IN_CONTEXT;
    STREAM(s, stream);
    NOT_RECORDED(s);
    return drain(s);
}

CUresult cuStreamQuery(CUstream stream) { // not ready the first time, when there is work; then it is done
    IN_CONTEXT;
    STREAM(s, stream);
    NOT_RECORDED(s);
    if (s->work.empty()) return CUDA_SUCCESS;
    if (CUresult r = drain(s)) return r;
    return CUDA_ERROR_NOT_READY;
}

CUresult cuLaunchHostFunc(CUstream stream, CUhostFn f, void *data) {
    IN_CONTEXT;
    return submit(stream, CU_GRAPH_NODE_TYPE_HOST, [=] { return f(data), CUDA_SUCCESS; });
}

// ---- events

static bool reach(CUevent e, long record) { // runs the event's stream up to that record
    while (e->done < record && e->stream && !e->stream->work.empty() && sticky == CUDA_SUCCESS) {
        Work w = std::move(e->stream->work.front());
        e->stream->work.pop_front();
        if (w() != CUDA_SUCCESS) return false;
    }
    return sticky == CUDA_SUCCESS;
}

CUresult cuEventCreate(CUevent *event, unsigned flags) {
    IN_CONTEXT;
    *event = events.add(new CUevent_st{current(), flags});
    return CUDA_SUCCESS;
}

CUresult cuEventDestroy_v2(CUevent event) {
    IN_CONTEXT;
    if (!events.has(event)) return CUDA_ERROR_INVALID_HANDLE;
    reach(event, event->wanted);
    events.drop(event);
    return sticky;
}

CUresult cuEventRecord(CUevent event, CUstream stream) {
    IN_CONTEXT;
    STREAM(s, stream);
    if (!events.has(event)) return CUDA_ERROR_INVALID_HANDLE;
    if (s->recording) return submit(stream, CU_GRAPH_NODE_TYPE_EVENT_RECORD, [] { return CUDA_SUCCESS; });
    const long record = ++event->wanted;
    event->stream = s;
    return submit(stream, CU_GRAPH_NODE_TYPE_EVENT_RECORD, [=] {
        event->done = record;
        event->time = std::chrono::steady_clock::now();
        return CUDA_SUCCESS;
    });
}

CUresult cuEventSynchronize(CUevent event) {
    SAFE;
    if (!events.has(event)) return CUDA_ERROR_INVALID_HANDLE;
    reach(event, event->wanted);
    return sticky;
}

CUresult cuEventQuery(CUevent event) {
    SAFE;
    if (!events.has(event)) return CUDA_ERROR_INVALID_HANDLE;
    if (event->done == event->wanted) return CUDA_SUCCESS;
    return reach(event, event->wanted) ? CUDA_ERROR_NOT_READY : sticky;
}

CUresult cuEventElapsedTime(float *milliseconds, CUevent start, CUevent end) {
    IN_CONTEXT;
    if (!events.has(start) || !events.has(end) || start->wanted == 0 || end->wanted == 0 || ((start->flags | end->flags) & CU_EVENT_DISABLE_TIMING))
        return CUDA_ERROR_INVALID_HANDLE;
    if (start->done != start->wanted || end->done != end->wanted) return CUDA_ERROR_NOT_READY;
    *milliseconds = std::chrono::duration<float, std::milli>(end->time - start->time).count();
    return CUDA_SUCCESS;
}

CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned) {
    IN_CONTEXT;
    STREAM(s, stream);
    if (!events.has(event)) return CUDA_ERROR_INVALID_HANDLE;
    const long record = event->wanted;
    return submit(stream, CU_GRAPH_NODE_TYPE_WAIT_EVENT, [=] { return reach(event, record), sticky; });
}

// ---- capture

CUresult cuStreamBeginCapture_v2(CUstream stream, CUstreamCaptureMode mode) {
    IN_CONTEXT;
    STREAM(s, stream);
    if (s == s->context->own) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    if (s->recording) return CUDA_ERROR_ILLEGAL_STATE;
    static cuuint64_t id;
    s->recording = graphs.add(new CUgraph_st);
    s->spoilt = false, s->mode = mode, s->recorder = std::this_thread::get_id(), s->recording_id = ++id, s->last = nullptr;
    return CUDA_SUCCESS;
}

CUresult cuStreamEndCapture(CUstream stream, CUgraph *graph) {
    IN_CONTEXT;
    STREAM(s, stream);
    *graph = nullptr;
    if (!s->recording) return CUDA_ERROR_ILLEGAL_STATE;
    if (s->mode != CU_STREAM_CAPTURE_MODE_RELAXED && s->recorder != std::this_thread::get_id()) return CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
    *graph = s->recording;
    s->recording = nullptr;
    if (!s->spoilt) return CUDA_SUCCESS;
    destroy_graph(*graph);
    *graph = nullptr;
    return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
}

CUresult cuStreamIsCapturing(CUstream stream, CUstreamCaptureStatus *status) {
    IN_CONTEXT;
    STREAM(s, stream);
    *status = !s->recording ? CU_STREAM_CAPTURE_STATUS_NONE : s->spoilt ? CU_STREAM_CAPTURE_STATUS_INVALIDATED : CU_STREAM_CAPTURE_STATUS_ACTIVE;
    return CUDA_SUCCESS;
}

CUresult cuStreamGetCaptureInfo_v2(CUstream stream, CUstreamCaptureStatus *status, cuuint64_t *id, CUgraph *graph, const CUgraphNode **dependencies, size_t *n) {
    SINCE(11030);
    if (CUresult r = cuStreamIsCapturing(stream, status)) return r;
    std::lock_guard<std::recursive_mutex> guard(lock);
    CUstream s = stream_of(stream);
    if (!s->recording) return CUDA_SUCCESS;
    if (id) *id = s->recording_id;
    if (graph) *graph = s->recording;
    if (dependencies) *dependencies = &s->last;
    if (n) *n = s->last != nullptr;
    return CUDA_SUCCESS;
}

// ---- graphs

#define GRAPH(graph)                                                                        \
    if (!graphs.has(graph)) return CUDA_ERROR_INVALID_VALUE;                                \
    if (n > 0 && after == nullptr) return CUDA_ERROR_INVALID_VALUE;                         \
    for (size_t i = 0; i < n; i++)                                                          \
        if (!nodes.has(after[i]) || after[i]->graph != (graph)) return CUDA_ERROR_INVALID_VALUE

CUresult cuGraphCreate(CUgraph *graph, unsigned flags) {
    CALL;
    if (flags != 0) return CUDA_ERROR_INVALID_VALUE;
    *graph = graphs.add(new CUgraph_st);
    return CUDA_SUCCESS;
}

CUresult cuGraphClone(CUgraph *copy, CUgraph graph) {
    CALL;
    if (!graphs.has(graph)) return CUDA_ERROR_INVALID_VALUE;
    *copy = clone(graph, false);
    return CUDA_SUCCESS;
}

CUresult cuGraphDestroy(CUgraph graph) {
    CALL;
    if (!graphs.has(graph) || graph->owned) return CUDA_ERROR_INVALID_VALUE;
    destroy_graph(graph);
    return CUDA_SUCCESS;
}

static CUresult kernel_of(Kernel *k, const CUDA_KERNEL_NODE_PARAMS *p) {
    return make_kernel(k, p->func, dim3(p->gridDimX, p->gridDimY, p->gridDimZ), dim3(p->blockDimX, p->blockDimY, p->blockDimZ), p->sharedMemBytes, p->kernelParams, p->extra);
}

CUresult cuGraphAddKernelNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *after, size_t n, const CUDA_KERNEL_NODE_PARAMS *params) {
    IN_CONTEXT;
    GRAPH(graph);
    Kernel k;
    if (CUresult r = kernel_of(&k, params)) return r;
    *node = add_node(graph, CU_GRAPH_NODE_TYPE_KERNEL, after, n);
    (*node)->kernel = k;
    return CUDA_SUCCESS;
}

CUresult cuGraphAddChildGraphNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *after, size_t n, CUgraph child) {
    CALL;
    GRAPH(graph);
    if (!graphs.has(child) || child == graph) return CUDA_ERROR_INVALID_VALUE;
    *node = add_node(graph, CU_GRAPH_NODE_TYPE_GRAPH, after, n);
    (*node)->child = clone(child, true); // the caller's may be destroyed
    return CUDA_SUCCESS;
}

CUresult cuGraphAddEmptyNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *after, size_t n) {
    CALL;
    GRAPH(graph);
    *node = add_node(graph, CU_GRAPH_NODE_TYPE_EMPTY, after, n);
    return CUDA_SUCCESS;
}

CUresult cuGraphGetNodes(CUgraph graph, CUgraphNode *list, size_t *n) {
    CALL;
    if (!graphs.has(graph)) return CUDA_ERROR_INVALID_VALUE;
    const size_t have = graph->nodes.size();
    if (list) {
        const size_t room = *n;
        for (size_t i = 0; i < room; i++) list[i] = i < have ? graph->nodes[i] : nullptr;
    }
    *n = list ? std::min(*n, have) : have;
    return CUDA_SUCCESS;
}

CUresult cuGraphNodeGetType(CUgraphNode node, CUgraphNodeType *type) {
    CALL;
    if (!nodes.has(node)) return CUDA_ERROR_INVALID_VALUE;
    *type = node->type;
    return CUDA_SUCCESS;
}

CUresult cuGraphInstantiateWithFlags(CUgraphExec *exec, CUgraph graph, unsigned long long) {
    SINCE(11040);
    IN_CONTEXT;
    if (!graphs.has(graph)) return CUDA_ERROR_INVALID_VALUE;
    const Steps steps = steps_of(graph);
    if (!steps) return CUDA_ERROR_INVALID_VALUE;
    *exec = execs.add(new CUgraphExec_st{current(), steps});
    return CUDA_SUCCESS;
}

CUresult cuGraphExecKernelNodeSetParams(CUgraphExec exec, CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS *params) {
    IN_CONTEXT;
    if (!execs.has(exec) || !nodes.has(node) || node->type != CU_GRAPH_NODE_TYPE_KERNEL) return CUDA_ERROR_INVALID_VALUE;
    Kernel k;
    if (CUresult r = kernel_of(&k, params)) return r;
    if (exec->steps.use_count() > 1) exec->steps = std::make_shared<std::vector<Step>>(*exec->steps);
    for (Step &s : *exec->steps)
        if (s.node == node) return s.kernel = std::move(k), CUDA_SUCCESS;
    return CUDA_ERROR_INVALID_VALUE;
}

CUresult cuGraphExecDestroy(CUgraphExec exec) {
    IN_CONTEXT;
    if (!execs.has(exec)) return CUDA_ERROR_INVALID_VALUE;
    execs.drop(exec);
    return CUDA_SUCCESS;
}

CUresult cuGraphUpload(CUgraphExec exec, CUstream) {
    SINCE(11010);
    IN_CONTEXT;
    return execs.has(exec) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuGraphLaunch(CUgraphExec exec, CUstream stream) {
    IN_CONTEXT;
    STREAM(s, stream);
    if (!execs.has(exec)) return CUDA_ERROR_INVALID_VALUE;
    if (s->recording) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    return submit(stream, CU_GRAPH_NODE_TYPE_GRAPH, [steps = exec->steps] { return run_steps(*steps); });
}
