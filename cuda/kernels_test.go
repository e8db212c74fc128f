//go:build cuda

package cuda

import (
	"fmt"
	"testing"

	"glassy/lab/device"
)

// A kernel gets the dynamic shared memory that a launch asks for beside its own
// arrays, also where only both together are more than it may have unasked.
func TestSharedMemory(t *testing.T) {
	d := open(t)
	x, place := d.New(device.Float32, 2000), d.New(device.Int32, 1)
	d.Fill(x.Slice(777, 778), 1)
	d.launch("row_argmax", x.DType(), one(1), one(threads), 48<<10, i32(x.Len()), ptr(x), ptr(place))
	if got := device.Read[int32](place)[0]; got != 777 {
		t.Errorf("the largest number stands at %d, expected 777", got)
	}
}

// More blocks than a grid can have are told by name, before the GPU is asked.
func TestTooManyBlocks(t *testing.T) {
	d := open(t)
	defer func() {
		const want = "cuda: zero: blocks are [1 65536 1], expected at most 65535 in all directions but the first"
		if got := fmt.Sprint(recover()); got != want {
			t.Errorf("panic %q, expected %q", got, want)
		}
		d.Synchronize() // nothing is lost
	}()
	d.launch("zero", 0, two(1, 1<<16), one(threads), 0)
}
