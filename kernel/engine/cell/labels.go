package cell

import "unsafe"

// labels returns the profiler labels of the calling goroutine, an opaque
// pointer that is inherited by the goroutines it starts. The runtime promises
// to keep this name (go.dev/issue/67401).
//
//go:linkname labels runtime/pprof.runtime_getProfLabel
func labels() unsafe.Pointer
