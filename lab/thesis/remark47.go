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

// remark47 is the distributed algorithm as a gradient flow: how the free energy of Remark
// 4.7, of workers that attract each other in a landscape of local entropy, falls in time,
// and what finitely many workers do.
func remark47(set settings) (*Result, error) {
	const γ, β, end, steps = 1.0, 8.0, 8.0, 2000
	const D = 1 / (2 * β) // of the entropy's factor β⁻¹/2
	runs, most := 60, 64
	if set.scale != Quick {
		runs, most = 1000, 256
	}
	axis := pde.Line(-3, 3, 401)
	f, err := pde.Viscous(profileOn(axis, wells.Sum{wells.DoubleWell(0), wells.Cosine{Amplitude: 0.1, Frequency: 12}}), γ, β)
	if err != nil {
		return nil, err
	}
	flow := pde.NewMeanField(f, D, γ)
	falls := fig.New("Free energy of the workers' density")
	falls.X, falls.Y = fig.Axis{Label: "time t", Min: 0, Max: end}, fig.Axis{Label: "J(ρ_{t})"}
	densities := fig.New("Densities that start at both minima")
	densities.X, densities.Y = fig.Axis{Label: "x", Min: -2, Max: 2}, fig.Axis{Label: "density"}
	r := &Result{Figure: fig.Grid("Workers that attract each other", 2, falls, densities), Sources: []string{"chaudhari2018", "santambrogio2015", "mckean1966", "dawson1983"}}

	together := flow.Stationary(1)
	for _, c := range []struct {
		name  string
		share float64 // that starts at the right minimum
		color fig.Color
	}{{"80 % at the right minimum", 0.8, fig.Blue}, {"half and half", 0.5, fig.Vermillion}} {
		ρ := profileOn(axis, wells.Polynomial{0})
		for i, x := range axis.Points() {
			ρ.Values[i] = (c.share*math.Exp(-sq(x-1)/0.02) + (1-c.share)*math.Exp(-sq(x+1)/0.02)) / math.Sqrt(0.02*math.Pi)
			ρ.Values[i] += 1e-12 // for its logarithm
		}
		densities.Line(c.name, axis.Points(), ρ.Values).In(c.color).As(fig.Dashed)
		dt := end / float64(steps)
		ts, J := []float64{0}, []float64{flow.FreeEnergy(ρ)}
		// Most is lost at once: what is lost later on is the integral of the dissipation.
		const early = steps / 20
		lost, worst := 0.0, math.Inf(-1)
		for k := range steps {
			if err := set.ctx.Err(); err != nil {
				return nil, err
			}
			before := flow.Dissipation(ρ)
			ρ = flow.Evolve(ρ, dt, 1)
			if k >= early {
				lost += dt / 2 * (before + flow.Dissipation(ρ))
			}
			ts, J = append(ts, float64(k+1)*dt), append(J, flow.FreeEnergy(ρ))
			worst = math.Max(worst, J[k+1]-J[k])
		}
		falls.Line(c.name, ts, J).In(c.color)
		densities.Line("t = "+fmt.Sprint(end), axis.Points(), ρ.Values).In(c.color)
		r.Rows = append(r.Rows,
			Row{Quantity: "largest rise of J, " + c.name, Meaning: fmt.Sprintf("in one of %d steps; 0 where there is none", steps), Ours: math.Max(worst, 0), Theory: 0, Tolerance: 1e-13},
			Row{Quantity: "what J loses, " + c.name, Meaning: fmt.Sprintf("from t = %g to %g, beside the integral of ∫ρ|∇δJ/δρ|²", ts[early], end), Ours: J[early] - J[steps], Theory: lost, Tolerance: 0.01 * lost}, // first order in the step
		)
	}
	falls.Level(flow.FreeEnergy(together), "together").As(fig.Dashed).In(fig.Blue)
	falls.Level(flow.FreeEnergy(flow.Stationary(0)), "even").As(fig.Dashed).In(fig.Vermillion)

	// Workers of which 80 % start at the right minimum.
	slope := f.Slope(0)
	one := sde.Equation{Dim: 1,
		Drift: func(_ float64, x, b []float64) { b[0] = -slope.At(x[0]) },
		Noise: func(_ float64, _, s []float64) { s[0] = math.Sqrt(2 * D) },
	}
	const T, h = 1.0, 0.01
	start := make([]float64, most)
	for i := range start {
		start[i] = -1
		if i%5 != 0 {
			start[i] = 1
		}
	}
	for _, n := range []int{5, most} {
		x := make([]float64, 0, runs*n)
		for range runs {
			x = append(x, start[:n]...)
		}
		_, status := one.Attracted(n, γ).Run(x, sde.Options{Step: h, Steps: int(T / h), Method: sde.Heun, Seed: uint64(n), Context: set.ctx, Name: fmt.Sprintf("%d workers", n)})
		if r.Stopped = status != sde.Finished; r.Stopped {
			break
		}
		// The density that starts where these do.
		right := 0.0
		for _, v := range start[:n] {
			right += (v + 1) / 2 / float64(n)
		}
		ρ := profileOn(axis, wells.Polynomial{0})
		node := func(x float64) int { return int(math.Round((x - axis.Low) / axis.Step())) }
		left := axis.At(node(-1))
		ρ.Values[node(1)], ρ.Values[node(left)] = right/axis.Step(), (1-right)/axis.Step()
		ρ = flow.Evolve(ρ, T, 400)
		_, variance := stat.PopMeanVariance(axis.Points(), ρ.Values)
		var spreads []float64
		for i := 0; i < len(x); i += n {
			_, v := stat.PopMeanVariance(x[i:i+n], nil)
			spreads = append(spreads, v)
		}
		mean, std := stat.MeanStdDev(spreads, nil)
		r.Rows = append(r.Rows, Row{
			Quantity: fmt.Sprintf("spread of %d workers", n), Meaning: fmt.Sprintf("their variance at t = %g, of %d runs, beside infinitely many", T, runs),
			Ours: mean, Error: stat.StdErr(std, float64(runs)), Theory: variance, Tolerance: 1.5 * variance / float64(n), // 1/n goes into the mean
		})
	}
	r.Notes = []string{
		fmt.Sprintf("J(ρ) = ∫f_{γ} dρ + ½β^{−1}∫log ρ dρ + (1/2γ)∬|x−y|² dρ dρ; f = ¼(x²−1)² + 0.1 cos 12x, γ = %g, β = %g. Its gradient flow in Wasserstein's metric is ρ_{t} = ∇·((∇f_{γ} + (2/γ)(x − ⟨x⟩))ρ) + ½β^{−1}Δρ: each worker is drawn to the mean.", γ, β),
		"Below a critical temperature J has two minima, all workers in one well or all in the other, and a stationary point between them, where workers end that start half and half: they stay even.",
	}
	return r, nil
}
