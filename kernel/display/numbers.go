package display

import (
	"fmt"
	"html"
	"math"
	"math/cmplx"
	"reflect"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// manyNumbers is how many numbers are more than a reader takes in one by one: of
// more, what they are like is shown in their place.
const manyNumbers = 100

// ofNumbers sums up a long slice or array of numbers. It is false for any other
// value, and for short ones, which are their text.
func ofNumbers(v reflect.Value) (Bundle, bool) {
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
	default:
		return Bundle{}, false
	}
	if v.Len() <= manyNumbers || hasMethods(reflect.Zero(v.Type().Elem()).Interface()) {
		return Bundle{}, false
	}
	var at func(i int) float64
	switch e := v.Type().Elem().Kind(); {
	case e >= reflect.Int && e <= reflect.Int64:
		at = func(i int) float64 { return float64(v.Index(i).Int()) }
	case e >= reflect.Uint && e <= reflect.Uintptr:
		at = func(i int) float64 { return float64(v.Index(i).Uint()) }
	case e == reflect.Float32 || e == reflect.Float64:
		at = func(i int) float64 { return v.Index(i).Float() }
		if x, ok := v.Interface().([]float64); ok {
			at = func(i int) float64 { return x[i] } // ten times as fast
		}
	default:
		return Bundle{}, false
	}
	name := v.Type().String()
	s := summarise(v.Len(), at)
	line := s.String()
	spark := s.spark()
	b := Text(fmt.Sprintf("%s, %s\n%s\n%s", name, line, spark, ends(v)))
	b.Data["text/html"] = fmt.Sprintf("<div>%s, %s<br>%s<br><code>%s</code></div>",
		html.EscapeString(name), html.EscapeString(line), s.svg(), html.EscapeString(ends(v)))
	return b, true
}

// ends writes the first and the last numbers.
func ends(v reflect.Value) string {
	const few = 5
	var s []string
	for i := range few {
		s = append(s, fmt.Sprintf("%.6v", v.Index(i).Interface()))
	}
	s = append(s, "…")
	for i := v.Len() - few; i < v.Len(); i++ {
		s = append(s, fmt.Sprintf("%.6v", v.Index(i).Interface()))
	}
	return "[" + strings.Join(s, " ") + "]"
}

// sparks is how many pieces a sparkline shows.
const sparks = 60

// summary is what many numbers are like; of those that are not finite it has only
// how many there are.
type summary struct {
	n, nan, inf        int
	mean, sd, min, max float64
	pieces             []float64 // means of so many pieces in a row; NaN where nothing is finite
}

func summarise(n int, at func(int) float64) summary {
	s := summary{n: n, min: math.Inf(1), max: math.Inf(-1), pieces: make([]float64, min(sparks, n))}
	count, squares := 0, 0.0
	for p := range s.pieces {
		sum, finite := 0.0, 0
		for i := p * n / len(s.pieces); i < (p+1)*n/len(s.pieces); i++ {
			x := at(i)
			switch {
			case math.IsNaN(x):
				s.nan++
				continue
			case math.IsInf(x, 0):
				s.inf++
				continue
			}
			// Welford's, which loses nothing where the mean is large.
			count++
			d := x - s.mean
			s.mean += d / float64(count)
			squares += d * (x - s.mean)
			s.min, s.max = min(s.min, x), max(s.max, x)
			sum += x
			finite++
		}
		s.pieces[p] = sum / float64(finite)
	}
	if count == 0 {
		s.mean, s.min, s.max = math.NaN(), math.NaN(), math.NaN()
	}
	s.sd = math.NaN()
	if count > 1 {
		s.sd = math.Sqrt(squares / float64(count-1))
	}
	return s
}

func (s summary) String() string {
	text := fmt.Sprintf("n = %d, mean %.6g, sd %.6g, min %.6g, max %.6g", s.n, s.mean, s.sd, s.min, s.max)
	if s.nan > 0 {
		text += fmt.Sprintf(", %d NaN", s.nan)
	}
	if s.inf > 0 {
		text += fmt.Sprintf(", %d infinite", s.inf)
	}
	return text
}

// heights are the pieces between 0 and 1, NaN where there is nothing.
func (s summary) heights() []float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, y := range s.pieces {
		if !math.IsNaN(y) {
			low, high = min(low, y), max(high, y)
		}
	}
	h := make([]float64, len(s.pieces))
	for i, y := range s.pieces {
		h[i] = (y/2 - low/2) / (high/2 - low/2) // halves: their difference is finite
		if high == low {
			h[i] = 0.5 + 0*y
		}
	}
	return h
}

// spark is the sparkline as text.
func (s summary) spark() string {
	levels := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for _, h := range s.heights() {
		if math.IsNaN(h) {
			b.WriteByte(' ')
			continue
		}
		b.WriteRune(levels[min(len(levels)-1, int(h*float64(len(levels))))])
	}
	return b.String()
}

// svg is the sparkline as a drawing, in the colour of the text around it.
func (s summary) svg() string {
	const width, height = 300, 40
	var d strings.Builder
	pen := 'M'
	h := s.heights()
	for i, y := range h {
		if math.IsNaN(y) {
			pen = 'M'
			continue
		}
		fmt.Fprintf(&d, "%c%.1f %.1f", pen, width*(float64(i)+0.5)/float64(len(h)), 2+(height-4)*(1-y))
		pen = 'L'
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" role="img" aria-label="the numbers in order"><path d="%s" fill="none" stroke="currentColor" stroke-width="1.5"/></svg>`, width, height, &d)
}

// ofComplex draws complex numbers as points of the plane, which is what a
// spectrum is. Few stay their text, beside the picture.
func ofComplex(z []complex128) (b Bundle, problem string) {
	points := make(plotter.XYs, 0, len(z))
	low, high, top := math.Inf(1), 0.0, math.Inf(-1)
	for _, c := range z {
		if cmplx.IsNaN(c) || cmplx.IsInf(c) {
			continue
		}
		points = append(points, plotter.XY{X: real(c), Y: imag(c)})
		low, high = min(low, cmplx.Abs(c)), max(high, cmplx.Abs(c))
		top = max(top, real(c))
	}
	if len(points) < 2 {
		return Bundle{}, ""
	}
	scatter, err := plotter.NewScatter(points)
	if err != nil {
		return Bundle{}, fmt.Sprintf("display: numbers in the plane: %v", err)
	}
	scatter.GlyphStyle = draw.GlyphStyle{Color: ink, Radius: vg.Points(2), Shape: draw.CircleGlyph{}}
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = "Re", "Im"
	p.Add(plotter.NewGrid(), scatter)
	square(p)
	side := plotHeight
	b, problem = drawn(canvasSize{side, side}, func(c draw.Canvas) { p.Draw(draw.Crop(c, 0, -rim, 0, -rim)) })
	if problem != "" {
		return Bundle{}, problem
	}
	if len(z) <= manyNumbers {
		b.Data["text/plain"] = text(z)
		return b, ""
	}
	line := fmt.Sprintf("[]complex128, n = %d, |z| from %.6g to %.6g, largest real part %.6g", len(z), low, high, top)
	if missing := len(z) - len(points); missing > 0 {
		line += fmt.Sprintf(", %d not finite", missing)
	}
	b.Data["text/plain"] = line + "\n" + ends(reflect.ValueOf(z))
	return b, ""
}

// square makes the ranges of both axes as long, so that a circle is round.
func square(p *plot.Plot) {
	half := max(p.X.Max-p.X.Min, p.Y.Max-p.Y.Min) / 2 * 1.05
	if half == 0 {
		half = 1
	}
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		middle := a.Min/2 + a.Max/2
		a.Min, a.Max = middle-half, middle+half
	}
}
