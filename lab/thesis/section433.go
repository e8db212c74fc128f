package thesis

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/fig"
	"glassy/lab/sde"
	"glassy/lab/wells"
)

// section433 is Elastic-SGD as local entropy: what more workers do to the master.
func section433(set settings) (*Result, error) {
	const γ, β, ε, T, x0 = 0.5, 4.0, 0.05, 1.0, 1.8
	runs, most := 300, 16
	if set.scale != Quick {
		runs, most = 10_000, 256
	}
	rippled := wells.Sum{wells.DoubleWell(0), wells.Cosine{Amplitude: 0.1, Frequency: 6}}
	spread := fig.New("Spread of the master")
	spread.X, spread.Y = fig.Axis{Label: "workers n", Scale: fig.Log}, fig.Axis{Label: "standard deviation of X(1)", Scale: fig.Log}
	middle := fig.New("Its mean beside gradient flow on local entropy")
	middle.X, middle.Y = fig.Axis{Label: "workers n", Scale: fig.Log}, fig.Axis{Label: "E X(1) − X(1) of the limit ε → 0"}
	middle.Level(0, "").As(fig.Dashed)
	r := &Result{Figure: fig.Grid("Elastic-SGD as its workers become more", 2, spread, middle), Sources: []string{"chaudhari2018", "zhang2015"}}
	for k, c := range []struct {
		name  string
		f     wells.Profile
		color fig.Color
	}{{"bowl x²", wells.Polynomial{0, 0, 1}, fig.Blue}, {"rippled double well", rippled, fig.Vermillion}} {
		var ns, stds, stdErrors, means, meanErrors []float64
		for n := 1; n <= most; n *= 2 {
			e := sde.Elastic(wells.New(c.f), n, γ, β, ε)
			x := make([]float64, runs*e.Dim)
			for i := range x {
				x[i] = x0
			}
			steps := int(math.Ceil(T / (ε * γ / 8)))
			_, status := e.Run(x, sde.Options{Step: T / float64(steps), Steps: steps, Method: sde.Heun, Seed: uint64(100*k + n), Context: set.ctx, Name: fmt.Sprintf("%d workers, %s", n, c.name)})
			if r.Stopped = status != sde.Finished; r.Stopped {
				break
			}
			end := make([]float64, runs)
			for i := range end {
				end[i] = x[i*e.Dim]
			}
			mean, std := stat.MeanStdDev(end, nil)
			ns, stds, means = append(ns, float64(n)), append(stds, std), append(means, mean)
			stdErrors, meanErrors = append(stdErrors, std/math.Sqrt(2*float64(runs))), append(meanErrors, stat.StdErr(std, float64(runs)))
			if k == 0 && (n == 1 || n == most) {
				m, v := elasticInBowl(2, γ, β, ε, float64(n), x0, T)
				r.Rows = append(r.Rows,
					Row{Quantity: fmt.Sprintf("E X(1), n = %d, %s", n, c.name), Meaning: fmt.Sprintf("of %d runs, beside the linear equations", runs), Ours: mean, Error: meanErrors[len(ns)-1], Theory: m, Tolerance: 1e-3},
					Row{Quantity: fmt.Sprintf("its spread, n = %d, %s", n, c.name), Meaning: "standard deviation, beside theirs", Ours: std, Error: stdErrors[len(ns)-1], Theory: math.Sqrt(v), Tolerance: 0.01 * std})
			}
		}
		if len(ns) == 0 {
			break
		}
		spread.Points(c.name, ns, stds).YError(stdErrors).In(c.color)
		limit := flow(c.f, γ, β, x0, T)
		late := slices.Clone(means)
		floats.AddConst(-limit, late)
		middle.Points(c.name, ns, late).YError(meanErrors).In(c.color)
		if k == 0 {
			spread.Func("exact", func(n float64) float64 { _, v := elasticInBowl(2, γ, β, ε, n, x0, T); return math.Sqrt(v) }, 1, float64(most)).In(c.color)
			m, _ := elasticInBowl(2, γ, β, ε, 1, x0, T)
			middle.Line("exact, ε = 0.05", []float64{1, float64(most)}, []float64{m - limit, m - limit}).In(c.color)
		}
		if r.Stopped {
			break
		}
		if k == 0 {
			continue
		}
		last := len(ns) - 1
		spread.Func("∝ n^{−1/2}", func(n float64) float64 { return stds[last] * math.Sqrt(ns[last]/n) }, 1, float64(most)).In(c.color).As(fig.Dashed)
		_, slope := stat.LinearRegression(logarithms(ns), logarithms(stds), nil, false)
		r.Rows = append(r.Rows,
			Row{Quantity: "exponent of n, " + c.name, Meaning: "in the standard deviation of X(1), fitted", Ours: slope, Error: 1 / math.Sqrt(2*float64(runs)) / (stat.PopStdDev(logarithms(ns), nil) * math.Sqrt(float64(len(ns)))), Theory: -0.5, Tolerance: 0.05}, // at n = 1 the spread is not small beside the ripples
			Row{Quantity: fmt.Sprintf("E X(1), n = %d, %s", most, c.name), Meaning: "beside gradient flow on local entropy, ε → 0", Ours: means[last], Error: meanErrors[last], Theory: limit, Tolerance: 2 * ε})
	}
	if len(r.Rows) == 0 {
		return nil, set.ctx.Err()
	}
	r.Notes = []string{
		fmt.Sprintf("γ = %g, β = %g, ε = %g, from X = %g. The master's mean is as near to gradient flow on local entropy, the limit ε → 0, with one worker as with many, of the order of ε. More workers make it certain: its spread falls like 1/√n.", γ, β, ε, x0),
		"Workers are drawn to the master, which moves towards their mean. The printed (4.24) to (4.26) couple them to that mean and give X the opposite sign.",
	}
	return r, nil
}

// elasticInBowl is the mean and the variance of X(T) of Elastic-SGD in ½ax², started
// with all at x0: X and the mean of the workers obey linear equations.
func elasticInBowl(a, γ, β, ε, n, x0, T float64) (mean, variance float64) {
	// Mean of X, of Ȳ; variances of X, of Ȳ, covariance.
	rate := func(m, d *[5]float64) {
		pull := a + 1/γ
		d[0] = -(m[0] - m[1]) / γ
		d[1] = -(pull*m[1] - m[0]/γ) / ε
		d[2] = -2 * (m[2] - m[4]) / γ
		d[3] = -2*(pull*m[3]-m[4]/γ)/ε + 2/(ε*β*n)
		d[4] = -(m[4]-m[3])/γ - (pull*m[4]-m[2]/γ)/ε
	}
	m := [5]float64{x0, x0}
	steps := int(math.Ceil(20 * T * (a + 1/γ) / ε)) // each a tenth of the fastest rate, which is twice that
	h := T / float64(steps)
	shifted := func(d *[5]float64, h float64) *[5]float64 {
		out := m
		for i := range out {
			out[i] += h * d[i]
		}
		return &out
	}
	for range steps {
		var k1, k2, k3, k4 [5]float64
		rate(&m, &k1)
		rate(shifted(&k1, h/2), &k2)
		rate(shifted(&k2, h/2), &k3)
		rate(shifted(&k3, h), &k4)
		for i := range m {
			m[i] += h / 6 * (k1[i] + 2*k2[i] + 2*k3[i] + k4[i])
		}
	}
	return m[0], m[2]
}
