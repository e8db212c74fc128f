package noneq_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"glassy/lab/noneq"
	"glassy/lab/pde"
	"glassy/lab/rng"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func square(low, high float64, nodes int) pde.Grid {
	return pde.NewGrid(pde.Line(low, high, nodes), pde.Line(low, high, nodes))
}

func steady(t *testing.T, p noneq.Process, g pde.Grid) *noneq.Steady {
	t.Helper()
	s, err := must(noneq.NewWalk(p, g)).Steady()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func within(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, expected %v within %g", what, got, want, tolerance)
	}
}

// e^(-Φ) at the nodes is stationary exactly where the drift is a gradient of fourth
// degree, at any β; of Example 6.43 to second order, for every λ.
func TestExample643Stationary(t *testing.T) {
	gibbs := func(β float64, g pde.Grid) *pde.Field {
		f := must(g.Sample(func(x []float64) float64 { return math.Exp(-β * noneq.DoubleWell(0).Potential(x)) }))
		floats.Scale(1/f.Integral(), f.Values)
		return f
	}
	g := square(-3, 3, 41)
	for _, β := range []float64{1, 4} {
		s := steady(t, noneq.DoubleWell(0).Process().At(β), g)
		if d := floats.Distance(s.Density.Values, gibbs(β, g).Values, math.Inf(1)); d > 1e-12 {
			t.Errorf("λ = 0, β = %g: the density is off by %g", β, d)
		}
		if p, i := s.EntropyProduction(), s.Imbalance(); math.Abs(p) > 1e-12 || i > 1e-12 {
			t.Errorf("λ = 0: entropy production %g, imbalance %g, expected 0", p, i)
		}
	}
	var off []float64
	for _, n := range []int{31, 61} {
		g := square(-3, 3, n)
		s := steady(t, noneq.DoubleWell(1.5).Process(), g)
		off = append(off, floats.Distance(s.Density.Values, gibbs(1, g).Values, math.Inf(1)))
		if r := s.Residual(); r > 1e-14 {
			t.Errorf("residual %g", r)
		}
	}
	if order := math.Log2(off[0] / off[1]); !(order > 1.7 && order < 2.4) {
		t.Errorf("λ = 1.5: errors %v, order %.2f, expected 2", off, order)
	}
}

// A field put together from Φ, D and Q has e^(-βΦ) as its stationary density: at points
// by differences, and on a grid with a tensor that turns, to second order.
func TestTheorem648(t *testing.T) {
	parts := noneq.Parts{Dim: 2, Beta: 2,
		Potential: func(x []float64) float64 { return x[0]*x[0]*x[0]*x[0]/4 + x[1]*x[1] + x[0]*x[1]/2 },
		Diffusion: func(x, D []float64) {
			D[0], D[3] = 1+x[0]*x[0]/2, 2+x[1]*x[1]/3
			D[1] = 0.8 * math.Sin(x[0]+x[1])
			D[2] = D[1]
		},
		Curl: func(x, Q []float64) {
			q := 0.5 + x[0] - 0.7*x[1]
			Q[0], Q[1], Q[2], Q[3] = 0, q, -q, 0
		}}
	p := parts.Process()
	for _, x := range [][]float64{{0.4, -0.3}, {-1, 0.7}, {0, 0}} {
		within(t, "residual", p.Residual(parts.Potential, x), 0, 1e-9)
		example := noneq.Ring{Kappa: 0.3, Lambda: 1.5}
		within(t, "residual of the ring", example.Process().Residual(example.Potential, x), 0, 1e-9)
		_, divergence, along := example.Process().Remainder(example.Potential, x)
		_, exact := example.Force(x)
		within(t, "∇·j by differences", divergence, exact, 1e-9)
		within(t, "j·∇Φ by differences", along, exact, 1e-9)
	}
	var off []float64
	for _, n := range []int{25, 49} {
		s := steady(t, p, square(-2.5, 2.5, n))
		worst := 0.0
		low := math.Inf(1) // the least Φ of a node
		x := make([]float64, 2)
		for i := range s.Potential.Values {
			s.Walk.Grid.At(i, x)
			low = min(low, parts.Potential(x))
		}
		for i, Φ := range s.Potential.Values {
			s.Walk.Grid.At(i, x)
			if want := parts.Potential(x) - low; want < 1.5 {
				worst = max(worst, math.Abs(Φ-want))
			}
		}
		off = append(off, worst)
	}
	if order := math.Log2(off[0] / off[1]); !(order > 1.5 && off[1] < 0.03) {
		t.Errorf("Φ on the grids is off by %v, order %.2f, expected 2", off, order)
	}
}

// Random linear processes: the decomposition holds, and entropy is produced exactly
// where detailed balance is broken.
func TestRandomLinear(t *testing.T) {
	for trial := range 60 {
		d := 2 + trial%3
		ξ := make([]float64, 3*d*d)
		rng.Key(7).Split(uint64(trial)).Normals(0, ξ)
		A := mat.NewDense(d, d, ξ[:d*d])
		var D, U mat.Dense
		D.Mul(A, A.T())
		B := mat.NewDense(d, d, ξ[d*d:2*d*d])
		U.Mul(B, B.T())
		for i := range d {
			D.Set(i, i, D.At(i, i)+0.2)
			U.Set(i, i, U.At(i, i)+0.2)
		}
		G := mat.DenseCopyOf(&D)
		balance := trial%2 == 0
		if !balance {
			for i := range d {
				for j := range i {
					G.Set(i, j, G.At(i, j)+ξ[2*d*d+i*d+j])
					G.Set(j, i, G.At(j, i)-ξ[2*d*d+i*d+j])
				}
			}
		}
		var F mat.Dense
		F.Mul(G, &U)
		l := must(noneq.NewLinear(d, F.RawMatrix().Data, D.RawMatrix().Data, 3))
		c := must(l.Decompose())
		var DQ, back, apart mat.Dense
		DQ.Add(l.D, c.Q)
		back.Mul(&DQ, c.U)
		apart.Sub(&back, l.F)
		scale := mat.Norm(l.F, 2)
		if e := mat.Norm(&apart, 2); e > 1e-8*scale {
			t.Errorf("trial %d: (D+Q)U is off F by %g of %g", trial, e, scale)
		}
		var rest mat.Dense
		rest.Sub(c.U, &U)
		if e := mat.Norm(&rest, 2); e > 1e-7*mat.Norm(&U, 2) {
			t.Errorf("trial %d: U is off by %g", trial, e)
		}
		σ := must(l.EntropyProduction())
		rates := must(l.AreaRates())
		if balance && (math.Abs(σ) > 1e-9*scale || mat.Max(rates) > 1e-9*scale) {
			t.Errorf("trial %d: detailed balance holds and entropy is produced at the rate %g, areas %g", trial, σ, mat.Max(rates))
		}
		if !balance && !(σ > 1e-6 && mat.Max(rates) > 1e-6) {
			t.Errorf("trial %d: detailed balance is broken and entropy is produced at the rate %g, areas %g", trial, σ, mat.Max(rates))
		}
		var vanishing mat.Dense
		vanishing.Mul(c.Q, c.U)
		within(t, "∇·j = -tr QU", mat.Trace(&vanishing)/scale, 0, 1e-9)
	}
}

// The walk of a linear process that turns: mass, sign, moments, free energy, area rate
// and entropy production beside the closed forms.
func TestLinearWalk(t *testing.T) {
	l := must(noneq.NewLinear(2, []float64{1, -2, 1.5, 0.8}, []float64{1, 0.3, 0.3, 0.5}, 2))
	g := square(-4, 4, 65)
	w := must(noneq.NewWalk(l.Process(), g))
	s := must(w.Steady())
	if s.Wall() > 1e-5 {
		t.Errorf("%g of the mass is at the walls", s.Wall())
	}
	within(t, "entropy production", s.EntropyProduction()/must(l.EntropyProduction()), 1, 0.02)
	within(t, "circulation", s.Circulation()/must(l.AreaRates()).At(0, 1), 1, 0.02)
	c := must(l.Decompose())
	rotation := c.Rotation()
	j := s.Force()
	x := []float64{0.5, -0.25}
	for k := range 2 {
		within(t, "j", j[k].At(x...), rotation.At(k, 0)*x[0]+rotation.At(k, 1)*x[1], 0.03)
	}

	m0, S0 := []float64{1, -0.5}, mat.NewSymDense(2, []float64{0.1, 0, 0, 0.1})
	ρ := must(g.Sample(func(x []float64) float64 {
		return math.Exp(-((x[0]-1)*(x[0]-1)+(x[1]+0.5)*(x[1]+0.5))/0.2) / (0.2 * math.Pi)
	}))
	mass, last := ρ.Integral(), w.FreeEnergy(ρ, s.Density)
	for k := 1; k <= 3; k++ {
		before := ρ
		var reached float64
		ρ, reached = w.Evolve(context.Background(), ρ, 0.2)
		within(t, "time reached", reached, 0.2, 0)
		within(t, "mass", ρ.Integral(), mass, 1e-12)
		if v := floats.Min(ρ.Values); !(v >= 0) {
			t.Errorf("the density is %g somewhere", v)
		}
		F := w.FreeEnergy(ρ, s.Density)
		if !(F < last) || !(s.Dissipation(before) > 0) {
			t.Errorf("free energy goes from %g to %g, dissipation %g", last, F, s.Dissipation(before))
		}
		last = F
		mean, S, err := l.Moments(m0, S0, 0.2*float64(k))
		if err != nil {
			t.Fatal(err)
		}
		energy, _, err := l.FreeEnergy(mean, S)
		if err != nil {
			t.Fatal(err)
		}
		within(t, "free energy", F, energy, 0.01)
		first, second := 0.0, 0.0
		for i, v := range ρ.Values {
			g.At(i, x)
			first += v * x[0] * g.Cell()
			second += v * x[0] * x[1] * g.Cell()
		}
		within(t, "mean", first, mean[0], 5e-3) // h²/3
		within(t, "covariance", second-mean[0]*mean[1], S.At(0, 1), 4e-3)
	}
	// -dF/dt of the walk is its dissipation.
	const dt = 1e-5
	a, _ := w.Evolve(context.Background(), ρ, dt)
	b, _ := w.Evolve(context.Background(), ρ, 2*dt)
	slope := (3*w.FreeEnergy(ρ, s.Density) - 4*w.FreeEnergy(a, s.Density) + w.FreeEnergy(b, s.Density)) / (2 * dt)
	within(t, "dissipation", s.Dissipation(ρ)/slope, 1, 1e-5)
}

// The two parts of the generator: their sum, their symmetries, and what they do to ρ^ss;
// Kolmogorov's backward equation is the transpose.
func TestSplit(t *testing.T) {
	g := pde.NewGrid(pde.Line(-2, 2, 17), pde.Axis{Low: -math.Pi, High: math.Pi, Nodes: 16, Boundary: pde.Periodic})
	p := noneq.Process{Dim: 2, Beta: 1.5,
		Drift: func(x, b []float64) { b[0], b[1] = -x[0]+math.Sin(x[1]), 1+0.5*math.Cos(x[1])*x[0] },
		Diffusion: func(x, D []float64) {
			c, s := math.Cos(0.7), math.Sin(0.7) // axes of 3 and 0.3, turned
			D[0], D[1], D[3] = 3*c*c+0.3*s*s, 2.7*c*s, 3*s*s+0.3*c*c
			D[2] = D[1]
		}}
	w := must(noneq.NewWalk(p, g))
	s := must(w.Steady())
	field := func(key uint64) *pde.Field {
		v := make([]float64, g.Nodes())
		rng.Key(key).Normals(0, v)
		for i := range v {
			v[i] = math.Exp(v[i])
		}
		return must(g.Field(v))
	}
	a, b := field(1), field(2)
	aS, aA := s.Split(a)
	bS, bA := s.Split(b)
	sum := make([]float64, len(a.Values))
	floats.AddTo(sum, aS.Values, aA.Values)
	scale := floats.Norm(sum, math.Inf(1))
	within(t, "L - L_S - L_A", floats.Distance(sum, w.Rate(a).Values, math.Inf(1))/scale, 0, 1e-13)
	product := func(f, g *pde.Field) (v float64) {
		for i, p := range s.Density.Values {
			v += f.Values[i] * g.Values[i] / p
		}
		return v
	}
	size := math.Abs(product(aS, b))
	within(t, "L_S - L_Sᵀ", (product(aS, b)-product(a, bS))/size, 0, 1e-11)
	within(t, "L_A + L_Aᵀ", (product(aA, b)+product(a, bA))/size, 0, 1e-11)
	zS, zA := s.Split(s.Density)
	within(t, "L_S ρ^ss", floats.Norm(zS.Values, math.Inf(1)), 0, 1e-12)
	within(t, "L_A ρ^ss", floats.Norm(zA.Values, math.Inf(1)), 0, 1e-12)

	u, _ := w.Evolve(context.Background(), a, 0.3)
	v, _ := w.Backward(context.Background(), b, 0.3)
	within(t, "⟨e^(Lt)a, b⟩", floats.Dot(u.Values, b.Values)/floats.Dot(a.Values, v.Values), 1, 1e-12)
}

// Stopped early: what is done, no error.
func TestEvolveStops(t *testing.T) {
	w := must(noneq.NewWalk(noneq.DoubleWell(1).Process(), square(-2, 2, 9)))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	ρ := must(w.Grid.Sample(func([]float64) float64 { return 1 }))
	if _, reached := w.Evolve(ctx, ρ, 1); reached != 0 {
		t.Errorf("reached %v after the context was done, expected 0", reached)
	}
}

func TestBadInput(t *testing.T) {
	linear := func(F, D []float64) *noneq.Linear { return must(noneq.NewLinear(2, F, D, 1)) }
	drift := noneq.DoubleWell(0).Process().Drift
	for _, c := range []struct {
		err  func() error
		says string
	}{
		{func() error { _, err := noneq.NewLinear(2, make([]float64, 4), []float64{1, 2, 2, 1}, 1); return err }, "eigenvalue -1"},
		{func() error { _, err := noneq.NewLinear(2, make([]float64, 4), []float64{1, 2, 0, 1}, 1); return err }, "symmetric"},
		{func() error {
			_, err := linear([]float64{1, 0, 0, -0.5}, []float64{1, 0, 0, 1}).Stationary()
			return err
		}, "eigenvalue (-0.5+0i)"},
		{func() error { _, err := linear([]float64{1, 0, 0, -1}, []float64{1, 0, 0, 1}).Decompose(); return err }, "sum 0"},
		{func() error { _, err := linear([]float64{1, 0, 0, 2}, []float64{1, 0, 0, 0}).Decompose(); return err }, "does not reach"},
		{func() error {
			_, err := linear([]float64{1, 1, -1, 2}, []float64{1, 0, 0, 0}).EntropyProduction()
			return err
		}, "D has the eigenvalue 0"},
		{func() error {
			_, err := noneq.NewWalk(noneq.Process{Dim: 2, Beta: 1, Drift: drift, Diffusion: func(x, D []float64) { D[0], D[1], D[2], D[3] = 1, 0, 0, x[0] }}, square(-1, 1, 5))
			return err
		}, "eigenvalue -1"},
		{func() error {
			_, err := noneq.NewWalk(noneq.Process{Dim: 2, Beta: 1, Drift: func(x, b []float64) { b[0] = math.Log(x[0]) }}, square(-1, 1, 5))
			return err
		}, "drift is"},
		{func() error { // steps along (1, 100) leave a grid of 9×9
			_, err := noneq.NewWalk(noneq.Process{Dim: 2, Beta: 1, Drift: drift, Diffusion: func(x, D []float64) { D[0], D[1], D[2], D[3] = 1e-4+1e-9, 1e-2, 1e-2, 1 }}, square(-1, 1, 9))
			return err
		}, "too anisotropic"},
		{func() error { // noise and drift along x alone: each row is a world of its own
			w, err := noneq.NewWalk(noneq.Process{Dim: 2, Beta: 1, Drift: func(x, b []float64) { b[0], b[1] = -x[0], 0 }, Diffusion: func(x, D []float64) { D[0], D[1], D[2], D[3] = 1, 0, 0, 0 }}, square(-1, 1, 5))
			if err != nil {
				return err
			}
			_, err = w.Steady()
			return err
		}, "no single stationary state"},
	} {
		if err := c.err(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("error is %v, expected one that says %q", err, c.says)
		}
	}
}

// Klein and Kramers: the positions' law is that of Φ whatever A is, and for a small mass
// they relax as with (S+A)⁻¹.
func TestKleinKramers(t *testing.T) {
	U := mat.NewSymDense(2, []float64{2, 0.3, 0.3, 1})
	S := mat.NewSymDense(2, []float64{1, 0.2, 0.2, 0.7})
	A := mat.NewDense(2, 2, []float64{0, 0.9, -0.9, 0})
	var G, GU mat.Dense
	G.Add(S, A)
	if err := G.Inverse(&G); err != nil {
		t.Fatal(err)
	}
	GU.Mul(&G, U)
	D := mat.NewDense(2, 2, []float64{G.At(0, 0), (G.At(0, 1) + G.At(1, 0)) / 2, (G.At(0, 1) + G.At(1, 0)) / 2, G.At(1, 1)})
	limit := must(noneq.NewLinear(2, GU.RawMatrix().Data, D.RawMatrix().Data, 4)).Eigenvalues()
	last := math.Inf(1)
	for _, m := range []float64{1, 0.1, 0.01, 0.001} {
		l := must(noneq.KleinKramers(U, S, A, m, 4))
		Σ := must(l.Stationary())
		var inverse mat.Dense
		if err := inverse.Inverse(U); err != nil {
			t.Fatal(err)
		}
		for i := range 2 {
			for j := range 2 {
				within(t, "position covariance", Σ.At(i, j), inverse.At(i, j)/4, 1e-9)
				within(t, "covariance of position and momentum", Σ.At(i, 2+j), 0, 1e-9)
			}
			within(t, "momentum variance", Σ.At(2+i, 2+i), m/4, 1e-9)
		}
		off := real(l.Eigenvalues()[0]) - real(limit[0])
		if !(math.Abs(off) < last) {
			t.Errorf("mass %g: the slowest rate is off its limit by %g, before by %g", m, off, last)
		}
		last = math.Abs(off)
	}
	within(t, "slowest rate at mass 0.001", last, 0, 0.005)
}

// A process that turns: noise is the same in all directions, and yet there is a current.
func Example() {
	l, _ := noneq.NewLinear(2, []float64{1, -2, 2, 1}, []float64{1, 0, 0, 1}, 1)
	c, _ := l.Decompose()
	σ, _ := l.EntropyProduction()
	walk, _ := noneq.NewWalk(l.Process(), square(-4, 4, 33))
	state, _ := walk.Steady()
	fmt.Printf("Q₁₂ = %.1f, entropy production %.1f, on a grid %.1f\n", c.Q.At(0, 1), σ, state.EntropyProduction())
	// Output: Q₁₂ = -2.0, entropy production 8.0, on a grid 8.1
}
