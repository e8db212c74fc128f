package fig

import (
	"image/color"
	"math"
	"sync"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sizes of everything but the data, chosen at 140 × 90 mm and kept at others,
// as a paper's type does not shrink with its figures.
const (
	titleSize  = 10 // points
	labelSize  = 9
	tickSize   = 8
	noteSize   = 8.5
	margin     = 5 // points of white around everything
	gap        = 4 // points between a text and what it belongs to
	lineHeight = 1.35

	capitals = vg.Length(noteSize) * 0.72 // the height of capital letters
)

// letters is the handler of all text. Its fonts are read once; the cache is
// safe for concurrent use.
var letters = sync.OnceValue(func() outlines {
	return outlines{fonts: font.NewCache(liberation.Collection())}
})

func sans(points float64) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(points)}
}

// shapes are the markers of Dots, in the order in which series take them.
var shapes = [...]draw.GlyphDrawer{
	draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.RingGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{},
}

// draw draws the figure, which Err has found in order, on all of c.
func (f *Figure) draw(c draw.Canvas) {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	c = draw.Crop(c, margin, -margin, margin, -margin)

	p := f.plot(c)
	entries := f.entries()
	place, box := f.Legend, legendSize(entries)
	if len(entries) == 0 {
		place = NoLegend
	}
	if place == Auto {
		place = f.freeCorner(p, p.DataCanvas(c), box)
	}
	page := c
	if place == Beside {
		page = draw.Crop(c, 0, -box.X-2*gap, 0, 0)
	}
	p.Draw(page)
	data := p.DataCanvas(page)
	for _, m := range f.marks {
		m.write(data, p)
	}
	for _, n := range f.notes {
		n.write(data, p)
	}
	if place != NoLegend {
		drawLegend(c, entries, legendRectangle(data, place, box))
	}
}

// plot sets the figure up as a gonum plot, without texts inside the frame. The
// canvas decides how many ticks there is room for.
func (f *Figure) plot(c draw.Canvas) *plot.Plot {
	p := plot.New()
	p.TextHandler = letters()
	p.Title.Text = f.Title
	p.Title.Padding = vg.Points(6)
	p.Title.TextStyle.Handler = letters()
	p.Title.TextStyle.Font = sans(titleSize)
	p.Title.TextStyle.Font.Weight = xfont.WeightBold
	p.BackgroundColor = nil

	size := c.Size()
	set := func(axis *plot.Axis, a Axis, room vg.Length) {
		axis.Label.Text = a.caption()
		axis.Label.TextStyle.Handler = letters()
		axis.Label.TextStyle.Font = sans(labelSize)
		axis.Label.Padding = vg.Points(3)
		axis.Tick.Label.Handler = letters()
		axis.Tick.Label.Font = sans(tickSize)
		axis.Tick.Length = vg.Points(3.5)
		axis.Tick.Marker = ticks{n: max(2, int(room)), given: a.Ticks}
		axis.Padding = 0
	}
	set(&p.X, f.X, size.X/vg.Points(62))
	set(&p.Y, f.Y, size.Y/vg.Points(42))
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = f.ranges()

	for _, s := range f.series {
		if s.Kind == Band {
			p.Add(s.band())
		}
	}
	for _, m := range f.marks {
		p.Add(m)
	}
	for _, s := range f.series {
		if s.Kind == Curve {
			p.Add(&plotter.Line{XYs: pairs(s.X, s.Y), LineStyle: s.style()})
		}
	}
	for _, s := range f.series {
		if s.Kind == Dots {
			p.Add(&plotter.Scatter{XYs: pairs(s.X, s.Y), GlyphStyle: s.marker()})
		}
	}
	// Adding data widens the axes; what the caller or the margin says stands.
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = f.ranges()
	return p
}

// ranges returns the ranges of the axes: the caller's, or those of all that is
// in the figure with a margin of 4 %.
func (f *Figure) ranges() (xmin, xmax, ymin, ymax float64) {
	xs := extent{math.Inf(1), math.Inf(-1)}
	ys := xs
	for _, s := range f.series {
		xs.include(s.X...)
		ys.include(s.Y...)
		ys.include(s.Low...)
	}
	for _, m := range f.marks {
		if m.vertical {
			xs.include(m.At)
		} else {
			ys.include(m.At)
		}
	}
	for _, n := range f.notes {
		xs.include(n.X)
		ys.include(n.Y)
	}
	xmin, xmax = xs.orGiven(f.X)
	ymin, ymax = ys.orGiven(f.Y)
	return
}

type extent struct{ min, max float64 }

func (s *extent) include(values ...float64) {
	for _, v := range values {
		s.min, s.max = math.Min(s.min, v), math.Max(s.max, v)
	}
}

func (s extent) orGiven(a Axis) (float64, float64) {
	if a.Min < a.Max {
		return a.Min, a.Max
	}
	extra := 0.04 * (s.max - s.min)
	size := math.Max(math.Abs(s.min), math.Abs(s.max))
	switch {
	case size < 1e-290: // no digits below: as good as zero
		extra = 0.5
	case s.max-s.min < 1e-9*size: // one value: show it in the middle
		extra = size / 2
	}
	return s.min - extra, s.max + extra
}

func pairs(x, y []float64) plotter.XYs {
	out := make(plotter.XYs, len(x))
	for i := range x {
		out[i].X, out[i].Y = x[i], y[i]
	}
	return out
}

func mm(v float64) vg.Length { return vg.Length(v) * vg.Millimeter }

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

func (s *Series) marker() draw.GlyphStyle {
	return draw.GlyphStyle{Color: s.color, Radius: mm(s.width) / 2, Shape: shapes[s.shape%len(shapes)]}
}

// bandTint is light enough for curves and text over the band.
const bandTint = 0.25

func (s *Series) band() *plotter.Polygon {
	ring := pairs(s.X, s.Y)
	for i := len(s.X) - 1; i >= 0; i-- {
		ring = append(ring, plotter.XY{X: s.X[i], Y: s.Low[i]})
	}
	return &plotter.Polygon{XYs: []plotter.XYs{ring}, Color: s.color.tint(bandTint)}
}

func (m *Mark) style() draw.LineStyle {
	width := vg.Points(0.7)
	return draw.LineStyle{Color: m.color, Width: width, Dashes: m.dash.pattern(1.4 * width)}
}

// Plot draws the line of the mark; it makes a Mark a plot.Plotter.
func (m *Mark) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	if at := x(m.At); m.vertical && c.ContainsX(at) {
		c.StrokeLine2(m.style(), at, c.Min.Y, at, c.Max.Y)
	}
	if at := y(m.At); !m.vertical && c.ContainsY(at) {
		c.StrokeLine2(m.style(), c.Min.X, at, c.Max.X, at)
	}
}

// rectangle is where the mark's text stands: at its end of the line, on the side
// where the frame has room. There is none for a mark outside the frame.
func (m *Mark) rectangle(c draw.Canvas, p *plot.Plot) (r vg.Rectangle, ok bool) {
	x, y := p.Transforms(&c)
	width, height := textWidth(m.Text), capitals
	var min vg.Point
	if m.vertical {
		at := x(m.At)
		ok = c.ContainsX(at)
		min = vg.Point{X: at + gap, Y: c.Max.Y - height - 1}
		if min.X+width > c.Max.X {
			min.X = at - gap - width
		}
		if m.end == 0 {
			min.Y = c.Min.Y + gap
		}
	} else {
		at := y(m.At)
		ok = c.ContainsY(at)
		min = vg.Point{X: c.Max.X - width, Y: at + gap}
		if m.end == 0 {
			min.X = c.Min.X + gap
		}
		if min.Y+height > c.Max.Y {
			min.Y = at - gap - height
		}
	}
	return vg.Rectangle{Min: min, Max: min.Add(vg.Point{X: width, Y: height})}, ok && m.Text != ""
}

func (m *Mark) write(c draw.Canvas, p *plot.Plot) {
	if r, ok := m.rectangle(c, p); ok {
		writeClear(c, m.Text, m.color, r.Min)
	}
}

// rectangle is where the note's text stands, moved inside the frame.
func (n *Note) rectangle(c draw.Canvas, p *plot.Plot) vg.Rectangle {
	x, y := p.Transforms(&c)
	pt := vg.Point{X: x(n.X), Y: y(n.Y)}
	width, height := textWidth(n.Text), capitals
	min := vg.Point{X: pt.X - width/2, Y: pt.Y - height/2}
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
	min.X = clamp(min.X, c.Min.X+1, c.Max.X-1-width)
	min.Y = clamp(min.Y, c.Min.Y+2, c.Max.Y-1-height)
	return vg.Rectangle{Min: min, Max: min.Add(vg.Point{X: width, Y: height})}
}

func clamp(v, low, high vg.Length) vg.Length {
	return vg.Length(math.Max(float64(low), math.Min(float64(v), float64(high))))
}

func (n *Note) write(c draw.Canvas, p *plot.Plot) {
	writeClear(c, n.Text, n.color, n.rectangle(c, p).Min)
}

func textWidth(s string) vg.Length {
	w, _, _ := letters().Box(s, sans(noteSize))
	return w
}

// writeClear writes a text, its baseline starting at pt, over a thin white
// edge, which parts it from curves that pass behind.
func writeClear(c draw.Canvas, s string, ink color.Color, pt vg.Point) {
	var path vg.Path
	letters().set(&path, s, sans(noteSize), pt)
	if len(path) == 0 {
		return
	}
	c.SetLineStyle(draw.LineStyle{Color: color.White, Width: vg.Points(2)})
	c.Stroke(path)
	c.SetColor(ink)
	c.Fill(path)
}

// write writes a text in black, its baseline starting at pt.
func write(c draw.Canvas, s string, pt vg.Point) {
	var path vg.Path
	letters().set(&path, s, sans(noteSize), pt)
	if len(path) > 0 {
		c.SetColor(color.Black)
		c.Fill(path)
	}
}
