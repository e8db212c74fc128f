package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"glassy/lab/fig"
	"glassy/lab/noneq"
	"glassy/lab/pde"
)

// blob is a normal density of that standard deviation in the plane.
func blob(g pde.Grid, x, y, deviation float64) (*pde.Field, error) {
	ρ, err := g.Sample(func(at []float64) float64 {
		u, v := (at[0]-x)/deviation, (at[1]-y)/deviation
		return math.Exp(-(u*u + v*v) / 2)
	})
	if err == nil {
		floats.Scale(1/ρ.Integral(), ρ.Values)
	}
	return ρ, err
}

// theorem624 is the fall of the free energy with a current whose divergence is not 0, and
// that of a linear process beside its closed form.
func theorem624(set settings) (*Result, error) {
	nodes, end := 61, 4.0
	if set.scale != Quick {
		nodes, end = 121, 10
	}
	g := plane(3, nodes)
	f := fig.New("Free energy above its minimum")
	f.X, f.Y = fig.Axis{Label: "time"}, fig.Axis{Label: "F(ρ) = β^{−1}KL(ρ‖ρ^{ss})", Scale: fig.Log}
	var rows []Row
	const steps = 40
	for k, λ := range []float64{0, 0.5, 1.5, 5} {
		s, err := steady(noneq.DoubleWell(λ).Process(), g)
		if err != nil {
			return nil, err
		}
		w := s.Walk
		ρ, err := blob(g, -1, 0.3, 0.25)
		if err != nil {
			return nil, err
		}
		time, F, rise, lost := []float64{0}, []float64{w.FreeEnergy(ρ, s.Density)}, 0.0, s.Dissipation(ρ)
		for i := 1; i <= steps; i++ {
			var reached float64
			if ρ, reached = w.Evolve(set.ctx, ρ, end/steps); reached < end/steps {
				return nil, set.ctx.Err()
			}
			time, F = append(time, float64(i)*end/steps), append(F, w.FreeEnergy(ρ, s.Density))
			rise = max(rise, F[i]-F[i-1])
			lost = min(lost, s.Dissipation(ρ))
		}
		f.Line(fmt.Sprintf("λ = %g", λ), time, F).In([]fig.Color{fig.Black, fig.Blue, fig.Green, fig.Vermillion}[k])
		rows = append(rows,
			Row{Quantity: fmt.Sprintf("rises of F, λ = %g", λ), Meaning: fmt.Sprintf("the largest from one of %d times to the next", steps), Ours: rise, Theory: 0},
			measured(fmt.Sprintf("F at the end, λ = %g", λ), fmt.Sprintf("at time %g; a current only quickens the fall", end), F[steps]))
		if !(lost >= 0) {
			return nil, fmt.Errorf("free energy is gained at the rate %g at λ = %g", -lost, λ)
		}
	}

	// A linear process that turns: the walk beside the closed form.
	l, err := noneq.NewLinear(2, []float64{2, 0.3, 0.3, 1}, []float64{1, 0.5, 0.5, 2}, 4)
	if err != nil {
		return nil, err
	}
	g = plane(3.5, 2*nodes-1)
	s, err := steady(l.Process(), g)
	if err != nil {
		return nil, err
	}
	ρ, err := blob(g, 1, -0.5, 0.4)
	if err != nil {
		return nil, err
	}
	linear := fig.New("A linear process")
	linear.X, linear.Y = fig.Axis{Label: "time"}, fig.Axis{Label: "F(ρ)", Scale: fig.Log}
	var time, F, exact []float64
	start := mat.NewSymDense(2, []float64{0.16, 0, 0, 0.16})
	for i := range 11 {
		t := 0.1 * float64(i)
		if i > 0 {
			var reached float64
			if ρ, reached = s.Walk.Evolve(set.ctx, ρ, 0.1); reached < 0.1 {
				return nil, set.ctx.Err()
			}
		}
		m, S, err := l.Moments([]float64{1, -0.5}, start, t)
		if err != nil {
			return nil, err
		}
		energy, dissipation, err := l.FreeEnergy(m, S)
		if err != nil {
			return nil, err
		}
		time, F, exact = append(time, t), append(F, s.Walk.FreeEnergy(ρ, s.Density)), append(exact, energy)
		if i%5 == 0 {
			h := g[0].Step()
			rows = append(rows,
				Row{Quantity: fmt.Sprintf("F, linear, t = %.1f", t), Meaning: fmt.Sprintf("on %d² nodes, beside the closed form", g[0].Nodes), Ours: F[i], Theory: energy, Tolerance: 6 * h * h * energy},
				Row{Quantity: fmt.Sprintf("−dF/dt, linear, t = %.1f", t), Meaning: "(6.33): ∫ρ∇(δF/δρ)ᵀD∇(δF/δρ)", Ours: s.Dissipation(ρ), Theory: dissipation, Tolerance: 6 * h * h * dissipation})
		}
	}
	linear.Line("closed form", time, exact).In(fig.Black)
	linear.Points("on a grid", time, F).In(fig.Vermillion)
	return &Result{
		Figure: fig.Grid("Free energy falls, whatever the current", 2, f, linear), Rows: rows,
		Notes: []string{
			"Example 6.43 from a narrow density at (−1, 0.3). ∇·j is not 0 for λ > 0: Theorem 6.24 assumes that it is, and needs only ∇·(jρ^{ss}) = 0, which always holds.",
			"The current does not move F itself; it mixes, and F falls faster: the speed-up of Section 6.4.4.",
		},
		Sources: []string{"chaudhari2018", "frank2005", "fehrenbach2014"},
	}, nil
}

// theorem628 is how the potential of Example 6.43 depends on β.
func theorem628(set settings) (*Result, error) {
	nodes := 61
	if set.scale != Quick {
		nodes = 121
	}
	f := fig.New("Φ_{β} at β = 4 and 1, λ = 1.5")
	f.X, f.Y, f.Equal = fig.Axis{Label: "x_{1}", Min: -1.7, Max: 1.7}, fig.Axis{Label: "x_{2}", Min: -1.2, Max: 1.2}, true
	f.Legend = fig.Under
	away := fig.New("Distance of Φ_{β} from Φ")
	away.X, away.Y = fig.Axis{Label: "β"}, fig.Axis{Label: "largest |Φ_{β} − Φ| where Φ < 1"}
	var rows []Row
	betas := []float64{0.5, 1, 1.5, 2, 3, 4}
	for k, λ := range []float64{0.5, 1.5} {
		r := noneq.DoubleWell(λ)
		var off []float64
		for _, β := range betas {
			// The step of the second is half that of the first.
			var each [2]float64
			for i, n := range []int{nodes, 2*nodes - 1} {
				g := plane(3, n)
				s, err := steady(r.Process().At(β), g)
				if err != nil {
					return nil, err
				}
				each[i] = largestShift(r, s)
				if i == 1 && λ == 1.5 && (β == 1 || β == 4) {
					x := g[0].Points()
					f.Contours(fmt.Sprintf("β = %g", β), x, x, onPaper(x, x, func(at []float64) float64 { return s.Potential.At(at...) }), 0.02, 0.1, 0.2, 0.3, 0.5, 0.8).In(map[bool]fig.Color{true: fig.SkyBlue, false: fig.Vermillion}[β == 1])
				}
				if i == 1 && λ == 1.5 && β == 4 {
					at := make([]float64, 2)
					for _, m := range s.Potential.Minima() {
						g.At(m, at)
						if at[0] > 0 && s.Potential.Values[m] < 0.3 {
							rows = append(rows, measured("x_{1} of the mode, λ = 1.5, β = 4", "where ρ^{ss} is greatest; (±1, 0) at β = 1", at[0]), measured("x_{2} of the mode, λ = 1.5, β = 4", "", at[1]))
							f.Points("most likely at β = 4", []float64{at[0], -at[0]}, []float64{at[1], -at[1]}).In(fig.Vermillion)
						}
					}
				}
				if err := set.ctx.Err(); err != nil {
					return nil, err
				}
			}
			value := each[1] + (each[1]-each[0])/3
			off = append(off, math.Abs(value))
			row := measured(fmt.Sprintf("Φ_{β} − Φ, λ = %g, β = %g", λ, β), "the largest where Φ < 1", value)
			if β == 1 {
				row.Theory, row.Tolerance = 0, 2*math.Abs(each[1]-each[0])
			}
			rows = append(rows, row)
		}
		away.Line(fmt.Sprintf("λ = %g", λ), betas, off).In([]fig.Color{fig.Blue, fig.Vermillion}[k])
		away.Points("", betas, off).In([]fig.Color{fig.Blue, fig.Vermillion}[k])
	}
	away.Level(0, "as Theorem 6.28 has it")
	return &Result{
		Figure: fig.Grid("The potential depends on β", 2, f, away), Rows: rows,
		Notes: []string{
			"The drift is that of Example 6.43, which is made so that Φ_{1} = Φ; D = 1. Theorem 6.28 says Φ_{β} = Φ for every β; it holds where ∇·j = 0.",
			fmt.Sprintf("On grids of %d² and %d² nodes, extrapolated to second order.", nodes, 2*nodes-1),
		},
		Sources: []string{"chaudhari2018", "noh2015", "fehrenbach2014", "grassmann1985"},
	}, nil
}

// largestShift is the largest distance where Φ < 1 of -β⁻¹ log ρ^ss from that of the
// density e^(-βΦ) over its integral, on a lattice that is part of all grids.
func largestShift(r noneq.Ring, s *noneq.Steady) float64 {
	β, g := s.Walk.Process.Beta, s.Walk.Grid
	x := make([]float64, 2)
	measured, gibbs := 0.0, 0.0
	for i, v := range s.Potential.Values {
		g.At(i, x)
		measured += math.Exp(-β * v)
		gibbs += math.Exp(-β * r.Potential(x))
	}
	shift := math.Log(measured/gibbs) / β
	most := 0.0
	for i := -20.; i <= 20; i++ {
		for j := -20.; j <= 20; j++ {
			x[0], x[1] = i/10, j/10
			if Φ := r.Potential(x); Φ < 1 {
				most = max(most, math.Abs(s.Potential.At(x...)+shift-Φ))
			}
		}
	}
	return most
}
