package fig

import (
	"errors"
	"fmt"
	"strings"
)

// Figure is one pair of axes with everything drawn over them, or several such
// figures in a Grid. Make one with New, set its fields, add to it, and show or
// Save it.
type Figure struct {
	Title         string
	X, Y          Axis
	Z             Axis    // of values that colours show: Heat and By
	Equal         bool    // a unit is as long on X as on Y: ranges are widened to that end
	Width, Height float64 // mm, with all labels; 0 means 140 × 90
	Legend        Place   // where the names of the curves go

	series []*Series
	marks  []*Mark
	notes  []*Note
	insets []inset

	panels  []*Figure // of a grid, row by row
	columns int
}

// Place is a place for the legend.
type Place int

// Places for the legend. Auto takes the corner that covers no data; when
// every corner does, the place beside the frame, or under it if that leaves the
// frame little room.
const (
	Auto Place = iota
	TopLeft
	TopRight
	BottomLeft
	BottomRight
	Beside // to the right of the frame
	Under  // beneath the axes
	NoLegend
)

// New returns an empty figure of 140 × 90 mm.
func New(title string) *Figure {
	return &Figure{Title: title, Width: 140, Height: 90}
}

// Err returns what keeps the figure from being drawn, naming each curve with
// data that has no place on paper; nil if nothing does. Rendering returns the
// same error.
func (f *Figure) Err() error {
	var errs []error
	for _, what := range f.problems() {
		errs = append(errs, errors.New("fig: "+what))
	}
	return errors.Join(errs...)
}

func (f *Figure) problems() []string {
	var out []string
	fail := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if len(f.panels) > 0 {
		for i, p := range f.panels {
			for _, what := range p.problems() {
				fail("panel %s: %s", letter(i), what)
			}
		}
		if len(f.series)+len(f.marks)+len(f.notes)+len(f.insets) > 0 {
			fail("grid %q has data of its own, expected it in one of its panels", Plain(f.Title))
		}
	} else if len(f.series) == 0 {
		fail("figure %q has no data, expected a Line, Points or another series", Plain(f.Title))
	}
	for _, s := range f.series {
		out = append(out, s.problems(map[byte]Axis{'x': f.X, 'y': f.Y, 'z': f.Z})...)
	}
	for _, m := range f.marks {
		axis := f.Y
		if m.vertical {
			axis = f.X
		}
		if axis.lacks(m.At) {
			fail("mark %q is at %v, expected a finite number, above zero on a logarithmic axis", Plain(m.Text), m.At)
		}
	}
	for _, n := range f.notes {
		if f.X.lacks(n.X) || f.Y.lacks(n.Y) || unfit(n.dx) || unfit(n.dy) {
			fail("note %q is at (%v, %v), expected finite numbers, above zero on a logarithmic axis", Plain(n.Text), n.X, n.Y)
		}
	}
	out = append(out, f.X.problems("X")...)
	out = append(out, f.Y.problems("Y")...)
	out = append(out, f.Z.problems("Z")...)
	if f.Equal && (f.X.Scale != Linear || f.Y.Scale != Linear) {
		fail("units of equal length on an axis that is not linear, expected linear axes")
	}
	for _, l := range []float64{f.Width, f.Height} {
		if l != 0 && !(l >= 20 && l <= 1000) {
			fail("size is %v × %v mm, expected 20 to 1000 each, or 0 for the usual size", f.Width, f.Height)
			break
		}
	}
	for _, in := range f.insets {
		for _, what := range in.figure.problems() {
			fail("inset: %s", what)
		}
	}
	return out
}

// String describes the figure in one line: title, axes, and each curve with
// its number of points and its range.
func (f *Figure) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Figure %q", Plain(f.Title))
	if f.X.Label != "" || f.Y.Label != "" {
		fmt.Fprintf(&b, ", %s against %s", Plain(f.Y.caption()), Plain(f.X.caption()))
	}
	sep := ": "
	for _, s := range f.series {
		fmt.Fprintf(&b, "%s%s, %d points", sep, s, len(s.X))
		sep = "; "
		x, y := newExtent(f.X), newExtent(f.Y)
		for _, c := range s.columns() {
			switch c.along {
			case 'x':
				x.include(c.values...)
			case 'y':
				y.include(c.values...)
			}
		}
		if len(s.X) > 0 {
			fmt.Fprintf(&b, ", x %.4g to %.4g, y %.4g to %.4g", x.min, x.max, y.min, y.max)
		}
	}
	for i, p := range f.panels {
		fmt.Fprintf(&b, "%s(%s) %s", sep, letter(i), p)
		sep = "; "
	}
	for _, in := range f.insets {
		fmt.Fprintf(&b, "%sinset %s", sep, in.figure)
		sep = "; "
	}
	return b.String()
}
