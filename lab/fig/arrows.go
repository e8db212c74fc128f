package fig

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Arrows adds a vector field: an arrow of components (dx[i], dy[i]), in the
// units of the axes, centred on (x[i], y[i]). Directions are those on paper;
// lengths are relative, the longest arrow about as long as the points are apart.
// The axes must be linear. The data is copied. Panics if the lengths differ.
func (f *Figure) Arrows(name string, x, y, dx, dy []float64) *Series {
	return f.add(arrows{}, &Series{Name: name, X: x, Y: y, DX: dx, DY: dy, width: 0.25})
}

type arrows struct{ plain }

func (arrows) kind() string { return "arrows" }

// each calls with the ends of every arrow that is inside the frame.
func (arrows) each(s *Series, v view, with func(i int, from, to vg.Point)) {
	// Lengths of one unit of each axis on paper.
	ux, uy := float64(v.x(1)-v.x(0)), float64(v.y(1)-v.y(0))
	longest := 0.0
	for i := range s.X {
		longest = math.Max(longest, math.Hypot(ux*s.DX[i], uy*s.DY[i]))
	}
	if !(longest > 0) {
		return
	}
	size := v.Size()
	scale := 0.9 * math.Sqrt(float64(size.X*size.Y)/float64(len(s.X))) / longest
	for i, pt := range v.points(s.X, s.Y) {
		half := vg.Point{X: vg.Length(scale * ux * s.DX[i] / 2), Y: vg.Length(scale * uy * s.DY[i] / 2)}
		if v.Contains(pt) && (half.X != 0 || half.Y != 0) {
			with(i, pt.Sub(half), pt.Add(half))
		}
	}
}

func (a arrows) paint(s *Series, at depth, v view) {
	if at != point {
		return
	}
	style := s.style()
	a.each(s, v, func(i int, from, to vg.Point) {
		if s.Value != nil {
			style.Color = v.z(s.Value[i])
		}
		drawArrow(v.Canvas, style, from, to)
	})
}

func (a arrows) cover(s *Series, v view, taken *ink) {
	a.each(s, v, func(_ int, from, to vg.Point) { taken.lines([]vg.Point{from, to}) })
}

func (arrows) sample(s *Series, c draw.Canvas, r vg.Rectangle) {
	middle := (r.Min.Y + r.Max.Y) / 2
	drawArrow(c, s.style(), vg.Point{X: r.Min.X, Y: middle}, vg.Point{X: r.Max.X, Y: middle})
}

// drawArrow draws a line with a filled head at its end, which is shorter on
// short arrows.
func drawArrow(c draw.Canvas, style draw.LineStyle, from, to vg.Point) {
	dx, dy := float64(to.X-from.X), float64(to.Y-from.Y)
	length := math.Hypot(dx, dy)
	if !(length > 0) {
		return
	}
	head := vg.Length(math.Min(4.5, 0.45*length))
	along := vg.Point{X: vg.Length(dx / length), Y: vg.Length(dy / length)}
	across := vg.Point{X: -along.Y, Y: along.X}
	neck := to.Sub(along.Scale(head))
	c.StrokeLine2(style, from.X, from.Y, neck.X, neck.Y)
	c.FillPolygon(style.Color, []vg.Point{to, neck.Add(across.Scale(head * 0.35)), neck.Sub(across.Scale(head * 0.35))})
}
