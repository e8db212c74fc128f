package optim

import (
	"math"
	"slices"
	"testing"

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
	shuffled := Align(ref, ref) // a deep copy
	for l, order := range [][]int{{3, 0, 4, 1, 2}, {2, 3, 1, 0}} {
		permute(shuffled[l].Weights, 1, order)
		for _, p := range shuffled[l].PerFilter {
			permute(p, 1, order)
		}
		permute(shuffled[l+1].Weights, shuffled[l+1].Filters, order)
	}
	if slices.Equal(shuffled[0].Weights, ref[0].Weights) || slices.Equal(shuffled[1].Weights, ref[1].Weights) {
		t.Fatal("nothing was shuffled")
	}
	keep := slices.Clone(shuffled[0].Weights)
	got := Align(ref, shuffled)
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
	if !slices.Equal(shuffled[0].Weights, keep) {
		t.Errorf("Align changed its argument")
	}
}

func TestMatchFilters(t *testing.T) {
	// The largest product first, though it spoils the sum: 10+0 before 9+9.
	if got := MatchFilters([]float64{1, 0, 0.9, 0.9}, []float64{10, 0, 9, 9}, 2); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("%v", got)
	}
	// Ties: lowest index.
	if got := MatchFilters([]float64{1, 1, 1}, []float64{2, 2, 2}, 3); !slices.Equal(got, []int{0, 1, 2}) {
		t.Errorf("ties: %v, expected the identity", got)
	}
	if got := Overlap([]float64{1, 1}, []float64{3, 0}); math.Abs(got-math.Sqrt(0.5)) > 1e-15 {
		t.Errorf("overlap %v, expected √½", got)
	}
}
