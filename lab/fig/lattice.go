package fig

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Heat adds a map of values on a lattice, each cell in the colour that axis Z
// of the figure and its colour bar give its value: values[j*len(x)+i] at
// (x[i], y[j]). Cells reach half way to their neighbours; one of value NaN stays
// empty. The columns X, Y and Value of the series list all nodes. Panics unless
// x and y increase and have at least 2 nodes each.
func (f *Figure) Heat(name string, x, y, values []float64) *Series {
	return f.lattice(cells{}, name, x, y, values)
}

// Shade adds a soft background of values ≥ 0 on a lattice, such as a density:
// from white for zero to the colour of the series for the largest, interpolated
// between the nodes. It has no part in axis Z. Otherwise it is as Heat.
func (f *Figure) Shade(name string, x, y, values []float64) *Series {
	s := f.lattice(shade{}, name, x, y, values)
	if i := slices.IndexFunc(values, func(v float64) bool { return v < 0 }); i >= 0 {
		s.flaw = fmt.Sprintf("has value = %v at node %d of %d, expected values of at least 0", values[i], i, len(values))
	}
	return s
}

// Contours adds the lines on which values on a lattice take the given levels, or
// about eight round levels of the part in the frame if none is given. Otherwise
// it is as Heat.
func (f *Figure) Contours(name string, x, y, values []float64, levels ...float64) *Series {
	s := f.lattice(contours{levels: slices.Clone(levels)}, name, x, y, values)
	s.width = 0.25
	if i := slices.IndexFunc(levels, unfit); i >= 0 {
		s.flaw = fmt.Sprintf("has a level at %v, expected finite numbers", levels[i])
	}
	return s
}

func (f *Figure) lattice(p painter, name string, x, y, values []float64) *Series {
	s := &Series{Name: name, painter: p}
	if len(values) != len(x)*len(y) {
		panic(fmt.Sprintf("fig: %s, %d values on %d × %d nodes, expected as many", s, len(values), len(x), len(y)))
	}
	for _, nodes := range [][]float64{x, y} {
		if len(nodes) < 2 {
			panic(fmt.Sprintf("fig: %s, %d × %d nodes, expected at least 2 × 2", s, len(x), len(y)))
		}
		for i := 1; i < len(nodes); i++ {
			if !(nodes[i] > nodes[i-1]) {
				panic(fmt.Sprintf("fig: %s, nodes at %v then %v, expected increasing numbers", s, nodes[i-1], nodes[i]))
			}
		}
	}
	s.X, s.Y, s.Value = make([]float64, len(values)), make([]float64, len(values)), values
	for k := range values {
		s.X[k], s.Y[k] = x[k%len(x)], y[k/len(x)]
	}
	return f.add(p, s)
}

// nodes returns the coordinates of a lattice.
func (s *Series) nodes() (x, y []float64) {
	columns := 1
	for columns < len(s.X) && s.Y[columns] == s.Y[0] {
		columns++
	}
	for k := 0; k < len(s.Y); k += columns {
		y = append(y, s.Y[k])
	}
	return s.X[:columns], y
}

// cellEdges returns the boundaries of the cells around nodes along an axis.
func cellEdges(axis Axis, nodes []float64) []float64 {
	n := len(nodes)
	t := axis.along(nodes)
	out := make([]float64, n+1)
	for i := 1; i < n; i++ {
		out[i] = axis.inverse((t[i-1] + t[i]) / 2)
	}
	out[0] = axis.inverse(t[0] - (t[1]-t[0])/2)
	out[n] = axis.inverse(t[n-1] + (t[n-1]-t[n-2])/2)
	return out
}

// A raster is what painters of lattices have in common.
type raster struct{ plain }

func (raster) group() group                   { return supporting }
func (raster) bears(c column, v float64) bool { return c.name == "value" && math.IsNaN(v) }

func (raster) extend(s *Series, x, y *extent) {
	nx, ny := s.nodes()
	x.solid(nx[0], nx[len(nx)-1])
	y.solid(ny[0], ny[len(ny)-1])
}

// paintPixels covers the frame with a picture of the given colours; zero is
// transparent.
func paintPixels(v view, ink func(x, y vg.Length) color.NRGBA) {
	dpi := vg.Length(finePrint)
	if c, ok := v.Canvas.Canvas.(vgimg.PngCanvas); ok {
		dpi = vg.Length(c.DPI())
	}
	size := v.Size()
	w, h := max(int(size.X/vg.Inch*dpi+0.5), 1), max(int(size.Y/vg.Inch*dpi+0.5), 1)
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for j := range h {
		y := v.Max.Y - (vg.Length(j)+0.5)/vg.Length(h)*size.Y
		for i := range w {
			img.SetNRGBA(i, j, ink(v.Min.X+(vg.Length(i)+0.5)/vg.Length(w)*size.X, y))
		}
	}
	if !empty(img) {
		v.DrawImage(v.Rectangle, img)
	}
}

// empty reports whether a picture shows nothing.
func empty(img image.Image) bool {
	var pixels []uint8
	switch img := img.(type) {
	case *image.NRGBA:
		pixels = img.Pix
	case *image.RGBA:
		pixels = img.Pix
	}
	for i := 3; i < len(pixels); i += 4 {
		if pixels[i] != 0 {
			return false
		}
	}
	return true
}

// places returns where numbers are along one side of the frame.
func places(values []float64, at func(float64) vg.Length) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(at(v))
	}
	return out
}

// cells shows a lattice as it is.
type cells struct{ raster }

func (cells) kind() string { return "heat" }

func (cells) extend(s *Series, x, y *extent) {
	nx, ny := s.nodes()
	ex, ey := cellEdges(x.axis, nx), cellEdges(y.axis, ny)
	x.solid(ex[0], ex[len(nx)])
	y.solid(ey[0], ey[len(ny)])
}

func (cells) paint(s *Series, at depth, v view) {
	if at != ground {
		return
	}
	nx, ny := s.nodes()
	x, y := places(cellEdges(v.axes[0], nx), v.x), places(cellEdges(v.axes[1], ny), v.y)
	paintPixels(v, func(px, py vg.Length) color.NRGBA {
		i, j := sort.SearchFloat64s(x, float64(px))-1, sort.SearchFloat64s(y, float64(py))-1
		if i < 0 || j < 0 || i >= len(nx) || j >= len(ny) {
			return color.NRGBA{}
		}
		value := s.Value[j*len(nx)+i]
		if math.IsNaN(value) {
			return color.NRGBA{}
		}
		return v.z(value)
	})
}

func (cells) cover(s *Series, v view, taken *ink) { coverLattice(s, v, taken, math.Inf(-1)) }

func (cells) sample(s *Series, c draw.Canvas, r vg.Rectangle) {
	const n = 16
	for i := range n {
		swatch(c, scaleColor((float64(i)+0.5)/n), vg.Rectangle{
			Min: vg.Point{X: r.Min.X + (r.Max.X-r.Min.X)*vg.Length(i)/n, Y: r.Min.Y},
			Max: vg.Point{X: r.Min.X + (r.Max.X-r.Min.X)*vg.Length(i+1)/n, Y: r.Max.Y},
		})
	}
}

// coverLattice inks the cells with values above a level.
func coverLattice(s *Series, v view, taken *ink, above float64) {
	nx, ny := s.nodes()
	x, y := cellEdges(v.axes[0], nx), cellEdges(v.axes[1], ny)
	for k, value := range s.Value {
		i, j := k%len(nx), k/len(nx)
		if value > above {
			if r, ok := v.inside(vg.Rectangle{
				Min: vg.Point{X: v.x(x[i]), Y: v.y(y[j])}, Max: vg.Point{X: v.x(x[i+1]), Y: v.y(y[j+1])},
			}); ok {
				taken.fill(r)
			}
		}
	}
}

// shade is a background between white and one colour.
type shade struct{ raster }

func (shade) kind() string           { return "shade" }
func (shade) byValue(s *Series) bool { return false }

// deepest is the opacity of the largest value.
const deepest = 0.6

func (shade) paint(s *Series, at depth, v view) {
	if at != ground {
		return
	}
	nx, ny := s.nodes()
	x, y := places(nx, v.x), places(ny, v.y)
	most := 0.0
	for _, value := range s.Value {
		if value > most {
			most = value
		}
	}
	// between returns the cell of nodes around a place and how far in it is.
	between := func(at []float64, p float64) (int, float64) {
		i := sort.SearchFloat64s(at, p) - 1
		if i < 0 || i >= len(at)-1 {
			return -1, 0
		}
		return i, (p - at[i]) / (at[i+1] - at[i])
	}
	paintPixels(v, func(px, py vg.Length) color.NRGBA {
		i, a := between(x, float64(px))
		j, b := between(y, float64(py))
		if i < 0 || j < 0 || most == 0 {
			return color.NRGBA{}
		}
		k := j*len(nx) + i
		value := (1-b)*((1-a)*s.Value[k]+a*s.Value[k+1]) + b*((1-a)*s.Value[k+len(nx)]+a*s.Value[k+len(nx)+1])
		if !(value > 0) { // NaN too
			return color.NRGBA{}
		}
		return s.color.faded(deepest * value / most)
	})
}

func (shade) cover(s *Series, v view, taken *ink) {
	most := 0.0
	for _, value := range s.Value {
		if value > most {
			most = value
		}
	}
	coverLattice(s, v, taken, most/10) // what is fainter does no harm behind text
}

func (shade) sample(s *Series, c draw.Canvas, r vg.Rectangle) {
	swatch(c, s.color.faded(deepest/2), r)
}

// contours are lines of equal value.
type contours struct {
	raster
	levels []float64
}

func (contours) kind() string           { return "contours" }
func (contours) byValue(s *Series) bool { return false }

// lines returns the contours inside the frame.
func (k contours) lines(s *Series, v view) [][]vg.Point {
	nx, ny := s.nodes()
	x, y := places(nx, v.x), places(ny, v.y)
	levels := k.levels
	if len(levels) == 0 {
		seen := newExtent(Axis{})
		for i, value := range s.Value {
			if !math.IsNaN(value) && v.Contains(vg.Point{X: vg.Length(x[i%len(x)]), Y: vg.Length(y[i/len(x)])}) {
				seen.include(value)
			}
		}
		if seen.min < seen.max {
			levels = roundNumbers(seen.min, seen.max, 8)
		}
	}
	var out [][]vg.Point
	for _, level := range levels {
		out = append(out, v.ClipLinesXY(isolines(x, y, s.Value, level)...)...)
	}
	return out
}

func (k contours) paint(s *Series, at depth, v view) {
	if at == stroke {
		v.StrokeLines(s.style(), k.lines(s, v)...)
	}
}

func (k contours) cover(s *Series, v view, taken *ink) { taken.lines(k.lines(s, v)...) }

func (contours) sample(s *Series, c draw.Canvas, r vg.Rectangle) { curve{}.sample(s, c, r) }
