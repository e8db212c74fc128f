package display

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Size of a plot that is shown as it is; a Displayer chooses its own.
const (
	plotWidth  = 6 * vg.Inch
	plotHeight = 4 * vg.Inch
	plotDPI    = 192 // of the PNG: twice the 96 of a page, for sharp screens
)

// fontFallback names fonts of the same widths, for pages that lack plot's own.
var fontFallback = strings.NewReplacer(
	"font-family:Liberation Serif;", "font-family:'Liberation Serif','Times New Roman',Tinos,serif;",
	"font-family:Liberation Sans;", "font-family:'Liberation Sans',Arial,Arimo,sans-serif;",
	"font-family:Liberation Mono;", "font-family:'Liberation Mono','Courier New',Cousine,monospace;",
)

// pictureTags mends the pictures in a drawing: the canvas calls PNG something else,
// and forgets to say that they fill their place.
var pictureTags = strings.NewReplacer("<image ", `<image preserveAspectRatio="none" `, "data:image/jpg;base64,", "data:image/png;base64,")

// ink is the colour of what is drawn here, unless it says something itself.
var ink = color.NRGBA{0x00, 0x72, 0xb2, 0xff}

// rim is left free at the right and the top, where a plot's frame reaches the end.
const rim = vg.Length(6)

// canvasSize is that of a drawing.
type canvasSize struct{ width, height vg.Length }

// ofPlot draws p as SVG and as PNG.
func ofPlot(p *plot.Plot) (b Bundle, problem string) {
	b, problem = drawn(canvasSize{plotWidth, plotHeight}, p.Draw)
	if problem != "" {
		return Bundle{}, problem
	}
	name := "plot"
	if p.Title.Text != "" {
		name += " " + p.Title.Text
	}
	b.Data["text/plain"] = name
	return b, ""
}

// drawn is what paint draws as SVG and as PNG, without a text.
func drawn(size canvasSize, paint func(draw.Canvas)) (b Bundle, problem string) {
	svg := vgsvg.New(size.width, size.height)
	paint(draw.New(svg))
	var vector, raster bytes.Buffer
	if _, err := svg.WriteTo(&vector); err != nil {
		return Bundle{}, fmt.Sprintf("display: plot as SVG: %v", err)
	}
	img := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(size.width, size.height), vgimg.UseDPI(plotDPI))}
	paint(draw.New(img))
	if _, err := img.WriteTo(&raster); err != nil {
		return Bundle{}, fmt.Sprintf("display: plot as PNG: %v", err)
	}
	b = Bundle{
		Data: map[string]any{"image/png": raster.Bytes()},
		Metadata: map[string]any{"image/png": map[string]any{
			"width": int(size.width.Dots(96)), "height": int(size.height.Dots(96)),
		}},
	}
	if vector.Len() <= maxForm { // else its PNG does alone
		text := fontFallback.Replace(vector.String())
		b.Data["image/svg+xml"] = pictureTags.Replace(text)
	}
	return b, ""
}

// ofImage encodes m as PNG.
func ofImage(m image.Image) (b Bundle, problem string) {
	var buf bytes.Buffer
	if err := png.Encode(&buf, m); err != nil {
		return Bundle{}, fmt.Sprintf("display: image as PNG: %v", err)
	}
	size := m.Bounds().Size()
	return Bundle{Data: map[string]any{
		"text/plain": fmt.Sprintf("%T, %d×%d", m, size.X, size.Y),
		"image/png":  buf.Bytes(),
	}}, ""
}
