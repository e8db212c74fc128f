package noneq

import (
	"fmt"
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Autoregression is X ← MX + ζ with noise of mean 0, the same at every step: stochastic
// gradient descent near a minimum, and what its trajectories are to be held against
// (Section 6.3.3; the thesis's bands are those of white noise).
type Autoregression struct {
	M     *mat.Dense    // d×d
	Noise *mat.SymDense // the covariance of ζ
}

// Steps is the process by steps of that length, M = 1 - ηF with the noise 2ηβ⁻¹D: as
// Euler and Maruyama take them, and as gradient descent with the learning rate η does,
// whose noise is η²D/b.
func (l *Linear) Steps(η float64) *Autoregression {
	if !(η > 0) || math.IsInf(η, 0) {
		panic(fmt.Sprintf("noneq: Steps: η is %v, expected a finite number above 0", η))
	}
	d := l.Dim()
	a := &Autoregression{mat.NewDense(d, d, nil), mat.NewSymDense(d, nil)}
	a.M.Scale(-η, l.F)
	for i := range d {
		a.M.Set(i, i, a.M.At(i, i)+1)
	}
	a.Noise.ScaleSym(2*η/l.Beta, l.D)
	return a
}

// Covariance is S = MSMᵀ + N of the stationary law. It is an error when M has an
// eigenvalue of absolute value 1 or more.
func (a *Autoregression) Covariance() (*mat.SymDense, error) {
	var e mat.Eigen
	if !e.Factorize(a.M, mat.EigenNone) {
		return nil, fmt.Errorf("noneq: the eigenvalues of M were not found")
	}
	for _, λ := range e.Values(nil) {
		if !(cmplx.Abs(λ) < 1) {
			return nil, fmt.Errorf("noneq: there is no stationary law: M has the eigenvalue %.6g, of absolute value %.6g: take a lower rate", λ, cmplx.Abs(λ))
		}
	}
	// The sum of twice as many steps: S ← S + M^k S M^kᵀ.
	S, M := mat.DenseCopyOf(a.Noise), mat.DenseCopyOf(a.M)
	for range 60 {
		var more mat.Dense
		more.Product(M, S, M.T())
		S.Add(S, &more)
		if mat.Norm(&more, 2) <= 1e-17*mat.Norm(S, 2) {
			break
		}
		M.Mul(M, mat.DenseCopyOf(M))
	}
	out, _ := symmetricPart(S)
	return out, nil
}

// Correlation is the autocorrelation of coordinate i at the lags, (M^k S)_ii/S_ii.
func (a *Autoregression) Correlation(i int, lags []int) ([]float64, error) {
	S, err := a.Covariance()
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(lags))
	last := slices.Max(append([]int{0}, lags...))
	v := mat.NewVecDense(S.SymmetricDim(), mat.Row(nil, i, S))
	for k := 0; k <= last; k++ {
		for m, lag := range lags {
			if lag == k {
				out[m] = v.AtVec(i) / S.At(i, i)
			}
		}
		v.MulVec(a.M, mat.VecDenseCopyOf(v))
	}
	return out, nil
}

// IncrementPower is the power spectral density of the increments of coordinate i,
// |e^(iω)-1|² [H N H*]_ii with H = (e^(iω) - M)⁻¹, at ω in radians a step.
func (a *Autoregression) IncrementPower(i int, ω float64) (float64, error) {
	d := a.Noise.SymmetricDim()
	z := cmplx.Exp(complex(0, ω))
	// Row i of H, from Hᵀ: (z - Mᵀ)h = e_i, as 2d real equations.
	A, b := mat.NewDense(2*d, 2*d, nil), mat.NewVecDense(2*d, nil)
	for j := range d {
		for k := range d {
			A.Set(j, k, -a.M.At(k, j))
			A.Set(d+j, d+k, -a.M.At(k, j))
		}
		A.Set(j, j, A.At(j, j)+real(z))
		A.Set(d+j, d+j, A.At(d+j, d+j)+real(z))
		A.Set(j, d+j, -imag(z))
		A.Set(d+j, j, imag(z))
	}
	b.SetVec(i, 1)
	var h mat.VecDense
	if err := h.SolveVec(A, b); err != nil {
		return 0, fmt.Errorf("noneq: the spectrum at ω = %g: %w", ω, err)
	}
	x, y := h.SliceVec(0, d), h.SliceVec(d, 2*d)
	return (mat.Inner(x, a.Noise, x) + mat.Inner(y, a.Noise, y)) * (2 - 2*math.Cos(ω)), nil
}

// AreaRates is ½E[x_i x′_j - x_j x′_i] of a step from x to x′: 0 where detailed balance
// holds, and for short steps η times that of [Linear.AreaRates].
func (a *Autoregression) AreaRates() (*mat.Dense, error) {
	S, err := a.Covariance()
	if err != nil {
		return nil, err
	}
	var SM, out mat.Dense
	SM.Mul(S, a.M.T())
	out.Sub(&SM, SM.T())
	out.Scale(0.5, &out)
	return &out, nil
}
