package optim

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// quadratics are f_a = ½(x-c)ᵀA(x-c) as data of a landscape.
type quadratics []QuadraticEnergy

func (q quadratics) Dim() int                            { return len(q[0].C) }
func (q quadratics) Samples() int                        { return len(q) }
func (q quadratics) New() device.Vector                  { return device.CPU().New(device.Float64, q.Dim()) }
func (q quadratics) Copy() landscape.Landscape           { return q }
func (q quadratics) Value(x device.Vector) float64       { return q.Gradient(x, q.New()) }
func (q quadratics) Gradient(x, g device.Vector) float64 { panic("not asked for") }
func (q quadratics) BatchGradient(x device.Vector, b landscape.Batch, g device.Vector) float64 {
	f := q[b.Index[0]]
	w := mat.NewVecDense(q.Dim(), nil)
	for i, v := range device.Host[float64](x) {
		w.SetVec(i, v-f.C[i])
	}
	G := mat.NewVecDense(q.Dim(), device.Host[float64](g))
	G.MulVec(f.A, w)
	return 0.5 * mat.Dot(w, G)
}

func twoQuadratics() quadratics {
	return quadratics{
		{mat.NewSymDense(2, []float64{1, 0.2, 0.2, 2}), []float64{1, 0}},
		{mat.NewSymDense(2, []float64{0.5, 0, 0, 1.5}), []float64{-1, 2}},
	}
}

func each(n int) [][]int {
	s := make([][]int, n)
	for a := range s {
		s[a] = []int{a}
	}
	return s
}

// Where Elastic-SGD comes to rest is the minimiser of its objective.
func TestElasticRestsAtItsMinimiser(t *testing.T) {
	q := twoQuadratics()
	const ρ = 0.8
	x, xa, err := ElasticMinimiser(q, ρ)
	if err != nil {
		t.Fatal(err)
	}
	m := ElasticSGD(0.1, 2)
	m.Inner.Momentum, m.Coupling = 0, Constant(ρ)
	p := New(q, q.New(), m, Options{Steps: 1, Subsets: each(2)})
	p.Run(context.Background(), 2000)
	if d := distance(device.Read[float64](p.Weights()), x); d > 1e-13 {
		t.Errorf("the master rests %g from the minimiser", d)
	}
	for a := range xa {
		if r, _, _ := p.Replica(a); distance(device.Read[float64](r), xa[a]) > 1e-13 {
			t.Errorf("replica %d rests at %v, expected %v", a, device.Read[float64](r), xa[a])
		}
	}

	// ρ → 0 draws the replicas together: their spread is O(ρ²).
	spread := func(ρ float64) float64 {
		x, xa, err := ElasticMinimiser(q, ρ)
		if err != nil {
			t.Fatal(err)
		}
		s := 0.0
		for _, y := range xa {
			for i := range y {
				s += (y[i] - x[i]) * (y[i] - x[i]) / 2
			}
		}
		return s
	}
	if order := math.Log2(spread(2e-4) / spread(1e-4)); math.Abs(order-2) > 1e-3 { // the next order, ρ³, at ρ = 1e-4
		t.Errorf("the spread is of order ρ^%.4f, expected ρ²", order)
	}

	flat := quadratics{{mat.NewSymDense(1, nil), []float64{0}}}
	if _, _, err := ElasticMinimiser(flat, 1); err == nil {
		t.Errorf("flat energies have a unique minimiser, expected an error")
	}
}

// The minimiser of the elastic objective is a stationary point: the objective of
// Parle tends to it plus constants for γ → 0, and its differences are ≥ 0 there.
func TestParleObjective(t *testing.T) {
	q := twoQuadratics()
	x, xa, err := ElasticMinimiser(q, 0.8)
	if err != nil {
		t.Fatal(err)
	}
	value := func(shift, γ float64) float64 {
		y := [][]float64{{xa[0][0] + shift, xa[0][1]}, xa[1]}
		v, err := ParleObjective(q, y, x, γ, 0.8)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	const h = 1e-5
	if slope := (value(h, 0) - value(-h, 0)) / (2 * h); math.Abs(slope) > 1e-9 { // rounding 1e-16/h
		t.Errorf("slope of the objective at γ = 0 is %g at the elastic minimiser, expected 0", slope)
	}
	if v := value(0.1, 0) - value(0, 0); !(v > 0) {
		t.Errorf("the objective falls away from its minimiser, by %g", v)
	}
	q[0].A = mat.NewSymDense(2, []float64{-1, 0, 0, 1})
	if _, err := ParleObjective(q, xa, x, 2, 1); err == nil {
		t.Errorf("a local entropy where I + γA is indefinite, expected an error")
	}
}

// The closed spectral radius is the rate at which a run forgets its start.
func TestElasticSpectralRadius(t *testing.T) {
	q := make(quadratics, 3)
	for a := range q {
		q[a] = QuadraticEnergy{mat.NewSymDense(1, []float64{1.3}), []float64{0}}
	}
	for _, c := range []struct{ η, master, ρ float64 }{{0.1, 0.1, 0.5}, {0.3, 0.02, 0.2}, {0.05, 0.4, 2}} {
		m := ElasticSGD(c.η, 3)
		m.Inner.Momentum, m.Coupling, m.Master = 0, Constant(c.ρ), Constant(3*c.master/c.ρ)
		starts := []device.Vector{device.Of([]float64{1}), device.Of([]float64{-2}), device.Of([]float64{4})}
		p := New(q, device.Of([]float64{0.3}), m, Options{Steps: 1, Subsets: each(3), Starts: starts})
		size := func() float64 {
			s := math.Abs(device.Read[float64](p.Weights())[0])
			for a := range 3 {
				x, _, _ := p.Replica(a)
				s = max(s, math.Abs(device.Read[float64](x)[0]))
			}
			return s
		}
		const burn, steps = 400, 400
		p.Run(context.Background(), burn)
		before := size()
		p.Run(context.Background(), steps)
		got := math.Pow(size()/before, 1.0/steps)
		// The slower modes that are left after the burn-in and rounding.
		if want := ElasticSpectralRadius(1.3, 3, c.η, c.master, c.ρ); math.Abs(got-want) > 1e-6 {
			t.Errorf("η=%v η′=%v ρ=%v: error falls by %v a step, expected %v", c.η, c.master, c.ρ, got, want)
		}
	}
	if r := ElasticSpectralRadius(1, 3, 0.1, 1, 0.5); !(r > 1) {
		t.Errorf("nη′/ρ = 6 has spectral radius %v, expected it unstable", r)
	}
}

// For many inner steps without noise and average the update of Entropy-SGD is a
// gradient step on the Moreau envelope: y → (A+1/γ)⁻¹(Ac + x/γ); and for finite
// L the inner loop is a power of I - η(A+1/γ).
func TestInnerLoopOnQuadratics(t *testing.T) {
	const a, c, γ, η = 1.5, 0.7, 0.5, 0.1
	q := quadratics{{mat.NewSymDense(1, []float64{a}), []float64{c}}}
	for _, L := range []int{3, 400} {
		m := HJ()
		m.Steps, m.Scope, m.Inner, m.Outer = L, Constant(γ), Rule{Rate: Constant(η)}, Rule{Rate: Constant(0.3)}
		p := New(q, device.Of([]float64{2}), m, Options{Steps: 1})
		p.Run(context.Background(), L)
		prox := (a*c + 2/γ) / (a + 1/γ)
		y := prox + math.Pow(1-η*(a+1/γ), float64(L))*(2-prox)
		want := 0.3*y + 0.7*2
		if got := device.Read[float64](p.Weights())[0]; math.Abs(got-want) > 1e-13 {
			t.Errorf("L = %d: x = %v, expected %v", L, got, want)
		}
	}
}

// HJ along the gradient on ½λx²: an update multiplies x by 1 - ηλm, where
// y = mx after L steps, and grows where η_y(λ+1/γ) > 1 makes m negative.
func TestHJGradientOnQuadratics(t *testing.T) {
	const ηy, η, γ, L = 0.1, 0.05, 2.0, 5
	for _, λ := range []float64{0.5, 4, 15} {
		q := quadratics{{mat.NewSymDense(1, []float64{λ}), []float64{0}}}
		m := HJGradient(η)
		m.Scope, m.Outer.Momentum = Constant(γ), 0
		p := New(q, device.Of([]float64{1}), m, Options{Steps: 1})
		p.Run(context.Background(), 2*L)
		rest := 1 / γ / (λ + 1/γ)
		y := rest + math.Pow(1-ηy*(λ+1/γ), L)*(1-rest)
		want := math.Pow(1-η*λ*y, 2)
		if got := device.Read[float64](p.Weights())[0]; math.Abs(got-want) > 1e-14 {
			t.Errorf("λ = %v: x = %v after two updates, expected %v", λ, got, want)
		}
		if grows := λ > 1/ηy; grows != (want > 1) {
			t.Errorf("λ = %v: factor %v, expected growth to be %v", λ, want, grows)
		}
	}
}

// At rest, Parle on quadratics is the stationary point of its own linear map,
// solved for here: with z = Mx^a + (I-M)c̃ after L steps, x^a solves
// r(x^a-z) + e(x^a-x) = 0 and x is their mean. One dimension, two energies.
func TestParleRestsAtItsFixedPoint(t *testing.T) {
	q := quadratics{
		{mat.NewSymDense(1, []float64{1.5}), []float64{1}},
		{mat.NewSymDense(1, []float64{0.4}), []float64{-2}},
	}
	const γ, ρ, η0, η, α, L = 2.0, 0.7, 0.1, 0.2, 0.25, 6
	m := Parle(η, 2)
	m.Steps, m.Scope, m.Coupling = L, Constant(γ), Constant(ρ)
	m.Inner.Rate = Constant(η0)
	m.Inner.Momentum, m.Outer.Momentum = 0, 0
	p := New(q, device.Of([]float64{0}), m, Options{Steps: 1, Subsets: each(2)})
	p.Run(context.Background(), 3000*L)

	// z = (1-s)x^a + s·prox-like affine map, found by following the weights of x^a
	// and 1 through the loop.
	var lhs [2]float64 // x^a = (p + e x)/lhs
	var rhs [2]float64
	r, e := η, η/ρ
	for i, f := range q {
		a, c := f.A.At(0, 0), f.C[0]
		yx, y1, zx, z1 := 1.0, 0.0, 1.0, 0.0 // y = yx·x^a + y1
		for range L {
			yx, y1 = yx-η0*(a*yx+(yx-1)/γ), y1-η0*(a*(y1-c)+y1/γ)
			zx, z1 = α*zx+(1-α)*yx, α*z1+(1-α)*y1
		}
		lhs[i], rhs[i] = r*(1-zx)+e, r*z1
	}
	x := (rhs[0]/lhs[0] + rhs[1]/lhs[1]) / (2 - e/lhs[0] - e/lhs[1])
	if got := device.Read[float64](p.Weights())[0]; math.Abs(got-x) > 1e-12 {
		t.Errorf("the master rests at %v, expected %v", got, x)
	}
}
