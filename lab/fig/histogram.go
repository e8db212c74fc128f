package fig

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Hist adds the histogram of values as a density: the areas of all bars add up
// to the share of the values that the bins hold. Bins are half open, the last is
// closed; edges are their len(edges)−1 boundaries, e.g. of Bins, LogBins or
// floats.Span; nil means Bins(values). The bars are X, their middles, Left,
// Right and Y. Panics unless the edges increase.
func (f *Figure) Hist(name string, values, edges []float64) *Series {
	s := f.Counts(name, values, edges)
	for i := range s.Y {
		s.Y[i] /= float64(len(values)) * (s.Right[i] - s.Left[i])
	}
	return s
}

// Counts adds the histogram of values with their number in each bin as its
// height; otherwise it is as Hist.
func (f *Figure) Counts(name string, values, edges []float64) *Series {
	s := &Series{Name: name, width: 0.4}
	if i := slices.IndexFunc(values, unfit); i >= 0 {
		s.flaw = fmt.Sprintf("has the value %v at %d of %d, expected numbers up to ±1e300: leave such values out", values[i], i, len(values))
	} else if len(values) == 0 {
		s.flaw = "has no values, expected at least 1"
	}
	if edges == nil && s.flaw == "" {
		edges = Bins(values)
	}
	for i := 1; i < len(edges); i++ {
		if !(edges[i] > edges[i-1]) {
			panic(fmt.Sprintf("fig: histogram %q, edges %v then %v, expected increasing numbers", name, edges[i-1], edges[i]))
		}
	}
	if len(edges) == 1 {
		panic(fmt.Sprintf("fig: histogram %q, 1 edge, expected at least 2", name))
	}
	n := max(len(edges)-1, 0)
	s.X, s.Y, s.Left, s.Right = make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		s.Left[i], s.Right[i] = edges[i], edges[i+1]
		s.X[i] = edges[i] + (edges[i+1]-edges[i])/2
	}
	for _, v := range values {
		i := sort.SearchFloat64s(edges, v) // edges[i−1] < v ≤ edges[i]
		if i < len(edges) && edges[i] == v && i < n {
			i++
		}
		if i >= 1 && i <= n {
			s.Y[i-1]++
		}
	}
	return f.add(histogram{}, s)
}

// Hollow leaves the area of a histogram empty: its outline alone.
func (s *Series) Hollow() *Series { s.hollow = true; return s }

// Bins returns edges of equal bins for values by the rule of Freedman and
// Diaconis (1981): width 2 IQR/n^⅓; √n bins if the inner half of the values is
// one number; at most 500. Values that are not finite are passed over.
func Bins(values []float64) []float64 {
	const most = 500
	sorted := slices.DeleteFunc(slices.Clone(values), unfit)
	slices.Sort(sorted)
	if len(sorted) == 0 {
		return []float64{0, 1}
	}
	low, high := sorted[0], sorted[len(sorted)-1]
	if high-low <= 1e-12*math.Max(math.Abs(low), math.Abs(high)) { // one number
		half := math.Max(math.Abs(low)/2, 0.5)
		return []float64{low - half, low + half}
	}
	count := float64(len(sorted))
	n := math.Ceil(math.Sqrt(count))
	if iqr := quantile(sorted, 0.75) - quantile(sorted, 0.25); iqr > 0 {
		n = math.Ceil((high-low)/(2*iqr/math.Cbrt(count)) - 1e-9) // a whole number, but for rounding, stays
	}
	n = math.Max(1, math.Min(n, most))
	edges := make([]float64, int(n)+1)
	for i := range edges {
		t := float64(i) / n
		edges[i] = (1-t)*low + t*high
	}
	edges[len(edges)-1] = high
	return edges
}

// LogBins returns edges that are evenly spaced on a logarithmic axis, by the
// rule of Bins for the logarithms. Values that are not positive are passed over.
func LogBins(values []float64) []float64 {
	var logs []float64
	least, most := math.Inf(1), 0.0
	for _, v := range values {
		if v > 0 && !unfit(v) {
			logs = append(logs, math.Log10(v))
			least, most = math.Min(least, v), math.Max(most, v)
		}
	}
	if least == most { // one number: a decade about it
		return []float64{least / math.Sqrt(10), least * math.Sqrt(10)}
	}
	edges := Bins(logs)
	for i := range edges {
		edges[i] = math.Pow(10, edges[i])
	}
	if len(logs) > 0 { // not to lose the ends to rounding
		edges[0], edges[len(edges)-1] = least, most
	}
	return edges
}

// histogram is bars that touch: a light area under an outline in steps.
type histogram struct{ plain }

func (histogram) kind() string { return "histogram" }

// An empty bar has no place on a logarithmic axis, and takes none.
func (histogram) bears(c column, v float64) bool { return c.name == "y" && v == 0 }

func (histogram) extend(s *Series, x, y *extent) {
	for i := range s.X {
		x.solid(s.Left[i], s.Right[i])
		if s.Y[i] > 0 {
			y.include(s.Y[i])
		}
	}
	y.bars = true
}

// steps is the outline of the bars, from their foot to their foot.
func (histogram) steps(s *Series, v view) []vg.Point {
	if len(s.X) == 0 {
		return nil
	}
	bottom := v.y(0)
	if math.IsInf(float64(bottom), 0) { // on a logarithmic axis: below the frame
		bottom = v.Min.Y - 10
	}
	at := func(y float64) vg.Length {
		if y == 0 {
			return bottom
		}
		return v.y(y)
	}
	out := []vg.Point{{X: v.x(s.Left[0]), Y: bottom}}
	for i := range s.X {
		y := at(s.Y[i])
		out = append(out, vg.Point{X: v.x(s.Left[i]), Y: y}, vg.Point{X: v.x(s.Right[i]), Y: y})
	}
	return append(out, vg.Point{X: v.x(s.Right[len(s.Right)-1]), Y: bottom})
}

func (h histogram) paint(s *Series, at depth, v view) {
	steps := h.steps(s, v)
	switch {
	case at == area && !s.hollow:
		v.FillPolygon(s.color.faded(faint), v.ClipPolygonXY(steps))
	case at == stroke:
		v.StrokeLines(s.style(), v.ClipLinesXY(steps)...)
	}
}

func (h histogram) cover(s *Series, v view, taken *ink) {
	steps := h.steps(s, v)
	if s.hollow {
		taken.lines(v.ClipLinesXY(steps)...)
		return
	}
	low := slices.Clone(steps)
	for i := range low {
		low[i].Y = steps[0].Y
	}
	taken.between(v, low, steps)
}

func (histogram) sample(s *Series, c draw.Canvas, r vg.Rectangle) {
	middle := (r.Min.Y + r.Max.Y) / 2
	if !s.hollow {
		swatch(c, s.color.faded(faint), r)
		middle = r.Max.Y - (r.Max.Y-r.Min.Y)*0.18 // its upper edge
	}
	c.StrokeLine2(s.style(), r.Min.X, middle, r.Max.X, middle)
}
