package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/fig"
	"glassy/lab/glass"
)

// theorem28 is the edge of the transition: critical points at B = −τ/N.
func theorem28(set settings) (*Result, error) {
	f := fig.New("Critical points at the edge, B = −τ/N")
	f.X = fig.Axis{Label: "distance from the transition, τ", Min: -6, Max: 12}
	f.Y = fig.Axis{Label: "expected critical points per spin, E crt / N", Scale: fig.Log, Min: 0.01, Max: 1000}
	f.Mark(0, "ν = ν_{c}")
	τs := floats.Span(make([]float64, 73), f.X.Min, f.X.Max)
	perSpin := func(n int, τ float64) float64 {
		return math.Exp(glass.LogCritical(n, -τ/float64(n))) / float64(n)
	}
	for i, n := range []int{20, 100, 1000} {
		y := make([]float64, len(τs))
		for j, τ := range τs {
			if err := set.ctx.Err(); err != nil {
				return nil, err
			}
			y[j] = perSpin(n, τ)
		}
		f.Line(fmt.Sprintf("N = %d", n), τs, y).In([]fig.Color{fig.Orange, fig.Green, fig.Blue}[i])
	}
	f.Func("N → ∞", glass.EdgeCritical, f.X.Min, f.X.Max).In(fig.Black)
	f.Func("(2.17)", glass.EdgeCriticalLimit, f.X.Min, -0.4).In(fig.Vermillion).As(fig.Dashed)
	f.Func("", glass.EdgeCriticalLimit, 0.4, f.X.Max).In(fig.Vermillion).As(fig.Dashed)

	var rows []Row
	for _, τ := range []float64{-4, 0, 5} {
		const n = 4000
		rows = append(rows, Row{
			Quantity: fmt.Sprintf("E crt/N at τ = %g", τ), Meaning: fmt.Sprintf("N = %d, beside the limit N → ∞", n),
			Ours: perSpin(n, τ), Theory: glass.EdgeCritical(τ),
			Tolerance: 2.0/n*(math.Abs(τ)+τ*τ/4)*glass.EdgeCritical(τ) + 1e-9, // the next order in 1/N, at τ = 0 nothing but rounding
		})
	}
	// The next terms are 3/4τ and −1/4|τ|.
	for _, τ := range []float64{-200, 200} {
		next := 1.0 / 4
		if τ > 0 {
			next = 3.0 / 4
		}
		rows = append(rows, Row{
			Quantity: fmt.Sprintf("log(E crt/N) at τ = %g", τ), Meaning: "the limit N → ∞, beside (2.17)",
			Ours: math.Log(glass.EdgeCritical(τ)), Theory: math.Log(glass.EdgeCriticalLimit(τ)), Tolerance: 1.1 * next / math.Abs(τ),
		})
	}
	return &Result{
		Figure: f, Rows: rows,
		Notes: []string{
			"The limit is 2e^{−τ/2}(I_{0}(τ/2) − I_{1}(τ/2)) at every τ; (2.17) is what it tends to on both sides.",
			"The annealing of Trivialized-SGD, (2.20), starts at τ = N/2, far outside this window: its field goes from √2 ν_{c} to 0.",
		},
		Sources: []string{"chaudhari2018", "fyodorov2013"},
	}, nil
}
