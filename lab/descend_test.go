package lab_test

import (
	"math"
	"slices"
	"testing"

	"glassy/lab/device"
	"glassy/lab/glass"
	"glassy/lab/optim"
)

// All critical points of glasses on S² and S³, by the Euler characteristics of
// these: 2 and 0 (Morse). An odd glass is -H at the antipode, so that its points
// of index k are as many as those of index N-1-k.
func TestEulerCharacteristicOfGlasses(t *testing.T) {
	for n, want := range map[int]int{3: 2, 4: 0} {
		for seed := range uint64(2) {
			for p := 2; p <= 4; p++ {
				for _, ν := range []float64{0, 0.7} {
					g := glass.New(p, n, glass.Seed(seed), glass.Field(ν))
					c := optim.Critical(g, optim.Starts(g, 700, 1))
					counts := c.Counts()
					if c.Euler() != want {
						t.Errorf("%v\nΣ(-1)^index = %d, expected %d:\n%v", g, c.Euler(), want, c)
					}
					if p == 2 && ν == 0 && len(c.Points) != 2*n {
						t.Errorf("%d critical points of a quadratic form on S^%d, expected %d", len(c.Points), n-1, 2*n)
					}
					for k, m := range counts {
						if p == 3 && m != counts[len(counts)-1-k] {
							t.Errorf("seed %d, N = %d: %v points by index, expected the same backwards", seed, n, counts)
						}
					}
				}
			}
		}
	}
}

// A run is the same to the bit whatever the number of threads.
func TestDescentsSameBitsOnAnyThreads(t *testing.T) {
	var want *optim.Descents
	for threads := 1; threads <= 3; threads++ {
		g := glass.New(3, 20, glass.Seed(3), glass.Field(1), glass.On(device.NewCPU(threads)))
		d := optim.Descend(g, 200, optim.DescendOptions{Together: 150})
		if want == nil {
			want = d
		}
		if !slices.Equal(d.Points, want.Points) || !slices.Equal(d.Steps, want.Steps) || !slices.Equal(d.Energies, want.Energies) {
			t.Errorf("other descents on %d threads than on one", threads)
		}
	}
}

// A run is the same whatever the company, but for the rounding of products of
// matrices of other shapes: 1e-16 of numbers of order 1 in 100 steps that mostly
// contract.
func TestDescentsInAnyCompany(t *testing.T) {
	g := glass.New(3, 30, glass.Seed(3))
	all := optim.Descend(g, 300, optim.DescendOptions{MaxSteps: 100})
	for _, together := range []int{1, 7, 130} {
		few := optim.Descend(g, 100, optim.DescendOptions{MaxSteps: 100, Together: together})
		for i, x := range few.Points {
			if !(math.Abs(x-all.Points[i]) < 1e-12) {
				t.Fatalf("%d together: run %d has %v where among 300 it has %v", together, i/30, x, all.Points[i])
			}
		}
	}
}

// The thesis's three regimes at a size that takes a second: many minima, some,
// one. Ends of descents are minima of the landscape, not merely flat places of a
// descent, and |σ|² = N holds to rounding.
func TestDescentsByRegime(t *testing.T) {
	const n, runs = 30, 300
	critical := math.Sqrt(3 * (1 - 1./n))
	for _, c := range []struct {
		ν         float64
		few, many int // distinct minima
	}{{1. / n, 4, runs}, {critical, 1, 4}, {3, 1, 1}} {
		g := glass.New(3, n, glass.Seed(2), glass.Field(c.ν))
		d := optim.Descend(g, runs)
		found := d.Polish()
		if k := len(found.Minima()); k != len(found.Points) || k < c.few || k > c.many {
			t.Errorf("ν = %.3f: expected %d to %d minima and nothing else:\n%v", c.ν, c.few, c.many, found)
		}
		for i := range d.Len() {
			x := d.Point(i)
			square := 0.0
			for _, v := range x {
				square += v * v
			}
			if math.Abs(square/n-1) > 1e-12 || d.Status[i] != optim.Converged {
				t.Fatalf("run %d %s at |σ|²/N = %v", i, d.Status[i], square/n)
			}
		}
		for _, p := range found.Points {
			if !(p.Slope < 1e-12) { // gradients of order 20 in sums of 500 terms
				t.Errorf("ν = %.3f: slope %g after Newton's method", c.ν, p.Slope)
			}
		}
	}
}

// Layers: the lower the index, the lower the energy, as in Figure 2.1.
func TestSaddlesAreLayered(t *testing.T) {
	const n = 20
	g := glass.New(3, n, glass.Seed(1))
	c := optim.Saddles(g, 600)
	last := math.Inf(-1)
	for k := range 4 {
		points := c.OfIndex(k)
		mean := 0.0
		for _, p := range points {
			mean += p.Energy / n / float64(len(points))
			// The Hessian's trace is -p(N-1)u: index k of N-1 means an energy near
			// where the semicircle has the share k/(N-1) below 0, but for shares that
			// vary by some 1/N, so energies by some 1/√N.
			if u := p.Energy / n; math.Abs(glass.IndexFraction(3, u)-float64(k)/(n-1)) > 0.15 {
				t.Errorf("index %d at energy %.3f, where the share of negative directions is %.2f", k, u, glass.IndexFraction(3, u))
			}
		}
		if len(points) < 10 || mean < last {
			t.Errorf("%d points of index %d, mean energy %.3f, expected 10 or more above %.3f", len(points), k, mean, last)
		}
		last = mean
	}
}

// Descents in single precision end at the minima of the same glass in double
// precision, which Newton's method makes exact.
func TestDescentsInSinglePrecision(t *testing.T) {
	const n, runs = 40, 200
	double := glass.New(3, n, glass.Seed(4), glass.Field(1))
	single := glass.New(3, n, glass.Seed(4), glass.Field(1), glass.Float32())
	a, b := optim.Descend(double, runs), optim.Descend(single, runs)
	from, to := a.Polish(), optim.Critical(double, b.Points)
	if !slices.Equal(from.Counts(), to.Counts()) {
		t.Fatalf("in double precision\n%v\nin single\n%v", from, to)
	}
	other := 0
	for i := range runs {
		if from.Of[i] != to.Of[i] {
			other++ // a start near the border of two basins
		}
		if b.Status[i] != optim.Converged || math.Abs(float64(b.Steps[i]-a.Steps[i])) > 0.1*float64(a.Steps[i]) && from.Of[i] == to.Of[i] {
			t.Errorf("run %d %s after %d steps, in double precision after %d", i, b.Status[i], b.Steps[i], a.Steps[i])
		}
	}
	if other > runs/50 {
		t.Errorf("%d of %d runs end elsewhere than in double precision", other, runs)
	}
}
