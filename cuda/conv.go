//go:build cuda

package cuda

import (
	"fmt"

	"glassy/cuda/internal/nvidia"
	"glassy/lab/device"
)

// A convolution is a matrix product whose right factor is never made: its
// numbers are picked from the images while a block loads its tile. What comes
// out, and the length of the sums, are
//
//	Conv              K × N·OH·OW, C·R·S
//	ConvBackData      C × N·H·W,   K·R·S; with a stride, only the taps that meet a pixel
//	ConvBackFilter    K × C·R·S,   N·OH·OW
//	ConvSampleFilter  K × C·R·S,   OH·OW, for each image
//
// Each is one launch, or two where sums are cut into parts. The first three are
// cuDNN's where it is here and worth it: conv_dnn.go.

// The kernels conv_forward, conv_data and conv_filter for each tile: see
// tiles.go. Rates are lower than products': the windows have to be found.
var (
	plainConv = []tile{
		{name: "128x128", m: 128, n: 128, k: 16, threads: 256, rate: 95},
		{name: "96x128", m: 96, n: 128, k: 16, threads: 256, rate: 90},
		{name: "64x64", m: 64, n: 64, k: 16, threads: 128, rate: 75},
		{name: "32x128", m: 32, n: 128, k: 16, threads: 128, rate: 75},
		{name: "32x32", m: 32, n: 32, k: 16, threads: 64, rate: 45},
	}
	plainConvDouble = []tile{
		{name: "64x64", m: 64, n: 64, k: 8, threads: 128, rate: 45},
		{name: "32x128", m: 32, n: 128, k: 8, threads: 128, rate: 45},
		{name: "32x32", m: 32, n: 32, k: 8, threads: 64, rate: 30},
	}
	tensorConv = []tile{
		{name: "tensor_128x128", m: 128, n: 128, k: 16, threads: 256, stages: 4, rate: 300},
		{name: "tensor_96x128", m: 96, n: 128, k: 16, threads: 256, stages: 4, rate: 270},
		{name: "tensor_64x64", m: 64, n: 64, k: 32, threads: 128, stages: 3, rate: 180},
		{name: "tensor_32x128", m: 32, n: 128, k: 32, threads: 128, stages: 3, rate: 160},
		{name: "tensor_32x32", m: 32, n: 32, k: 32, threads: 64, stages: 3, rate: 80},
	}
	tensorConvDouble = []tile{
		{name: "tensor_64x64", m: 64, n: 64, k: 16, threads: 128, stages: 3, rate: 90},
		{name: "tensor_32x128", m: 32, n: 128, k: 16, threads: 128, stages: 3, rate: 85},
		{name: "tensor_32x32", m: 32, n: 32, k: 16, threads: 64, stages: 3, rate: 45},
	}
)

func (d *Device) convTiles(t device.DType) []tile {
	tensor := d.gpu.Capability >= tensorCores
	switch {
	case t == device.Float64 && tensor:
		return tensorConvDouble
	case t == device.Float64:
		return plainConvDouble
	case tensor && d.settings.tf32.Load():
		return tensorConv
	}
	return plainConv
}

// convShared is the dynamic shared memory of a block, in bytes: stages of both
// factors, later the result (kernels/convolve_tensor.h). Along says that the
// second factor lies in rows along the sum.
func (t tile) convShared(dt device.DType, along bool) int {
	if t.stages == 0 {
		return 0
	}
	b := t.k * (t.n + 16/dt.Size())
	if along {
		b = t.n * (t.k + 8)
	}
	return max(t.stages*(t.m*(t.k+8)+b), t.m*(t.n+8)) * dt.Size()
}

// Conv is y = w·x, with columns of x's windows.
func (d *Device) Conv(s device.Convolution, x, w device.Vector, add bool, y device.Vector) {
	d.expectConvolution("Conv", s, "x", x, "w", w, "y", y)
	if d.byDNN("Conv", nvidia.Forward, s, x, w, add, y) {
		return
	}
	oh, ow := s.Out()
	d.convForward(choose(d.convTiles(x.DType()), s.K, s.N*oh*ow, s.C*s.R*s.S, 1), s, x, w, add, y)
}

func (d *Device) convForward(p plan, s device.Convolution, x, w device.Vector, add bool, y device.Vector) {
	byImages(s, 0, func(s device.Convolution, from, to, of int) {
		x, y := part(x, from, to, of), part(y, from, to, of)
		oh, ow := s.Out()
		blocks := ceil(s.K, p.tile.m) * ceil(s.N*oh*ow, p.tile.n)
		d.convolve("conv_forward_", p, s, false, three(blocks, p.parts, 1), ptr(x), ptr(w), add, y)
	})
}

// ConvBackData is dx = wᵀ·dy, added up over windows. A tap that meets the outside
// of dy adds a product with zero, which tells where the filter is not finite.
func (d *Device) ConvBackData(s device.Convolution, w, dy device.Vector, add bool, dx device.Vector) {
	d.expectConvolution("ConvBackData", s, "dx", dx, "w", w, "dy", dy)
	if d.byDNN("ConvBackData", nvidia.BackData, s, w, dy, add, dx) {
		return
	}
	n, taps := s.Stride, ceil(s.R, s.Stride)*ceil(s.S, s.Stride)
	d.convData(choose(d.convTiles(dx.DType()), s.C, s.N*ceil(s.H, n)*ceil(s.W, n), s.K*taps, n*n), s, w, dy, add, dx)
}

// convData makes Stride² products: pixels whose row and column leave the same
// remainders meet the same taps.
func (d *Device) convData(p plan, s device.Convolution, w, dy device.Vector, add bool, dx device.Vector) {
	byImages(s, 0, func(s device.Convolution, from, to, of int) {
		dx, dy := part(dx, from, to, of), part(dy, from, to, of)
		blocks := ceil(s.C, p.tile.m) * ceil(s.N*ceil(s.H, s.Stride)*ceil(s.W, s.Stride), p.tile.n)
		d.convolve("conv_data_", p, s, false, three(blocks, p.parts, s.Stride*s.Stride), ptr(w), ptr(dy), add, dx)
	})
}

// ConvBackFilter is dw = dy·xᵀ, with columns of x's windows.
func (d *Device) ConvBackFilter(s device.Convolution, x, dy device.Vector, add bool, dw device.Vector) {
	d.expectConvolution("ConvBackFilter", s, "x", x, "dw", dw, "dy", dy)
	if d.byDNN("ConvBackFilter", nvidia.BackFilter, s, x, dy, add, dw) {
		return
	}
	oh, ow := s.Out()
	d.convFilter(choose(d.convTiles(x.DType()), s.K, s.C*s.R*s.S, s.N*oh*ow, 1), s, x, dy, add, dw)
}

func (d *Device) convFilter(p plan, s device.Convolution, x, dy device.Vector, add bool, dw device.Vector) {
	byImages(s, 0, func(s device.Convolution, from, to, of int) {
		x, dy := part(x, from, to, of), part(dy, from, to, of)
		blocks := ceil(s.K, p.tile.m) * ceil(s.C*s.R*s.S, p.tile.n)
		d.convolve("conv_filter_", p, s, true, three(blocks, p.parts, 1), ptr(x), ptr(dy), add, dw)
		add = true // the next images
	})
}

// ConvSampleFilter is ConvBackFilter whose parts are the images.
func (d *Device) ConvSampleFilter(s device.Convolution, x, dy, dw device.Vector) {
	const op = "ConvSampleFilter"
	checkConvolution(op, s)
	oh, ow := s.Out()
	d.expectFloat(op, "x", x, s.N*s.C*s.H*s.W)
	d.expect(op, "dy", dy, x.DType(), s.N*s.K*oh*ow)
	d.expect(op, "dw", dw, x.DType(), s.N*s.K*s.C*s.R*s.S)
	whole := choose(d.convTiles(x.DType()), s.K, s.C*s.R*s.S, oh*ow, max(1, s.N))
	d.convSampleFilter(whole.tile, s, x, dy, dw)
}

func (d *Device) convSampleFilter(t tile, s device.Convolution, x, dy, dw device.Vector) {
	byImages(s, s.K*s.C*s.R*s.S, func(s device.Convolution, from, to, of int) {
		x, dy, dw := part(x, from, to, of), part(dy, from, to, of), part(dw, from, to, of)
		if dw.Len() == 0 {
			return
		}
		oh, ow := s.Out()
		grid := three(ceil(s.K, t.m)*ceil(s.C*s.R*s.S, t.n), s.N, 1)
		d.launch("conv_filter_"+t.name, dw.DType(), grid, one(t.threads), t.convShared(dw.DType(), true), convArguments(s, ptr(x), ptr(dy), ptr(dw), false, oh*ow)...)
	})
}

// convolve launches a kernel, whose grid's second size is the number of parts.
func (d *Device) convolve(name string, p plan, s device.Convolution, along bool, grid size, a, b argument, add bool, out device.Vector) {
	if out.Len() == 0 {
		return
	}
	sum := product{m: 1, n: out.Len(), count: 1, alpha: 1, c: matrices{ptr(out), out.Len(), 0}}
	if add {
		sum.beta = 1
	}
	d.inParts(out.DType(), p.parts, sum, func(sum product) {
		d.launch(name+p.tile.name, out.DType(), grid, one(p.tile.threads), p.tile.convShared(out.DType(), along), convArguments(s, a, b, sum.c.at, sum.beta == 1, p.length)...)
	})
}

func convArguments(s device.Convolution, a, b, out argument, add bool, length int) []argument {
	args := []argument{a, b, out, flag(add), i32(length)}
	oh, ow := s.Out()
	for _, n := range []int{s.N, s.C, s.H, s.W, s.K, s.R, s.S, s.Stride, s.Pad, oh, ow} {
		args = append(args, i32(n))
	}
	return args
}

// largestIndex is what the convolutions' kernels reach: of 32 bits, with room for
// a tile beyond. A variable, so that tests get there.
var largestIndex = 1<<31 - 1<<12

// byImages calls f for images from..to-1 of so many, as many at a time as the
// kernels' 32-bit indices reach, each with other numbers besides. In most cases
// that is all of them.
func byImages(s device.Convolution, other int, f func(s device.Convolution, from, to, of int)) {
	oh, ow := s.Out()
	step := max(1, min(largestIndex/max(1, s.C*s.H*s.W, s.K*oh*ow, other), 1<<16-1)) // a grid's second size is of 16 bits
	all := s.N
	for from := 0; ; from += step {
		s.N = max(0, min(step, all-from))
		f(s, from, from+s.N, all)
		if from+step >= all {
			return
		}
	}
}

// part is what belongs to images from..to-1 of so many.
func part(v device.Vector, from, to, of int) device.Vector {
	if of == 0 {
		return v
	}
	n := v.Len() / of
	return v.Slice(from*n, to*n)
}

func checkConvolution(op string, s device.Convolution) {
	if s.N < 0 || s.C < 0 || s.K < 0 || s.R < 1 || s.S < 1 || s.Stride < 1 || s.Pad < 0 ||
		s.H+2*s.Pad < s.R || s.W+2*s.Pad < s.S {
		panic(fmt.Sprintf("device: %s: convolution is %+v, expected filters that fit into the bordered image and a stride of at least 1", op, s))
	}
}

// expectConvolution checks the shape and three vectors: of the image's size, of
// the filters', of the result's.
func (d *Device) expectConvolution(op string, s device.Convolution, nx string, x device.Vector, nw string, w device.Vector, ny string, y device.Vector) {
	checkConvolution(op, s)
	oh, ow := s.Out()
	d.expectFloat(op, nx, x, s.N*s.C*s.H*s.W)
	d.expect(op, nw, w, x.DType(), s.K*s.C*s.R*s.S)
	d.expect(op, ny, y, x.DType(), s.N*s.K*oh*ow)
}
