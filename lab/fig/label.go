package fig

import (
	_ "embed"
	"html"
	"image/color"
	"math"
	"strings"
	"sync"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A span is a piece of a label that stands on one line: level 0 on the
// baseline, −1 below it as a subscript, +1 above it as a superscript.
type span struct {
	text  string
	level int
}

// spans reads a label: _{…} is a subscript, ^{…} a superscript, neither inside
// the other. Anything else, also an unclosed brace, is plain text. The texts
// of the spans together are the label without those marks.
func spans(label string) []span {
	var out []span
	add := func(s string, level int) {
		if s != "" {
			out = append(out, span{s, level})
		}
	}
	for {
		at := nextScript(label)
		if at < 0 {
			add(label, 0)
			return out
		}
		end := strings.IndexByte(label[at:], '}')
		if end < 0 {
			add(label, 0)
			return out
		}
		add(label[:at], 0)
		level := -1
		if label[at] == '^' {
			level = 1
		}
		add(label[at+2:at+end], level)
		label = label[at+end+1:]
	}
}

// nextScript returns the index of the first _{ or ^{, or −1.
func nextScript(s string) int {
	a, b := strings.Index(s, "_{"), strings.Index(s, "^{")
	if a < 0 || b >= 0 && b < a {
		return b
	}
	return a
}

// Plain returns a label as running text: "E_{∞}" is "E_∞".
func Plain(label string) string {
	return markup(label, [3][2]string{{"_", ""}, {"", ""}, {"^", ""}}, func(s string) string { return s })
}

// HTML returns a label as HTML: "E_{∞}" is "E<sub>∞</sub>".
func HTML(label string) string {
	return markup(label, [3][2]string{{"<sub>", "</sub>"}, {"", ""}, {"<sup>", "</sup>"}}, html.EscapeString)
}

// markup puts each span, escaped, between the tags of its level, −1 to +1.
func markup(label string, tags [3][2]string, escape func(string) string) string {
	var b strings.Builder
	for _, s := range spans(label) {
		tag := tags[s.level+1]
		b.WriteString(tag[0])
		b.WriteString(escape(s.text))
		b.WriteString(tag[1])
	}
	return b.String()
}

// outlines is the text handler of a figure. It fills glyph outlines, so that
// every format shows the same shapes and no reader needs the font.
type outlines struct {
	fonts   *font.Cache
	symbols *sfnt.Font // mathematical signs that the fonts lack
}

//go:embed symbols/symbols.ttf
var symbols []byte

// letters is the handler of all text. Its fonts are read once; the cache is
// safe for concurrent use.
var letters = sync.OnceValue(func() outlines {
	extra, err := sfnt.Parse(symbols)
	if err != nil {
		panic("fig: embedded font: " + err.Error())
	}
	return outlines{fonts: font.NewCache(liberation.Collection()), symbols: extra}
})

var _ text.Handler = outlines{}

const (
	scriptSize = 0.72  // of the letters around it
	subDrop    = -0.17 // em of the letters around it
	superLift  = 0.36
)

func (h outlines) Cache() *font.Cache { return h.fonts }

func (h outlines) Extents(f font.Font) font.Extents {
	face := h.fonts.Lookup(f, f.Size)
	return face.Extents()
}

func (h outlines) Lines(txt string) []string {
	return strings.Split(strings.TrimRight(txt, "\n"), "\n")
}

func (h outlines) Box(txt string, f font.Font) (width, height, depth vg.Length) {
	e := h.Extents(f)
	return h.set(nil, txt, f, vg.Point{}), e.Ascent, e.Descent
}

// Draw puts the text where gonum/plot's own plain handler would put it: the
// axes of gonum/plot count on that.
func (h outlines) Draw(c vg.Canvas, txt string, sty text.Style, pt vg.Point) {
	lines := h.Lines(txt)
	c.SetColor(sty.Color)
	c.Push()
	defer c.Pop()
	c.Translate(pt)
	c.Rotate(sty.Rotation)
	top := sty.Height(txt)*vg.Length(sty.YAlign) - sty.FontExtents().Ascent
	for i, line := range lines {
		width, _, _ := h.Box(line, sty.Font)
		var path vg.Path
		h.set(&path, line, sty.Font, vg.Point{
			X: vg.Length(sty.XAlign) * width,
			Y: top + vg.Length(len(lines)-i)*sty.Font.Size,
		})
		if len(path) > 0 {
			c.Fill(path)
		}
	}
}

// set appends the outlines of one line of text, its baseline starting at pt, to
// path unless that is nil, and returns the line's width.
func (h outlines) set(path *vg.Path, line string, f font.Font, pt vg.Point) vg.Length {
	start := pt.X
	for _, s := range spans(line) {
		size, y := f.Size, pt.Y
		switch s.level {
		case -1:
			size, y = f.Size*scriptSize, pt.Y+f.Size*subDrop
		case +1:
			size, y = f.Size*scriptSize, pt.Y+f.Size*superLift
		}
		pt.X += h.glyphs(path, s.text, h.fonts.Lookup(f, size), vg.Point{X: pt.X, Y: y})
	}
	return pt.X - start
}

// glyphs appends the outlines of s to path unless that is nil and returns the
// width of s. A rune that no font has shows as an empty box.
func (h outlines) glyphs(path *vg.Path, s string, face font.Face, pt vg.Point) vg.Length {
	var (
		buf      sfnt.Buffer
		x        vg.Length
		last     sfnt.GlyphIndex
		lastFrom *sfnt.Font
	)
	for _, r := range s {
		from := face.Face
		glyph, err := from.GlyphIndex(&buf, r)
		if err != nil || glyph == 0 {
			if extra, err := h.symbols.GlyphIndex(&buf, r); err == nil && extra != 0 {
				from, glyph = h.symbols, extra
			}
		}
		units := fixed.Int26_6(from.UnitsPerEm()) // so that coordinates are font units
		scale := face.Font.Size / vg.Length(units)
		if from == lastFrom {
			if kern, err := from.Kern(&buf, last, glyph, units, 0); err == nil {
				x += vg.Length(kern) * scale
			}
		}
		if path != nil {
			if segments, err := from.LoadGlyph(&buf, glyph, units, nil); err == nil {
				appendGlyph(path, segments, scale, vg.Point{X: pt.X + x, Y: pt.Y})
			}
		}
		if advance, err := from.GlyphAdvance(&buf, glyph, units, 0); err == nil {
			x += vg.Length(advance) * scale
		}
		last, lastFrom = glyph, from
	}
	return x
}

// appendGlyph appends one glyph; font coordinates point down, a page's up.
func appendGlyph(path *vg.Path, segments sfnt.Segments, scale vg.Length, origin vg.Point) {
	at := func(p fixed.Point26_6) vg.Point {
		return vg.Point{
			X: hundredths(origin.X + vg.Length(p.X)*scale),
			Y: hundredths(origin.Y - vg.Length(p.Y)*scale),
		}
	}
	for i, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if i > 0 {
				path.Close()
			}
			path.Move(at(s.Args[0]))
		case sfnt.SegmentOpLineTo:
			path.Line(at(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			path.QuadTo(at(s.Args[0]), at(s.Args[1]))
		case sfnt.SegmentOpCubeTo:
			path.CubeTo(at(s.Args[0]), at(s.Args[1]), at(s.Args[2]))
		}
	}
	if len(segments) > 0 {
		path.Close()
	}
}

// hundredths rounds to 1/100 point: finer than any eye or printer, and short
// in SVG.
func hundredths(l vg.Length) vg.Length {
	return vg.Length(math.Round(float64(l)*100) / 100)
}

// wrap breaks a text at spaces into lines of at most the given width, where it
// can.
func wrap(s string, f font.Font, width vg.Length) string {
	fits := func(line string) bool {
		w, _, _ := letters().Box(line, f)
		return w <= width
	}
	var out []string
	for _, line := range strings.Split(s, "\n") {
		if fits(line) {
			out = append(out, line)
			continue
		}
		current := ""
		for _, word := range strings.Split(line, " ") {
			longer := word
			if current != "" {
				longer = current + " " + word
			}
			if current != "" && !fits(longer) {
				out = append(out, current)
				longer = word
			}
			current = longer
		}
		out = append(out, current)
	}
	return strings.Join(out, "\n")
}

func textWidth(s string) vg.Length {
	w, _, _ := letters().Box(s, sans(noteSize))
	return w
}

// writeClear writes a note, its baseline starting at pt, over a thin white
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

// setText writes a text, its baseline starting at pt.
func setText(c draw.Canvas, s string, f font.Font, ink color.Color, pt vg.Point) {
	var path vg.Path
	letters().set(&path, s, f, pt)
	if len(path) > 0 {
		c.SetColor(ink)
		c.Fill(path)
	}
}
