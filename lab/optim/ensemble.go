package optim

import (
	"fmt"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"glassy/lab/noneq/transport"
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

// A Matching pairs the rows of a square matrix with its columns, so that numbers
// that are large meet: row i and column order[i].
type Matching func(products *mat.Dense) (order []int)

// Greedy pairs the largest number first, the lowest index on ties: the thesis's
// matching (section 5.0.1).
func Greedy(products *mat.Dense) (order []int) {
	n, _ := products.Dims()
	order = make([]int, n)
	for i := range order {
		order[i] = -1
	}
	taken := make([]bool, n)
	for range n {
		bi, bj := -1, -1
		for i := range n {
			if order[i] >= 0 {
				continue
			}
			for j, v := range products.RawRowView(i) {
				if !taken[j] && (bi < 0 || v > products.At(bi, bj)) {
					bi, bj = i, j
				}
			}
		}
		order[bi], taken[bj] = bj, true
	}
	return order
}

// Hungarian is the matching of the largest sum (Kuhn 1955), a transport of single
// masses: see [transport.Exact]. It panics on a number that is not finite.
func Hungarian(products *mat.Dense) (order []int) {
	n, _ := products.Dims()
	ones := make([]float64, n)
	for i := range ones {
		ones[i] = 1
	}
	var cost mat.Dense
	cost.Scale(-1, products)
	plan, err := transport.Exact(&cost, ones, ones)
	if err != nil {
		panic(fmt.Sprintf("optim: Hungarian: %v", err))
	}
	order = make([]int, n)
	for i := range order {
		order[i] = floats.MaxIdx(plan.Mass.RawRowView(i))
	}
	return order
}

// MatchFilters pairs the rows of w with those of ref, both filters × n, by their
// inner products. Row order[i] of w belongs to row i of ref.
func MatchFilters(ref, w []float64, filters int, match Matching) (order []int) {
	if filters < 1 || len(ref)%filters != 0 || len(w) != len(ref) {
		panic(fmt.Sprintf("optim: MatchFilters: %d and %d weights of %d filters, expected the same multiple", len(ref), len(w), filters))
	}
	n := len(ref) / filters
	var products mat.Dense
	products.Mul(mat.NewDense(filters, n, ref), mat.NewDense(filters, n, w).T())
	return match(&products)
}

// Align is a copy of a network with the filters of each layer but the last
// reordered to match ref's, layer by layer, and the inputs of the next layer
// with them: the network computes the same function. The last layer's outputs
// have names of their own and stay.
func Align(ref, layers []Layer, match Matching) []Layer {
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
		order := MatchFilters(ref[l].Weights, out[l].Weights, out[l].Filters, match)
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
	return floats.Dot(a, b) / (floats.Norm(a, 2) * floats.Norm(b, 2))
}

// Overlaps are those of all pairs, row-major.
func Overlaps(ws [][]float64) []float64 {
	var out []float64
	for _, a := range ws {
		for _, b := range ws {
			out = append(out, Overlap(a, b))
		}
	}
	return out
}
