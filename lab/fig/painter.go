package fig

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// A painter is a way to draw a series.
type painter interface {
	kind() string // its name in messages and files
	need() int    // the fewest points that it can draw
	group() group // the series that it shares the cycle of colours with

	// extend takes what is drawn into the ranges of the axes.
	extend(s *Series, x, y *extent)

	// bears reports whether the painter has a meaning for a number that has no
	// place on the axis.
	bears(c column, v float64) bool

	// byValue reports whether colours show the values, as the colour bar says.
	byValue(s *Series) bool

	// paint draws what lies at one depth of the figure.
	paint(s *Series, at depth, v view)

	// cover adds what is drawn to the ink.
	cover(s *Series, v view, taken *ink)

	// sample draws the series as the legend shows it, in r.
	sample(s *Series, c draw.Canvas, r vg.Rectangle)
}

// A group of series takes colours in turn.
type group int

const (
	strokes group = iota
	areas
	supporting // always gray unless told otherwise
)

// Depths of a figure, from below.
type depth int

const (
	ground  depth = iota // maps
	area                 // bands and bars; marks lie above them
	stroke               // curves and error bars
	point                // dots and arrows
	surface              // above all; nothing is there
)

// A view is the frame of a figure as its painters see it.
type view struct {
	draw.Canvas                             // the frame
	x, y        func(v float64) vg.Length   // places of numbers
	z           func(v float64) color.NRGBA // colours of numbers
	axes        [2]Axis
	plot        *plot.Plot // over places along the axes, see Axis.forward
}

func (f *Figure) view(c draw.Canvas, p *plot.Plot) view {
	v := view{Canvas: c, axes: [2]Axis{f.X, f.Y}, plot: p}
	x, y := p.Transforms(&c)
	v.x = func(value float64) vg.Length { return x(f.X.forward(value)) }
	v.y = func(value float64) vg.Length { return y(f.Y.forward(value)) }
	low, high := f.zRange()
	v.z = func(value float64) color.NRGBA { return scaleColor(f.Z.share(low, high, value)) }
	return v
}

func (v view) points(x, y []float64) []vg.Point {
	out := make([]vg.Point, len(x))
	for i := range x {
		out[i] = vg.Point{X: v.x(x[i]), Y: v.y(y[i])}
	}
	return out
}

// inside returns the part of a rectangle, which may be a line, that is in the
// frame.
func (v view) inside(r vg.Rectangle) (vg.Rectangle, bool) {
	r.Min.X, r.Max.X = max(r.Min.X, v.Min.X), min(r.Max.X, v.Max.X)
	r.Min.Y, r.Max.Y = max(r.Min.Y, v.Min.Y), min(r.Max.Y, v.Max.Y)
	return r, r.Min.X <= r.Max.X && r.Min.Y <= r.Max.Y
}

// plain is what most painters have in common.
type plain struct{}

func (plain) need() int                  { return 1 }
func (plain) group() group               { return strokes }
func (plain) bears(column, float64) bool { return false }
func (plain) byValue(s *Series) bool     { return s.Value != nil }
func (plain) extend(s *Series, x, y *extent) {
	for _, c := range s.columns() {
		switch c.along {
		case 'x':
			x.include(c.values...)
		case 'y':
			y.include(c.values...)
		}
	}
}

// A layer is one depth of a figure; it is a plot.Plotter.
type layer struct {
	*Figure
	at depth
}

func (l layer) Plot(c draw.Canvas, p *plot.Plot) {
	if size := c.Size(); !(size.X >= 1 && size.Y >= 1) {
		return // the labels have taken all there is
	}
	v := l.view(c, p)
	if l.at == stroke {
		for _, m := range l.marks {
			m.paint(v)
		}
	}
	for _, s := range l.series {
		l.paint(s, c, p)
	}
}

// Files with more points than manyPoints in a series hold a picture of it, of
// so many pixels to the inch, in place of its shapes.
const (
	manyPoints = 3000
	finePrint  = 300
)

func (l layer) paint(s *Series, c draw.Canvas, p *plot.Plot) {
	_, pixels := c.Canvas.(vgimg.PngCanvas)
	if len(s.X) <= manyPoints || pixels || l.at == ground {
		s.painter.paint(s, l.at, l.view(c, p))
		return
	}
	// A little beyond the frame, for dots on its edge.
	const edge = 4
	out := vg.Rectangle{Min: c.Min.Sub(vg.Point{X: edge, Y: edge}), Max: c.Max.Add(vg.Point{X: edge, Y: edge})}
	size := out.Size()
	picture := vgimg.NewWith(vgimg.UseWH(size.X, size.Y), vgimg.UseDPI(finePrint), vgimg.UseBackgroundColor(color.Transparent))
	picture.Translate(vg.Point{X: -out.Min.X, Y: -out.Min.Y})
	s.painter.paint(s, l.at, l.view(draw.Canvas{Canvas: picture, Rectangle: c.Rectangle}, p))
	if img := picture.Image(); !empty(img) {
		c.DrawImage(out, img)
	}
}
