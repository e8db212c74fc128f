package fig

import (
	"bytes"
	"compress/zlib"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
)

func TestLogarithmicTicks(t *testing.T) {
	for _, c := range []struct {
		axis     Axis
		min, max float64
		n        int
		want     string // labels, · for a tick without one
	}{
		{Axis{Scale: Log}, 1, 100, 4, "10^{0} 10^{1} 10^{2} ········ ········"},
		{Axis{Scale: Log}, 1e-8, 1, 3, "·· 10^{−6} ·· 10^{−3} ·· 10^{0}"},
		{Axis{Scale: Log}, 0.9, 12, 4, "10^{0} 10^{1} ·········"},
		{Axis{Scale: Log}, 2, 6, 4, "2 3 4 5 6"},        // fewer than three: round numbers
		{Axis{Scale: Log}, 3, 30, 4, "5 10 20 ·······"}, // 3 4 6 7 8 9 30
		{Axis{Scale: Log}, 1, 1.1, 4, "1.00 1.05 1.10"}, // hardly logarithmic
		{Axis{Scale: SymLog}, -100, 100, 5, "−10^{1} −10^{2} 10^{1} 10^{2} 0"},
		{Axis{Scale: SymLog, Knee: 0.01}, -0.02, 10, 5, "10^{−1} 10^{0} 10^{1} 0"},
		{Axis{Scale: SymLog}, -2, 2, 4, "−2 −1 0 1 2"},
	} {
		var got strings.Builder
		seen := map[float64]bool{}
		for _, tick := range (ticks{axis: c.axis, n: c.n}).between(c.min, c.max) {
			if tick.Value < c.min*(1-1e-9*sgn(c.min)) || tick.Value > c.max*(1+1e-9) || seen[tick.Value] {
				t.Errorf("%v: tick at %v is outside or double", c, tick.Value)
			}
			seen[tick.Value] = true
			if tick.Label == "" {
				got.WriteString("·")
			} else {
				got.WriteString(" " + tick.Label + " ")
			}
		}
		clean := func(s string) string { return strings.Join(strings.Fields(strings.ReplaceAll(s, "·", "")), " ") }
		if clean(got.String()) != clean(c.want) {
			t.Errorf("axis %v from %v to %v has %q, expected %q", c.axis.Scale, c.min, c.max, got.String(), c.want)
		}
		if c.axis.Scale == Log && strings.Count(got.String(), "·") != strings.Count(c.want, "·") {
			t.Errorf("from %v to %v: %q has %d minor ticks, expected %d", c.min, c.max, got.String(),
				strings.Count(got.String(), "·"), strings.Count(c.want, "·"))
		}
	}
	// Labels stand clear of each other.
	wide := ticks{n: 10, room: vg.Points(100)}
	if got := wide.between(0, 1e-4); len(got) > 3 || len(got) < 2 {
		t.Errorf("%d labels like %s in 100 points", len(got), got[1].Label)
	}
}

func sgn(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}

func TestScalesInvert(t *testing.T) {
	for _, a := range []Axis{{}, {Scale: Log}, {Scale: SymLog}, {Scale: SymLog, Knee: 1e-6}} {
		for _, v := range []float64{1e-9, 0.3, 1, 7, 1e12, -5, 0} {
			if a.Scale == Log && v <= 0 {
				continue
			}
			// A number is known to half a digit of its place, times ln 10 on
			// these scales; sinh and asinh add a few digits.
			if got := a.inverse(a.forward(v)); math.Abs(got-v) > 1e-13*math.Abs(v) {
				t.Errorf("%v: %v became %v", a, v, got)
			}
		}
		if !(a.forward(2) > a.forward(1)) {
			t.Errorf("%v does not increase", a)
		}
	}
	far := Axis{Scale: SymLog}
	if got := far.forward(1e6) - far.forward(1e5); math.Abs(got-1) > 1e-9 {
		t.Errorf("far out a decade of SymLog is %v decades of Log", got)
	}
}

// The colours of numbers: inside the sRGB gamut, lighter with each step, and in
// steps of one size, also to the eye that does not tell red from green.
func TestColorScale(t *testing.T) {
	table := colorScale()
	var last, first [3]float64
	var steps []float64
	for i, c := range table {
		r, g, b := linear(c.R), linear(c.G), linear(c.B)
		lab := oklab(r, g, b)
		if i > 0 {
			steps = append(steps, math.Hypot(math.Hypot(lab[0]-last[0], lab[1]-last[1]), lab[2]-last[2]))
			if lab[0] < last[0]-0.002 { // a unit of 8 bits is about 0.003
				t.Errorf("colour %d is darker than the one before: %v after %v", i, lab[0], last[0])
			}
		} else {
			first = lab
		}
		last = lab
	}
	if last[0]-first[0] < 0.6 {
		t.Errorf("lightness rises from %v to %v only", first[0], last[0])
	}
	// Over 16 colours the rounding to 8 bits is small.
	for i := 16; i < len(table); i += 16 {
		sum := 0.0
		for _, s := range steps[i-16 : i] {
			sum += s
		}
		mean := 0.0
		for _, s := range steps {
			mean += s * 16 / float64(len(steps))
		}
		if math.Abs(sum/mean-1) > 0.25 {
			t.Errorf("colours %d to %d differ by %.3f, expected about %.3f", i-16, i, sum, mean)
		}
	}
	if scaleColor(-1) != table[0] || scaleColor(2) != table[255] || scaleColor(0.5) != table[128] {
		t.Error("numbers outside the scale have no colours of its ends")
	}
}

func linear(v uint8) float64 {
	x := float64(v) / 255
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

// oklab is the forward transform of Ottosson, by his own matrices.
func oklab(r, g, b float64) [3]float64 {
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	return [3]float64{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}

func TestIsolines(t *testing.T) {
	lattice := func(n int, low, high float64, f func(x, y float64) float64) (x, z []float64) {
		for i := range n {
			x = append(x, low+(high-low)*float64(i)/float64(n-1))
		}
		for j := range n {
			for i := range n {
				z = append(z, f(x[i], x[j]))
			}
		}
		return x, z
	}
	// A plane has one straight line, exactly.
	x, z := lattice(4, 0, 3, func(x, y float64) float64 { return x + 2*y })
	lines := isolines(x, x, z, 2.5)
	if len(lines) != 1 {
		t.Fatalf("%d lines on a plane, expected 1", len(lines))
	}
	for _, p := range lines[0] {
		if math.Abs(float64(p.X+2*p.Y)-2.5) > 1e-14 {
			t.Errorf("%v is not on x + 2y = 2.5", p)
		}
	}
	// A circle is one loop, to second order in the distance of the nodes.
	var last float64
	for _, n := range []int{21, 41, 81} {
		x, z = lattice(n, -2, 2, func(x, y float64) float64 { return x*x + y*y })
		lines = isolines(x, x, z, 1.1)
		if len(lines) != 1 || lines[0][0] != lines[0][len(lines[0])-1] {
			t.Fatalf("%d lines around a bowl, expected a loop", len(lines))
		}
		worst := 0.0
		for _, p := range lines[0] {
			worst = math.Max(worst, math.Abs(math.Hypot(float64(p.X), float64(p.Y))-math.Sqrt(1.1)))
		}
		if last > 0 && (last/worst < 2.8 || last/worst > 5.5) {
			t.Errorf("error falls from %v to %v, expected to a quarter or so", last, worst)
		}
		last = worst
	}
	// A saddle has two lines, which do not cross.
	x, z = lattice(2, 0, 1, func(x, y float64) float64 { return (2*x - 1) * (2*y - 1) })
	if lines = isolines(x, x, z, 0.1); len(lines) != 2 {
		t.Errorf("%d lines at a saddle, expected 2", len(lines))
	}
	// A missing value takes the lines of its four cells away.
	x, z = lattice(3, -1, 1, func(x, y float64) float64 { return x })
	z[4] = math.NaN()
	if lines = isolines(x, x, z, 0.5); len(lines) != 0 {
		t.Errorf("%v around a missing value, expected nothing", lines)
	}
	if lines = isolines(x, x, z, 5); lines != nil {
		t.Errorf("%v at a level above all values", lines)
	}
}

// Legends and insets keep clear of every kind of series.
func TestLegendKeepsClearOfLayers(t *testing.T) {
	low, high := []float64{0, 0.5}, []float64{0.5, 1}
	values := make([]float64, 4)
	for i := range values {
		values[i] = 1
	}
	for kind, draw := range map[string]func(f *Figure, x, y []float64){
		"histogram": func(f *Figure, x, y []float64) {
			f.Hist("h", []float64{0.9, 0.9, 0.1, 0.4}, []float64{0, 0.25, 0.5, 0.75, 1})
		},
		"heat":  func(f *Figure, x, y []float64) { f.Heat("h", x, y, values) },
		"shade": func(f *Figure, x, y []float64) { f.Shade("h", x, y, values) },
		"contours": func(f *Figure, x, y []float64) {
			f.Contours("h", x, y, []float64{0, 1, 2, 3}, 0.3, 0.6, 0.9, 1.2, 1.5, 1.8, 2.1, 2.4, 2.7)
		},
		"arrows": func(f *Figure, x, y []float64) { f.Arrows("h", []float64{0.92, 0.9}, []float64{0.92, 0.8}, x, y) },
		"runs":   func(f *Figure, x, y []float64) { f.Runs("h", x, [][]float64{{0.7, 0.7}, {0.9, 1}}, Quantiles(0)) },
		"bars": func(f *Figure, x, y []float64) {
			f.Points("h", []float64{0.9}, []float64{0.1}).YRange([]float64{0}, []float64{0.95})
		},
	} {
		f := New("")
		f.X.Min, f.X.Max, f.Y.Min, f.Y.Max = 0, 1, 0, 1
		draw(f, high, high) // in the upper right
		if got := placeOf(f); got == TopRight || got == Auto {
			t.Errorf("%s: legend at %v over the data", kind, got)
		}
		f = New("")
		f.X.Min, f.X.Max, f.Y.Min, f.Y.Max = 0, 1, 0, 1
		if kind != "histogram" && kind != "arrows" && kind != "bars" && kind != "runs" {
			draw(f, low, low)
			if got := placeOf(f); got != TopRight {
				t.Errorf("%s in the lower left: legend at %v, expected TopRight", kind, got)
			}
		}
	}
	f := New("")
	f.X.Min, f.X.Max, f.Y.Min, f.Y.Max = 0, 1, 0, 1
	f.Line("a", low, []float64{0, 0})
	in := New("")
	in.Width, in.Height = 50, 30
	in.Line("", low, low)
	f.Inset(in, Auto) // takes the first corner
	if got := placeOf(f); got != TopLeft {
		t.Errorf("legend at %v beside an inset, expected TopLeft", got)
	}
	narrow := New("")
	narrow.Width = 60
	narrow.Fill("a name that takes much room", []float64{0, 1}, []float64{0, 0}, []float64{1, 1})
	if got := placeOf(narrow); got != Under {
		t.Errorf("legend at %v of a narrow figure, expected Under", got)
	}
}

// The fonts have what the thesis writes.
func TestFontsHaveSymbols(t *testing.T) {
	h := letters()
	face := h.fonts.Lookup(sans(9), 9)
	var buf sfnt.Buffer
	for _, r := range "∇⟨⟩‖∂√∫±≤≥∞∑∏≈≠∝∈∼≃⊥→×·∘⊗−≪≫ℝ𝔼ℙℏαβγδεζηθικλμνξοπρστυφχψωϕΓΔΘΛΞΠΣΦΨΩ" {
		a, err := face.Face.GlyphIndex(&buf, r)
		if err == nil && a != 0 {
			continue
		}
		b, err := h.symbols.GlyphIndex(&buf, r)
		if err != nil || b == 0 {
			t.Errorf("%q has no glyph", r)
		}
		var path vg.Path
		if w := h.set(&path, string(r), sans(9), vg.Point{}); !(w > 2 && w < 12) || len(path) < 3 {
			t.Errorf("%q is %v wide, of %d strokes", r, w, len(path))
		}
	}
}

func TestWrap(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		" ":                            " ",
		"short":                        "short",
		"one two three four five six":  "one two three\nfour five six",
		"kept\nlines":                  "kept\nlines",
		"unbreakableandverylongindeed": "unbreakableandverylongindeed",
	} {
		if got := wrap(text, sans(10), 75); got != want {
			t.Errorf("%q became %q, expected %q", text, got, want)
		}
	}
}

// Pictures in a PDF are upright: the last row of the stream is what the page
// shows on top, since the page's coordinates are turned over.
func TestPDFPictures(t *testing.T) {
	f := New("")
	f.Heat("", []float64{0, 1}, []float64{0, 1}, []float64{0, 0, 1, 1}) // dark below, light above
	data, err := f.PDF()
	if err != nil {
		t.Fatal(err)
	}
	object := regexp.MustCompile(`(?s)/Subtype /Image.*?/Width (\d+).*?/Height (\d+).*?/ColorSpace /DeviceRGB.*?stream\n(.*?)\nendstream`)
	found := object.FindAllSubmatch(data, -1)
	if len(found) != 2 { // the map and the colour bar
		t.Fatalf("%d pictures, expected 2", len(found))
	}
	for _, m := range found {
		width, _ := strconv.Atoi(string(m[1]))
		height, _ := strconv.Atoi(string(m[2]))
		z, err := zlib.NewReader(bytes.NewReader(m[3]))
		if err != nil {
			t.Fatal(err)
		}
		pixels, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		if len(pixels) != height*(3*width+1) {
			t.Fatalf("%d bytes for %d × %d pixels", len(pixels), width, height)
		}
		// No filter of PNG changes the first pixel.
		if first := pixels[1:4]; first[2] < first[0] {
			t.Errorf("first pixel is %v, expected the dark blue of the bottom", first)
		}
	}
}

// Units of equal length, whatever the shape of the figure and its data.
func TestEqualUnits(t *testing.T) {
	for _, size := range [][2]float64{{140, 90}, {60, 100}} {
		f := New("")
		f.Width, f.Height, f.Equal = size[0], size[1], true
		f.Line("a", []float64{0, 1000}, []float64{0, 3})
		f.X.Min, f.X.Max = 0, 800
		s := f.arrange(draw.NewCanvas(new(recorder.Canvas), mm(f.Width), mm(f.Height)), panel{})
		v := f.view(s.frame, s.plot)
		x, y := v.x(1)-v.x(0), v.y(1)-v.y(0)
		if math.Abs(float64(x/y)-1) > 0.02 { // the labels of the wider axis take other room
			t.Errorf("%v: a unit is %v by %v points", size, x, y)
		}
		if v.x(0) < s.frame.Min.X-0.01 || v.x(800) > s.frame.Max.X+0.01 || v.y(0) < s.frame.Min.Y || v.y(3) > s.frame.Max.Y {
			t.Errorf("%v: data outside the frame", size)
		}
	}
	f := New("")
	f.Equal, f.X.Scale = true, Log
	f.Line("a", []float64{1, 10}, []float64{0, 3})
	if err := f.Err(); err == nil || !strings.Contains(err.Error(), "units of equal length") {
		t.Errorf("error %v", err)
	}
}

// Frames of a grid are of one size and in line, with one bar for one scale.
func TestGridIsAligned(t *testing.T) {
	var panels []*Figure
	for i := range 6 {
		p := New("")
		p.Width, p.Height = 60, 50
		p.Points("", []float64{0, 1}, []float64{0, math.Pow(1000, float64(i))}).By([]float64{0, 1})
		p.Z = Axis{Label: "z", Min: 0, Max: 1}
		panels = append(panels, p)
	}
	panels[1].Y.Label = "a label"
	panels[4].Title = "a title"
	panels[5].Z.Max = 2
	g := Grid("", 3, panels...)
	for i, shared := range []bool{true, true, false, true, false, false} {
		if got := g.panel(i).barless; got != shared {
			t.Errorf("panel %d leaves its bar to the next: %v, expected %v", i, got, shared)
		}
	}
	widths, heights := g.cellSizes()
	c := draw.NewCanvas(new(recorder.Canvas), mm(g.Width), mm(g.Height))
	_, columns, rows := g.layout(c, widths, heights)
	share(widths, c.Size().X, columns)
	share(heights, c.Size().Y, rows)
	_, columns, rows = g.layout(c, widths, heights)
	var total vg.Length
	for col, w := range widths {
		total += w
		first := widths[0] - columns[0].left - columns[0].right
		if got := w - columns[col].left - columns[col].right; math.Abs(float64(got-first)) > 3 { // labels may change a little
			t.Errorf("frames of column %d are %v wide, of the first %v", col, got, first)
		}
	}
	for row, h := range heights {
		first := heights[0] - rows[0].bottom - rows[0].top
		if got := h - rows[row].bottom - rows[row].top; math.Abs(float64(got-first)) > 3 {
			t.Errorf("frames of row %d are %v high, of the first %v", row, got, first)
		}
	}
	if math.Abs(float64(total-c.Size().X)) > 1e-9 {
		t.Errorf("columns take %v of %v", total, c.Size().X)
	}
}
