package optim

import (
	"fmt"
	"math"
)

// A Layer is a layer's weights as networks are compared by: filters in rows,
// each Filters-th part of Weights one filter, input by input; a unit of a dense
// layer is a filter. The next layer's inputs are this layer's filters, in order,
// each the same number of its weights.
type Layer struct {
	Filters   int
	Weights   []float64   // Filters × inputs × size, row-major
	PerFilter [][]float64 // what else goes with a filter, each of len Filters: bias, batch-norm's scale
}

// MatchFilters pairs the rows of w with those of ref, both filters × n: largest
// inner product first, the lowest index on ties (section 5.0.1). Row order[i] of
// w belongs to row i of ref.
func MatchFilters(ref, w []float64, filters int) (order []int) {
	if filters < 1 || len(ref)%filters != 0 || len(w) != len(ref) {
		panic(fmt.Sprintf("optim: MatchFilters: %d and %d weights of %d filters, expected the same multiple", len(ref), len(w), filters))
	}
	n := len(ref) / filters
	products := make([]float64, filters*filters)
	for i := range filters {
		for j := range filters {
			products[i*filters+j] = dot(ref[i*n:(i+1)*n], w[j*n:(j+1)*n])
		}
	}
	order = make([]int, filters)
	for i := range order {
		order[i] = -1
	}
	taken := make([]bool, filters)
	for range filters {
		bi, bj := -1, -1
		for i := range filters {
			for j := range filters {
				if order[i] < 0 && !taken[j] && (bi < 0 || products[i*filters+j] > products[bi*filters+bj]) {
					bi, bj = i, j
				}
			}
		}
		order[bi], taken[bj] = bj, true
	}
	return order
}

// Align is a copy of a network with the filters of each layer but the last
// reordered to match ref's, layer by layer, and the inputs of the next layer
// with them: the network computes the same function. The last layer's outputs
// have names of their own and stay.
func Align(ref, layers []Layer) []Layer {
	if len(ref) != len(layers) {
		panic(fmt.Sprintf("optim: Align: %d and %d layers, expected the same number", len(ref), len(layers)))
	}
	out := make([]Layer, len(layers))
	for l, layer := range layers {
		out[l] = Layer{Filters: layer.Filters, Weights: append([]float64(nil), layer.Weights...)}
		for _, p := range layer.PerFilter {
			out[l].PerFilter = append(out[l].PerFilter, append([]float64(nil), p...))
		}
	}
	for l := range len(out) - 1 {
		order := MatchFilters(ref[l].Weights, out[l].Weights, out[l].Filters)
		permute(out[l].Weights, 1, order)
		for _, p := range out[l].PerFilter {
			permute(p, 1, order)
		}
		next := out[l+1]
		if len(next.Weights)%(next.Filters*len(order)) != 0 {
			panic(fmt.Sprintf("optim: Align: layer %d has %d weights in %d filters, expected a multiple of the %d filters before it", l+1, len(next.Weights), next.Filters, len(order)))
		}
		permute(next.Weights, next.Filters, order)
	}
	return out
}

// permute reorders, in each of so many rows of w, the len(order) blocks: block i
// becomes what order[i] was.
func permute(w []float64, rows int, order []int) {
	row := len(w) / rows
	block := row / len(order)
	old := make([]float64, row)
	for r := range rows {
		to := w[r*row : (r+1)*row]
		copy(old, to)
		for i, j := range order {
			copy(to[i*block:(i+1)*block], old[j*block:(j+1)*block])
		}
	}
}

// Overlap is the cosine of two weight vectors, ⟨a,b⟩/|a||b| (Fig 5.1).
func Overlap(a, b []float64) float64 {
	if len(a) != len(b) {
		panic(fmt.Sprintf("optim: Overlap: %d and %d weights, expected the same number", len(a), len(b)))
	}
	return dot(a, b) / math.Sqrt(dot(a, a)*dot(b, b))
}

func dot(a, b []float64) float64 {
	s := 0.0
	for i, x := range a {
		s += x * b[i]
	}
	return s
}
