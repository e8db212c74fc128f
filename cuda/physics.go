//go:build cuda

package cuda

import (
	"fmt"

	"glassy/cuda/internal/driver"
	"glassy/lab/device"
)

// Tiles of kernels/spins.cu and spins.h.
const (
	spinRows  = 80 // configurations of a block
	spinDepth = 16 // rows of the matrix that it multiplies with at a time
	spinWide  = 104
	spinThin  = 64 // columns
)

// Spins multiplies the products of p-1 spins with a matrix of the couplings, and
// takes four launches: the matrix, σ turned, the product, what is made of it.
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
	rows, factors := device.Monomials(p-1, n), max(1, p-1)
	padded := ceil(rows, spinDepth) * spinDepth
	width := ceil(n, 4) * 4 // rows begin at multiples of 16 bytes
	tiles := ceil(m, spinRows)
	turnedWidth := tiles * spinRows
	name, columns := spinKernel(n)
	across := ceil(n, columns)
	parts := spinParts(tiles*across, padded/spinDepth)

	size := t.Size()
	d.scratches(func(p4 []driver.Pointer) {
		matrix, index, turned, sums := p4[0], p4[1], p4[2], p4[3]
		d.launch("spins_matrix", t, blocks(32*padded), one(threads), 0,
			i32(p), i32(n), i32(width), i64(rows), i64(padded), ptr(couplings), at(index), at(matrix))
		d.launch("spins_turn", t, two(ceil(turnedWidth, 32), ceil(n+2, 32)), one(threads), 0,
			i64(m), i32(n), i64(turnedWidth), ptr(sigma), at(turned))
		d.launch(name, t, three(tiles, across, parts), one(128), 0,
			i32(factors), i32(n), i64(m), i64(padded), i32(width), i64(turnedWidth), at(turned), at(matrix), at(index), at(sums))
		d.launch("spins_finish", t, blocks(32*m), one(threads), 0,
			i32(p), i32(n), i64(m), i32(parts), f64(scale), flag(add), at(sums), ptr(sigma), ptr(energy), ptr(gradient))
	}, padded*width*size, padded*factors*4, (n+2)*turnedWidth*size, parts*m*n*size)
}

// spinKernel is the one whose tiles of columns cover n with the least beyond.
func spinKernel(n int) (name string, columns int) {
	if ceil(n, spinThin)*spinThin < ceil(n, spinWide)*spinWide {
		return "spins_narrow", spinThin
	}
	return "spins_wide", spinWide
}

// spinParts is into how many parts the sums are cut, so that all of a large chip
// has work: two blocks for each of 132 multiprocessors, of at least 4 of the
// steps each. It depends on the shape alone, as the bits do.
func spinParts(blocks, steps int) int {
	const full, least, most = 264, 4, 64
	return max(1, min(full/blocks, steps/least, most))
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

// Walkers is one launch, a thread to a walker.
func (d *Device) Walkers(w device.Walk, force, x device.Vector) {
	const op = "Walkers"
	w.Check()
	n := x.Len() / w.Dim
	d.expectFloat(op, "x", x, n*w.Dim)
	d.expect(op, "force", force, x.DType(), w.Dim*w.Row())
	if n == 0 || w.Steps == 0 {
		return
	}
	t := x.DType()
	d.launch("walkers", t, blocks(n), one(threads), w.Dim*w.Row()*t.Size(),
		i64(n), i32(w.Dim), i64(w.Steps), f64(w.Delta), i32(w.Powers), i32(w.Waves), i32(w.Exponentials),
		f64(w.Noise[0]), f64(w.Noise[1]), f64(w.Coupling[0][0]), f64(w.Coupling[0][1]), f64(w.Coupling[1][0]), f64(w.Coupling[1][1]),
		u64(w.Key), u64(w.Offset), ptr(force), ptr(x))
}
