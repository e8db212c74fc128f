package fig

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// colored reports whether colours show values, so that a bar has to say which.
func (f *Figure) colored() bool {
	return slices.ContainsFunc(f.series, func(s *Series) bool { return s.painter.byValue(s) })
}

// zRange returns the ends of the colour bar: the caller's, or those of the
// values.
func (f *Figure) zRange() (low, high float64) {
	values := newExtent(f.Z)
	for _, s := range f.series {
		if s.painter.byValue(s) {
			for _, v := range s.Value {
				if !math.IsNaN(v) {
					values.include(v)
				}
			}
		}
	}
	values.edgeLo, values.edgeHi = values.min, values.max
	return values.limits()
}

const (
	barWidth = 8   // points
	barTick  = 2.5 // points
)

// barTicks returns the ticks of a bar of some height.
func (f *Figure) barTicks(height vg.Length) []plot.Tick {
	low, high := f.zRange()
	return ticks{axis: f.Z, n: max(2, int(height/vg.Points(32)))}.between(low, high)
}

// barRoom returns the width that the bar of a figure takes beside the frame.
func (f *Figure) barRoom(height vg.Length) vg.Length {
	room := 2*gap + vg.Length(barWidth+barTick) + gap/2
	room += f.widestTick(height)
	if f.Z.caption() != "" {
		room += gap + vg.Points(labelSize*1.2)
	}
	return room
}

func (f *Figure) widestTick(height vg.Length) vg.Length {
	widest := vg.Length(0)
	for _, t := range f.barTicks(height) {
		w, _, _ := letters().Box(t.Label, sans(tickSize))
		widest = max(widest, w)
	}
	return widest
}

// drawBar draws the colour bar to the right of the frame.
func (f *Figure) drawBar(frame draw.Canvas) {
	strip := frame
	strip.Min.X = frame.Max.X + 2*gap
	strip.Max.X = strip.Min.X + barWidth
	height := strip.Size().Y
	paintPixels(view{Canvas: strip}, func(_, y vg.Length) color.NRGBA {
		return scaleColor(float64((y - strip.Min.Y) / height))
	})
	outline := draw.LineStyle{Color: color.Black, Width: vg.Points(0.5)}
	strip.StrokeLines(outline, []vg.Point{
		strip.Min, {X: strip.Max.X, Y: strip.Min.Y}, strip.Max, {X: strip.Min.X, Y: strip.Max.Y}, strip.Min,
	})
	low, high := f.zRange()
	for _, t := range f.barTicks(height) {
		y := strip.Y(f.Z.share(low, high, t.Value))
		if !strip.ContainsY(y) {
			continue
		}
		length := vg.Length(barTick)
		if t.IsMinor() {
			length /= 2
		}
		strip.StrokeLine2(outline, strip.Max.X, y, strip.Max.X+length, y)
		setText(frame, t.Label, sans(tickSize), color.Black, vg.Point{X: strip.Max.X + barTick + gap/2, Y: y - vg.Points(tickSize)*0.35})
	}
	if caption := f.Z.caption(); caption != "" {
		style := text.Style{Color: color.Black, Font: sans(labelSize), Rotation: math.Pi / 2, XAlign: text.XCenter, YAlign: text.YTop, Handler: letters()}
		at := strip.Max.X + barTick + gap/2 + f.widestTick(height) + gap
		frame.FillText(style, vg.Point{X: at, Y: frame.Center().Y}, wrap(caption, sans(labelSize), height*1.1))
	}
}
