package glass

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/lapack/gonum"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"glassy/lab/rng"
	"glassy/lab/run"
)

// Responses are how local minima of a pure p-spin glass at one energy move when
// a small random field −h·σ is added, h_i normal of standard deviation ν: the
// quadratic model of Section 2.3.4, on sampled Hessians. One number for each
// sample.
//
// The model is the second-order expansion about the minimum, so it is the law
// of the true response where Displacement is well below the size of the
// quadratic's region, which shrinks with the smallest eigenvalue.
type Responses struct {
	P, N   int
	Energy float64 // u, per spin
	Field  float64 // ν

	Displacement []float64 // |Y|: how far the minimum moves, in radii of the sphere
	Shift        []float64 // −½hᵀÂ⁻¹h ≤ 0: what moving lowers its energy H by
	Linear       []float64 // −h·σ: the rest of the change of H, of variance Nν²

	// Weight is proportional to det Â: minima are more often where the Hessian's
	// determinant is large (Kac and Rice). Mean uses it.
	Weight []float64

	Rejected int   // Hessians with a negative eigenvalue, drawn and left out
	Stopped  error // why not all samples are there, if so
}

// SampleResponses draws Hessians Â at local minima of energy u per spin of a
// glass of N spins, by [GOE] and the condition that no eigenvalue is negative,
// and a field for each. Sample i follows from key and i alone. O(N) operations
// for each: the field's direction is as good as any, so Â is drawn in the
// tridiagonal form that begins with it.
//
// With ν the field is that of (2.14): Displacement → ν√m₂ and Shift/N → −½ν²m,
// (m, m₂) the [Semicircle.MeanInverse] of [HessianLaw]. With ν/√N it is that of
// (2.22): then Displacement falls as N^{−1/2}, and Shift → −C₀
// ([GroundStateShift]). The thesis takes the second for the first (Theorem
// 2.13, (2.30)): a field of the strength at which landscapes become trivial
// does move the minima.
//
// It stops when ctx is done ([Responses.Stopped]). Panics for p < 3, N < 2,
// ν < 0, and an energy at which fewer than one Hessian in 10⁴ is a minimum's.
func SampleResponses(ctx context.Context, p, n int, u, ν float64, samples int, key rng.Key) Responses {
	checkSpins(p)
	checkField(ν)
	if n < 2 {
		panic(fmt.Sprintf("glass: N (spins), %d, expected N ≥ 2", n))
	}
	run.Cite("chaudhari2018", "auffinger2013")
	law, goe := HessianLaw(p, u), GOE(n-1)
	scale := law.Radius / (2 * math.Sqrt(float64(n)))
	if share := goe.LargestBelow(law.Center / scale); !(share > 1e-4) {
		panic(fmt.Sprintf("glass: SampleResponses: u (energy per spin), %v, expected one where minima are: at N = %d a Hessian is positive there with probability %.2g", u, n, share))
	}
	r := Responses{P: p, N: n, Energy: u, Field: ν}
	var logs []float64
	loop := run.Start(ctx, "responses of minima", samples)
	for i := range loop.Steps() {
		s := key.Split(uint64(i)).Stream()
		var diagonal, beside []float64
		for {
			diagonal, beside = goe.Tridiagonal(s)
			for j := range diagonal {
				diagonal[j] = law.Center + scale*diagonal[j]
			}
			for j := range beside {
				beside[j] *= scale
			}
			if (gonum.Implementation{}).Dpttrf(n-1, diagonal, beside) { // LDLᵀ: positive
				break
			}
			r.Rejected++
		}
		h := ν * distuv.Chi{K: float64(n - 1), Src: s}.Rand() // length of the field in the tangent space
		y := make([]float64, n-1)
		y[0] = h
		gonum.Implementation{}.Dpttrs(n-1, 1, diagonal, beside, y, 1)
		log, square := 0.0, 0.0
		for j, d := range diagonal {
			log += math.Log(d)
			square += y[j] * y[j]
		}
		logs = append(logs, log)
		r.Displacement = append(r.Displacement, math.Sqrt(square/float64(n)))
		r.Shift = append(r.Shift, -h*y[0]/2)
		r.Linear = append(r.Linear, ν*math.Sqrt(float64(n))*s.Normal())
	}
	r.Stopped = loop.Err()
	r.Weight = make([]float64, len(logs))
	top := math.Inf(-1)
	for _, log := range logs {
		top = math.Max(top, log)
	}
	for i, log := range logs {
		r.Weight[i] = math.Exp(log - top)
	}
	return r
}

// Mean returns the mean of x, such as r.Shift, over minima, and its standard
// error.
func (r Responses) Mean(x []float64) (mean, err float64) {
	mean = stat.Mean(x, r.Weight)
	sum, square := 0.0, 0.0
	for i, w := range r.Weight {
		sum += w
		square += w * w * (x[i] - mean) * (x[i] - mean)
	}
	return mean, math.Sqrt(square) / sum
}
