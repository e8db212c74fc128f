package cell

import (
	"context"
	"runtime/pprof"
	"strconv"
	"unsafe"
)

// labels returns the profiler labels of the calling goroutine, an opaque
// pointer that is inherited by the goroutines it starts. The runtime promises
// to keep this name (go.dev/issue/67401).
//
//go:linkname labels runtime/pprof.runtime_getProfLabel
func labels() unsafe.Pointer

// mark labels the calling goroutine as part of run n and returns the label.
func mark(ctx context.Context, n int) unsafe.Pointer {
	pprof.SetGoroutineLabels(pprof.WithLabels(ctx, pprof.Labels("cell", strconv.Itoa(n))))
	return labels()
}
