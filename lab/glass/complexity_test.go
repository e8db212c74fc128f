package glass_test

import (
	"math"
	"math/big"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/integrate/quad"

	"glassy/lab/glass"
)

var spins = []int{3, 4, 5, 7, 10, 100, 1e4, 1e6, 1e9, 1e12}

// closeTo fails unless |got − want| ≤ abs + rel |want|; a NaN never passes.
func closeTo(t *testing.T, what string, got, want, rel, abs float64) {
	t.Helper()
	if !(math.Abs(got-want) <= abs+rel*math.Abs(want)) {
		t.Errorf("%s = %.17g, expected %.17g within %g + %g relative", what, got, want, abs, rel)
	}
}

// exactRate sums the binomial series of I₁ = ∫_0^r 2t²/√(1+t²) dt in 300 bits,
// r² = u²/E∞² − 1 < 1 taken exactly from the float64 u.
func exactRate(p int, u float64) float64 {
	const bits = 300
	number := func(x float64) *big.Float { return new(big.Float).SetPrec(bits).SetFloat64(x) }
	d := new(big.Float).Mul(number(u), number(u))
	d.Mul(d, number(float64(p)))
	d.Sub(d, number(4*float64(p-1)))
	d.Quo(d, number(4*float64(p-1)))
	r := new(big.Float).Sqrt(d)
	term := new(big.Float).Mul(r, d) // r³
	term.Mul(term, number(2))
	sum := number(0)
	for n := 0; n < 2000; n++ { // term = 2 C(−½, n) r^{2n+3}
		sum.Add(sum, new(big.Float).Quo(term, number(float64(2*n+3))))
		term.Mul(term, d)
		term.Mul(term, number(-(float64(n) + 0.5)))
		term.Quo(term, number(float64(n+1)))
	}
	f, _ := sum.Float64()
	return f
}

func TestIndexRateNearThreshold(t *testing.T) {
	for _, p := range []int{3, 4, 7, 10, 1000, 1e9} {
		e := glass.ThresholdEnergy(p)
		for eps := 0.1; eps > 0.9e-16; eps /= 10 {
			u := -e * (1 + eps)
			if u == -e {
				u = math.Nextafter(-e, -4)
			}
			// The smallest distances are a few ulp of u; the closed form as
			// printed is off by 100 % and more there.
			closeTo(t, "IndexRate", glass.IndexRate(p, u), exactRate(p, u), 2e-15, 0)
		}
	}
}

// The leading term of the series, an independent check of exactRate.
func TestIndexRateLeadingTerm(t *testing.T) {
	for _, p := range []int{3, 10, 1000} {
		const eps = 1e-6
		got := glass.IndexRate(p, -glass.ThresholdEnergy(p)*(1+eps))
		// The next term is 3ε/20 relative; rounding of u adds 1e-16/ε.
		closeTo(t, "IndexRate", got, 4*math.Sqrt2/3*math.Pow(eps, 1.5), 1e-6, 0)
	}
}

// The definition after (2.12), with the root taken out by z = −E∞ cosh t.
func TestIndexRateIsItsIntegral(t *testing.T) {
	for _, p := range spins {
		e := glass.ThresholdEnergy(p)
		for _, x := range []float64{1.0001, 1.01, 1.1, 1.5, 2, 3, 10} {
			top := math.Acosh(x)
			want := 2 * quad.Fixed(func(t float64) float64 {
				return math.Pow(math.Sinh(t), 2)
			}, 0, top, 60, nil, 0)
			// Acosh near 1 costs 1e-16/(x−1) relative.
			closeTo(t, "IndexRate", glass.IndexRate(p, -e*x), want, 1e-11, 0)
		}
	}
}

func TestIndexRateFarBelow(t *testing.T) {
	for _, p := range spins {
		for _, u := range []float64{-1e3, -1e20, -1e99, -1e101, -1e150} {
			x := u / glass.ThresholdEnergy(p)
			// x√(x²−1) − acosh x = x² − ½ − log 2x + O(x^−2).
			closeTo(t, "IndexRate", glass.IndexRate(p, u), x*x-0.5-math.Log(-2*x), 1e-11, 0)
		}
		if got := glass.IndexRate(p, math.Inf(-1)); !math.IsInf(got, 1) {
			t.Errorf("p=%d: IndexRate(−∞) = %v, expected +∞", p, got)
		}
		if got := glass.Complexity(p, math.Inf(-1)); !math.IsInf(got, -1) {
			t.Errorf("p=%d: Complexity(−∞) = %v, expected −∞", p, got)
		}
	}
}

// Below −E∞ almost all critical points are minima: Θ = Θ_0.
func TestTotalIsMinimaBelowThreshold(t *testing.T) {
	for _, p := range spins {
		e := glass.ThresholdEnergy(p)
		for _, x := range []float64{1 + 1e-12, 1.001, 1.1, 2, 5} {
			if a, b := glass.Complexity(p, -e*x), glass.IndexComplexity(p, 0, -e*x); a != b {
				t.Errorf("p=%d u=−%gE∞: Θ=%v, Θ_0=%v, expected equal", p, x, a, b)
			}
		}
	}
}

func TestContinuityAtThreshold(t *testing.T) {
	for _, p := range spins {
		e := glass.ThresholdEnergy(p)
		left, right := -e*(1+1e-13), -e*(1-1e-13)
		// Θ moves by slope × 2e-13 × E∞ < 1e-12; Θ_k by nearly nothing.
		closeTo(t, "Θ", glass.Complexity(p, left), glass.Complexity(p, right), 0, 1e-12)
		for _, k := range []int{0, 1, 10, 1000} {
			closeTo(t, "Θ_k", glass.IndexComplexity(p, k, left), glass.IndexComplexity(p, k, right), 0, 1e-12)
			closeTo(t, "Θ_k above", glass.IndexComplexity(p, k, 1), glass.Complexity(p, -e), 1e-14, 1e-15)
		}
		closeTo(t, "Θ(0+)", glass.Complexity(p, 3), math.Log(float64(p-1))/2, 1e-15, 0)
		closeTo(t, "Θ(0−)", glass.Complexity(p, -1e-9), math.Log(float64(p-1))/2, 1e-15, 0)
	}
}

func TestMonotone(t *testing.T) {
	for _, p := range spins {
		e := glass.ThresholdEnergy(p)
		lastΘ, lastK, lastF := math.Inf(-1), math.Inf(-1), 0.0
		for i := range 4001 {
			u := e * (-2 + float64(i)/1000)
			Θ, Θ3, f := glass.Complexity(p, u), glass.IndexComplexity(p, 3, u), glass.IndexFraction(p, u)
			if Θ < lastΘ-1e-14 || Θ3 < lastK-1e-14 || f < lastF {
				t.Fatalf("p=%d u=%g: Θ %v→%v, Θ_3 %v→%v, fraction %v→%v, expected none to decrease",
					p, u, lastΘ, Θ, lastK, Θ3, lastF, f)
			}
			if Θ3 > glass.IndexComplexity(p, 2, u) {
				t.Fatalf("p=%d u=%g: Θ_3 above Θ_2", p, u)
			}
			lastΘ, lastK, lastF = Θ, Θ3, f
		}
	}
}

func TestLayersAreZeros(t *testing.T) {
	for _, p := range spins {
		last := math.Inf(1)
		for _, k := range []int{0, 1, 2, 3, 4, 10, 100, 1e4, 1e6, 1e12} {
			e := glass.LayerEnergy(p, k)
			if !(e < last && e > glass.ThresholdEnergy(p)) {
				t.Errorf("p=%d: E_%d = %.17g, expected between E∞ = %.17g and the layer before, %.17g",
					p, k, e, glass.ThresholdEnergy(p), last)
			}
			last = e
			// One ulp of E moves Θ_k by ulp × slope, so for huge k no float64
			// solves to 1e-12.
			slope := float64(p-2)/float64(2*(p-1))*e + float64(k+1)*math.Sqrt(e*e-math.Pow(glass.ThresholdEnergy(p), 2))
			closeTo(t, "Θ_k(−E_k)", glass.IndexComplexity(p, k, -e), 0, 0, 1e-12+2*slope*0x1p-52*e)
		}
	}
	if a, b := glass.GroundEnergy(5), glass.LayerEnergy(5, 0); a != b {
		t.Errorf("GroundEnergy %v, LayerEnergy(·, 0) %v, expected equal", a, b)
	}
}

// E_k − E∞ falls as k^{−2/3}: half of ((3/2) Θ(−E∞)/(k+1))^{2/3} E∞.
func TestLayersApproachThreshold(t *testing.T) {
	for _, p := range []int{3, 10, 1000} {
		const k = 1e9
		e := glass.ThresholdEnergy(p)
		gap := e / 2 * math.Pow(1.5*glass.Complexity(p, -e)/(k+1), 2.0/3)
		closeTo(t, "E_k − E∞", glass.LayerEnergy(p, k)-e, gap, 3e-2, 0)
	}
}

// Values printed in Chaudhari 2018, Figure 2.1, and in Auffinger et al. 2013.
func TestPublishedEnergies(t *testing.T) {
	closeTo(t, "E∞(3)", glass.ThresholdEnergy(3), 1.633, 0, 5e-4)
	closeTo(t, "E_0(3)", glass.GroundEnergy(3), 1.657, 0, 5e-4)
	closeTo(t, "E∞(∞)", glass.ThresholdEnergy(1e15), 2, 1e-15, 0)
}

func TestSlopeIsDerivative(t *testing.T) {
	for _, p := range []int{3, 4, 10, 1000} {
		e := glass.ThresholdEnergy(p)
		for _, u := range []float64{-3 * e, -1.5 * e, -glass.GroundEnergy(p), -1.001 * e, -0.999 * e, -0.3, 0.4} {
			want := fd.Derivative(func(u float64) float64 { return glass.Complexity(p, u) }, u,
				&fd.Settings{Formula: fd.Central, Step: 1e-6})
			// Truncation h²Θ‴/6 is largest beside the threshold, Θ‴ ~ ε^{−3/2}.
			closeTo(t, "Θ'", glass.ComplexitySlope(p, u), want, 1e-7, 1e-8)
		}
	}
}

func TestNaNAndSlips(t *testing.T) {
	nan := math.NaN()
	for name, got := range map[string]float64{
		"IndexRate":       glass.IndexRate(3, nan),
		"Complexity":      glass.Complexity(3, nan),
		"IndexComplexity": glass.IndexComplexity(3, 1, nan),
		"ComplexitySlope": glass.ComplexitySlope(3, nan),
		"IndexFraction":   glass.IndexFraction(3, nan),
	} {
		if !math.IsNaN(got) {
			t.Errorf("%s(NaN) = %v, expected NaN", name, got)
		}
	}
	for want, slip := range map[string]func(){
		"glass: p (spins that interact at a time), 2, expected p ≥ 3":  func() { glass.ThresholdEnergy(2) },
		"glass: k (index of a critical point), -1, expected k ≥ 0":     func() { glass.LayerEnergy(3, -1) },
		"glass: u (energy per spin), +Inf, expected a finite number":   func() { glass.HessianLaw(3, math.Inf(1)) },
		"glass: p (spins that interact at a time), -7, expected p ≥ 3": func() { glass.IndexFraction(-7, 0) },
		"glass: p (spins that interact at a time), 0, expected p ≥ 3":  func() { glass.Complexity(0, -1) },
		"glass: k (index of a critical point), -2, expected k ≥ 0":     func() { glass.IndexComplexity(3, -2, 0) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v, expected %q", got, want)
				}
			}()
			slip()
		}()
	}
}

func FuzzComplexity(f *testing.F) {
	f.Add(3, 0, -1.65)
	f.Add(10, 5, -1e300)
	f.Add(1000000, 1000, 0.0)
	f.Fuzz(func(t *testing.T, p, k int, u float64) {
		if p < 3 || p > 1e15 || k < 0 || k > 1e15 || math.IsNaN(u) {
			return
		}
		all, layer := glass.Complexity(p, u), glass.IndexComplexity(p, k, u)
		if math.IsNaN(all) || math.IsNaN(layer) {
			t.Fatalf("p=%d k=%d u=%g: Θ=%v Θ_k=%v", p, k, u, all, layer)
		}
		if layer > all+1e-14*math.Abs(all) {
			t.Fatalf("p=%d k=%d u=%g: Θ_k=%v exceeds Θ=%v", p, k, u, layer, all)
		}
		if x := glass.IndexFraction(p, u); !(x >= 0 && x <= 1) {
			t.Fatalf("p=%d u=%g: fraction %v", p, u, x)
		}
		if e := glass.LayerEnergy(p, k); !(e >= glass.ThresholdEnergy(p) && e < 20) {
			t.Fatalf("p=%d k=%d: E_k=%v", p, k, e)
		}
	})
}

func BenchmarkComplexity(b *testing.B) {
	for b.Loop() {
		glass.Complexity(3, -1.65)
	}
}

func BenchmarkLayerEnergy(b *testing.B) {
	for b.Loop() {
		glass.LayerEnergy(3, 10)
	}
}
