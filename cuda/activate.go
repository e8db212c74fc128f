//go:build cuda

package cuda

import (
	"fmt"

	"glassy/lab/device"
)

func expectNonlinearity(op string, f device.Nonlinearity) {
	if f > device.Sigmoid {
		panic(fmt.Sprintf("device: %s: nonlinearity is %d, expected ReLU, Tanh or Sigmoid", op, f))
	}
}

// Activate writes y[i] = f(x[i]).
func (d *Device) Activate(f device.Nonlinearity, x, y device.Vector) {
	expectNonlinearity("Activate", f)
	n := x.Len()
	d.expectFloat("Activate", "x", x, n)
	d.expect("Activate", "y", y, x.DType(), n)
	if n > 0 {
		d.launch("activate", x.DType(), packs(x.DType(), n), one(threads), 0, i32(int(f)), ptr(x), ptr(y), i64(n))
	}
}

// ActivateBack writes dx[i] = f′(y[i])·dy[i].
func (d *Device) ActivateBack(f device.Nonlinearity, y, dy, dx device.Vector) {
	expectNonlinearity("ActivateBack", f)
	n := y.Len()
	d.expectFloat("ActivateBack", "y", y, n)
	d.expect("ActivateBack", "dy", dy, y.DType(), n)
	d.expect("ActivateBack", "dx", dx, y.DType(), n)
	if n > 0 {
		d.launch("activate_back", y.DType(), packs(y.DType(), n), one(threads), 0, i32(int(f)), ptr(y), ptr(dy), ptr(dx), i64(n))
	}
}

// ActivateSecond adds f″(y[i])·tx[i]·dy[i] to dx[i].
func (d *Device) ActivateSecond(f device.Nonlinearity, y, tx, dy, dx device.Vector) {
	expectNonlinearity("ActivateSecond", f)
	n := y.Len()
	d.expectFloat("ActivateSecond", "y", y, n)
	d.expect("ActivateSecond", "tx", tx, y.DType(), n)
	d.expect("ActivateSecond", "dy", dy, y.DType(), n)
	d.expect("ActivateSecond", "dx", dx, y.DType(), n)
	if n > 0 && f != device.ReLU { // whose f″ is 0
		d.launch("activate_second", y.DType(), packs(y.DType(), n), one(threads), 0, i32(int(f)), ptr(y), ptr(tx), ptr(dy), ptr(dx), i64(n))
	}
}
