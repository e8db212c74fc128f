package glass

import (
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mathext"
)

// TracyWidom returns F₁(s), the distribution function of (λ_max − 2√N) N^{1/6}
// of [GOE] as N → ∞: mean −1.20653, variance 1.60778. The absolute error is
// below 1e-14; the relative one grows to the left, to 1e-7 at s = −8, where
// F₁ is 2e-12, and to some 1e-2 at −10; below s = −11 it is 0. Source: Ferrari, Spohn 2005,
// F₁(s) = det(1 − Ai(x+y+s)) on L²(0, ∞), by Gauss's points (Bornemann 2010).
func TracyWidom(s float64) float64 { return math.Exp(logTracyWidom(s)) }

// TracyWidomAbove returns 1 − F₁(s) with a relative error below 1e-12, also in
// the right tail, where it falls as e^{−⅔ s^{3/2}}.
func TracyWidomAbove(s float64) float64 { return -math.Expm1(logTracyWidom(s)) }

func logTracyWidom(s float64) float64 {
	switch {
	case math.IsNaN(s):
		return s
	case s < -11: // all that is left is rounding
		return math.Inf(-1)
	}
	const points = 32
	x, w := make([]float64, points), make([]float64, points)
	quad.Legendre{}.FixedLocations(x, w, 0, 9-math.Min(s, 0))
	airy := func(i, j int) float64 {
		return math.Sqrt(w[i]*w[j]) * real(mathext.AiryAi(complex(x[i]+x[j]+s, 0)))
	}
	if s > 14 { // the next term of the series is below 1e-15 of the trace
		trace := 0.0
		for i := range x {
			trace += airy(i, i)
		}
		return -trace
	}
	k := make([][]float64, points)
	for i := range k {
		k[i] = make([]float64, points)
		for j := range i + 1 {
			k[i][j] = airy(i, j)
			k[j][i] = k[i][j]
		}
	}
	return logDetOneMinus(k, points)
}

// tracyWidomTable is s, its weight, and log F₁(s) for s < 0, log(1 − F₁(s)) for
// s > 0, on Gauss's points that integrate over [−12, 15] what varies as F₁ does.
var tracyWidomTable = sync.OnceValue(func() (table [][3]float64) {
	for from := -12.0; from < 15; from += 3 {
		table = append(table, tracyWidomPiece(from)...)
	}
	return table
})

func tracyWidomPiece(from float64) (table [][3]float64) {
	const points = 24
	s, w := make([]float64, points), make([]float64, points)
	quad.Legendre{}.FixedLocations(s, w, from, from+3)
	for i, s := range s {
		log := logTracyWidom(s)
		if s > 0 {
			log = math.Log(-math.Expm1(log))
		}
		table = append(table, [3]float64{s, w[i], log})
	}
	return table
}

// EdgeMinima returns the limit of E crt_0, the expected number of local minima,
// at B = −½κN^{−1/3} as N → ∞,
//
//	2 e^{−κ³/24} ∫ e^{κs/2} dF₁(s),
//
// F₁ that of [TracyWidom]: 1 as κ → ∞, 2 at κ = 0, growing as κ → −∞. At finite
// N ([LogMinima]) it is off by order N^{−2/3}: 0.1 % at N = 1000 and κ = 1. The
// relative error is below 1e-12 for κ ≥ −4, 1e-7 for κ ≥ −9 and 1e-5 for
// κ ≥ −12. Source: Theorem 2.9 before its limits. Panics if κ < −12, which asks
// for F₁ too far left.
func EdgeMinima(κ float64) float64 {
	if !(κ >= -12) {
		panic(fmt.Sprintf("glass: κ (−2BN^{1/3}), %v, expected κ ≥ −12", κ))
	}
	if κ > 10 {
		return 1 // to 1e-15
	}
	// By parts about 0: ∫e^{κs/2} dF₁ = 1 + ½κ[∫_0^∞ e^{κs/2}(1 − F₁) − ∫_{−∞}^0 e^{κs/2} F₁].
	// The right integrand is largest at s = κ²/4, and of width √κ there.
	table := tracyWidomTable()
	for from := 15.0; κ > 0 && from < κ*κ/4+9*math.Sqrt(2*κ); from += 3 {
		table = append(table[:len(table):len(table)], tracyWidomPiece(from)...)
	}
	shift, sum := -κ*κ*κ/24, 0.0
	for _, row := range table {
		s, w, log := row[0], row[1], row[2]
		sum += math.Copysign(w*math.Exp(κ*s/2+shift+log), s)
	}
	return 2*math.Exp(shift) + κ*sum
}

// LogEdgeMinimaLimit returns the leading order of log [EdgeMinima] as κ → −∞,
//
//	|κ|³/24 + ⅔|κ|^{3/2} − ⅔|κ|^{3/4}.
//
// Source: (2.18), which prints κ²/24 + (4√2/3)|κ|^{3/2}. Panics if κ ≥ 0.
func LogEdgeMinimaLimit(κ float64) float64 {
	if !(κ < 0) {
		panic(fmt.Sprintf("glass: κ (−2BN^{1/3}), %v, expected κ < 0", κ))
	}
	k := -κ
	return k*k*k/24 + 2.0/3*math.Pow(k, 1.5) - 2.0/3*math.Pow(k, 0.75)
}
