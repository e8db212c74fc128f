package fig

import (
	"fmt"
	"slices"
	"strings"
)

// Series is a layer of data in a figure, in columns of equal length. Its
// methods change how it looks and return it, so that they chain:
// f.Line("theory", x, y).In(fig.Black).As(fig.Dashed).
type Series struct {
	Name        string    // shown in the legend; empty: not listed
	X, Y        []float64 // the points; of a band Y is nil
	Left, Right []float64 // from where to where in x: bins and error bars, or nil
	Low, High   []float64 // from where to where in y: bands and error bars, or nil
	Value       []float64 // what the colours show, or nil
	DX, DY      []float64 // the components of arrows, or nil

	painter painter
	color   Color
	dash    Dash
	width   float64 // mm
	shape   int     // of dots, an index of shapes
	hollow  bool    // of a histogram: no area
	flaw    string  // what is wrong with the data that the columns were made of
}

// Dash is a line's pattern.
type Dash int

// Patterns of lines.
const (
	Solid Dash = iota
	Dashed
	Dotted
)

// In sets the colour.
func (s *Series) In(c Color) *Series { s.color = c; return s }

// As sets the pattern of the line.
func (s *Series) As(d Dash) *Series { s.dash = d; return s }

// Wide sets the width of the line, or the diameter of the dots, in mm. Panics
// unless 0 < mm < 20.
func (s *Series) Wide(mm float64) *Series {
	if !(mm > 0 && mm < 20) {
		panic(fmt.Sprintf("fig: width of %s, %v mm, expected between 0 and 20", s, mm))
	}
	s.width = mm
	return s
}

// By colours each point of a line, of points or of arrows by its value, along the
// scale that the axis Z of the figure and its colour bar show. The values,
// len(X), are copied. Panics if their number differs, or for other kinds.
func (s *Series) By(value []float64) *Series {
	s.must("values to colour by", "line", "points", "arrows")
	s.fits("values", value)
	s.Value = slices.Clone(value)
	s.color = Gray
	return s
}

// YError adds error bars from y−e to y+e, len(X) of them, to a line or points.
// Panics if their number differs, or for other kinds.
func (s *Series) YError(e []float64) *Series {
	s.must("error bars", "line", "points")
	s.fits("errors in y", e)
	s.Low, s.High = around(s.Y, e)
	return s
}

// YRange is as YError with bars from low to high. The data is copied.
func (s *Series) YRange(low, high []float64) *Series {
	s.must("error bars", "line", "points")
	s.fits("lower ends", low)
	s.fits("upper ends", high)
	s.Low, s.High = slices.Clone(low), slices.Clone(high)
	return s
}

// XError is as YError along x.
func (s *Series) XError(e []float64) *Series {
	s.must("error bars", "line", "points")
	s.fits("errors in x", e)
	s.Left, s.Right = around(s.X, e)
	return s
}

func around(v, e []float64) (low, high []float64) {
	low, high = make([]float64, len(v)), make([]float64, len(v))
	for i := range v {
		low[i], high[i] = v[i]-e[i], v[i]+e[i]
	}
	return low, high
}

// fits panics unless there are as many values as points.
func (s *Series) fits(what string, values []float64) {
	if len(values) != len(s.X) {
		panic(fmt.Sprintf("fig: %s, %d abscissae and %d %s, expected as many", s, len(s.X), len(values), what))
	}
}

// must panics unless the series is of one of the kinds.
func (s *Series) must(have string, kinds ...string) {
	if !slices.Contains(kinds, s.Kind()) {
		panic(fmt.Sprintf("fig: %s, %s, expected of %s only", s, have, strings.Join(kinds, ", ")))
	}
}

// Color returns the colour, e.g. for a note that belongs to the curve.
func (s *Series) Color() Color { return s.color }

// Kind returns how the series is drawn, in a word: line, points, fill, runs,
// histogram, heat, shade, contours or arrows.
func (s *Series) Kind() string { return s.painter.kind() }

// String names the series in messages: line "Θ".
func (s *Series) String() string { return fmt.Sprintf("%s %q", s.Kind(), Plain(s.Name)) }

// A column is one row of numbers of a series.
type column struct {
	name   string
	values []float64
	along  byte // the axis it is read on: x, y, z, or 0
}

// columns returns the columns that the series has, in the order in which files
// list them.
func (s *Series) columns() []column {
	all := []column{
		{"x", s.X, 'x'}, {"y", s.Y, 'y'}, {"left", s.Left, 'x'}, {"right", s.Right, 'x'},
		{"low", s.Low, 'y'}, {"high", s.High, 'y'}, {"value", s.Value, 'z'}, {"dx", s.DX, 0}, {"dy", s.DY, 0},
	}
	return slices.DeleteFunc(all, func(c column) bool { return c.values == nil })
}

// problems returns what keeps the series from being drawn over the axes.
func (s *Series) problems(axes map[byte]Axis) []string {
	if s.flaw != "" {
		return []string{fmt.Sprintf("%s %s", s, s.flaw)}
	}
	var out []string
	fail := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if len(s.X) < s.painter.need() {
		fail("%s has %d points, expected at least %d", s, len(s.X), s.painter.need())
	}
	for _, c := range s.columns() {
		axis := axes[c.along] // linear of a column that is on none
		if c.along == 'z' && !s.painter.byValue(s) {
			axis = Axis{}
		}
		for i, v := range c.values {
			if !axis.lacks(v) || s.painter.bears(c, v) {
				continue
			}
			expected := "positive numbers on a logarithmic axis"
			if unfit(v) {
				expected = "numbers up to ±1e300"
			}
			fail("%s has %s = %v at point %d of %d, expected %s: leave such points out", s, c.name, v, i, len(s.X), expected)
			break
		}
	}
	if s.DX != nil && (axes['x'].Scale != Linear || axes['y'].Scale != Linear) {
		fail("%s on an axis that is not linear, expected linear axes: directions have no meaning there", s)
	}
	return out
}

// Line adds a curve through the points (x[i], y[i]) in their order. The data is
// copied. Panics if the lengths differ.
func (f *Figure) Line(name string, x, y []float64) *Series {
	return f.add(curve{}, &Series{Name: name, X: x, Y: y, width: 0.5})
}

// Points adds a marker at each (x[i], y[i]). The data is copied. Panics if the
// lengths differ.
func (f *Figure) Points(name string, x, y []float64) *Series {
	return f.add(dots{}, &Series{Name: name, X: x, Y: y, width: 1.8})
}

// Fill adds the area between the curves low and high over x. The data is
// copied. Panics if the lengths differ.
func (f *Figure) Fill(name string, x, low, high []float64) *Series {
	return f.add(band{}, &Series{Name: name, X: x, Low: low, High: high})
}

// Func adds the curve of y = f(x) at 400 points from low to high, evenly spaced
// as the axis X is scaled when it is called. Panics unless low < high.
func (f *Figure) Func(name string, y func(x float64) float64, low, high float64) *Series {
	if !(low < high) {
		panic(fmt.Sprintf("fig: function %q from %v to %v, expected an interval", name, low, high))
	}
	const n = 400
	axis := f.X
	if axis.Scale == Log && low <= 0 {
		axis.Scale = Linear // refused later, by the axis
	}
	from, to := axis.forward(low), axis.forward(high)
	xs, ys := make([]float64, n), make([]float64, n)
	for i := range xs {
		xs[i] = axis.inverse(from + (to-from)*float64(i)/(n-1))
		ys[i] = y(xs[i])
	}
	return f.Line(name, xs, ys)
}

// add copies the columns, which must be of equal length, and gives the series
// the next colour.
func (f *Figure) add(p painter, s *Series) *Series {
	s.painter = p
	for _, c := range s.columns() {
		s.fits(map[string]string{"x": "abscissae", "y": "ordinates", "low": "lower ordinates", "high": "upper ordinates",
			"dx": "components in x", "dy": "components in y"}[c.name], c.values)
	}
	for _, v := range []*[]float64{&s.X, &s.Y, &s.Left, &s.Right, &s.Low, &s.High, &s.Value, &s.DX, &s.DY} {
		*v = slices.Clone(*v)
	}
	n := 0 // series before it; areas have a count of their own, as they lie behind
	for _, other := range f.series {
		if other.painter.group() == p.group() {
			n++
		}
		if other.Kind() == "points" {
			s.shape++
		}
	}
	s.color = Gray
	if p.group() != supporting {
		s.color = cycle[n%len(cycle)]
		s.dash = Dash(n / len(cycle) % 3)
	}
	f.series = append(f.series, s)
	return s
}

// Series returns the data of the figure in the order in which it was added.
func (f *Figure) Series() []*Series { return slices.Clone(f.series) }
