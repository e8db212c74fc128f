package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/fig"
	"glassy/lab/noneq"
	"glassy/lab/pde"
)

// plane is a square grid of that many nodes a side.
func plane(half float64, nodes int) pde.Grid {
	return pde.NewGrid(pde.Line(-half, half, nodes), pde.Line(-half, half, nodes))
}

// onPaper are the values of f on a lattice, as package fig has them: f(x[i], y[j]) at
// j·len(x)+i.
func onPaper(x, y []float64, f func(x []float64) float64) []float64 {
	out := make([]float64, 0, len(x)*len(y))
	for _, b := range y {
		for _, a := range x {
			out = append(out, f([]float64{a, b}))
		}
	}
	return out
}

// steady is the stationary state of a process on a grid.
func steady(p noneq.Process, g pde.Grid) (*noneq.Steady, error) {
	w, err := noneq.NewWalk(p, g)
	if err != nil {
		return nil, err
	}
	return w.Steady()
}

// overGibbs is ∫ f e^(-Φ) over ∫ e^(-Φ) of a ring, by the sum over a lattice, which is exact
// to rounding for what vanishes at its ends.
func overGibbs(r noneq.Ring, f func(x []float64) float64) float64 {
	sum, mass := 0.0, 0.0
	axis := pde.Line(-5, 5, 401).Points()
	for _, a := range axis {
		for _, b := range axis {
			x := []float64{a, b}
			w := math.Exp(-r.Potential(x))
			sum, mass = sum+w*f(x), mass+w
		}
	}
	return sum / mass
}

// field draws -∇f of a process, the contours of its potential and its orbits.
func field(title string, r noneq.Ring, rests []noneq.RestPoint, modes [][]float64) *fig.Figure {
	p := r.Process()
	f := fig.New(title)
	f.X, f.Y, f.Equal, f.Width, f.Height = fig.Axis{Label: "x_{1}", Min: -1.7, Max: 1.7}, fig.Axis{Label: "x_{2}", Min: -1.4, Max: 1.4}, true, 110, 95
	f.Legend = fig.Under
	x, y := pde.Line(-1.7, 1.7, 69).Points(), pde.Line(-1.4, 1.4, 57).Points()
	f.Contours("Φ", x, y, onPaper(x, y, r.Potential), 0.02, 0.06, 0.12, 0.2, 0.25, 0.4, 0.7, 1.1).In(fig.SkyBlue)
	var ax, ay, dx, dy []float64
	b := make([]float64, 2)
	for _, u := range pde.Line(-1.6, 1.6, 17).Points() {
		for _, v := range pde.Line(-1.3, 1.3, 14).Points() {
			p.Drift([]float64{u, v}, b)
			// Lengths as the square root of the slope, or the weak would not be seen.
			root := math.Sqrt(math.Hypot(b[0], b[1]))
			if root > 0 {
				ax, ay, dx, dy = append(ax, u), append(ay, v), append(dx, b[0]/root), append(dy, b[1]/root)
			}
		}
	}
	f.Arrows("−∇f", ax, ay, dx, dy).In(fig.Gray)
	for k, start := range [][]float64{{-1.6, 1.2}, {1.6, -1.2}} {
		ox, oy := []float64{start[0]}, []float64{start[1]}
		p.Flow(start, 35, func(_ float64, at []float64) { ox, oy = append(ox, at[0]), append(oy, at[1]) })
		f.Line([]string{"orbits of x′ = −∇f", ""}[k], ox, oy).In(fig.Blue).Wide(0.35)
	}
	var rx, ry, mx, my []float64
	for _, rest := range rests {
		rx, ry = append(rx, rest.X[0]), append(ry, rest.X[1])
	}
	for _, m := range modes {
		mx, my = append(mx, m[0]), append(my, m[1])
	}
	f.Points("∇f = 0", rx, ry).In(fig.Black)
	f.Points("most likely", mx, my).In(fig.Vermillion)
	return f
}

// figure64 is Example 6.43 at one λ.
func figure64(λ float64) func(set settings) (*Result, error) {
	return func(set settings) (*Result, error) {
		nodes := 121 // ±1 are among them
		if set.scale != Quick {
			nodes = 241
		}
		r := noneq.DoubleWell(λ)
		p := r.Process()
		s, err := steady(p, plane(3, nodes))
		if err != nil {
			return nil, err
		}
		search := p.Cycles([]float64{-2.5, -2.5}, []float64{2.5, 2.5})
		var modes [][]float64
		for _, i := range s.Potential.Minima() {
			x := make([]float64, 2)
			s.Walk.Grid.At(i, x)
			if s.Potential.Values[i] < 1 {
				modes = append(modes, x)
			}
		}
		// The density beside e^(-Φ), and the entropy production beside E|j|².
		off, x := 0.0, make([]float64, 2)
		total := 0.0
		for i := range s.Density.Values {
			s.Walk.Grid.At(i, x)
			total += math.Exp(-r.Potential(x))
		}
		cell := s.Walk.Grid.Cell()
		for i, v := range s.Density.Values {
			s.Walk.Grid.At(i, x)
			off += math.Abs(v*cell-math.Exp(-r.Potential(x))/total) / 2
		}
		production := overGibbs(r, func(x []float64) float64 {
			j, _ := r.Force(x)
			return j[0]*j[0] + j[1]*j[1]
		})
		unmet := overGibbs(r, func(x []float64) float64 { _, d := r.Force(x); return math.Abs(d) })
		rows := []Row{
			{Quantity: "off e^{−Φ}", Meaning: fmt.Sprintf("total variation of ρ^{ss} on %d² nodes and e^{−Φ}; of second order in the step", nodes), Ours: off, Theory: 0, Tolerance: 1e-12 + 2*λ/float64(nodes*nodes)},
			{Quantity: "entropy production", Meaning: "nats per unit of time, beside E|j|²", Ours: s.EntropyProduction(), Theory: production, Tolerance: 0.02*production + 1e-12},
			measured("E|∇·j|", "by Assumption 6.22 it is 0", unmet),
			{Quantity: "x_{1} of the right mode", Meaning: "where ρ^{ss} is greatest", Thesis: "1", Ours: modes[len(modes)-1][0], Theory: 1, Tolerance: 1e-12},
			measured("points where ∇f = 0", "found by Newton's method from 169 starts", float64(len(search.Rests))),
			{Quantity: "limit cycles", Meaning: "closed orbits that others come to, of x′ = −∇f", Ours: float64(len(search.Cycles)), Theory: 0},
		}
		if last := search.Rests[len(search.Rests)-1]; len(search.Rests) > 1 {
			rows = append(rows,
				measured("x_{1} of the right one", last.Kind+" of the drift", last.X[0]),
				measured("x_{2} of the right one", "", last.X[1]))
		}
		result := &Result{
			Figure: field(fmt.Sprintf("Example 6.43, λ = %g", λ), r, search.Rests, modes),
			Rows:   rows,
			Notes: []string{
				"Φ = ¼(x_{1}²−1)² + ½x_{2}², j = λe^{Φ−r⁴/4}(−x_{2}, x_{1}), D = 1, β = 1. Lengths of arrows are as √|∇f|. The density is that of the Fokker-Planck equation on a grid, which knows only the drift.",
			},
			Sources: []string{"chaudhari2018", "noh2015", "scharfetter1969", "fehrenbach2014", "grassmann1985"},
		}
		if λ > 0 {
			result.Notes = append(result.Notes, "∇·j = λe^{Φ−r⁴/4}x_{1}x_{2}(2−x_{1}²) is not 0: the thesis's own example does not meet its Assumption 6.22.")
		}
		if λ > math.Exp(-0.25) {
			inward := 0.0
			for _, turn := range search.Rests[0].Turns {
				if turn.Back && turn.After < turn.Radius {
					inward++
				}
			}
			result.Rows = append(result.Rows, Row{Quantity: "radii that shrink", Meaning: fmt.Sprintf("in a turn around the origin, of %d from 0 to 2.5", len(search.Rests[0].Turns)), Ours: inward, Theory: float64(len(search.Rests[0].Turns))})
			result.Notes = append(result.Notes, "The thesis reads limit cycles around the saddle out of its figure. There are none: above λ = e^{−1/4} = 0.7788 the origin is the only point of rest and all orbits spiral into it, as slowly as t^{−1/2}.")
		}
		return result, nil
	}
}

// example643 is what Example 6.43 does not meet, and a system of the same family that has
// a limit cycle.
func example643(set settings) (*Result, error) {
	const λ = 1.5
	example, ring := noneq.DoubleWell(λ), noneq.Ring{Kappa: 1, Lambda: λ}
	var rows []Row
	for _, c := range []struct {
		name string
		r    noneq.Ring
	}{{"κ = 0", example}, {"κ = 1", ring}} {
		report, err := noneq.Examine(c.r.Process(), plane(2.9, 73))
		if err != nil {
			return nil, err
		}
		exact := []float64{
			overGibbs(c.r, func(x []float64) float64 { j, _ := c.r.Force(x); return j[0]*j[0] + j[1]*j[1] }),
			overGibbs(c.r, func(x []float64) float64 { _, d := c.r.Force(x); return math.Abs(d) }),
		}
		for i, theory := range exact {
			f := report[i]
			rows = append(rows, Row{Quantity: c.name + ": " + []string{"σ", "E|∇·j|"}[i], Meaning: []string{"entropy production in nats per unit of time: detailed balance is broken", "Assumption 6.22 says 0"}[i], Ours: f.Size, Theory: theory, Tolerance: f.Error + 2e-3*theory})
		}
		rows = append(rows, measured(c.name+": Φ_{2β} − Φ_{β}", "standard deviation over ρ^{ss}; Theorem 6.28 says 0", report[4].Size))
	}
	spiral := example.Process().Cycles([]float64{-2.5, -2.5}, []float64{2.5, 2.5})
	circle := ring.Process().Cycles([]float64{-2.5, -2.5}, []float64{2.5, 2.5})
	if len(circle.Cycles) != 1 {
		return nil, fmt.Errorf("%d limit cycles of the ring were found, expected 1", len(circle.Cycles))
	}
	c := circle.Cycles[0]
	period := 2 * math.Pi * math.Exp(0.25) / λ
	rows = append(rows,
		Row{Quantity: "κ = 0: limit cycles", Meaning: "of x′ = −∇f", Ours: float64(len(spiral.Cycles)), Theory: 0},
		Row{Quantity: "κ = 1: radius", Meaning: "of the limit cycle", Ours: c.Radius, Theory: 1, Tolerance: 1e-8},
		Row{Quantity: "κ = 1: period", Meaning: "2πe^{1/4}/λ", Ours: c.Period, Theory: period, Tolerance: 1e-6},
		Row{Quantity: "κ = 1: log multiplier", Meaning: "∮∇·b dt; e to it is what a turn makes of a distance", Ours: math.Log(c.Multiplier), Theory: -2 * period, Tolerance: 1e-5},
	)

	heat := fig.New("∇·j of Example 6.43, λ = 1.5")
	heat.X, heat.Y, heat.Z, heat.Equal = fig.Axis{Label: "x_{1}"}, fig.Axis{Label: "x_{2}"}, fig.Axis{Label: "∇·j"}, true
	x, y := pde.Line(-2.4, 2.4, 97).Points(), pde.Line(-1.6, 1.6, 65).Points()
	heat.Heat("", x, y, onPaper(x, y, func(x []float64) float64 { _, d := example.Force(x); return d }))

	turns := fig.New("A turn around the origin")
	turns.X, turns.Y = fig.Axis{Label: "radius r before", Min: 0, Max: 2.5}, fig.Axis{Label: "log of radius after over before", Min: -2, Max: 1}
	for k, s := range []struct {
		name string
		r    noneq.Ring
	}{{"κ = 0", example}, {"κ = 0.5", noneq.Ring{Kappa: 0.5, Lambda: λ}}, {"κ = 1", ring}} {
		var at, change []float64
		found := s.r.Process().Cycles([]float64{-2.5, -2.5}, []float64{2.5, 2.5})
		for _, rest := range found.Rests {
			if math.Hypot(rest.X[0], rest.X[1]) < 1e-3 {
				for _, turn := range rest.Turns {
					if turn.Back {
						at, change = append(at, turn.Radius), append(change, math.Log(turn.After/turn.Radius))
					}
				}
			}
		}
		turns.Line(s.name, at, change).In([]fig.Color{fig.Vermillion, fig.Green, fig.Blue}[k])
	}
	turns.Level(0, "a closed orbit")

	orbits := fig.New("Orbits of x′ = −∇f, λ = 1.5")
	orbits.X, orbits.Y, orbits.Equal = fig.Axis{Label: "x_{1}"}, fig.Axis{Label: "x_{2}"}, true
	for k, s := range []struct {
		name  string
		r     noneq.Ring
		start []float64
	}{{"κ = 0", example, []float64{1.5, 0}}, {"κ = 1, from outside", ring, []float64{1.5, 0}}, {"κ = 1, from inside", ring, []float64{0.1, 0}}} {
		ox, oy := []float64{s.start[0]}, []float64{s.start[1]}
		s.r.Process().Flow(s.start, 60, func(_ float64, at []float64) { ox, oy = append(ox, at[0]), append(oy, at[1]) })
		orbits.Line(s.name, ox, oy).In([]fig.Color{fig.Vermillion, fig.Blue, fig.SkyBlue}[k]).Wide(0.35)
	}
	orbits.Legend = fig.Under

	// The cycle of κ = 0.9 as λ falls: it ends where its period is infinite.
	var lambdas []float64
	for l := λ; l > 0.05; l *= 0.9 {
		lambdas = append(lambdas, l)
	}
	periods := fig.New("The limit cycle followed")
	periods.X, periods.Y = fig.Axis{Label: "λ", Scale: fig.Log}, fig.Axis{Label: "period", Scale: fig.Log}
	for k, κ := range []float64{1, 0.9, 0.7} {
		family := func(l float64) noneq.Process { return noneq.Ring{Kappa: κ, Lambda: l}.Process() }
		begin := c.Follow(func(κ float64) noneq.Process { return noneq.Ring{Kappa: κ, Lambda: λ}.Process() }, floats.Span(make([]float64, 8), 1, κ))
		if len(begin) == 0 {
			continue
		}
		var at, T []float64
		for i, o := range begin[len(begin)-1].Follow(family, lambdas) {
			at, T = append(at, lambdas[i]), append(T, o.Period)
		}
		if len(at) == 0 {
			continue
		}
		periods.Line(fmt.Sprintf("κ = %g", κ), at, T).In([]fig.Color{fig.Blue, fig.Green, fig.Orange}[k])
		rows = append(rows, measured(fmt.Sprintf("κ = %g: least λ", κ), "to which the cycle was followed, in steps of 10 %, from 1.5", at[len(at)-1]))
	}
	periods.Func("2πe^{1/4}/λ", func(l float64) float64 { return 2 * math.Pi * math.Exp(0.25) / l }, 0.05, λ).In(fig.Black).As(fig.Dashed)
	return &Result{
		Figure: fig.Grid("No limit cycle in Example 6.43, and one beside it", 2, heat, turns, orbits, periods),
		Rows:   rows,
		Notes: []string{
			"Φ = ¼(x_{1}²+κx_{2}²−1)² + ½(1−κ)x_{2}², j = λe^{Φ−r⁴/4}(−x_{2}, x_{1}), D = 1, β = 1: κ = 0 is Example 6.43, κ = 1 a ring-shaped valley along which j turns, where ∇·j = 0.",
			"Sizes are of grids of 73² and 37² nodes, extrapolated. A limit cycle is where the radius after a turn is that before.",
		},
		Sources: []string{"chaudhari2018", "noh2015", "fehrenbach2014", "grassmann1985"},
	}, nil
}
