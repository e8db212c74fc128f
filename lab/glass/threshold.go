package glass

import (
	"fmt"
	"math"
)

// ThresholdEnergy returns E∞ = 2√((p−1)/p), in units of energy per spin: at
// u = −E∞ the lower edge of the Hessian's spectrum touches zero. It grows from
// 1.633 at p = 3 to 2 as p → ∞. Panics if p < 3.
func ThresholdEnergy(p int) float64 {
	checkSpins(p)
	return 2 * math.Sqrt(float64(p-1)/float64(p))
}

// beyond returns u²/E∞² − 1 with a relative error of a few ulp: positive
// outside the bulk [−E∞, E∞], negative inside. E∞ itself is irrational, so a
// difference of rounded numbers would lose everything near the threshold; here
// the two terms that cancel are exact.
func beyond(p int, u float64) float64 {
	if math.Abs(u) > 1e100 { // u² would leave no room for its rounding error
		x := u / ThresholdEnergy(p)
		return x * x
	}
	n, m := float64(p), 4*float64(p-1)
	square := u * u
	lost := math.FMA(u, u, -square) // u² = square + lost, exactly
	return (math.FMA(n, square, -m) + n*lost) / m
}

// excess returns ½(sinh 2t − 2t) to a few ulp, given t ≥ 0 and r = sinh t.
func excess(t, r float64) float64 {
	if t > 1 {
		return r*math.Hypot(1, r) - t
	}
	return t * series(4*t*t)
}

// series returns Σ_{n≥1} q^n/(2n+1)! for |q| ≤ 4, to a few ulp. It is
// (sinh s − s)/s at q = s² and (sin s − s)/s at q = −s², without the
// cancellation of those differences.
func series(q float64) float64 {
	sum := 0.0
	for n := 13; n >= 1; n-- { // the first term left out is below 1e-22
		sum = q / float64(2*n*(2*n+1)) * (1 + sum)
	}
	return sum
}

func checkSpins(p int) {
	if p < 3 {
		panic(fmt.Sprintf("glass: p (spins that interact at a time), %d, expected p ≥ 3", p))
	}
}

func checkIndex(k int) {
	if k < 0 {
		panic(fmt.Sprintf("glass: k (index of a critical point), %d, expected k ≥ 0", k))
	}
}
