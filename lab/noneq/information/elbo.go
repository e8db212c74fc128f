package information

import (
	"fmt"
	"math"
)

// A Prior is that of a weight in the evidence lower bound.
type Prior int

// Priors.
const (
	Normal  Prior = iota // N(0,1), as in (6.42)
	Uniform              // the same everywhere, as SGD has it (Remark 6.36)
)

// Divergence is the term of the prior in -ELBO, (6.43), for a posterior N(μ, σ²): (6.44) of
// a normal prior, and minus the entropy, without its constant, -½log σ², of a uniform one.
func (p Prior) Divergence(μ, σ float64) float64 {
	if !(σ > 0) {
		panic(fmt.Sprintf("information: Divergence: σ is %v, expected a number above 0", σ))
	}
	v := σ * σ
	if p == Uniform {
		return -math.Log(v) / 2
	}
	return (v + μ*μ - 1 - math.Log(v)) / 2
}

// MeanField is the posterior N(μ, σ²) at which -ELBO = E f + temperature·(term of the prior)
// is least for the loss f = ½curvature·(x-at)², one weight of a mean-field family, (6.43);
// the temperature multiplies the divergence, 1 in (6.43). With the normal prior
//
//	μ = at·h/(h+T), σ² = T/(h+T),
//
// so that σ is below 1 in every direction in which the loss bends up, 1 where it is flat
// (σ = 1 is where the penalty is least, from both sides, other than Remark 6.35 says),
// above 1 where it bends down, and without bound where h ≤ -T. With the uniform prior
// σ² = T/h: the transition is where the loss is flat, and all variances grow until there.
// σ is +Inf beyond the transition.
func (p Prior) MeanField(curvature, at, temperature float64) (μ, σ float64) {
	if !(temperature > 0) {
		panic(fmt.Sprintf("information: MeanField: the temperature is %v, expected a number above 0", temperature))
	}
	h, T := curvature, temperature
	if p == Normal {
		h += T
	}
	if h <= 0 {
		return math.NaN(), math.Inf(1)
	}
	return at * curvature / h, math.Sqrt(T / h)
}
