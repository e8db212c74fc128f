package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"glassy/lab/fig"
	"glassy/lab/pde"
	"glassy/lab/sde"
	"glassy/lab/wells"
)

// profileOn is a profile on an axis, which it does not leave.
func profileOn(a pde.Axis, f wells.Profile) *pde.Field {
	v := make([]float64, a.Nodes)
	for i := range v {
		v[i], _, _ = f.At(a.At(i))
	}
	field, err := pde.NewGrid(a).Field(v)
	if err != nil { // a profile is finite
		panic(err)
	}
	return field
}

// theorem411 is what the best control gains: SGD and controlled SGD in a double well,
// with a cosine in a bowl as the cost of where they end.
func theorem411(set settings) (*Result, error) {
	const (
		β, T, x0 = 3.0, 1.0, -0.5
		slices   = 50 // of time, for the control of the walkers
	)
	walkers := 4000
	if set.scale != Quick {
		walkers = 100_000
	}
	f, V := wells.DoubleWell(0), wells.CosineInBowl(0.5, 1, 3, 0.4)
	axis := pde.Line(x0-3.5, x0+3.5, 1401)
	problem := pde.NewControl(profileOn(axis, f), profileOn(axis, V), β, T, 50)
	u := problem.Value()
	free, best, effort := problem.Costs()

	// Walkers with the control ∇u of the time that they are at.
	α := make([]*pde.Field, slices+1)
	for k := range α {
		if err := set.ctx.Err(); err != nil {
			return nil, err
		}
		α[k] = problem.ValueAt(T * float64(k) / slices).Slope(0)
	}
	const steps = 1000
	s := math.Sqrt(1 / β)
	noise := func(_ float64, _, out []float64) { out[0], out[1] = s, 0 }
	walk := func(control float64) (end, cost []float64, done bool) {
		e := sde.Equation{Dim: 2, Noise: noise, Drift: func(t float64, x, b []float64) {
			_, slope, _ := f.At(x[0])
			at := t / T * slices
			k := min(int(at), slices-1)
			a := control * ((1-at+float64(k))*α[k].At(x[0]) + (at-float64(k))*α[k+1].At(x[0]))
			b[0], b[1] = -slope-a, a*a/2 // the second coordinate adds the effort up
		}}
		x := make([]float64, 2*walkers)
		for i := range walkers {
			x[2*i] = x0
		}
		_, status := e.Run(x, sde.Options{Step: T / steps, Steps: steps, Method: sde.Heun, Seed: 1, Context: set.ctx, Name: "paths"})
		for i := range walkers {
			v, _, _ := V.At(x[2*i])
			end, cost = append(end, v), append(cost, x[2*i+1])
		}
		return end, cost, status == sde.Finished
	}
	freeEnd, _, ok := walk(0)
	if !ok {
		return nil, set.ctx.Err()
	}
	bestEnd, spent, ok := walk(1)
	if !ok {
		return nil, set.ctx.Err()
	}
	node := (axis.Nodes - 1) / 2
	row := func(quantity, meaning string, sample []float64, theory, tolerance float64) Row {
		mean, deviation := stat.MeanStdDev(sample, nil)
		return Row{Quantity: quantity, Meaning: meaning, Ours: mean, Error: stat.StdErr(deviation, float64(len(sample))), Theory: theory, Tolerance: tolerance}
	}
	total := make([]float64, walkers)
	for i := range total {
		total[i] = bestEnd[i] + spent[i]
	}
	const bias = 2e-3 // of a walk in steps, and of a control that is read off a grid
	rows := []Row{
		row("E V(X_T), SGD", fmt.Sprintf("%d paths from x = %g, beside Kolmogorov's equation", walkers, x0), freeEnd, free.Values[node], bias),
		row("E V(X_T), controlled", "the same with the best control", bestEnd, best.Values[node], bias),
		row("½E∫|α|²", "what that costs", spent, effort.Values[node], bias),
		row("E[V(X_T) + ½∫|α|²]", "beside u(x,0), the solution of (4.31)", total, u.Values[node], bias),
		{Quantity: "starts where SGD costs less", Meaning: fmt.Sprintf("of %d; the theorem: none", axis.Nodes), Ours: cheaper(free, u), Theory: 0},
	}

	x := axis.Points()
	costs := fig.New("What it costs to start at x")
	costs.X, costs.Y = fig.Axis{Label: "x", Min: -2.5, Max: 2.5}, fig.Axis{Label: "mean cost", Min: -1, Max: 2}
	costs.Line("V(x)", x, problem.V.Values).In(fig.Gray).Wide(0.4)
	costs.Line("SGD, E V(X_{T})", x, free.Values).In(fig.Vermillion)
	costs.Line("controlled, E V(X_{T})", x, best.Values).In(fig.Blue)
	costs.Line("with ½E∫|α|²: u", x, u.Values).In(fig.Blue).As(fig.Dashed)
	costs.Points("paths", []float64{x0, x0, x0}, []float64{rows[0].Ours, rows[1].Ours, rows[3].Ours}).In(fig.Black)
	start := profileOn(axis, wells.Polynomial{0})
	start.Values[node] = 1 / axis.Step()
	ends := fig.New(fmt.Sprintf("Where paths from x = %g end", x0))
	ends.X, ends.Y = fig.Axis{Label: "x", Min: -2.5, Max: 2.5}, fig.Axis{Label: "density of X_{T}"}
	ends.Line("SGD", x, pde.NewFokkerPlanck(profileOn(axis, f), 1/(2*β)).Evolve(start, T, 400).Values).In(fig.Vermillion)
	ends.Line("controlled, (4.33)", x, problem.Density(start).Values).In(fig.Blue)
	return &Result{
		Figure: fig.Grid("SGD with the best control", 2, costs, ends), Rows: rows,
		Notes: []string{
			"f = ¼(x²−1)², V = ¼x² + cos(3x+0.4), noise β^{−½} with β = 3, T = 1. u = −1/β log E exp(−βV(X_{T})) over paths without control, by a linear equation on 1401 nodes.",
			"The printed (4.33) lacks ∇f in the equation of the density, and its Laplacian's β^{−1}/2.",
		},
		Sources: []string{"chaudhari2018", "fleming2006"},
	}, nil
}

// cheaper is at how many nodes a is less than b.
func cheaper(a, b *pde.Field) (nodes float64) {
	for i, v := range a.Values {
		if v < b.Values[i]-1e-9 { // rounding of what is solved in 350 implicit steps
			nodes++
		}
	}
	return nodes
}
