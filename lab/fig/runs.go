package fig

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Spread sums up the values that several runs have at one place: a middle and
// an interval about it. The sample may be reordered.
type Spread func(sample []float64) (low, middle, high float64)

// MeanStd is the mean ± the standard deviation, with n − 1 in its denominator;
// of a single value it is zero.
func MeanStd(sample []float64) (low, middle, high float64) {
	mean := 0.0
	for _, v := range sample {
		mean += v / float64(len(sample))
	}
	sum := 0.0
	for _, v := range sample {
		sum += (v - mean) * (v - mean)
	}
	std := 0.0
	if len(sample) > 1 {
		std = math.Sqrt(sum / float64(len(sample)-1))
	}
	return mean - std, mean, mean + std
}

// Quantiles is the median with the interval from the p-th to the (1−p)-th
// quantile, e.g. p = 0.25 for the middle half of the runs. Between the sorted
// values it interpolates linearly (Hyndman and Fan 1996, definition 7). Panics
// unless 0 ≤ p < 1/2.
func Quantiles(p float64) Spread {
	if !(p >= 0 && p < 0.5) {
		panic(fmt.Sprintf("fig: quantile, %v, expected at least 0 and below 1/2", p))
	}
	return func(sample []float64) (low, middle, high float64) {
		slices.Sort(sample)
		return quantile(sample, p), quantile(sample, 0.5), quantile(sample, 1-p)
	}
}

// quantile interpolates between sorted values.
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := min(int(at), len(sorted)-1)
	next := min(i+1, len(sorted)-1)
	t := at - float64(i)
	return (1-t)*sorted[i] + t*sorted[next]
}

// Runs adds several runs of one experiment, runs[i][j] at x[j], as the curve of
// their middle over the area of their spread: MeanStd or Quantiles. Panics
// unless there are runs of len(x) values.
func (f *Figure) Runs(name string, x []float64, runs [][]float64, spread Spread) *Series {
	if len(runs) == 0 {
		panic(fmt.Sprintf("fig: runs %q, none, expected at least 1", name))
	}
	for i, run := range runs {
		if len(run) != len(x) {
			panic(fmt.Sprintf("fig: runs %q, run %d has %d values at %d abscissae, expected as many", name, i, len(run), len(x)))
		}
	}
	s := &Series{Name: name, X: x, width: 0.5,
		Y: make([]float64, len(x)), Low: make([]float64, len(x)), High: make([]float64, len(x))}
	sample := make([]float64, len(runs))
	for j := range x {
		for i, run := range runs {
			sample[i] = run[j]
		}
		s.Low[j], s.Y[j], s.High[j] = spread(sample)
	}
	return f.add(ensemble{}, s)
}

// ensemble is a curve over the band of its spread.
type ensemble struct{ plain }

func (ensemble) kind() string { return "runs" }
func (ensemble) need() int    { return 2 }

func (ensemble) paint(s *Series, at depth, v view) {
	switch at {
	case area:
		band{}.paint(s, at, v)
	case stroke:
		v.StrokeLines(s.style(), v.ClipLinesXY(v.points(s.X, s.Y))...)
	}
}

func (ensemble) cover(s *Series, v view, taken *ink) {
	band{}.cover(s, v, taken)
	taken.lines(v.ClipLinesXY(v.points(s.X, s.Y))...)
}

func (ensemble) sample(s *Series, c draw.Canvas, r vg.Rectangle) {
	band{}.sample(s, c, r)
	curve{}.sample(s, c, r)
}
