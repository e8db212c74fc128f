//go:build cuda

package cuda

import (
	"fmt"

	"glassy/cuda/internal/driver"
	"glassy/lab/device"
)

// packs is enough blocks for n numbers of type t that threads take 16 bytes at a
// time, as kernels/packs.h does.
func packs(t device.DType, n int) size { return blocks(ceil(n*t.Size(), 16)) }

// Fill writes x[i] = a.
func (d *Device) Fill(x device.Vector, a float64) {
	d.expectFloat("Fill", "x", x, x.Len())
	if n := x.Len(); n > 0 {
		d.launch("fill", x.DType(), packs(x.DType(), n), one(threads), 0, f64(a), ptr(x), i64(n))
	}
}

// Copy moves words of 4 bytes where the type stays.
func (d *Device) Copy(dst, src device.Vector) {
	n := src.Len()
	d.expect("Copy", "destination", dst, dst.DType(), n)
	d.expect("Copy", "source", src, src.DType(), n)
	if n == 0 {
		return
	}
	expectConvertible("Copy", src.DType(), dst.DType())
	name, count := "copy", n*src.DType().Size()/4
	switch {
	case src.DType() == dst.DType():
	case src.DType() == device.Float32:
		name, count = "widen", n
	default:
		name, count = "narrow", n
	}
	d.launch(name, 0, blocks(ceil(count, 4)), one(threads), 0, ptr(src), ptr(dst), i64(count))
}

// Scale writes x[i] *= a.
func (d *Device) Scale(a float64, x device.Vector) {
	d.expectFloat("Scale", "x", x, x.Len())
	if n := x.Len(); n > 0 {
		d.launch("scale", x.DType(), packs(x.DType(), n), one(threads), 0, f64(a), ptr(x), i64(n))
	}
}

// Axpy writes y[i] += a·x[i].
func (d *Device) Axpy(a float64, x, y device.Vector) {
	n := y.Len()
	d.expectFloat("Axpy", "y", y, n)
	d.expect("Axpy", "x", x, y.DType(), n)
	if n > 0 {
		d.launch("axpy", y.DType(), packs(y.DType(), n), one(threads), 0, f64(a), ptr(x), ptr(y), i64(n))
	}
}

// Axpby writes y[i] = a·x[i] + b·y[i].
func (d *Device) Axpby(a float64, x device.Vector, b float64, y device.Vector) {
	n := y.Len()
	d.expectFloat("Axpby", "y", y, n)
	d.expect("Axpby", "x", x, y.DType(), n)
	if n > 0 {
		d.launch("axpby", y.DType(), packs(y.DType(), n), one(threads), 0, f64(a), ptr(x), f64(b), ptr(y), i64(n))
	}
}

// Multiply writes dst[i] = x[i]·y[i].
func (d *Device) Multiply(x, y, dst device.Vector) { d.entrywise("Multiply", "multiply", x, y, dst) }

// MultiplyAdd writes dst[i] += x[i]·y[i].
func (d *Device) MultiplyAdd(x, y, dst device.Vector) {
	d.entrywise("MultiplyAdd", "multiply_add", x, y, dst)
}

func (d *Device) entrywise(op, kernel string, x, y, dst device.Vector) {
	n := dst.Len()
	d.expectFloat(op, "dst", dst, n)
	d.expect(op, "x", x, dst.DType(), n)
	d.expect(op, "y", y, dst.DType(), n)
	if n > 0 {
		d.launch(kernel, dst.DType(), packs(dst.DType(), n), one(threads), 0, ptr(x), ptr(y), ptr(dst), i64(n))
	}
}

// Sum is Σ x[i].
func (d *Device) Sum(x device.Vector) float64 {
	d.expectFloat("Sum", "x", x, x.Len())
	return d.reduce("sum", x, x)
}

// Dot is Σ x[i]·y[i].
func (d *Device) Dot(x, y device.Vector) float64 {
	d.expectFloat("Dot", "x", x, x.Len())
	d.expect("Dot", "y", y, x.DType(), x.Len())
	return d.reduce("dot", x, y)
}

// MaxAbs is the largest |x[i]|.
func (d *Device) MaxAbs(x device.Vector) float64 {
	d.expectFloat("MaxAbs", "x", x, x.Len())
	return d.reduce("max_abs", x, x)
}

// Equal says whether all x[i] are y[i].
func (d *Device) Equal(x, y device.Vector) bool {
	d.expectFloat("Equal", "x", x, x.Len())
	d.expect("Equal", "y", y, x.DType(), x.Len())
	return d.reduce("differ", x, y) == 0
}

// reduce is one number of all of x and y, 0 of nothing. How many blocks share
// the work depends on their length alone, and so do the bits.
func (d *Device) reduce(kernel string, x, y device.Vector) float64 {
	n := x.Len()
	if n == 0 {
		return 0
	}
	return d.result(func(p driver.Pointer) {
		d.launch(kernel, x.DType(), one(shares(1, n)), one(threads), 0, ptr(x), ptr(y), i64(n), at(p))
	})
}

// shares is how many blocks add up each of so many rows of n numbers together:
// mostParts in all at most, as kernels/parts.h has room for.
func shares(rows, n int) int {
	const mostParts, worthwhile = 1024, 4096
	return max(1, min(mostParts/rows, ceil(n, worthwhile)))
}

// RowDots gives short rows to as many lanes of a warp as they have numbers, and
// long ones to a block; few long ones to several blocks each.
func (d *Device) RowDots(rows, cols int, a, b, dst device.Vector) {
	d.needMatrix("RowDots", "a", rows, cols, a, dst.DType())
	d.needMatrix("RowDots", "b", rows, cols, b, dst.DType())
	d.expectFloat("RowDots", "dst", dst, rows)
	switch {
	case rows == 0:
	case cols <= shortRow:
		l := lanes(cols)
		d.launch("row_dots_short", dst.DType(), blocks(rows*l), one(threads), 0, i64(rows), i32(cols), i32(l), ptr(a), ptr(b), ptr(dst))
	default:
		d.launch("row_dots", dst.DType(), two(rows, shares(rows, cols)), one(threads), 0, i64(cols), ptr(a), ptr(b), ptr(dst))
	}
}

const shortRow = 1024 // numbers that a warp goes through alone

// lanes is how many lanes of a warp work on a row: a power of 2.
func lanes(cols int) int {
	l := 1
	for l < min(cols, 32) {
		l *= 2
	}
	return l
}

// RowScale multiplies row r of a by w[r].
func (d *Device) RowScale(rows, cols int, w, a device.Vector) {
	d.needMatrix("RowScale", "a", rows, cols, a, a.DType())
	d.expectFloat("RowScale", "a", a, a.Len())
	n := a.Len()
	if n == 0 {
		return
	}
	d.expect("RowScale", "w", w, a.DType(), rows)
	d.launch("row_scale", a.DType(), packs(a.DType(), n), one(threads), 0, i64(n), i64(cols), ptr(w), ptr(a))
}

// RowArgMax writes to index the first column of the largest number of each row.
func (d *Device) RowArgMax(rows, cols int, a, index device.Vector) {
	d.needMatrix("RowArgMax", "a", rows, cols, a, a.DType())
	d.expectFloat("RowArgMax", "a", a, a.Len())
	d.expect("RowArgMax", "index", index, device.Int32, rows)
	switch {
	case rows == 0:
	case cols == 0:
		panic("device: RowArgMax: cols is 0, expected at least 1")
	case cols <= shortRow:
		l := lanes(cols)
		d.launch("row_argmax_short", a.DType(), blocks(rows*l), one(threads), 0, i64(rows), i32(cols), i32(l), ptr(a), ptr(index))
	default:
		d.launch("row_argmax", a.DType(), one(rows), one(threads), 0, i32(cols), ptr(a), ptr(index))
	}
}

// Gather reads the rows of a table that index names.
func (d *Device) Gather(cols int, table, index, dst device.Vector) {
	rows := d.needTable("Gather", cols, table, index)
	n := index.Len() * cols
	d.expect("Gather", "dst", dst, table.DType(), n)
	if n > 0 {
		word, what := d.slip(slipGather, rows)
		d.launch("gather", dst.DType(), packs(dst.DType(), n), one(threads), 0, i64(rows), i64(cols), i64(n), ptr(table), ptr(index), ptr(dst), word, what)
	}
}

// ScatterAdd gives each row of src a block for scatterWidth columns; the block
// of the first row that goes to a row of the table adds up all of them.
func (d *Device) ScatterAdd(cols int, index, src, table device.Vector) {
	rows, n := d.needTable("ScatterAdd", cols, table, index), index.Len()
	d.expect("ScatterAdd", "src", src, table.DType(), n*cols)
	if n > 0 {
		word, what := d.slip(slipScatter, rows)
		d.launch("scatter_add", table.DType(), two(n, ceil(cols, scatterWidth)), one(scatterWidth), 0,
			i64(rows), i64(cols), i32(n), ptr(index), ptr(src), ptr(table), word, what)
	}
}

const scatterWidth = 128 // as kernels/scatter_add.cu

// needTable is the number of rows of a table with cols columns.
func (d *Device) needTable(op string, cols int, table, index device.Vector) (rows int) {
	if cols < 1 {
		panic(fmt.Sprintf("device: %s: cols is %d, expected at least 1", op, cols))
	}
	d.expectFloat(op, "table", table, table.Len())
	d.expect(op, "index", index, device.Int32, index.Len())
	if table.Len()%cols != 0 {
		panic(fmt.Sprintf("device: %s: table has length %d, expected rows of %d", op, table.Len(), cols))
	}
	return table.Len() / cols
}
