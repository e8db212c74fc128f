package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/fig"
	"glassy/lab/noneq"
	"glassy/lab/sde"
)

// remark69 is one equation with noise that depends on x in three calculi, and how its
// potential depends on β.
func remark69(set settings) (*Result, error) {
	const β = 4.0
	walkers := 4000
	if set.scale != Quick {
		walkers = 200_000
	}
	slope := func(x float64) float64 { return x }
	D := func(x float64) float64 { return 1 + x*x/2 }
	calculi := []struct {
		name     string
		calculus sde.Calculus
		α        float64
		theory   float64 // E x², of laws of Student
	}{{"Itô", sde.Ito, 0, 2. / 7}, {"Stratonovich", sde.Stratonovich, 0.5, 1. / 3}, {"Klimontovich", sde.Klimontovich, 1, 2. / 5}}
	densities := fig.New("One equation, three calculi")
	densities.X, densities.Y = fig.Axis{Label: "x", Min: -2.5, Max: 2.5}, fig.Axis{Label: "stationary density"}
	x := floats.Span(make([]float64, 201), -2.5, 2.5)
	inks := []fig.Color{fig.Blue, fig.Green, fig.Vermillion}
	var rows []Row
	for k, c := range calculi {
		line := noneq.Line{Slope: slope, Diffusion: D, Beta: β, Alpha: c.α}
		ρ, err := line.Stationary(-400, 400)
		if err != nil {
			return nil, err
		}
		y := make([]float64, len(x))
		for i, v := range x {
			y[i] = ρ.At(v)
		}
		densities.Line(c.name, x, y).In(inks[k])
		rows = append(rows, Row{Quantity: "E x², " + c.name, Meaning: "by quadrature of D^{α−1}e^{−β∫f′/D}", Ours: ρ.Mean(func(x float64) float64 { return x * x }), Theory: c.theory, Tolerance: 1e-7})

		e := sde.Equation{Dim: 1, Calculus: c.calculus,
			Drift: func(_ float64, x, b []float64) { b[0] = -slope(x[0]) },
			Noise: func(_ float64, x, s []float64) { s[0] = math.Sqrt(2 * D(x[0]) / β) }}
		at := make([]float64, walkers)
		if _, s := e.Run(at, sde.Options{Step: 0.01, Steps: 600, Seed: uint64(k + 1), Context: set.ctx, Name: c.name}); s != sde.Finished {
			return nil, set.ctx.Err()
		}
		edges := floats.Span(make([]float64, 26), -2.5, 2.5)
		var centre, count, wrong []float64
		for i := 1; i < len(edges); i++ {
			n := float64(floats.Count(func(v float64) bool { return v >= edges[i-1] && v < edges[i] }, at))
			width := edges[i] - edges[i-1]
			centre = append(centre, (edges[i]+edges[i-1])/2)
			count, wrong = append(count, n/float64(walkers)/width), append(wrong, math.Sqrt(n)/float64(walkers)/width)
		}
		densities.Points("", centre, count).YError(wrong).In(inks[k])
		floats.Mul(at, at)
		mean, deviation := stat.MeanStdDev(at, nil)
		rows = append(rows, Row{Quantity: "E x², " + c.name + ", walkers", Meaning: fmt.Sprintf("%d of them at time 6", walkers), Ours: mean, Error: stat.StdErr(deviation, float64(walkers)), Theory: c.theory, Tolerance: 0.004}) // a step of 0.01
	}
	potential := fig.New("Φ′ depends on β")
	potential.X, potential.Y = fig.Axis{Label: "x"}, fig.Axis{Label: "Φ′(x)"}
	for k, β := range []float64{1, 4, 16, 1e9} {
		line := noneq.Line{Slope: slope, Diffusion: D, Beta: β}
		y := make([]float64, len(x))
		for i, v := range x {
			y[i] = line.PotentialSlope(v)
		}
		name := fmt.Sprintf("β = %g", β)
		if k == 3 {
			name = "β → ∞"
		}
		potential.Line(name, x, y).In([]fig.Color{fig.Vermillion, fig.Orange, fig.Green, fig.Black}[k])
		rows = append(rows, Row{Quantity: "Φ′(1), " + name, Meaning: "(f′ + β^{−1}D′)/D; Theorem 6.28 says that it does not depend on β", Ours: line.PotentialSlope(1), Theory: (1 + 1/β) / 1.5, Tolerance: 1e-10})
	}
	return &Result{
		Figure: fig.Grid("Noise that depends on x", 2, densities, potential), Rows: rows,
		Notes: []string{
			"dX = −X dt + √(2β^{−1}D(X)) dB with D = 1 + ½x², β = 4; the noise is taken at X(t + α dt), α = 0, ½, 1. Points: walkers, with the standard error of their count.",
			"The thesis calls one form of the Fokker-Planck equation the correct one; each calculus has its own, and its own stationary law. Φ of Itô's, as (6.2) has it, depends on β.",
		},
		Sources: []string{"chaudhari2018", "hanggi1978"},
	}, nil
}
