package glass_test

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/glass"
	"glassy/lab/rng"
)

// One number of variance 2, and the 2×2 matrix: m + r with m normal and r of
// density r e^{−r²/2}.
func TestLargestSmall(t *testing.T) {
	for _, x := range []float64{-9, -6, -3, -1, 0, 1, 5, 9, 15} {
		// On the left P is a difference of 1 and nearly 1: its error is absolute.
		closeTo(t, "N=1, below", glass.GOE(1).LargestBelow(x), math.Erfc(-x/2)/2, 1e-12, 1e-15)
		closeTo(t, "N=1, above", glass.GOE(1).LargestAbove(x), math.Erfc(x/2)/2, 1e-12, 0)
		const step = 1e-3
		below, above := 0.0, 0.0
		for r := step / 2; r < 12; r += step {
			below += step * r * math.Exp(-r*r/2) * math.Erfc((r-x)/math.Sqrt2) / 2
			above += step * r * math.Exp(-r*r/2) * math.Erfc((x-r)/math.Sqrt2) / 2
		}
		closeTo(t, "N=2, below", glass.GOE(2).LargestBelow(x), below, 1e-6, 1e-15) // the midpoint rule's end: step²/24
		closeTo(t, "N=2, above", glass.GOE(2).LargestAbove(x), above, 1e-6, 0)
	}
}

// Far right no two eigenvalues are there: P(λ_max > t) = ∫_t^∞ ρ_N, less pairs.
// Everywhere it is at most that.
func TestLargestAndDensity(t *testing.T) {
	for _, n := range []int{1, 2, 3, 10, 11, 100, 101, 1000} {
		goe, unit := glass.GOE(n), math.Pow(float64(n), -1.0/6)
		for _, y := range []float64{-2, 0, 3, 8, 11, 15} {
			x := 2*math.Sqrt(float64(n)) + y*unit
			sum := 0.0
			for k := range 32 {
				from := x + float64(k)*unit/2
				sum += quad.Fixed(goe.Density, from, from+unit/2, 12, nil, 0)
			}
			above := goe.LargestAbove(x)
			switch {
			case n == 1 || y >= 11:
				closeTo(t, "P(λ_max > t)", above, sum, 1e-11, 0)
			case !(above < sum*(1+1e-11)):
				t.Errorf("N=%d: P(λ_max > %g) = %v, above the mean number there, %v", n, x, above, sum)
			}
			closeTo(t, "below + above", goe.LargestBelow(x)+above, 1, 1e-14, 0)
		}
	}
}

// The tridiagonal samples follow it, odd and even.
func TestLargestSampled(t *testing.T) {
	for _, n := range []int{4, 5, 30} {
		const samples = 1000
		var largest []float64
		s := rng.Key(5).Split(uint64(n)).Stream()
		for range samples {
			values := glass.GOE(n).Spectrum(s)
			largest = append(largest, values[n-1])
		}
		slices.Sort(largest)
		worst := 0.0
		for i, x := range largest {
			worst = math.Max(worst, math.Abs(glass.GOE(n).LargestBelow(x)-(float64(i)+0.5)/samples))
		}
		// Kolmogorov: √samples × worst exceeds 1.95 once in a thousand.
		if worst > 1.95/math.Sqrt(samples) {
			t.Errorf("N=%d: the empirical distribution is off by %v, expected at most %v", n, worst, 1.95/math.Sqrt(samples))
		}
	}
}

// It tends to Tracy and Widom's, as N^{−2/3} when centred at 2√(N−½) (Johnstone,
// Ma 2012); about 2√N, as N^{−1/3}.
func TestLargestTendsToTracyWidom(t *testing.T) {
	for _, y := range []float64{-3, -1.2, 1} {
		for _, c := range []struct{ shift, order float64 }{{0, -1.0 / 3}, {0.5, -2.0 / 3}} {
			var logN, logMiss []float64
			for _, n := range []int{60, 240, 960} {
				N := float64(n)
				x := 2*math.Sqrt(N-c.shift) + y*math.Pow(N, -1.0/6)
				logN = append(logN, math.Log(N))
				logMiss = append(logMiss, math.Log(math.Abs(glass.GOE(n).LargestBelow(x)-glass.TracyWidom(y))))
			}
			_, slope := stat.LinearRegression(logN, logMiss, nil, false)
			closeTo(t, "order in N", slope, c.order, 0, 0.08)
		}
	}
}

// Mean and variance as tabulated by Bornemann 2010.
func TestTracyWidomMoments(t *testing.T) {
	over := func(f func(float64) float64, low, high float64) (sum float64) {
		for s := low; s < high; s += 3 {
			sum += quad.Fixed(f, s, s+3, 20, nil, 0)
		}
		return sum
	}
	mean := over(glass.TracyWidomAbove, 0, 18) - over(glass.TracyWidom, -12, 0)
	square := over(func(s float64) float64 { return 2 * s * glass.TracyWidomAbove(s) }, 0, 18) -
		over(func(s float64) float64 { return 2 * s * glass.TracyWidom(s) }, -12, 0)
	closeTo(t, "mean", mean, -1.2065335745820, 0, 1e-12)
	closeTo(t, "variance", square-mean*mean, 1.607781034581, 0, 1e-11)
}

func TestTracyWidomTails(t *testing.T) {
	for _, s := range []float64{13.999, 14.001, 40, 70} {
		// 1 − F₁ = ½∫_s^∞ Ai = e^{−⅔s^{3/2}}/(4√π s^{3/4}) (1 − 41/48 s^{−3/2} …)
		z := math.Pow(s, 1.5)
		closeTo(t, "1 − F₁", glass.TracyWidomAbove(s), math.Exp(-2.0/3*z)/(4*math.Sqrt(math.Pi*z))*(1-41.0/48/z), 2/z/z, 0)
	}
	for _, s := range []float64{-6, -7, -8} {
		// Baik, Buckingham, DiFranco 2008: ζ'(−1) = −0.1654211437.
		z := math.Pow(-s, 1.5)
		want := math.Exp(-11.0/48*math.Ln2-0.1654211437/2-z*z/24-z/(3*math.Sqrt2)) * math.Pow(-s, -1.0/16) * (1 - 1/(24*math.Sqrt2*z))
		closeTo(t, "F₁", glass.TracyWidom(s), want, 1/z/z, 0)
	}
	if glass.TracyWidom(-1e9) != 0 || glass.TracyWidom(1e9) != 1 || !math.IsNaN(glass.TracyWidom(math.NaN())) {
		t.Error("F₁ is wrong far out")
	}
}

func TestMinimaClosedForms(t *testing.T) {
	for _, b := range []float64{-0.99, -0.5, -0.01, 0.2, 0.8, 0.99} {
		closeTo(t, "half of all on the circle", glass.LogMinima(2, b), glass.LogCritical(2, b)-math.Ln2, 0, 1e-10)
	}
	for _, n := range []int{2, 3, 10, 101} {
		closeTo(t, "two of a quadratic form", math.Exp(glass.LogMinima(n, 0)), 2, 1e-12, 0)
		closeTo(t, "one at last", math.Exp(glass.LogMinima(n, -0.9999)), 1, 0, 1e-3)
		for _, b := range []float64{-0.6, 0.3} {
			if n > 2 && glass.LogMinima(n, b) > glass.LogCritical(n, b)-math.Ln2+1e-12 {
				t.Errorf("N=%d B=%v: more than half of the critical points are minima", n, b)
			}
		}
	}
	// On S² Σ(−1)^index = 2: minima = (critical points + 2)/4, exactly in the mean.
	for _, b := range []float64{-0.9, -0.2, 1.0 / 3, 0.8} {
		closeTo(t, "Euler on S²", math.Exp(glass.LogMinima(3, b)), (math.Exp(glass.LogCritical(3, b))+2)/4, 1e-11, 0)
	}
	if got := glass.LogMinima(3000, 0.9); !math.IsNaN(got) {
		t.Errorf("LogMinima(3000, 0.9) = %v, expected NaN: it is beyond what F₁ can tell", got)
	}
}

// In the limit of Theorem 2.9, with an error of order N^{−2/3}.
func TestMinimaTendToEdge(t *testing.T) {
	for _, κ := range []float64{-1.5, 1, 3} {
		var logN, logMiss []float64
		for _, n := range []int{60, 130, 280} {
			N := float64(n)
			got := math.Exp(glass.LogMinima(n, -κ/2*math.Pow(N, -1.0/3)))
			logN = append(logN, math.Log(N))
			logMiss = append(logMiss, math.Log(math.Abs(got/glass.EdgeMinima(κ)-1)))
		}
		_, slope := stat.LinearRegression(logN, logMiss, nil, false)
		closeTo(t, "order in N", slope, -2.0/3, 0, 0.1)
	}
}

func TestEdgeMinima(t *testing.T) {
	closeTo(t, "κ=0", glass.EdgeMinima(0), 2, 1e-15, 0)
	closeTo(t, "κ=1", glass.EdgeMinima(1), 1.300636148575342, 1e-12, 0)
	closeTo(t, "κ=−2", glass.EdgeMinima(-2), 19.153025979545067, 1e-12, 0)
	closeTo(t, "κ=9.99", glass.EdgeMinima(9.99), 1, 1e-13, 0)
	// The limit leaves out a power of κ: what is missing grows by 0.8 while the
	// limit grows by 89.
	for _, κ := range []float64{-4, -8, -12} {
		miss := math.Log(glass.EdgeMinima(κ)) - glass.LogEdgeMinimaLimit(κ)
		if !(miss > 2 && miss < 3.5) {
			t.Errorf("log E crt_0(κ=%v) is %v above its limit, expected 2 to 3.5", κ, miss)
		}
	}
	panics(t, func() { glass.EdgeMinima(-13) })
	panics(t, func() { glass.EdgeMinima(math.NaN()) })
	panics(t, func() { glass.LogEdgeMinimaLimit(0) })
	panics(t, func() { glass.LogMinima(1, 0) })
	panics(t, func() { glass.LogMinima(10, -1) })
}
