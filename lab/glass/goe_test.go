package glass_test

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/glass"
	"glassy/lab/rng"
)

// integrate is the trapezoid rule, exact to rounding for what is analytic and
// gone at both ends, once the step resolves it.
func integrate(f func(float64) float64, low, high, step float64) float64 {
	sum := 0.0
	n := int((high - low) / step)
	for i := range n + 1 {
		sum += f(low + float64(i)*step)
	}
	return sum * step
}

// Traces: ∫ρ_N = N, ∫t²ρ_N = E Tr G² = N² + N, ∫t⁴ρ_N = 2N³ + 5N² + 5N.
func TestGOEMoments(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 7, 20, 101, 600, 2000} {
		N, end := float64(n), 2*math.Sqrt(float64(n))+16
		step := 2 * math.Pi / (2*math.Sqrt(N) + 24)
		var m [3]float64
		for x := -end; x <= end; x += step {
			ρ := glass.GOE(n).Density(x) * step
			m[0] += ρ
			m[1] += ρ * x * x
			m[2] += ρ * x * x * x * x
		}
		closeTo(t, "∫ρ", m[0], N, 1e-11, 0)
		closeTo(t, "∫t²ρ", m[1], N*N+N, 1e-11, 0)
		closeTo(t, "∫t⁴ρ", m[2], 2*N*N*N+5*N*N+5*N, 1e-11, 0)
	}
}

func TestGOEDensitySmall(t *testing.T) {
	for _, x := range []float64{-3, -0.2, 0, 0.5, 1, 7, 30} {
		// A number of variance 2.
		closeTo(t, "ρ_1", glass.GOE(1).Density(x), math.Exp(-x*x/4)/math.Sqrt(4*math.Pi), 1e-13, 0)
		// The eigenvalues m ± r of a 2×2 matrix: m of variance 1, r of density r e^{−r²/2}.
		want := integrate(func(r float64) float64 {
			r = math.Abs(r)
			return r * math.Exp(-r*r/2) * (math.Exp(-(x-r)*(x-r)/2) + math.Exp(-(x+r)*(x+r)/2)) / math.Sqrt(2*math.Pi)
		}, 0, 40, 1e-3)
		if math.Abs(x) < 10 { // the trapezoid's end at 0 costs step²
			closeTo(t, "ρ_2", glass.GOE(2).Density(x), want, 1e-6, 1e-6)
		}
		closeTo(t, "symmetry", glass.GOE(5).Density(x), glass.GOE(5).Density(-x), 0, 0)
	}
}

// In the far tail ρ_N ~ t^{N−1} e^{−t²/4}, and nothing is lost where it is 0.
func TestGOETail(t *testing.T) {
	for _, n := range []int{2, 3, 100, 101, 2000} {
		far := 1e4 * math.Sqrt(float64(n))
		slope := glass.GOE(n).LogDensity(2*far) - glass.GOE(n).LogDensity(far)
		// log 2^{N−1} − 3 far²/4: rounding of far² is all that is left.
		closeTo(t, "tail", slope, float64(n-1)*math.Ln2-0.75*far*far, 1e-13, 1e-4)
	}
	if got := glass.GOE(3).Density(math.Inf(1)); got != 0 {
		t.Errorf("density at ∞ is %v", got)
	}
}

// Dense matrices and tridiagonal ones have the same law, that of ρ_N.
func TestGOESamples(t *testing.T) {
	const n, samples = 6, 4000
	goe := glass.GOE(n)
	var dense, tri [2][]float64
	s := rng.Key(3).Stream()
	for range samples {
		var eig mat.EigenSym
		if !eig.Factorize(goe.Matrix(s), false) {
			t.Fatal("no eigenvalues")
		}
		for i, values := range [][]float64{eig.Values(nil), goe.Spectrum(s)} {
			to := &dense
			if i == 1 {
				to = &tri
			}
			to[0] = append(to[0], values[n-1])
			to[1] = append(to[1], floats.Dot(values, values))
		}
	}
	for _, c := range []struct {
		what string
		at   int
	}{{"largest", 0}, {"trace of the square", 1}} {
		a, va := stat.MeanVariance(dense[c.at], nil)
		b, vb := stat.MeanVariance(tri[c.at], nil)
		closeTo(t, c.what, a, b, 0, 4*math.Sqrt((va+vb)/samples))
	}
	closeTo(t, "trace of the square", stat.Mean(tri[1], nil), n*n+n, 0, 4*math.Sqrt(4.0*n*n/samples))
}

func TestGOEPanics(t *testing.T) {
	for _, f := range []func(){
		func() { glass.GOE(0).Density(1) },
		func() { glass.GOE(-1).Matrix(rng.Key(1).Stream()) },
	} {
		panics(t, f)
	}
}

func panics(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if m := fmt.Sprint(recover()); len(m) < 7 || m[:7] != "glass: " {
			t.Errorf("panic %q, expected one that begins with glass:", m)
		}
	}()
	f()
}
