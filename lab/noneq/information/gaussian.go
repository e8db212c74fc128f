package information

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// GaussianDivergence is KL(N(m₁,S₁) ‖ N(m₂,S₂)) in nats,
//
//	½[tr S₂⁻¹S₁ + δᵀS₂⁻¹δ - d + log(det S₂/det S₁)],  δ = m₁ - m₂,
//
// which with m₂ = 0, S₂ = 1 is (6.44). It is an error when a covariance is not
// positive definite.
func GaussianDivergence(m1 []float64, S1 *mat.SymDense, m2 []float64, S2 *mat.SymDense) (float64, error) {
	d := len(m1)
	if len(m2) != d || S1.SymmetricDim() != d || S2.SymmetricDim() != d {
		panic(fmt.Sprintf("information: GaussianDivergence: means of length %d and %d, covariances of size %d and %d, expected one size", d, len(m2), S1.SymmetricDim(), S2.SymmetricDim()))
	}
	first, err := factor("first", S1)
	if err != nil {
		return 0, err
	}
	second, err := factor("second", S2)
	if err != nil {
		return 0, err
	}
	var R mat.Dense // S₂⁻¹S₁
	if err := second.SolveTo(&R, S1); err != nil {
		return 0, fmt.Errorf("information: the second covariance: %w", err)
	}
	δ, w := mat.NewVecDense(d, slices.Clone(m1)), mat.NewVecDense(d, nil)
	δ.SubVec(δ, mat.NewVecDense(d, m2))
	if err := second.SolveVecTo(w, δ); err != nil {
		return 0, fmt.Errorf("information: the second covariance: %w", err)
	}
	return (mat.Trace(&R) + mat.Dot(δ, w) - float64(d) + second.LogDet() - first.LogDet()) / 2, nil
}

// TotalCorrelation is KL(p ‖ Π p_i) of a Gaussian with that covariance in nats, (6.38):
// ½(Σ log S_ii - log det S), which is 0 when the coordinates are independent. It is an
// error when the covariance is not positive definite.
func TotalCorrelation(S *mat.SymDense) (float64, error) {
	chol, err := factor("", S)
	if err != nil {
		return 0, err
	}
	sum := -chol.LogDet()
	for i := range S.SymmetricDim() {
		sum += math.Log(S.At(i, i))
	}
	return sum / 2, nil
}

// factor is the Cholesky factor of a covariance; its error names the lowest eigenvalue.
func factor(which string, S *mat.SymDense) (*mat.Cholesky, error) {
	var chol mat.Cholesky
	if chol.Factorize(S) {
		return &chol, nil
	}
	var e mat.EigenSym
	if !e.Factorize(S, false) {
		return nil, fmt.Errorf("information: the %s covariance has entries that are not finite", which)
	}
	if which != "" {
		which += " "
	}
	return nil, fmt.Errorf("information: the %scovariance has the eigenvalue %.6g, expected a positive definite matrix", which, e.Values(nil)[0])
}
