package fig

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

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
	X, Y   float64
	Text   string
	side   Side
	color  Color
	dx, dy float64 // mm from the point to the text when an arrow joins them
}

// In sets the colour.
func (n *Note) In(c Color) *Note { n.color = c; return n }

// To puts the text on the given side of its point; the default is Right.
func (n *Note) To(s Side) *Note { n.side = s; return n }

// Arrow puts the middle of the text dx mm to the right of its point and dy mm
// above it, as far as the frame allows, with an arrow from the text to the
// point.
func (n *Note) Arrow(dx, dy float64) *Note { n.dx, n.dy = dx, dy; return n }

// Note adds a text beside the point (x, y), which stays where the data puts it.
func (f *Figure) Note(x, y float64, text string) *Note {
	n := &Note{X: x, Y: y, Text: text, color: Black}
	f.notes = append(f.notes, n)
	return n
}

func (m *Mark) style() draw.LineStyle {
	width := vg.Points(0.7)
	return draw.LineStyle{Color: m.color, Width: width, Dashes: m.dash.pattern(1.4 * width)}
}

// line is the mark's line; there is none for a mark outside the frame.
func (m *Mark) line(v view) []vg.Point {
	if m.vertical {
		if at := v.x(m.At); v.ContainsX(at) {
			return []vg.Point{{X: at, Y: v.Min.Y}, {X: at, Y: v.Max.Y}}
		}
	} else if at := v.y(m.At); v.ContainsY(at) {
		return []vg.Point{{X: v.Min.X, Y: at}, {X: v.Max.X, Y: at}}
	}
	return nil
}

func (m *Mark) paint(v view) {
	if line := m.line(v); line != nil {
		v.StrokeLines(m.style(), line)
	}
}

// rectangle is where the mark's text stands: at its end of the line, on the side
// where the frame has room. There is none for a mark outside the frame.
func (m *Mark) rectangle(v view) (r vg.Rectangle, ok bool) {
	line := m.line(v)
	if line == nil || m.Text == "" {
		return r, false
	}
	width, height := textWidth(m.Text), capitals
	var min vg.Point
	if at := line[0]; m.vertical {
		min = vg.Point{X: at.X + gap, Y: v.Max.Y - height - 1}
		if min.X+width > v.Max.X {
			min.X = at.X - gap - width
		}
		if m.end == 0 {
			min.Y = v.Min.Y + gap
		}
	} else {
		min = vg.Point{X: v.Max.X - width, Y: at.Y + gap}
		if m.end == 0 {
			min.X = v.Min.X + gap
		}
		if min.Y+height > v.Max.Y {
			min.Y = at.Y - gap - height
		}
	}
	return vg.Rectangle{Min: min, Max: min.Add(vg.Point{X: width, Y: height})}, true
}

func (m *Mark) write(v view) {
	if r, ok := m.rectangle(v); ok {
		writeClear(v.Canvas, m.Text, m.color, r.Min)
	}
}

func (m *Mark) cover(v view, taken *ink) {
	taken.lines(m.line(v))
	if r, ok := m.rectangle(v); ok {
		taken.fill(r)
	}
}

// rectangle is where the note's text stands, moved inside the frame.
func (n *Note) rectangle(v view) vg.Rectangle {
	pt := n.point(v)
	width, height := textWidth(n.Text), capitals
	min := vg.Point{X: pt.X - width/2, Y: pt.Y - height/2}
	if n.arrow() {
		min = min.Add(vg.Point{X: mm(n.dx), Y: mm(n.dy)})
	} else {
		switch n.side {
		case Right, AboveRight, BelowRight:
			min.X = pt.X + gap
		case Left, AboveLeft, BelowLeft:
			min.X = pt.X - gap - width
		}
		switch n.side {
		case Above, AboveLeft, AboveRight:
			min.Y = pt.Y + gap
		case Below, BelowLeft, BelowRight:
			min.Y = pt.Y - gap - height
		}
	}
	min.X = clamp(min.X, v.Min.X+1, v.Max.X-1-width)
	min.Y = clamp(min.Y, v.Min.Y+2, v.Max.Y-1-height)
	return vg.Rectangle{Min: min, Max: min.Add(vg.Point{X: width, Y: height})}
}

func (n *Note) arrow() bool { return n.dx != 0 || n.dy != 0 }

func (n *Note) point(v view) vg.Point {
	return vg.Point{X: v.x(n.X), Y: v.y(n.Y)}
}

// shaft returns the ends of the arrow: from the edge of the text to a little
// before the point.
func (n *Note) shaft(v view) (from, to vg.Point) {
	r, to := n.rectangle(v), n.point(v)
	r.Min, r.Max = r.Min.Sub(vg.Point{X: 2, Y: 2}), r.Max.Add(vg.Point{X: 2, Y: 2})
	middle := vg.Point{X: (r.Min.X + r.Max.X) / 2, Y: (r.Min.Y + r.Max.Y) / 2}
	d := to.Sub(middle)
	t := vg.Length(1) // how far along d the edge is
	if d.X != 0 {
		t = min(t, (r.Max.X-r.Min.X)/2/max(d.X, -d.X))
	}
	if d.Y != 0 {
		t = min(t, (r.Max.Y-r.Min.Y)/2/max(d.Y, -d.Y))
	}
	return middle.Add(d.Scale(t)), to
}

func (n *Note) write(v view) {
	if n.arrow() && v.Contains(n.point(v)) {
		from, to := n.shaft(v)
		drawArrow(v.Canvas, draw.LineStyle{Color: n.color, Width: vg.Points(0.7)}, from, to)
	}
	writeClear(v.Canvas, n.Text, n.color, n.rectangle(v).Min)
}

func (n *Note) cover(v view, taken *ink) {
	taken.fill(n.rectangle(v))
	if n.arrow() {
		from, to := n.shaft(v)
		taken.lines([]vg.Point{from, to})
	}
}
