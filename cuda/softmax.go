//go:build cuda

package cuda

import (
	"fmt"

	"glassy/lab/device"
)

func expectMatrix(op string, n, c int) {
	if n < 0 || c < 0 {
		panic(fmt.Sprintf("device: %s: matrix is %d×%d, expected no negative size", op, n, c))
	}
}

// rowwise is a grid for n rows of c numbers: a warp for each row, or, where that
// would take it long, a block.
func rowwise(n, c int) (grid size, blockRows bool) {
	const long = 1024
	if c > long {
		return one(n), true
	}
	return one(ceil(n, threads/32)), false
}

// SoftmaxLoss is the cross-entropy of n rows of c logits, and its derivative. It
// is one launch. A label out of range panics when a result is read.
func (d *Device) SoftmaxLoss(n, c int, z, label, loss, p, dz device.Vector) {
	const op = "SoftmaxLoss"
	expectMatrix(op, n, c)
	t := z.DType()
	d.expectFloat(op, "z", z, n*c)
	d.expect(op, "label", label, device.Int32, n)
	if c == 0 && n > 0 { // no type to go by, and no label is right
		t = loss.DType()
	}
	d.expectFloat(op, "loss", loss, n)
	d.expect(op, "loss", loss, t, n)
	d.expect(op, "p", p, t, n*c)
	d.expect(op, "dz", dz, t, n*c)
	if n == 0 {
		return
	}
	grid, blockRows := rowwise(n, c)
	word, what := d.slip(slipLabel, c)
	d.launch("softmax_loss", t, grid, one(threads), 0, flag(blockRows), i32(n), i32(c), ptr(z), ptr(label), ptr(loss), ptr(p), ptr(dz), word, what)
}

// SoftmaxTangent is the Hessian of SoftmaxLoss on t, row by row, in one launch.
func (d *Device) SoftmaxTangent(n, c int, p, t, dst device.Vector) {
	const op = "SoftmaxTangent"
	expectMatrix(op, n, c)
	d.expectFloat(op, "p", p, n*c)
	d.expect(op, "t", t, p.DType(), n*c)
	d.expect(op, "dst", dst, p.DType(), n*c)
	if n*c == 0 {
		return
	}
	grid, blockRows := rowwise(n, c)
	d.launch("softmax_tangent", p.DType(), grid, one(threads), 0, flag(blockRows), i32(n), i32(c), ptr(p), ptr(t), ptr(dst))
}
