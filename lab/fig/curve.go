package fig

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// faint is the opacity of areas: curves and text stay legible over them.
const faint = 0.25

func (d Dash) pattern(width vg.Length) []vg.Length {
	switch d {
	case Dashed:
		return []vg.Length{4 * width, 2.5 * width}
	case Dotted:
		return []vg.Length{width, 1.8 * width}
	}
	return nil
}

func (s *Series) style() draw.LineStyle {
	return draw.LineStyle{Color: s.color, Width: mm(s.width), Dashes: s.dash.pattern(mm(s.width))}
}

// curve joins the points by straight lines.
type curve struct{ plain }

func (curve) kind() string { return "line" }
func (curve) need() int    { return 2 }

func (curve) paint(s *Series, at depth, v view) {
	if at != stroke {
		return
	}
	errorBars(s, v)
	if s.Value == nil {
		v.StrokeLines(s.style(), v.ClipLinesXY(v.points(s.X, s.Y))...)
		return
	}
	for i := 1; i < len(s.X); i++ {
		style := s.style()
		style.Color = v.z((s.Value[i-1] + s.Value[i]) / 2)
		v.StrokeLines(style, v.ClipLinesXY(v.points(s.X[i-1:i+1], s.Y[i-1:i+1]))...)
	}
}

func (curve) cover(s *Series, v view, taken *ink) {
	taken.lines(v.ClipLinesXY(v.points(s.X, s.Y))...)
	coverErrorBars(s, v, taken)
}

func (curve) sample(s *Series, c draw.Canvas, r vg.Rectangle) {
	middle := (r.Min.Y + r.Max.Y) / 2
	c.StrokeLine2(s.style(), r.Min.X, middle, r.Max.X, middle)
}

// shapes are the markers of Points, in the order in which series take them.
var shapes = [...]draw.GlyphDrawer{
	draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.RingGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{},
}

// dots are markers at the points.
type dots struct{ plain }

func (dots) kind() string { return "points" }

func (s *Series) marker() draw.GlyphStyle {
	return draw.GlyphStyle{Color: s.color, Radius: mm(s.width) / 2, Shape: shapes[s.shape%len(shapes)]}
}

func (dots) paint(s *Series, at depth, v view) {
	switch at {
	case stroke:
		errorBars(s, v)
	case point:
		marker := s.marker()
		for i, pt := range v.points(s.X, s.Y) {
			if s.Value != nil {
				marker.Color = v.z(s.Value[i])
			}
			v.DrawGlyph(marker, pt)
		}
	}
}

func (dots) cover(s *Series, v view, taken *ink) {
	taken.points = append(taken.points, v.points(s.X, s.Y)...)
	coverErrorBars(s, v, taken)
}

func (dots) sample(s *Series, c draw.Canvas, r vg.Rectangle) {
	middle := vg.Point{X: (r.Min.X + r.Max.X) / 2, Y: (r.Min.Y + r.Max.Y) / 2}
	if s.Low != nil {
		c.StrokeLine2(barStyle(s), middle.X, r.Min.Y+1, middle.X, r.Max.Y-1)
	}
	c.DrawGlyphNoClip(s.marker(), middle)
}

func barStyle(s *Series) draw.LineStyle {
	return draw.LineStyle{Color: s.color, Width: vg.Points(0.8)}
}

// bars calls with the segments of the error bars and of their caps that are
// inside the frame.
func bars(s *Series, v view, with func(a, b vg.Point)) {
	const cap = 1.8 // points to each side
	segment := func(a, b vg.Point) {
		if r, ok := v.inside(vg.Rectangle{Min: a, Max: b}); ok {
			with(r.Min, r.Max)
		}
	}
	for i := range s.X {
		if s.Low != nil {
			x, low, high := v.x(s.X[i]), v.y(s.Low[i]), v.y(s.High[i])
			segment(vg.Point{X: x, Y: low}, vg.Point{X: x, Y: high})
			for _, y := range []vg.Length{low, high} {
				segment(vg.Point{X: x - cap, Y: y}, vg.Point{X: x + cap, Y: y})
			}
		}
		if s.Left != nil {
			y, left, right := v.y(s.Y[i]), v.x(s.Left[i]), v.x(s.Right[i])
			segment(vg.Point{X: left, Y: y}, vg.Point{X: right, Y: y})
			for _, x := range []vg.Length{left, right} {
				segment(vg.Point{X: x, Y: y - cap}, vg.Point{X: x, Y: y + cap})
			}
		}
	}
}

func errorBars(s *Series, v view) {
	style := barStyle(s)
	bars(s, v, func(a, b vg.Point) { v.StrokeLine2(style, a.X, a.Y, b.X, b.Y) })
}

func coverErrorBars(s *Series, v view, taken *ink) {
	bars(s, v, func(a, b vg.Point) { taken.lines([]vg.Point{a, b}) })
}

// band is the area between two curves.
type band struct{ plain }

func (band) kind() string { return "fill" }
func (band) need() int    { return 2 }
func (band) group() group { return areas }

func (band) paint(s *Series, at depth, v view) {
	if at != area {
		return
	}
	ring := v.points(s.X, s.High)
	low := v.points(s.X, s.Low)
	for i := range low {
		ring = append(ring, low[len(low)-1-i])
	}
	v.FillPolygon(s.color.faded(faint), v.ClipPolygonXY(ring))
}

func (band) cover(s *Series, v view, taken *ink) {
	taken.between(v, v.points(s.X, s.Low), v.points(s.X, s.High))
}

func (band) sample(s *Series, c draw.Canvas, r vg.Rectangle) {
	swatch(c, s.color.faded(faint), r)
}

// swatch fills a rectangle as a sample of an area.
func swatch(c draw.Canvas, ink color.Color, r vg.Rectangle) {
	inset := (r.Max.Y - r.Min.Y) * 0.18
	low, high := r.Min.Y+inset, r.Max.Y-inset
	c.FillPolygon(ink, []vg.Point{
		{X: r.Min.X, Y: low}, {X: r.Max.X, Y: low}, {X: r.Max.X, Y: high}, {X: r.Min.X, Y: high},
	})
}
