package device

import "fmt"

// Grids is what equations on grids of one axis or two are solved with: smoothing by
// sums of exponentials, explicit and implicit steps, products with sparse matrices.
type Grids interface {
	// Exp is y[i] = exp(scale*(x[i]-shift)), Log is y[i] = scale*log(x[i]) + shift, both
	// in place, computed in float64 and rounded to the vectors' type once.
	Exp(scale, shift float64, x, y Vector)
	Log(scale, shift float64, x, y Vector)

	// HamiltonJacobi makes an explicit step of u_t = -Slope/2 |∇u|² + Viscosity Δu, the
	// viscous Hamilton-Jacobi equation with Slope 1 and the heat equation with 0, by the
	// monotone differences of Engquist & Osher (1981). For each node, with l and r
	// those before and after it along an axis and h its step,
	//	next = u + Delta Σ_axes (Viscosity (l-2u+r)/h² - Slope/2 (max((u-l)/h, 0)² + min((r-u)/h, 0)²))
	// Where an axis goes on nowhere l or r is the node itself. u and next are Rows×Columns.
	HamiltonJacobi(s Stencil, u, next Vector)

	// SolveLines solves tridiagonal systems by their factors, in place: b is Count lines
	// of Nodes numbers, node i of line k at i·Count + k or, with Rows, at k·Nodes + i. For
	// each line
	//	for i = 0, 1, … Nodes-2: b[i+1] += lower[i] b[i], then b[Nodes-1] += to[i] b[i]
	//	b[Nodes-1] *= inverse[Nodes-1]
	//	for i = Nodes-2, … 0:    b[i] = inverse[i] b[i] + upper[i] b[i+1] + from[i] b[Nodes-1]
	// lower, inverse and upper are as long as b. To and from are for lines that are closed,
	// where the last node is beside each that is eliminated; else they are empty.
	SolveLines(l Lines, lower, inverse, upper, to, from, b Vector)

	// SparseProduct is y = A x of a sparse matrix of len(y) rows and len(x) columns, of which
	// each row has width numbers, some of them perhaps 0 (the ELLPACK format): number k of
	// row i is values[k·len(y) + i], in column columns[k·len(y) + i], Int32. For each row
	//	y[i] = 0 + values[i] x[columns[i]] + values[len(y)+i] x[columns[len(y)+i]] + …
	SparseProduct(width int, columns, values, x, y Vector)
}

// A Stencil is a grid and a step on it: see HamiltonJacobi. A grid of one axis has one
// row.
type Stencil struct {
	Rows, Columns    int
	RowStep, Step    float64 // from a row to the next, along a row
	RowsWrap, Wrap   bool    // whether the node after the last is the first; else there is none
	Delta            float64 // time
	Slope, Viscosity float64
}

// Checked is s, which it panics on unless it is a step.
func (s Stencil) Checked() Stencil {
	if s.Rows < 0 || s.Columns < 0 || !(s.RowStep > 0) || !(s.Step > 0) {
		panic(fmt.Sprintf("device: HamiltonJacobi: %d×%d nodes, steps %v and %v, expected none below 0, and steps above 0", s.Rows, s.Columns, s.RowStep, s.Step))
	}
	return s
}

// Lines is how many lines there are of how many nodes, and where: see SolveLines and
// [Transforms].
type Lines struct {
	Nodes, Count int
	Rows         bool // the lines are rows, else columns
}

// Checked is l, which op panics on unless it is lines.
func (l Lines) Checked(op string) Lines {
	if l.Nodes < 0 || l.Count < 0 {
		panic(fmt.Sprintf("device: %s: %d lines of %d nodes, expected none below 0", op, l.Count, l.Nodes))
	}
	return l
}
