package thesis

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"glassy/lab/fig"
	"glassy/lab/noneq/transport"
	"glassy/lab/pde"
	"glassy/lab/rng"
)

// definition615 is Wasserstein's distance of two clouds, exactly and with entropy, and the
// action of a path between two densities, (6.17).
func definition615(set settings) (*Result, error) {
	n := 60
	if set.scale != Quick {
		n = 400
	}
	// From a disc to a ring, in the unit square.
	u := make([]float64, 4*n)
	rng.Key(1).Uniforms(0, u)
	x, y := make([]float64, 2*n), make([]float64, 2*n)
	for i := range n {
		r, a := 0.2*math.Sqrt(u[4*i]), 2*math.Pi*u[4*i+1]
		x[2*i], x[2*i+1] = 0.25+r*math.Cos(a), 0.3+r*math.Sin(a)
		r, a = 0.22+0.05*u[4*i+2], 2*math.Pi*u[4*i+3]
		y[2*i], y[2*i+1] = 0.7+r*math.Cos(a), 0.65+r*math.Sin(a)
	}
	one := slices.Repeat([]float64{1 / float64(n)}, n)
	cost := transport.SquaredCosts(2, x, y)
	exact, err := transport.Exact(cost, one, one)
	if err != nil {
		return nil, err
	}
	rows := []Row{{Quantity: "W_{2}², exact", Meaning: fmt.Sprintf("%d points each, beside Kantorovich's dual (6.15)", n), Ours: exact.Cost, Theory: exact.Cost - exact.Gap, Tolerance: 1e-12}}

	cloud := fig.New("McCann's geodesic")
	cloud.X, cloud.Y, cloud.Equal, cloud.Legend = fig.Axis{Label: "x_{1}"}, fig.Axis{Label: "x_{2}"}, true, fig.Under
	for k, t := range []float64{0, 0.5, 1} {
		points, _ := exact.Between(2, x, y, t)
		var a, b []float64
		for i := 0; i < len(points); i += 2 {
			a, b = append(a, points[i]), append(b, points[i+1])
		}
		cloud.Points(fmt.Sprintf("t = %g", t), a, b).In([]fig.Color{fig.Blue, fig.Green, fig.Vermillion}[k])
	}
	half, weights := exact.Between(2, x, y, 0.5)
	part, err := transport.Exact(transport.SquaredCosts(2, x, half), one, weights)
	if err != nil {
		return nil, err
	}
	rows = append(rows, Row{Quantity: "W_{2}² to the middle", Meaning: "a quarter: the geodesic has constant speed", Ours: part.Cost, Theory: exact.Cost / 4, Tolerance: 1e-12})

	bounds := fig.New("Bounds of Sinkhorn's iterations")
	bounds.X, bounds.Y = fig.Axis{Label: "ε", Scale: fig.Log}, fig.Axis{Label: "distance of the bounds from W_{2}²", Scale: fig.Log}
	var at, above, below []float64
	for _, ε := range []float64{0.1, 0.03, 0.01, 3e-3, 1e-3} {
		s, err := transport.Sinkhorn(cost, one, one, ε, transport.SinkhornOptions{Tolerance: 1e-5, Context: set.ctx})
		if err != nil {
			return nil, err
		}
		if err := set.ctx.Err(); err != nil {
			return nil, err
		}
		at, above, below = append(at, ε), append(above, s.Cost-exact.Cost), append(below, exact.Cost-s.Cost+s.Gap)
		rows = append(rows, Row{Quantity: fmt.Sprintf("W_{2}² by Sinkhorn, ε = %g", ε), Meaning: "the cost of its plan, above the least by the gap of its bounds at most", Ours: s.Cost, Theory: exact.Cost, Tolerance: s.Gap})
	}
	bounds.Line("plan above", at, above).In(fig.Vermillion)
	bounds.Line("dual below", at, below).In(fig.Blue)

	// Benamou and Brenier between two normal laws.
	p, q := distuv.Normal{Mu: -0.4, Sigma: 0.8}, distuv.Normal{Mu: 0.4, Sigma: 1}
	least := 0.8*0.8 + 0.2*0.2
	const steps = 40
	action := func(density func(t, x float64) float64) (float64, error) {
		var path []*pde.Field
		for k := range steps + 1 {
			ρ, err := pde.NewGrid(pde.Line(-6, 6, 601)).Sample(func(x []float64) float64 { return density(float64(k)/steps, x[0]) })
			if err != nil {
				return 0, err
			}
			path = append(path, ρ)
		}
		return transport.Action(path), nil
	}
	geodesic, err := action(func(t, x float64) float64 {
		return distuv.Normal{Mu: (1-t)*p.Mu + t*q.Mu, Sigma: (1-t)*p.Sigma + t*q.Sigma}.Prob(x)
	})
	if err != nil {
		return nil, err
	}
	straight, err := action(func(t, x float64) float64 { return (1-t)*p.Prob(x) + t*q.Prob(x) })
	if err != nil {
		return nil, err
	}
	rows = append(rows,
		Row{Quantity: "action of the geodesic", Meaning: "(6.17) between N(−0.4, 0.8²) and N(0.4, 1), beside W_{2}²", Ours: geodesic, Theory: least, Tolerance: 1e-3},
		measured("action of the mixture", "(1−t)p + tq, another path between them", straight))
	torn, more, err := tornBump(set)
	if err != nil {
		return nil, err
	}
	return &Result{
		Figure: fig.Grid("Wasserstein's distance", 3, cloud, bounds, torn), Rows: append(rows, more...),
		Notes: []string{
			"Costs are squared distances. At ε = 0.001 the kernel e^{−c/ε} is 0 in double precision for most pairs; the iterations are of logarithms, from a large ε down.",
			"The printed (6.17) has vr for vρ in the equation of continuity.",
		},
		Sources: []string{"chaudhari2018", "benamou2000", "papadakis2014", "chambolle2011", "cuturi2013"},
	}, nil
}

// tornBump is the path of least action from one normal law to a mixture of two, beside
// McCann's, by quantiles.
func tornBump(set settings) (*fig.Figure, []Row, error) {
	nodes, steps := 100, 16
	if set.scale != Quick {
		nodes, steps = 400, 64
	}
	p := distuv.Normal{Sigma: 0.5}.Quantile
	left, right := distuv.Normal{Mu: -1.5, Sigma: 0.3}, distuv.Normal{Mu: 2, Sigma: 0.4}
	mixture := func(x float64) float64 { return 0.4*left.Prob(x) + 0.6*right.Prob(x) }
	q := func(u float64) float64 { // of the mixture, by bisection
		a, b := -6.0, 7.0
		for range 60 {
			if c := (a + b) / 2; 0.4*left.CDF(c)+0.6*right.CDF(c) < u {
				a = c
			} else {
				b = c
			}
		}
		return (a + b) / 2
	}
	axis := pde.Line(-3, 4, nodes)
	sample := func(density func(x float64) float64) (*pde.Field, error) {
		return pde.NewGrid(axis).Sample(func(x []float64) float64 { return density(x[0]) })
	}
	from, err := sample(distuv.Normal{Sigma: 0.5}.Prob)
	if err != nil {
		return nil, nil, err
	}
	to, err := sample(mixture)
	if err != nil {
		return nil, nil, err
	}
	m, err := transport.Dynamic(from, to, transport.DynamicOptions{Steps: steps, Context: set.ctx})
	if err != nil {
		return nil, nil, err
	}
	if err := set.ctx.Err(); err != nil {
		return nil, nil, err
	}
	f := fig.New("Benamou and Brenier's path")
	f.X, f.Y, f.Legend = fig.Axis{Label: "x"}, fig.Axis{Label: "ρ"}, fig.Under
	var x, y []float64 // of McCann's densities
	for k, ink := range []fig.Color{fig.Blue, fig.SkyBlue, fig.Green, fig.Orange, fig.Vermillion} {
		t := float64(k) / 4
		f.Line(fmt.Sprintf("t = %g", t), axis.Points(), m.Path[k*steps/4].Values).In(ink)
		if k == 0 || k == 4 {
			continue
		}
		between := transport.Quantile(p).Between(q, t)
		const bins = 25
		for i := range bins {
			a, b := between((float64(i)+0.02)/bins), between((float64(i)+0.98)/bins)
			x, y = append(x, (a+b)/2), append(y, 0.96/bins/(b-a))
		}
	}
	f.Points("McCann, by quantiles", x, y).In(fig.Black)
	return f, []Row{
		{Quantity: "W_{2}² by Benamou-Brenier", Meaning: fmt.Sprintf("N(0, 0.5²) to a mixture, %d nodes × %d steps, beside its quantiles; within the gap of its bounds and 2h²", nodes, steps), Ours: m.Action, Theory: transport.LineDistance(p, q), Tolerance: m.Action - m.Bound + 2*axis.Step()*axis.Step()},
	}, nil
}
