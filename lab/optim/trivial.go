package optim

import (
	"fmt"
	"math"
)

// Trivialized is Trivialized-SGD, Algorithm 1, over any base method: the field
// s_i h with h ~ N(0, I) drawn once joins the gradient of step i,
//
//	s_i = J √(p(p-2)) √(1 + 2τ_i/N) = J √(p(p-2)) √2 exp(-i/2τ₀),
//
// for a network of p layers. J = 0 is the base. The thesis has J = 1e-3,
// τ₀ = 500 for the deep fully-connected network, J = 1e-4, τ₀ = 1000 for the
// convolutional ones.
func Trivialized(base Method, J float64, layers int, τ0 float64) Method {
	base.Name, base.Field = "trivialized "+base.Name, AnnealedField(CriticalField(J, layers), τ0)
	return base
}

// ResampledField is the control experiment of Trivialized: the same strength,
// but h is drawn anew at every step (Table 2.1).
func ResampledField(base Method, J float64, layers int, τ0 float64) Method {
	m := Trivialized(base, J, layers, τ0)
	m.Name, m.Resampled = "resampled "+base.Name, true
	return m
}

// CriticalField is ν_c = J √(p(p-2)), the strength of the field at which the
// landscape of the p-spin glass becomes trivial: B = 0 in (2.15). It panics for
// p < 2.
func CriticalField(J float64, p int) float64 {
	if p < 2 {
		panic(fmt.Sprintf("optim: CriticalField: p is %d, expected at least 2", p))
	}
	return J * math.Sqrt(float64(p*(p-2)))
}

// AnnealedField is the strength ν_c √(1 + 2τ_k/N) at step k with τ_k of
// [Annealing]. It does not depend on N.
func AnnealedField(critical, τ0 float64) Schedule {
	return func(t Clock) float64 {
		_, multiplier := Annealing(1, τ0, t.Step)
		return critical * multiplier
	}
}

// Annealing is (2.20), τ = N(exp(-i/τ₀) - 1/2) at step i, and the multiplier
// √(1 + 2τ/N) of the critical field, (2.19): it falls from √2 to 0 and passes 1
// at i = τ₀ ln 2.
func Annealing(N, τ0 float64, i int) (τ, multiplier float64) {
	e := math.Exp(-float64(i) / τ0)
	return N * (e - 0.5), math.Sqrt(2 * e)
}

// SpinsOf is the N of the spin glass that stands for a network: √(weights/layers),
// rounded (section 2.3.3).
func SpinsOf(weights, layers int) int {
	return int(math.Round(math.Sqrt(float64(weights) / float64(layers))))
}
