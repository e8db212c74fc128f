package fig

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Figure is one pair of axes with everything drawn over them. Make one with
// New, set its fields, add to it, and show or Save it.
type Figure struct {
	Title         string
	X, Y          Axis
	Width, Height float64 // mm, with all labels; 0 means 140 × 90
	Legend        Place   // where the names of the curves go

	series []*Series
	marks  []*Mark
	notes  []*Note
}

// Axis describes one axis.
type Axis struct {
	Label    string    // what is measured, e.g. "energy per spin u"
	Unit     string    // its unit, shown in brackets; empty for a pure number
	Min, Max float64   // the range shown; equal means: as the data needs
	Ticks    []float64 // where numbers stand; nil means round numbers
}

// Place is a place for the legend.
type Place int

// Places for the legend. Auto takes the corner that covers no data, or the
// place beside the plot when every corner does.
const (
	Auto Place = iota
	TopLeft
	TopRight
	BottomLeft
	BottomRight
	Beside
	NoLegend
)

// New returns an empty figure of 140 × 90 mm.
func New(title string) *Figure {
	return &Figure{Title: title, Width: 140, Height: 90}
}

// Kind says how a series is drawn.
type Kind int

// Kinds of series.
const (
	Curve Kind = iota // points joined by straight lines
	Dots              // a marker at each point
	Band              // the area between two curves
)

func (k Kind) String() string {
	switch k {
	case Curve:
		return "line"
	case Dots:
		return "points"
	case Band:
		return "fill"
	}
	return fmt.Sprintf("Kind(%d)", int(k))
}

// Dash is a line's pattern.
type Dash int

// Patterns of lines.
const (
	Solid Dash = iota
	Dashed
	Dotted
)

// Series is data in a figure. Its methods change how it looks and return it,
// so that they chain: f.Line("theory", x, y).In(fig.Black).As(fig.Dashed).
type Series struct {
	Name string    // shown in the legend; empty: not listed
	Kind Kind      // how it is drawn
	X, Y []float64 // the data, len(X) == len(Y); of a band, Y is the upper curve
	Low  []float64 // the lower curve of a band, len(X); nil otherwise

	color Color
	dash  Dash
	width float64 // mm
	shape int     // of Dots, an index of shapes
}

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

// Color returns the colour, e.g. for a note that belongs to the curve.
func (s *Series) Color() Color { return s.color }

// String names the series in messages: line "Θ".
func (s *Series) String() string { return fmt.Sprintf("%s %q", s.Kind, Plain(s.Name)) }

// Line adds a curve through the points (x[i], y[i]) in their order. The data is
// copied. Panics if the lengths differ.
func (f *Figure) Line(name string, x, y []float64) *Series {
	return f.add(&Series{Name: name, Kind: Curve, X: x, Y: y, width: 0.5})
}

// Points adds a marker at each (x[i], y[i]). The data is copied. Panics if the
// lengths differ.
func (f *Figure) Points(name string, x, y []float64) *Series {
	return f.add(&Series{Name: name, Kind: Dots, X: x, Y: y, width: 1.8})
}

// Fill adds the area between the curves low and high over x. The data is
// copied. Panics if the lengths differ.
func (f *Figure) Fill(name string, x, low, high []float64) *Series {
	if len(low) != len(x) {
		panic(fmt.Sprintf("fig: fill %q, %d abscissae and %d lower ordinates, expected as many", name, len(x), len(low)))
	}
	s := f.add(&Series{Name: name, Kind: Band, X: x, Y: high})
	s.Low = slices.Clone(low)
	return s
}

// Func adds the curve of y = f(x) at 400 points from low to high. Panics unless
// low < high.
func (f *Figure) Func(name string, y func(x float64) float64, low, high float64) *Series {
	if !(low < high) {
		panic(fmt.Sprintf("fig: function %q from %v to %v, expected an interval", name, low, high))
	}
	const n = 400
	xs, ys := make([]float64, n), make([]float64, n)
	for i := range xs {
		xs[i] = low + (high-low)*float64(i)/(n-1)
		ys[i] = y(xs[i])
	}
	return f.Line(name, xs, ys)
}

func (f *Figure) add(s *Series) *Series {
	if len(s.X) != len(s.Y) {
		panic(fmt.Sprintf("fig: %s, %d abscissae and %d ordinates, expected as many", s, len(s.X), len(s.Y)))
	}
	s.X, s.Y = slices.Clone(s.X), slices.Clone(s.Y)
	n := 0 // series before it; bands have a count of their own, as they lie behind
	for _, other := range f.series {
		if (other.Kind == Band) == (s.Kind == Band) {
			n++
		}
		if other.Kind == Dots {
			s.shape++
		}
	}
	s.color = cycle[n%len(cycle)]
	s.dash = Dash(n / len(cycle) % 3)
	f.series = append(f.series, s)
	return s
}

// Series returns the data of the figure in the order in which it was added.
func (f *Figure) Series() []*Series { return slices.Clone(f.series) }

// Mark is a straight line across the figure at one value of an axis.
type Mark struct {
	At       float64
	Text     string
	vertical bool
	color    Color
	dash     Dash
	end      float64 // where the text stands, 0 at the start of the line, 1 at its end
}

// In sets the colour of the line; its text is drawn in the same.
func (m *Mark) In(c Color) *Mark { m.color = c; return m }

// As sets the pattern of the line.
func (m *Mark) As(d Dash) *Mark { m.dash = d; return m }

// Foot puts the text at the start of the line, the lower or left end.
func (m *Mark) Foot() *Mark { m.end = 0; return m }

// Mark adds a vertical line at x with a text at its upper end.
func (f *Figure) Mark(x float64, text string) *Mark {
	m := &Mark{At: x, Text: text, vertical: true, color: Gray, dash: Dashed, end: 1}
	f.marks = append(f.marks, m)
	return m
}

// Level adds a horizontal line at y with a text at its right end.
func (f *Figure) Level(y float64, text string) *Mark {
	m := &Mark{At: y, Text: text, color: Gray, dash: Solid, end: 1}
	f.marks = append(f.marks, m)
	return m
}

// Side says on which side of its point a note stands.
type Side int

// Sides of a point.
const (
	Right Side = iota
	Left
	Above
	Below
	On
	AboveLeft  // clear of a rising curve
	AboveRight // clear of a falling curve
	BelowLeft  // clear of a falling curve
	BelowRight // clear of a rising curve
)

// Note is a text at a point of the figure.
type Note struct {
	X, Y  float64
	Text  string
	side  Side
	color Color
}

// In sets the colour.
func (n *Note) In(c Color) *Note { n.color = c; return n }

// To puts the text on the given side of its point; the default is Right.
func (n *Note) To(s Side) *Note { n.side = s; return n }

// Note adds a text beside the point (x, y), which stays where the data puts it.
func (f *Figure) Note(x, y float64, text string) *Note {
	n := &Note{X: x, Y: y, Text: text, color: Black}
	f.notes = append(f.notes, n)
	return n
}

// Err returns what keeps the figure from being drawn, naming each curve with
// data that has no place on paper; nil if nothing does. Rendering returns the
// same error.
func (f *Figure) Err() error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("fig: "+format, args...))
	}
	if len(f.series) == 0 {
		fail("figure %q has no data, expected a Line, Points or Fill", Plain(f.Title))
	}
	for _, s := range f.series {
		need := 2
		if s.Kind == Dots {
			need = 1
		}
		if len(s.X) < need {
			fail("%s has %d points, expected at least %d", s, len(s.X), need)
		}
		for _, data := range []struct {
			name   string
			values []float64
		}{{"x", s.X}, {"y", s.Y}, {"lower y", s.Low}} {
			if i := slices.IndexFunc(data.values, unfit); i >= 0 {
				fail("%s has %s = %v at point %d of %d, expected numbers up to ±1e300: leave such points out",
					s, data.name, data.values[i], i, len(s.X))
			}
		}
	}
	for _, m := range f.marks {
		if unfit(m.At) {
			fail("mark %q is at %v, expected a finite number", Plain(m.Text), m.At)
		}
	}
	for _, n := range f.notes {
		if unfit(n.X) || unfit(n.Y) {
			fail("note %q is at (%v, %v), expected finite numbers", Plain(n.Text), n.X, n.Y)
		}
	}
	for _, a := range []struct {
		name string
		axis Axis
	}{{"X", f.X}, {"Y", f.Y}} {
		if unfit(a.axis.Min) || unfit(a.axis.Max) || a.axis.Min > a.axis.Max {
			fail("range of axis %s is [%v, %v], expected Min < Max, or Min == Max for the data's own range",
				a.name, a.axis.Min, a.axis.Max)
		}
		if slices.ContainsFunc(a.axis.Ticks, unfit) {
			fail("ticks of axis %s are %v, expected finite numbers", a.name, a.axis.Ticks)
		}
	}
	for _, l := range []float64{f.Width, f.Height} {
		if l != 0 && !(l >= 20 && l <= 1000) {
			fail("size is %v × %v mm, expected 20 to 1000 each, or 0 for the usual size", f.Width, f.Height)
			break
		}
	}
	return errors.Join(errs...)
}

// unfit reports what has no place on an axis: NaN, and numbers so large that
// the length of an axis overflows.
func unfit(v float64) bool { return !(math.Abs(v) <= 1e300) }

// String describes the figure in one line: title, axes, and each curve with
// its number of points and its range.
func (f *Figure) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Figure %q", Plain(f.Title))
	if f.X.Label != "" || f.Y.Label != "" {
		fmt.Fprintf(&b, ", %s against %s", Plain(f.Y.caption()), Plain(f.X.caption()))
	}
	for i, s := range f.series {
		sep := "; "
		if i == 0 {
			sep = ": "
		}
		fmt.Fprintf(&b, "%s%s, %d points", sep, s, len(s.X))
		if len(s.X) > 0 {
			low, high := slices.Min(s.Y), slices.Max(s.Y)
			if len(s.Low) > 0 {
				low = math.Min(low, slices.Min(s.Low))
			}
			fmt.Fprintf(&b, ", x %.4g to %.4g, y %.4g to %.4g", slices.Min(s.X), slices.Max(s.X), low, high)
		}
	}
	return b.String()
}

// caption is the axis label with its unit.
func (a Axis) caption() string {
	if a.Unit == "" {
		return a.Label
	}
	return strings.TrimSpace(a.Label + " [" + a.Unit + "]")
}
