package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/interp"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/fig"
	"glassy/lab/noneq"
	"glassy/lab/pde"
	"glassy/lab/sde"
	"glassy/lab/wells"
)

// A bentModel is a loss of one weight over four data whose gradients are not linear:
// f_k = log(1+e^(-z)) + 0.05x², z = y_k a_k x, logistic regression with weight decay.
type bentModel struct{ ya []float64 }

func (m bentModel) slope(k int, x float64) float64 {
	return -m.ya[k]/(1+math.Exp(m.ya[k]*x)) + 0.1*x
}

// slopes are the gradient and D_w = 1/N Σ g_k² - ḡ².
func (m bentModel) slopes(x float64) (gradient, diffusion float64) {
	g := make([]float64, len(m.ya))
	for k := range g {
		g[k] = m.slope(k, x)
	}
	return stat.PopMeanVariance(g, nil)
}

// afterSGD is E φ(x_T) of gradient descent with batches of one from x0 = 0, by the chain's
// transfer operator (u ← mean over data of u(x - η g_k(x))) on a fine lattice with cubics
// between, which is off by less than 1e-9.
func (m bentModel) afterSGD(φ func(x float64) float64, η, time float64) (float64, error) {
	x := floats.Span(make([]float64, 801), -3, 3)
	u, next := make([]float64, len(x)), make([]float64, len(x))
	for i, v := range x {
		u[i] = φ(v)
	}
	for range int(math.Round(time / η)) {
		var spline interp.NaturalCubic
		if err := spline.Fit(x, u); err != nil {
			return 0, err
		}
		for i, v := range x {
			next[i] = 0
			for k := range m.ya {
				next[i] += spline.Predict(v-η*m.slope(k, v)) / float64(len(m.ya))
			}
		}
		u, next = next, u
	}
	return u[len(u)/2], nil
}

// afterEquation is E φ(X_T) of (6.2), by Kolmogorov's backward equation on two grids,
// extrapolated to second order.
func (m bentModel) afterEquation(set settings, φ func(x float64) float64, η, time float64) (float64, error) {
	p := noneq.Process{Dim: 1, Beta: 2 / η, // β⁻¹ = η/2b
		Drift:     func(x, b []float64) { g, _ := m.slopes(x[0]); b[0] = -g },
		Diffusion: func(x, D []float64) { _, D[0] = m.slopes(x[0]) }}
	at := func(half int) (float64, error) {
		g := pde.NewGrid(pde.Line(-1.5, 1.5, 2*half+1)) // walls ten deviations away
		w, err := noneq.NewWalk(p, g)
		if err != nil {
			return 0, err
		}
		v, err := g.Sample(func(x []float64) float64 { return φ(x[0]) })
		if err != nil {
			return 0, err
		}
		out, reached := w.Backward(set.ctx, v, time)
		if reached < time {
			return 0, set.ctx.Err()
		}
		return out.Values[half], nil
	}
	// Steps so short that noise and drift are of one size between two nodes.
	half := int(500 * math.Sqrt(0.0125/η))
	coarse, err := at(half)
	if err != nil {
		return 0, err
	}
	fine, err := at(2 * half)
	return (4*fine - coarse) / 3, err
}

// theorem65 is the weak order of the equation that stands for gradient descent.
func theorem65(set settings) (*Result, error) {
	const time = 1.0
	linear := wells.NewLeastSquares(1, []float64{1, 0.5, -1.5, 2}, []float64{1, 0, -1, 3})
	bent := bentModel{[]float64{2, -1, 1.5, 0.5}}
	etas := []float64{0.1, 0.05, 0.025, 0.0125}
	curves := []struct {
		name string
		err  func(η float64) (float64, error)
	}{
		{"least squares, E x", func(η float64) (float64, error) {
			return linear.SGDMoments([]float64{0}, η, 1, true, int(math.Round(time/η))).Mean[0] - linear.SDEMoments([]float64{0}, η, 1, true, time).Mean[0], nil
		}},
		{"least squares, E x²", func(η float64) (float64, error) {
			return linear.SGDMoments([]float64{0}, η, 1, true, int(math.Round(time/η))).Second[0] - linear.SDEMoments([]float64{0}, η, 1, true, time).Second[0], nil
		}},
	}
	for _, test := range []struct {
		name string
		φ    func(x float64) float64
	}{{"logistic, E x²", func(x float64) float64 { return x * x }}, {"logistic, E sin x", math.Sin}} {
		curves = append(curves, struct {
			name string
			err  func(η float64) (float64, error)
		}{test.name, func(η float64) (float64, error) {
			sgd, err := bent.afterSGD(test.φ, η, time)
			if err != nil {
				return 0, err
			}
			eq, err := bent.afterEquation(set, test.φ, η, time)
			return sgd - eq, err
		}})
	}
	f := fig.New("Gradient descent and its equation at time 1")
	f.X, f.Y = fig.Axis{Label: "learning rate η", Scale: fig.Log}, fig.Axis{Label: "difference of the means", Scale: fig.Log}
	var rows []Row
	for _, c := range curves {
		var off, x, y []float64
		for _, η := range etas {
			v, err := c.err(η)
			if err != nil {
				return nil, err
			}
			off = append(off, math.Abs(v))
			x, y = append(x, math.Log(η)), append(y, math.Log(math.Abs(v)))
		}
		f.Line(c.name, etas, off)
		n := len(x) - 1
		rows = append(rows,
			Row{Quantity: "order, " + c.name, Meaning: "slope of the logarithms between the two lowest η; 1 in the limit", Ours: (y[n] - y[n-1]) / (x[n] - x[n-1]), Theory: 1, Tolerance: 0.1},
			measured("error/η, "+c.name, fmt.Sprintf("at η = %g", etas[3]), off[3]/etas[3]))
	}
	f.Func("order 1", func(η float64) float64 { return 0.5 * η }, etas[3], etas[0]).In(fig.Gray).As(fig.Dashed)

	// Both as they walk, beside the exact moments.
	walkers := 4_000
	if set.scale != Quick {
		walkers = 1_000_000
	}
	b := sde.Batches{Rate: 0.05, Size: 2, WithoutReplacement: true}
	exact := linear.SGDMoments([]float64{0}, b.Rate, b.Size, false, 20)
	equation := linear.SDEMoments([]float64{0}, b.Rate, b.Size, false, time)
	for _, w := range []struct {
		name   string
		theory wells.Moments
		step   float64 // of which the error is a part
		walk   func(x []float64) sde.Status
	}{
		{"E x², gradient descent", exact, 0, func(x []float64) sde.Status {
			_, s := b.Run(linear, x, sde.Options{Steps: 20, Seed: 1, Context: set.ctx, Name: "gradient descent"})
			return s
		}},
		{"E x², its equation", equation, 1. / 100, func(x []float64) sde.Status {
			_, s := sde.SGD(linear, b).Run(x, sde.Options{Step: 1. / 100, Steps: 100, Seed: 2, Context: set.ctx, Name: "its equation"})
			return s
		}},
	} {
		x := make([]float64, walkers)
		if s := w.walk(x); s != sde.Finished {
			return nil, set.ctx.Err()
		}
		floats.Mul(x, x)
		mean, deviation := stat.MeanStdDev(x, nil)
		rows = append(rows, Row{Quantity: w.name, Meaning: fmt.Sprintf("%d walkers, η = 0.05, batches of 2 of 4 without replacement", walkers), Ours: mean,
			Error: stat.StdErr(deviation, float64(walkers)), Theory: w.theory.Second[0], Tolerance: w.step})
	}
	return &Result{
		Figure: f, Rows: rows,
		Notes: []string{
			"Batches of one with replacement, β^{−1} = η/2b, from x = 0. Least squares: closed recursions and the exponential of the generator. Logistic regression: the transfer operator of the chain, and Kolmogorov's equation on two grids, extrapolated; nothing is sampled.",
			"The printed (6.3) lacks a 2 under the root, and (6.7) has β/N for b/N.",
		},
		Sources: []string{"chaudhari2018", "li2017"},
	}, nil
}
