package sde

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
)

// well is a sum of g(x_a) over the coordinates.
type well struct {
	d int
	g func(x float64) (value, slope float64)
}

func (w well) Dim() int                  { return w.d }
func (w well) New() device.Vector        { return device.CPU().New(device.Float64, w.d) }
func (w well) Copy() landscape.Landscape { return w }
func (w well) Value(x device.Vector) float64 {
	return w.Gradient(x, w.New())
}
func (w well) Gradient(x, g device.Vector) (f float64) {
	for a, v := range device.Host[float64](x) {
		value, slope := w.g(v)
		f += value
		device.Host[float64](g)[a] = slope
	}
	return f
}

func bowl(stiffness float64, d int) well {
	return well{d, func(x float64) (float64, float64) { return stiffness * x * x / 2, stiffness * x }}
}

func double(d int) well {
	return well{d, func(x float64) (float64, float64) { q := x*x - 1; return q * q / 4, q * x }}
}

func near(t *testing.T, what string, got, want, bound float64) {
	t.Helper()
	if !(math.Abs(got-want) <= bound) {
		t.Errorf("%s: %.10g, expected %.10g to %.2g", what, got, want, bound)
	}
}

// The stationary variance of Euler's scheme in a bowl is D/a/(1-ah/2), that of Heun's
// D/a/(1-a²h²/4 + …): both known in closed form, as x is multiplied by a number and
// gets a normal one.
func TestStationaryVariance(t *testing.T) {
	const a, D, h = 1.5, 0.4, 0.3
	e := Langevin(bowl(a, 2), D)
	keep := map[Method][2]float64{
		EulerMaruyama: {1 - a*h, 1},
		Heun:          {1 - a*h + a*a*h*h/2, 1 - a*h/2},
	}
	for method, k := range keep {
		x := make([]float64, 2*5000)
		var squares []float64
		steps, status := e.Run(x, Options{Step: h, Steps: 400, Method: method, Seed: 3, Every: 20, Observe: func(step int, at float64, x []float64) {
			near(t, "time", at, float64(step)*h, 1e-9)
			if step >= 100 {
				for _, v := range x {
					squares = append(squares, v*v)
				}
			}
		}})
		if steps != 400 || status != Finished {
			t.Fatal(steps, status)
		}
		want := 2 * D * h * k[1] * k[1] / (1 - k[0]*k[0])
		near(t, "variance", stat.Mean(squares, nil), want, 5*want*math.Sqrt(2/float64(len(squares)))*1.2)
	}
}

// The orders that the docs state, measured on paths that are refined: of the error of
// single paths, and of a mean.
func TestOrders(t *testing.T) {
	const paths, T = 2000, 1.0
	geometric := Equation{Dim: 1,
		Drift: func(_ float64, x, b []float64) { b[0] = -0.5 * x[0] },
		Noise: func(_ float64, x, s []float64) { s[0] = 0.8 * x[0] },
	}
	additive := Equation{Dim: 1,
		Drift: func(_ float64, x, b []float64) { b[0] = x[0] - x[0]*x[0]*x[0] },
		Noise: constant(0.7),
	}
	end := func(e Equation, m Method, level int) []float64 {
		x := make([]float64, paths)
		for i := range x {
			x[i] = 1
		}
		e.Run(x, Options{Step: T / float64(int(1)<<level), Steps: 1 << level, Method: m, Paths: Paths(rng.Key(5), paths, 1, T, level)})
		return x
	}
	for _, c := range []struct {
		name         string
		e            Equation
		m            Method
		strong, weak float64
	}{
		{"Euler, multiplicative", geometric, EulerMaruyama, 0.5, 1},
		{"Euler, additive", additive, EulerMaruyama, 1, 1},
		{"Heun, additive", additive, Heun, 1, 2},
	} {
		fine := end(c.e, c.m, 10)
		var strong, weak []float64
		for _, level := range []int{3, 5} {
			x := end(c.e, c.m, level)
			s, w := 0.0, 0.0
			for i := range x {
				s += math.Abs(x[i]-fine[i]) / paths
				w += (x[i]*x[i] - fine[i]*fine[i]) / paths
			}
			strong, weak = append(strong, s), append(weak, math.Abs(w))
		}
		// Two levels apart: a factor 4 in the step.
		if order := math.Log2(strong[0]/strong[1]) / 2; order < c.strong-0.15 {
			t.Errorf("%s: strong errors %.3g, order %.2f, expected %g", c.name, strong, order, c.strong)
		}
		if order := math.Log2(weak[0]/weak[1]) / 2; order < c.weak-0.4 {
			t.Errorf("%s: weak errors %.3g, order %.2f, expected %g", c.name, weak, order, c.weak)
		}
	}
}

func TestBrownian(t *testing.T) {
	b := Brownian{rng.Key(1), 3, 2}
	for level := range 6 {
		coarse, fine := b.Increments(level), b.Increments(level+1)
		for i := range coarse {
			k, a := i/3, i%3
			near(t, "refined", fine[2*k*3+a]+fine[(2*k+1)*3+a], coarse[i], 1e-14)
		}
	}
	var all []float64
	for k := range 200 {
		all = append(all, Brownian{rng.Key(k), 3, 2}.Increments(5)...)
	}
	near(t, "variance", stat.Variance(all, nil), 2./32, 5*2./32*math.Sqrt(2/float64(len(all))))
	near(t, "correlation", stat.Correlation(all[:len(all)-3], all[3:], nil), 0, 5/math.Sqrt(float64(len(all))))
}

// A walker's path is its own: on any number of threads, in one call or in two, with
// whomever it walks.
func TestSameBits(t *testing.T) {
	e := Langevin(double(2), 0.3)
	walk := func(o Options, first, n int) []float64 {
		x := make([]float64, 2*n)
		o.Step, o.Steps, o.Seed, o.First = 0.01, 700, 9, first
		e.Run(x, o)
		return x
	}
	want := walk(Options{}, 0, 300)
	procs := runtime.GOMAXPROCS(1)
	one := walk(Options{Every: 17, Observe: func(int, float64, []float64) {}}, 0, 300)
	runtime.GOMAXPROCS(5)
	five := walk(Options{}, 0, 300)
	part := walk(Options{}, 100, 50)
	runtime.GOMAXPROCS(procs)
	if !slices.Equal(want, one) || !slices.Equal(want, five) || !slices.Equal(want[200:300], part) {
		t.Error("paths differ")
	}
}

// Dynamics with inertia has the Gibbs law of positions and velocities, and goes over
// into the overdamped one.
func TestKinetic(t *testing.T) {
	const D = 0.25
	w := double(1)
	k := Kinetic{w, 1, D}
	x, v := make([]float64, 2000), make([]float64, 2000)
	var xs, vs []float64
	k.Run(x, v, Options{Step: 0.1, Steps: 1500, Every: 50, Seed: 2, Observe: func(step int, _ float64, x []float64) {
		if step >= 300 {
			for i := range x {
				xs, vs = append(xs, x[i]*x[i]), append(vs, v[i]*v[i])
			}
		}
	}})
	z, second := 0.0, 0.0
	for q := -4.0; q < 4; q += 0.001 {
		f, _ := w.g(q)
		z += math.Exp(-f / D)
		second += q * q * math.Exp(-f/D)
	}
	near(t, "⟨x²⟩", stat.Mean(xs, nil), second/z, 0.01)
	near(t, "⟨v²⟩", stat.Mean(vs, nil), D, 0.005)

	// At time ct X is where Langevin's is at time t: E X² from 0 in a bowl.
	const c = 40
	k = Kinetic{bowl(1, 1), c, D}
	x, v = make([]float64, 5000), make([]float64, 5000)
	k.Run(x, v, Options{Step: 0.02, Steps: 50 * c / 2, Seed: 4}) // c/2·1 = time 0.5c
	squares := 0.0
	for _, q := range x {
		squares += q * q / 5000
	}
	near(t, "overdamped", squares, D*(1-math.Exp(-1)), 0.015)
}

// In a bowl the means of the two-scale systems obey linear equations without noise, and
// those tend to the limits of Theorem 4.5 with an error of order ε.
func TestTwoScales(t *testing.T) {
	const a, γ, T = 2.0, 0.5, 1.0
	for name, c := range map[string]struct {
		e    func(ε float64) Equation
		rate float64
	}{
		"local entropy": {func(ε float64) Equation { return LocalEntropy(bowl(a, 1), γ, 1, ε) }, a / (1 + a*γ)},
		"twin":          {func(ε float64) Equation { return Twin(bowl(a, 1), γ, 1, ε) }, a / (1 + a*γ)},
		"elastic":       {func(ε float64) Equation { return Elastic(bowl(a, 1), 3, γ, 1, ε) }, a / (1 + a*γ)},
		"heat":          {func(ε float64) Equation { return Heat(bowl(a, 1), γ, 1, ε) }, a},
	} {
		var wrong []float64
		for _, ε := range []float64{0.04, 0.02} {
			e := c.e(ε)
			noise := e.Noise
			e.Noise = nil
			x := make([]float64, e.Dim)
			x[0] = 1
			for k := 1; k < len(x); k++ { // off the mean that X asks for
				x[k] = 0.9
			}
			e.Run(x, Options{Step: 2e-5, Steps: int(T / 2e-5)})
			wrong = append(wrong, x[0]-math.Exp(-c.rate*T))
			// Y's stationary variance: its pull times itself is its noise.
			s := make([]float64, e.Dim)
			noise(0, x, s)
			near(t, name+": noise", s[1]*s[1], 2/ε, 1e-9)
			near(t, name+": noise of X", s[0], 0, 0)
		}
		if order := math.Log2(wrong[0] / wrong[1]); math.Abs(order-1) > 0.15 {
			t.Errorf("%s: errors %.3g, order %.2f, expected 1", name, wrong, order)
		}
	}
}

// With a constant drift m the mean time to a level L is L/m; the walk overshoots it by
// 0.5826 s√h (Siegmund 1979).
func TestPassageTimes(t *testing.T) {
	const m, L, s, h = 1.0, 2.0, 0.5, 0.01
	slope := well{1, func(x float64) (float64, float64) { return -m * x, -m }}
	p := Langevin(slope, s*s/2).PassageTimes(make([]float64, 4000), func(x []float64) bool { return x[0] >= L }, Options{Step: h, Steps: 10000, Seed: 1})
	near(t, "mean", p.Mean, (L+0.5826*s*math.Sqrt(h))/m, 5*p.Error)
	if p.Missing != 0 || p.Status != Finished {
		t.Error(p.Missing, p.Status)
	}
	cut := Langevin(slope, s*s/2).PassageTimes(make([]float64, 100), func(x []float64) bool { return x[0] >= L }, Options{Step: h, Steps: 20, Seed: 1})
	if cut.Missing != 100 {
		t.Error(cut.Missing, "did not arrive in time 0.2, expected all")
	}
}

func TestAnnealing(t *testing.T) {
	// Tilted, from the wrong side: most walkers end in the lower well.
	tilted := well{1, func(x float64) (float64, float64) { q := x*x - 1; return q*q + 0.3*x, 4*q*x + 0.3 }}
	x := make([]float64, 500)
	for i := range x {
		x[i] = 1
	}
	Annealing(tilted, func(at float64) float64 { return 0.9 / math.Log(at+2) }).Run(x, Options{Step: 0.02, Steps: 10000, Seed: 1})
	low := 0
	for _, v := range x {
		if v < 0 {
			low++
		}
	}
	if low < 450 {
		t.Errorf("%d of 500 walkers in the lower well", low)
	}
}

func TestErrors(t *testing.T) {
	unbound := well{1, func(x float64) (float64, float64) { return 0, -x * x * x }}
	x := []float64{3}
	if _, status := Langevin(unbound, 1).Run(x, Options{Step: 0.1, Steps: 100}); status != Diverged {
		t.Error("a walk without bounds:", status)
	}
	for name, f := range map[string]func(){
		"no step":        func() { Langevin(double(1), 1).Run(x, Options{Steps: 3}) },
		"negative D":     func() { Langevin(double(1), -1) },
		"walkers in 2-D": func() { Langevin(double(2), 1).Run(x, Options{Step: 1, Steps: 1}) },
		"no scale":       func() { LocalEntropy(double(1), 1, 0, 1) },
		"no drift":       func() { Equation{Dim: 1}.Run(x, Options{Step: 1, Steps: 1}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

// line is least squares in one variable, f_k = ½(a_k x - y_k)²; cubed adds c(x) to
// each, which makes the drift and the noise no polynomials of low degree.
type line struct {
	a, y  []float64
	cubed float64
}

func (l line) Dim() int                  { return 1 }
func (l line) New() device.Vector        { return device.CPU().New(device.Float64, 1) }
func (l line) Copy() landscape.Landscape { return l }
func (l line) Samples() int              { return len(l.a) }
func (l line) slope(k int, x float64) float64 {
	return (l.a[k]*x-l.y[k])*l.a[k] + l.cubed*l.a[k]*math.Sin(2*x)
}
func (l line) Value(x device.Vector) float64 { panic("not asked for") }
func (l line) Gradient(x, g device.Vector) float64 {
	return l.BatchGradient(x, landscape.Batch{Index: []int{0, 1, 2, 3}}, g)
}
func (l line) BatchGradient(x device.Vector, b landscape.Batch, g device.Vector) float64 {
	sum := 0.0
	for _, k := range b.Index {
		sum += l.slope(k, device.Host[float64](x)[0])
	}
	device.Host[float64](g)[0] = sum / float64(len(b.Index))
	return 0
}
func (l line) SampleGradients(x device.Vector, index []int) landscape.Gradients {
	g := make(slopes, len(index))
	for i, k := range index {
		g[i] = l.slope(k, device.Host[float64](x)[0])
	}
	return g
}

type slopes []float64

func (g slopes) Len() int                            { return len(g) }
func (g slopes) SquaredNorms([]float64)              {}
func (g slopes) Gram([]float64)                      {}
func (g slopes) Apply(device.Vector, []float64)      {}
func (g slopes) Rows(from, to int, at device.Vector) {}
func (g slopes) Combine(w []float64, dst device.Vector) {
	device.Host[float64](dst)[0] = floats.Dot(w, g)
}

// Gradient descent and its equation have the same covariance of a step, drawn with
// replacement and without, and the noise of the equation has no other mean.
func TestSGDNoise(t *testing.T) {
	l := line{a: []float64{1, 0.5, -1.5, 2}, y: []float64{1, 0, -1, 3}}
	const x, walkers = 0.4, 40_000
	g := []float64(l.SampleGradients(device.Of([]float64{x}), []int{0, 1, 2, 3}).(slopes))
	mean, D := stat.PopMeanVariance(g, nil)
	for _, b := range []Batches{{0.1, 2, false}, {0.1, 2, true}, {0.1, 4, true}} {
		v := D / float64(b.Size)
		if b.WithoutReplacement {
			v *= float64(4-b.Size) / 3
		}
		near(t, "2β⁻¹D a step", 2*b.Temperature(4)*b.Rate*D*map[bool]float64{false: 1, true: 4. / 3}[b.WithoutReplacement], b.Rate*b.Rate*v, 1e-15)
		for name, walk := range map[string]func(at []float64) Status{
			"gradient descent": func(at []float64) Status { _, s := b.Run(l, at, Options{Steps: 1, Seed: 3}); return s },
			"its equation": func(at []float64) Status {
				_, s := SGD(l, b).Run(at, Options{Step: b.Rate, Steps: 1, Seed: 4})
				return s
			},
		} {
			at := make([]float64, walkers)
			floats.AddConst(x, at)
			if s := walk(at); s != Finished {
				t.Fatal(s)
			}
			m, s := stat.MeanVariance(at, nil)
			want := b.Rate * b.Rate * v
			near(t, name+": mean of a step", m, x-b.Rate*mean, 4*math.Sqrt(want/walkers)+1e-12)
			near(t, name+": variance of a step", s, want, 0.04*want+1e-15) // 4 sigmas of √(2/n), more for few values
		}
	}
}

// A batch without replacement has no datum twice, and each as often as any other.
func TestBatchesWithoutReplacement(t *testing.T) {
	b, counts := Batches{1, 3, true}, make([]int, 5)
	index := make([]int, 3)
	for i := range 10_000 {
		b.draw(rng.Key(1).Split(uint64(i)).Stream(), 5, index)
		if index[0] == index[1] || index[0] == index[2] || index[1] == index[2] {
			t.Fatalf("batch %v", index)
		}
		for _, k := range index {
			counts[k]++
		}
	}
	for _, n := range counts {
		near(t, "times that a datum is drawn", float64(n), 6000, 4*math.Sqrt(10_000*0.24))
	}
}

// The second moment of x in the three calculi of one equation, f = ½x², D = 1 + ½x², β = 4:
// 2/7, 1/3, 2/5 in closed form.
func TestCalculi(t *testing.T) {
	for calculus, want := range map[Calculus]float64{Ito: 2. / 7, Stratonovich: 1. / 3, Klimontovich: 2. / 5} {
		e := Equation{Dim: 1, Calculus: calculus,
			Drift: func(_ float64, x, b []float64) { b[0] = -x[0] },
			Noise: func(_ float64, x, s []float64) { s[0] = math.Sqrt(2 * (1 + x[0]*x[0]/2) / 4) }}
		const walkers = 2000
		x := make([]float64, walkers)
		var means []float64
		e.Run(x, Options{Step: 0.01, Steps: 800, Seed: 5, Every: 100, Observe: func(_ int, time float64, x []float64) {
			if time > 4.5 { // the slowest mode of x² decays at the rate 2
				means = append(means, floats.Dot(x, x)/walkers)
			}
		}})
		// Of x², whose variance is about 3·⟨x²⟩², walkers and a few independent times.
		near(t, "⟨x²⟩", stat.Mean(means, nil), want, 0.004+4*want*math.Sqrt(3./walkers/4))
	}
}

// A matrix of noise that is not diagonal: the covariance of a step, and that of a root of
// a matrix without full rank.
func TestDiffusing(t *testing.T) {
	D := []float64{1, 0.5, 0, 0.5, 0.25, 0, 0, 0, 0.3} // rank 2
	e := Diffusing(3, func(_, b []float64) { clear(b) }, func(_, out []float64) { copy(out, D) }, 2)
	const walkers = 20_000
	x := make([]float64, 3*walkers)
	e.Run(x, Options{Step: 0.5, Steps: 1, Seed: 6})
	for i := range 3 {
		for j := range 3 {
			sum := 0.0
			for w := range walkers {
				sum += x[3*w+i] * x[3*w+j]
			}
			near(t, "covariance", sum/walkers, 2./2*0.5*D[3*i+j], 4*0.5*math.Sqrt(2*D[4*i]*D[4*j]/walkers)+1e-12)
		}
	}
}
