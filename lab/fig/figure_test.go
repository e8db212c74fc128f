package fig_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"glassy/lab/fig"
)

// sample is a small figure with everything in it.
func sample() *fig.Figure {
	f := fig.New("Decay, σ(t) = e^{−γt}")
	f.Width, f.Height = 80, 55
	f.X = fig.Axis{Label: "time t", Unit: "s"}
	f.Y = fig.Axis{Label: "displacement x_{0}", Unit: "mm"}
	var t, low, high []float64
	for i := range 21 {
		s := float64(i) / 4
		t, low, high = append(t, s), append(low, 0.7*math.Exp(-s)), append(high, 1.2*math.Exp(-s))
	}
	f.Fill("range", t, low, high).In(fig.SkyBlue)
	f.Func("theory", func(s float64) float64 { return math.Exp(-s) }, 0, 5)
	f.Points("measured", []float64{0.5, 1, 2, 4}, []float64{0.62, 0.35, 0.15, 0.01})
	f.Mark(1, "1/γ")
	f.Level(0, "")
	f.Note(3, 0.3, "10^{−3}").To(fig.Above).In(fig.Purple)
	return f
}

func TestFormats(t *testing.T) {
	dir := t.TempDir()
	for ext, magic := range map[string]string{".svg": "<svg ", ".png": "\x89PNG", ".pdf": "%PDF-", ".PNG": "\x89PNG"} {
		path := filepath.Join(dir, "f"+ext)
		if err := sample().Save(path); err != nil {
			t.Fatal(err)
		}
		first, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(first, []byte(magic)) {
			t.Errorf("%s starts with %q, expected %q", ext, first[:8], magic)
		}
		if err := sample().Save(path); err != nil {
			t.Fatal(err)
		}
		second, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("%s: the same figure gave different bytes", ext)
		}
	}
	for _, path := range []string{"f.gif", "f", filepath.Join(dir, "none", "f.svg")} {
		if err := sample().Save(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("Save(%q) = %v, expected an error that names the file", path, err)
		}
	}
	if entries, _ := os.ReadDir("."); len(entries) > 0 {
		for _, e := range entries {
			if e.Name() == "f.gif" || e.Name() == "f" {
				t.Errorf("%s was left behind", e.Name())
			}
		}
	}
}

// The SVG is one well-formed element, with no ids that could clash on a page.
func TestSVGIsWellFormed(t *testing.T) {
	f := sample()
	f.Title = "a < b & \"c\" \x00 \xff, E_{∞}"
	svg, err := f.SVG()
	if err != nil {
		t.Fatal(err)
	}
	dec, elements := xml.NewDecoder(strings.NewReader(svg)), 0
	for {
		token, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("not XML: %v", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if elements++; elements == 1 && start.Name.Local != "svg" {
			t.Errorf("root is <%s>, expected <svg>", start.Name.Local)
		}
		for _, a := range start.Attr {
			if a.Name.Local == "id" {
				t.Errorf("<%s> has id %q", start.Name.Local, a.Value)
			}
			if a.Name.Local == "aria-label" && !strings.HasPrefix(a.Value, "a < b & \"c\"") {
				t.Errorf("label is %q", a.Value)
			}
		}
		if start.Name.Local == "text" {
			t.Error("text that depends on the reader's fonts")
		}
	}
	if elements < 50 {
		t.Errorf("%d elements, expected a drawing", elements)
	}
}

func TestSizes(t *testing.T) {
	for _, c := range []struct {
		w, h   float64
		px, py int
	}{{0, 0, 1058, 680}, {100, 50, 755, 377}} {
		f := sample()
		f.Width, f.Height = c.w, c.h
		data, err := f.PNG()
		if err != nil {
			t.Fatal(err)
		}
		size, err := png.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if abs(size.Width-c.px) > 1 || abs(size.Height-c.py) > 1 { // rounding of mm to pixels
			t.Errorf("%v × %v mm is %d × %d pixels, expected %d × %d", c.w, c.h, size.Width, size.Height, c.px, c.py)
		}
	}
}

func abs(n int) int { return max(n, -n) }

func TestRefusesBadData(t *testing.T) {
	ok := []float64{0, 1}
	for _, c := range []struct {
		name string
		draw func(f *fig.Figure)
		want string
	}{
		{"nothing", func(f *fig.Figure) {}, `figure "bad" has no data`},
		{"empty", func(f *fig.Figure) { f.Line("E_{0}", nil, nil) }, `line "E_0" has 0 points, expected at least 2`},
		{"one point", func(f *fig.Figure) { f.Line("a", ok[:1], ok[:1]) }, `line "a" has 1 points`},
		{"no dots", func(f *fig.Figure) { f.Points("p", nil, nil) }, `points "p" has 0 points, expected at least 1`},
		{"NaN", func(f *fig.Figure) { f.Line("good", ok, ok); f.Line("theory", ok, []float64{1, math.NaN()}) },
			`line "theory" has y = NaN at point 1 of 2`},
		{"Inf", func(f *fig.Figure) { f.Points("x", []float64{math.Inf(-1)}, ok[:1]) }, `points "x" has x = -Inf at point 0 of 1`},
		{"band", func(f *fig.Figure) { f.Fill("b", ok, []float64{math.Inf(1), 0}, ok) }, `fill "b" has low = +Inf`},
		{"mark", func(f *fig.Figure) { f.Line("a", ok, ok); f.Mark(math.NaN(), "m") }, `mark "m" is at NaN`},
		{"note", func(f *fig.Figure) { f.Line("a", ok, ok); f.Note(0, math.Inf(1), "n") }, `note "n" is at (0, +Inf)`},
		{"range", func(f *fig.Figure) { f.Line("a", ok, ok); f.X.Min, f.X.Max = 2, 1 }, `range of axis X is [2, 1]`},
		{"ticks", func(f *fig.Figure) { f.Line("a", ok, ok); f.Y.Ticks = []float64{math.NaN()} }, `ticks of axis Y`},
		{"size", func(f *fig.Figure) { f.Line("a", ok, ok); f.Width = 1e9 }, `size is 1e+09 × 90 mm`},
	} {
		f := fig.New("bad")
		c.draw(f)
		path := filepath.Join(t.TempDir(), "bad.png")
		_, svg := f.SVG()
		_, pngErr := f.PNG()
		_, pdf := f.PDF()
		for format, err := range map[string]error{"svg": svg, "png": pngErr, "pdf": pdf, "save": f.Save(path)} {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, %s: error %v, expected %q", c.name, format, err, c.want)
			}
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s: a file was left behind", c.name)
		}
		bundle := f.MIMEBundle()
		if s, _ := bundle["text/plain"].(string); len(bundle) != 1 || !strings.Contains(s, c.want) {
			t.Errorf("%s: shows %v, expected the reason alone", c.name, bundle)
		}
	}
}

func TestSlipsPanic(t *testing.T) {
	for want, slip := range map[string]func(f *fig.Figure){
		`fig: line "a", 2 abscissae and 1 ordinates, expected as many`:       func(f *fig.Figure) { f.Line("a", make([]float64, 2), make([]float64, 1)) },
		`fig: fill "a", 2 abscissae and 1 lower ordinates, expected as many`: func(f *fig.Figure) { f.Fill("a", make([]float64, 2), make([]float64, 1), make([]float64, 2)) },
		`fig: fill "a", 2 abscissae and 3 upper ordinates, expected as many`: func(f *fig.Figure) { f.Fill("a", make([]float64, 2), make([]float64, 2), make([]float64, 3)) },
		`fig: function "a" from 1 to 1, expected an interval`:                func(f *fig.Figure) { f.Func("a", math.Sin, 1, 1) },
		`fig: width of line "a", 0 mm, expected between 0 and 20`:            func(f *fig.Figure) { f.Func("a", math.Sin, 0, 1).Wide(0) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v, expected %q", got, want)
				}
			}()
			slip(fig.New(""))
		}()
	}
}

// The figure keeps its own copy of the data.
func TestDataIsCopied(t *testing.T) {
	x, y, low := []float64{0, 1}, []float64{2, 3}, []float64{1, 1}
	f := fig.New("")
	f.Line("a", x, y)
	f.Fill("b", x, low, y)
	x[0], y[0], low[0] = 9, 9, 9
	a, b := f.Series()[0], f.Series()[1]
	if a.X[0] != 0 || a.Y[0] != 2 || b.X[0] != 0 || b.High[0] != 2 || b.Low[0] != 1 {
		t.Errorf("the figure's data changed with the caller's slices: %v %v", a, b)
	}
}

func TestColoursDiffer(t *testing.T) {
	f := fig.New("")
	seen := map[string]bool{}
	for i := range 14 {
		s := f.Func(fmt.Sprint(i), math.Sin, 0, 1)
		key := fmt.Sprintf("%06x", s.Color())
		if i < 7 && seen[key] {
			t.Errorf("curve %d has the colour %s of an earlier one", i, key)
		}
		seen[key] = true
	}
	if len(seen) != 7 {
		t.Errorf("%d colours, expected 7", len(seen))
	}
	r, g, b, a := fig.Vermillion.RGBA()
	if r>>8 != 0xD5 || g>>8 != 0x5E || b>>8 != 0 || a != 0xFFFF {
		t.Errorf("vermillion is %x %x %x %x", r, g, b, a)
	}
}

func TestDescription(t *testing.T) {
	want := `Figure "Decay, σ(t) = e^−γt", displacement x_0 [mm] against time t [s]: ` +
		`fill "range", 21 points, x 0 to 5, y 0.004717 to 1.2; ` +
		`line "theory", 400 points, x 0 to 5, y 0.006738 to 1; ` +
		`points "measured", 4 points, x 0.5 to 4, y 0.01 to 0.62`
	if got := sample().String(); got != want {
		t.Errorf("description\n%s\nexpected\n%s", got, want)
	}
	bundle := sample().MIMEBundle()
	if bundle["text/plain"] != want {
		t.Errorf("text/plain is %v", bundle["text/plain"])
	}
	if _, ok := bundle["image/svg+xml"].(string); !ok {
		t.Errorf("image/svg+xml is %T, expected a string", bundle["image/svg+xml"])
	}
	if _, ok := bundle["image/png"].([]byte); !ok {
		t.Errorf("image/png is %T, expected bytes", bundle["image/png"])
	}
}

// Odd but drawable figures must come out without a panic.
func TestOddFigures(t *testing.T) {
	two, four := []float64{0, 1}, []float64{1, 2, 3, 4}
	none := []float64{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	for name, draw := range map[string]func(f *fig.Figure){
		"constant":      func(f *fig.Figure) { f.Line("c", two, []float64{5, 5}) },
		"one dot":       func(f *fig.Figure) { f.Points("c", two[:1], two[:1]) },
		"vertical line": func(f *fig.Figure) { f.Line("c", []float64{3, 3}, two) },
		"huge":          func(f *fig.Figure) { f.Line("c", two, []float64{-1e300, 1e300}) },
		"tiny":          func(f *fig.Figure) { f.Line("c", two, []float64{1e-300, 2e-300}) },
		"denormal":      func(f *fig.Figure) { f.Line("c", two, []float64{0, 5e-324}) },
		"largest":       func(f *fig.Figure) { f.Line("c", two, []float64{-1e300, 1e300}); f.X.Min, f.X.Max = -1e300, 1e300 },
		"close":         func(f *fig.Figure) { f.Line("c", two, []float64{1, 1 + 4e-16}) },
		"all outside":   func(f *fig.Figure) { f.Line("c", two, two); f.X.Min, f.X.Max = 5, 6; f.Mark(0, "m"); f.Level(99, "l") },
		"small":         func(f *fig.Figure) { f.Line("a very long name indeed", two, two); f.Width, f.Height = 20, 20 },
		"many names": func(f *fig.Figure) {
			for i := range 40 {
				f.Func(fmt.Sprintf("curve %d", i), func(x float64) float64 { return math.Sin(x + float64(i)) }, 0, 9)
			}
		},
		"odd texts": func(f *fig.Figure) {
			f.Title = "_{ ^{} _{}} \xff\n second line"
			f.X.Label = "\u2207f 世界"
			f.Line("", two, two)
			f.Note(0, 0, "")
			f.Mark(0.5, "")
		},
		"constant heat":    func(f *fig.Figure) { f.Heat("h", two, two, []float64{5, 5, 5, 5}) },
		"heat of nothing":  func(f *fig.Figure) { f.Heat("h", two, two, none); f.Z.Scale = fig.Log },
		"shade of nothing": func(f *fig.Figure) { f.Shade("h", two, two, make([]float64, 4)); f.Contours("c", two, two, none, 1) },
		"heat outside":     func(f *fig.Figure) { f.Heat("h", two, two, four); f.X.Min, f.X.Max = 5, 6 },
		"logarithmic heat": func(f *fig.Figure) { f.Heat("h", []float64{1, 100}, two, four); f.X.Scale = fig.Log },
		"small heat": func(f *fig.Figure) {
			f.Heat("h", two, two, four)
			f.Z.Label = "a label that is longer than the figure is high"
			f.Width, f.Height = 20, 20
		},
		"many points, little room": func(f *fig.Figure) {
			f.Points("a very long name indeed", make([]float64, 4000), make([]float64, 4000))
			f.Legend = fig.Beside
			f.Width, f.Height = 20, 20
		},
		"still field":  func(f *fig.Figure) { f.Arrows("a", two, two, []float64{0, 0}, []float64{0, 0}) },
		"no bars":      func(f *fig.Figure) { f.Counts("c", two, []float64{5, 6}); f.Y.Scale = fig.Log },
		"empty bars":   func(f *fig.Figure) { f.Hist("c", two, []float64{5, 6}) },
		"denormal log": func(f *fig.Figure) { f.Line("l", two, []float64{5e-324, 1e-323}); f.Y.Scale = fig.Log },
		"huge log":     func(f *fig.Figure) { f.Line("l", two, []float64{1e-300, 1e300}); f.Y.Scale = fig.Log },
		"huge symlog": func(f *fig.Figure) {
			f.Line("l", two, []float64{-1e300, 1e300})
			f.Y.Scale, f.Y.Knee = fig.SymLog, 1e-300
		},
		"no ticks":     func(f *fig.Figure) { f.Line("l", two, two); f.X.Ticks = []float64{} },
		"far arrow":    func(f *fig.Figure) { f.Line("l", two, two); f.Note(0, 0, "note").Arrow(1e9, -1e9) },
		"arrow inside": func(f *fig.Figure) { f.Line("l", two, two); f.Note(0.5, 0.5, "a long note").Arrow(0.1, 0) },
		"large inset": func(f *fig.Figure) {
			f.Line("l", two, two)
			g := fig.New("g")
			g.Line("", two, two)
			f.Inset(g, fig.Auto)
		},
		"nested inset": func(f *fig.Figure) {
			f.Line("l", two, two)
			g := fig.New("g")
			g.Width, g.Height = 30, 20
			g.Line("", two, two)
			h := fig.New("")
			h.Width, h.Height = 20, 20
			h.Line("", two, two)
			g.Inset(h, fig.TopLeft)
			f.Inset(g, fig.Auto)
		},
		"every place": func(f *fig.Figure) { f.Line("c", two, two); f.Legend = fig.BottomRight },
		"no legend":   func(f *fig.Figure) { f.Line("c", two, two); f.Legend = fig.NoLegend },
		"every side": func(f *fig.Figure) {
			f.Line("c", two, two)
			for side := fig.Right; side <= fig.BelowRight; side++ {
				f.Note(0.5, 0.5, "note").To(side)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := fig.New(name)
			f.Width, f.Height = 60, 40 // small: what is odd is the data
			draw(f)
			dir := t.TempDir()
			for _, ext := range []string{".svg", ".png", ".pdf"} {
				if err := f.Save(filepath.Join(dir, "f"+ext)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func decode(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}
