//go:build cuda

package cuda

import (
	"fmt"

	"glassy/cuda/internal/driver"
	"glassy/lab/device"
)

func expectChannels(op string, s device.Channels) {
	if s.N < 0 || s.C < 0 || s.S < 0 {
		panic(fmt.Sprintf("device: %s: channels are %+v, expected no negative size", op, s))
	}
}

// expectNorm checks data of N·C·S numbers, the first of which says the type, and
// vectors of one number a channel.
func (d *Device) expectNorm(op string, s device.Channels, data, perChannel []named) device.DType {
	expectChannels(op, s)
	x := data[0]
	d.expectFloat(op, x.name, x.Vector, x.Len())
	for _, v := range data {
		d.expect(op, v.name, v.Vector, x.DType(), s.N*s.C*s.S)
	}
	for _, v := range perChannel {
		d.expect(op, v.name, v.Vector, x.DType(), s.C)
	}
	return x.DType()
}

// How blocks take the channels: kernels/norm.h. All of it follows from the sizes
// alone, so that a sum is always made of the same parts.
type cut struct {
	device.Channels
	across int  // channels side by side in a block; 0: one, along its runs of S numbers
	vector bool // runs are taken in pieces of 16 bytes
	parts  int  // blocks for each channel
}

func cutChannels(s device.Channels, t device.DType) cut {
	const (
		warp     = 32
		alone    = 8192 // numbers of a channel that one block is soon done with
		piece    = 4096 // numbers of a part, where there are several
		enough   = 1024 // blocks, which keep any chip busy
		mostEach = 128
	)
	c := cut{Channels: s, parts: 1}
	groups := s.C
	if s.S < warp {
		c.across = warp / s.S
		groups = ceil(s.C, c.across)
	} else if s.S%(16/t.Size()) == 0 {
		c.vector = true
	}
	if m := s.N * s.S; m > alone {
		c.parts = max(1, min(ceil(m, piece), ceil(enough, groups), mostEach))
	}
	return c
}

func (c cut) grid(parts int) size {
	if c.across > 0 {
		return two(ceil(c.C, c.across), parts)
	}
	return two(c.C, parts)
}

// aligned says that all pieces of 16 bytes of the data can be read as such.
func (c cut) aligned(data ...device.Vector) argument {
	for _, v := range data {
		if pointer(v)%16 != 0 {
			return flag(false)
		}
	}
	return flag(true)
}

// Phases of a kernel: it makes sums over its part of the channels, and uses the
// sums over the channels.
const (
	sums  = 1
	apply = 2
)

// norm launches a kernel that makes so many sums for each channel: once, where
// one block sees all of a channel, else once for each phase.
func (d *Device) norm(name string, t device.DType, s device.Channels, count int, data []device.Vector, args ...argument) {
	if s.C == 0 {
		return
	}
	if s.N*s.S == 0 {
		s.N, s.S = 0, 1
	}
	c := cutChannels(s, t)
	shape := []argument{i32(s.N), i32(s.C), i32(s.S), i32(c.across), flag(c.vector), c.aligned(data...), i32(c.parts)}
	launch := func(phase int, partial driver.Pointer) {
		all := append(append(shape[:len(shape):len(shape)], i32(phase), at(partial)), args...)
		d.launch(name, t, c.grid(c.parts), one(threads), 0, all...)
	}
	if c.parts == 1 || count == 0 {
		launch(sums|apply, 0)
		return
	}
	d.scratch(8*s.C*c.parts*count, func(partial driver.Pointer) {
		launch(sums, partial)
		launch(apply, partial)
	})
}

// NormStats writes mean and biased variance of each channel.
func (d *Device) NormStats(s device.Channels, x, mean, variance device.Vector) {
	const op = "NormStats"
	expectChannels(op, s)
	t := mean.DType()
	d.expectFloat(op, "mean", mean, s.C)
	d.expect(op, "variance", variance, t, s.C)
	d.expect(op, "x", x, t, s.N*s.C*s.S)
	d.norm("norm_stats", t, s, 2, []device.Vector{x}, ptr(x), ptr(mean), ptr(variance))
}

// InverseSqrt writes y[i] = 1/√(x[i]+epsilon).
func (d *Device) InverseSqrt(epsilon float64, x, y device.Vector) {
	n := x.Len()
	d.expectFloat("InverseSqrt", "x", x, n)
	d.expect("InverseSqrt", "y", y, x.DType(), n)
	if n > 0 {
		d.launch("inverse_sqrt", x.DType(), blocks(n), one(threads), 0, f64(epsilon), ptr(x), ptr(y), i64(n))
	}
}

// Norm writes y = scale·(x-mean)·istd + shift.
func (d *Device) Norm(s device.Channels, x, mean, istd, scale, shift, y device.Vector) {
	t := d.expectNorm("Norm", s, []named{{"x", x}, {"y", y}}, []named{{"mean", mean}, {"istd", istd}, {"scale", scale}, {"shift", shift}})
	if x.Len() > 0 {
		d.norm("norm", t, s, 0, []device.Vector{x, y}, ptr(x), ptr(mean), ptr(istd), ptr(scale), ptr(shift), ptr(y))
	}
}

// NormBack is the derivative of Norm, and with train that of the mean and istd
// of a batch.
func (d *Device) NormBack(s device.Channels, train bool, x, mean, istd, scale, dy, dx device.Vector, add bool, dscale, dshift device.Vector) {
	t := d.expectNorm("NormBack", s, []named{{"x", x}, {"dy", dy}, {"dx", dx}},
		[]named{{"mean", mean}, {"istd", istd}, {"scale", scale}, {"dscale", dscale}, {"dshift", dshift}})
	d.norm("norm_back", t, s, 2, []device.Vector{x, dy, dx},
		flag(train), ptr(x), ptr(mean), ptr(istd), ptr(scale), ptr(dy), ptr(dx), flag(add), ptr(dscale), ptr(dshift))
}

// NormTangent is the forward tangent of Norm.
func (d *Device) NormTangent(s device.Channels, train bool, x, mean, istd, scale, tx, tscale, tshift, ty device.Vector) {
	t := d.expectNorm("NormTangent", s, []named{{"x", x}, {"tx", tx}, {"ty", ty}},
		[]named{{"mean", mean}, {"istd", istd}, {"scale", scale}, {"tscale", tscale}, {"tshift", tshift}})
	if x.Len() == 0 {
		return
	}
	count := 2
	if !train {
		count = 0
	}
	d.norm("norm_tangent", t, s, count, []device.Vector{x, tx, ty},
		flag(train), ptr(x), ptr(mean), ptr(istd), ptr(scale), ptr(tx), ptr(tscale), ptr(tshift), ptr(ty))
}

// NormBackTangent is the derivative of NormBack.
func (d *Device) NormBackTangent(s device.Channels, train bool, x, mean, istd, scale, tx, tscale, dy, tdy, tdx device.Vector, add bool, tdscale, tdshift device.Vector) {
	t := d.expectNorm("NormBackTangent", s, []named{{"x", x}, {"tx", tx}, {"dy", dy}, {"tdy", tdy}, {"tdx", tdx}},
		[]named{{"mean", mean}, {"istd", istd}, {"scale", scale}, {"tscale", tscale}, {"tdscale", tdscale}, {"tdshift", tdshift}})
	d.norm("norm_back_tangent", t, s, 7, []device.Vector{x, tx, dy, tdy, tdx},
		flag(train), ptr(x), ptr(mean), ptr(istd), ptr(scale), ptr(tx), ptr(tscale), ptr(dy), ptr(tdy), ptr(tdx), flag(add), ptr(tdscale), ptr(tdshift))
}
