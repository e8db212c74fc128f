package display

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"

	"gonum.org/v1/gonum/mat"
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

// maxSVG is the largest SVG that is sent, in bytes. A plot of a million points
// makes a larger one, which would bring the browser down; its PNG is sent alone.
const maxSVG = 8 << 20

// fontFallback names fonts of the same widths, for pages that lack plot's own.
var fontFallback = strings.NewReplacer(
	"font-family:Liberation Serif;", "font-family:'Liberation Serif','Times New Roman',Tinos,serif;",
	"font-family:Liberation Sans;", "font-family:'Liberation Sans',Arial,Arimo,sans-serif;",
	"font-family:Liberation Mono;", "font-family:'Liberation Mono','Courier New',Cousine,monospace;",
)

// ofPlot draws p as SVG and as PNG.
func ofPlot(p *plot.Plot) (b Bundle, problem string) {
	svg := vgsvg.New(plotWidth, plotHeight)
	p.Draw(draw.New(svg))
	var vector, raster bytes.Buffer
	if _, err := svg.WriteTo(&vector); err != nil {
		return Bundle{}, fmt.Sprintf("display: plot as SVG: %v", err)
	}
	img := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(plotWidth, plotHeight), vgimg.UseDPI(plotDPI))}
	p.Draw(draw.New(img))
	if _, err := img.WriteTo(&raster); err != nil {
		return Bundle{}, fmt.Sprintf("display: plot as PNG: %v", err)
	}
	name := "plot"
	if p.Title.Text != "" {
		name += " " + p.Title.Text
	}
	b = Bundle{
		Data: map[string]any{"text/plain": name, "image/png": raster.Bytes()},
		Metadata: map[string]any{"image/png": map[string]any{
			"width": int(plotWidth.Dots(96)), "height": int(plotHeight.Dots(96)),
		}},
	}
	if vector.Len() <= maxSVG {
		b.Data["image/svg+xml"] = fontFallback.Replace(vector.String())
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

// maxMatrix is how many rows or columns of a matrix are written before its
// middle is left out, and matrixMargin how many then stay at each side.
const (
	maxMatrix    = 20
	matrixMargin = 5
)

// ofMatrix writes the rows of m.
func ofMatrix(m mat.Matrix) Bundle {
	if s, ok := m.(fmt.Stringer); ok {
		return Text(s.String())
	}
	options := []mat.FormatOption{mat.Squeeze()}
	if r, c := m.Dims(); r > maxMatrix || c > maxMatrix {
		options = append(options, mat.Excerpt(matrixMargin))
	}
	return Text(fmt.Sprintf("%.6g", mat.Formatted(m, options...)))
}
