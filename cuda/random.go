//go:build cuda

package cuda

import (
	"fmt"
	"math"

	"glassy/lab/device"
)

// Threads take a whole block of the generator each: 2 uniform or normal numbers,
// 4 words of a mask.

// Uniform writes numbers of [low, high).
func (d *Device) Uniform(key, offset uint64, low, high float64, dst device.Vector) {
	d.expectFloat("Uniform", "dst", dst, dst.Len())
	if n := dst.Len(); n > 0 {
		d.launch("uniform", dst.DType(), blocks(n/2+1), one(threads), 0, u64(key), u64(offset), f64(low), f64(high), ptr(dst), i64(n))
	}
}

// Normal writes normal numbers.
func (d *Device) Normal(key, offset uint64, mean, sd float64, dst device.Vector) {
	d.expectFloat("Normal", "dst", dst, dst.Len())
	if n := dst.Len(); n > 0 {
		d.launch("normal", dst.DType(), blocks(n/2+1), one(threads), 0, u64(key), u64(offset), f64(mean), f64(sd), ptr(dst), i64(n))
	}
}

// DropoutMask writes 0 with probability p, else 1/(1-p).
func (d *Device) DropoutMask(key, offset uint64, p float64, dst device.Vector) {
	if !(0 <= p && p < 1) {
		panic(fmt.Sprintf("device: DropoutMask: p is %v, expected 0 ≤ p < 1", p))
	}
	d.expectFloat("DropoutMask", "dst", dst, dst.Len())
	if n := dst.Len(); n > 0 {
		threshold := uint64(math.Ceil(p * (1 << 32)))
		d.launch("dropout_mask", dst.DType(), blocks(n/4+1), one(threads), 0, u64(key), u64(offset), u64(threshold), f64(1/(1-p)), ptr(dst), i64(n))
	}
}
