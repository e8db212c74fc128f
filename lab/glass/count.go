package glass

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/integrate/quad"
)

// LogCritical returns log E crt, the logarithm of the expected number of
// critical points of all indices of a Gaussian landscape on the sphere in R^N,
// N ≥ 2, of order parameter −1 < B < 1 ([OrderParameter]). It is exact at every
// N, by the formula of Kac and Rice:
//
//	E crt = 2√(1+B) ((1+B)/(1−B))^{(N−1)/2} ∫ ρ_N(t) e^{−Bt²/4} dt
//
// with ρ_N the density of [GOE]. The absolute error, so the relative one of
// E crt, is below 1e-11 for N ≤ 4000, but for rounding, 1e-16 N/(1−B). O(N²)
// operations. At B = 0 there are 2N critical points, for N = 2 there are
// 2√(1 + 3(1+B)/(1−B)). Source: Theorem 2.7 before its limit; Auffinger, Ben
// Arous, Černý 2013, Theorem 2.1.
func LogCritical(n int, b float64) float64 {
	checkCount(n, b)
	goe, N := GOE(n), float64(n)
	if b < -0.95 {
		return logPrefactor(N, b) + math.Ln2 + goe.logFrom(0, b)
	}
	// The density, a sum of products of Hermite functions, has no waves shorter
	// than 2π/2√N but for a Gaussian remainder, so the trapezoid rule is exact to
	// rounding at this step.
	step := 2 * math.Pi / (2*math.Sqrt(N) + 20)
	end := reach(N, b)
	tail := goe.tail()
	var logs []float64
	for k := range int(end/step) + 1 {
		t := float64(k) * step
		w := 2 * step // t and −t
		if k == 0 {
			w = step
		}
		logs = append(logs, math.Log(w)+goe.logTilted(t, tail)-(1+b)*t*t/4)
	}
	return logPrefactor(N, b) + floats.LogSumExp(logs)
}

// LogCriticalBelow returns log E crt(H ≤ Nu), that of the critical points of a
// pure p-spin glass of N ≥ 2 spins whose energy per spin is at most u: divided
// by N it tends to [Complexity](p, u), as log N/N. Errors as LogCritical. O(N²)
// operations. Panics if p < 3 or N < 2; NaN if u is NaN.
func LogCriticalBelow(p, n int, u float64) float64 {
	checkSpins(p)
	b := OrderParameter(p, 1, 0)
	checkCount(n, b)
	switch {
	case math.IsNaN(u), math.IsInf(u, -1):
		return u
	case u > 0:
		// What is below is all but what is above, and at most half is.
		all := LogCritical(n, b)
		return all + math.Log1p(-math.Exp(LogCriticalBelow(p, n, -u)-all))
	}
	goe, N := GOE(n), float64(n)
	tail := goe.tail()
	f := func(t float64) float64 { return goe.logDensity(t, tail) - b*t*t/4 }
	// From the top down, in pieces of a few eigenvalues' room in the bulk and of a
	// few decay lengths in the tail, until the next adds nothing: below t = 0 both
	// factors fall.
	top := math.Sqrt(float64(p)*N/float64(p-1)) * u
	if -top > 1e6*math.Sqrt(N) {
		// A tail e^{−(1+B)t²/4} integrates to its value over its slope, with a
		// relative error of order N/t².
		return logPrefactor(N, b) + goe.LogDensity(top) - b*top*top/4 - math.Log(-(1+b)*top/2)
	}
	sum := math.Inf(-1)
	for {
		width := 8 / (math.Sqrt(N) - top)
		piece := logIntegral(f, top-width, top)
		sum = floats.LogSumExp([]float64{sum, piece})
		if !(piece > sum-40) {
			return logPrefactor(N, b) + sum
		}
		top -= width
	}
}

// logPrefactor is log 2√(1+B) ((1+B)/(1−B))^{(N−1)/2}.
func logPrefactor(n, b float64) float64 {
	return math.Ln2 + math.Log1p(b)/2 + (n-1)*math.Atanh(b)
}

// reach is where ρ_N(t) e^{−Bt²/4} has fallen below 1e-17 of its largest: nine
// standard deviations of its Gaussian end beyond the edge 2√N; for B < 0 beyond
// the maximum, where ½√(t²−4N), the decay of log ρ_N, is |B|t/2.
func reach(n, b float64) float64 {
	b = math.Min(b, 0)
	return 2*math.Sqrt(n/((1-b)*(1+b))) + 13/math.Sqrt(1+b)
}

// logFrom returns log ∫_low^∞ ρ_N(t) e^{−Bt²/4} dt for low beyond the edge, or 0
// and a B near −1: there the integrand is t^{N−1} e^{−(1+B)t²/4}, nearly, and has
// its weight about 2√(N/(1−B²)), however far that is.
func (n GOE) logFrom(low, b float64) float64 {
	N, tail := float64(n), n.tail()
	f := func(t float64) float64 { return n.logTilted(t, tail) - (1+b)*t*t/4 }
	if b < 0 {
		low = math.Max(low, 2*math.Sqrt(N/((1-b)*(1+b)))-13/math.Sqrt(1+b))
	}
	logs := []float64{math.Inf(-1)}
	for end := reach(N, b); low < end; {
		width := math.Max(8/(math.Sqrt(N)+low), low/(2*math.Sqrt(N)))
		logs = append(logs, logIntegral(f, low, low+width))
		low += width
	}
	return floats.LogSumExp(logs)
}

// logIntegral returns log ∫_low^high e^{f}, by 24 points of Gauss.
func logIntegral(f func(float64) float64, low, high float64) float64 {
	x, w := make([]float64, 24), make([]float64, 24)
	quad.Legendre{}.FixedLocations(x, w, low, high)
	for i := range x {
		x[i] = math.Log(w[i]) + f(x[i])
	}
	return floats.LogSumExp(x)
}

func checkCount(n int, b float64) {
	if n < 2 {
		panic(fmt.Sprintf("glass: N (spins), %d, expected N ≥ 2", n))
	}
	if !(b > -1 && b < 1) {
		panic(fmt.Sprintf("glass: B (order parameter), %v, expected −1 < B < 1", b))
	}
}
