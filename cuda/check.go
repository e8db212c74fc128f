//go:build cuda

package cuda

import (
	"fmt"

	"glassy/lab/device"
)

// expect panics unless v holds n numbers of type t on this device.
func (d *Device) expect(op, name string, v device.Vector, t device.DType, n int) {
	if v.Len() != n {
		panic(fmt.Sprintf("device: %s: length of %s is %d, expected %d", op, name, v.Len(), n))
	}
	if n == 0 {
		return
	}
	if v.DType() != t {
		panic(fmt.Sprintf("device: %s: type of %s is %v, expected %v", op, name, v.DType(), t))
	}
	if v.Device() != device.Device(d) {
		panic(fmt.Sprintf("device: %s: %s is on device %s, expected %s", op, name, v.Device().Name(), d.Name()))
	}
}

// expectFloat panics unless v holds n floating-point numbers on this device.
func (d *Device) expectFloat(op, name string, v device.Vector, n int) {
	if v.Len() > 0 && v.DType() == device.Int32 {
		panic(fmt.Sprintf("device: %s: type of %s is %v, expected float32 or float64", op, name, v.DType()))
	}
	d.expect(op, name, v, v.DType(), n)
}

// needSize panics unless n ≥ 0.
func needSize(op, what string, n int) {
	if n < 0 {
		panic(fmt.Sprintf("device: %s: %s is %d, expected at least 0", op, what, n))
	}
}
