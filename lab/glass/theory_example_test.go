package glass_test

import (
	"context"
	"fmt"
	"math"

	"glassy/lab/glass"
)

// The three regimes of Figure 2.2: a 3-spin glass of 100 spins in a weak field,
// at about the critical one, and in a strong one. Of the many critical points of
// the first only some 200 are minima: 2000 descents find about as many.
func ExampleLogCritical() {
	const p, n = 3, 100
	for _, ν := range []float64{1. / n, math.Sqrt(3 * (1 - 1./n)), 3} {
		b := glass.OrderParameter(p, 1, ν)
		fmt.Printf("ν = %.3f, B = %+.4f: %.4g critical points, %.3f minima\n",
			ν, b, math.Exp(glass.LogCritical(n, b)), math.Exp(glass.LogMinima(n, b)))
	}
	// Output:
	// ν = 0.010, B = +0.3333: 3.551e+16 critical points, 200.754 minima
	// ν = 1.723, B = +0.0025: 241.4 critical points, 2.028 minima
	// ν = 3.000, B = -0.3333: 2.055 critical points, 1.013 minima
}

// How near is the theory for N → ∞ at 200 spins?
func ExampleLogCriticalBelow() {
	const p, n = 3, 200
	for _, u := range []float64{-1.66, -1.6, -1} {
		fmt.Printf("u = %.2f: %.4f per spin, %.4f as N → ∞\n", u, glass.LogCriticalBelow(p, n, u)/n, glass.Complexity(p, u))
	}
	// Output:
	// u = -1.66: -0.0163 per spin, -0.0019 as N → ∞
	// u = -1.60: 0.0198 per spin, 0.0266 as N → ∞
	// u = -1.00: 0.2249 per spin, 0.2216 as N → ∞
}

// The annealing of Trivialized-SGD begins at the critical field times √2; (2.19)
// is what its schedule would be for p → ∞.
func ExampleFieldStrength() {
	const p, n, τ = 3, 100, 2.
	critical := glass.FieldStrength(p, 1, 0)
	fmt.Printf("exact %.4f, (2.19) %.4f\n", glass.FieldStrength(p, 1, -τ/n), critical*math.Sqrt(1+2*τ/n))
	// Output: exact 1.8014, (2.19) 1.7664
}

// The largest of 100 eigenvalues, and the law that its distribution tends to.
func ExampleGOE_LargestBelow() {
	const n = 100
	for _, s := range []float64{-3, -1, 1} {
		t := 2*math.Sqrt(n-0.5) + s*math.Pow(n, -1./6)
		fmt.Printf("%+.0f: %.5f, as N → ∞ %.5f\n", s, glass.GOE(n).LargestBelow(t), glass.TracyWidom(s))
	}
	// Output:
	// -3: 0.07137, as N → ∞ 0.06960
	// -1: 0.58524, as N → ∞ 0.58379
	// +1: 0.95207, as N → ∞ 0.95142
}

// A field of strength 1 moves a typical minimum of 1000 spins by more than half
// the sphere's radius; one of strength 1/√N, by 2 % of it.
func ExampleSampleResponses() {
	const p, n = 3, 1000
	u := -glass.GroundEnergy(p)
	for _, ν := range []float64{1, 1 / math.Sqrt(n)} {
		r := glass.SampleResponses(context.Background(), p, n, u, ν, 200, 1)
		moved, _ := r.Mean(r.Displacement)
		shift, _ := r.Mean(r.Shift)
		fmt.Printf("ν = %.3f: moved by %.2g, energy %.2g\n", ν, moved, shift)
	}
	fmt.Printf("as N → ∞ the second falls by %.3f\n", glass.GroundStateShift(p, 1))
	// Output:
	// ν = 1.000: moved by 0.59, energy -1.7e+02
	// ν = 0.032: moved by 0.019, energy -0.17
	// as N → ∞ the second falls by 0.172
}
