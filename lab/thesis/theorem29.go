package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/fig"
	"glassy/lab/glass"
	"glassy/lab/optim"
	"glassy/lab/run"
)

// theorem29 is the number of local minima at the edge, B = −½κN^{−1/3}.
func theorem29(set settings) (*Result, error) {
	f := fig.New("Local minima at the edge, B = −½κN^{−1/3}")
	f.X = fig.Axis{Label: "distance from the transition, κ", Min: -4, Max: 4}
	f.Y = fig.Axis{Label: "expected local minima, E crt_{0}", Scale: fig.Log, Min: 0.8, Max: 1e4}
	f.Mark(0, "ν = ν_{c}")
	f.Level(1, "one minimum").As(fig.Dotted)
	κs := floats.Span(make([]float64, 25), f.X.Min, f.X.Max)
	for i, n := range []int{10, 50, 200} {
		y := make([]float64, len(κs))
		if err := concurrently(set, len(κs), func(j int) { y[j] = expectedMinima(n, κs[j]) }); err != nil {
			return nil, err
		}
		f.Line(fmt.Sprintf("N = %d", n), κs, y).In([]fig.Color{fig.Orange, fig.Green, fig.Blue}[i])
	}
	f.Func("N → ∞", glass.EdgeMinima, f.X.Min, f.X.Max).In(fig.Black)
	f.Func("(2.18), corrected", func(κ float64) float64 { return math.Exp(glass.LogEdgeMinimaLimit(κ)) }, f.X.Min, -0.5).In(fig.Vermillion).As(fig.Dashed)
	f.Func("(2.18), as printed, C = 1", func(κ float64) float64 {
		return math.Exp(κ*κ/24 + 4*math.Sqrt2/3*math.Pow(-κ, 1.5))
	}, f.X.Min, -0.5).In(fig.Gray).As(fig.Dotted)

	rows, stopped := countedMinima(set, f)

	// At κ = 0 there are two minima at any N; as κ → ∞ one.
	rows = append(rows,
		Row{Quantity: "E crt_{0} at κ = 0", Meaning: "at N = 100", Ours: expectedMinima(100, 0), Theory: 2, Tolerance: 1e-9}, // the quadrature of LogMinima
		Row{Quantity: "E crt_{0} at κ = 8", Meaning: "N → ∞, total trivialization", Thesis: "1", Ours: glass.EdgeMinima(8), Theory: 1, Tolerance: 1e-3})
	for _, κ := range []float64{-2, 1} {
		// The finite-N count differs by order N^{−2/3}: extrapolate in it.
		ns := []int{1000, 125}
		var logs [2]float64
		if err := concurrently(set, len(ns), func(i int) { logs[i] = math.Log(expectedMinima(ns[i], κ)) }); err != nil {
			stopped = true // the rest is there
			break
		}
		rows = append(rows, Row{
			Quantity: fmt.Sprintf("E crt_{0} at κ = %g", κ), Meaning: "from N = 125 and 1000, extrapolated, beside Tracy and Widom's law",
			Ours: math.Exp((4*logs[0] - logs[1]) / 3), Theory: glass.EdgeMinima(κ),
			Tolerance: 0.01 * glass.EdgeMinima(κ), // the next order, 1/N, for the smaller N
		})
	}
	return &Result{
		Figure: f, Rows: rows, Stopped: stopped,
		Notes: []string{
			"Exact at finite N by the law of the largest eigenvalue; the limit by Tracy and Widom's, both as determinants.",
			"(2.18) prints κ²/24 + (4√2/3)|κ|^{3/2}; the leading terms are |κ|³/24 + ⅔|κ|^{3/2} − ⅔|κ|^{3/4}.",
		},
		Sources: []string{"chaudhari2018", "fyodorov2013", "ferrari2005", "bornemann2010"},
	}, nil
}

// edge is B at κ.
func edge(n int, κ float64) float64 { return -κ / 2 * math.Pow(float64(n), -1.0/3) }

// expectedMinima is E crt_0 there, exactly.
func expectedMinima(n int, κ float64) float64 { return math.Exp(glass.LogMinima(n, edge(n, κ))) }

// countedMinima counts the minima of glasses that were drawn, by descents from
// everywhere, draws their mean numbers and sets them beside the exact ones.
func countedMinima(set settings, f *fig.Figure) (rows []Row, stopped bool) {
	const p, n = 3, 50
	glasses, descents := 12, 200
	deepest := -1.0 // κ: at −2 there are 17 minima, of which 200 descents miss one or two
	switch set.scale {
	case Desktop:
		glasses, descents, deepest = 200, 1000, -2
	case Paper:
		glasses, descents, deepest = 2000, 2000, -2
	}
	var at, counted, errs []float64
	for _, κ := range []float64{-2, -1, 0, 1.5} {
		if κ < deepest {
			continue
		}
		descents := descents
		if κ >= 0 { // one minimum or two
			descents /= 4
		}
		mean, e, complete := countMinima(set, p, n, glass.FieldStrength(p, 1, edge(n, κ)), glasses, descents)
		if !complete {
			stopped = true
			break
		}
		at, counted, errs = append(at, κ), append(counted, mean), append(errs, e)
		rows = append(rows, Row{
			Quantity: fmt.Sprintf("E crt_{0} at κ = %g", κ), Meaning: fmt.Sprintf("N = %d: counted by %d descents in each of %d glasses, beside the exact formula", n, descents, glasses),
			Ours: mean, Error: e, Theory: expectedMinima(n, κ),
			Tolerance: 0.03 * expectedMinima(n, κ), // minima with basins too small to be hit
		})
	}
	if len(at) > 0 {
		f.Points("N = 50, counted", at, counted).YError(errs).In(fig.Green)
	}
	return rows, stopped
}

// countMinima counts the minima that descents lead to in so many glasses, and says
// how far off the mean may be; false: it was stopped.
func countMinima(set settings, p, n int, ν float64, glasses, descents int) (mean, stderr float64, complete bool) {
	counts := make([]float64, glasses)
	quiet := run.Quiet(set.ctx)
	loop := run.Start(set.ctx, fmt.Sprintf("minima at ν = %.2f", ν), glasses)
	defer loop.End()
	for i := range counts {
		g := glass.New(p, n, glass.Seed(uint64(i)), glass.Field(ν), onHost)
		runs := optim.Descend(g, descents, optim.DescendOptions{Seed: uint64(i), Context: quiet})
		points := runs.Polish(optim.CriticalOptions{Context: quiet})
		if loop.Err() != nil {
			return 0, 0, false
		}
		counts[i] = float64(len(points.Minima()))
		loop.Add(1)
	}
	mean, std := stat.MeanStdDev(counts, nil)
	return mean, stat.StdErr(std, float64(glasses)), true
}
