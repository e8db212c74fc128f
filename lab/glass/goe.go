package glass

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/lapack/gonum"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"glassy/lab/rng"
)

// GOE is the Gaussian orthogonal ensemble of symmetric matrices of that size,
// N ≥ 1: independent normal entries, of variance 1 off the diagonal and 2 on
// it. Its eigenvalues fill [−2√N, 2√N]; the eigenvalues of the Hessian of a
// p-spin glass at energy u are √(p(p−1)/N) times those of GOE(N−1), less pu.
type GOE int

// Density returns ρ_N(t), the mean density of eigenvalues at t: its integral is
// N. Exact for every N; the relative error is below 1e-11 up to N = 4000, in
// the tails too, where ρ_N falls below the smallest float64 only from about
// t = 2√N + 50 on. O(N) operations. Source: Mehta, Random Matrices, (7.2.32).
func (n GOE) Density(t float64) float64 { return math.Exp(n.LogDensity(t)) }

// LogDensity returns log ρ_N(t), without underflow at any t.
func (n GOE) LogDensity(t float64) float64 {
	n.check()
	if math.Abs(t) > 1e50 {
		return -t * t / 4 // nothing else is seen beside it
	}
	return n.logDensity(t, n.tail())
}

// tail is the factor of φ_{N−1} in ρ_N beyond the edge.
func (n GOE) tail() float64 {
	total := hermiteTotals(int(n))
	if n%2 == 1 {
		return 1 / total[n-1]
	}
	return math.Sqrt(float64(n)/2) * total[n] / 2
}

// logDensity is log ρ_N(t).
func (n GOE) logDensity(t, tail float64) float64 { return n.logTilted(t, tail) - t*t/4 }

// logTilted is log ρ_N(t) e^{t²/4}, which rises as (N−1) log t at most. It sums
//
//	ρ_N(√2 x) √2 = Σ_{k<N} φ_k² + √(N/2) φ_{N−1}(½∫φ_N − u_N) + [N odd] φ_{N−1}/∫φ_{N−1}
//
// at |x|, so that no digits are lost in the tails.
func (n GOE) logTilted(t, tail float64) float64 {
	h := hermiteAt(math.Abs(t) / math.Sqrt2)
	sum := 0.0
	for h.k < int(n) {
		sum += h.φ * h.φ
		r := h.next()
		sum *= r * r
	}
	before := h.φOld // φ_{N−1}
	return h.up + math.Log((before*tail+h.scale*(sum-math.Sqrt(float64(n)/2)*before*h.u))/math.Sqrt2)
}

// Spectrum draws the eigenvalues of one matrix, ascending, len N, by its
// tridiagonal form: O(N²) operations, no matrix. Source: Dumitriu, Edelman
// 2002.
func (n GOE) Spectrum(s *rng.Stream) []float64 {
	diagonal, beside := n.Tridiagonal(s)
	if !(gonum.Implementation{}).Dsterf(int(n), diagonal, beside) {
		panic(fmt.Sprintf("glass: GOE(%d).Spectrum: the iteration for eigenvalues did not converge", int(n)))
	}
	return diagonal
}

// Tridiagonal draws the tridiagonal form of one matrix: diagonal, len N, of
// normal numbers of variance 2, and what stands beside it, len N−1, of √χ²
// with N−1 … 1 degrees of freedom. It is the matrix in the basis that
// Householder's reduction makes from the first coordinate, which it keeps.
func (n GOE) Tridiagonal(s *rng.Stream) (diagonal, beside []float64) {
	n.check()
	diagonal, beside = make([]float64, n), make([]float64, n-1)
	s.Normals(diagonal)
	for i := range diagonal {
		diagonal[i] *= math.Sqrt2
	}
	for i := range beside {
		beside[i] = distuv.Chi{K: float64(int(n) - 1 - i), Src: s}.Rand()
	}
	return diagonal, beside
}

// Matrix draws one matrix, N×N.
func (n GOE) Matrix(s *rng.Stream) *mat.SymDense {
	n.check()
	m := mat.NewSymDense(int(n), nil)
	row := make([]float64, n)
	for i := range int(n) {
		s.Normals(row[i:])
		m.SetSym(i, i, math.Sqrt2*row[i])
		for j := i + 1; j < int(n); j++ {
			m.SetSym(i, j, row[j])
		}
	}
	return m
}

func (n GOE) check() {
	if n < 1 {
		panic(fmt.Sprintf("glass: GOE: N (size of the matrices), %d, expected N ≥ 1", int(n)))
	}
}
