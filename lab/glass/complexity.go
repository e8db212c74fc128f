package glass

import "math"

// IndexRate returns I₁(u) ≥ 0, nats per spin: at energy u below the threshold,
// critical points of index k+1 are rarer than those of index k by e^{−N I₁(u)}
// (Remark 2.6). It is
//
//	I₁(u) = (2/E∞²) ∫_u^{−E∞} √(z² − E∞²) dz
//
// for u ≤ −E∞ and 0 above, decreasing in u. Near the threshold it vanishes as
// (4√2/3) ε^{3/2}, ε = −u/E∞ − 1. Source: after (2.12); the closed form printed
// there has u² where u is meant. Panics if p < 3; NaN if u is NaN.
func IndexRate(p int, u float64) float64 {
	checkSpins(p)
	d := beyond(p, u)
	switch {
	case u > 0 || d <= 0:
		return 0
	case math.IsInf(d, 1):
		return d
	}
	r := math.Sqrt(d)
	return excess(math.Asinh(r), r)
}

// Complexity returns Θ(u), nats per spin: the expected number of critical
// points of any index with energy H ≤ Nu is e^{NΘ(u)} to leading order. Below
// −E_0 it is negative: there are none. It does not decrease, and stays at
// ½ log(p−1) for u ≥ 0. Source: (2.11). Panics if p < 3; NaN if u is NaN.
func Complexity(p int, u float64) float64 {
	checkSpins(p)
	if u > 0 {
		u = 0
	}
	return entropy(p) - curvature(p)*u*u - IndexRate(p, u)
}

// IndexComplexity returns Θ_k(u), nats per spin: the expected number of
// critical points of index k (k negative directions; k = 0: local minima) with
// energy H ≤ Nu is e^{NΘ_k(u)} to leading order. It does not decrease, and
// stays at its value at −E∞, the same for all k, for larger u: critical points
// of a fixed index do not exist above the threshold. Source: (2.12). Panics if
// p < 3 or k < 0; NaN if u is NaN.
func IndexComplexity(p, k int, u float64) float64 {
	checkSpins(p)
	checkIndex(k)
	if beyond(p, u) <= 0 || u > 0 {
		return atThreshold(p)
	}
	return entropy(p) - curvature(p)*u*u - (1+float64(k))*IndexRate(p, u)
}

// ComplexitySlope returns Θ'(u), nats per unit of energy. At −E_0 it sets the
// spacing of the lowest minima: their energies are 1/Θ'(−E_0) apart, in units
// of H and not of H/N (2.27). Panics if p < 3; NaN if u is NaN.
func ComplexitySlope(p int, u float64) float64 {
	checkSpins(p)
	if u > 0 {
		return 0
	}
	slope := -2 * curvature(p) * u
	if d := beyond(p, u); d > 0 {
		slope += 2 / ThresholdEnergy(p) * math.Sqrt(d)
	}
	return slope
}

// GroundEnergy returns E_0: the lowest energy per spin is −E_0 as N → ∞, where
// the complexity of local minima vanishes. It equals LayerEnergy(p, 0). Panics
// if p < 3.
func GroundEnergy(p int) float64 { return LayerEnergy(p, 0) }

// LayerEnergy returns E_k, the solution E > E∞ of Θ_k(−E) = 0: below −E_k
// there are no critical points of index k or higher. The layers E_0 > E_1 > …
// decrease to E∞. The relative error is a few ulp. Source: Lemma 2.2 and Figure
// 2.1. Panics if p < 3 or k < 0.
func LayerEnergy(p, k int) float64 {
	checkSpins(p)
	checkIndex(k)
	// With u = −E∞ cosh t, Θ_k(u) = 0 reads F(t) = 0,
	//
	//	F(t) = b sinh² t + n ½(sinh 2t − 2t) − a,
	//
	// a > 0, increasing and convex for t > 0. So Newton's method descends to
	// the root from any point above it, and either term alone gives one.
	a := atThreshold(p)
	b := float64(p-2) / float64(p)
	n := 1 + float64(k)
	t := math.Min(math.Asinh(math.Sqrt(a/b)), math.Cbrt(1.5*a/n))
	for {
		r := math.Sinh(t)
		value := b*r*r + n*excess(t, r) - a
		slope := b*math.Sinh(2*t) + 2*n*r*r
		next := t - value/slope
		if next >= t { // rounding has stopped the descent
			return ThresholdEnergy(p) * math.Cosh(t)
		}
		t = next
	}
}

// entropy is ½ log(p−1), the complexity of all critical points.
func entropy(p int) float64 { return math.Log(float64(p-1)) / 2 }

// curvature is the factor (p−2)/4(p−1) of u² in (2.11) and (2.12).
func curvature(p int) float64 { return float64(p-2) / (4 * float64(p-1)) }

// atThreshold is Θ(−E∞) = ½ log(p−1) − (p−2)/p > 0.
func atThreshold(p int) float64 { return entropy(p) - float64(p-2)/float64(p) }
