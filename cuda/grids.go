//go:build cuda

package cuda

import "glassy/lab/device"

// Exp writes y[i] = exp(scale·(x[i]-shift)).
func (d *Device) Exp(scale, shift float64, x, y device.Vector) {
	d.mapped("Exp", "exponential", scale, shift, x, y)
}

// Log writes y[i] = scale·log(x[i]) + shift.
func (d *Device) Log(scale, shift float64, x, y device.Vector) {
	d.mapped("Log", "logarithm", scale, shift, x, y)
}

func (d *Device) mapped(op, kernel string, scale, shift float64, x, y device.Vector) {
	n := x.Len()
	d.expectFloat(op, "x", x, n)
	d.expect(op, "y", y, x.DType(), n)
	if n > 0 {
		d.launch(kernel, x.DType(), blocks(n), one(threads), 0, f64(scale), f64(shift), ptr(x), ptr(y), i64(n))
	}
}

// HamiltonJacobi is one launch: a thread for each node.
func (d *Device) HamiltonJacobi(s device.Stencil, u, next device.Vector) {
	const op = "HamiltonJacobi"
	s = s.Checked()
	d.expectFloat(op, "u", u, s.Rows*s.Columns)
	d.expect(op, "next", next, u.DType(), u.Len())
	if u.Len() == 0 {
		return
	}
	viscous := func(h float64) float64 { return s.Delta * s.Viscosity / (h * h) }
	slope := func(h float64) float64 { return s.Delta * s.Slope / (2 * h * h) }
	const mostRows = 65535 // of a grid of blocks
	d.launch("hamilton_jacobi", u.DType(), two(ceil(s.Columns, threads), min(s.Rows, mostRows)), one(threads), 0,
		i32(s.Rows), i32(s.Columns), flag(s.RowsWrap), flag(s.Wrap), f64(viscous(s.RowStep)), f64(viscous(s.Step)), f64(slope(s.RowStep)), f64(slope(s.Step)), ptr(u), ptr(next))
}

// SolveLines is one launch: a thread goes through a line.
func (d *Device) SolveLines(l device.Lines, lower, inverse, upper, to, from, b device.Vector) {
	const op = "SolveLines"
	l = l.Checked(op)
	n, t := l.Nodes*l.Count, b.DType()
	d.expectFloat(op, "b", b, n)
	d.expect(op, "lower", lower, t, n)
	d.expect(op, "inverse", inverse, t, n)
	d.expect(op, "upper", upper, t, n)
	if to.Len()+from.Len() > 0 {
		d.expect(op, "to", to, t, n)
		d.expect(op, "from", from, t, n)
	}
	if n > 0 {
		const few = 32 // of a block: lines are few, and each multiprocessor should have some
		d.launch("solve_lines", t, one(ceil(l.Count, few)), one(few), 0,
			i64(l.Nodes), i64(l.Count), flag(l.Rows), ptr(lower), ptr(inverse), ptr(upper), ptr(to), ptr(from), ptr(b))
	}
}

// SparseProduct is one launch: a thread for each row.
func (d *Device) SparseProduct(width int, columns, values, x, y device.Vector) {
	const op = "SparseProduct"
	needSize(op, "width", width)
	rows, t := y.Len(), y.DType()
	d.expectFloat(op, "y", y, rows)
	d.expect(op, "x", x, t, x.Len())
	d.expect(op, "columns", columns, device.Int32, width*rows)
	d.expect(op, "values", values, t, width*rows)
	if rows > 0 {
		word, what := d.slip(slipSparse, x.Len())
		d.launch("sparse_product", t, blocks(rows), one(threads), 0, i64(rows), i32(width), ptr(columns), ptr(values), ptr(x), ptr(y), word, what)
	}
}
