package fig_test

import (
	"math"
	"math/rand/v2"

	"glassy/lab/fig"
)

// gallery are figures of a column's width that hold every kind of series, each
// with a golden picture.
var gallery = map[string]func() *fig.Figure{
	"sample":    sample,
	"log":       logarithmic,
	"runs":      runs,
	"errors":    errorBars,
	"histogram": histograms,
	"spectrum":  spectrum,
	"scatter":   scatter,
	"heat":      heat,
	"field":     field,
	"grid":      grid,
	"maps":      maps,
	"text":      texts,
	"under":     under,
}

func column(title string) *fig.Figure {
	f := fig.New(title)
	f.Width, f.Height = 80, 58
	return f
}

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// logarithmic has both axes logarithmic, an inset and an arrow.
func logarithmic() *fig.Figure {
	f := column("Relaxation")
	f.X = fig.Axis{Label: "steps t", Scale: fig.Log, Min: 1, Max: 1e5}
	f.Y = fig.Axis{Label: "‖∇H‖ / √N", Scale: fig.Log, Min: 1e-7, Max: 30}
	f.Func("t^{−1/2}", func(t float64) float64 { return 1 / math.Sqrt(t) }, 1, 1e5)
	f.Func("t^{−1/4}", func(t float64) float64 { return math.Pow(t, -0.25) }, 1, 1e5)
	f.Note(1e3, 0.03, "slow").Arrow(4, -8)
	in := fig.New("")
	in.Width, in.Height = 32, 24
	in.X.Ticks = []float64{1, 1.5, 2}
	in.Func("", math.Sqrt, 1, 2)
	f.Inset(in, fig.BottomLeft)
	return f
}

// runs is two experiments of ten runs each, their spreads overlapping.
func runs() *fig.Figure {
	f := column("")
	f.X = fig.Axis{Label: "epochs"}
	f.Y = fig.Axis{Label: "training loss", Scale: fig.Log}
	rng := source(1)
	x := make([]float64, 40)
	for i := range x {
		x[i] = float64(i)
	}
	for _, e := range []struct {
		name string
		rate float64
	}{{"Adam", 0.05}, {"Trivialized-SGD", 0.08}} {
		var all [][]float64
		for range 10 {
			run, level := make([]float64, len(x)), rng.NormFloat64()*0.3
			for i := range x {
				run[i] = 2*math.Exp(-e.rate*x[i]+level+0.05*rng.NormFloat64()) + 0.01
			}
			all = append(all, run)
		}
		f.Runs(e.name, x, all, fig.Quantiles(0.25))
	}
	return f
}

// errorBars has them in both directions.
func errorBars() *fig.Figure {
	f := column("Distinct minima")
	f.X = fig.Axis{Label: "N"}
	f.Y = fig.Axis{Label: "log n", Unit: "nats"}
	x := []float64{20, 40, 60, 80, 100}
	f.Points("ours", x, []float64{1.1, 2.3, 3.2, 4.6, 5.3}).YError([]float64{0.3, 0.2, 0.25, 0.4, 0.3}).XError([]float64{3, 3, 3, 3, 3})
	f.Line("exact ⟨n⟩", x, []float64{1.06, 2.12, 3.18, 4.24, 5.3}).YRange(
		[]float64{1, 2, 3, 4, 5}, []float64{1.2, 2.5, 3.5, 4.6, 5.8}).As(fig.Dashed)
	return f
}

func normals(seed uint64, n int, mean, std float64) []float64 {
	rng, out := source(seed), make([]float64, n)
	for i := range out {
		out[i] = mean + std*rng.NormFloat64()
	}
	return out
}

// histograms overlap; the second is an outline.
func histograms() *fig.Figure {
	f := column("")
	f.X = fig.Axis{Label: "energy per spin H/N"}
	f.Y = fig.Axis{Label: "density"}
	f.Hist("minima", normals(1, 2000, -1.6, 0.01), nil)
	f.Hist("saddles", normals(2, 2000, -1.58, 0.015), nil)
	f.Hist("all", append(normals(1, 2000, -1.6, 0.01), normals(2, 2000, -1.58, 0.015)...), nil).Hollow().In(fig.Black)
	f.Mark(-1.633, "−E_{∞}")
	return f
}

// spectrum is a histogram over orders of magnitude of both signs, and one with
// logarithmic bins inside it.
func spectrum() *fig.Figure {
	f := column("Hessian")
	f.Height = 75
	f.X = fig.Axis{Label: "eigenvalue λ", Scale: fig.SymLog, Knee: 1e-3}
	f.Y = fig.Axis{Label: "number", Scale: fig.Log}
	rng := source(3)
	var values, sizes []float64
	for range 5000 {
		v := math.Pow(10, 1.2*rng.NormFloat64()-1.5)
		if rng.Float64() < 0.2 {
			v = -v / 10
		}
		values, sizes = append(values, v), append(sizes, math.Abs(v))
	}
	var edges []float64
	for k := range 25 {
		edges = append(edges, -math.Pow(10, 3-0.25*float64(k)))
	}
	for k := range 25 {
		edges = append(edges, math.Pow(10, -3+0.25*float64(k)))
	}
	f.Counts("", values, edges).Hollow()
	f.Y.Min, f.Y.Max = 0.7, 1e7
	in := fig.New("")
	in.Width, in.Height = 30, 24
	in.X.Scale, in.X.Label = fig.Log, "|λ|"
	in.Counts("", sizes, fig.LogBins(sizes))
	f.Inset(in, fig.Auto)
	return f
}

// scatter is 20,000 points over their density, coloured by a value.
func scatter() *fig.Figure {
	f := column("t-SNE of 20,000 descents")
	f.X.Ticks, f.Y.Ticks = []float64{}, []float64{}
	f.Z = fig.Axis{Label: "energy per spin H/N"}
	rng := source(4)
	centres := make([][3]float64, 60)
	for i := range centres {
		centres[i] = [3]float64{rng.NormFloat64() * 30, rng.NormFloat64() * 30, -1.6 + 0.1*rng.Float64()}
	}
	var x, y, energy []float64
	for range 20000 {
		c := centres[rng.IntN(len(centres))]
		x, y = append(x, c[0]+1.5*rng.NormFloat64()), append(y, c[1]+1.5*rng.NormFloat64())
		energy = append(energy, c[2]+0.01*rng.NormFloat64())
	}
	nodes := make([]float64, 61)
	for i := range nodes {
		nodes[i] = -90 + 3*float64(i)
	}
	density := make([]float64, len(nodes)*len(nodes))
	for k := range density {
		px, py := nodes[k%len(nodes)], nodes[k/len(nodes)]
		for _, c := range centres {
			density[k] += math.Exp(-((px-c[0])*(px-c[0]) + (py-c[1])*(py-c[1])) / 50)
		}
	}
	f.Shade("density", nodes, nodes, density)
	f.Points("minima", x, y).By(energy).Wide(0.4)
	return f
}

// heat is a map with a hole, contours and dots over it.
func heat() *fig.Figure {
	f := column("Local entropy")
	f.X.Label, f.Y.Label = "x_{1}", "x_{2}"
	f.Z = fig.Axis{Label: "F(x, γ)", Scale: fig.Log}
	nodes := make([]float64, 41)
	for i := range nodes {
		nodes[i] = -2 + 0.1*float64(i)
	}
	values := make([]float64, len(nodes)*len(nodes))
	for k := range values {
		x, y := nodes[k%len(nodes)], nodes[k/len(nodes)]
		values[k] = (x*x-1)*(x*x-1) + y*y + 0.01
		if x*x+y*y > 6.5 {
			values[k] = math.NaN()
		}
	}
	f.Heat("", nodes, nodes, values)
	f.Contours("F = 1", nodes, nodes, values, 1).In(fig.Black)
	f.Points("minima", []float64{-1, 1}, []float64{0, 0}).In(fig.Vermillion)
	return f
}

// field is a force over the contours of its potential.
func field() *fig.Figure {
	f := column("λ = 1.5")
	f.X = fig.Axis{Label: "x", Min: -2, Max: 2}
	f.Y = fig.Axis{Label: "y", Min: -1.5, Max: 1.5}
	nodes := make([]float64, 61)
	for i := range nodes {
		nodes[i] = -3 + 0.1*float64(i)
	}
	values := make([]float64, len(nodes)*len(nodes))
	for k := range values {
		x, y := nodes[k%len(nodes)], nodes[k/len(nodes)]
		values[k] = (x*x-1)*(x*x-1)/4 + y*y/2
	}
	f.Contours("Φ", nodes, nodes, values)
	f.Z.Label = "‖∇f‖"
	var x, y, dx, dy, size []float64
	for i := range 15 {
		for j := range 11 {
			px, py := -1.9+float64(i)*3.8/14, -1.4+float64(j)*2.8/10
			x, y = append(x, px), append(y, py)
			u, v := -px*(px*px-1)-1.5*py, -py+1.5*px*(px*px-1)
			norm := math.Hypot(u, v) + 1e-12
			dx, dy, size = append(dx, u/norm), append(dy, v/norm), append(size, norm)
		}
	}
	f.Arrows("−∇f", x, y, dx, dy).By(size).Wide(0.4)
	return f
}

// grid is three panels and an empty place.
func grid() *fig.Figure {
	a, b, c := column("Exponential regime"), column("A much longer title that needs a second line"), column("")
	for i, p := range []*fig.Figure{a, b, c} {
		p.Height = 45
		p.X.Label = "time"
		p.Func("cosine", func(t float64) float64 { return math.Pow(1000, float64(i)) * math.Cos(t) }, 0, 9)
	}
	b.Y.Label = "wide numbers"
	return fig.Grid("Three regimes", 2, a, b, c)
}

// maps is a row of panels with one colour bar and units of equal length.
func maps() *fig.Figure {
	var panels []*fig.Figure
	for i, name := range []string{"circle", "", "narrow"} {
		f := column(name)
		f.Width, f.Height, f.Equal = 50, 45, true
		f.Z = fig.Axis{Label: "r^{2}", Min: 0, Max: 2}
		nodes := []float64{-1, -0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8, 1}
		values := make([]float64, len(nodes)*len(nodes))
		for k := range values {
			x, y := nodes[k%len(nodes)], nodes[k/len(nodes)]
			values[k] = x*x + y*y*float64(i+1)
		}
		f.Heat("", nodes, nodes, values)
		f.Contours("", nodes, nodes, values, 0.5).In(fig.Black)
		panels = append(panels, f)
	}
	return fig.Grid("", 3, panels...)
}

// texts shows what the fonts have.
func texts() *fig.Figure {
	f := column("∇ ⟨x⟩ ‖v‖ ∂ √ ∫ ± ≤ ≥ ∞ ∈ ∝ ∼ 𝔼 ℝ")
	f.X.Label = "αβγδεζηθικλμνξοπρστυφχψω ΓΔΘΛΞΠΣΦΨΩ, a label of two lines"
	f.Y.Label = "⟨∇f(x), v⟩ / ‖v‖^{2}"
	f.Func("", math.Sin, 0, 6)
	f.Note(4, 0.7, "𝔼[e^{−βH}] ≈ ∫ e^{−βH} dμ").To(fig.Above)
	return f
}

// under has its legend where there is room.
func under() *fig.Figure {
	f := column("")
	for _, name := range []string{"a rather long name", "another one", "and a third, longer still"} {
		phase := float64(len(name))
		f.Func(name, func(x float64) float64 { return math.Sin(x + phase) }, 0, 40)
	}
	return f
}
