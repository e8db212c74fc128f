package fig

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"
)

// size returns width and height on paper.
func (f *Figure) size() (w, h vg.Length) {
	w, h = mm(140), mm(90)
	if f.Width != 0 {
		w = mm(f.Width)
	}
	if f.Height != 0 {
		h = mm(f.Height)
	}
	return w, h
}

// SVG returns the figure as an <svg> element, which is a whole file and can
// stand inside HTML too. It has no ids, so that many can share a page, and its
// title as the label that screen readers speak.
func (f *Figure) SVG() (string, error) {
	if err := f.Err(); err != nil {
		return "", err
	}
	w, h := f.size()
	c := vgsvg.NewWith(vgsvg.UseWH(w, h))
	f.draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return "", fmt.Errorf("fig: SVG of %q: %w", Plain(f.Title), err)
	}
	// The element alone: an XML declaration may not stand inside HTML.
	s := b.String()
	s = s[strings.Index(s, "<svg"):]
	// The canvas takes the PNG pictures in it for something else.
	s = strings.ReplaceAll(s, "data:image/jpg;base64,", "data:image/png;base64,")
	var label bytes.Buffer
	if err := xml.EscapeText(&label, []byte(Plain(f.Title))); err != nil {
		return "", fmt.Errorf("fig: SVG of %q: %w", Plain(f.Title), err)
	}
	return fmt.Sprintf(`<svg role="img" aria-label="%s"%s`, &label, strings.TrimPrefix(s, "<svg")), nil
}

// PNG returns the figure as a PNG file of two pixels for each of a screen's, 192
// to the inch: 1058 × 680 at the usual size.
func (f *Figure) PNG() ([]byte, error) {
	if err := f.Err(); err != nil {
		return nil, err
	}
	w, h := f.size()
	c := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(w, h), vgimg.UseDPI(192))}
	f.draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("fig: PNG of %q: %w", Plain(f.Title), err)
	}
	return b.Bytes(), nil
}

// pdfDate is what the PDF library writes where the time of day would make every
// file different.
var pdfDate = regexp.MustCompile(`/(CreationDate|ModDate) \(D:\d{14}\)`)

// pdfCanvas hands the PDF library what it takes: colours not multiplied by their
// opacity, and pictures upside down, as it draws up a page that has been turned
// over. The library writes pictures in the order of their widths, and those of
// one width in a random order: so each gets another width, by empty columns at
// its right.
type pdfCanvas struct {
	*vgpdf.Canvas
	widths map[int]bool
}

func init() { fpdf.SetDefaultCatalogSort(true) }

func (c pdfCanvas) DrawImage(r vg.Rectangle, img image.Image) {
	b := img.Bounds()
	width := b.Dx()
	for c.widths[width] {
		width++
	}
	c.widths[width] = true
	turned := image.NewNRGBA(image.Rect(0, 0, width, b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			turned.Set(x, b.Dy()-1-y, img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	r.Max.X = r.Min.X + r.Size().X*vg.Length(width)/vg.Length(b.Dx())
	c.Canvas.DrawImage(r, turned)
}

func (c pdfCanvas) SetColor(ink color.Color) {
	c.Canvas.SetColor(straight(color.NRGBAModel.Convert(ink).(color.NRGBA)))
}

type straight color.NRGBA

func (s straight) RGBA() (r, g, b, a uint32) {
	return uint32(s.R) * 0x101, uint32(s.G) * 0x101, uint32(s.B) * 0x101, uint32(s.A) * 0x101
}

// PDF returns the figure as a PDF file of one page, the figure's size.
func (f *Figure) PDF() ([]byte, error) {
	if err := f.Err(); err != nil {
		return nil, err
	}
	w, h := f.size()
	c := vgpdf.New(w, h)
	f.draw(draw.New(pdfCanvas{c, map[int]bool{}}))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("fig: PDF of %q: %w", Plain(f.Title), err)
	}
	// Of the same length, so that the offsets in the file stay right.
	return pdfDate.ReplaceAll(b.Bytes(), []byte("/$1 (D:20180601000000)")), nil
}

// Save writes the figure to a file, in the format that the name ends in: .svg,
// .png or .pdf. Nothing is left behind if the figure cannot be drawn.
func (f *Figure) Save(path string) error {
	var (
		data []byte
		err  error
	)
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".svg":
		var s string
		s, err = f.SVG()
		data = []byte(s)
	case ".png":
		data, err = f.PNG()
	case ".pdf":
		data, err = f.PDF()
	default:
		err = fmt.Errorf("fig: save %s: format %q, expected .svg, .png or .pdf", path, ext)
	}
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("fig: save figure: %w", err)
	}
	return nil
}

// MIMEBundle shows the figure in a notebook: image/svg+xml as a string,
// image/png as bytes, and text/plain in one line. A figure that cannot be drawn
// shows the reason.
func (f *Figure) MIMEBundle() map[string]any {
	svg, err := f.SVG()
	if err != nil {
		return map[string]any{"text/plain": err.Error()}
	}
	png, err := f.PNG()
	if err != nil {
		return map[string]any{"text/plain": err.Error()}
	}
	return map[string]any{"image/svg+xml": svg, "image/png": png, "text/plain": f.String()}
}
