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

// theorem45 is homogenisation: how far the slow variable of the two-time-scale systems
// is from the gradient flow of local entropy, against ε.
func theorem45(set settings) (*Result, error) {
	const γ, β, T, x0 = 0.5, 20.0, 1.0, 1.8
	walkers := 2000
	if set.scale != Quick {
		walkers = 100_000
	}
	f := wells.Sum{wells.DoubleWell(0), wells.Cosine{Amplitude: 0.1, Frequency: 6}}
	limit := flow(f, γ, β, x0, T)
	systems := []struct {
		name  string
		make  func(ε float64) sde.Equation
		color fig.Color
	}{
		{"Y samples ρ_{1}", func(ε float64) sde.Equation { return sde.LocalEntropy(wells.New(f), γ, β, ε) }, fig.Blue},
		{"twin form", func(ε float64) sde.Equation { return sde.Twin(wells.New(f), γ, β, ε) }, fig.Vermillion},
		{"Elastic-SGD, n = 4", func(ε float64) sde.Equation { return sde.Elastic(wells.New(f), 4, γ, β, ε) }, fig.Green},
	}
	p := fig.New("The slow variable as ε falls")
	p.X = fig.Axis{Label: "ε", Scale: fig.Log}
	p.Y = fig.Axis{Label: "|E X_{ε}(1) − X(1)|", Scale: fig.Log}
	εs := []float64{0.4, 0.2, 0.1, 0.05}
	var rows []Row
	r := &Result{Sources: []string{"chaudhari2018", "chaudhari2018relaxation"}}
	for k, s := range systems {
		var gaps, errors, at []float64
		var last Row
		for _, ε := range εs {
			e := s.make(ε)
			x := make([]float64, walkers*e.Dim)
			for i := range walkers {
				x[i*e.Dim] = x0
				for a := 1; a < e.Dim && k != 1; a++ {
					x[i*e.Dim+a] = x0 // the twin's Y is a displacement
				}
			}
			steps := int(math.Ceil(T / (ε * γ / 10)))
			_, status := e.Run(x, sde.Options{Step: T / float64(steps), Steps: steps, Method: sde.Heun, Seed: uint64(k), Context: set.ctx, Name: s.name})
			if r.Stopped = status != sde.Finished; r.Stopped {
				break
			}
			end := make([]float64, walkers)
			for i := range end {
				end[i] = x[i*e.Dim]
			}
			mean, deviation := stat.MeanStdDev(end, nil)
			gap, err := math.Abs(mean-limit), stat.StdErr(deviation, float64(walkers))
			last = Row{Quantity: "E X_ε(1), " + s.name, Meaning: fmt.Sprintf("ε = %g, beside the limit's X(1)", ε),
				Ours: mean, Error: err, Theory: limit, Tolerance: 2 * ε}
			if gap > 3*err { // else it is not seen
				at, gaps, errors = append(at, ε), append(gaps, gap), append(errors, err)
			}
		}
		if last.Quantity == "" {
			break
		}
		if len(at) > 0 {
			p.Points(s.name, at, gaps).YError(errors).In(s.color)
		} else {
			r.Notes = append(r.Notes, fmt.Sprintf("%s: at all ε the difference is within three standard errors, %.1g, and not drawn.", s.name, last.Error))
		}
		if len(at) >= 3 {
			_, slope := stat.LinearRegression(logarithms(at), logarithms(gaps), nil, false)
			rows = append(rows, Row{Quantity: "exponent, " + s.name, Meaning: "of ε in |E X_ε − X|, fitted",
				Ours: slope, Theory: 1, Tolerance: 0.35}) // the next order, at ε up to 0.2
		}
		if rows = append(rows, last); r.Stopped {
			break
		}
	}
	if len(rows) == 0 {
		return nil, set.ctx.Err()
	}
	p.Func("∝ ε", func(ε float64) float64 { return ε / 18 }, εs[len(εs)-1], εs[0]).In(fig.Gray).As(fig.Dashed)
	r.Figure, r.Rows = p, rows
	r.Notes = append([]string{
		fmt.Sprintf("f = ¼(x²−1)² + 0.1 cos 6x, γ = %g, β = %g, from x = %g; X follows −∇f_{γ}, by quadrature. Error bars: %d walkers.", γ, β, x0, walkers),
		"Noise √(2/εβ), workers drawn to X itself: with what is printed in (4.20) to (4.25) the limit is another one.",
	}, r.Notes...)
	return r, nil
}

func logarithms(v []float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = math.Log(x)
	}
	return out
}

// flow is where gradient flow on the local entropy is at time T.
func flow(f wells.Profile, γ, β, x, T float64) float64 {
	const steps = 200 // of the fourth-order method of Runge and Kutta
	h := T / steps
	slope := func(x float64) float64 { return -pde.ViscousAt(f.At, x, γ, β).Slope }
	for range steps {
		a := slope(x)
		b := slope(x + h/2*a)
		c := slope(x + h/2*b)
		d := slope(x + h*c)
		x += h / 6 * (a + 2*b + 2*c + d)
	}
	return x
}
