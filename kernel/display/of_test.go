package display

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"mime"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// valid fails the test unless b is a bundle that a front end takes.
func valid(t *testing.T, b Bundle) {
	t.Helper()
	if _, ok := b.Data["text/plain"].(string); !ok {
		t.Errorf("no text/plain in %v", b.Data)
	}
	for k, v := range b.Data {
		if _, _, err := mime.ParseMediaType(k); err != nil {
			t.Errorf("%q: %v", k, err)
		}
		switch formOf(k) {
		case jsonForm:
			if raw, err := json.Marshal(v); err != nil || !json.Valid(raw) {
				t.Errorf("%s: %v is not JSON (%v)", k, v, err)
			}
		case binaryForm:
			s, _ := v.(string)
			if _, err := base64.StdEncoding.DecodeString(s); err != nil || s == "" {
				t.Errorf("%s: %.40q is not base64 (%v)", k, s, err)
			}
		case textForm:
			if _, ok := v.(string); !ok {
				t.Errorf("%s: a %T", k, v)
			}
		}
	}
	if _, err := json.Marshal(b); err != nil {
		t.Errorf("bundle: %v", err)
	}
}

type panicking struct{ A int }

func (panicking) String() string { panic("no text") }

type badDisplayer struct{ A int }

func (badDisplayer) MIMEBundle() map[string]any { panic("no bundle") }

type custom map[string]any

func (c custom) MIMEBundle() map[string]any { return c }

type byPointer struct{ S string }

func (p *byPointer) MIMEBundle() map[string]any {
	return map[string]any{"text/html": "<b>" + p.S + "</b>"}
}

func TestTextOfValues(t *testing.T) {
	type point struct {
		X, Y int
		name string
	}
	seven := 7
	for _, c := range []struct {
		v    any
		want string
	}{
		{nil, "<nil>"},
		{1.5, "1.5"},
		{-3, "-3"},
		{"two\nlines", "two\nlines"},
		{point{1, 2, "a"}, "{X:1 Y:2 name:a}"},
		{&point{1, 2, "a"}, "&{X:1 Y:2 name:a}"},
		{[]point{{1, 2, "a"}}, "[{X:1 Y:2 name:a}]"},
		{(*point)(nil), "<nil>"},
		{&seven, fmt.Sprint(&seven)},
		{errors.New("wrong"), "wrong"},
		{func(int) string { return "" }, "func(int) string"},
		{make(chan<- int), "chan<- int"},
		{panicking{1}, "%!v(PANIC=String method: no text)"},
		{[]any{panicking{1}}, "[%!v(PANIC=String method: no text)]"},
		{"bad \xff byte", "bad \uFFFD byte"},
		{map[float64]int{nan(): 1}, "map[NaN:1]"},
	} {
		b := Of(c.v)
		valid(t, b)
		if got := b.Data["text/plain"]; got != c.want {
			t.Errorf("Of(%T) is %q, want %q", c.v, got, c.want)
		}
		if len(b.Data) != 1 {
			t.Errorf("Of(%T) has more than text: %v", c.v, b.Data)
		}
	}
}

func TestLargeMatrixIsExcerpted(t *testing.T) {
	s := Of(mat.NewDense(1000, 1000, nil)).Data["text/plain"].(string)
	if len(s) > 2000 || !strings.Contains(s, "Dims(1000, 1000)") {
		t.Errorf("1000×1000 matrix: %d bytes: %.200q", len(s), s)
	}
}

func TestDisplayers(t *testing.T) {
	gif := []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;")
	for _, c := range []struct {
		name string
		v    any
		mime string // expected
		want string // its data as JSON text
		note string // part of text/plain
	}{
		{"bytes are base64", custom{"image/gif": gif}, "image/gif", `"` + base64.StdEncoding.EncodeToString(gif) + `"`, ""},
		{"bytes of a text are that text", custom{"text/html": []byte("<i>")}, "text/html", `"\u003ci\u003e"`, ""},
		{"JSON of any value", custom{"application/vnd.vega.v5+json": map[string]int{"a": 1}}, "application/vnd.vega.v5+json", `{"a":1}`, ""},
		{"JSON as bytes", custom{"application/json": []byte(`{"a":[1]}`)}, "application/json", `{"a":[1]}`, ""},
		{"pointer method on a value", byPointer{"x"}, "text/html", `"\u003cb\u003ex\u003c/b\u003e"`, "{S:x}"},
		{"markdown is its own text", custom{"text/markdown": "*a*"}, "text/plain", `"*a*"`, ""},
		{"panic", badDisplayer{4}, "", "", "{A:4}\n(display: showing a display.badDisplayer panicked: no bundle)"},
		{"nil", custom(nil), "", "", "map[]"},
		{"not a MIME type", custom{"html": "x"}, "", "", `"html" is not a MIME type`},
		{"not a text", custom{"text/html": 3}, "", "", "text/html: its data is a int"},
		{"not base64", custom{"image/png": "?"}, "", "", "must be base64"},
		{"not a PNG", custom{"image/png": gif}, "", "", "are not of that type"},
		{"not JSON", custom{"application/json": func() {}}, "", "", "unsupported type"},
		{"invalid JSON bytes", custom{"application/json": []byte("{")}, "", "", "application/json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := Of(c.v)
			valid(t, b)
			if s := b.Data["text/plain"].(string); !strings.Contains(s, c.note) {
				t.Errorf("text %q does not say %q", s, c.note)
			}
			if c.mime == "" {
				if len(b.Data) != 1 {
					t.Errorf("more than text: %v", b.Data)
				}
				return
			}
			raw, _ := json.Marshal(b.Data[c.mime])
			if string(raw) != c.want {
				t.Errorf("%s is %s, want %s", c.mime, raw, c.want)
			}
		})
	}
}

func TestOfLeavesTheUsersBundleAlone(t *testing.T) {
	m := custom{"image/png": "?", "text/html": "x"}
	Of(m)
	if len(m) != 2 || m["image/png"] != "?" {
		t.Errorf("the displayer's map was changed: %v", m)
	}
	b := PNG([]byte("no png"))
	Of(b)
	if _, ok := b.Data["image/png"].([]byte); !ok {
		t.Errorf("the bundle was changed: %v", b)
	}
}

func TestPlot(t *testing.T) {
	p := plot.New()
	p.Title.Text = "E(x)"
	l, err := plotter.NewLine(plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 4}})
	if err != nil {
		t.Fatal(err)
	}
	p.Add(l)
	b := Of(p)
	valid(t, b)
	if b.Data["text/plain"] != "plot E(x)" {
		t.Errorf("text is %q", b.Data["text/plain"])
	}
	svg := b.Data["image/svg+xml"].(string)
	if !strings.Contains(svg, ">E(x)</text>") || !strings.Contains(svg, `width="432pt" height="288pt"`) {
		t.Errorf("SVG of 6 by 4 inches with its title: %.300s", svg)
	}
	raw, _ := base64.StdEncoding.DecodeString(b.Data["image/png"].(string))
	c, err := png.DecodeConfig(strings.NewReader(string(raw)))
	if err != nil || c.Width != 6*192 || c.Height != 4*192 {
		t.Errorf("PNG of %d×%d (%v), want 1152×768", c.Width, c.Height, err)
	}
	if raw, _ := json.Marshal(b.Metadata); string(raw) != `{"image/png":{"height":384,"width":576}}` {
		t.Errorf("metadata %s", raw)
	}
}

type badPlotter struct{ plot.Plotter }

func TestPlotThatPanics(t *testing.T) {
	p := plot.New()
	p.Add(badPlotter{}) // its Plot is a nil method
	b := Of(p)
	valid(t, b)
	if s := b.Data["text/plain"].(string); !strings.Contains(s, "showing a *plot.Plot panicked") {
		t.Errorf("text %.300q does not tell of the panic", s)
	}
}

func TestImage(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 3, 2))
	m.Set(2, 1, color.RGBA{200, 100, 50, 255})
	b := Of(m)
	valid(t, b)
	raw, _ := base64.StdEncoding.DecodeString(b.Data["image/png"].(string))
	back, err := png.Decode(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if got := color.RGBAModel.Convert(back.At(2, 1)); got != m.At(2, 1) {
		t.Errorf("pixel is %v, want %v", got, m.At(2, 1))
	}
	empty := Of(image.NewRGBA(image.Rectangle{}))
	valid(t, empty)
	if s := empty.Data["text/plain"].(string); !strings.Contains(s, "display: image as PNG") {
		t.Errorf("an empty image is not told of: %q", s)
	}
	valid(t, Of((*image.RGBA)(nil)))
}

func TestSeveralValues(t *testing.T) {
	for _, c := range []struct {
		in         []any
		text, html string
	}{
		{nil, "", ""},
		{[]any{1, "a"}, "1 a", ""},
		{[]any{12, nil}, "12 <nil>", ""},
		{[]any{"a\nb", 2}, "a\nb\n2", ""},
		{[]any{HTML("<b>x</b>"), nil}, "<b>x</b>", "<b>x</b>"},
		{[]any{&byPointer{"x"}, nil}, "&{S:x}", "<b>x</b>"},
		{[]any{Bundle{}, errors.New("no file")}, "no file", ""},
		{[]any{(*byPointer)(nil), errors.New("no figure")}, "no figure", ""},
		{[]any{nil, errors.New("no figure")}, "no figure", ""},
		{[]any{0, errors.New("syntax")}, "0 syntax", ""},
		{[]any{nil, nil}, "<nil> <nil>", ""},
		{[]any{HTML("<b>x</b>"), "1<2"}, "<b>x</b> 1<2", "<b>x</b>\n<pre>1&lt;2</pre>"},
		{[]any{SVG(`<?xml version="1.0"?><svg/>`), Math("x")}, "SVG image x", "<svg/>\n$\\displaystyle x$"},
	} {
		b := Of(c.in...)
		valid(t, b)
		if b.Data["text/plain"] != c.text {
			t.Errorf("Of(%v): text %q, want %q", c.in, b.Data["text/plain"], c.text)
		}
		if h, _ := b.Data["text/html"].(string); h != c.html {
			t.Errorf("Of(%v): HTML %q, want %q", c.in, h, c.html)
		}
	}
}

// A front end's JSON must never meet a NaN, which encoding/json cannot write.
func TestJSONOfNaN(t *testing.T) {
	b := Of(JSON([]float64{1, nan()}))
	valid(t, b)
	if s := b.Data["text/plain"].(string); !strings.HasPrefix(s, "[1 NaN]\n(display.JSON: ") {
		t.Errorf("text %q", s)
	}
}
