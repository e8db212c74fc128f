package pde

import (
	"fmt"
	"math"
	"runtime"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/device"
	"glassy/lab/run"
)

// A Field is a function on a grid.
type Field struct {
	Grid   Grid
	Values []float64 // of the nodes, row-major
}

// like is a field on the same grid.
func (f *Field) like() *Field { return &Field{f.Grid, make([]float64, len(f.Values))} }

// eachLine goes through all lines along an axis, on all threads: of each, where its
// first node is and how far its nodes are apart. Each thread has memory of its own.
func eachLine[T any](g Grid, axis int, memory func() T, work func(own T, first, stride int)) {
	stride := 1
	for _, a := range g[axis+1:] {
		stride *= a.Nodes
	}
	n := g[axis].Nodes
	workers := runtime.GOMAXPROCS(0)
	own, made := make([]T, workers), make([]bool, workers)
	run.Share(workers, g.Nodes()/n, func(worker, l int) {
		if !made[worker] {
			own[worker], made[worker] = memory(), true
		}
		work(own[worker], l/stride*stride*n+l%stride, stride)
	})
}

func nothing() struct{} { return struct{}{} }

// gather copies a line of nodes, scatter writes one.
func gather(line, values []float64, first, stride int) {
	for i := range line {
		line[i] = values[first+i*stride]
	}
}

func scatter(line, values []float64, first, stride int) {
	for i, v := range line {
		values[first+i*stride] = v
	}
}

// neighbour is node i of an axis, where i is at most one beyond its ends; false on
// an open axis, where there is none.
func (a Axis) neighbour(i int) (int, bool) {
	switch {
	case i >= 0 && i < a.Nodes:
		return i, true
	case a.Boundary == Periodic:
		return (i + a.Nodes) % a.Nodes, true
	case a.Boundary == Reflecting: // the mirror image of an end node is itself
		return min(max(i, 0), a.Nodes-1), true
	}
	return 0, false
}

// Slope is the derivative along an axis by central differences, one-sided ones of
// second order at open ends: its error is of the order of the square of the step.
func (f *Field) Slope(axis int) *Field {
	a, d := f.Grid[axis], f.like()
	h, n := a.Step(), a.Nodes
	eachLine(f.Grid, axis, nothing, func(_ struct{}, first, stride int) {
		at := func(i int) float64 { return f.Values[first+i*stride] }
		for i := range n {
			left, l := a.neighbour(i - 1)
			right, r := a.neighbour(i + 1)
			var v float64
			switch {
			case l && r:
				v = (at(right) - at(left)) / (2 * h)
			case r:
				v = (-3*at(0) + 4*at(1) - at(2)) / (2 * h)
			default:
				v = (3*at(n-1) - 4*at(n-2) + at(n-3)) / (2 * h)
			}
			d.Values[first+i*stride] = v
		}
	})
	return d
}

// Curvature is the second derivative along an axis by differences of three nodes;
// at open ends that of the node beside.
func (f *Field) Curvature(axis int) *Field {
	a, d := f.Grid[axis], f.like()
	h, n := a.Step(), a.Nodes
	eachLine(f.Grid, axis, nothing, func(_ struct{}, first, stride int) {
		at := func(i int) float64 { return f.Values[first+i*stride] }
		for i := range n {
			c := i
			if a.Boundary == Open {
				c = min(max(i, 1), n-2)
			}
			left, _ := a.neighbour(c - 1)
			right, _ := a.neighbour(c + 1)
			d.Values[first+i*stride] = (at(left) - 2*at(c) + at(right)) / (h * h)
		}
	})
	return d
}

// At is the function at x, linear between the nodes; beyond the ends of an axis it
// is that at the end, or goes round a periodic one.
func (f *Field) At(x ...float64) float64 {
	if len(x) != len(f.Grid) {
		panic(fmt.Sprintf("pde: At: %d coordinates, expected %d", len(x), len(f.Grid)))
	}
	value := 0.0
	for corner := range 1 << len(x) {
		node, weight := 0, 1.0
		for k, a := range f.Grid {
			s := (x[k] - a.Low) / a.Step()
			if a.Boundary == Periodic {
				s -= float64(a.Nodes) * math.Floor(s/float64(a.Nodes))
			} else {
				s = min(max(s, 0), float64(a.Nodes-1))
			}
			i := min(int(s), a.Nodes-1)
			part := s - float64(i)
			if corner>>k&1 == 1 {
				i, _ = a.neighbour(i + 1)
				i = min(i, a.Nodes-1)
				weight *= part
			} else {
				weight *= 1 - part
			}
			node = node*a.Nodes + i
		}
		if weight > 0 {
			value += weight * f.Values[node]
		}
	}
	return value
}

// Minimum is the lowest node, the first of them, and its value.
func (f *Field) Minimum() (node int, value float64) {
	node = floats.MinIdx(f.Values)
	return node, f.Values[node]
}

// Minima are the nodes that lie below all their neighbours, in a plane the eight
// around them. Of equal nodes side by side the first counts.
func (f *Field) Minima() []int {
	var found []int
	index := make([]int, len(f.Grid))
	for i, v := range f.Values {
		rest := i
		for k := len(f.Grid) - 1; k >= 0; k-- {
			index[k] = rest % f.Grid[k].Nodes
			rest /= f.Grid[k].Nodes
		}
		lowest := true
		f.Grid.around(index, func(j int) {
			if w := f.Values[j]; w < v || w == v && j < i {
				lowest = false
			}
		})
		if lowest {
			found = append(found, i)
		}
	}
	return found
}

// around calls visit for the neighbours of a node.
func (g Grid) around(index []int, visit func(node int)) {
	var go_ func(k, node int, moved bool)
	go_ = func(k, node int, moved bool) {
		if k == len(g) {
			if moved {
				visit(node)
			}
			return
		}
		for d := -1; d <= 1; d++ {
			if j, ok := g[k].neighbour(index[k] + d); ok {
				go_(k+1, node*g[k].Nodes+j, moved || j != index[k])
			}
		}
	}
	go_(0, 0, false)
}

// Integral is the sum over the nodes times the cell.
func (f *Field) Integral() float64 {
	return floats.SumCompensated(f.Values) * f.Grid.Cell() // what is conserved is seen to be
}

// Mean is ∫ xf / ∫ f, the mean of a density.
func (f *Field) Mean() []float64 {
	m, x := make([]float64, len(f.Grid)), make([]float64, len(f.Grid))
	for i, v := range f.Values {
		f.Grid.At(i, x)
		floats.AddScaled(m, v, x)
	}
	floats.Scale(1/floats.SumCompensated(f.Values), m)
	return m
}

// Add is f plus c.
func (f *Field) Add(c float64) *Field {
	out := f.like()
	for i, v := range f.Values {
		out.Values[i] = v + c
	}
	return out
}

// String says what the field is on, and its range.
func (f *Field) String() string {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range f.Values {
		low, high = min(low, v), max(high, v)
	}
	s := "function on "
	for k, a := range f.Grid {
		if k > 0 {
			s += " × "
		}
		s += fmt.Sprintf("[%.4g, %.4g], %d nodes, %v", a.Low, a.High, a.Nodes, a.Boundary)
	}
	return s + fmt.Sprintf("; from %.6g to %.6g", low, high)
}

// deviceFor is where work on so many nodes is done that goes through them often.
func deviceFor(nodes int) device.Device {
	return device.For(device.Work{Type: device.Float64, Calls: 50, Bytes: 400 * float64(nodes)})
}

// take is the numbers of v, which is no longer needed on its device.
func take(dev device.Device, v device.Vector) []float64 {
	if dev.Name() == "cpu" {
		return device.Host[float64](v)
	}
	defer dev.Free(v)
	return device.Read[float64](v)
}

// checkTime panics unless t is a time.
func checkTime(what string, t float64) {
	if !(t >= 0) || math.IsInf(t, 0) {
		panic(fmt.Sprintf("pde: %s: time is %v, expected a finite number of at least 0", what, t))
	}
}

// checkTemperature panics unless beta is an inverse temperature.
func checkTemperature(what string, beta float64) {
	if !(beta > 0) || math.IsInf(beta, 0) {
		panic(fmt.Sprintf("pde: %s: β is %v, expected a finite number above 0", what, beta))
	}
}
