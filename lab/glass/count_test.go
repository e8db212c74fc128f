package glass_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat"

	"glassy/lab/glass"
)

// Every quadratic form on the sphere has 2N critical points, and two in the
// circle's case are counted by an arc length.
func TestCriticalClosedForms(t *testing.T) {
	for _, n := range []int{2, 3, 4, 11, 100, 601, 2000} {
		closeTo(t, "E crt(B=0)", math.Exp(glass.LogCritical(n, 0)), float64(2*n), 1e-12, 0)
	}
	for _, b := range []float64{-0.999, -0.9, -0.3, -1e-9, 0.2, 0.5, 0.99} {
		closeTo(t, "E crt(N=2)", math.Exp(glass.LogCritical(2, b)), 2*math.Sqrt(1+3*(1+b)/(1-b)), 1e-12, 0)
	}
}

// In a field of any strength: N = 2 in closed form, else two points and one
// minimum, in no time.
func TestStrongFields(t *testing.T) {
	for _, ν := range []float64{20, 1e3, 1e5, 1e7} { // 1 − B² is to be seen: B > −1
		b := glass.OrderParameter(3, 1, ν)
		if got, want := math.Exp(glass.LogCritical(2, b)), 2*math.Sqrt(1+3*(1+b)/(1-b)); !(math.Abs(got/want-1) < 1e-12) {
			t.Errorf("N = 2, ν = %g: %.15g critical points, expected %.15g", ν, got, want)
		}
		for _, n := range []int{20, 100, 1000} {
			// Rounding is that of logarithms of order N log ν.
			if got := math.Exp(glass.LogCritical(n, b)); !(math.Abs(got-2) < 1e-10) {
				t.Errorf("N = %d, ν = %g: %.15g critical points, expected 2", n, ν, got)
			}
			if got := math.Exp(glass.LogMinima(n, b)); !(math.Abs(got-1) < 1e-10) {
				t.Errorf("N = %d, ν = %g: %.15g minima, expected 1", n, ν, got)
			}
		}
	}
	// The two ways to integrate meet.
	for _, n := range []int{2, 3, 10, 50, 400} {
		below, above := glass.LogCritical(n, -0.95-1e-14), glass.LogCritical(n, -0.95+1e-14)
		if !(math.Abs(below-above) < 1e-11) {
			t.Errorf("N = %d: %v just below B = −0.95, %v just above", n, below, above)
		}
	}
}

// Never fewer than two; and nearly linear landscapes have no more.
func TestCriticalAtLeastTwo(t *testing.T) {
	for _, n := range []int{2, 3, 10, 101, 1000} {
		last := math.Inf(1)
		for _, b := range []float64{0.9, 1.0 / 3, 0.01, 0, -0.01, -0.1, -0.3, -0.5, -0.9, -0.99} {
			got := glass.LogCritical(n, b)
			if !(got >= math.Ln2-1e-10 && got <= last+1e-10) { // rounding: 1e-16 N/(1−|B|)
				t.Errorf("N=%d: log E crt(%v) = %v, expected between log 2 and %v, that of a larger B", n, b, got, last)
			}
			last = got
		}
		if n >= 1000 {
			closeTo(t, "E crt(B=−½)", math.Exp(glass.LogCritical(n, -0.5)), 2, 1e-11, 1e-9)
		}
	}
}

// The three regimes of Section 2.4.1: 3-spin, N = 100.
func TestCriticalOfTheThesis(t *testing.T) {
	for _, c := range []struct{ ν, want float64 }{
		{0.01, 3.5512637822379636e16}, {math.Sqrt(3 * 0.99), 241.38309070511926}, {math.Sqrt(3), 200}, {3, 2.0547094588072192},
	} {
		closeTo(t, "E crt", math.Exp(glass.LogCritical(100, glass.OrderParameter(3, 1, c.ν))), c.want, 1e-11, 0)
	}
}

func TestCriticalBelow(t *testing.T) {
	for _, n := range []int{2, 3, 50} {
		for _, p := range []int{3, 20} {
			all := glass.LogCritical(n, glass.OrderParameter(p, 1, 0))
			closeTo(t, "half below 0", glass.LogCriticalBelow(p, n, 0), all-math.Ln2, 1e-14, 1e-12)
			closeTo(t, "all below ∞", glass.LogCriticalBelow(p, n, math.Inf(1)), all, 0, 0)
			for _, u := range []float64{0.3, 1.7} { // H and −H have one law
				below, above := glass.LogCriticalBelow(p, n, u), glass.LogCriticalBelow(p, n, -u)
				closeTo(t, "below u and below −u", math.Exp(below-all)+math.Exp(above-all), 1, 1e-12, 0)
			}
			last := math.Inf(-1)
			for u := -4.0; u < 4; u += 0.25 {
				if got := glass.LogCriticalBelow(p, n, u); got < last-1e-12 {
					t.Fatalf("p=%d N=%d: falls at u=%v from %v to %v", p, n, u, last, got)
				} else {
					last = got
				}
			}
		}
	}
	for _, n := range []int{3, 100} { // across the change to the asymptotic tail, and far beyond
		at := -1e6 * math.Sqrt(2.0/3)
		left, right := glass.LogCriticalBelow(3, n, at*(1+1e-9)), glass.LogCriticalBelow(3, n, at*(1-1e-9))
		// −Nu²/2: H is a normal number of variance N at each point.
		closeTo(t, "far tail", (left-right)/(float64(n)*at*at*2e-9), -1, 1e-5, 0)
		if got := glass.LogCriticalBelow(3, n, -1e60); !(got < -1e119) {
			t.Errorf("below −1e60: %v", got)
		}
	}
	if got := glass.LogCriticalBelow(3, 10, math.NaN()); !math.IsNaN(got) {
		t.Errorf("below NaN: %v", got)
	}
	if got := glass.LogCriticalBelow(3, 10, math.Inf(-1)); !math.IsInf(got, -1) {
		t.Errorf("below −∞: %v", got)
	}
}

// (1/N) log E crt(H ≤ Nu) − Θ(u) falls as log N/N or faster: of order 1/N is what
// is left when the powers of N in the prefactor cancel, as they do for u > −E∞
// but for N^{1/2}, that is ½ log N/N, and for u < −E∞ but for N^{−1/2}.
func TestComplexityIsTheLimit(t *testing.T) {
	for _, u := range []float64{-1.7, -1.65, -1, 0} {
		var errors []float64
		for _, n := range []int{250, 1000} {
			errors = append(errors, float64(n)*(glass.LogCriticalBelow(3, n, u)/float64(n)-glass.Complexity(3, u)))
		}
		power := (errors[1] - errors[0]) / math.Log(4)
		want := -0.5
		switch {
		case u == 0:
			want = 0.5 // the whole Gaussian e^{−Bt²/4} is counted, not its end
		case u > -glass.ThresholdEnergy(3):
			want = 0
		}
		t.Logf("u=%v: %v, power of N %.3f, expected %v", u, errors, power, want)
		closeTo(t, "power of N in the prefactor", power, want, 0, 0.1)
	}
}

func TestOrderParameter(t *testing.T) {
	for _, p := range []int{3, 4, 10, 1000} {
		n := float64(p)
		closeTo(t, "B without field", glass.OrderParameter(p, 2, 0), 1-2/n, 1e-15, 0)
		closeTo(t, "critical field", glass.FieldStrength(p, 0.5, 0), 0.5*math.Sqrt(n*(n-2)), 1e-14, 0)
		closeTo(t, "ν without field", glass.FieldStrength(p, 1, 1-2/n), 0, 0, 1e-6)
		for _, b := range []float64{-0.999, -0.3, 0, 0.2} {
			ν := glass.FieldStrength(p, 3, b)
			closeTo(t, "B(ν(B))", glass.OrderParameter(p, 3, ν), b, 1e-13, 1e-15)
		}
	}
	// Against (2.19): (p−1)/(p−2) − 1 is 1/(p−2).
	const τN = 1e-6
	for _, p := range []int{10, 100, 1000} {
		exact := glass.FieldStrength(p, 1, -τN) / glass.FieldStrength(p, 1, 0)
		closeTo(t, "(2.19)", (exact-math.Sqrt(1+2*τN))*float64(p-2)/τN, 1, 2e-3, 0)
	}
}

// The exact count divided by its limits tends to 1 with the order said.
func TestRegimesAreLimits(t *testing.T) {
	order := func(what string, want, tol float64, miss func(n int) float64) {
		t.Helper()
		var x, y []float64
		for _, n := range []int{100, 300, 900} {
			x = append(x, math.Log(float64(n)))
			y = append(y, math.Log(math.Abs(miss(n))))
		}
		_, slope := stat.LinearRegression(x, y, nil, false)
		closeTo(t, what+": order in N", slope, want, 0, tol)
	}
	order("B > 0", -1, 0.1, func(n int) float64 { return glass.LogCritical(n, 0.2) - glass.LogCriticalLimit(n, 0.2) })
	for _, τ := range []float64{-3, 0.7, 6} {
		order("edge", -1, 0.1, func(n int) float64 {
			return math.Exp(glass.LogCritical(n, -τ/float64(n)))/float64(n) - glass.EdgeCritical(τ)
		})
	}
	// Between the edge and total trivialisation, at B = −N^{−2/3}: τ = N^{1/3} makes
	// the next order N^{−1/3}, and
	// the one after, N^{−2/3}, is not yet small.
	order("intermediate", -1.0/3, 0.15, func(n int) float64 {
		b := -math.Pow(float64(n), -2.0/3)
		return math.Exp(glass.LogCritical(n, b))/(float64(n)*glass.EdgeCriticalLimit(-float64(n)*b)) - 1
	})
}

func TestEdgeCritical(t *testing.T) {
	closeTo(t, "τ=0", glass.EdgeCritical(0), 2, 1e-15, 0)
	const τ = 1e-5 // the series goes on with τ³
	closeTo(t, "small τ", glass.EdgeCritical(τ), 2-1.5*τ+0.625*τ*τ, 1e-14, 0)
	for _, τ := range []float64{300, 3000, 1e5} {
		closeTo(t, "τ → ∞", (glass.EdgeCritical(τ)/glass.EdgeCriticalLimit(τ)-1)*τ, 0.75, 0.02, 0)
	}
	closeTo(t, "across τ = 10⁷", glass.EdgeCritical(1e7*(1+1e-9)), glass.EdgeCritical(1e7*(1-1e-9)), 4e-9, 0)
	if got := glass.EdgeCritical(-1e30); !math.IsInf(got, 1) {
		t.Errorf("EdgeCritical(−1e30) = %v", got)
	}
	for _, τ := range []float64{-50, -200, -600} {
		closeTo(t, "τ → −∞", (glass.EdgeCritical(τ)/glass.EdgeCriticalLimit(τ)-1)*τ, 0.25, 0.02, 0)
	}
}

func TestCountPanics(t *testing.T) {
	for _, f := range []func(){
		func() { glass.LogCritical(1, 0) },
		func() { glass.LogCritical(3, 1) },
		func() { glass.LogCritical(3, math.NaN()) },
		func() { glass.LogCriticalBelow(2, 3, 0) },
		func() { glass.LogCriticalLimit(3, 0) },
		func() { glass.OrderParameter(3, 0, 1) },
		func() { glass.OrderParameter(3, 1, -1) },
		func() { glass.FieldStrength(3, 1, 0.4) },
		func() { glass.FieldStrength(3, 1, -1) },
		func() { glass.EdgeCritical(math.NaN()) },
		func() { glass.EdgeCriticalLimit(0) },
	} {
		panics(t, f)
	}
}

func BenchmarkLogCritical(b *testing.B) {
	for b.Loop() {
		glass.LogCritical(1000, 0.1)
	}
}

func BenchmarkLargestBelow(b *testing.B) {
	for b.Loop() {
		glass.GOE(1000).LargestBelow(62)
	}
}

func BenchmarkLogMinima(b *testing.B) {
	for b.Loop() {
		glass.LogMinima(100, 0.1)
	}
}
