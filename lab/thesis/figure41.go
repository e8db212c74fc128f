package thesis

import (
	"fmt"
	"math"

	"glassy/lab/fig"
	"glassy/lab/pde"
	"glassy/lab/rng"
)

// roughBowl is f of Figure 4.1 on 500 nodes: x² + 1.5 sin 2πx and a normal number
// of that standard deviation at each node.
func roughBowl(noise float64) (*pde.Field, error) {
	const nodes = 500
	grid := pde.NewGrid(pde.Line(-3, 3, nodes))
	ξ := make([]float64, nodes)
	rng.Key(1).Normals(0, ξ)
	i := -1
	return grid.Sample(func(x []float64) float64 {
		i++
		return x[0]*x[0] + 1.5*math.Sin(2*math.Pi*x[0]) + noise*ξ[i]
	})
}

// figure41 is a rough function, its smoothing by both Hamilton-Jacobi equations, and
// where densities go that move on the three.
func figure41(set settings) (*Result, error) {
	const (
		viscosity              = 0.1
		beta                   = 1 / (2 * viscosity)
		viscousTime, laxTime   = 0.2, 0.1
		densityTime, sgdSpread = 10, 0.2
	)
	f, err := roughBowl(0.02)
	if err != nil {
		return nil, err
	}
	viscous, err := pde.Viscous(f, viscousTime, beta)
	if err != nil {
		return nil, err
	}
	inviscid, _ := pde.HopfLax(f, laxTime)
	x := f.Grid[0].Points()

	functions := fig.New("A function smoothed")
	functions.X, functions.Y = fig.Axis{Label: "x"}, fig.Axis{Label: "f, u"}
	functions.Line("f", x, f.Values).In(fig.Gray).Wide(0.4)
	functions.Line("viscous u", x, viscous.Values).In(fig.Blue)
	functions.Line("inviscid u", x, inviscid.Values).In(fig.Vermillion)
	upwind, _ := pde.Scheme(f, viscousTime, viscosity)
	functions.Line("by the monotone scheme", x, upwind.Values).In(fig.Black).As(fig.Dashed).Wide(0.3)
	upwindLax, _ := pde.Scheme(f, laxTime, 0)
	functions.Line("", x, upwindLax.Values).In(fig.Black).As(fig.Dashed).Wide(0.3)

	// Densities start beside, far from the lowest minimum.
	start, err := f.Grid.Sample(func(x []float64) float64 {
		d := x[0] - 2.5
		return math.Exp(-d*d/(2*0.02)) / math.Sqrt(2*math.Pi*0.02)
	})
	if err != nil {
		return nil, err
	}
	densities := fig.New("Densities that move on them")
	densities.X, densities.Y = fig.Axis{Label: "x"}, fig.Axis{Label: "density ρ at T = 10"}
	rows := []Row{
		measured("minima of f", "nodes below both neighbours, of 500", float64(len(f.Minima()))),
		measured("minima of viscous u", "γ = 0.2, β^{−1}/2 = 0.1", float64(len(inside(viscous)))),
		measured("minima of inviscid u", "t = 0.1", float64(len(inside(inviscid)))),
		measured("argmin f", "", lowest(f)),
		measured("argmin of viscous u", "", lowest(viscous)),
		measured("scheme beside Cole-Hopf", "largest difference, without the ends", apart(upwind, viscous)),
		measured("scheme beside Hopf-Lax", "the same for inviscid u", apart(upwindLax, inviscid)),
	}
	for _, moved := range []struct {
		name      string
		potential *pde.Field
		D         float64
		color     fig.Color
	}{{"SGD, on f", f, sgdSpread, fig.Gray}, {"on viscous u", viscous, viscosity, fig.Blue}, {"on inviscid u", inviscid, viscosity, fig.Vermillion}} {
		if err := set.ctx.Err(); err != nil {
			return nil, err
		}
		e := pde.NewFokkerPlanck(moved.potential, moved.D)
		ρ := e.Evolve(start, densityTime, 4000)
		densities.Line(moved.name, x, ρ.Values).In(moved.color)
		rows = append(rows, measured("⟨f⟩ "+moved.name, "mean of f over the density at T = 10", meanOver(ρ, f)))
	}
	densities.Line("at the start", x, start.Values).In(fig.Black).As(fig.Dashed).Wide(0.3)
	return &Result{
		Figure: fig.Grid("Smoothing by partial differential equations", 2, functions, densities),
		Rows:   rows,
		Notes: []string{
			"f = x² + 1.5 sin 2πx and noise at each of 500 nodes, of standard deviation 0.02, which gives f about as many minima as the thesis's has: the thesis does not print it, nor the seed. Lines: Cole-Hopf and Hopf-Lax, exact on the nodes; dashed: the upwind scheme that the thesis's figure was made with, whose error is of first order.",
			"Densities: ρ_{t} = ∇·(∇u ρ) + D Δρ with D = 0.1 on u, 0.2 on f, from a normal law of variance 0.02 at 2.5, by a scheme that keeps mass and sign. Minima are counted away from the ends.",
			fmt.Sprintf("u is of γ = %g where it is viscous and of t = %g where it is not.", viscousTime, laxTime),
		},
		Sources: []string{"chaudhari2018", "chaudhari2018relaxation", "felzenszwalb2012", "oberman2006", "scharfetter1969", "chang1970"},
	}, nil
}

// measured is a row of a number that there is nothing to compare with.
func measured(quantity, meaning string, ours float64) Row {
	return Row{Quantity: quantity, Meaning: meaning, Ours: ours, Theory: math.NaN()}
}

// inside are the minima away from the ends.
func inside(f *pde.Field) (minima []int) {
	for _, i := range f.Minima() {
		if i > 0 && i < len(f.Values)-1 {
			minima = append(minima, i)
		}
	}
	return minima
}

// lowest is where the lowest node is.
func lowest(f *pde.Field) float64 {
	i, _ := f.Minimum()
	return f.Grid[0].At(i)
}

// apart is the largest difference in the inner two thirds.
func apart(f, g *pde.Field) float64 {
	n, most := len(f.Values), 0.0
	for i := n / 6; i < n-n/6; i++ {
		most = max(most, math.Abs(f.Values[i]-g.Values[i]))
	}
	return most
}

// meanOver is ∫ ρg over ∫ ρ.
func meanOver(ρ, g *pde.Field) float64 {
	sum, mass := 0.0, 0.0
	for i, p := range ρ.Values {
		sum += p * g.Values[i]
		mass += p
	}
	return sum / mass
}
