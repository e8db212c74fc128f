package fig

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// sample is the width of the piece of line that stands before a legend's text.
const sample = 20 // points

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

// legendSize returns the width and height that the legend takes.
func legendSize(entries []*Series) vg.Point {
	var width vg.Length
	for _, s := range entries {
		width = max(width, textWidth(s.Name))
	}
	return vg.Point{
		X: sample + gap + width,
		Y: vg.Length(len(entries)) * vg.Points(noteSize*lineHeight),
	}
}

// legendRectangle returns where the legend stands: in a corner of the frame, or
// to its right.
func legendRectangle(data draw.Canvas, place Place, size vg.Point) vg.Rectangle {
	const inset = 2 * gap
	min := vg.Point{X: data.Min.X + inset, Y: data.Max.Y - inset - size.Y}
	switch place {
	case TopRight, BottomRight:
		min.X = data.Max.X - inset - size.X
	case Beside:
		min = vg.Point{X: data.Max.X + 2*gap, Y: data.Max.Y - size.Y}
	}
	if place == BottomLeft || place == BottomRight {
		min.Y = data.Min.Y + inset
	}
	return vg.Rectangle{Min: min, Max: min.Add(size)}
}

func drawLegend(c draw.Canvas, entries []*Series, r vg.Rectangle) {
	row := vg.Points(noteSize * lineHeight)
	for i, s := range entries {
		middle := r.Max.Y - (vg.Length(i)+0.5)*row
		left, right := r.Min.X, r.Min.X+sample
		switch s.Kind {
		case Curve:
			c.StrokeLine2(s.style(), left, middle, right, middle)
		case Dots:
			c.DrawGlyphNoClip(s.marker(), vg.Point{X: (left + right) / 2, Y: middle})
		case Band:
			half := row * 0.32
			c.FillPolygon(s.color.tint(bandTint), []vg.Point{
				{X: left, Y: middle - half}, {X: right, Y: middle - half},
				{X: right, Y: middle + half}, {X: left, Y: middle + half},
			})
		}
		write(c, s.Name, vg.Point{X: right + gap, Y: middle - vg.Points(noteSize)*0.36})
	}
}

// freeCorner returns the corner in which a legend of that size covers nothing,
// or Beside when there is none. Ties go to the top right, where readers look.
func (f *Figure) freeCorner(p *plot.Plot, data draw.Canvas, size vg.Point) Place {
	taken := f.ink(p, data)
	for _, place := range []Place{TopRight, TopLeft, BottomRight, BottomLeft} {
		r := legendRectangle(data, place, size)
		r.Min = r.Min.Sub(vg.Point{X: gap, Y: gap})
		r.Max = r.Max.Add(vg.Point{X: gap, Y: gap})
		if r.Min.X < data.Min.X || r.Min.Y < data.Min.Y || r.Max.X > data.Max.X || r.Max.Y > data.Max.Y {
			continue
		}
		free := true
		for _, pt := range taken {
			if pt.X >= r.Min.X && pt.X <= r.Max.X && pt.Y >= r.Min.Y && pt.Y <= r.Max.Y {
				free = false
				break
			}
		}
		if free {
			return place
		}
	}
	return Beside
}

// ink returns points that cover all that is drawn inside the frame, no further
// apart than 2 points.
func (f *Figure) ink(p *plot.Plot, data draw.Canvas) []vg.Point {
	const step = 2
	x, y := p.Transforms(&data)
	var out []vg.Point
	segment := func(a, b vg.Point) {
		n := int(math.Hypot(float64(b.X-a.X), float64(b.Y-a.Y))/step) + 1
		for i := range n + 1 {
			t := vg.Length(i) / vg.Length(n)
			out = append(out, vg.Point{X: a.X + t*(b.X-a.X), Y: a.Y + t*(b.Y-a.Y)})
		}
	}
	for _, s := range f.series {
		pts := make([]vg.Point, len(s.X))
		for i := range pts {
			pts[i] = vg.Point{X: x(s.X[i]), Y: y(s.Y[i])}
		}
		switch s.Kind {
		case Dots:
			out = append(out, pts...)
		case Curve:
			for _, line := range data.ClipLinesXY(pts) {
				for i := 1; i < len(line); i++ {
					segment(line[i-1], line[i])
				}
			}
		case Band:
			for i := range pts {
				next := min(i+1, len(pts)-1)
				from := clamp(pts[i].X, data.Min.X, data.Max.X)
				to := clamp(pts[next].X, data.Min.X, data.Max.X)
				for j := range int(math.Abs(float64(to-from))/step) + 1 {
					at := from + vg.Length(j)*step*sign(to-from)
					t := vg.Length(0)
					if pts[next].X != pts[i].X {
						t = (at - pts[i].X) / (pts[next].X - pts[i].X)
					}
					upper := pts[i].Y + t*(pts[next].Y-pts[i].Y)
					low, lowNext := y(s.Low[i]), y(s.Low[next])
					segment(vg.Point{X: at, Y: clamp(low+t*(lowNext-low), data.Min.Y, data.Max.Y)},
						vg.Point{X: at, Y: clamp(upper, data.Min.Y, data.Max.Y)})
				}
			}
		}
	}
	fill := func(r vg.Rectangle) {
		for at := r.Min.Y; at <= r.Max.Y; at += step {
			segment(vg.Point{X: r.Min.X, Y: at}, vg.Point{X: r.Max.X, Y: at})
		}
	}
	for _, m := range f.marks {
		if m.vertical {
			segment(vg.Point{X: x(m.At), Y: data.Min.Y}, vg.Point{X: x(m.At), Y: data.Max.Y})
		} else {
			segment(vg.Point{X: data.Min.X, Y: y(m.At)}, vg.Point{X: data.Max.X, Y: y(m.At)})
		}
		if r, ok := m.rectangle(data, p); ok {
			fill(r)
		}
	}
	for _, n := range f.notes {
		fill(n.rectangle(data, p))
	}
	return out
}

func sign(l vg.Length) vg.Length {
	if l < 0 {
		return -1
	}
	return 1
}
