//go:build cuda

package driver

/*
#include <cuda.h>
#include "launch.h"
*/
import "C"

import (
	"unsafe"
)

// A Graph is a row of launches, and of work of libraries between them, that the
// GPU runs one after another by one call.
type Graph struct {
	g     *GPU
	graph C.CUgraph
	exec  C.CUgraphExec
	nodes []C.CUgraphNode // of the launches, in order
	last  C.CUgraphNode
}

// NewGraph is an empty graph.
func (g *GPU) NewGraph() (*Graph, error) {
	graph := &Graph{g: g}
	err := g.do(func() error { return failed(C.cuGraphCreate(&graph.graph, 0), "making a graph") })
	if err != nil {
		return nil, err
	}
	return graph, nil
}

// Add puts a row of launches at the end.
func (r *Graph) Add(row []Launch, arguments []byte) error {
	if len(row) == 0 {
		return nil
	}
	return r.g.do(func() error {
		n := len(r.nodes)
		r.nodes = append(r.nodes, make([]C.CUgraphNode, len(row))...)
		res := C.glassy_add(r.graph, (*C.struct_glassy_launch)(unsafe.Pointer(&row[0])), C.int(len(row)),
			(*C.char)(unsafe.Pointer(unsafe.SliceData(arguments))), &r.nodes[n], &r.last)
		return failed(res, "adding %d launches to a graph", len(row))
	})
}

// Record puts at the end what f begins on the stream, which does not run now.
// Others who want the stream wait until f is done; so f calls libraries, nothing
// of the GPU's that uses the stream.
func (r *Graph) Record(f func() error) error {
	r.g.recording.Lock()
	defer r.g.recording.Unlock()
	return r.g.do(func() error {
		stream := C.CUstream(unsafe.Pointer(r.g.stream.C()))
		if err := failed(C.cuStreamBeginCapture(stream, C.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL), "recording the stream"); err != nil {
			return err
		}
		err := f()
		var child C.CUgraph
		if e := failed(C.cuStreamEndCapture(stream, &child), "ending a recording of the stream"); err == nil {
			err = e
		}
		if child != nil {
			defer C.cuGraphDestroy(child)
		}
		if err != nil {
			return err
		}
		var node C.CUgraphNode
		after, n := r.last, C.size_t(0)
		if after != nil {
			n = 1
		}
		if err := failed(C.cuGraphAddChildGraphNode(&node, r.graph, &after, n, child), "adding a recording to a graph"); err != nil {
			return err
		}
		r.last = node
		return nil
	})
}

// Finish makes the graph ready to run; nothing can be added any more.
func (r *Graph) Finish() error {
	return r.g.do(func() error {
		return failed(C.cuGraphInstantiateWithFlags(&r.exec, r.graph, 0), "making a graph of %d launches ready", len(r.nodes))
	})
}

// Change gives launch i of the graph, counted over all Adds, other arguments;
// the kernel stays.
func (r *Graph) Change(i int, l Launch, arguments []byte) error {
	return r.g.do(func() error {
		res := C.glassy_change(r.exec, r.nodes[i], (*C.struct_glassy_launch)(unsafe.Pointer(&l)), (*C.char)(unsafe.Pointer(unsafe.SliceData(arguments))))
		return failed(res, "changing launch %d of a graph", i)
	})
}

// Run begins the graph.
func (r *Graph) Run() error {
	return r.g.Do(func() error {
		return failed(C.cuGraphLaunch(r.exec, C.CUstream(unsafe.Pointer(r.g.stream.C()))), "running a graph of %d launches", len(r.nodes))
	})
}

// Close frees the graph; a run that was begun is finished.
func (r *Graph) Close() error {
	return r.g.do(func() error {
		var err error
		if r.exec != nil {
			err = failed(C.cuGraphExecDestroy(r.exec), "freeing a graph that was ready")
		}
		if e := failed(C.cuGraphDestroy(r.graph), "freeing a graph"); err == nil {
			err = e
		}
		return err
	})
}
