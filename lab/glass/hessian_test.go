package glass_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/device"
	"glassy/lab/glass"
	"glassy/lab/glass/sparse"
	"glassy/lab/rng"
)

func TestIndexFraction(t *testing.T) {
	for _, p := range spins {
		e := glass.ThresholdEnergy(p)
		if f := glass.IndexFraction(p, 0); f != 0.5 {
			t.Errorf("p=%d: fraction at u=0 is %v, expected ½", p, f)
		}
		for _, u := range []float64{-2 * e, -e * (1 + 1e-12)} {
			if f := glass.IndexFraction(p, u); f != 0 {
				t.Errorf("p=%d: fraction at %g is %v, expected 0", p, u, f)
			}
			if f := glass.IndexFraction(p, -u); f != 1 {
				t.Errorf("p=%d: fraction at %g is %v, expected 1", p, -u, f)
			}
		}
		for x := 0.05; x < 1; x += 0.05 {
			low, high := glass.IndexFraction(p, -x*e), glass.IndexFraction(p, x*e)
			closeTo(t, "fraction(u) + fraction(−u)", low+high, 1, 4e-16, 0)
			want := 0.5 + (-x*math.Sqrt(1-x*x)-math.Asin(x))/math.Pi
			closeTo(t, "fraction", low, want, 1e-13, 2e-16)
		}
		// Near the edge F = (4√2/3π) δ^{3/2}, where the textbook form cancels.
		const δ = 1e-8
		closeTo(t, "edge", glass.IndexFraction(p, -e*(1-δ)), 4*math.Sqrt2/(3*math.Pi)*math.Pow(δ, 1.5), 1e-7, 0)
	}
}

// Negative eigenvalues of the Hessian are what the index counts.
func TestIndexFractionIsHessianBelowZero(t *testing.T) {
	for _, p := range []int{3, 4, 10, 1000} {
		e := glass.ThresholdEnergy(p)
		for x := -1.2; x <= 1.2; x += 0.07 {
			closeTo(t, "Below(0)", glass.HessianLaw(p, x*e).Below(0), glass.IndexFraction(p, x*e), 1e-12, 1e-15)
		}
		low, _ := glass.HessianLaw(p, -e).Edges()
		closeTo(t, "lower edge at the threshold", low, 0, 0, 1e-13*float64(p))
	}
}

func TestSemicircle(t *testing.T) {
	s := glass.HessianLaw(4, -1.8)
	low, high := s.Edges()
	closeTo(t, "lower edge", low, 7.2-2*math.Sqrt(12), 1e-15, 1e-15)
	closeTo(t, "upper edge", high, 7.2+2*math.Sqrt(12), 1e-15, 0)
	// x = c + R cos φ takes the root out of the density.
	moment := func(f func(x float64) float64) float64 {
		return quad.Fixed(func(φ float64) float64 {
			x := s.Center + s.Radius*math.Cos(φ)
			return f(x) * s.Density(x) * s.Radius * math.Sin(φ)
		}, 0, math.Pi, 64, nil, 0)
	}
	closeTo(t, "mass", moment(func(float64) float64 { return 1 }), 1, 1e-12, 0)
	closeTo(t, "mean", moment(func(x float64) float64 { return x }), s.Center, 1e-12, 0)
	closeTo(t, "variance", moment(func(x float64) float64 { return (x - s.Center) * (x - s.Center) }), 4*3, 1e-12, 0)
	for _, x := range []float64{low, low + 1, s.Center, high - 0.1, high} {
		want := quad.Fixed(func(y float64) float64 { // y² = distance from the edge
			return 2 * y * s.Density(low+y*y)
		}, 0, math.Sqrt(math.Max(0, x-low)), 200, nil, 0)
		// The upper edge keeps a root, where the rule is of algebraic order.
		closeTo(t, "Below", s.Below(x), want, 1e-6, 1e-12)
	}
	if s.Density(high+1) != 0 || s.Below(low-1) != 0 || s.Below(high+1) != 1 {
		t.Error("the law has mass outside its edges")
	}
}

// (2.13) from the definition (2.4) itself, p = 3: at the pole σ = √N e_1 the
// couplings J that touch e_1 give the energy and the Hessian, so a random glass
// is drawn, and its Hessian compared with the law at its own energy.
func TestHessianLawFromCouplings(t *testing.T) {
	const n = 150
	var us, means []float64
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 12 {
		root := math.Sqrt(n)
		u := -rnd.NormFloat64() / root // H = −N^{-1} J_111 N^{3/2}, u = H/N
		h := mat.NewSymDense(n-1, nil)
		for i := range n - 1 {
			for j := i; j < n-1; j++ {
				sum := 0.0 // the six places of 1, i, j: J_1ij, J_1ji, J_i1j, …
				if i == j {
					for range 3 {
						sum += 2 * rnd.NormFloat64()
					}
				} else {
					for range 6 {
						sum += rnd.NormFloat64()
					}
				}
				h.SetSym(i, j, -sum/root) // ∂_i∂_j of −N^{-1} Σ Jσσσ
			}
			h.SetSym(i, i, h.At(i, i)-3*u) // Riemannian: −(σ·∇H)/N = −pu
		}
		var eig mat.EigenSym
		if !eig.Factorize(h, false) {
			t.Fatal("eigenvalues not found")
		}
		values := eig.Values(nil)
		law := glass.HessianLaw(3, u)
		low, high := law.Edges()
		// Edges fluctuate by R N^{−2/3}/2 ~ 0.1, and lie inside by as much.
		closeTo(t, "smallest eigenvalue", values[0], low, 0, 0.45)
		closeTo(t, "largest eigenvalue", values[n-2], high, 0, 0.45)
		// Eigenvalues are rigid: the empirical distribution follows the law to 1/N.
		for i, x := range values {
			closeTo(t, "share of eigenvalues below", (float64(i)+0.5)/(n-1), law.Below(x), 0, 5.0/n)
		}
		us, means = append(us, u), append(means, stat.Mean(values, nil))
	}
	// The trace is −pu(N−1) plus noise of variance 12(N−1)/N: per eigenvalue 0.28/√N.
	for i := range us {
		closeTo(t, "mean eigenvalue", means[i], -3*us[i], 0, 4*math.Sqrt(12.0/n/n))
	}
	if slices.Max(us)-slices.Min(us) < 0.1 {
		t.Errorf("energies %v too alike to test the shift", us)
	}
}

// Lemma 2.5 by its own sampling: eigenvalues fill the semicircle, rigidly, and
// the trace falls by p(N−1) per unit of energy.
func TestSampleHessian(t *testing.T) {
	for _, p := range []int{3, 6} {
		const n = 300
		var us, traces []float64
		e := glass.ThresholdEnergy(p)
		s := rng.Key(8).Split(uint64(p)).Stream()
		for _, u := range []float64{-1.2 * e, -e, -0.5 * e, 0, 0.7 * e} {
			law := glass.HessianLaw(p, u)
			for range 4 {
				values := glass.SampleHessian(p, n, u, s)
				for i, x := range values {
					closeTo(t, "share of eigenvalues below", (float64(i)+0.5)/(n-1), law.Below(x), 0, 5.0/n)
				}
				us, traces = append(us, u), append(traces, floats.Sum(values))
			}
		}
		// A trace has variance 2p(p−1)(N−1)/N: the slope an error of its root over
		// the spread of the energies.
		_, slope := stat.LinearRegression(us, traces, nil, false)
		spread := stat.StdDev(us, nil) * math.Sqrt(float64(len(us)))
		closeTo(t, "slope of the trace", slope, -float64(p*(n-1)), 0, 4*math.Sqrt(float64(2*p*(p-1)))/spread)
	}
	panics(t, func() { glass.SampleHessian(3, 1, 0, rng.Key(1).Stream()) })
}

// The same of drawn glasses, exactly at finite N: the largest eigenvalue of
// their Hessians, before the shift by −pu, has the law of GOE(N−1)'s.
func TestHessianLargestOfGlasses(t *testing.T) {
	const n, glasses = 10, 400
	for _, p := range []int{3, 4} {
		var largest []float64
		for seed := range uint64(glasses) {
			g := glass.New(p, n, glass.Seed(seed), glass.On(device.CPU()))
			pole := make([]float64, n)
			pole[0] = math.Sqrt(n)
			σ, h := device.Of(pole), device.CPU().New(device.Float64, n*n)
			g.Hessian(σ, h)
			all := mat.NewSymDense(n, device.Host[float64](h))
			var eig mat.EigenSym
			if !eig.Factorize(all.SliceSym(1, n), false) {
				t.Fatal("eigenvalues not found")
			}
			// The shift −σ·∇H/N is −pu, the law's centre: without it the rest is centred.
			values := eig.Values(nil)
			largest = append(largest, values[n-2]/math.Sqrt(float64(p*(p-1))/n))
		}
		if d, prob := sparse.KolmogorovSmirnov(largest, glass.GOE(n-1).LargestBelow); prob < 1e-3 {
			t.Errorf("p=%d: the largest eigenvalues are off by %v from their law, p = %v", p, d, prob)
		}
	}
}
