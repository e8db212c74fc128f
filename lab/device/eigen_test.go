package device

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/rng"
)

// Eigenvalues by two stages are those by one, also where the band is wider than the
// matrix, or a strip; they read nothing below the diagonal, and are the same bits
// on any number of threads.
func TestBandEigen(t *testing.T) {
	one := NewCPU(1).(*cpu)
	if one.blas == nil || one.blas.bandEigen == 0 {
		t.Skip("the linear algebra library here has no dsbev_2stage, or there is none")
	}
	defer func(n int) { bandFrom = n }(bandFrom)
	for _, n := range []int{1, 2, 3, bandWidth - 1, bandWidth, bandWidth + 1, bandWidth + 2, bandWidth + 3, 2*bandWidth + 1, 300, 600} {
		a := make([]float64, n*n)
		rng.Key(n).Normals(0, a)
		for i := range n {
			for j := range i {
				a[i*n+j] = math.NaN()
			}
		}
		values := func(d Device, from int, t DType) []float64 {
			bandFrom = from
			v, w := Put(d, t, a), d.New(t, n)
			if err := d.SymEigen(n, v, w, false); err != nil {
				panic(err)
			}
			return Read[float64](w)
		}
		// LAPACK's bound is a modest multiple of ε|A|, |A| some 2√n.
		want := values(one, n+1, Float64)
		for dtype, tolerance := range map[DType]float64{Float64: 1e-14, Float32: 2e-6} {
			got := values(one, 1, dtype)
			if tolerance *= math.Sqrt(float64(n)); !floats.EqualApprox(got, want, tolerance) {
				t.Errorf("n = %d, %v: eigenvalues off by %v, expected at most %v", n, dtype, floats.Distance(got, want, math.Inf(1)), tolerance)
			}
			if three := values(NewCPU(3), 1, dtype); !slices.Equal(got, three) {
				t.Errorf("n = %d, %v: other bits on three threads", n, dtype)
			}
		}
	}
}
