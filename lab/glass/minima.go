package glass

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/integrate/quad"
)

// LogMinima returns log E crt_0, the logarithm of the expected number of local
// minima, for the landscapes of [LogCritical], exact at every N ≥ 2:
//
//	E crt_0 = 2√(1+B) ((1+B)/(1−B))^{(N−1)/2} E e^{−Bλ²/4}
//
// with λ the largest eigenvalue of [GOE]. There are two minima at B = 0, an
// expected one as B → −1, and half of all critical points of a circle are.
//
// For B > 0 the mean lives where λ is smaller than usual by about
// x = √(8B) N^{1/6}, in units of N^{−1/6}, and [GOE.LargestBelow] limits what
// can be known: the absolute error, so the relative one of E crt_0, is below
// 1e-10 for x ≤ 4, 1e-8 for x ≤ 6 and 1e-5 for x ≤ 8 (x is 3.5 at p = 3 and
// N = 100, 5.2 at N = 1000). Beyond x = 9 it is NaN. Some 1e6 N operations.
// Source: Theorem 2.9 before its limit.
func LogMinima(n int, b float64) float64 {
	checkCount(n, b)
	goe, N := GOE(n), float64(n)
	unit := math.Pow(N, -1.0/6)
	if b > 0 && math.Sqrt(8*b)/unit > 9 {
		return math.NaN()
	}
	// With g = e^{−Bt²/4} and F the law of λ, by parts about the edge c, and with
	// ρ_N for F' beyond d, where two eigenvalues are no more likely than 1e-20:
	//
	//	E g(λ) = g(c) − ∫_{−∞}^c g'F + ∫_c^d g'(1−F) − g(d)(1−F(d)) + ∫_d^∞ g ρ_N
	c, d := 2*math.Sqrt(N), 2*math.Sqrt(N)+18*unit
	g := func(t float64) float64 { return -b * t * t / 4 } // its logarithm
	logs, signs := []float64{g(c)}, []float64{1}
	add := func(log, factor float64) {
		if factor != 0 {
			logs = append(logs, log+math.Log(math.Abs(factor)))
			signs = append(signs, math.Copysign(1, factor))
		}
	}
	const points = 24
	t, w := make([]float64, points), make([]float64, points)
	for k := range 11 {
		from := c + float64(3*k-15)*unit // ends at d
		quad.Legendre{}.FixedLocations(t, w, from, from+3*unit)
		for i, x := range t {
			slope := -b * x / 2 * w[i]
			if x < c {
				add(g(x)+goe.logLargest(x), -slope)
			} else {
				add(g(x)+math.Log(goe.LargestAbove(x)), slope)
			}
		}
	}
	add(g(d)+math.Log(goe.LargestAbove(d)), -1)

	add(goe.logFrom(d, b), 1)
	top := floats.Max(logs)
	sum := 0.0
	for i, x := range logs {
		sum += signs[i] * math.Exp(x-top)
	}
	return logPrefactor(N, b) + top + math.Log(sum)
}
