package thesis

import (
	"fmt"
	"math"

	"glassy/lab/fig"
	"glassy/lab/pde"
)

// figure41b is Figure 4.1 in the plane: a rippled bowl before and after smoothing by both
// equations.
func figure41b(set settings) (*Result, error) {
	const γ, β = 0.3, 4.0
	nodes := 121
	if set.scale != Quick {
		nodes = 481
	}
	axis := pde.Line(-2.5, 2.5, nodes)
	grid := pde.NewGrid(axis, axis)
	f, err := grid.Sample(func(x []float64) float64 {
		return (x[0]*x[0]+x[1]*x[1])/2 + 0.5*math.Cos(5*x[0]+2*x[1]) + 0.5*math.Cos(2*x[0]-5*x[1])
	})
	if err != nil {
		return nil, err
	}
	viscous, err := pde.Viscous(f, γ, β)
	if err != nil {
		return nil, err
	}
	inviscid, prox := pde.HopfLax(f, γ)
	heat := pde.Heat(f, γ/β)
	if err := set.ctx.Err(); err != nil {
		return nil, err
	}
	panel := func(title string, u *pde.Field) *fig.Figure {
		p := fig.New(title)
		p.X, p.Y, p.Z = fig.Axis{Label: "x"}, fig.Axis{Label: "y"}, fig.Axis{Min: -1, Max: 4}
		p.Equal, p.Width, p.Height = true, 80, 80
		x, values := axis.Points(), make([]float64, len(u.Values)) // row j is y[j]
		for i := range nodes {
			for j := range nodes {
				values[j*nodes+i] = u.Values[i*nodes+j]
			}
		}
		p.Heat("", x, x, values)
		p.Contours("", x, x, values, -0.6, -0.3, 0, 0.3, 0.6, 1, 1.5, 2, 3).In(fig.Black).Wide(0.15)
		var mx, my []float64
		for _, i := range interior(u) {
			mx, my = append(mx, axis.At(i/nodes)), append(my, axis.At(i%nodes))
		}
		p.Points("", mx, my).In(fig.Vermillion).Wide(1.2)
		return p
	}
	upwind, _ := pde.Scheme(f, γ, 1/(2*β))
	upwindLax, _ := pde.Scheme(f, γ, 0)
	above := 0.0
	for i, u := range viscous.Values {
		if inviscid.Values[i] > f.Values[i] || u > heat.Values[i]+1e-6 { // two ways to sum one normal law
			above++
		}
	}
	wrong := 0.0
	for _, i := range []int{0, nodes*nodes/2 + 7, nodes*nodes/3 + 11, nodes*nodes - 1} {
		wrong = max(wrong, math.Abs(inviscid.Values[i]-lowestPair(f, i, γ)))
	}
	h := axis.Step()
	fixed := 0.0
	for _, i := range f.Minima() {
		if int(prox[i]) == i {
			fixed++
		}
	}
	return &Result{
		Figure: fig.Grid("A landscape in the plane, and its minima", 3,
			panel("f", f), panel(fmt.Sprintf("inviscid u, t = %g", γ), inviscid), panel(fmt.Sprintf("viscous u, γ = %g, β = %g", γ, β), viscous)),
		Rows: []Row{
			measured("minima of f", "away from the edge", float64(len(interior(f)))),
			measured("minima of inviscid u", "", float64(len(interior(inviscid)))),
			measured("minima of viscous u", "", float64(len(interior(viscous)))),
			measured("minima of f that prox keeps", "prox is the proximal map (4.17)", fixed),
			{Quantity: "inviscid u beside all pairs", Meaning: "largest difference at four nodes to the least f(y)+|x−y|²/2t over all nodes", Ours: wrong, Theory: 0, Tolerance: 1e-12},
			{Quantity: "viscous scheme", Meaning: "largest difference to Cole and Hopf, in the inner two thirds", Ours: apartInside(upwind, viscous), Theory: 0, Tolerance: 8 * h}, // of first order
			{Quantity: "inviscid scheme", Meaning: "to Hopf and Lax", Ours: apartInside(upwindLax, inviscid), Theory: 0, Tolerance: 8 * h},
			{Quantity: "nodes out of order", Meaning: "inviscid u ≤ f, and viscous u ≤ the heat equation's (Jensen), at all nodes", Ours: above, Theory: 0},
		},
		Notes: []string{
			fmt.Sprintf("f = ½|x|² + ½cos(5x+2y) + ½cos(2x−5y) on %d×%d nodes; dots: minima. Both solutions are found axis by axis: exactly, as the normal law and the square of the distance are a product and a sum over the axes.", nodes, nodes),
		},
		Sources: []string{"chaudhari2018", "felzenszwalb2012", "oberman2006"},
	}, nil
}

// interior are the minima of a field in the plane that are not at its edge.
func interior(u *pde.Field) (minima []int) {
	n, m := u.Grid[0].Nodes, u.Grid[1].Nodes
	for _, i := range u.Minima() {
		if r, c := i/m, i%m; r > 0 && c > 0 && r < n-1 && c < m-1 {
			minima = append(minima, i)
		}
	}
	return minima
}

// lowestPair is min_y f(y) + |x-y|²/2t over all nodes y, x being node i.
func lowestPair(f *pde.Field, i int, t float64) float64 {
	x, y, least := make([]float64, 2), make([]float64, 2), math.Inf(1)
	f.Grid.At(i, x)
	for j, v := range f.Values {
		f.Grid.At(j, y)
		least = min(least, v+(sq(x[0]-y[0])+sq(x[1]-y[1]))/(2*t))
	}
	return least
}

// apartInside is the largest difference in the inner two thirds of both axes.
func apartInside(f, g *pde.Field) (most float64) {
	n, m := f.Grid[0].Nodes, f.Grid[1].Nodes
	for i := n / 6; i < n-n/6; i++ {
		for j := m / 6; j < m-m/6; j++ {
			most = max(most, math.Abs(f.Values[i*m+j]-g.Values[i*m+j]))
		}
	}
	return most
}
