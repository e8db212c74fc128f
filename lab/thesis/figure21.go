package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/integrate/quad"

	"glassy/lab/fig"
	"glassy/lab/glass"
)

// figure21 is Figure 2.1, the layers of the 3-spin glass near its ground state.
// It is a closed form, so it is the same at every scale.
func figure21(set settings) (*Result, error) {
	if err := set.ctx.Err(); err != nil {
		return nil, err
	}
	const p = 3
	layers := []struct {
		k     int
		color fig.Color
		label float64 // height of the curve's label
	}{{0, fig.Black, -0.0026}, {1, fig.Blue, -0.0075}, {2, fig.Green, -0.0045}, {4, fig.Purple, -0.0085}, {10, fig.Vermillion, -0.0085}}

	f := fig.New("Complexity of the spherical 3-spin glass")
	f.X = fig.Axis{Label: "energy per spin, u = H/N", Min: -1.6645, Max: -1.6285,
		Ticks: []float64{-1.663, -1.653, -1.643, -1.633}} // the thesis's own
	f.Y = fig.Axis{Label: "log-number of critical points per spin, Θ_{k}(u)", Min: -0.0155, Max: 0.0175,
		Ticks: []float64{-0.01, 0, 0.01}}
	f.Height = 95
	f.Legend = fig.NoLegend

	threshold := glass.ThresholdEnergy(p)
	f.Level(0, "")
	f.Mark(-glass.GroundEnergy(p), "−E_{0} = −1.657")
	f.Mark(-threshold, "−E_{∞} = −1.633")

	// A grid with a node at the threshold, where the curves have a corner.
	grid := append(floats.Span(make([]float64, 120), f.X.Min, -threshold), f.X.Max)
	curve := func(name string, complexity func(u float64) float64) *fig.Series {
		y := make([]float64, len(grid))
		for i, u := range grid {
			y[i] = complexity(u)
		}
		return f.Line(name, grid, y)
	}
	// The total rises on beyond the threshold, where Θ_k stays.
	curve("Θ", func(u float64) float64 { return glass.Complexity(p, u) }).In(fig.Black).As(fig.Dashed).Wide(0.4)
	var zeros []float64
	for i := len(layers) - 1; i >= 0; i-- { // k = 0 last, above the others
		l := layers[i]
		complexity := func(u float64) float64 { return glass.IndexComplexity(p, l.k, u) }
		curve(fmt.Sprintf("Θ_{%d}", l.k), complexity).In(l.color)
		zeros = append(zeros, -glass.LayerEnergy(p, l.k))
		at := bisect(func(u float64) float64 { return complexity(u) - l.label }, -1.67, -threshold)
		label := f.Note(at, l.label, fmt.Sprintf("k = %d", l.k)).In(l.color).To(fig.BelowRight)
		if l.k == 0 {
			label.To(fig.AboveLeft)
		}
	}
	f.Points("zeros −E_{k}", zeros, make([]float64, len(zeros))).In(fig.Black)
	f.Note(f.X.Max, glass.Complexity(p, f.X.Max), "Θ").To(fig.AboveLeft)

	rows := []Row{{
		Quantity: "−E_{∞}", Meaning: "threshold: lower edge of the Hessian's spectrum at zero",
		Thesis: "−1.633", Ours: -threshold, Theory: edgeAtZero(p), Tolerance: 1e-12, // both are one formula
	}}
	for _, l := range layers {
		row := Row{
			Quantity: fmt.Sprintf("−E_{%d}", l.k),
			Meaning:  fmt.Sprintf("no critical points of index %d or more below", l.k),
			Ours:     -glass.LayerEnergy(p, l.k), Theory: zeroByQuadrature(p, l.k),
			Tolerance: 1e-9, // of the bisection
		}
		if l.k == 0 {
			row.Meaning, row.Thesis = "ground state: no critical points below", "−1.657"
		}
		rows = append(rows, row)
	}
	rows = append(rows, Row{
		Quantity: "Θ(−E_{∞})", Meaning: "where the curves of all indices meet",
		Ours: glass.Complexity(p, -threshold), Theory: math.Log(2)/2 - 1.0/3, Tolerance: 1e-14,
	})
	return &Result{
		Figure: f,
		Rows:   rows,
		Notes: []string{
			"Exact theory: the zeros of (2.12) with I_{1} integrated numerically from its definition; ours: its closed form.",
			"The closed form printed after (2.12) has u²/E_{∞}² where u/E_{∞}² is right; the figure in the thesis is drawn from the right one.",
			"Dashed: Θ, critical points of all indices. Below −E_{∞} it is Θ_{0}: almost all critical points are minima. " +
				"Remark 2.4 says that minima exist at all energies above −E_{0}; they exist between −E_{0} and −E_{∞} only.",
		},
		Sources: []string{"chaudhari2018", "auffinger2013", "subag2015"},
	}, nil
}

// edgeAtZero returns the energy at which the lower edge of the Hessian's
// spectrum is zero; the edge is linear in u.
func edgeAtZero(p int) float64 {
	a, _ := glass.HessianLaw(p, 0).Edges()
	b, _ := glass.HessianLaw(p, -1).Edges()
	return a / (b - a)
}

// zeroByQuadrature returns the zero of Θ_k left of −E∞ from (2.12), with I₁ by
// Gauss-Legendre quadrature of its definition. The substitution z = −E∞ − y²
// takes the root out of the integrand, so that 40 points give full accuracy.
func zeroByQuadrature(p, k int) float64 {
	n := float64(p)
	edge := 2 * math.Sqrt((n-1)/n)
	rate := func(u float64) float64 {
		return 2 / (edge * edge) * quad.Fixed(func(y float64) float64 {
			return 2 * y * y * math.Sqrt(y*y+2*edge)
		}, 0, math.Sqrt(-edge-u), 40, nil, 0)
	}
	return bisect(func(u float64) float64 {
		return math.Log(n-1)/2 - (n-2)/(4*(n-1))*u*u - float64(k+1)*rate(u)
	}, -edge-3, -edge)
}

// bisect returns the zero of a function that increases from below zero at low
// to above zero at high, to the last bit or so.
func bisect(f func(float64) float64, low, high float64) float64 {
	for range 200 {
		mid := low + (high-low)/2
		if mid <= low || mid >= high {
			break
		}
		if f(mid) < 0 {
			low = mid
		} else {
			high = mid
		}
	}
	return low + (high-low)/2
}
