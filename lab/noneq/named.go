package noneq

import (
	"fmt"
	"math"
)

// Ring is a family of processes in the plane that are put together from a potential and
// a force that turns,
//
//	Φ = ¼(x₁² + κx₂² - 1)² + ½(1-κ)x₂²,  j = λ e^(Φ - r⁴/4) (-x₂, x₁),
//
// with the drift -∇f = -∇Φ + j and D = 1. At β = 1, and there alone, e^(-Φ) is
// stationary for every λ.
//
// κ = 0 is Example 6.43. κ = 1 is a ring-shaped valley along which j turns: ∇·j = 0, the
// circle r = 1 is an orbit of period 2πe^(1/4)/λ, and what is beside it comes closer at
// the rate 2.
type Ring struct {
	Kappa  float64 // from 0 to 1
	Lambda float64
}

// DoubleWell is Example 6.43. There ∇·j = λ e^(Φ-r⁴/4) x₁x₂(2-x₁²) is not 0: the example
// does not meet the thesis's Assumption 6.22, and at another β its density is not e^(-βΦ).
func DoubleWell(λ float64) Ring { return Ring{0, λ} }

// Potential is Φ(x).
func (r Ring) Potential(x []float64) float64 {
	w := x[0]*x[0] + r.Kappa*x[1]*x[1] - 1
	return w*w/4 + (1-r.Kappa)*x[1]*x[1]/2
}

// slope is ∇Φ.
func (r Ring) slope(x []float64) (float64, float64) {
	w := x[0]*x[0] + r.Kappa*x[1]*x[1] - 1
	return w * x[0], (r.Kappa*w + 1 - r.Kappa) * x[1]
}

// Force is j(x) and its divergence, which is also j·∇Φ.
func (r Ring) Force(x []float64) (j [2]float64, divergence float64) {
	r2 := x[0]*x[0] + x[1]*x[1]
	turn := r.Lambda * math.Exp(r.Potential(x)-r2*r2/4)
	j = [2]float64{-turn * x[1], turn * x[0]}
	s, t := r.slope(x)
	return j, j[0]*s + j[1]*t
}

// Process is the process at β = 1.
func (r Ring) Process() Process {
	return Process{Dim: 2, Beta: 1, Name: fmt.Sprintf("κ = %g, λ = %g", r.Kappa, r.Lambda), Drift: func(x, b []float64) {
		j, _ := r.Force(x)
		s, t := r.slope(x)
		b[0], b[1] = j[0]-s, j[1]-t
	}}
}
