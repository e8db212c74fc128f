package glass_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"glassy/lab/device"
	"glassy/lab/glass"
	"glassy/lab/rng"
)

// configurations is m points uniform on the sphere of radius √n.
func configurations(seed uint64, m, n int) []float64 {
	x := make([]float64, m*n)
	rng.Key(seed).Normals(0, x)
	for r := range m {
		σ, square := x[r*n:(r+1)*n], 0.0
		for _, v := range σ {
			square += v * v
		}
		for i := range σ {
			σ[i] *= math.Sqrt(float64(n) / square)
		}
	}
	return x
}

func dot(x, y []float64) (s float64) {
	for i, v := range x {
		s += v * y[i]
	}
	return s
}

// models are glasses of every kind.
func models(n int, seed uint64) map[string]*glass.Glass {
	m := map[string]*glass.Glass{
		"3+2+4+field": glass.New(3, n, glass.Seed(seed), glass.Mix(2, 0.7), glass.Mix(4, 0.4), glass.Field(0.9)),
		"3, J = 2":    glass.New(3, n, glass.Seed(seed), glass.Scale(2)),
	}
	for p := 2; p <= 6; p++ {
		m[fmt.Sprint(p)] = glass.New(p, n, glass.Seed(seed))
	}
	return m
}

// E H(σ)H(σ′) = N F(σ·σ′/N) over the disorder; on the diagonal E H² = N F(1).
// The means of 2,000 products are within 4 of their standard errors: one such
// test in 15,000 fails by chance, and the seeds are fixed.
func TestCovarianceOverDisorder(t *testing.T) {
	const n, samples = 5, 2000
	x := configurations(3, 2, n)
	for i := range n { // nearer one another than chance
		x[n+i] = 0.8*x[i] + 0.6*x[n+i]
	}
	scale := math.Sqrt(n / dot(x[n:], x[n:]))
	for i := range n {
		x[n+i] *= scale
	}
	q := dot(x[:n], x[n:]) / n
	products := map[string][][2]float64{}
	for seed := range uint64(samples) {
		for name, g := range models(n, seed) {
			a, b := g.Value(device.Of(x[:n])), g.Value(device.Of(x[n:]))
			products[name] = append(products[name], [2]float64{a * a, a * b})
		}
	}
	for name, g := range models(n, 0) {
		for k, q := range []float64{1, q} {
			var mean, square float64
			for _, v := range products[name] {
				mean += v[k] / samples
				square += v[k] * v[k] / samples
			}
			F, _, _ := g.Covariance(q)
			if e := math.Sqrt((square - mean*mean) / samples); !(math.Abs(mean-n*F) < 4*e) {
				t.Errorf("%s: E HH′ = %.4f ± %.4f at q = %.3f, expected N F(q) = %.4f", name, mean, e, q, n*F)
			}
		}
	}
	if F, slope, curvature := glass.New(3, n, glass.Field(2)).Covariance(1); F != 5 || slope != 7 || curvature != 6 {
		t.Errorf("F = q³ + 4q has F, F′, F″ = %g, %g, %g at 1, expected 5, 7, 6", F, slope, curvature)
	}
}

// Euler's identity, for each degree by itself: σ·∇H = pH, ∇²H σ = (p-1)∇H.
func TestEuler(t *testing.T) {
	const n = 9
	σ := configurations(1, 1, n)
	for p := 2; p <= 6; p++ {
		g := glass.New(p, n, glass.Seed(5))
		grad, hv := make([]float64, n), make([]float64, n)
		H := g.Gradient(device.Of(σ), device.Of(grad))
		closeTo(t, "σ·∇H", dot(σ, grad), float64(p)*H, 1e-13, 1e-13) // roundings of sums of 2,000 terms
		g.HessianVector(device.Of(σ), device.Of(σ), device.Of(hv))
		for i := range hv {
			closeTo(t, "(∇²H σ)_i", hv[i], float64(p-1)*grad[i], 0, 1e-12)
		}
		if v := g.Value(device.Of(σ)); v != H {
			t.Errorf("p = %d: Value %v, Gradient's %v", p, v, H)
		}
	}
}

// Value, gradient, products and Hessian are derivatives of one another.
func TestDerivatives(t *testing.T) {
	const n, h = 7, 1e-5
	x := configurations(2, 1, n)
	v := configurations(4, 1, n)
	shifted := func(t float64) device.Vector {
		y := slices.Clone(x)
		for i := range y {
			y[i] += t * v[i]
		}
		return device.Of(y)
	}
	for name, g := range models(n, 8) {
		grad, hv, H := make([]float64, n), make([]float64, n), make([]float64, n*n)
		g.Gradient(device.Of(x), device.Of(grad))
		g.HessianVector(device.Of(x), device.Of(v), device.Of(hv))
		g.Hessian(device.Of(x), device.Of(H))
		// Central differences: h² of the third derivative, ε/h of rounding; the
		// energies are of order 10.
		closeTo(t, name+": v·∇H", dot(v, grad), (g.Value(shifted(h))-g.Value(shifted(-h)))/(2*h), 1e-8, 1e-8)
		up, down := make([]float64, n), make([]float64, n)
		g.Gradient(shifted(h), device.Of(up))
		g.Gradient(shifted(-h), device.Of(down))
		for i := range n {
			closeTo(t, name+": (∇²H v)_i", hv[i], (up[i]-down[i])/(2*h), 1e-8, 1e-7)
			closeTo(t, name+": Hessian", dot(H[i*n:(i+1)*n], v), hv[i], 1e-12, 1e-12) // two exact ways
			for j := range i {
				if H[i*n+j] != H[j*n+i] {
					t.Errorf("%s: Hessian[%d,%d] is %v and [%d,%d] %v", name, i, j, H[i*n+j], j, i, H[j*n+i])
				}
			}
		}
	}
}

// Many configurations at once are what each is by itself, and products too, of
// vectors of any length.
func TestManyAtOnce(t *testing.T) {
	const n, m = 7, 5
	x, v := configurations(2, m, n), configurations(3, m, n)
	for i := range n {
		v[i] *= 1e-9
		v[n+i] *= 1e9
		v[2*n+i] = 0
	}
	for name, g := range models(n, 8) {
		f, grad, hv := make([]float64, m), make([]float64, m*n), make([]float64, m*n)
		g.Gradients(device.Of(x), device.Of(f), device.Of(grad))
		g.HessianVectors(device.Of(x), device.Of(v), device.Of(hv))
		one := make([]float64, n)
		for r := range m {
			x, v := device.Of(x[r*n:(r+1)*n]), v[r*n:(r+1)*n]
			closeTo(t, name+": energy", f[r], g.Gradient(x, device.Of(one)), 1e-13, 1e-13)
			for i := range n {
				closeTo(t, name+": gradient", grad[r*n+i], one[i], 1e-12, 1e-12)
			}
			g.HessianVector(x, device.Of(v), device.Of(one))
			for i := range n {
				closeTo(t, name+": product", hv[r*n+i], one[i], 0, 1e-12*math.Sqrt(dot(v, v)))
			}
		}
	}
}

// The same glass: on any number of threads to the bit, in single precision to
// its rounding, with another strength, beside other degrees, in a copy.
func TestSeed(t *testing.T) {
	const n = 30
	σ := configurations(9, 1, n)
	gradient := func(g *glass.Glass) []float64 {
		x, grad := g.New(), g.New()
		x.Device().Upload(x, device.Of(σ))
		g.Gradient(x, grad)
		return device.Read[float64](grad)
	}
	g := glass.New(3, n, glass.Seed(1))
	want := gradient(g)
	for threads := range 4 {
		if !slices.Equal(gradient(glass.New(3, n, glass.Seed(1), glass.On(device.NewCPU(threads+1)))), want) {
			t.Errorf("another gradient on %d threads", threads+1)
		}
	}
	if !slices.Equal(gradient(g.Copy().(*glass.Glass)), want) {
		t.Error("another gradient of a copy")
	}
	if slices.Equal(gradient(glass.New(3, n, glass.Seed(2))), want) {
		t.Error("the same gradient by another seed")
	}
	both, field := gradient(glass.New(3, n, glass.Seed(1), glass.Field(2))), gradient(glass.New(3, n, glass.Seed(1), glass.Scale(0), glass.Field(1)))
	single := gradient(glass.New(3, n, glass.Seed(1), glass.Float32()))
	for i := range want {
		closeTo(t, "J + 2h", both[i], want[i]+2*field[i], 0, 1e-13)
		closeTo(t, "float32", single[i], want[i], 0, 2e-5) // 6e-8 of gradients of order 10, in some hundred sums
	}
}

// The energy by its definition, from given couplings and a given field.
func TestCouplings(t *testing.T) {
	const n = 3
	for p := 2; p <= 4; p++ {
		J := make([]float64, int(math.Pow(n, float64(p))))
		rng.Key(1).Normals(0, J)
		h, σ := []float64{1, -2, 0.5}, []float64{0.3, 1.2, -0.7}
		want := -dot(h, σ)
		for i, v := range J {
			for range p {
				v *= σ[i%n]
				i /= n
			}
			want -= v * math.Pow(n, -float64(p-1)/2)
		}
		closeTo(t, "H", glass.New(p, n, glass.Couplings(J), glass.FieldVector(h)).Value(device.Of(σ)), want, 1e-13, 1e-13)
		// In whatever order the options come; no strength, no field.
		closeTo(t, "H without h", glass.New(p, n, glass.FieldVector(h), glass.Couplings(J), glass.Field(0)).Value(device.Of(σ)), want+dot(h, σ), 1e-13, 1e-13)
	}
}

// Lemma 2.5: at a point of energy Nu the trace of the Hessian on the sphere is
// -p(N-1)u, plus normal noise of variance 2p(p-1)(N-1)/N that does not depend on
// u, so that the slope of a straight line through many glasses is -p(N-1).
func TestTraceLaw(t *testing.T) {
	const p, n, samples = 3, 12, 4000
	σ := configurations(6, 1, n)
	var uu, ut, tt float64
	for seed := range uint64(samples) {
		g := glass.New(p, n, glass.Seed(seed))
		grad, h := make([]float64, n), make([]float64, n*n)
		u := g.Gradient(device.Of(σ), device.Of(grad)) / n
		g.Hessian(device.Of(σ), device.Of(h))
		trace := -(n - 1) * dot(σ, grad) / n
		for i := range n {
			trace += h[i*n+i] - σ[i]*dot(h[i*n:(i+1)*n], σ)/n
		}
		uu += u * u
		ut += u * trace
		tt += (trace + p*(n-1)*u) * (trace + p*(n-1)*u)
	}
	noise := 2. * p * (p - 1) * (n - 1) / n
	closeTo(t, "slope", ut/uu, -p*(n-1), 0, 4*math.Sqrt(noise/uu))        // 4 standard errors
	closeTo(t, "variance", tt/samples, noise, 4*math.Sqrt(2./samples), 0) // likewise
}

func TestModelSaysWhatItIs(t *testing.T) {
	for _, c := range []struct {
		g    *glass.Glass
		want []string
	}{
		{glass.New(4, 10), []string{"4-spin glass of N = 10 spins", "seed 0; 715 couplings", "ν_c = 2.828, B = 0.5, E crt = "}},
		{glass.New(3, 5, glass.Mix(2, 0.5), glass.Float32()), []string{"3+2-spin glass of N = 5", "J_3 = 1, J_2 = 0.5; 50 couplings, 0.0002 MB of float32"}},
		{glass.New(2, 1), []string{"B = 0"}},
		{glass.New(3, 2000, glass.Scale(0), glass.Field(1)), []string{"1-spin glass", "B = -1"}},
		{glass.New(5, 12, glass.Couplings(make([]float64, 248832))), []string{"given couplings;"}},
		{glass.New(3, 2, glass.FieldVector([]float64{1, 2})), []string{"seed 0, given field;"}},
	} {
		for _, want := range c.want {
			if got := c.g.String(); !strings.Contains(got, want) {
				t.Errorf("no %q in\n%s", want, got)
			}
		}
	}
}

func TestModelSlips(t *testing.T) {
	for want, slip := range map[string]func(){
		"glass: New: p (spins that interact at a time), 1, expected p ≥ 2":                                          func() { glass.New(1, 5) },
		"glass: New: N (spins), 0, expected N ≥ 1":                                                                  func() { glass.New(3, 0) },
		"glass: New: degree 6 at N = 1000 has 1.41e+15 couplings of float64, 1.05e+07 GiB, expected at most 16 GiB": func() { glass.New(6, 1000) },
		"glass: New: degree 100 at N = 100000 has ":                                                                 func() { glass.New(100, 100000) },
		"glass: Mix: degree, 0, expected at least 1":                                                                func() { glass.Mix(0, 1) },
		"glass: New: strength of degree 1, NaN, expected a finite number":                                           func() { glass.New(3, 5, glass.Field(math.NaN())) },
		"glass: New: 8 couplings of degree 3, expected N^3 = 27":                                                    func() { glass.New(3, 3, glass.Couplings(make([]float64, 8))) },
		"glass: Gradients: σ is 4 numbers of float64, expected 5 of float64":                                        func() { glass.New(3, 5).Value(device.Of(make([]float64, 4))) },
		"glass: Hessian: h is 24 numbers of float64, expected 25 of float64":                                        func() { glass.New(3, 5).Hessian(device.Of(make([]float64, 5)), device.Of(make([]float64, 24))) },
		"glass: HessianVectors: σ has length 7, expected a multiple of N = 5":                                       func() { x := device.Of(make([]float64, 7)); glass.New(3, 5).HessianVectors(x, x, x) },
	} {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.HasPrefix(got, want) {
					t.Errorf("panic %q, expected %q", got, want)
				}
			}()
			slip()
		}()
	}
}

func BenchmarkGradient(b *testing.B) {
	const n = 100
	g := glass.New(3, n)
	x, grad := device.Of(configurations(1, 1, n)), g.New()
	for b.Loop() {
		g.Gradient(x, grad)
	}
}

func BenchmarkHessian(b *testing.B) {
	const n = 100
	g := glass.New(3, n)
	x, h := device.Of(configurations(1, 1, n)), device.Of(make([]float64, n*n))
	for b.Loop() {
		g.Hessian(x, h)
	}
}
