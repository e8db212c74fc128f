//go:build cuda

package driver

/*
#include <cuda.h>
#include "launch.h"
*/
import "C"

import "unsafe"

// A Launch is one run of a kernel. Its arguments are bytes Offset…Offset+Size-1
// of a row of packed arguments, each at its natural alignment.
type Launch struct {
	Function     Function
	Grid, Block  [3]uint32
	Shared       uint32 // bytes of dynamic shared memory
	Offset, Size uint32
}

var _ = [1]struct{}{}[unsafe.Sizeof(Launch{})-C.sizeof_struct_glassy_launch] // the same layout in C

// Launch begins a row of launches, in one call. The error tells which failed.
func (g *GPU) Launch(row []Launch, arguments []byte) error {
	if len(row) == 0 {
		return nil
	}
	return g.Do(func() error {
		var at C.int
		r := C.glassy_launch(C.CUstream(unsafe.Pointer(g.stream.C())), (*C.struct_glassy_launch)(unsafe.Pointer(&row[0])), C.int(len(row)),
			(*C.char)(unsafe.Pointer(unsafe.SliceData(arguments))), &at)
		if r == 0 {
			return nil
		}
		l := row[at]
		return failed(r, "launching kernel %d of %d, %d blocks of %d threads, %d bytes of shared memory", at+1, len(row), l.Grid, l.Block, l.Shared)
	})
}
