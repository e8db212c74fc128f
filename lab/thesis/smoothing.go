package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/fig"
	"glassy/lab/pde"
	"glassy/lab/wells"
)

// remark48 compares the heat equation with local entropy: what each does to a narrow
// well and a wide one.
func remark48(set settings) (*Result, error) {
	const β = 10
	// A narrow deep well at −1, a wide shallow one at 1.
	f := func(x float64) float64 {
		return 0.05*x*x - 1.2*math.Exp(-(x+1)*(x+1)/(2*0.02)) - math.Exp(-(x-1)*(x-1)/(2*0.3))
	}
	a := pde.Line(-4, 4, 801)
	field, err := pde.NewGrid(a).Sample(func(x []float64) float64 { return f(x[0]) })
	if err != nil {
		return nil, err
	}
	times := []float64{0.02, 0.1, 0.5, 2}
	x := a.Points()
	panel := func(title, name string, smooth func(γ float64) (*pde.Field, error)) (*fig.Figure, []float64, error) {
		p := fig.New(title)
		p.X, p.Y = fig.Axis{Label: "x", Min: -3, Max: 3}, fig.Axis{Label: name, Min: -1.3, Max: 0.5}
		p.Line("f", x, field.Values).In(fig.Gray).Wide(0.4)
		var at []float64
		for i, γ := range times {
			u, err := smooth(γ)
			if err != nil {
				return nil, nil, err
			}
			p.Line(fmt.Sprintf("γ = %g", γ), x, u.Values).In([]fig.Color{fig.SkyBlue, fig.Blue, fig.Orange, fig.Vermillion}[i])
			at = append(at, lowest(u))
		}
		return p, at, nil
	}
	heat, heatAt, err := panel("Heat equation", "v", func(γ float64) (*pde.Field, error) { return pde.Heat(field, γ/β), nil })
	if err != nil {
		return nil, err
	}
	entropy, entropyAt, err := panel("Local entropy", "u", func(γ float64) (*pde.Field, error) { return pde.Viscous(field, γ, β) })
	if err != nil {
		return nil, err
	}
	var rows []Row
	for i, γ := range times {
		rows = append(rows, measured(fmt.Sprintf("argmin v, γ = %g", γ), "of the heat equation's solution", heatAt[i]),
			measured(fmt.Sprintf("argmin u, γ = %g", γ), "of local entropy", entropyAt[i]))
	}
	return &Result{Figure: fig.Grid("Two ways to smooth", 2, heat, entropy), Rows: rows, Notes: []string{
		"f has a narrow deep well at −1 and a wide shallow one at 1; β = 10. Heat averages f over a distance √(γ/β): the narrow well is filled. Local entropy takes the soft minimum over a distance √γ: wells widen, the deep one first.",
	}, Sources: []string{"chaudhari2018", "chaudhari2018relaxation"}}, nil
}

// lemma417 is the bound on semi-concavity in time beside what it bounds.
func lemma417(set settings) (*Result, error) {
	f := wells.CosineInBowl(0.5, 1, 3, 0.4)
	C := pde.LargestCurvature(f.At, -3.2, 3.2)
	p := fig.New("Semi-concavity in time")
	p.X, p.Y = fig.Axis{Label: "time t", Scale: fig.Log}, fig.Axis{Label: "sup u_{xx}", Scale: fig.Log}
	ts := make([]float64, 13)
	floats.LogSpan(ts, 0.01, 3)
	p.Func("C/(1+tC)", func(t float64) float64 { return pde.SemiConcavity(C, t) }, ts[0], ts[len(ts)-1]).In(fig.Black)
	var rows []Row
	for i, β := range []float64{1, 4, 20} {
		y := make([]float64, len(ts))
		beyond := 0.0
		for j, t := range ts {
			if err := set.ctx.Err(); err != nil {
				return nil, err
			}
			for x := -3.2; x <= 3.2; x += 0.05 {
				y[j] = max(y[j], pde.ViscousAt(f.At, x, t, β).Curvature)
			}
			if y[j] > pde.SemiConcavity(C, t) {
				beyond++
			}
		}
		p.Line(fmt.Sprintf("β = %g", β), ts, y).In([]fig.Color{fig.Blue, fig.Green, fig.Vermillion}[i])
		rows = append(rows, Row{Quantity: fmt.Sprintf("times beyond the bound, β = %g", β), Meaning: fmt.Sprintf("of %d; the lemma: none", len(ts)), Ours: beyond, Theory: 0})
	}
	// A sine under the heat equation keeps its shape: e^{-t/2β}.
	p.Func("sin x under heat, β = 4", func(t float64) float64 { return math.Exp(-t / 8) }, ts[0], ts[len(ts)-1]).In(fig.Gray).As(fig.Dashed)
	return &Result{Figure: p, Rows: rows, Notes: []string{
		"f = ¼x² + cos(3x+0.4), C = 9.5. Dashed: Example 4.13, the heat equation lowers the curvature of a sine at the rate 1/2β, and no faster where it is large.",
	}, Sources: []string{"chaudhari2018"}}, nil
}

// example412 is a quadratic under the viscous equation, in closed form and on a grid.
func example412(set settings) (*Result, error) {
	const β = 1
	p := fig.New("A quadratic smoothed")
	p.X, p.Y = fig.Axis{Label: "time t", Scale: fig.Log}, fig.Axis{Label: "curvature 1/(t+1/c)", Scale: fig.Log}
	var rows []Row
	for i, c := range []float64{1, 100, 1e4, 1e8} {
		p.Func(fmt.Sprintf("c = %.3g", c), func(t float64) float64 { return pde.SemiConcavity(c, t) }, 1e-4, 10).In([]fig.Color{fig.Blue, fig.Green, fig.Orange, fig.Vermillion}[i])
	}
	for _, c := range []float64{1, 100} {
		a := pde.Axis{Low: -6, High: 6, Nodes: 4001, Boundary: pde.Open}
		for _, t := range []float64{0.01, 1} {
			u, err := pde.Viscous(profileOn(a, wells.Polynomial{0, 0, c / 2}), t, β)
			if err != nil {
				return nil, err
			}
			middle := (a.Nodes - 1) / 2
			q := wells.NewQuadratic([]float64{c}, []float64{0}).LocalEntropy(t, β)
			rows = append(rows,
				Row{Quantity: fmt.Sprintf("u(0), c = %g, t = %g", c, t), Meaning: "on 4001 nodes, beside log(1+ct)/2β; (4.34) prints log(t+1/c)",
					Ours: u.Values[middle], Theory: q.At(0), Tolerance: 1e-10},
				Row{Quantity: fmt.Sprintf("u_xx(0), c = %g, t = %g", c, t), Meaning: "beside 1/(t+1/c)",
					Ours: u.Curvature(0).Values[middle], Theory: pde.SemiConcavity(c, t), Tolerance: 1e-4 * c})
		}
	}
	rows = append(rows, Row{Quantity: "C(0.01), c = 10^8", Meaning: "curvature at t = 0.01", Thesis: "10", Ours: pde.SemiConcavity(1e8, 0.01), Theory: math.NaN(),
		Erratum: "1/(t+1/c) = 1/0.01 = 100"})
	return &Result{Figure: p, Rows: rows, Notes: []string{"However sharp the quadratic, its curvature is at most 1/t."}, Sources: []string{"chaudhari2018"}}, nil
}

// example414 is Burgers's equation: slopes that steepen, and where they break.
func example414(set settings) (*Result, error) {
	f := wells.Sum{wells.Cosine{Amplitude: 1, Frequency: 1}}
	shock, least := pde.ShockTime(f.At, -math.Pi, math.Pi)
	p := fig.New("The slope by Burgers's equation")
	p.X, p.Y = fig.Axis{Label: "x"}, fig.Axis{Label: "p = u_{x}"}
	a := pde.Axis{Low: -math.Pi, High: math.Pi, Nodes: 801, Boundary: pde.Periodic}
	for i, t := range []float64{0, 0.5, 1, 2} {
		u, _ := pde.HopfLax(profileOn(a, f), t)
		p.Line(fmt.Sprintf("t = %g", t), a.Points(), u.Slope(0).Values).In([]fig.Color{fig.Gray, fig.Blue, fig.Green, fig.Vermillion}[i])
	}
	worst := 0.0
	for x := -3.0; x < 3; x += 0.1 {
		slope, _, err := pde.Burgers(f.At, x, 0.9)
		if err != nil {
			return nil, err
		}
		worst = max(worst, math.Abs(slope-pde.HopfLaxAt(f.At, x, 0.9, 0).Slope))
	}
	return &Result{Figure: p, Rows: []Row{
		{Quantity: "t*", Meaning: "−1/min f″, when characteristics meet", Ours: shock, Theory: 1, Tolerance: 1e-12},
		{Quantity: "min f″", Meaning: "of f = cos x", Ours: least, Theory: -1, Tolerance: 1e-12},
		{Quantity: "characteristics beside Hopf-Lax", Meaning: "largest difference of the slopes at t = 0.9", Ours: worst, Theory: 0, Tolerance: 1e-10},
	}, Notes: []string{"f = cos x. Past t* = 1 the slope jumps, from a maximum of f on: u has a kink there that points up, and is smooth where it is low."},
		Sources: []string{"chaudhari2018"}}, nil
}

// example415 is how the convex region around a minimum widens.
func example415(set settings) (*Result, error) {
	f := wells.Sum{wells.Cosine{Amplitude: -1, Frequency: 1}} // −cos x, convex within π/2 of 0
	p := fig.New("The convex region around a minimum")
	p.X, p.Y = fig.Axis{Label: "time t", Min: 0, Max: 0.9}, fig.Axis{Label: "x"}
	const inflection = math.Pi / 2
	_, slope, _ := f.At(inflection)
	edge := func(t float64) float64 { return inflection + t*slope }
	p.Func("x_{1} + t f′(x_{1})", edge, 0, 0.9).In(fig.Black)
	p.Func("", func(t float64) float64 { return -edge(t) }, 0, 0.9).In(fig.Black)
	var ts, measuredEdge, other []float64
	var rows []Row
	for _, t := range []float64{0, 0.3, 0.6, 0.9} {
		x := convexEdge(f, t)
		ts, measuredEdge, other = append(ts, t), append(measuredEdge, x), append(other, -x)
		rows = append(rows, Row{Quantity: fmt.Sprintf("edge at t = %g", t), Meaning: "where u_xx changes its sign, along characteristics",
			Ours: x, Theory: edge(t), Tolerance: 1e-9})
	}
	p.Points("where u_{xx} = 0", ts, measuredEdge).In(fig.Vermillion)
	p.Points("", ts, other).In(fig.Vermillion)
	return &Result{Figure: p, Rows: rows, Notes: []string{"f = −cos x: the region where u is convex reaches from one inflection to the next and widens, since f′ points outwards there."},
		Sources: []string{"chaudhari2018"}}, nil
}

// convexEdge is where the second derivative of the inviscid solution vanishes.
func convexEdge(f wells.Profile, t float64) float64 {
	low, high := 0.5, 3.1
	for range 60 {
		middle := (low + high) / 2
		if _, curvature, err := pde.Burgers(f.At, middle, t); err == nil && curvature > 0 {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}
