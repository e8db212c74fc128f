package noneq

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"glassy/lab/pde"
)

// plainSteady is the stationary density times a number by Grassmann, Taksar & Heyman's
// elimination of one node after another, of a dense matrix.
func plainSteady(w *Walk) []float64 {
	n := w.Grid.Nodes()
	rate := make([]float64, n*n)
	for _, e := range w.edges {
		rate[int(e.from)*n+int(e.to)] += e.ahead
		rate[int(e.to)*n+int(e.from)] += e.back
	}
	leave := make([]float64, n)
	for k := n - 1; k > 0; k-- {
		for j := range k {
			leave[k] += rate[k*n+j]
		}
		for i := range k {
			for j := range k {
				rate[i*n+j] += rate[i*n+k] * rate[k*n+j] / leave[k]
			}
		}
	}
	ρ := make([]float64, n)
	ρ[0] = 1
	for k := 1; k < n; k++ {
		for i := range k {
			ρ[k] += ρ[i] * rate[i*n+k] / leave[k]
		}
	}
	return ρ
}

// Grids of all kinds of ends, tensors that turn and reach far, drifts that go round: each
// density is that of plain elimination relative to itself, and the bits are the same on
// one thread and on several.
func TestDissection(t *testing.T) {
	round := func(low, high float64, nodes int) pde.Axis {
		return pde.Axis{Low: low, High: high, Nodes: nodes, Boundary: pde.Periodic}
	}
	turns := func(x, b []float64) {
		b[0], b[1] = math.Sin(x[1])-2*math.Sin(x[0]), 1+math.Cos(x[0])-math.Sin(x[1])
	}
	oblique := func(x, D []float64) { // steps of (2,1) and (3,1) on square cells
		D[0], D[3] = 8+math.Cos(x[1]), 1
		D[1] = 2.5
		D[2] = D[1]
	}
	for name, c := range map[string]struct {
		p Process
		g pde.Grid
	}{
		"a line":              {Process{Dim: 1, Beta: 3, Drift: func(x, b []float64) { b[0] = 1 - x[0]*x[0]*x[0] }}, pde.NewGrid(pde.Line(-3, 3, 200))},
		"a ring":              {Process{Dim: 1, Beta: 3, Drift: func(x, b []float64) { b[0] = 0.5 - math.Sin(x[0]) }}, pde.NewGrid(round(-math.Pi, math.Pi, 151))},
		"a plane":             {Process{Dim: 2, Beta: 2, Drift: turns}, pde.NewGrid(pde.Line(-2, 2, 19), pde.Line(-2, 3, 23))},
		"a cylinder, oblique": {Process{Dim: 2, Beta: 2, Drift: turns, Diffusion: oblique}, pde.NewGrid(pde.Line(-3, 3, 17), round(-math.Pi, math.Pi, 20))},
		"a torus, oblique":    {Process{Dim: 2, Beta: 1, Drift: turns, Diffusion: oblique}, pde.NewGrid(round(-math.Pi, math.Pi, 22), round(-math.Pi, math.Pi, 21))},
		"a strip":             {Process{Dim: 2, Beta: 2, Drift: turns}, pde.NewGrid(pde.Line(-2, 2, 3), round(-math.Pi, math.Pi, 90))},
		"small densities":     {DoubleWell(1.5).Process().At(25), pde.NewGrid(pde.Line(-2, 2, 20), pde.Line(-3, 2, 20))},
	} {
		w, err := NewWalk(c.p, c.g)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		ρ, err := w.stationary()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := plainSteady(w)
		scale := ρ.Values[0] / want[0]
		worst, least := 0.0, math.Inf(1)
		for i, v := range want {
			worst = max(worst, math.Abs(ρ.Values[i]/(scale*v)-1))
			least = min(least, ρ.Values[i])
		}
		// Rounding a few times for each elimination that a rate is in.
		if bound := 4 * float64(len(want)) * 0x1p-53; !(worst <= bound) || !(least > 0) {
			t.Errorf("%s: a density is off by %.2g of itself, expected %.2g at the most; the least is %g", name, worst, bound, least)
		}
		procs := runtime.GOMAXPROCS(1)
		alone, err := w.stationary()
		runtime.GOMAXPROCS(procs)
		if err != nil || !slices.Equal(alone.Values, ρ.Values) {
			t.Errorf("%s: not the same bits on one thread as on %d (%v)", name, procs, err)
		}
		t.Logf("%s: %.2g, densities from %.2g", name, worst, least)
	}
}
