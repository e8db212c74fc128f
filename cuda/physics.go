//go:build cuda

package cuda

import (
	"fmt"
	"math"

	"glassy/cuda/internal/driver"
	"glassy/lab/device"
)

// Spins multiplies the products of p-1 spins with a matrix of the couplings, and
// takes four launches: the matrix, σ turned, the product, what is made of it. For
// p = 1 it is one.
func (d *Device) Spins(p, n, m int, scale float64, couplings, sigma device.Vector, add bool, energy, gradient device.Vector) {
	const op = "Spins"
	if p < 1 {
		panic(fmt.Sprintf("device: Spins: p is %d, expected at least 1", p))
	}
	needSize(op, "n", n)
	needSize(op, "m", m)
	t := energy.DType()
	d.expectFloat(op, "energy", energy, m)
	d.expect(op, "couplings", couplings, t, device.Monomials(p, n))
	d.expect(op, "sigma", sigma, t, m*n)
	d.expect(op, "gradient", gradient, t, m*n)
	if m == 0 {
		return
	}
	if n == 0 {
		if !add {
			d.Fill(energy, 0)
		}
		return
	}
	if p == 1 {
		d.launch("spins_linear", t, blocks(32*m), one(threads), 0,
			i32(n), i64(m), f64(scale), flag(add), ptr(couplings), ptr(sigma), ptr(energy), ptr(gradient))
		return
	}
	rows, factors := device.Monomials(p-1, n), max(2, p-1)
	padded := ceil(rows, spinDepth) * spinDepth
	width := ceil(n, 4) * 4 // rows begin at multiples of 16 bytes
	k := d.spinKernel(t, n)
	down, across := ceil(m, k.rows), ceil(n, k.columns)
	turnedWidth := down * k.rows
	size := t.Size()
	parts := spinParts(down*across, padded/spinDepth, m*n*size)

	d.scratches(func(p4 []driver.Pointer) {
		matrix, index, turned, sums := p4[0], p4[1], p4[2], p4[3]
		d.launch("spins_matrix", t, blocks(32*padded), one(threads), 0,
			i32(p), i32(n), i32(width), i64(rows), i64(padded), i64(turnedWidth), ptr(couplings), at(index), at(matrix))
		d.launch("spins_turn", t, two(ceil(turnedWidth, 32), ceil(n+2, 32)), one(threads), 0,
			i64(m), i32(n), i64(turnedWidth), ptr(sigma), at(turned))
		d.launch(k.name, t, three(down, across, parts), one(128), 0,
			i32(factors), i32(n), i64(m), i64(padded), i32(width), i64(turnedWidth), at(turned), at(matrix), at(index), at(sums))
		d.launch("spins_finish", t, blocks(32*m), one(threads), 0,
			i32(p), i32(n), i64(m), i32(parts), f64(scale), flag(add), at(sums), ptr(sigma), ptr(energy), ptr(gradient))
	}, padded*width*size, padded*factors*4, (n+2)*turnedWidth*size, parts*m*n*size)
}

const spinDepth = 16 // rows of the matrix that a block multiplies with at a time

// A spinKernel is one that multiplies: each of its blocks has so many
// configurations and columns.
type spinKernel struct {
	name          string
	rows, columns int
}

var (
	spinKernels       = []spinKernel{{"spins_wide", 80, 104}, {"spins_narrow", 80, 64}}
	tensorSpinKernels = []spinKernel{{"spins_tensor_wide", 64, 104}, {"spins_tensor_narrow", 64, 64}}
)

// spinKernel is the one whose columns cover n with the least beyond.
func (d *Device) spinKernel(t device.DType, n int) spinKernel {
	kernels := spinKernels
	if t == device.Float64 && d.gpu.Capability >= tensorCores {
		kernels = tensorSpinKernels
	}
	best := kernels[0]
	for _, k := range kernels[1:] {
		if ceil(n, k.columns)*k.columns < ceil(n, best.columns)*best.columns {
			best = k
		}
	}
	return best
}

// spinParts is into how many parts so many steps of each block are cut, such
// that the multiprocessors have about the same to do. It depends on the shape
// alone, as the bits do. Bytes are those of one part's sums.
func spinParts(blocks, steps, bytes int) int {
	const (
		ramp   = 4       // steps that a block's beginning and end take the time of
		alone  = 0.6     // of its rate is what a multiprocessor with a single block reaches
		memory = 3 << 19 // bytes that are written and read again in the time of a step
		short  = 4       // steps
	)
	best, least := 1, math.Inf(1)
	for parts := 1; parts == 1 || parts <= 64 && short*parts <= steps; parts++ {
		each := ceil(blocks*parts, multiprocessors)
		cost := float64(each * (ceil(steps, parts) + ramp))
		if each == 1 {
			cost /= alone
		}
		cost += float64(parts) * float64(bytes) / memory
		if cost < least {
			best, least = parts, cost
		}
	}
	return best
}

// scratches is scratch for several at once.
func (d *Device) scratches(use func(p []driver.Pointer), bytes ...int) {
	const align = 256
	total := 0
	for _, b := range bytes {
		total += ceil(b, align) * align
	}
	d.scratch(total, func(p driver.Pointer) {
		var all []driver.Pointer
		for _, b := range bytes {
			all = append(all, p)
			p += driver.Pointer(ceil(b, align) * align)
		}
		use(all)
	})
}

// SphereSteps is one launch: a warp goes through a row, a block through a long
// one.
func (d *Device) SphereSteps(n, m int, radius, rate, tolerance float64, x, gradient, norms, steps device.Vector) {
	const op = "SphereSteps"
	needSize(op, "n", n)
	needSize(op, "m", m)
	if !(radius >= 0) || math.IsInf(radius, 0) {
		panic(fmt.Sprintf("device: SphereSteps: radius is %v, expected a finite one, or 0 for the plane", radius))
	}
	t := norms.DType()
	d.expectFloat(op, "norms", norms, m)
	d.expect(op, "x", x, t, m*n)
	d.expect(op, "gradient", gradient, t, m*n)
	d.expect(op, "steps", steps, device.Int32, m)
	if m == 0 {
		return
	}
	kernel, grid := "sphere_steps", blocks(32*m)
	if n > shortRow {
		kernel, grid = "sphere_steps_long", one(min(m, 4096))
	}
	d.launch(kernel, t, grid, one(threads), 0,
		i32(n), i64(m), f64(radius), f64(rate), f64(tolerance), ptr(x), ptr(gradient), ptr(norms), ptr(steps))
}

// mostMoves is how many moves of a walker one launch makes: a second's on a small
// chip. Where a GPU has a screen too, the system ends a kernel after a few seconds.
// A variable, so that tests get there.
var mostMoves = 1 << 31

// Walkers is one launch, or several of a long walk. A thread has two walkers in one
// dimension, whose normal numbers are a pair, and one in two.
func (d *Device) Walkers(w device.Walk, force, x device.Vector) {
	const op = "Walkers"
	const mostSteps = 1 << 17 // of few walkers
	w = w.Checked(x.Len())
	d.expectFloat(op, "x", x, x.Len())
	d.expect(op, "force", force, x.DType(), w.Dim*w.Row())
	t, n := x.DType(), x.Len()/w.Dim
	table := w.Dim * w.Row() * t.Size()
	if table > d.gpu.SharedPerBlock {
		panic(fmt.Sprintf("device: Walkers: force is %d bytes, expected at most %d, what %s keeps at hand", table, d.gpu.SharedPerBlock, d.gpu.Name))
	}
	for n > 0 && w.Steps > 0 {
		steps := min(w.Steps, mostSteps, max(1, mostMoves/n))
		d.launch("walkers", t, blocks(x.Len()/2+1), one(threads), table,
			i64(n), i32(w.Dim), i64(steps), f64(w.Delta), i32(w.Powers), i32(w.Waves), i32(w.Exponentials),
			f64(w.Noise[0]), f64(w.Noise[1]), f64(w.Coupling[0][0]), f64(w.Coupling[0][1]), f64(w.Coupling[1][0]), f64(w.Coupling[1][1]),
			u64(w.Key), u64(w.Offset), u64(w.Stride), ptr(force), ptr(x))
		w.Steps -= steps
		w.Offset += uint64(steps) * w.Stride
	}
}
