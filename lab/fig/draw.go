package fig

import (
	"image/color"
	"math"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
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

func sans(points float64) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(points)}
}

func bold(points float64) font.Font {
	f := sans(points)
	f.Weight = xfont.WeightBold
	return f
}

func mm(v float64) vg.Length { return vg.Length(v) * vg.Millimeter }

// draw draws the figure, which Err has found in order, on all of c.
func (f *Figure) draw(c draw.Canvas) {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	if len(f.panels) > 0 {
		f.drawGrid(c)
		return
	}
	f.arrange(draw.Crop(c, margin, -margin, margin, -margin), panel{}).draw()
}

// A sheet is a figure laid out on paper.
type sheet struct {
	*Figure
	plot   *plot.Plot
	page   draw.Canvas // what the axes and their labels take
	frame  draw.Canvas // what the data takes
	insets []vg.Rectangle
	bar    bool
	place  Place // of the legend, which is not Auto
	legend vg.Rectangle
}

// edges are lengths at the four edges of a rectangle.
type edges struct{ left, right, bottom, top vg.Length }

// A panel says what a figure has to keep to in a grid.
type panel struct {
	letter  string
	extra   edges // room that its frame leaves at its edges
	barless bool  // another panel has its colour bar
}

// arrange finds a place for everything on c.
func (f *Figure) arrange(c draw.Canvas, as panel) sheet {
	c = draw.Crop(c, as.extra.left, -as.extra.right, as.extra.bottom, 0)
	s := sheet{Figure: f, plot: f.plot(c, as), page: c, place: f.Legend, bar: f.colored() && !as.barless}
	if s.bar {
		s.page.Max.X -= f.barRoom(s.plot.DataCanvas(c).Size().Y)
	}
	s.frame = s.data()

	entries := f.entries()
	box := legendSize(entries)
	if len(entries) == 0 {
		s.place = NoLegend
	}
	taken := f.ink(s.plot, s.frame)
	f.insetRectangles(s.frame.Rectangle, taken)
	if s.place == Auto {
		s.place = freeCorner(s.frame.Rectangle, taken, box)
		if s.place == Beside && s.frame.Size().X-box.X < 0.6*c.Size().X {
			s.place = Under
		}
	}
	switch s.place {
	case Beside:
		s.page.Max.X -= box.X + 2*gap
	case Under:
		_, height := legendRows(entries, c.Size().X)
		s.page.Min.Y += height + gap
	}
	s.frame = s.data()
	switch s.place {
	case Beside:
		at := vg.Point{X: c.Max.X - box.X, Y: s.frame.Max.Y - box.Y}
		s.legend = vg.Rectangle{Min: at, Max: at.Add(box)}
	case Under:
		s.legend = vg.Rectangle{Min: c.Min, Max: vg.Point{X: c.Max.X, Y: s.page.Min.Y - gap}}
	case NoLegend:
	default:
		s.legend = cornerOf(s.frame.Rectangle, s.place, box, 2*gap)
	}
	s.insets = f.insetRectangles(s.frame.Rectangle, f.ink(s.plot, s.frame))
	return s
}

// data returns what the page has for data. If units are to be equal, it widens
// the range of one axis.
func (s sheet) data() draw.Canvas {
	frame := s.plot.DataCanvas(s.page)
	if size := frame.Size(); s.Equal && size.X >= 1 && size.Y >= 1 {
		x, y := &s.plot.X, &s.plot.Y
		x.Min, x.Max, y.Min, y.Max = s.ranges()
		unit := math.Max((x.Max-x.Min)/float64(size.X), (y.Max-y.Min)/float64(size.Y))
		widen := func(a *plot.Axis, length vg.Length) {
			more := unit*float64(length) - (a.Max - a.Min)
			a.Min, a.Max = a.Min-more/2, a.Max+more/2
		}
		widen(x, size.X)
		widen(y, size.Y)
		frame = s.plot.DataCanvas(s.page) // other numbers at the ticks
	}
	return frame
}

func (s sheet) draw() {
	s.plot.Draw(s.page)
	if size := s.frame.Size(); !(size.X >= 1 && size.Y >= 1) {
		return // the labels have taken all there is
	}
	v := s.view(s.frame, s.plot)
	for _, m := range s.marks {
		m.write(v)
	}
	for _, n := range s.notes {
		n.write(v)
	}
	for i, r := range s.insets {
		s.Figure.insets[i].figure.draw(draw.Canvas{Canvas: s.frame.Canvas, Rectangle: r})
	}
	if s.bar {
		s.drawBar(s.frame)
	}
	switch entries := s.entries(); s.place {
	case NoLegend:
	case Under:
		drawRows(s.frame, entries, s.legend)
	default:
		drawLegend(s.frame, entries, s.legend)
	}
}

// plot sets the figure up as a gonum plot, without texts inside the frame. The
// canvas decides how many ticks there is room for; a panel's extra room at the
// top parts the title from the frame.
func (f *Figure) plot(c draw.Canvas, as panel) *plot.Plot {
	size := c.Size()
	p := plot.New()
	p.TextHandler = letters()
	p.Title.Text = f.Title
	titleFor := size.X
	if as.letter != "" { // it needs the line of the title even if there is none
		w, _, _ := letters().Box(as.letter, bold(titleSize))
		titleFor -= 2 * (w + gap)
		if f.Title == "" {
			p.Title.Text = " "
		}
	}
	p.Title.Text = wrap(p.Title.Text, bold(titleSize), titleFor)
	p.Title.Padding = vg.Points(6) + as.extra.top
	p.Title.TextStyle.Handler = letters()
	p.Title.TextStyle.Font = bold(titleSize)
	p.BackgroundColor = nil

	set := func(axis *plot.Axis, a Axis, marker ticks, labelFor vg.Length) {
		axis.Label.Text = wrap(a.caption(), sans(labelSize), labelFor)
		axis.Label.TextStyle.Handler = letters()
		axis.Label.TextStyle.Font = sans(labelSize)
		axis.Label.Padding = vg.Points(3)
		axis.Tick.Label.Handler = letters()
		axis.Tick.Label.Font = sans(tickSize)
		axis.Tick.Length = vg.Points(3.5)
		axis.Tick.Marker = marker
		axis.Padding = 0
	}
	set(&p.X, f.X, ticks{axis: f.X, n: max(2, int(size.X/vg.Points(40))), room: size.X * 0.8}, size.X*0.85)
	set(&p.Y, f.Y, ticks{axis: f.Y, n: max(2, int(size.Y/vg.Points(32)))}, size.Y*0.85)
	// The plot is over places along the axes: to it all of them are linear.
	xmin, xmax, ymin, ymax := f.ranges()
	p.X.Min, p.X.Max = f.X.forward(xmin), f.X.forward(xmax)
	p.Y.Min, p.Y.Max = f.Y.forward(ymin), f.Y.forward(ymax)

	for at := ground; at < surface; at++ {
		p.Add(layer{f, at})
	}
	return p
}

// ranges returns the ranges of the axes: the caller's, or those of all that is
// in the figure.
func (f *Figure) ranges() (xmin, xmax, ymin, ymax float64) {
	x, y := newExtent(f.X), newExtent(f.Y)
	for _, s := range f.series {
		s.painter.extend(s, &x, &y)
	}
	for _, m := range f.marks {
		if m.vertical {
			x.include(m.At)
		} else {
			y.include(m.At)
		}
	}
	for _, n := range f.notes {
		x.include(n.X)
		y.include(n.Y)
	}
	xmin, xmax = x.limits()
	ymin, ymax = y.limits()
	return
}

// ink returns what is drawn inside the frame, without insets and legend.
func (f *Figure) ink(p *plot.Plot, frame draw.Canvas) *ink {
	taken := new(ink)
	v := f.view(frame, p)
	for _, s := range f.series {
		s.painter.cover(s, v, taken)
	}
	for _, m := range f.marks {
		m.cover(v, taken)
	}
	for _, n := range f.notes {
		n.cover(v, taken)
	}
	return taken
}
