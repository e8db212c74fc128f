package optim

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/combin"

	"glassy/lab/rng"
)

// A network whose hidden filters were shuffled is found again, exactly, and
// computes what it did.
func TestAlign(t *testing.T) {
	s := rng.Key(2).Stream()
	normals := func(n int) []float64 { x := make([]float64, n); s.Normals(x); return x }
	// 2 inputs → 5 filters of 2×3 → 4 units that see 2 numbers of each filter → 3.
	ref := []Layer{
		{Filters: 5, Weights: normals(30), PerFilter: [][]float64{normals(5), normals(5)}},
		{Filters: 4, Weights: normals(4 * 5 * 2), PerFilter: [][]float64{normals(4)}},
		{Filters: 3, Weights: normals(3 * 4), PerFilter: [][]float64{normals(3)}},
	}
	orders := [][]int{{3, 0, 4, 1, 2}, {2, 3, 1, 0}}
	shuffled := Align(ref, ref, func(*mat.Dense) []int {
		order := orders[0]
		orders = orders[1:]
		return order
	})
	if slices.Equal(shuffled[0].Weights, ref[0].Weights) || slices.Equal(shuffled[1].Weights, ref[1].Weights) {
		t.Fatal("nothing was shuffled")
	}
	keep := slices.Clone(shuffled[0].Weights)
	for _, match := range []Matching{Greedy, Hungarian} {
		got := Align(ref, shuffled, match)
		for l := range ref {
			if !slices.Equal(got[l].Weights, ref[l].Weights) {
				t.Errorf("layer %d is not found again", l)
			}
			for i := range ref[l].PerFilter {
				if !slices.Equal(got[l].PerFilter[i], ref[l].PerFilter[i]) {
					t.Errorf("layer %d: what goes with the filters is not found again", l)
				}
			}
		}
	}
	if !slices.Equal(shuffled[0].Weights, keep) {
		t.Errorf("Align changed its argument")
	}
}

func TestMatchFilters(t *testing.T) {
	// The largest product first, though it spoils the sum: 10+0 before 9+9.
	ref, w := []float64{1, 0, 0.9, 0.9}, []float64{10, 0, 9, 9}
	if got := MatchFilters(ref, w, 2, Greedy); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("%v", got)
	}
	// Ties: lowest index.
	if got := MatchFilters([]float64{1, 1, 1}, []float64{2, 2, 2}, 3, Greedy); !slices.Equal(got, []int{0, 1, 2}) {
		t.Errorf("ties: %v, expected the identity", got)
	}
	if got := Greedy(mat.NewDense(2, 2, []float64{10, 9, 9, 0})); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("greedy: %v", got)
	}
	if got := Hungarian(mat.NewDense(2, 2, []float64{10, 9, 9, 0})); !slices.Equal(got, []int{1, 0}) {
		t.Errorf("the largest sum is 9+9: %v", got)
	}
	// No permutation has a larger sum: all 120 of five.
	x := make([]float64, 25)
	rng.Key(4).Stream().Normals(x)
	products := mat.NewDense(5, 5, x)
	sum := func(order []int) (s float64) {
		for i, j := range order {
			s += products.At(i, j)
		}
		return s
	}
	best := sum(Hungarian(products))
	for _, order := range combin.Permutations(5, 5) {
		if sum(order) > best+1e-12 {
			t.Errorf("%v sums to %v, Hungarian to %v", order, sum(order), best)
		}
	}
	if g := sum(Greedy(products)); g > best {
		t.Errorf("greedy sums to %v, Hungarian to %v", g, best)
	}
	if got := Overlap([]float64{1, 1}, []float64{3, 0}); math.Abs(got-math.Sqrt(0.5)) > 1e-15 {
		t.Errorf("overlap %v, expected √½", got)
	}
}
