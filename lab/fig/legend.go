package fig

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// sample is the width of the piece of line that stands before a legend's text.
const sample = 20 // points

// row is the height of a line of the legend.
const row = vg.Length(noteSize * lineHeight)

// entries are the series that the legend lists: those with a name.
func (f *Figure) entries() []*Series {
	var out []*Series
	for _, s := range f.series {
		if s.Name != "" {
			out = append(out, s)
		}
	}
	return out
}

// legendSize returns the width and height that the legend takes, one entry a
// line.
func legendSize(entries []*Series) vg.Point {
	var width vg.Length
	for _, s := range entries {
		width = max(width, textWidth(s.Name))
	}
	return vg.Point{X: sample + gap + width, Y: vg.Length(len(entries)) * row}
}

// corners of the frame in the order of preference: readers look top right.
var corners = [...]Place{TopRight, TopLeft, BottomRight, BottomLeft}

// cornerOf returns the rectangle of that size in a corner of the frame.
func cornerOf(frame vg.Rectangle, place Place, size vg.Point, inset vg.Length) vg.Rectangle {
	min := vg.Point{X: frame.Min.X + inset, Y: frame.Max.Y - inset - size.Y}
	if place == TopRight || place == BottomRight {
		min.X = frame.Max.X - inset - size.X
	}
	if place == BottomLeft || place == BottomRight {
		min.Y = frame.Min.Y + inset
	}
	return vg.Rectangle{Min: min, Max: min.Add(size)}
}

// freeCorner returns the corner in which a legend of that size covers nothing,
// or Beside when there is none.
func freeCorner(frame vg.Rectangle, taken *ink, size vg.Point) Place {
	for _, place := range corners {
		r := cornerOf(frame, place, size, 2*gap)
		r.Min = r.Min.Sub(vg.Point{X: gap, Y: gap})
		r.Max = r.Max.Add(vg.Point{X: gap, Y: gap})
		if r.Min.X < frame.Min.X || r.Min.Y < frame.Min.Y || r.Max.X > frame.Max.X || r.Max.Y > frame.Max.Y {
			continue
		}
		if taken.under(r) == 0 {
			return place
		}
	}
	return Beside
}

func drawLegend(c draw.Canvas, entries []*Series, r vg.Rectangle) {
	for i, s := range entries {
		drawEntry(c, s, vg.Point{X: r.Min.X, Y: r.Max.Y - vg.Length(i+1)*row})
	}
}

// drawEntry draws the sample and the name of a series; min is its lower left.
func drawEntry(c draw.Canvas, s *Series, min vg.Point) {
	s.painter.sample(s, c, vg.Rectangle{Min: min, Max: min.Add(vg.Point{X: sample, Y: row})})
	setText(c, s.Name, sans(noteSize), color.Black, vg.Point{X: min.X + sample + gap, Y: min.Y + row/2 - vg.Points(noteSize)*0.36})
}

// legendRows returns where the entries go when they fill lines of some width,
// as offsets from the upper left, and the height that they take.
func legendRows(entries []*Series, width vg.Length) (at []vg.Point, height vg.Length) {
	var x, y vg.Length
	for _, s := range entries {
		w := sample + gap + textWidth(s.Name)
		if x > 0 && x+w > width {
			x, y = 0, y+row
		}
		at = append(at, vg.Point{X: x, Y: -y - row})
		x += w + 4*gap
	}
	return at, y + row
}

func drawRows(c draw.Canvas, entries []*Series, r vg.Rectangle) {
	at, _ := legendRows(entries, r.Size().X)
	for i, s := range entries {
		drawEntry(c, s, vg.Point{X: r.Min.X, Y: r.Max.Y}.Add(at[i]))
	}
}
