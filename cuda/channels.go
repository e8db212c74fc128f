//go:build cuda

package cuda

import (
	"glassy/cuda/internal/driver"
	"glassy/lab/device"
)

// AddChannels adds its number to each of a channel's.
func (d *Device) AddChannels(s device.Channels, b, y device.Vector) {
	const op = "AddChannels"
	expectChannels(op, s)
	d.expectFloat(op, "y", y, s.N*s.C*s.S)
	d.expect(op, "b", b, y.DType(), s.C)
	if y.Len() == 0 {
		return
	}
	d.launch("add_channels", y.DType(), blocks(ceil(y.Len(), 4)), one(threads), 0, ptr(b), ptr(y), i64(y.Len()), i32(s.C), i32(s.S))
}

// SumChannels is a sum over each channel, made in float64.
func (d *Device) SumChannels(s device.Channels, dy device.Vector, add bool, db device.Vector) {
	const op = "SumChannels"
	expectChannels(op, s)
	d.expectFloat(op, "db", db, s.C)
	d.expect(op, "dy", dy, db.DType(), s.N*s.C*s.S)
	if s.C == 0 {
		return
	}
	if s.N*s.S == 0 {
		s.N, s.S = 0, 1
	}
	c := cutChannels(s, db.DType())
	launch := func(partial driver.Pointer) {
		d.launch("sum_channels", db.DType(), c.grid(c.parts), one(threads), 0,
			ptr(dy), ptr(db), flag(add), at(partial), i32(s.N), i32(s.C), i32(s.S), i32(c.across), i32(c.parts))
	}
	if c.parts == 1 {
		launch(0)
	} else {
		d.scratch(8*s.C*c.parts, launch)
	}
}
