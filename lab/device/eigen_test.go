package device

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/rng"
)

// Eigenvalues by two stages are those by one, also where the band is wider than the
// matrix; neither reads below the diagonal.
func TestTwoStageEigen(t *testing.T) {
	dev := NewCPU(1).(*cpu)
	if dev.blas == nil || dev.blas.twoStage == 0 {
		t.Skip("the linear algebra library here has no dsyevd_2stage, or there is none")
	}
	defer func(n int) { twoStageFrom = n }(twoStageFrom)
	for _, n := range []int{1, 2, 3, 31, 32, 33, 65, 200} {
		a := make([]float64, n*n)
		rng.Key(n).Normals(0, a)
		for i := range n {
			for j := range i {
				a[i*n+j] = math.NaN()
			}
		}
		values := func(from int) []float64 {
			twoStageFrom = from
			w := make([]float64, n)
			if err := dev.SymEigen(n, Of(append([]float64(nil), a...)), Of(w), false); err != nil {
				t.Fatal(err)
			}
			return w
		}
		// LAPACK's bound is a modest multiple of ε|A|, |A| some 2√n.
		if one, two := values(n+1), values(1); !floats.EqualApprox(one, two, 1e-14*float64(n)) {
			t.Errorf("n = %d: eigenvalues %v by two stages, %v by one", n, two, one)
		}
	}
}
