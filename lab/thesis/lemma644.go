package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/fig"
	"glassy/lab/noneq"
	"glassy/lab/pde"
	"glassy/lab/sde"
	"glassy/lab/wells"
)

// lemma644 is the linear process at a minimum, a saddle and a maximum, and stochastic
// gradient descent in a quadratic beside it.
func lemma644(set settings) (*Result, error) {
	var rows []Row
	var panels []*fig.Figure
	x, y := pde.Line(-2, 2, 65).Points(), pde.Line(-1.6, 1.6, 53).Points()
	for _, c := range []struct {
		name string
		F, D []float64
	}{
		{"minimum", []float64{2, 0.3, 0.3, 1}, []float64{1, 0.5, 0.5, 2}},
		{"saddle", []float64{1, 0, 0, -0.4}, []float64{1, 0.3, 0.3, 0.5}},
		{"maximum", []float64{-2, -0.3, -0.3, -1}, []float64{1, 0.5, 0.5, 2}},
	} {
		l, err := noneq.NewLinear(2, c.F, c.D, 4)
		if err != nil {
			return nil, err
		}
		parts, err := l.Decompose()
		if err != nil {
			return nil, err
		}
		var G, back, off mat.Dense
		G.Add(l.D, parts.Q)
		back.Mul(&G, parts.U)
		off.Sub(&back, l.F)
		// Q of a symmetric F in its eigenbasis: D_ij(λ_i-λ_j)/(λ_i+λ_j).
		var e mat.EigenSym
		F := mat.NewSymDense(2, c.F)
		e.Factorize(F, true)
		var V, T mat.Dense
		e.VectorsTo(&V)
		T.Product(V.T(), l.D, &V)
		λ := e.Values(nil)
		q := T.At(0, 1) * (λ[0] - λ[1]) / (λ[0] + λ[1]) * mat.Det(&V)
		rows = append(rows,
			Row{Quantity: "F − (D+Q)U, " + c.name, Meaning: "largest entry", Ours: mat.Norm(&off, math.Inf(1)), Theory: 0, Tolerance: 1e-13},
			Row{Quantity: "Q_{12}, " + c.name, Meaning: "by Lyapunov's equation, beside the formula in the eigenbasis of F", Ours: parts.Q.At(0, 1), Theory: q, Tolerance: 1e-13})
		quadratic := func(M mat.Matrix) func(x []float64) float64 {
			return func(x []float64) float64 { v := mat.NewVecDense(2, x); return mat.Inner(v, M, v) / 2 }
		}
		f := fig.New(c.name)
		f.X, f.Y, f.Equal, f.Width, f.Height = fig.Axis{Label: "x_{1}"}, fig.Axis{Label: "x_{2}"}, true, 105, 95
		f.Contours("f", x, y, onPaper(x, y, quadratic(F))).In(fig.Gray)
		f.Contours("Φ", x, y, onPaper(x, y, quadratic(parts.U))).In(fig.SkyBlue)
		rotation := parts.Rotation()
		var ax, ay, dx, dy []float64
		for _, a := range pde.Line(-1.8, 1.8, 10).Points() {
			for _, b := range pde.Line(-1.4, 1.4, 8).Points() {
				ax, ay = append(ax, a), append(ay, b)
				dx, dy = append(dx, rotation.At(0, 0)*a+rotation.At(0, 1)*b), append(dy, rotation.At(1, 0)*a+rotation.At(1, 1)*b)
			}
		}
		f.Arrows("j = −QUx", ax, ay, dx, dy).In(fig.Vermillion)
		f.Legend = fig.Under
		panels = append(panels, f)
		if c.name == "minimum" {
			ω := parts.Frequencies()[0]
			rows = append(rows, Row{Quantity: "period of x′ = j(x)", Meaning: "beside 2π/|q|√det U", Ours: 2 * math.Pi / ω, Theory: 2 * math.Pi / (math.Abs(parts.Q.At(0, 1)) * math.Sqrt(mat.Det(parts.U))), Tolerance: 1e-9})
		}
	}

	// Gradient descent on least squares: its covariance and the area that it sweeps.
	a, b := []float64{1, 0, 0.5, 1, -1, 0.5, 0.2, -1.5, 1.5, 1}, []float64{1, 0.5, -0.5, 1, 0}
	l := wells.NewLeastSquares(2, a, b)
	batches := sde.Batches{Rate: 0.1, Size: 2}
	exact, err := l.SGDCovariance(batches.Rate, batches.Size, true)
	if err != nil {
		return nil, err
	}
	at, err := l.Minimum()
	if err != nil {
		return nil, err
	}
	near, err := noneq.NewLinear(2, l.Curvature(), l.Diffusion(at), 1/batches.Temperature(l.Samples()))
	if err != nil {
		return nil, err
	}
	continuous, err := near.Stationary()
	if err != nil {
		return nil, err
	}
	// The area of a step with the exact covariance: ½η(FS - SFᵀ)₁₂.
	F, S := mat.NewDense(2, 2, l.Curvature()), mat.NewDense(2, 2, exact)
	var FS mat.Dense
	FS.Mul(F, S)
	area := batches.Rate / 2 * (FS.At(0, 1) - FS.At(1, 0))
	walkers, steps := 1000, 2000
	if set.scale != Quick {
		walkers = 20_000
	}
	walk := make([]float64, 2*walkers)
	for i := range walkers {
		copy(walk[2*i:], at)
	}
	// Each walker's own means over time: they are independent.
	var moments [4][]float64
	for k := range moments {
		moments[k] = make([]float64, walkers)
	}
	before := make([]float64, 2*walkers)
	const burn = 200 // the slowest mode of the covariance decays as 0.873^k
	if _, s := batches.Run(l, walk, sde.Options{Steps: steps, Seed: 3, Every: 1, Context: set.ctx, Name: "gradient descent", Observe: func(step int, _ float64, x []float64) {
		if step > burn {
			for i := range walkers {
				u, v := x[2*i]-at[0], x[2*i+1]-at[1]
				p, q := before[2*i]-at[0], before[2*i+1]-at[1]
				for k, m := range []float64{u * u, u * v, v * v, (p*v - u*q) / 2} {
					moments[k][i] += m / float64(steps-burn)
				}
			}
		}
		copy(before, x)
	}}); s != sde.Finished {
		return nil, set.ctx.Err()
	}
	for k, name := range []string{"Σ_{11}", "Σ_{12}", "Σ_{22}", "area a step"} {
		mean, deviation := stat.MeanStdDev(moments[k], nil)
		theory := []float64{exact[0], exact[1], exact[3], area}[k]
		rows = append(rows, Row{Quantity: name + " of SGD", Meaning: fmt.Sprintf("%d walkers of %d steps, η = 0.1, b = 2, beside the exact law", walkers, steps), Ours: mean, Error: stat.StdErr(deviation, float64(walkers)), Theory: theory})
	}
	rows = append(rows,
		measured("Σ_{11} of (6.46)", "Ornstein-Uhlenbeck: the limit of small η", continuous.At(0, 0)),
		measured("Σ_{12} of (6.46)", "", continuous.At(0, 1)),
		measured("Σ_{22} of (6.46)", "", continuous.At(1, 1)))
	return &Result{
		Figure: fig.Grid("F = (D+Q)U at a minimum, a saddle and a maximum", 3, panels...), Rows: rows,
		Notes: []string{
			"FS + SFᵀ = 2D, U = S^{−1}, Q = FS − D. Q is not 0 for a symmetric F, the Hessian of a loss, unless it commutes with D. At the saddle U has eigenvalues of both signs, at the maximum below 0: Φ is there as the lemma says, no stationary law.",
			"The lemma's “uniquely” holds where no two eigenvalues of F have the sum 0.",
			"The area is that between a step and the origin, ½E[x_{1}x′_{2} − x_{2}x′_{1}], β^{−1}Q_{12}η for small η: a circulation that no autocorrelation of a weight shows.",
		},
		Sources: []string{"chaudhari2018", "kwon2005"},
	}, nil
}
