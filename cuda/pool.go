//go:build cuda

package cuda

import (
	"fmt"

	"glassy/lab/device"
)

// Each thread makes one number of the result, and reads what it is made of: a
// window, or, on the way back, the windows that cover a cell, in their order.

// MaxPool is the largest of each window, and its place in the plane.
func (d *Device) MaxPool(s device.Pooling, x, y, index device.Vector) {
	nx, ny := poolSizes("MaxPool", s)
	d.expectFloat("MaxPool", "x", x, nx)
	d.expect("MaxPool", "y", y, x.DType(), ny)
	d.expect("MaxPool", "index", index, device.Int32, ny)
	d.pooling("max_pool", s, y, ptr(x), ptr(y), ptr(index))
}

// PoolGather reads the places of MaxPool.
func (d *Device) PoolGather(s device.Pooling, index, tx, ty device.Vector) {
	nx, ny := poolSizes("PoolGather", s)
	d.expect("PoolGather", "index", index, device.Int32, ny)
	d.expectFloat("PoolGather", "tx", tx, nx)
	d.expect("PoolGather", "ty", ty, tx.DType(), ny)
	d.pooling("pool_gather", s, ty, ptr(index), ptr(tx), ptr(ty))
}

// PoolScatter adds to the places of MaxPool, and zeroes the others.
func (d *Device) PoolScatter(s device.Pooling, index, dy, dx device.Vector) {
	nx, ny := poolSizes("PoolScatter", s)
	d.expect("PoolScatter", "index", index, device.Int32, ny)
	d.expectFloat("PoolScatter", "dx", dx, nx)
	d.expect("PoolScatter", "dy", dy, dx.DType(), ny)
	d.pooling("pool_scatter", s, dx, ptr(index), ptr(dy), ptr(dx))
}

// MeanPool is the mean over each window.
func (d *Device) MeanPool(s device.Pooling, x, y device.Vector) {
	nx, ny := poolSizes("MeanPool", s)
	d.expectFloat("MeanPool", "x", x, nx)
	d.expect("MeanPool", "y", y, x.DType(), ny)
	d.pooling("mean_pool", s, y, ptr(x), ptr(y))
}

// MeanPoolBack is its transpose.
func (d *Device) MeanPoolBack(s device.Pooling, dy, dx device.Vector) {
	nx, ny := poolSizes("MeanPoolBack", s)
	d.expectFloat("MeanPoolBack", "dx", dx, nx)
	d.expect("MeanPoolBack", "dy", dy, dx.DType(), ny)
	d.pooling("mean_pool_back", s, dx, ptr(dy), ptr(dx))
}

// pooling launches a kernel with a thread for each number of out.
func (d *Device) pooling(name string, s device.Pooling, out device.Vector, vectors ...argument) {
	if out.Len() == 0 {
		return
	}
	args := vectors
	oh, ow := s.Out()
	for _, n := range []int{s.N * s.C, s.H, s.W, s.Size, s.Stride, s.Pad, oh, ow} {
		args = append(args, i32(n))
	}
	d.launch(name, out.DType(), blocks(out.Len()), one(threads), 0, args...)
}

// poolSizes is how many numbers go in and come out.
func poolSizes(op string, s device.Pooling) (x, y int) {
	if s.N < 0 || s.C < 0 || s.Size < 1 || s.Stride < 1 || s.Pad < 0 || s.Pad >= s.Size ||
		s.H+2*s.Pad < s.Size || s.W+2*s.Pad < s.Size {
		panic(fmt.Sprintf("device: %s: pooling is %+v, expected windows that fit into the bordered image, Stride at least 1 and Pad below Size", op, s))
	}
	oh, ow := s.Out()
	return s.N * s.C * s.H * s.W, s.N * s.C * oh * ow
}
