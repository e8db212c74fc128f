//go:build cuda

package cuda

import (
	"fmt"
	"unsafe"

	"glassy/cuda/internal/driver"
)

// An index out of range is the caller's slip, but only the kernel that reads it
// can see it. It leaves word in pinned memory (kernels/slip.h), and the panic
// comes when the host has waited for the GPU: at the latest when a result is
// read. The device is as good as before.

// slips are the operations that take indices, and how their panics read: with
// the place, the index there, and the largest allowed.
var slips = []string{
	slipLabel:   "device: SoftmaxLoss: label[%d] is %d, expected 0 … %d",
	slipGather:  "device: Gather: index[%d] is %d, expected 0 … %d",
	slipScatter: "device: ScatterAdd: index[%d] is %d, expected 0 … %d",
	slipRows:    "device: Attraction: rows[%d] is %d, expected 0 … %d, none below the one before",
	slipColumns: "device: Attraction: columns[%d] is %d, expected 0 … %d",
	slipSparse:  "device: SparseProduct: columns[%d] is %d, expected 0 … %d",
}

const (
	slipLabel = iota + 1 // 0 is no slip
	slipGather
	slipScatter
	slipRows
	slipColumns
	slipSparse
)

// slip is the two arguments of a kernel that reads indices below n.
func (d *Device) slip(operation, n int) (word, what argument) {
	return at(driver.Address(&d.staging.slips[0])), u64(uint64(operation)<<32 | uint64(uint32(n)))
}

// wait waits until the GPU is done with what it was given, and panics if a
// kernel left word of a slip.
func (d *Device) wait() {
	d.check(d.gpu.Synchronize())
	word := (*[2]uint64)(unsafe.Pointer(&d.staging.slips[0]))
	d.mu.Lock()
	what, which := word[0], word[1]
	word[0], word[1] = 0, ^uint64(0)
	d.mu.Unlock()
	if what != 0 {
		panic(fmt.Sprintf(slips[what>>32], which>>32, int32(which), int32(what)-1))
	}
}
