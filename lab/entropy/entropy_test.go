package entropy

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// smooth is a function of d variables with its derivatives, on the host.
type smooth struct {
	d  int
	at func(x, g []float64) float64 // g = ∇f, unless it is nil
	hv func(x, v, hv []float64)
}

func (f smooth) Dim() int                  { return f.d }
func (f smooth) New() device.Vector        { return device.CPU().New(device.Float64, f.d) }
func (f smooth) Copy() landscape.Landscape { return f }
func (f smooth) Value(x device.Vector) float64 {
	return f.at(device.Host[float64](x), make([]float64, f.d))
}
func (f smooth) Gradient(x, g device.Vector) float64 {
	return f.at(device.Host[float64](x), device.Host[float64](g))
}
func (f smooth) HessianVector(x, v, hv device.Vector) {
	f.hv(device.Host[float64](x), device.Host[float64](v), device.Host[float64](hv))
}

// bowl is ½ Σ a_i (x_i-1)² + c: its local entropy is known.
func bowl(c float64, a ...float64) smooth {
	return smooth{len(a), func(x, g []float64) float64 {
		f := c
		for i, a := range a {
			f += a * (x[i] - 1) * (x[i] - 1) / 2
			g[i] = a * (x[i] - 1)
		}
		return f
	}, func(_, v, hv []float64) {
		for i, a := range a {
			hv[i] = a * v[i]
		}
	}}
}

// exact is that of bowl at x: value, gradient, Hessian's diagonal.
func exact(a, x []float64, c, γ, β float64) (f float64, g, h []float64) {
	f = c
	for i, a := range a {
		f += a*(x[i]-1)*(x[i]-1)/(2*(1+γ*a)) + math.Log1p(γ*a)/(2*β)
		g, h = append(g, a*(x[i]-1)/(1+γ*a)), append(h, a/(1+γ*a))
	}
	return f, g, h
}

// wells is Σ (x_i²-1)²/4 + x_i/10, with a coupling of neighbours.
func wells(d int) smooth {
	const tilt, coupling = 0.1, 0.3
	return smooth{d, func(x, g []float64) float64 {
		f := 0.0
		for i, v := range x {
			q := v*v - 1
			f += q*q/4 + tilt*v
			g[i] = q*v + tilt
		}
		for i := 1; i < d; i++ {
			f += coupling * x[i] * x[i-1]
			g[i] += coupling * x[i-1]
			g[i-1] += coupling * x[i]
		}
		return f
	}, func(x, v, hv []float64) {
		for i := range x {
			hv[i] = (3*x[i]*x[i] - 1) * v[i]
			if i > 0 {
				hv[i] += coupling * v[i-1]
			}
			if i < d-1 {
				hv[i] += coupling * v[i+1]
			}
		}
	}}
}

func near(t *testing.T, what string, got, want, bound float64) {
	t.Helper()
	if !(math.Abs(got-want) <= bound) {
		t.Errorf("%s: %.12g, expected %.12g to %.2g", what, got, want, bound)
	}
}

func nearAll(t *testing.T, what string, got, want []float64, bound float64) {
	t.Helper()
	if !(floats.Distance(got, want, math.Inf(1)) <= bound) {
		t.Errorf("%s: %.10g, expected %.10g to %.2g", what, got, want, bound)
	}
}

// On quadratics, those with a saddle among them, both methods are exact.
func TestQuadratics(t *testing.T) {
	for _, c := range []struct {
		a, x         []float64
		offset, γ, β float64
	}{
		{[]float64{2}, []float64{0.3}, 0, 0.7, 1},
		{[]float64{1e6}, []float64{0.3}, 5, 1e-3, 40},
		{[]float64{-1}, []float64{3}, -2, 0.6, 3},
		{[]float64{3, 0.01}, []float64{-1, 4}, 100, 20, 0.5},
		{[]float64{-2, 900}, []float64{-1, 0.9}, 0, 0.2, 2},
	} {
		f := bowl(c.offset, c.a...)
		l := Of(f, c.γ, c.β)
		value, gradient, hessian := exact(c.a, c.x, c.offset, c.γ, c.β)
		sum, err := l.Quadrature(c.x)
		if err != nil {
			t.Fatal(c, err)
		}
		laplace, err := l.Laplace(device.Of(c.x))
		if err != nil {
			t.Fatal(c, err)
		}
		for name, p := range map[string]*Point{"quadrature": sum, "Laplace": laplace} {
			scale := 1 + math.Abs(value) + floats.Norm(gradient, math.Inf(1))
			near(t, name+", value", p.Value, value, 1e-12*scale)
			nearAll(t, name+", gradient", p.Gradient, gradient, 1e-11*scale/min(1, c.γ))
			nearAll(t, name+", mean of gradients", p.MeanGradient, gradient, 1e-10*scale)
			for i, h := range hessian {
				near(t, name+", Hessian", p.Hessian[i*(f.d+1)], h, 1e-11*(1+1/c.γ))
			}
			nearAll(t, name+", Shannon's gradient", p.ShannonChange, make([]float64, f.d), 1e-9*scale/c.γ)
		}
		near(t, "Shannon entropy by Laplace", laplace.Shannon, sum.Shannon, 1e-11*(1+math.Abs(value)*c.β))
		near(t, "mean loss by Laplace", laplace.Loss, sum.Loss, 1e-11*(1+math.Abs(value)))
		if !(sum.Error <= 1e-10*(1+math.Abs(value))) {
			t.Errorf("the error of quadrature is %v", sum.Error)
		}
	}
}

// What must hold of any landscape: derivatives beside differences, and both formulas.
func TestDerivatives(t *testing.T) {
	const h = 1e-4
	for d := 1; d <= 2; d++ {
		l := Of(wells(d), 0.8, 2)
		x := []float64{0.4, -0.7}[:d]
		at := func(a int, by float64) *Point {
			moved := append([]float64(nil), x...)
			moved[a] += by
			p, err := l.Quadrature(moved)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		p := at(0, 0)
		nearAll(t, "the two formulas", p.MeanGradient, p.Gradient, 1e-12)
		for a := range d {
			up, down := at(a, h), at(a, -h)
			near(t, "gradient", p.Gradient[a], (up.Value-down.Value)/(2*h), 1e-7)
			near(t, "gradient of Shannon's entropy", p.ShannonChange[a], (up.Shannon-down.Shannon)/(2*h), 1e-6)
			for b := range d {
				near(t, "Hessian", p.Hessian[a*d+b], (up.Gradient[b]-down.Gradient[b])/(2*h), 1e-7)
			}
		}
		// f_γ → f, and Laplace's error is of the order 1/β.
		small, err := Of(wells(d), 1e-7, 2).Quadrature(x)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "γ → 0", small.Value, wells(d).Value(device.Of(x)), 1e-6)
		var errors []float64
		for _, β := range []float64{50, 100} {
			l := Of(wells(d), 0.3, β)
			sum, err := l.Quadrature(x)
			if err != nil {
				t.Fatal(err)
			}
			laplace, err := l.Laplace(device.Of(x))
			if err != nil {
				t.Fatal(err)
			}
			errors = append(errors, math.Abs(sum.Value-laplace.Value)*β) // of 1/β² in the value
		}
		near(t, "order of Laplace's error", math.Log2(errors[0]/errors[1]), 1, 0.1)
	}
}

// A wall is +∞: half of a normal law is left, and half of its mass.
func TestWall(t *testing.T) {
	wall := smooth{1, func(x, g []float64) float64 {
		g[0] = 0
		if x[0] < 0 {
			return math.Inf(1)
		}
		return 0
	}, nil}
	p, err := Of(wall, 1, 1).Quadrature([]float64{0})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "value", p.Value, math.Ln2, 1e-3)
	if !(math.Abs(p.Value-math.Ln2) < 10*p.Error) {
		t.Errorf("value %v, error %v, but it should be log 2", p.Value, p.Error)
	}
	near(t, "gradient", p.Gradient[0], -math.Sqrt(2/math.Pi), 1e-3)
}

func TestBounds(t *testing.T) {
	low, high := CurvatureBounds(-1, 11, 0.25)
	near(t, "low", low, -4.0/3, 1e-15)
	near(t, "high", high, 11/3.75, 1e-15)
	// They hold: curvatures of a double well between -1 and 11 where |x| ≤ 2.
	well := wells(1)
	for x := -1.5; x < 1.5; x += 0.25 {
		p, err := Of(well, 0.25, 5).Quadrature([]float64{x})
		if err != nil {
			t.Fatal(err)
		}
		if !(p.Hessian[0] >= low && p.Hessian[0] <= high) {
			t.Errorf("curvature at %v is %v, expected one between %v and %v", x, p.Hessian[0], low, high)
		}
	}
	// The ratio is the printed one for small μ, but for what is before the powers.
	s := Training{Lipschitz: 1, Smooth: 1e-6, Rate: 1, Steps: 1e4, Samples: 100}
	near(t, "ratio", 2*s.Smoothed(2, 0.5).Stability()/s.Stability(), s.PrintedRatio(2, 0.5), 1e-4)
}

func TestBadInput(t *testing.T) {
	nan := math.NaN()
	panics := func(what, want string, f func()) {
		t.Helper()
		defer func() {
			if r := recover(); r == nil || !strings.Contains(r.(string), want) {
				t.Errorf("%s: %v, expected a panic with %q", what, r, want)
			}
		}()
		f()
	}
	f := wells(2)
	for _, v := range [][2]float64{{0, 1}, {-1, 1}, {1, 0}, {1, -2}, {nan, 1}, {1, nan}, {math.Inf(1), 1}} {
		panics("scope and β", "γ is", func() { Of(f, v[0], v[1]) })
	}
	l := Of(f, 1, 1)
	panics("x too short", "variables", func() { l.Quadrature([]float64{1}) })
	panics("three variables", "1 or 2", func() { Of(wells(3), 1, 1).Quadrature([]float64{1, 1, 1}) })
	panics("x of another type", "float32", func() { l.Laplace(device.Of([]float32{1, 2})) })
	panics("no bound", "-1/γ", func() { CurvatureBounds(-1, 1, 1) })
	panics("no samples", "samples", func() { Training{1, 1, 1, 1, 1}.Stability() })
	panics("no slope", "above 0", func() { Training{nan, 1, 1, 1, 10}.Stability() })

	fails := func(what, want string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, expected an error with %q", what, err, want)
		}
	}
	_, err := l.Quadrature([]float64{1, nan})
	fails("x is NaN", "finite", err)
	_, err = l.Laplace(device.Of([]float64{nan, 1}))
	fails("Laplace at NaN", "NaN", err)
	_, err = Of(bowl(0, -2, 1), 1, 1).Quadrature([]float64{0, 0})
	fails("no integral", "smaller scope", err)
	_, err = Of(bowl(0, -2, 1), 1, 1).Laplace(device.Of([]float64{0, 0}))
	fails("no minimum", "smaller scope", err)
	hole := smooth{1, func(x, g []float64) float64 { g[0] = 0; return math.Sqrt(x[0]) }, nil}
	_, err = Of(hole, 1, 1).Quadrature([]float64{1})
	fails("the landscape is NaN", "NaN at [-", err)
}
