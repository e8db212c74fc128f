package glass

import (
	"fmt"
	"math"
)

// OrderParameter returns
//
//	B = (J²p(p−2) − ν²)/(J²p² + ν²)
//
// of a p-spin glass of strength J in a Gaussian field of standard deviation ν
// for each spin: between −1 and 1 − 2/p, positive where there are exponentially
// many critical points, zero at the critical field ν_c = J√(p(p−2)). Source:
// (2.15). Panics if p < 3, J ≤ 0 or ν < 0.
func OrderParameter(p int, j, ν float64) float64 {
	checkSpins(p)
	checkStrength(j)
	checkField(ν)
	n, h := float64(p), ν/j
	return (n*(n-2) - h*h) / (n*n + h*h)
}

// FieldStrength returns the ν ≥ 0 at which the order parameter is B, the
// inverse of [OrderParameter]:
//
//	ν = Jp √((1 − 2/p − B)/(1 + B))
//
// for −1 < B ≤ 1 − 2/p. At B = 0 it is the critical field ν_c. At B = −τ/N it
// is what the annealing of Section 2.3.3 approximates by (2.19),
// ν_c√(1 + 2τ/N), the limit p → ∞ for |τ| ≪ N; at finite p the factor of 2τ/N
// is (p−1)/(p−2), twice as much at p = 3. Panics if p < 3, J ≤ 0 or B is
// outside.
func FieldStrength(p int, j, b float64) float64 {
	checkSpins(p)
	checkStrength(j)
	n := float64(p)
	top := (n - 2 - n*b) / n
	if top < 0 && top > -1e-15 { // B = 1 − 2/p, rounded
		top = 0
	}
	if !(b > -1 && top >= 0) {
		panic(fmt.Sprintf("glass: B (order parameter), %v, expected −1 < B ≤ 1 − 2/p = %v", b, 1-2/n))
	}
	return j * n * math.Sqrt(top/(1+b))
}

// LogCriticalLimit returns the logarithm of the leading order of E crt at a
// fixed B > 0 as N → ∞,
//
//	E crt → 4 √(N(1+B)/πB) ((1+B)/(1−B))^{(N−1)/2}
//
// with a relative error of order 1/(NB) ([LogCritical] is exact). Source: the
// third case of (2.16), which prints N/2 for (N−1)/2. Panics if N < 2 or B is
// not in (0, 1).
func LogCriticalLimit(n int, b float64) float64 {
	checkCount(n, b)
	if !(b > 0) {
		panic(fmt.Sprintf("glass: B (order parameter), %v, expected B > 0", b))
	}
	N := float64(n)
	return math.Log(4) + math.Log(N*(1+b)/(math.Pi*b))/2 + (N-1)*math.Atanh(b)
}

// EdgeCritical returns the limit of E crt/N at B = −τ/N as N → ∞,
//
//	2 e^{−τ/2} (I₀(τ/2) − I₁(τ/2)),
//
// I the modified Bessel functions: 2 at τ = 0, decreasing. It is the semicircle
// law in the formula of [LogCritical]. Source: Theorem 2.8, before the limits
// |τ| → ∞ of (2.17), which [EdgeCriticalLimit] gives. The relative error is a
// few ulp, and |τ| ulp for τ < 0. Panics if τ is not finite.
func EdgeCritical(τ float64) float64 {
	checkFinite("τ (−NB)", τ)
	// The integral representation of the Bessel functions,
	//
	//	(4/π) ∫_0^π sin²(θ/2) e^{−τ sin²(θ/2)} dθ,
	//
	// is of a periodic function: the trapezoid rule converges faster than any
	// power once it sees the width τ^{−1/2}. All terms are positive.
	switch {
	case τ > 1e7: // the next terms are below 1e-14
		return EdgeCriticalLimit(τ) * (1 + 0.75/τ)
	case τ < -1e3:
		return math.Inf(1)
	}
	points := 32 + int(16*math.Sqrt(math.Abs(τ)))
	sum := 0.0
	for k := range points {
		s := math.Sin(math.Pi * (float64(k) + 0.5) / (2 * float64(points)))
		sum += s * s * math.Exp(-τ*s*s)
	}
	return 4 * sum / float64(points)
}

// EdgeCriticalLimit returns the leading order of [EdgeCritical]: as τ → ∞
// (2/√π) τ^{−3/2}, as τ → −∞ 4e^{|τ|}/√(π|τ|); the relative errors are about
// 3/(4τ) and 1/(4|τ|). Times N, with τ = −NB, it also holds beyond the edge,
//
//	E crt → (2/√π) N^{−1/2} |B|^{−3/2}   for 1/N ≪ −B ≪ N^{−1/3},
//
// where the number of critical points falls from order N to order 1; from
// −B ≫ N^{−1/3} on it is 2, a minimum and a maximum. The thesis puts that at
// −B ≫ 1/N. Source: (2.16), (2.17). Panics if τ is 0 or not finite.
func EdgeCriticalLimit(τ float64) float64 {
	checkFinite("τ (−NB)", τ)
	switch {
	case τ > 0:
		return 2 / math.SqrtPi * math.Pow(τ, -1.5)
	case τ < 0:
		return 4 * math.Exp(-τ) / math.Sqrt(-math.Pi*τ)
	}
	panic("glass: EdgeCriticalLimit: τ is 0, expected large |τ|")
}

func checkStrength(j float64) {
	if !(j > 0) || math.IsInf(j, 0) {
		panic(fmt.Sprintf("glass: J (strength of the couplings), %v, expected J > 0", j))
	}
}

func checkField(ν float64) {
	if !(ν >= 0) || math.IsInf(ν, 0) {
		panic(fmt.Sprintf("glass: ν (strength of the field), %v, expected ν ≥ 0", ν))
	}
}

func checkFinite(what string, x float64) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		panic(fmt.Sprintf("glass: %s, %v, expected a finite number", what, x))
	}
}
