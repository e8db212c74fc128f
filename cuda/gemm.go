//go:build cuda

package cuda

import (
	"fmt"
	"runtime"
	"sync/atomic"

	"glassy/cuda/internal/driver"
	"glassy/cuda/internal/nvidia"
	"glassy/lab/device"
)

// Gemm is C = alpha op(A) op(B) + beta C.
func (d *Device) Gemm(transA, transB bool, m, n, k int, alpha float64, a device.Vector, lda int, b device.Vector, ldb int, beta float64, c device.Vector, ldc int) {
	needSize("Gemm", "m", m)
	needSize("Gemm", "n", n)
	needSize("Gemm", "k", k)
	rowsA, colsA, rowsB, colsB := m, k, k, n
	if transA {
		rowsA, colsA = k, m
	}
	if transB {
		rowsB, colsB = n, k
	}
	d.expectFloat("Gemm", "C", c, c.Len())
	d.needStrided("Gemm", "A", a, c.DType(), rowsA, colsA, lda)
	d.needStrided("Gemm", "B", b, c.DType(), rowsB, colsB, ldb)
	d.needStrided("Gemm", "C", c, c.DType(), m, n, ldc)
	d.product(c.DType(), product{
		transA: transA, transB: transB, m: m, n: n, k: k, count: 1,
		alpha: alpha, a: matrices{ptr(a), lda, 0}, b: matrices{ptr(b), ldb, 0}, beta: beta, c: matrices{ptr(c), ldc, 0},
	})
}

// needStrided panics unless v holds a rows×cols matrix whose rows are ld apart.
func (d *Device) needStrided(op, what string, v device.Vector, t device.DType, rows, cols, ld int) {
	if ld < max(1, cols) {
		panic(fmt.Sprintf("device: %s: %s's rows are %d apart, expected at least %d", op, what, ld, max(1, cols)))
	}
	if rows == 0 || cols == 0 {
		return
	}
	if n := (rows-1)*ld + cols; v.Len() < n {
		panic(fmt.Sprintf("device: %s: length of %s is %d, expected at least %d", op, what, v.Len(), n))
	}
	d.expect(op, what, v, t, v.Len())
}

// TF32 says whether products of float32 matrices, and convolutions, may round
// their numbers to eleven bits before they are multiplied, which tensor cores do
// several times as fast: then errors are up to 2⁻¹⁰ Σ|ab|. It is off on a new
// device. Chips before capability 8.0 have none, and go on as they were.
func (d *Device) TF32(on bool) { d.settings.tf32.Store(on) }

// SplitTF32 says whether products of float32 matrices run on tensor cores as three
// of TF32, of what eleven bits hold of each number and of what is left, still
// within the bound 2kε Σ|ab|. Sums shorter than 128, where it would not be, stay on
// the ordinary units. It is off on a new device; TF32 goes before it.
func (d *Device) SplitTF32(on bool) { d.settings.split.Store(on) }

// OwnKernels says whether cuBLAS, cuSOLVER, cuFFT and cuDNN are left alone even where they
// are found, as tests and comparisons of speed want it.
func (d *Device) OwnKernels(only bool) { d.settings.own.Store(only) }

// settings are what the user may choose.
type settings struct {
	tf32, split, own atomic.Bool
}

// A product is C_i = alpha op(A_i) op(B_i) + beta C_i for i < count, with the
// shapes of Gemm. Whoever makes one has seen to it that they fit.
type product struct {
	transA, transB bool
	m, n, k, count int
	alpha          float64
	a, b           matrices
	beta           float64
	c              matrices
}

// matrices are as many as a product counts: rows ld apart, each matrix step
// numbers after the one before.
type matrices struct {
	at       argument
	ld, step int
}

// product queues a product of numbers of type t.
func (d *Device) product(t device.DType, p product) {
	if p.m == 0 || p.n == 0 || p.count == 0 {
		return
	}
	if p.m == 1 || p.n == 1 {
		d.matrixVector(t, p)
		return
	}
	if float64(p.m)*float64(p.n)*float64(p.k)*float64(p.count) >= worthLibrary && !d.settings.own.Load() && !d.splits(t, p.k) {
		if blas, err := d.libraries.useBLAS(d.gpu); err == nil && d.byLibrary(blas, t, p) {
			return
		}
	}
	d.tiled(t, p, choose(d.tiles(t, p.k), p.m, p.n, p.k, p.count))
}

// splits says whether sums of k are made as SplitTF32 says.
func (d *Device) splits(t device.DType, k int) bool {
	return t == device.Float32 && k >= splitFrom && d.settings.split.Load() && !d.settings.tf32.Load() && d.gpu.Capability >= tensorCores
}

// byLibrary queues a product of cuBLAS, unless that cannot do it.
func (d *Device) byLibrary(blas *nvidia.BLAS, t device.DType, p product) bool {
	q := nvidia.Product{
		Type: t, TF32: d.settings.tf32.Load(), TransA: p.transA, TransB: p.transB, M: p.m, N: p.n, K: p.k, Alpha: p.alpha, Beta: p.beta,
		A: uintptr(p.a.at.bits), B: uintptr(p.b.at.bits), C: uintptr(p.c.at.bits), LDA: p.a.ld, LDB: p.b.ld, LDC: p.c.ld,
		Count: p.count, StrideA: p.a.step, StrideB: p.b.step, StrideC: p.c.step,
	}
	if !blas.Takes(q) {
		return false
	}
	d.call(q, func() error { return blas.Gemm(q) })
	runtime.KeepAlive(p) // q has addresses only
	d.count("Gemm", "cuBLAS")
	return true
}

// tiled queues a product as planned.
func (d *Device) tiled(t device.DType, p product, plan plan) {
	tile := plan.tile
	name := tile.name
	if tile.stages > 0 {
		name += letters(p.transA, p.transB)
	}
	grid := one(ceil(p.m, tile.m) * ceil(p.n, tile.n) * p.count * plan.parts)
	d.inParts(t, plan.parts, p, func(p product) {
		d.launch(name, t, grid, one(tile.threads), tile.shared(t, p.transA, p.transB),
			i32(p.m), i32(p.n), i32(p.k), i32(plan.length), i32(plan.parts), p.vectors(t), flag(p.transA), flag(p.transB),
			f64(p.alpha), p.a.at, i64(p.a.ld), i64(p.a.step), p.b.at, i64(p.b.ld), i64(p.b.step),
			f64(p.beta), p.c.at, i64(p.c.ld), i64(p.c.step))
	})
}

// letters are how the kernels of tensor cores say which matrices are transposed.
func letters(transA, transB bool) string {
	switch {
	case transA && transB:
		return "_tt"
	case transA:
		return "_tn"
	case transB:
		return "_nt"
	}
	return "_nn"
}

// vectors says which of A, B and C (bits 0, 1, 2) can be read 16 bytes at a time.
func (p product) vectors(t device.DType) argument {
	bits := 0
	for i, m := range []matrices{p.a, p.b, p.c} {
		if (int(m.at.bits)|m.ld*t.Size()|m.step*t.Size())%16 == 0 {
			bits |= 1 << i
		}
	}
	return i32(bits)
}

// many parts are added up by several threads: kernels/gemm_sum.cu.
const many = 8

// inParts calls launch for a product whose sum over k is cut into parts, each
// of which is a block of its own: their sums go to memory, and a second kernel
// adds them up in their order.
func (d *Device) inParts(t device.DType, parts int, p product, launch func(p product)) {
	if parts == 1 {
		launch(p)
		return
	}
	size := p.m * p.n
	d.scratch(parts*p.count*size*t.Size(), func(sums driver.Pointer) {
		part := p
		part.alpha, part.beta, part.c = 1, 0, matrices{at(sums), p.n, size}
		launch(part)
		grid := blocks(p.count * size)
		if parts >= many {
			grid = blocks(p.count * size * (threads / 32))
		}
		d.launch("gemm_sum", t, grid, one(threads), 0,
			i32(p.m), i32(p.n), i32(parts), i32(p.count), at(sums), f64(p.alpha), f64(p.beta), p.c.at, i64(p.c.ld), i64(p.c.step))
	})
}

// matrixVector is a product with m or n equal to 1: y = alpha M x + beta y,
// which reads each number of M once.
func (d *Device) matrixVector(t device.DType, p product) {
	// M's number (i, p) is at i·ld + p, or at p·ld + i when across.
	rows, m, x, stepX, stepY, across := p.m, p.a, p.b, 1, p.c.ld, p.transA
	if !p.transB {
		stepX = p.b.ld
	}
	if p.m == 1 && (p.n > 1 || p.transA) {
		rows, m, x, stepX, stepY, across = p.n, p.b, p.a, 1, 1, !p.transB
		if p.transA {
			stepX = p.a.ld
		}
	}
	name, rowsPerBlock := "gemv_rows", threads/32
	if across {
		name, rowsPerBlock = "gemv_columns", 32
	}
	blocks := ceil(rows, rowsPerBlock)
	parts := partsOf(p.k, blocks*p.count)
	length := ceil(p.k, parts)
	d.inParts(t, parts, p, func(p product) {
		if parts > 1 { // rows of the sums are one number or one row long
			stepY = 1
		}
		d.launch(name, t, one(blocks*p.count*parts), one(threads), 0,
			i32(rows), i32(p.k), i32(length), i32(parts), f64(p.alpha), m.at, i64(m.ld), i64(m.step),
			x.at, i64(stepX), i64(x.step), f64(p.beta), p.c.at, i64(stepY), i64(p.c.step))
	})
}
