package glass_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/glass"
	"glassy/lab/rng"
)

func TestCountAbove(t *testing.T) {
	for _, n := range []int{1, 2, 3, 10, 11, 100} {
		goe, unit := glass.GOE(n), math.Pow(float64(n), -1.0/6)
		for y := -8.0; y < 16; y += 1.7 {
			x := 2*math.Sqrt(float64(n)) + y*unit
			p := goe.CountAbove(x, 20)
			mean := 0.0
			for k, q := range p {
				mean += float64(k) * q
			}
			closeTo(t, "Σ p", floats.Sum(p), 1, 0, 1e-12)
			closeTo(t, "p_0", p[0], goe.LargestBelow(x), 0, 1e-12)
			closeTo(t, "p_1 + …", floats.Sum(p[1:]), goe.LargestAbove(x), 1e-10, 1e-13)
			want := integrate(goe.Density, x, x+30*unit+8, unit/400) // the end at x costs half a step
			closeTo(t, "mean", mean, want-goe.Density(x)*unit/800, 1e-4, 1e-13)
			if n < 20 && floats.Sum(p[n+1:]) > 1e-20 {
				t.Errorf("N=%d: more than N eigenvalues with probability %v", n, floats.Sum(p[n+1:]))
			}
		}
	}
	// Both eigenvalues of a 2×2 matrix above t: m − r > t, with relative accuracy.
	for _, x := range []float64{-3, 0, 4, 8} {
		const step = 1e-3
		both := 0.0
		for r := step / 2; r < 12; r += step {
			both += step * r * math.Exp(-r*r/2) * math.Erfc((x+r)/math.Sqrt2) / 2
		}
		closeTo(t, "both above", glass.GOE(2).CountAbove(x, 2)[2], both, 1e-5, 0) // the midpoint rule's
	}
	const n, samples = 12, 2000
	var seen [n + 1]float64
	s := rng.Key(9).Stream()
	for range samples {
		k := 0
		for _, v := range glass.GOE(n).Spectrum(s) {
			if v > 2 {
				k++
			}
		}
		seen[k]++
	}
	for k, p := range glass.GOE(n).CountAbove(2, n) {
		closeTo(t, "share of samples", seen[k]/samples, p, 0, 1e-3+4*math.Sqrt(p/samples))
	}
	if p := glass.GOE(100).CountAbove(-1e9, 3); floats.Sum(p) != 0 {
		t.Errorf("far left %v", p)
	}
	panics(t, func() { glass.GOE(3).CountAbove(0, -1) })
	panics(t, func() { glass.GOE(3).CountAbove(math.NaN(), 1) })
}

// All indices together are all critical points, at every energy; Σ(−1)^k is
// Euler's characteristic of the sphere; H and −H have one law.
func TestIndexCountsAddUp(t *testing.T) {
	for _, n := range []int{3, 6} {
		c, err := glass.CountIndices(context.Background(), n, n-1)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []int{3, 5} {
			for _, u := range []float64{-1.6, -0.3, 1} {
				sum := floats.LogSumExp(c.LogCriticalBelow(p, u))
				closeTo(t, "Σ_k E crt_k(H ≤ Nu)", sum, glass.LogCriticalBelow(p, n, u), 0, 1e-11)
			}
			all := c.LogCriticalBelow(p, math.Inf(1))
			euler := 0.0
			for k, log := range all {
				euler += math.Pow(-1, float64(k)) * math.Exp(log)
				closeTo(t, "index k and N−1−k", log, all[n-1-k], 0, 1e-11)
			}
			closeTo(t, "Euler characteristic", euler, 1-math.Pow(-1, float64(n)), 1e-9, 1e-9)
			closeTo(t, "minima", all[0], glass.LogMinima(n, glass.OrderParameter(p, 1, 0)), 0, 1e-11)
		}
	}
}

// At N = 60 the outermost indices are all there is at low energy.
func TestIndexCountsOfMany(t *testing.T) {
	const n, p = 60, 3
	c, err := glass.CountIndices(context.Background(), n, 5)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range []float64{-1.8, -1.65, -1.5, -1.4} {
		counts := c.LogCriticalBelow(p, u)
		closeTo(t, "Σ_k", floats.LogSumExp(counts), glass.LogCriticalBelow(p, n, u), 0, 1e-9) // what index 6 adds
	}
	// Low there are more minima than saddles, in all fewer.
	low, high := c.LogCriticalBelow(p, -1.65), c.LogCriticalBelow(p, 0)
	for k := range 5 {
		if !(low[k] >= low[k+1] && low[0] > low[1] && high[k] < high[k+1]) {
			t.Errorf("indices %d and %d: %v and %v low, %v and %v in all", k, k+1, low[k], low[k+1], high[k], high[k+1])
		}
	}
	closeTo(t, "minima", high[0], glass.LogMinima(n, 1.0/3), 0, 1e-10)
	if got := c.LogCriticalBelow(p, math.NaN()); !math.IsNaN(got[0]) {
		t.Errorf("below NaN: %v", got)
	}
	if got := c.LogCriticalBelow(p, math.Inf(-1)); !math.IsInf(got[0], -1) {
		t.Errorf("below −∞: %v", got)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := glass.CountIndices(ctx, 50, 3); err == nil {
		t.Error("stopped without an error")
	}
	panics(t, func() { _, _ = glass.CountIndices(ctx, 5, 5) })
}

// The layers of Figure 2.1 at 60 spins: how many critical points of each index
// lie below an energy per spin.
func ExampleCountIndices() {
	c, err := glass.CountIndices(context.Background(), 60, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, u := range []float64{-1.6, -1.5, -1.4} {
		fmt.Printf("below %.1f:", u)
		for k, log := range c.LogCriticalBelow(3, u) {
			fmt.Printf(" %8.4f of index %d", math.Exp(log), k)
		}
		fmt.Println()
	}
	// Output:
	// below -1.6:   0.9824 of index 0   0.0261 of index 1   0.0000 of index 2
	// below -1.5:  18.1049 of index 0   8.3335 of index 1   0.2437 of index 2
	// below -1.4:  51.6288 of index 0 198.6019 of index 1 100.2978 of index 2
}
