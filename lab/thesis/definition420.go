package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/fig"
	"glassy/lab/pde"
)

// twoWells has a narrow well at −1 and a wide one at 1.2, of the same depth, in a bowl.
func twoWells(x float64) (f, slope, curvature float64) {
	const bowl = 0.1
	f, slope, curvature = bowl*x*x/2, bowl*x, bowl
	for _, w := range []struct{ at, width float64 }{{-1, 0.1}, {1.2, 0.5}} {
		z := (x - w.at) / w.width
		g := math.Exp(-z * z / 2)
		f -= g
		slope += z * g / w.width
		curvature += (1 - z*z) * g / (w.width * w.width)
	}
	return f, slope, curvature
}

// definition420 is the robust width of a narrow and a wide minimum, and what controlled
// SGD gains of it.
func definition420(set settings) (*Result, error) {
	const β, ε, most = 10.0, 0.2, 50.0
	rise := fig.New("How local entropy rises at a minimum")
	rise.X, rise.Y = fig.Axis{Label: "scope γ", Scale: fig.Log}, fig.Axis{Label: "f_{γ}(x*) − f(x*)", Min: 0, Max: 0.6}
	rise.Level(ε, "ε").As(fig.Dashed)
	γs := make([]float64, 60)
	floats.LogSpan(γs, 1e-3, most)
	grid := pde.Axis{Low: -6, High: 6, Nodes: 2401, Boundary: pde.Open}
	f, err := pde.NewGrid(grid).Sample(func(x []float64) float64 { v, _, _ := twoWells(x[0]); return v })
	if err != nil {
		return nil, err
	}
	r := &Result{Sources: []string{"chaudhari2018"}}
	for _, m := range []struct {
		name  string
		near  float64
		color fig.Color
	}{{"narrow", -1, fig.Vermillion}, {"wide", 1.2, fig.Blue}} {
		x := m.near
		for range 20 {
			_, slope, curvature := twoWells(x)
			x -= slope / curvature
		}
		base, _, curvature := twoWells(x)
		up := make([]float64, len(γs))
		for i, γ := range γs {
			up[i] = pde.ViscousAt(twoWells, x, γ, β).Value - base
		}
		rise.Line(fmt.Sprintf("%s, f″ = %.3g", m.name, curvature), γs, up).In(m.color)
		rise.Func("log(1+γf″)/2β", func(γ float64) float64 { return math.Log1p(γ*curvature) / (2 * β) }, γs[0], most).In(m.color).As(fig.Dashed)
		width := pde.RobustWidth(twoWells, x, ε, β, most)
		rise.Points("", []float64{width}, []float64{ε}).In(m.color)
		u, err := pde.Viscous(f, width, β)
		if err != nil {
			return nil, err
		}
		r.Rows = append(r.Rows,
			measured("γ*, "+m.name, fmt.Sprintf("robust width (4.38) with ε = %g, β = %g; by Laplace's method %.4g", ε, β, pde.LaplaceWidth(curvature, ε, β)), width),
			Row{Quantity: "rise at γ*, " + m.name, Meaning: "by the sum over 2401 nodes, beside ε", Ours: u.At(x) - base, Theory: ε, Tolerance: curvature * grid.Step() * grid.Step()}) // linear between nodes
	}
	bowl := func(x float64) (float64, float64, float64) { return 3 * x * x / 2, 3 * x, 3 }
	r.Rows = append(r.Rows, Row{Quantity: "γ* in a bowl", Meaning: "f″ = 3, beside (e^{2βε}−1)/f″, where Laplace's method is exact",
		Ours: pde.RobustWidth(bowl, 0, ε, β, most), Theory: pde.LaplaceWidth(3, ε, β), Tolerance: 1e-7})

	// Section 4.5.3.1: Theorem 4.11 with V = f_γ, the width at the end of a walk.
	const γ, T = 0.3, 1.0
	walk := pde.Line(-5, 5, 1001)
	energy, err := pde.NewGrid(walk).Sample(func(x []float64) float64 { v, _, _ := twoWells(x[0]); return v })
	if err != nil {
		return nil, err
	}
	entropy, err := pde.Viscous(energy, γ, β)
	if err != nil {
		return nil, err
	}
	free, best, effort := pde.NewControl(energy, entropy, β, T, 50).Costs()
	bound := free.Add(0)
	floats.Sub(bound.Values, effort.Values)
	widths := fig.New("Mean width where walks from x end")
	widths.X, widths.Y = fig.Axis{Label: "x", Min: -2.5, Max: 3}, fig.Axis{Label: "E f_{γ}(X_{T})"}
	x := walk.Points()
	widths.Line("f_{γ}(x)", x, entropy.Values).In(fig.Gray).Wide(0.4)
	widths.Line("SGD", x, free.Values).In(fig.Vermillion)
	widths.Line("controlled SGD", x, best.Values).In(fig.Blue)
	widths.Line("bound: SGD less ½E∫|α|²", x, bound.Values).In(fig.Black).As(fig.Dashed)
	r.Rows = append(r.Rows,
		measured("gain of width from x = 0", "E f_{γ}(X_{T}), SGD less controlled SGD", free.At(0)-best.At(0)),
		measured("½E∫|α|² from x = 0", "which bounds it from below", effort.At(0)),
		Row{Quantity: "starts beyond the bound", Meaning: fmt.Sprintf("of %d; Theorem 4.11: none", walk.Nodes), Ours: cheaper(bound, best), Theory: 0})
	r.Figure = fig.Grid("The width of a minimum", 2, rise, widths)
	r.Notes = []string{
		"f has wells of width 0.1 and 0.5 and depth 1 in a flat bowl. γ* is the scope up to which local entropy has risen by at most ε: dots. Dashed: Laplace's method, for small γ.",
		"The expansion in the thesis lacks the ½ of ½β^{−1} log det(I+γ∇²f), and its last line the logarithm.",
		fmt.Sprintf("Right: V = f_{γ} with γ = %g in Theorem 4.11, noise β^{−½}, T = %g: the control leads to where −f_{γ}, the width, is larger.", γ, T),
	}
	return r, nil
}
