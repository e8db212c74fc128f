package fig_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"glassy/lab/fig"
)

// The bars of a histogram hold the values that are inside the bins, each once.
func TestHistogram(t *testing.T) {
	f := fig.New("")
	values := []float64{0, 0.5, 1, 1, 1.999, 2, 2.5, 3, -1, 4}
	s := f.Counts("n", values, []float64{0, 1, 2, 3})
	if fmt.Sprint(s.Y) != "[2 3 3]" { // [0, 1), [1, 2), [2, 3]
		t.Errorf("counts are %v, expected [2 3 3]", s.Y)
	}
	if fmt.Sprint(s.X, s.Left, s.Right) != "[0.5 1.5 2.5] [0 1 2] [1 2 3]" {
		t.Errorf("bins are %v in %v to %v", s.X, s.Left, s.Right)
	}
	s = f.Hist("p", values, []float64{0, 0.5, 3})
	if want := []float64{0.1 / 0.5, 0.7 / 2.5}; s.Y[0] != want[0] || math.Abs(s.Y[1]-want[1]) > 1e-16 {
		t.Errorf("densities are %v, expected %v", s.Y, want)
	}
	for name, edges := range map[string][]float64{"its own": nil, "log": fig.LogBins([]float64{0.1, 1, 30, 2, 3, 4})} {
		values := []float64{0.1, 1, 30, 2, 3, 4}
		s := f.Hist("p", values, edges)
		area := 0.0
		for i := range s.Y {
			area += s.Y[i] * (s.Right[i] - s.Left[i])
		}
		if math.Abs(area-1) > 1e-14 { // rounding of a few terms
			t.Errorf("area under %s bins is %v, expected 1", name, area)
		}
	}
}

func TestBins(t *testing.T) {
	// 0 … 999: IQR 499.5, width 2·499.5/10, so 999/99.9 bins.
	values := make([]float64, 1000)
	for i := range values {
		values[i] = float64((i * 7) % 1000)
	}
	edges := fig.Bins(values)
	if len(edges) != 11 || edges[0] != 0 || edges[10] != 999 {
		t.Errorf("%d edges from %v to %v, expected 11 from 0 to 999", len(edges), edges[0], edges[len(edges)-1])
	}
	for i := range values {
		values[i] = math.Pow(10, values[i]/100)
	}
	edges = fig.LogBins(append(values, -1, 0, math.NaN()))
	if len(edges) != 11 || edges[0] != 1 || edges[10] != math.Pow(10, 9.99) || math.Abs(edges[1]/math.Pow(10, 0.999)-1) > 1e-14 {
		t.Errorf("logarithmic edges are %v", edges)
	}
	for name, c := range map[string]struct {
		values []float64
		bins   int
	}{
		"none":          {nil, 1},
		"one number":    {[]float64{5, 5, 5}, 1},
		"zero":          {[]float64{0}, 1},
		"inner half":    {[]float64{0, 5, 5, 5, 5, 5, 5, 5, 9}, 3},     // √9
		"far outlier":   {append(normals(1, 1000, 0, 1), 1e9), 500},    // at most
		"not a number":  {[]float64{math.NaN(), 1, 2, math.Inf(1)}, 2}, // of 1 and 2: IQR ½
		"huge":          {[]float64{-1e300, 1e300}, 2},                 // no overflow
		"close numbers": {[]float64{1, math.Nextafter(1, 2), math.Nextafter(math.Nextafter(1, 2), 2)}, 1},
	} {
		edges := fig.Bins(c.values)
		if len(edges)-1 != c.bins {
			t.Errorf("%s: %d bins, expected %d", name, len(edges)-1, c.bins)
		}
		for i := 1; i < len(edges); i++ {
			if !(edges[i] > edges[i-1]) {
				t.Errorf("%s: edges %v do not increase", name, edges)
				break
			}
		}
	}
}

func TestRuns(t *testing.T) {
	runs := [][]float64{{1, 5}, {2, 5}, {6, 5}}
	s := fig.New("").Runs("r", []float64{0, 1}, runs, fig.MeanStd)
	std := math.Sqrt((4 + 1 + 9) / 2.0)
	if s.Y[0] != 3 || math.Abs(s.High[0]-3-std) > 1e-15 || math.Abs(s.Low[0]-3+std) > 1e-15 || s.Low[1] != 5 || s.High[1] != 5 {
		t.Errorf("mean ± std is %v, %v, %v", s.Low, s.Y, s.High)
	}
	// numpy.quantile([1, 2, 6], [.25, .5, .75]) is [1.5, 2, 4].
	s = fig.New("").Runs("r", []float64{0, 1}, runs, fig.Quantiles(0.25))
	if s.Low[0] != 1.5 || s.Y[0] != 2 || s.High[0] != 4 {
		t.Errorf("quartiles are %v, %v, %v, expected 1.5, 2, 4", s.Low[0], s.Y[0], s.High[0])
	}
	if runs[0][0] != 1 || runs[2][0] != 6 {
		t.Error("the runs changed")
	}
	if low, mid, high := fig.MeanStd([]float64{7}); low != 7 || mid != 7 || high != 7 {
		t.Errorf("a single run spreads from %v to %v about %v", low, high, mid)
	}
}

func TestErrorBars(t *testing.T) {
	s := fig.New("").Points("p", []float64{1, 2}, []float64{3, 4}).YError([]float64{0.5, 1}).XError([]float64{0, 0.25})
	if fmt.Sprint(s.Low, s.High, s.Left, s.Right) != "[2.5 3] [3.5 5] [1 1.75] [1 2.25]" {
		t.Errorf("error bars are %v %v %v %v", s.Low, s.High, s.Left, s.Right)
	}
}

// The file holds every number of every series to the last bit.
func TestCSV(t *testing.T) {
	for name, make := range gallery {
		f := make()
		var b bytes.Buffer
		if err := f.WriteCSV(&b); err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		column := map[string]int{}
		for i, h := range records[0] {
			column[h] = i
		}
		row := 1
		panels := f.Panels()
		if panels == nil {
			panels = []*fig.Figure{f}
		}
		for p, panel := range panels {
			for _, s := range panel.Series() {
				for i := range s.X {
					record := records[row]
					if record[column["series"]] != s.Name || record[column["kind"]] != s.Kind() {
						t.Fatalf("%s, line %d: %q, expected %s", name, row+1, record, s)
					}
					if len(f.Panels()) > 0 && record[column["panel"]] != string(rune('a'+p)) {
						t.Fatalf("%s, line %d: %q, expected panel %d", name, row+1, record, p)
					}
					for heading, values := range map[string][]float64{"x": s.X, "y": s.Y, "left": s.Left, "right": s.Right,
						"low": s.Low, "high": s.High, "value": s.Value, "dx": s.DX, "dy": s.DY} {
						at, has := column[heading]
						if values == nil {
							if has && record[at] != "" {
								t.Fatalf("%s, line %d: %s is %q, expected none", name, row+1, heading, record[at])
							}
							continue
						}
						got, err := strconv.ParseFloat(record[at], 64)
						if err != nil || got != values[i] && !(math.IsNaN(got) && math.IsNaN(values[i])) {
							t.Fatalf("%s, line %d: %s is %q, expected %v", name, row+1, heading, record[at], values[i])
						}
					}
					row++
				}
			}
		}
		if name == "log" || name == "spectrum" { // and then the inset's
			if records[row][0] != "inset 1" {
				t.Errorf("%s, line %d is %q, expected the inset's", name, row+1, records[row])
			}
		} else if row != len(records) {
			t.Errorf("%s: %d lines, expected %d", name, len(records), row)
		}
	}
}

// Files stay small and the same whatever they show.
func TestManyPoints(t *testing.T) {
	dir := t.TempDir()
	figures := map[string]func() *fig.Figure{"scatter": scatter, "heat": heat, "two pictures of one size": func() *fig.Figure {
		f := column("")
		f.Points("", normals(1, 4000, 0, 1), normals(2, 4000, 0, 1)).Wide(0.5)
		f.Points("", normals(3, 4000, 0, 1), normals(4, 4000, 0, 1)).Wide(0.5)
		return f
	}}
	for name, make := range figures {
		for _, ext := range []string{".svg", ".pdf"} {
			var first []byte
			for range 2 {
				path := filepath.Join(dir, name+ext)
				if err := make().Save(path); err != nil {
					t.Fatal(err)
				}
				data, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if len(data) > 1e6 {
					t.Errorf("%s%s has %d bytes, expected less than 1 MB", name, ext, len(data))
				}
				if first != nil && !bytes.Equal(data, first) {
					t.Errorf("%s%s: the same figure gave different bytes", name, ext)
				}
				first = data
			}
		}
	}
	// Few points stay shapes, many become a picture.
	for n, pictures := range map[int]int{3000: 0, 3001: 1} {
		f := fig.New("")
		f.Points("", normals(1, n, 0, 1), normals(2, n, 0, 1))
		svg, err := f.SVG()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(svg, "data:image/png;base64,"); got != pictures {
			t.Errorf("%d points: %d pictures, expected %d", n, got, pictures)
		}
	}
}

// What a logarithmic axis has no place for is refused by name.
func TestLogarithmicAxisRefuses(t *testing.T) {
	ok, bad := []float64{1, 2}, []float64{1, 0}
	for want, draw := range map[string]func(f *fig.Figure){
		`line "loss" has y = 0 at point 1 of 2, expected positive numbers`: func(f *fig.Figure) { f.Line("loss", ok, bad) },
		`points "p" has x = 0 at point 1 of 2`:                             func(f *fig.Figure) { f.Points("p", bad, ok) },
		`fill "b" has low = 0 at point 1 of 2`:                             func(f *fig.Figure) { f.Fill("b", ok, bad, ok) },
		`points "e" has low = -1 at point 0 of 2`:                          func(f *fig.Figure) { f.Points("e", ok, ok).YError([]float64{2, 1}) },
		`heat "h" has value = 0 at point 1 of 4`:                           func(f *fig.Figure) { f.Heat("h", ok, ok, []float64{1, 0, 1, 1}) },
		`mark "m" is at -1`:                                                func(f *fig.Figure) { f.Line("", ok, ok); f.Mark(-1, "m") },
		`note "n" is at (1, 0)`:                                            func(f *fig.Figure) { f.Line("", ok, ok); f.Note(1, 0, "n") },
		`range of axis X is [0, 1]`:                                        func(f *fig.Figure) { f.Line("", ok, ok); f.X.Min, f.X.Max = 0, 1 },
		`ticks of axis Y are [-1]`:                                         func(f *fig.Figure) { f.Line("", ok, ok); f.Y.Ticks = []float64{-1} },
		`arrows "a" on an axis that is not linear`:                         func(f *fig.Figure) { f.Arrows("a", ok, ok, ok, ok) },
	} {
		f := fig.New("")
		f.X.Scale, f.Y.Scale, f.Z.Scale = fig.Log, fig.Log, fig.Log
		draw(f)
		if err := f.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, expected %q", err, want)
		}
	}
	// An empty bar is no number below zero.
	f := fig.New("")
	f.Y.Scale = fig.Log
	f.Counts("h", []float64{1, 3}, []float64{0, 2, 2.5, 4})
	if _, err := f.SVG(); err != nil {
		t.Error(err)
	}
}

func TestRefusesBadLayers(t *testing.T) {
	two, four := []float64{0, 1}, []float64{1, 2, 3, 4}
	for want, draw := range map[string]func(f *fig.Figure){
		`histogram "h" has the value NaN at 1 of 2`:                 func(f *fig.Figure) { f.Hist("h", []float64{1, math.NaN()}, nil) },
		`histogram "h" has no values`:                               func(f *fig.Figure) { f.Counts("h", nil, nil) },
		`shade "s" has value = -1 at node 2 of 4`:                   func(f *fig.Figure) { f.Shade("s", two, two, []float64{0, 1, -1, 2}) },
		`heat "h" has value = +Inf at point 3 of 4`:                 func(f *fig.Figure) { f.Heat("h", two, two, []float64{0, 1, math.NaN(), math.Inf(1)}) },
		`contours "c" has a level at NaN`:                           func(f *fig.Figure) { f.Contours("c", two, two, four, 1, math.NaN()) },
		`points "p" has value = NaN at point 0 of 2`:                func(f *fig.Figure) { f.Points("p", two, two).By([]float64{math.NaN(), 1}) },
		`inset: figure "in" has no data`:                            func(f *fig.Figure) { f.Line("", two, two); f.Inset(fig.New("in"), fig.Auto) },
		`knee of axis Y is -1`:                                      func(f *fig.Figure) { f.Line("", two, two); f.Y.Knee = -1 },
		`scale of axis Z is 3`:                                      func(f *fig.Figure) { f.Line("", two, two); f.Z.Scale = 3 },
		`arrows "a" has dx = NaN at point 1 of 2, expected numbers`: func(f *fig.Figure) { f.Arrows("a", two, two, []float64{1, math.NaN()}, two) },
	} {
		f := fig.New("")
		draw(f)
		if err := f.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, expected %q", err, want)
		}
	}
	good, bad := fig.New(""), fig.New("bad")
	good.Line("", two, two)
	if err := fig.Grid("", 2, good, bad).Err(); err == nil || !strings.Contains(err.Error(), `fig: panel b: figure "bad" has no data`) {
		t.Errorf("grid: error %v", err)
	}
	g := fig.Grid("g", 1, good)
	g.Line("", two, two)
	if err := g.Err(); err == nil || !strings.Contains(err.Error(), `grid "g" has data of its own`) {
		t.Errorf("grid with a line: error %v", err)
	}
}

func TestSlipsOfLayersPanic(t *testing.T) {
	two, three := []float64{0, 1}, []float64{0, 1, 2}
	line := func() *fig.Figure { f := fig.New(""); f.Line("", two, two); return f }
	for want, slip := range map[string]func(f *fig.Figure){
		`fig: histogram "h", edges 1 then 1, expected increasing numbers`:           func(f *fig.Figure) { f.Hist("h", two, []float64{0, 1, 1}) },
		`fig: histogram "h", 1 edge, expected at least 2`:                           func(f *fig.Figure) { f.Hist("h", two, []float64{0}) },
		`fig: runs "r", run 1 has 3 values at 2 abscissae, expected as many`:        func(f *fig.Figure) { f.Runs("r", two, [][]float64{two, three}, fig.MeanStd) },
		`fig: runs "r", none, expected at least 1`:                                  func(f *fig.Figure) { f.Runs("r", two, nil, fig.MeanStd) },
		`fig: quantile, 0.5, expected at least 0 and below 1/2`:                     func(f *fig.Figure) { fig.Quantiles(0.5) },
		`fig: heat "h", 3 values on 2 × 2 nodes, expected as many`:                  func(f *fig.Figure) { f.Heat("h", two, two, three) },
		`fig: shade "s", 1 × 3 nodes, expected at least 2 × 2`:                      func(f *fig.Figure) { f.Shade("s", two[:1], three, three) },
		`fig: contours "c", nodes at 1 then 0, expected increasing numbers`:         func(f *fig.Figure) { f.Contours("c", []float64{1, 0}, two, []float64{1, 2, 3, 4}) },
		`fig: arrows "a", 2 abscissae and 3 components in x, expected as many`:      func(f *fig.Figure) { f.Arrows("a", two, two, three, two) },
		`fig: line "l", 2 abscissae and 3 values, expected as many`:                 func(f *fig.Figure) { f.Line("l", two, two).By(three) },
		`fig: points "p", 2 abscissae and 3 errors in y, expected as many`:          func(f *fig.Figure) { f.Points("p", two, two).YError(three) },
		`fig: points "p", 2 abscissae and 3 upper ends, expected as many`:           func(f *fig.Figure) { f.Points("p", two, two).YRange(two, three) },
		`fig: fill "f", values to colour by, expected of line, points, arrows only`: func(f *fig.Figure) { f.Fill("f", two, two, two).By(two) },
		`fig: histogram "h", error bars, expected of line, points only`:             func(f *fig.Figure) { f.Hist("h", two, nil).YError(two) },
		`fig: inset at place 5, expected Auto or a corner`:                          func(f *fig.Figure) { f.Inset(line(), fig.Beside) },
		`fig: grid "g", 0 panels in 2 columns, expected at least 1 of each`:         func(f *fig.Figure) { fig.Grid("g", 2) },
		`fig: grid "g", panel b is a grid, expected one pair of axes`:               func(f *fig.Figure) { fig.Grid("g", 2, line(), fig.Grid("", 1, line())) },
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

func TestGridSizes(t *testing.T) {
	a, b, c := column(""), column(""), column("")
	b.Width, c.Height = 60, 40
	g := fig.Grid("", 2, a, b, c)
	if g.Width != 140 || g.Height != 98 { // 80 + 60 and 58 + 40
		t.Errorf("grid is %v × %v mm, expected 140 × 98", g.Width, g.Height)
	}
	if got := len(fig.Grid("", 5, a, b).Panels()); got != 2 {
		t.Errorf("%d panels, expected 2", got)
	}
	if a.Panels() != nil {
		t.Error("a figure with panels that is no grid")
	}
}

func TestKinds(t *testing.T) {
	two, four := []float64{0, 1}, []float64{1, 2, 3, 4}
	f := fig.New("")
	for want, s := range map[string]*fig.Series{
		"line": f.Line("", two, two), "points": f.Points("", two, two), "fill": f.Fill("", two, two, two),
		"runs": f.Runs("", two, [][]float64{two}, fig.MeanStd), "histogram": f.Hist("", two, nil),
		"heat": f.Heat("", two, two, four), "shade": f.Shade("", two, two, four),
		"contours": f.Contours("", two, two, four), "arrows": f.Arrows("", two, two, two, two),
	} {
		if s.Kind() != want {
			t.Errorf("kind %q, expected %q", s.Kind(), want)
		}
	}
}
