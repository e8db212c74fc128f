package transport_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"
	"gonum.org/v1/gonum/stat/distuv"

	"glassy/lab/noneq/transport"
	"glassy/lab/pde"
	"glassy/lab/rng"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func within(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, expected %v within %g", what, got, want, tolerance)
	}
}

func normals(key uint64, n int) []float64 {
	x := make([]float64, n)
	rng.Key(key).Normals(0, x)
	return x
}

// Normal laws by quantiles, by matrices and in closed form; a translation costs its square.
func TestLine(t *testing.T) {
	p, q := distuv.Normal{Mu: 1, Sigma: 2}, distuv.Normal{Mu: -0.5, Sigma: 0.3}
	want := 1.5*1.5 + 1.7*1.7
	within(t, "W₂² of normal laws", transport.LineDistance(p.Quantile, q.Quantile), want, 1e-11)
	g := transport.Gaussian{Mean: []float64{1}, Covariance: mat.NewSymDense(1, []float64{4})}
	h := transport.Gaussian{Mean: []float64{-0.5}, Covariance: mat.NewSymDense(1, []float64{0.09})}
	within(t, "by matrices", must(g.Distance(h)), want, 1e-12)
	e := distuv.Exponential{Rate: 1}
	within(t, "translation", transport.LineDistance(e.Quantile, func(u float64) float64 { return e.Quantile(u) + 2 }), 4, 1e-12)
	a := transport.Quantile(p.Quantile).Between(e.Quantile, 0.2)
	b := transport.Quantile(p.Quantile).Between(e.Quantile, 0.7)
	within(t, "along the geodesic", transport.LineDistance(a, b), 0.25*transport.LineDistance(p.Quantile, e.Quantile), 1e-12)

	within(t, "samples of unequal sizes", must(transport.SampleDistance([]float64{0, 1}, nil, []float64{2, 0, 1}, nil)), 1./3*0+1./6*1+1./6*0+1./3*1, 1e-15)
	within(t, "weights", must(transport.SampleDistance([]float64{3, 0}, []float64{1, 3}, []float64{1}, []float64{4})), 1*4+3*1, 1e-14)
}

// Gaussian laws in d dimensions: the map takes one to the other, the distance is that of
// the map, and the geodesic has constant speed.
func TestGaussian(t *testing.T) {
	for trial := range 10 {
		d := 1 + trial%4
		law := func(key uint64) transport.Gaussian {
			A := mat.NewDense(d, d, normals(key, d*d))
			S := mat.NewSymDense(d, nil)
			S.SymOuterK(1, A)
			for i := range d {
				S.SetSym(i, i, S.At(i, i)+0.1)
			}
			return transport.Gaussian{Mean: normals(key+100, d), Covariance: S}
		}
		g, h := law(uint64(trial)), law(uint64(50+trial))
		A := must(g.Map(h))
		var there, apart mat.Dense
		there.Product(A, g.Covariance, A)
		apart.Sub(&there, h.Covariance)
		within(t, "the map's end", mat.Norm(&apart, 2), 0, 1e-9*mat.Norm(h.Covariance, 2))
		// E|T(x)-x|² = |m₁-m₂|² + tr (A-1)S₁(A-1).
		move := mat.DenseCopyOf(A)
		for i := range d {
			move.Set(i, i, move.At(i, i)-1)
		}
		var cost mat.Dense
		cost.Product(move, g.Covariance, move)
		δ := floats.Distance(g.Mean, h.Mean, 2)
		distance := must(g.Distance(h))
		within(t, "cost of the map", δ*δ+mat.Trace(&cost), distance, 1e-9*distance)
		within(t, "symmetry", must(h.Distance(g)), distance, 1e-9*distance)
		a, b := must(g.Between(h, 0.3)), must(g.Between(h, 0.8))
		within(t, "half the way", must(a.Distance(b)), 0.25*distance, 1e-8*distance)
	}
}

// Plans by augmenting paths beside a linear program, and proved by their duals.
func TestExact(t *testing.T) {
	for trial := range 8 {
		n, m := 3+trial%3, 2+trial%4
		cost := transport.SquaredCosts(2, normals(uint64(trial), 2*n), normals(uint64(trial+20), 2*m))
		a, b := make([]float64, n), make([]float64, m)
		rng.Key(9).Split(uint64(trial)).Uniforms(0, a)
		rng.Key(10).Split(uint64(trial)).Uniforms(0, b)
		floats.Scale(1/floats.Sum(a), a)
		floats.Scale(1/floats.Sum(b), b)
		p := must(transport.Exact(cost, a, b))
		within(t, "gap", p.Gap, 0, 1e-12)
		feasible(t, p, cost, a, b)

		// One of the n+m equations follows from the others.
		A := mat.NewDense(n+m-1, n*m, nil)
		for i := range n {
			for j := range m {
				A.Set(i, i*m+j, 1)
				if j < m-1 {
					A.Set(n+j, i*m+j, 1)
				}
			}
		}
		least, _, err := lp.Simplex(cost.RawMatrix().Data, A, append(slices.Clone(a), b[:m-1]...), 1e-12, nil)
		if err != nil {
			t.Fatal(err)
		}
		within(t, "least cost", p.Cost, least, 1e-10)
	}
	// On a line the plan is the sorted one.
	x, y := normals(1, 60), normals(2, 60)
	one := slices.Repeat([]float64{1. / 60}, 60)
	p := must(transport.Exact(transport.SquaredCosts(1, x, y), one, one))
	within(t, "on a line", p.Cost, must(transport.SampleDistance(x, nil, y, nil)), 1e-12)
	points, weights := p.Between(1, x, y, 0.4)
	within(t, "along the geodesic", must(transport.SampleDistance(x, nil, points, weights)), 0.16*p.Cost, 1e-12)
}

func feasible(t *testing.T, p *transport.Plan, cost *mat.Dense, a, b []float64) {
	t.Helper()
	for i := range a {
		within(t, "sum of a row", floats.Sum(p.Mass.RawRowView(i)), a[i], 1e-12)
		for j := range b {
			if p.U[i]+p.V[j] > cost.At(i, j)+1e-11 || p.Mass.At(i, j) < 0 {
				t.Errorf("u+v = %g at a cost of %g, mass %g", p.U[i]+p.V[j], cost.At(i, j), p.Mass.At(i, j))
			}
		}
	}
	for j := range b {
		within(t, "sum of a column", floats.Sum(mat.Col(nil, j, p.Mass)), b[j], 1e-12)
	}
}

// Sinkhorn in logarithms at an ε where plain scalings are 0: the least cost is between
// its bounds, and its plan has the right sums.
func TestSinkhorn(t *testing.T) {
	const n = 40
	x, y := make([]float64, 2*n), make([]float64, 2*n) // in the unit square
	rng.Key(3).Uniforms(0, x)
	rng.Key(4).Uniforms(0, y)
	cost := transport.SquaredCosts(2, x, y)
	a, b := make([]float64, n), make([]float64, n)
	rng.Key(5).Uniforms(0, a)
	rng.Key(6).Uniforms(0, b)
	floats.Scale(1/floats.Sum(a), a)
	floats.Scale(1/floats.Sum(b), b)
	if v := math.Exp(-mat.Max(cost) / 1e-3); v != 0 {
		t.Fatalf("e^(-c/ε) is %g, expected 0", v)
	}
	exact := must(transport.Exact(cost, a, b))
	last := math.Inf(1)
	for _, ε := range []float64{0.1, 1e-2, 1e-3} {
		s := must(transport.Sinkhorn(cost, a, b, ε, transport.SinkhornOptions{Tolerance: 1e-6}))
		if !s.Converged {
			t.Errorf("ε = %g: %g off after %d iterations", ε, s.Error, s.Iterations)
		}
		feasible(t, &s.Plan, cost, a, b)
		if s.Cost < exact.Cost-1e-12 || s.Cost-s.Gap > exact.Cost+1e-12 || s.Gap > last {
			t.Errorf("ε = %g: bounds %v and %v around %v", ε, s.Cost-s.Gap, s.Cost, exact.Cost)
		}
		if !(s.Duality > -1e-12 && s.Duality < 1e-3) {
			t.Errorf("ε = %g: duality gap %g", ε, s.Duality)
		}
		last = s.Gap
	}
	if last > 0.02*exact.Cost {
		t.Errorf("ε = 1e-3: the bounds are %g apart, cost %g", last, exact.Cost)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	stopped := must(transport.Sinkhorn(cost, a, b, 1e-3, transport.SinkhornOptions{Context: ctx}))
	if stopped.Converged {
		t.Error("stopped at once, and converged")
	}
	feasible(t, &stopped.Plan, cost, a, b)
}

// The action of the geodesic of two normal laws is W₂², to second order in time; that of
// the straight line between their densities is more.
func TestAction(t *testing.T) {
	line := pde.Line(-6, 6, 601)
	p, q := distuv.Normal{Mu: -0.4, Sigma: 0.8}, distuv.Normal{Mu: 0.4, Sigma: 1}
	want := 0.8*0.8 + 0.2*0.2
	action := func(steps int, density func(t, x float64) float64) float64 {
		var path []*pde.Field
		for k := range steps + 1 {
			path = append(path, must(pde.NewGrid(line).Sample(func(x []float64) float64 { return density(float64(k)/float64(steps), x[0]) })))
		}
		return transport.Action(path)
	}
	geodesic := func(t, x float64) float64 {
		return distuv.Normal{Mu: (1-t)*p.Mu + t*q.Mu, Sigma: (1-t)*p.Sigma + t*q.Sigma}.Prob(x)
	}
	coarse, fine := action(10, geodesic)-want, action(20, geodesic)-want
	if order := math.Log2(math.Abs(coarse / fine)); !(order > 1.7 && order < 2.3 && math.Abs(fine) < 0.02) {
		t.Errorf("action off by %g and %g, order %.2f, expected 2", coarse, fine, order)
	}
	if straight := action(20, func(t, x float64) float64 { return (1-t)*p.Prob(x) + t*q.Prob(x) }); !(straight > 1.05*want) {
		t.Errorf("the action of the straight line is %g, expected well above %g", straight, want)
	}
}

// Steps of a Gaussian law by quantiles beside the closed form, and of any to first order in
// τ beside the Fokker-Planck equation; free energy falls.
func TestJKO(t *testing.T) {
	const n = 1500
	s := transport.JKO{Potential: func(x float64) (f, d, c float64) { return x * x / 2, x, 1 }, Beta: 2, Step: 0.1}
	q := transport.Quantiles(distuv.Normal{Mu: 1.5, Sigma: 0.4}.Quantile, n)
	before := s.FreeEnergy(q)
	next := must(s.Next(q))
	if after := s.FreeEnergy(next); !(after < before) {
		t.Errorf("free energy goes from %g to %g", before, after)
	}
	m, d := transport.GaussianStep(1.5, 0.4, 1, 2, 0.1)
	within(t, "mean", floats.Sum(next)/n, m, 1e-9)
	within(t, "quantile at 0.84", next[n*84/100], distuv.Normal{Mu: m, Sigma: d}.Quantile((n*84/100+0.5)/n), 2e-3)

	// In a double well, V = ¼(x²-1)², to time 0.4.
	double := func(x float64) (f, d, c float64) {
		w := x*x - 1
		return w * w / 4, x * w, 3*x*x - 1
	}
	quantiles := func(steps int) []float64 {
		s := transport.JKO{Potential: double, Beta: 3, Step: 0.4 / float64(steps)}
		q := transport.Quantiles(distuv.Normal{Mu: 0.3, Sigma: 0.3}.Quantile, 200)
		for range steps {
			q = must(s.Next(q))
		}
		return q
	}
	limit := quantiles(256)
	finer := quantiles(128)
	for i := range limit { // to second order
		limit[i] += limit[i] - finer[i]
	}
	var off []float64
	for _, steps := range []int{4, 8, 16} {
		off = append(off, floats.Distance(quantiles(steps), limit, 2)/math.Sqrt(200))
	}
	for k := range 2 {
		if order := math.Log2(off[k] / off[k+1]); !(order > 0.85 && order < 1.15) {
			t.Errorf("distances from τ → 0 are %v, order %.2f, expected 1", off, order)
		}
	}
	f := must(pde.NewGrid(pde.Line(-3, 3, 1201)).Sample(func(x []float64) float64 { v, _, _ := double(x[0]); return v }))
	ρ := must(f.Grid.Sample(func(x []float64) float64 { return distuv.Normal{Mu: 0.3, Sigma: 0.3}.Prob(x[0]) }))
	ρ = pde.NewFokkerPlanck(f, 1./3).Evolve(ρ, 0.4, 400)
	mean, second := 0.0, 0.0
	for i, v := range ρ.Values {
		x := f.Grid[0].At(i)
		mean += x * v * f.Grid[0].Step()
		second += x * x * v * f.Grid[0].Step()
	}
	within(t, "mean at τ → 0", floats.Sum(limit)/200, mean, 3e-3)
	within(t, "second moment at τ → 0", floats.Dot(limit, limit)/200, second, 1e-2) // n = 200 has no tails
}

func TestErrors(t *testing.T) {
	one := mat.NewDense(1, 1, []float64{1})
	for _, c := range []struct {
		err  error
		says string
	}{
		{second(transport.Exact(one, []float64{1}, []float64{2})), "sums 1 and 2"},
		{second(transport.Exact(one, []float64{-1}, []float64{2})), "mass 1 of the sources is -1"},
		{second(transport.Exact(mat.NewDense(1, 1, []float64{math.NaN()}), []float64{1}, []float64{1})), "cost from 1 to 1"},
		{second(transport.SampleDistance([]float64{math.NaN()}, nil, []float64{1}, nil)), "NaN"},
		{second(transport.JKO{Potential: func(x float64) (f, d, c float64) { return }, Beta: 1, Step: 1}.Next([]float64{1, 1})), "rise"},
		{second(transport.Gaussian{Mean: []float64{0}, Covariance: mat.NewSymDense(1, []float64{-1})}.Distance(transport.Gaussian{Mean: []float64{0}, Covariance: mat.NewSymDense(1, []float64{1})})), "eigenvalue -1"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.says) {
			t.Errorf("error is %v, expected one that says %q", c.err, c.says)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// Three masses to two places, exactly and with entropy.
func Example() {
	cost := transport.SquaredCosts(1, []float64{0, 1, 2}, []float64{0.5, 3})
	a, b := []float64{0.4, 0.3, 0.3}, []float64{0.5, 0.5}
	exact, _ := transport.Exact(cost, a, b)
	near, _ := transport.Sinkhorn(cost, a, b, 1e-3)
	fmt.Printf("%.3f, %.3f\n", exact.Cost, near.Cost)
	// Output: 1.225, 1.225
}
