package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/fig"
	"glassy/lab/pde"
	"glassy/lab/wells"
)

// lemma43 is the dynamics that finds the slope of the inviscid solution, and its rate.
func lemma43(set settings) (*Result, error) {
	const x = -0.12 // beside a maximum, where f″ is nearly least
	f := wells.CosineInBowl(0.5, 1, 3, 0.4)
	_, least := pde.ShockTime(f.At, -10, 10)
	rate := func(t float64) float64 { return t * (1 + t*least) }
	fall := fig.New("From four starts to the slope")
	fall.X, fall.Y = fig.Axis{Label: "time s"}, fig.Axis{Label: "|y(s) − u_{x}| / |y(0) − u_{x}|", Scale: fig.Log, Min: 1e-4, Max: 1.5}
	const t = 0.06
	p := pde.HopfLaxAt(f.At, x, t, 0).Slope
	s := make([]float64, 61)
	floats.Span(s, 0, 280)
	beyond := 0.0
	var rows []Row
	for i, start := range []float64{-40, -15, 15, 40} {
		y := make([]float64, len(s))
		for k := range s {
			y[k] = math.Abs(pde.Inner(f.At, x, t, start, s[k])-p) / math.Abs(start-p)
			if y[k] > math.Exp(-rate(t)*s[k])+1e-12 {
				beyond++
			}
		}
		fall.Line(fmt.Sprintf("y(0) = %g", start), s, y).In([]fig.Color{fig.Blue, fig.SkyBlue, fig.Orange, fig.Vermillion}[i])
	}
	fall.Func("e^{−λs}", func(s float64) float64 { return math.Exp(-rate(t) * s) }, 0, 280).In(fig.Black).As(fig.Dashed)
	rows = append(rows,
		Row{Quantity: "y(s) at the end", Meaning: "t = 0.06, s = 400, beside u_x of Hopf and Lax", Ours: pde.Inner(f.At, x, t, 40, 400), Theory: p, Tolerance: 80 * math.Exp(-rate(t)*400)},
		Row{Quantity: "times beyond the bound", Meaning: fmt.Sprintf("of %d; the lemma: none", 4*len(s)), Ours: beyond, Theory: 0})

	rates := fig.New("Rate of the dynamics")
	rates.X, rates.Y = fig.Axis{Label: "time t"}, fig.Axis{Label: "rate in s"}
	shock := -1 / least
	rates.Func("λ = t(1 + t min f″)", rate, 0, shock).In(fig.Black).As(fig.Dashed)
	for k, x := range []float64{x, 0.25, 0.9} {
		var at, reached, local []float64
		for _, part := range []float64{0.1, 0.25, 0.4, 0.55, 0.7, 0.85} {
			t := part * shock
			slope := pde.HopfLaxAt(f.At, x, t, 0).Slope
			_, _, curvature := f.At(x - t*slope)
			// From so near that the rate is that of the end.
			const near = 1e-5
			rate := t * (1 + t*curvature)
			left := pde.Inner(f.At, x, t, slope+near, 1/rate) - slope
			at, local, reached = append(at, t), append(local, rate), append(reached, math.Log(near/left)*rate)
		}
		color := []fig.Color{fig.Blue, fig.Green, fig.Vermillion}[k]
		rates.Points(fmt.Sprintf("measured at x = %g", x), at, reached).In(color)
		rates.Line("", at, local).In(color)
		last := len(at) - 1
		rows = append(rows, Row{Quantity: fmt.Sprintf("rate at x = %g, t = %.3g", x, at[last]), Meaning: "of the last approach, beside t(1+tf″) at the foot of the characteristic",
			Ours: reached[last], Theory: local[last], Tolerance: 1e-3 * local[last]})
	}
	return &Result{Figure: fig.Grid("The dynamics for the gradient", 2, fall, rates), Rows: rows, Notes: []string{
		fmt.Sprintf("f = ¼x² + cos(3x+0.4), x = %g: y′ = −t(y − f′(x−ty)), (4.19), tends to u_{x}(x,t) at the rate λ at least, for t < t* = %.4g. Lines at the right: t(1 + tf″(x−ty)), the rate at the end, which the foot of the characteristic sets.", x, shock),
	}, Sources: []string{"chaudhari2018"}}, nil
}
