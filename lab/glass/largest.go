package glass

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// LargestBelow returns P(λ_max ≤ t), the distribution function of the largest
// eigenvalue, for every N: as a determinant on the eigenvalues' room above t,
// of some 60 rows whatever N is. The absolute error is below 1e-13; the
// relative error grows to the left, to 1e-8 where the value is 1e-7. About
// 3000 N operations.
func (n GOE) LargestBelow(t float64) float64 { return math.Exp(n.logLargest(t)) }

// LargestAbove returns P(λ_max > t) = 1 − LargestBelow(t), with a relative
// error below 1e-11 also in the right tail, where it is ∫_t^∞ ρ_N, down to
// 1e-150.
func (n GOE) LargestAbove(t float64) float64 { return -math.Expm1(n.logLargest(t)) }

func (n GOE) logLargest(t float64) float64 {
	n.check()
	if math.IsNaN(t) {
		return t
	}
	if n.above(t) > 12 && n > 24 || t < -52 {
		return math.Inf(-1) // e^{−0.9·12²} and less
	}
	if math.IsInf(t, 1) {
		return 0
	}
	return n.gap(t).logNone()
}

// CountAbove returns the probabilities that exactly 0, 1, … most eigenvalues are
// above t. Their absolute error is below 1e-12. It takes as much as some
// ten LargestBelow. Panics if most < 0.
func (n GOE) CountAbove(t float64, most int) []float64 {
	n.check()
	if most < 0 {
		panic(fmt.Sprintf("glass: CountAbove: most (eigenvalues above t), %d, expected at least 0", most))
	}
	above := n.above(t)
	switch p := make([]float64, most+1); {
	case math.IsNaN(t):
		panic("glass: CountAbove: t is NaN, expected a number")
	case math.IsInf(t, 1):
		p[0] = 1
		return p
	case t < -52 && n <= 24:
		if most >= int(n) {
			p[n] = 1
		}
		return p
	case above > float64(most)+12 && n > 24: // e^{−0.9·12²} and less
		return p
	}
	// E(z) = Σ_k p_k z^k = √det at ξ = 1 − z, by Cauchy's formula on a circle. E
	// turns by some above/points of a full turn from one point to the next, so the
	// root follows by continuity. Far right, where p_k falls as (p_1/p_0)^k, a
	// circle half as large as p_0/p_1, the first zero of E, keeps all of them
	// relatively exact.
	g := n.gap(t)
	points := 64 + 16*int(above)
	spectral := g.spectral()
	log := g.logNone()
	radius := math.Min(math.Max(0.97, math.Exp(log)/-math.Expm1(log)/2), 1e30)
	all := make([]float64, max(most, min(int(n), int(above)+20))+1)
	for range 20 {
		spectral.coefficients(all, radius, points)
		if math.Abs(floats.Sum(all)-1) < 1e-12 {
			return all[:most+1]
		}
		radius *= 0.98 // a zero of E was between two points: the root took the wrong sign
	}
	panic(fmt.Sprintf("glass: GOE(%d).CountAbove(%g): no circle was found on which the root can be followed", int(n), t))
}

// above is about how many eigenvalues are above t.
func (n GOE) above(t float64) float64 {
	return float64(n) * Semicircle{Radius: 2 * math.Sqrt(float64(n))}.Below(-t)
}
