package thesis

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/device"
	"glassy/lab/fig"
	"glassy/lab/glass"
	"glassy/lab/optim"
	"glassy/lab/rng"
	"glassy/lab/run"
)

// theorem27 is the number of critical points of the 3-spin glass in a field, at
// finite N: exact, counted in glasses that were drawn, sampled by random matrices,
// and its asymptotic regimes.
func theorem27(set settings) (*Result, error) {
	rate, few, err := drawCritical(set)
	if err != nil {
		return nil, err
	}
	glasses, sampled := 24, 2000
	switch set.scale {
	case Desktop:
		glasses, sampled = 1000, 40000
	case Paper:
		glasses, sampled = 10000, 400000
	}
	rows, stopped := countedRows(set, few, glasses)
	if !stopped {
		var more []Row
		more, stopped = spectraRows(set, sampled)
		rows = append(rows, more...)
	}
	const n = 100
	rows = append(rows,
		Row{
			Quantity: "E crt, N = 100, ν = √3", Meaning: "2N at the transition, B = 0",
			Ours: expectedCritical(n, glass.FieldStrength(fieldP, 1, 0)), Theory: 2 * n, Tolerance: 1e-9, // rounding of B
		},
		Row{
			Quantity: "E crt, N = 100, ν = 3", Meaning: "the trivial regime at N = 100",
			Thesis: "2", Ours: expectedCritical(n, 3), Theory: math.NaN(),
		})
	return &Result{
		Figure: fig.Grid("Critical points of the 3-spin glass in a field", 2, rate, few), Rows: rows, Stopped: stopped,
		Notes: []string{
			"Exact: the formula of Kac and Rice with the density of the Gaussian orthogonal ensemble at that N. The thesis has its limits N → ∞ alone.",
			"The first case of (2.16) is printed for −B = Ω(N^{−1}); two critical points are left only for −B ≫ N^{−1/3}. " +
				"In between there are (2/√π) N^{−1/2}|B|^{−3/2}. The third case is printed with N/2 in its exponent, where (N−1)/2 is right.",
			"Counted: Newton's method from points all over the sphere, until as many starts again bring no new critical point and Σ(−1)^{index} is the Euler characteristic of the sphere.",
		},
		Sources: []string{"chaudhari2018", "fyodorov2013", "auffinger2013", "dumitriu2002"},
	}, nil
}

// fieldP is the degree of the glasses of Theorem 2.7.
const fieldP = 3

// logExpectedCritical is log E crt in a field of strength ν.
func logExpectedCritical(n int, ν float64) float64 {
	return glass.LogCritical(n, glass.OrderParameter(fieldP, 1, ν))
}

func expectedCritical(n int, ν float64) float64 { return math.Exp(logExpectedCritical(n, ν)) }

// drawCritical is the two panels of the theorem: the exact numbers by the field's
// strength, their logarithms over N and themselves, with the limits N → ∞.
func drawCritical(set settings) (rate, few *fig.Figure, err error) {
	critical := glass.FieldStrength(fieldP, 1, 0)
	rate = fig.New("The rate of their number")
	rate.X = fig.Axis{Label: "strength of the field, ν/J", Min: 0, Max: 4}
	rate.Y = fig.Axis{Label: "log E crt / N", Min: 0, Max: 0.5}
	rate.Mark(critical, "ν_{c} = √3")
	few = fig.New("How few remain")
	few.X = rate.X
	few.Y = fig.Axis{Label: "expected critical points, E crt", Scale: fig.Log, Min: 1, Max: 1e6}
	few.Mark(critical, "ν_{c}")
	few.Level(2, "E crt = 2").As(fig.Dotted).Foot()

	fields := floats.Span(make([]float64, 161), 0, 4)
	for i, n := range []int{5, 20, 100, 500} {
		if err := set.ctx.Err(); err != nil {
			return nil, nil, err
		}
		logs, counts := make([]float64, len(fields)), make([]float64, len(fields))
		for j, ν := range fields {
			logs[j] = logExpectedCritical(n, ν)
			counts[j] = math.Exp(logs[j])
		}
		c := []fig.Color{fig.Vermillion, fig.Orange, fig.Green, fig.Blue}[i]
		few.Line(fmt.Sprintf("N = %d", n), fields, counts).In(c)
		floats.Scale(1/float64(n), logs)
		if n > 5 { // the smallest is there to be counted
			rate.Line(fmt.Sprintf("N = %d", n), fields, logs).In(c)
		}
	}
	rate.Func("N → ∞", func(ν float64) float64 { return max(0, math.Atanh(glass.OrderParameter(fieldP, 1, ν))) }, 0, 4).In(fig.Black).As(fig.Dashed)
	few.Func("(2.16), N = 100", func(ν float64) float64 {
		return math.Exp(glass.LogCriticalLimit(100, glass.OrderParameter(fieldP, 1, ν)))
	}, 1.2, critical-0.03).In(fig.Black).As(fig.Dashed)
	return rate, few, nil
}

// countedRows counts all critical points of small glasses, by Newton's method from
// everywhere, draws their mean numbers and sets them beside the exact ones.
func countedRows(set settings, few *fig.Figure, glasses int) (rows []Row, stopped bool) {
	const n = 5
	var at, counted, errs []float64
	for _, ν := range []float64{0, 1, 2, 3} {
		mean, e, complete := countCritical(set, fieldP, n, ν, glasses)
		if !complete {
			stopped = true
			break
		}
		at, counted, errs = append(at, ν), append(counted, mean), append(errs, e)
		rows = append(rows, Row{
			Quantity: fmt.Sprintf("E crt, N = %d, ν = %g", n, ν), Meaning: fmt.Sprintf("counted in %d glasses, beside the exact formula", glasses),
			Ours: mean, Error: e, Theory: expectedCritical(n, ν),
		})
	}
	if len(at) > 0 {
		few.Points("N = 5, counted", at, counted).YError(errs).In(fig.Vermillion)
	}
	return rows, stopped
}

// spectraRows sets means over the spectra of random matrices beside the exact
// numbers.
func spectraRows(set settings, samples int) (rows []Row, stopped bool) {
	const n = 100
	for _, regime := range []struct {
		name string
		ν    float64
	}{{"1/N", 1.0 / n}, {"√3(1−1/N)^{½}", math.Sqrt(3 * (1 - 1.0/n))}} {
		mean, e, complete := sampleCritical(set, n, glass.OrderParameter(fieldP, 1, regime.ν), samples)
		if !complete {
			return rows, true
		}
		exact := logExpectedCritical(n, regime.ν)
		scale := math.Pow(10, math.Floor(exact/math.Ln10))
		quantity := fmt.Sprintf("E crt, N = %d, ν = %s", n, regime.name)
		if scale > 1000 {
			quantity += fmt.Sprintf(", in 10^{%.0f}", math.Log10(scale))
		} else {
			scale = 1
		}
		rows = append(rows, Row{
			Quantity: quantity, Meaning: fmt.Sprintf("by the eigenvalues of %d random matrices", samples),
			Ours: mean / scale, Error: e / scale, Theory: math.Exp(exact) / scale,
		})
	}
	return rows, false
}

// countCritical counts the critical points of so many small glasses, and says how
// far off the mean may be; false: it was stopped.
func countCritical(set settings, p, n int, ν float64, glasses int) (mean, stderr float64, complete bool) {
	counts := make([]float64, glasses)
	loop := run.Start(set.ctx, fmt.Sprintf("critical points at ν = %g", ν), glasses)
	defer loop.End()
	for i := range counts {
		if loop.Err() != nil {
			return 0, 0, false
		}
		counts[i] = float64(len(allCritical(glass.New(p, n, glass.Seed(uint64(i)), glass.Field(ν), onHost), uint64(i))))
		loop.Add(1)
	}
	mean, std := stat.MeanStdDev(counts, nil)
	return mean, stat.StdErr(std, float64(glasses)), true
}

// onHost: small glasses are made by the thousand, and a GPU pays for large ones.
var onHost = glass.On(device.CPU())

// allCritical finds all critical points of a small landscape on a sphere by Newton's
// method from points all over it: as many again until these bring nothing new and
// the indices add up to the Euler characteristic of the sphere, as Morse's theory
// asks.
func allCritical(f *glass.Glass, seed uint64) []optim.CriticalPoint {
	euler := 2 * (f.Dim() % 2) // of the sphere in so many variables
	seen := 0
	for n := 32; ; n *= 2 {
		starts := optim.Starts(f, n, seed)
		found := optim.Critical(f, starts, optim.CriticalOptions{Context: run.Quiet(context.Background())})
		if found.Euler() == euler && len(found.Points) == seen || n >= 1<<14 {
			return found.Points
		}
		seen = len(found.Points)
	}
}

// sampleCritical is E crt as a mean over spectra of the Gaussian orthogonal
// ensemble, with its standard error; false: it was stopped.
func sampleCritical(set settings, n int, b float64, samples int) (mean, stderr float64, complete bool) {
	sums := make([]float64, samples)
	loop := run.Start(set.ctx, "random matrices", samples)
	defer loop.End()
	for i := range sums {
		if loop.Err() != nil {
			return 0, 0, false
		}
		for _, λ := range glass.GOE(n).Spectrum(rng.Key(27).Split(uint64(i)).Stream()) {
			sums[i] += math.Exp(-b * λ * λ / 4)
		}
		loop.Add(1)
	}
	factor := 2 * math.Sqrt(1+b) * math.Exp(float64(n-1)*math.Atanh(b))
	mean, std := stat.MeanStdDev(sums, nil)
	return factor * mean, factor * stat.StdErr(std, float64(samples)), true
}
