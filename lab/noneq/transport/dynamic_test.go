package transport_test

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"
	"gonum.org/v1/gonum/stat/distuv"

	"glassy/lab/noneq/transport"
	"glassy/lab/pde"
)

// continuity is the largest of |ρ_t + ∇·(ρv)| over the largest |ρ_t|.
func continuity(m *transport.Motion) float64 {
	worst, largest := 0.0, 0.0
	dt := 1 / float64(len(m.Flux))
	for k, flux := range m.Flux {
		g := m.Path[k].Grid
		for i := range m.Path[k].Values {
			rate := (m.Path[k+1].Values[i] - m.Path[k].Values[i]) / dt
			largest = max(largest, math.Abs(rate))
			rest, stride := i, 1
			for axis := len(g) - 1; axis >= 0; axis-- {
				rate += flux[axis].Values[i] / g[axis].Step()
				if rest%g[axis].Nodes > 0 {
					rate -= flux[axis].Values[i-stride] / g[axis].Step()
				}
				rest /= g[axis].Nodes
				stride *= g[axis].Nodes
			}
			worst = max(worst, math.Abs(rate))
		}
	}
	return worst / largest
}

// On the line: the action is W₂² and the least of all paths', what is half way is McCann's,
// to second order, and mass that is apart, or torn in two, arrives.
func TestDynamicLine(t *testing.T) {
	p, q := distuv.Normal{Mu: -0.4, Sigma: 0.8}, distuv.Normal{Mu: 0.4, Sigma: 1}
	want := 0.8*0.8 + 0.2*0.2
	var off []float64
	for _, nodes := range []int{33, 65} {
		g := pde.NewGrid(pde.Line(-5, 5, nodes))
		sample := func(t float64) *pde.Field {
			law := distuv.Normal{Mu: (1-t)*p.Mu + t*q.Mu, Sigma: (1-t)*p.Sigma + t*q.Sigma}
			f := must(g.Sample(func(x []float64) float64 { return law.Prob(x[0]) }))
			floats.Scale(1/f.Integral(), f.Values)
			return f
		}
		m := must(transport.Dynamic(sample(0), sample(1), transport.DynamicOptions{Steps: 8, Tolerance: 5e-5}))
		if !m.Converged || !(m.Bound < m.Action) {
			t.Errorf("%d nodes: action %v, bound %v after %d iterations", nodes, m.Action, m.Bound, m.Iterations)
		}
		within(t, "W₂²", m.Action, want, 2e-3)
		within(t, "continuity", continuity(m), 0, 1e-10)
		var mccann []*pde.Field
		for k := range 9 {
			mccann = append(mccann, sample(float64(k)/8))
		}
		if other := transport.Action(mccann); m.Bound > other {
			t.Errorf("McCann's path has the action %v, below the bound %v", other, m.Bound)
		}
		off = append(off, floats.Distance(m.Path[4].Values, mccann[4].Values, math.Inf(1)))
	}
	if order := math.Log2(off[0] / off[1]); !(order > 1.6 && off[1] < 2e-4) {
		t.Errorf("half way the density is off by %v, order %.2f, expected 2", off, order)
	}

	// A box torn in two: each half goes 2.5 its own way, and nothing is left between. Edges
	// are as sharp as the grid: the action is off to first order.
	box := func(low, high float64) func(x []float64) float64 {
		return func(x []float64) float64 {
			if x[0] > low && x[0] < high {
				return 1
			}
			return 0
		}
	}
	g := pde.NewGrid(pde.Line(-4.95, 4.95, 100))
	one := must(g.Sample(box(-1, 1)))
	two := must(g.Sample(func(x []float64) float64 { return box(-3.5, -2.5)(x) + box(2.5, 3.5)(x) }))
	m := must(transport.Dynamic(one, two))
	within(t, "W₂² of what is torn", m.Action, 2.5*2.5, 0.08)
	if v := math.Abs(m.Path[16].Integral() - 1); v > 1e-12 {
		t.Errorf("the integral is off 1 by %g", v)
	}
	if v := m.Path[12].At(0.05); v > 0.02 {
		t.Errorf("after ¾ of the time the density between is %g", v)
	}

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	stopped := must(transport.Dynamic(one, two, transport.DynamicOptions{Context: ctx}))
	if stopped.Converged || len(stopped.Path) != 17 {
		t.Errorf("stopped at once: converged %v, %d densities", stopped.Converged, len(stopped.Path))
	}
	within(t, "continuity of what was stopped", continuity(stopped), 0, 1e-10)

	still := must(transport.Dynamic(one, one))
	within(t, "W₂ of a density and itself", still.Action, 0, 1e-12)
	empty := must(g.Sample(func([]float64) float64 { return 0 }))
	if _, err := transport.Dynamic(one, empty); err == nil {
		t.Error("no error of a density without mass")
	}
}

// In the plane: Gaussian laws whose axes are turned, beside W₂² and McCann's covariance.
func TestDynamicPlane(t *testing.T) {
	law := func(x, y, a, b, c float64) transport.Gaussian {
		return transport.Gaussian{Mean: []float64{x, y}, Covariance: mat.NewSymDense(2, []float64{a, b, b, c})}
	}
	p, q := law(-0.4, 0.1, 0.35, 0.12, 0.25), law(0.4, -0.2, 0.25, -0.12, 0.4)
	a := pde.Line(-2.8, 2.8, 29)
	g := pde.NewGrid(a, a)
	sample := func(l transport.Gaussian) *pde.Field {
		normal, _ := distmv.NewNormal(l.Mean, l.Covariance, nil)
		return must(g.Sample(normal.Prob))
	}
	m := must(transport.Dynamic(sample(p), sample(q), transport.DynamicOptions{Steps: 6, Tolerance: 4e-3}))
	want := must(p.Distance(q))
	if !m.Converged || m.Bound > m.Action {
		t.Errorf("action %v, bound %v after %d iterations", m.Action, m.Bound, m.Iterations)
	}
	within(t, "W₂²", m.Action/want, 1, 0.01)
	within(t, "continuity", continuity(m), 0, 1e-10)
	// The moments half way.
	half := must(p.Between(q, 0.5))
	var mean [2]float64
	var second [3]float64
	x := make([]float64, 2)
	for i, v := range m.Path[3].Values {
		g.At(i, x)
		w := v * g.Cell()
		mean[0] += w * x[0]
		mean[1] += w * x[1]
		second[0] += w * x[0] * x[0]
		second[1] += w * x[0] * x[1]
		second[2] += w * x[1] * x[1]
	}
	within(t, "mean", mean[0], half.Mean[0], 1e-3)
	within(t, "mean", mean[1], half.Mean[1], 1e-3)
	within(t, "variance", second[0]-mean[0]*mean[0], half.Covariance.At(0, 0), 6e-3)
	within(t, "covariance", second[1]-mean[0]*mean[1], half.Covariance.At(0, 1), 6e-3)
	within(t, "variance", second[2]-mean[1]*mean[1], half.Covariance.At(1, 1), 6e-3)
}

// A path of 16 steps on 64 nodes, to a gap of one part in a thousand.
func BenchmarkDynamicLine(b *testing.B) {
	g := pde.NewGrid(pde.Line(-5, 5, 64))
	p := must(g.Sample(func(x []float64) float64 { return distuv.Normal{Mu: -0.4, Sigma: 0.8}.Prob(x[0]) }))
	q := must(g.Sample(func(x []float64) float64 { return distuv.Normal{Mu: 0.4, Sigma: 1}.Prob(x[0]) }))
	for b.Loop() {
		must(transport.Dynamic(p, q))
	}
}
