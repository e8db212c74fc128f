package noneq

import (
	"gonum.org/v1/gonum/floats"

	"glassy/lab/device"
	"glassy/lab/pde"
)

// A front is nodes that are eliminated together, and those that are left around them and
// around all that is eliminated below: a dense matrix of a multifrontal method (Duff & Reid
// 1983) in the order of nested dissection (George 1973).
//
// In the columns of nodes that are gone, a row's rates are over that at which the column's
// node is left: how often it is visited.
type front struct {
	depth  int32
	nodes  []int32   // in the order of elimination
	below  []*front  // what is eliminated before
	border []int32   // the nodes that are left around
	rates  []float64 // len(nodes)×(len(nodes)+len(border)), of nodes
	visits []float64 // len(border)×len(nodes), of the border
	more   []float64 // len(border)×len(border): by how much its rates to itself have grown
}

// dissect cuts the grid in two by a line of nodes, so thick that no edge crosses it, and
// the halves likewise. It returns the fronts by depth, first the line that is eliminated last,
// and the depth of each node.
func (w *Walk) dissect() (levels [][]*front, depth []int32) {
	const small = 24 // nodes that are not cut
	axes := [2]pde.Axis{{Nodes: 1}, w.Grid[len(w.Grid)-1]}
	if len(w.Grid) == 2 {
		axes[0] = w.Grid[0]
	}
	place := func(i int32) [2]int {
		n := axes[1].Nodes
		return [2]int{folded(axes[0], int(i)/n), folded(axes[1], int(i)%n)}
	}
	reach := [2]int{1, 1} // of edges, along each axis
	for _, e := range w.edges {
		from, to := place(e.from), place(e.to)
		for k := range reach {
			reach[k] = max(reach[k], abs(from[k]-to[k]))
		}
	}
	at := make([]int32, w.Grid.Nodes()) // the node of a place
	for i := range at {
		p := place(int32(i))
		at[p[0]*axes[1].Nodes+p[1]] = int32(i)
	}
	depth = make([]int32, len(at))
	var cut func(low, high [2]int, d int32) *front
	cut = func(low, high [2]int, d int32) *front {
		f := &front{depth: d}
		if int(d) == len(levels) {
			levels = append(levels, nil)
		}
		levels[d] = append(levels[d], f)
		size := [2]int{high[0] - low[0], high[1] - low[1]}
		k := 0 // the axis that is cut
		if size[1]*reach[0] > size[0]*reach[1] {
			k = 1
		}
		if size[0]*size[1] > small && size[k] > 2*reach[k] {
			left, right := high, low
			left[k] = low[k] + (size[k]-reach[k])/2
			right[k] = left[k] + reach[k]
			f.below = []*front{cut(low, left, d+1), cut(right, high, d+1)}
			low[k], high[k] = left[k], right[k]
		}
		for i := low[0]; i < high[0]; i++ {
			for _, v := range at[i*axes[1].Nodes+low[1] : i*axes[1].Nodes+high[1]] {
				f.nodes = append(f.nodes, v)
				depth[v] = d
			}
		}
		return f
	}
	cut([2]int{}, [2]int{axes[0].Nodes, axes[1].Nodes}, 0)
	return levels, depth
}

// folded is the place of node i of an axis when the ends of a periodic one are laid
// together, so that neighbours have close places.
func folded(a pde.Axis, i int) int {
	switch {
	case a.Boundary != pde.Periodic:
		return i
	case 2*i < a.Nodes:
		return 2 * i
	}
	return 2*(a.Nodes-1-i) + 1
}

// eliminate eliminates the nodes of a front, all below being done: who came to one goes on
// to where it would have gone. Nothing is subtracted. It returns the first node that
// cannot be left, -1 where all can; the last of all need not be. where is memory, -1 for
// each node.
func (w *Walk) eliminate(f *front, depth, where []int32) (stuck int32) {
	inside := len(f.nodes)
	all := append([]int32(nil), f.nodes...)
	for i, v := range all {
		where[v] = int32(i)
	}
	meet := func(v int32) {
		if where[v] < 0 {
			where[v] = int32(len(all))
			all = append(all, v)
		}
	}
	for _, b := range f.below {
		for _, v := range b.border {
			meet(v)
		}
	}
	for _, v := range f.nodes {
		for _, to := range w.neighbour[w.start[v]:w.start[v+1]] {
			if depth[to] < f.depth {
				meet(to)
			}
		}
	}
	f.border = all[inside:]
	size, outside := len(all), len(f.border)
	f.rates, f.visits, f.more = make([]float64, inside*size), make([]float64, outside*inside), make([]float64, outside*outside)
	for i, v := range f.nodes {
		for e := w.start[v]; e < w.start[v+1]; e++ {
			j := int(where[w.neighbour[e]])
			if j < 0 {
				continue // eliminated
			}
			f.rates[i*size+j] += w.out[e]
			if j >= inside {
				f.visits[(j-inside)*inside+i] += w.in[e]
			}
		}
	}
	var to []int32 // where the border of what is below is
	for _, b := range f.below {
		to = to[:0]
		for _, v := range b.border {
			to = append(to, where[v])
		}
		for i, from := range to {
			more := b.more[i*len(to) : (i+1)*len(to)]
			if from := int(from); from < inside {
				rates := f.rates[from*size : (from+1)*size]
				for j, r := range more {
					rates[to[j]] += r
				}
			} else {
				visits := f.visits[(from-inside)*inside : (from-inside+1)*inside]
				rest := f.more[(from-inside)*outside : (from-inside+1)*outside]
				for j, r := range more {
					if to := int(to[j]); to < inside {
						visits[to] += r
					} else {
						rest[to-inside] += r
					}
				}
			}
		}
		b.more = nil
	}
	for _, v := range all {
		where[v] = -1
	}

	leave := make([]float64, inside)
	reduce := func(row []float64, nodes int) { // what a row becomes by the first nodes
		for k := range nodes {
			if row[k] > 0 {
				row[k] /= leave[k]
				floats.AddScaled(row[k+1:], row[k], f.rates[k*size+k+1:k*size+len(row)])
			}
		}
	}
	for i, v := range f.nodes {
		row := f.rates[i*size : (i+1)*size]
		reduce(row, i)
		leave[i] = floats.Sum(row[i+1:])
		if last := f.depth == 0 && i+1 == inside; !(leave[i] > 0) && !last {
			return v
		}
	}
	for i := range outside {
		reduce(f.visits[i*inside:(i+1)*inside], inside)
	}
	if outside > 0 {
		device.CPU().Gemm(false, false, outside, outside, inside, 1, device.Of(f.visits), inside, device.Of(f.rates[inside:]), size, 1, device.Of(f.more), outside)
	}
	return -1
}

// density is the stationary density times a number, that of a node from those that are
// eliminated later.
func (w *Walk) density(levels [][]*front) []float64 {
	ρ := make([]float64, w.Grid.Nodes())
	var come []float64
	for _, level := range levels {
		for _, f := range level {
			inside, size := len(f.nodes), len(f.nodes)+len(f.border)
			come = append(come[:0], make([]float64, inside)...)
			if f.depth == 0 {
				come[inside-1] = 1
			}
			for i, v := range f.border {
				floats.AddScaled(come, ρ[v], f.visits[i*inside:(i+1)*inside])
			}
			for i := inside - 1; i >= 0; i-- {
				if come[i] > 1e250 {
					floats.Scale(1/come[i], ρ)
					floats.Scale(1/come[i], come)
				}
				ρ[f.nodes[i]] = come[i]
				floats.AddScaled(come[:i], come[i], f.rates[i*size:i*size+i])
			}
		}
	}
	return ρ
}
