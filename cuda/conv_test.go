//go:build cuda

package cuda

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"glassy/lab/device"
)

// integers is n small integers on the device, in a view that starts at an odd
// place, and the same numbers on the host. Sums of their products are exact in
// every type and order, TF32 too: a result is right or wrong.
func integers(d *Device, dt device.DType, n int, r *rand.Rand) (v device.Vector, host []float64) {
	host = make([]float64, n)
	for i := range host {
		host[i] = float64(r.IntN(7) - 3)
	}
	margin := r.IntN(4)
	v = d.New(dt, n+2*margin).Slice(margin, margin+n)
	d.Upload(v, device.Of(host))
	return v, host
}

// equal fails unless v holds want.
func equal(t *testing.T, v device.Vector, want []float64, format string, args ...any) {
	t.Helper()
	for i, x := range device.Read[float64](v) {
		if x != want[i] && !(math.IsNaN(x) && math.IsNaN(want[i])) {
			t.Fatalf(format+": number %d is %v, expected %v", append(args, i, x, want[i])...)
		}
	}
}

// convShapes are convolutions about the borders of a tile: with one less, as
// many, and one more than its rows, columns and depth; and some at random.
func convShapes(tile tile, r *rand.Rand) []device.Convolution {
	shapes := []device.Convolution{
		{N: 1, C: 1, H: 5, W: 5, K: 1, R: 5, S: 5, Stride: 1},                // one number
		{N: 1, C: tile.k, H: 1, W: tile.n, K: tile.m, R: 1, S: 1, Stride: 1}, // one tile, one step
		{N: 1, C: tile.k + 1, H: 1, W: tile.n + 1, K: tile.m + 1, R: 1, S: 1, Stride: 1},
		{N: 1, C: tile.k - 1, H: 1, W: tile.n - 1, K: tile.m - 1, R: 1, S: 1, Stride: 1},
		{N: 1, C: tile.m + 1, H: 1, W: tile.n + 1, K: tile.k + 1, R: 1, S: 1, Stride: 1}, // the same on the way back
		{N: 3, C: 3, H: 12, W: 9, K: 5, R: 3, S: 3, Stride: 2, Pad: 1},
		{N: 2, C: 2, H: 11, W: 8, K: 4, R: 2, S: 4, Stride: 3, Pad: 3},
		{N: 2, C: 7, H: 4, W: 6, K: 3, R: 4, S: 6, Stride: 1, Pad: 2},
	}
	for range 2 {
		s := device.Convolution{N: 1 + r.IntN(5), C: 1 + r.IntN(20), H: 1 + r.IntN(12), W: 1 + r.IntN(12), K: 1 + r.IntN(70),
			R: 1 + r.IntN(5), S: 1 + r.IntN(5), Stride: 1 + r.IntN(3), Pad: r.IntN(3)}
		if s.H+2*s.Pad >= s.R && s.W+2*s.Pad >= s.S {
			shapes = append(shapes, s)
		}
	}
	return shapes
}

// Every tile of every kernel is right on both sides of its borders, with sums
// in one part and in several.
func TestConvTiles(t *testing.T) {
	d := open(t)
	cpu := device.CPU()
	for _, c := range []struct {
		t     device.DType
		tiles []tile
	}{
		{device.Float32, plainConv}, {device.Float32, tensorConv}, {device.Float64, plainConvDouble}, {device.Float64, tensorConvDouble},
	} {
		for _, tile := range c.tiles {
			if tile.stages > 0 && d.gpu.Capability < tensorCores {
				t.Logf("%s is for chips of capability %d on, %s has %d: not tried", tile.name, tensorCores, d.gpu.Name, d.gpu.Capability)
				continue
			}
			r := rand.New(rand.NewPCG(uint64(tile.m), uint64(tile.n)))
			for i, s := range convShapes(tile, r) {
				oh, ow := s.Out()
				nx, nw, ny := s.N*s.C*s.H*s.W, s.K*s.C*s.R*s.S, s.N*s.K*oh*ow
				// try makes a result of the device and the CPU's, from what was there before.
				try := func(op string, n, depth int, on func(p plan, add bool, out device.Vector), ref func(add bool, out device.Vector)) {
					parts := []int{1, 2, 9}[i%3]
					p := plan{tile: tile, parts: parts, length: max(1, ceil(ceil(depth, parts), tile.k)) * tile.k}
					add := r.IntN(2) == 0
					out, want := integers(d, c.t, n, r)
					if !add {
						d.Fill(out, math.NaN())
					}
					on(p, add, out)
					ref(add, device.Of(want))
					equal(t, out, want, "%s %s %v %+v in %d parts, add %v", op, tile.name, c.t, s, parts, add)
				}
				x, hx := integers(d, c.t, nx, r)
				w, hw := integers(d, c.t, nw, r)
				dy, hdy := integers(d, c.t, ny, r)
				X, W, DY := device.Of(hx), device.Of(hw), device.Of(hdy)
				try("Conv", ny, s.C*s.R*s.S,
					func(p plan, add bool, y device.Vector) { d.convForward(p, s, x, w, add, y) },
					func(add bool, y device.Vector) { cpu.Conv(s, X, W, add, y) })
				try("ConvBackData", nx, s.K*s.R*s.S,
					func(p plan, add bool, dx device.Vector) { d.convData(p, s, w, dy, add, dx) },
					func(add bool, dx device.Vector) { cpu.ConvBackData(s, W, DY, add, dx) })
				try("ConvBackFilter", nw, s.N*oh*ow,
					func(p plan, add bool, dw device.Vector) { d.convFilter(p, s, x, dy, add, dw) },
					func(add bool, dw device.Vector) { cpu.ConvBackFilter(s, X, DY, add, dw) })
				try("ConvSampleFilter", s.N*nw, 1,
					func(p plan, _ bool, dw device.Vector) { d.convSampleFilter(p.tile, s, x, dy, dw) },
					func(_ bool, dw device.Vector) { cpu.ConvSampleFilter(s, X, DY, dw) })
			}
		}
	}
}

// More images than the kernels' indices reach are taken some at a time.
func TestConvManyImages(t *testing.T) {
	d := open(t)
	defer func(n int) { largestIndex = n }(largestIndex)
	s := device.Convolution{N: 7, C: 2, H: 5, W: 6, K: 3, R: 3, S: 2, Stride: 2, Pad: 1}
	oh, ow := s.Out()
	r := rand.New(rand.NewPCG(1, 2))
	x, hx := integers(d, device.Float32, s.N*s.C*s.H*s.W, r)
	w, hw := integers(d, device.Float32, s.K*s.C*s.R*s.S, r)
	dy, hdy := integers(d, device.Float32, s.N*s.K*oh*ow, r)
	X, W, DY := device.Of(hx), device.Of(hw), device.Of(hdy)
	for _, largestIndex = range []int{1, 3 * s.C * s.H * s.W} { // one and three at a time
		for _, add := range []bool{false, true} {
			y, hy := integers(d, device.Float32, dy.Len(), r)
			d.Conv(s, x, w, add, y)
			device.CPU().Conv(s, X, W, add, device.Of(hy))
			equal(t, y, hy, "Conv, add %v", add)
			dx, hdx := integers(d, device.Float32, x.Len(), r)
			d.ConvBackData(s, w, dy, add, dx)
			device.CPU().ConvBackData(s, W, DY, add, device.Of(hdx))
			equal(t, dx, hdx, "ConvBackData, add %v", add)
			dw, hdw := integers(d, device.Float32, w.Len(), r)
			d.ConvBackFilter(s, x, dy, add, dw)
			device.CPU().ConvBackFilter(s, X, DY, add, device.Of(hdw))
			equal(t, dw, hdw, "ConvBackFilter, add %v", add)
		}
		dw, hdw := integers(d, device.Float32, s.N*w.Len(), r)
		d.ConvSampleFilter(s, x, dy, dw)
		device.CPU().ConvSampleFilter(s, X, DY, device.Of(hdw))
		equal(t, dw, hdw, "ConvSampleFilter")
	}
}

// Sums of channels are exact where the terms are integers, for every way that
// blocks can take the channels.
func TestChannelsCut(t *testing.T) {
	d := open(t)
	r := rand.New(rand.NewPCG(3, 4))
	for _, s := range []device.Channels{
		{N: 9000, C: 3, S: 1}, {N: 8500, C: 33, S: 1}, {N: 3000, C: 5, S: 7}, {N: 300, C: 2, S: 31}, {N: 300, C: 3, S: 32},
		{N: 300, C: 2, S: 33}, {N: 1, C: 2, S: 20_001}, {N: 7, C: 2, S: 4096}, {N: 2, C: 1, S: 16_384}, {N: 5, C: 1200, S: 2},
	} {
		for _, dt := range []device.DType{device.Float32, device.Float64} {
			dy, hdy := integers(d, dt, s.N*s.C*s.S, r)
			for _, add := range []bool{false, true, true} {
				db, hdb := integers(d, dt, s.C, r)
				d.SumChannels(s, dy, add, db)
				device.CPU().SumChannels(s, device.Of(hdy), add, device.Of(hdb))
				equal(t, db, hdb, "SumChannels %+v %v, add %v", s, dt, add)
			}
			b, hb := integers(d, dt, s.C, r)
			d.AddChannels(s, b, dy)
			device.CPU().AddChannels(s, device.Of(hb), device.Of(hdy))
			equal(t, dy, hdy, "AddChannels %+v %v", s, dt)
		}
	}
}

// Pooling of more numbers than a grid has threads, with windows that overlap,
// leave gaps, and end in the border; integers have many ties.
func TestPoolMany(t *testing.T) {
	d := open(t)
	r := rand.New(rand.NewPCG(5, 6))
	for _, s := range []device.Pooling{
		{N: 13, C: 7, H: 109, W: 107, Size: 1, Stride: 1}, // 1.06 million numbers: 4,096 blocks of 256 take more than one each
		{N: 3, C: 5, H: 61, W: 47, Size: 3, Stride: 2, Pad: 1},
		{N: 3, C: 5, H: 40, W: 41, Size: 2, Stride: 5},
		{N: 2, C: 3, H: 20, W: 33, Size: 7, Stride: 3, Pad: 6},
	} {
		oh, ow := s.Out()
		nx, ny := s.N*s.C*s.H*s.W, s.N*s.C*oh*ow
		x, hx := integers(d, device.Float32, nx, r)
		y, index := d.New(device.Float32, ny), d.New(device.Int32, ny)
		hy, hi := make([]float64, ny), make([]int32, ny)
		d.MaxPool(s, x, y, index)
		device.CPU().MaxPool(s, device.Of(hx), device.Of(hy), device.Of(hi))
		equal(t, y, hy, "MaxPool %+v", s)
		if !slices.Equal(device.Read[int32](index), hi) {
			t.Errorf("MaxPool %+v: other places than the CPU's", s)
		}
		d.PoolGather(s, index, x, y)
		equal(t, y, hy, "PoolGather %+v", s)
		dy, hdy := integers(d, device.Float32, ny, r)
		d.PoolScatter(s, index, dy, x)
		device.CPU().PoolScatter(s, device.Of(hi), device.Of(hdy), device.Of(hx))
		equal(t, x, hx, "PoolScatter %+v", s)
	}
}
