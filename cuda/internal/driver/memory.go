//go:build cuda

package driver

// #include <cuda.h>
import "C"

import (
	"unsafe"

	"gorgonia.org/cu"
)

// A Pointer is an address in the GPU's memory.
type Pointer uintptr

// Alloc is so many bytes of the GPU's memory, with any content.
func (g *GPU) Alloc(bytes int64) (p Pointer, err error) {
	err = g.do(func() error {
		d, err := cu.MemAlloc(bytes)
		p = Pointer(d)
		return wrap(err, "allocating %d bytes on %s", bytes, g.Name)
	})
	return p, err
}

// Free gives memory of Alloc back; work that uses it must be done.
func (g *GPU) Free(p Pointer) error {
	return g.do(func() error { return wrap(cu.MemFree(cu.DevicePtr(p)), "freeing memory") })
}

// MemoryInfo is how much of the GPU's memory is free for everybody.
func (g *GPU) MemoryInfo() (free, total int64, err error) {
	err = g.do(func() error {
		free, total, err = cu.MemInfo()
		return wrap(err, "asking for free memory")
	})
	return free, total, err
}

// Pinned is host memory which the GPU reaches by itself, at Address(&b[0]).
func (g *GPU) Pinned(bytes int) (b []byte, err error) {
	err = g.do(func() error {
		var p unsafe.Pointer
		r := C.cuMemHostAlloc(&p, C.size_t(bytes), C.CU_MEMHOSTALLOC_PORTABLE|C.CU_MEMHOSTALLOC_DEVICEMAP)
		if err := failed(r, "pinning %d bytes of host memory", bytes); err != nil {
			return err
		}
		b = unsafe.Slice((*byte)(p), bytes)
		return nil
	})
	return b, err
}

// FreePinned gives memory of Pinned back.
func (g *GPU) FreePinned(b []byte) error {
	return g.do(func() error { return wrap(cu.MemFreeHost(unsafe.Pointer(&b[0])), "freeing pinned memory") })
}

// Address is where the GPU sees pinned memory: all 64-bit systems have one
// address space for both.
func Address(p *byte) Pointer { return Pointer(uintptr(unsafe.Pointer(p))) }

// CopyIn begins to copy pinned memory to the GPU.
func (g *GPU) CopyIn(dst Pointer, pinned []byte) error {
	return g.Do(func() error {
		err := cu.MemcpyHtoDAsync(cu.DevicePtr(dst), unsafe.Pointer(&pinned[0]), int64(len(pinned)), g.stream)
		return wrap(err, "copying %d bytes to the GPU", len(pinned))
	})
}

// CopyOut begins to copy from the GPU to pinned memory.
func (g *GPU) CopyOut(pinned []byte, src Pointer) error {
	return g.Do(func() error {
		err := cu.MemcpyDtoHAsync(unsafe.Pointer(&pinned[0]), cu.DevicePtr(src), int64(len(pinned)), g.stream)
		return wrap(err, "copying %d bytes from the GPU", len(pinned))
	})
}

// CopyWithin begins to copy from one place of the GPU's memory to another, as
// the driver does it: the measure of what kernels that move memory can reach.
func (g *GPU) CopyWithin(dst, src Pointer, bytes int64) error {
	return g.Do(func() error {
		err := cu.MemcpyDtoDAsync(cu.DevicePtr(dst), cu.DevicePtr(src), bytes, g.stream)
		return wrap(err, "copying %d bytes on the GPU", bytes)
	})
}
