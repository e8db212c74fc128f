package pde

import (
	"fmt"
	"math"
)

// A Boundary says how a function goes on beyond the ends of an axis.
type Boundary int

// Boundaries.
const (
	// Reflecting: as in mirrors half a step beyond the two end nodes. Slopes vanish
	// there, and of a density nothing flows out.
	Reflecting Boundary = iota
	// Periodic: the node after the last is the first.
	Periodic
	// Open: there is nothing. A minimum, or a sum of e^(-βf), is over the nodes
	// alone, as if f were infinite elsewhere.
	Open
)

func (b Boundary) String() string {
	switch b {
	case Reflecting:
		return "reflecting"
	case Periodic:
		return "periodic"
	case Open:
		return "open"
	}
	return fmt.Sprintf("Boundary(%d)", int(b))
}

// An Axis is equally spaced nodes, the first at Low. The last is at High, but on
// a periodic axis, where High is where the first comes again, a step before it.
type Axis struct {
	Low, High float64
	Nodes     int
	Boundary  Boundary
}

// Step is the distance of two nodes.
func (a Axis) Step() float64 {
	if a.Boundary == Periodic {
		return (a.High - a.Low) / float64(a.Nodes)
	}
	return (a.High - a.Low) / float64(a.Nodes-1)
}

// At is where node i is.
func (a Axis) At(i int) float64 {
	if a.Boundary != Periodic && i == a.Nodes-1 {
		return a.High
	}
	return a.Low + float64(i)*a.Step()
}

// Points is where all nodes are.
func (a Axis) Points() []float64 {
	x := make([]float64, a.Nodes)
	for i := range x {
		x[i] = a.At(i)
	}
	return x
}

// Line is an axis of that many nodes from low to high, reflecting.
func Line(low, high float64, nodes int) Axis { return Axis{Low: low, High: high, Nodes: nodes} }

// A Grid is one axis or two. Its nodes are in row-major order: those of the last
// axis come one after another.
type Grid []Axis

// NewGrid is the grid of one axis or two; it panics where they make none.
func NewGrid(axes ...Axis) Grid {
	if len(axes) != 1 && len(axes) != 2 {
		panic(fmt.Sprintf("pde: NewGrid: %d axes, expected 1 or 2", len(axes)))
	}
	for _, a := range axes {
		if a.Nodes < 3 || !(a.Low < a.High) || math.IsInf(a.High-a.Low, 0) || a.Boundary < Reflecting || a.Boundary > Open {
			panic(fmt.Sprintf("pde: NewGrid: %v axis of %d nodes from %v to %v, expected at least 3 from a number to a larger one", a.Boundary, a.Nodes, a.Low, a.High))
		}
	}
	return append(Grid(nil), axes...)
}

// Nodes is how many there are.
func (g Grid) Nodes() int {
	n := 1
	for _, a := range g {
		n *= a.Nodes
	}
	return n
}

// Cell is the length, or the area, that belongs to a node.
func (g Grid) Cell() float64 {
	h := 1.0
	for _, a := range g {
		h *= a.Step()
	}
	return h
}

// At writes where node i is to x, len(g).
func (g Grid) At(i int, x []float64) {
	for k := len(g) - 1; k >= 0; k-- {
		x[k] = g[k].At(i % g[k].Nodes)
		i /= g[k].Nodes
	}
}

// place is where node i is.
func (g Grid) place(i int) []float64 {
	x := make([]float64, len(g))
	g.At(i, x)
	return x
}

// Sample is the values of f at the nodes. f is called for one node after another,
// with a slice that it must not keep. It is an error when a value is NaN, or -∞;
// +∞ is a constraint, which [HopfLax] and [Viscous] take.
func (g Grid) Sample(f func(x []float64) float64) (*Field, error) {
	v := make([]float64, g.Nodes())
	x := make([]float64, len(g))
	for i := range v {
		g.At(i, x)
		v[i] = f(x)
	}
	return g.Field(v)
}

// Field is the function with these values at the nodes, which it keeps. Errors
// are those of [Grid.Sample].
func (g Grid) Field(values []float64) (*Field, error) {
	if len(values) != g.Nodes() {
		panic(fmt.Sprintf("pde: Field: %d values, expected one for each of %d nodes", len(values), g.Nodes()))
	}
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, -1) {
			return nil, fmt.Errorf("pde: the function is %v at %v: expected a number, or +Inf where x may not be", v, g.place(i))
		}
	}
	return &Field{g, values}, nil
}
