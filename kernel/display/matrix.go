package display

import (
	"fmt"
	"html"
	"image"
	"image/color"
	pixels "image/draw"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// maxMatrix is how many rows or columns of a matrix are written before its
// middle is left out, and matrixMargin how many then stay at each side.
const (
	maxMatrix    = 20
	matrixMargin = 5
)

// ofMatrix shows a small matrix as a table and a large one as a heat map; a long
// vector as the numbers that it is. Its text is its rows.
func ofMatrix(m mat.Matrix) (b Bundle, problem string) {
	r, c := m.Dims()
	switch s, ok := m.(fmt.Stringer); {
	case ok:
		b = Text(s.String())
	case min(r, c) == 0:
		return Text(fmt.Sprintf("%d×%d matrix", r, c)), ""
	default:
		options := []mat.FormatOption{mat.Squeeze()}
		if r > maxMatrix || c > maxMatrix {
			options = append(options, mat.Excerpt(matrixMargin))
		}
		b = Text(fmt.Sprintf("%.6g", mat.Formatted(m, options...)))
	}
	switch {
	case r <= maxMatrix && c <= maxMatrix:
		b.Data["text/html"] = matrixTable(m)
		return b, ""
	case min(r, c) == 1 && max(r, c) > manyNumbers:
		s := summarise(r*c, func(i int) float64 { return m.At(i%r, i/r) })
		b.Data["text/html"] = fmt.Sprintf("<div>%d×%d, %s<br>%s</div>", r, c, html.EscapeString(s.String()), s.svg())
		return b, ""
	case min(r, c) == 1:
		return b, ""
	}
	picture, problem := heatMap(m)
	if problem != "" {
		return b, problem
	}
	picture.Data["text/plain"] = b.Data["text/plain"]
	return picture, ""
}

// matrixTable is the matrix in HTML, with its shape and range.
func matrixTable(m mat.Matrix) string {
	r, c := m.Dims()
	var t strings.Builder
	low, high := math.Inf(1), math.Inf(-1)
	t.WriteString("<table><tbody>\n")
	for i := range r {
		t.WriteString("<tr>")
		for j := range c {
			x := m.At(i, j)
			low, high = math.Min(low, x), math.Max(high, x) // NaN where one is
			fmt.Fprintf(&t, `<td style="text-align:right">%s</td>`, number(x))
		}
		t.WriteString("</tr>\n")
	}
	fmt.Fprintf(&t, "</tbody></table>\n<div>%d×%d, %s to %s</div>", r, c, number(low), number(high))
	return t.String()
}

// number writes x with a minus that is as long as a plus.
func number(x float64) string { return strings.ReplaceAll(fmt.Sprintf("%.6g", x), "-", "−") }

// maxPixels is how many pixels of a heat map stand in a row or column: what is
// larger is shown by the means of blocks.
const maxPixels = 600

// heatMap draws m in colours, its first row at the top, and what they mean beside
// it: dark to light, or, of numbers of both signs, blue to red with white at zero.
func heatMap(m mat.Matrix) (Bundle, string) {
	rows, cols := m.Dims()
	values, r, c := blocks(m)
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range values {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			low, high = min(low, x), max(high, x)
		}
	}
	if low > high {
		return Bundle{}, "display: heat map: the matrix has no finite number"
	}
	title := fmt.Sprintf("%d×%d, %s to %s", rows, cols, number(low), number(high))
	var colours palette.ColorMap = moreland.Kindlmann()
	if low < 0 && high > 0 {
		colours = moreland.SmoothBlueRed()
		high = max(high, -low)
		low = -high
	}
	if low == high {
		low, high = low-0.5, high+0.5
	}
	colours.SetMin(low)
	colours.SetMax(high)

	each := max(1, maxPixels/max(r, c)) // pixels for a number: front ends blur few pixels
	picture := image.NewNRGBA(image.Rect(0, 0, c*each, r*each))
	for i := range r {
		for j := range c {
			at := image.Rect(j*each, i*each, (j+1)*each, (i+1)*each)
			pixels.Draw(picture, at, image.NewUniform(colourOf(colours, values[i*c+j])), image.Point{}, pixels.Src)
		}
	}
	main := plot.New()
	main.Title.Text = title
	main.X.Label.Text, main.Y.Label.Text = "column", "row"
	main.Y.Tick.Marker = downwards{}
	main.Add(plotter.NewImage(picture, 0, -float64(rows), float64(cols), 0))
	main.X.Padding, main.Y.Padding = 0, 0

	const steps = 256
	scale := image.NewNRGBA(image.Rect(0, 0, 1, steps))
	for i := range steps {
		scale.Set(0, i, colourOf(colours, high-(high-low)*(float64(i)+0.5)/steps))
	}
	bar := plot.New()
	bar.HideX()
	bar.Add(plotter.NewImage(scale, 0, low, 1, high))
	bar.Y.Padding = 0

	size := canvasSize{plotHeight + 0.6*vg.Inch, plotHeight}
	return drawn(size, func(canvas draw.Canvas) {
		canvas = draw.Crop(canvas, 0, -rim, 0, -rim)
		left := draw.Crop(canvas, 0, -1.1*vg.Inch, 0, 0)
		main.Draw(left)
		frame := main.DataCanvas(left)
		right := draw.Crop(canvas, canvas.Size().X-0.9*vg.Inch, 0, 0, 0)
		right.Min.Y, right.Max.Y = frame.Min.Y, frame.Max.Y // the bar is as high as the frame
		bar.Draw(right)
	})
}

// colourOf is grey for what is not finite.
func colourOf(m palette.ColorMap, x float64) color.Color {
	c, err := m.At(min(max(x, m.Min()), m.Max()))
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return color.Gray{0x80}
	}
	return c
}

// blocks are the numbers of m, row by row, or the means of as many blocks as a
// picture has pixels.
func blocks(m mat.Matrix) (values []float64, r, c int) {
	rows, cols := m.Dims()
	r, c = min(rows, maxPixels), min(cols, maxPixels)
	values = make([]float64, r*c)
	for i := range r {
		for j := range c {
			sum, n := 0.0, 0
			for a := i * rows / r; a < (i+1)*rows/r; a++ {
				for b := j * cols / c; b < (j+1)*cols/c; b++ {
					sum += m.At(a, b)
					n++
				}
			}
			values[i*c+j] = sum / float64(n)
		}
	}
	return values, r, c
}

// downwards numbers an axis from 0 at its upper end down.
type downwards struct{}

func (downwards) Ticks(low, high float64) []plot.Tick {
	ticks := plot.DefaultTicks{}.Ticks(-high, -low)
	for i := range ticks {
		if t := &ticks[i]; !t.IsMinor() {
			t.Label = fmt.Sprintf("%.6g", t.Value)
		}
		ticks[i].Value = -ticks[i].Value
	}
	return ticks
}

// TeX is a matrix as a formula: $\begin{pmatrix}…\end{pmatrix}$, without its
// middle where it has more than 20 rows or columns.
func TeX(m mat.Matrix) Bundle {
	r, c := m.Dims()
	rows, cols := shownOf(r), shownOf(c)
	var s strings.Builder
	s.WriteString(`\begin{pmatrix}`)
	for a, i := range rows {
		if a > 0 {
			s.WriteString(` \\ `)
		}
		for b, j := range cols {
			if b > 0 {
				s.WriteString(" & ")
			}
			switch {
			case i < 0 && j < 0:
				s.WriteString(`\ddots`)
			case i < 0:
				s.WriteString(`\vdots`)
			case j < 0:
				s.WriteString(`\cdots`)
			default:
				s.WriteString(texNumber(m.At(i, j)))
			}
		}
	}
	s.WriteString(`\end{pmatrix}`)
	b := Math(s.String())
	b.Data["text/plain"] = one(m).Data["text/plain"]
	return b
}

// shownOf are the rows or columns to show of n; -1 stands for those between.
func shownOf(n int) []int {
	var shown []int
	for i := range n {
		switch {
		case n <= maxMatrix || i < matrixMargin || i >= n-matrixMargin:
			shown = append(shown, i)
		case i == matrixMargin:
			shown = append(shown, -1)
		}
	}
	return shown
}

func texNumber(x float64) string {
	switch {
	case math.IsNaN(x):
		return `\mathrm{NaN}`
	case math.IsInf(x, 1):
		return `\infty`
	case math.IsInf(x, -1):
		return `-\infty`
	}
	digits, exponent, ok := strings.Cut(fmt.Sprintf("%.6g", x), "e")
	if !ok {
		return digits
	}
	sign := ""
	if exponent[0] == '-' {
		sign = "-"
	}
	return digits + `\cdot 10^{` + sign + strings.TrimLeft(exponent, "+-0") + "}"
}
