package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/fig"
	"glassy/lab/sde"
	"glassy/lab/wells"
)

// lemma44 is the law that the fast variable samples in a quadratic, measured, and its
// Neumann series.
func lemma44(set settings) (*Result, error) {
	const γ, β, h = 0.4, 2.0, 0.02
	walkers := 6000
	if set.scale != Quick {
		walkers = 500_000
	}
	Q := []float64{2, 0.8, 0.8, 1}
	q := wells.NewQuadratic(Q, []float64{0, 0})
	x := []float64{1.5, -0.5}
	S, μ := invariantLaw(Q, x, γ)
	Sβ := mat.NewDense(2, 2, nil)
	Sβ.Scale(1/β, S)

	// X does not move: only Y of the two-scale system, at ε = 1.
	e := sde.Langevin(wells.FuncGradient(2, func(y []float64) float64 { return q.At(y...) + (sq(y[0]-x[0])+sq(y[1]-x[1]))/(2*γ) },
		func(y, g []float64) {
			for i := range g {
				g[i] = Q[2*i]*y[0] + Q[2*i+1]*y[1] + (y[i]-x[i])/γ
			}
		}), 1/β)
	y := make([]float64, 2*walkers)
	steps := int(4 / h) // e^{-4(λ+1/γ)} < 10⁻⁵ of the start is left
	if _, status := e.Run(y, sde.Options{Step: h, Steps: steps, Method: sde.Heun, Seed: 1, Context: set.ctx, Name: "ρ_{1}"}); status != sde.Finished {
		return nil, set.ctx.Err()
	}
	first, second := make([]float64, walkers), make([]float64, walkers)
	for i := range first {
		first[i], second[i] = y[2*i], y[2*i+1]
	}
	n := float64(walkers)
	var rows []Row
	const bias = 4e-4 // of Heun's method: the square of h(λ+1/γ) over 4 of a variance
	for i, v := range [][]float64{first, second} {
		mean, variance := stat.MeanVariance(v, nil)
		rows = append(rows,
			Row{Quantity: fmt.Sprintf("mean of y_{%d}", i+1), Meaning: fmt.Sprintf("%d walkers, beside x − S∇f(x)", walkers), Ours: mean, Error: math.Sqrt(variance / n), Theory: μ.AtVec(i), Tolerance: 1e-5},
			Row{Quantity: fmt.Sprintf("variance of y_{%d}", i+1), Meaning: "beside β^{−1}S", Ours: variance, Error: variance * math.Sqrt(2/n), Theory: Sβ.At(i, i), Tolerance: bias})
	}
	c := stat.Covariance(first, second, nil)
	rows = append(rows, Row{Quantity: "covariance", Meaning: "of the two", Ours: c, Error: math.Sqrt((Sβ.At(0, 0)*Sβ.At(1, 1) + sq(Sβ.At(0, 1))) / n), Theory: Sβ.At(0, 1), Tolerance: bias})

	cloud := fig.New("What Y samples")
	cloud.X, cloud.Y, cloud.Equal = fig.Axis{Label: "y_{1}", Min: -1.5, Max: 3}, fig.Axis{Label: "y_{2}", Min: -2, Max: 1}, true
	const shown = 1000
	cloud.Points("walkers", first[:shown], second[:shown]).In(fig.SkyBlue).Wide(0.4)
	for k, r := range []float64{1, 2} {
		ex, ey := ellipse(Sβ, μ, r)
		name := ""
		if k == 0 {
			name = "one and two standard deviations"
		}
		cloud.Line(name, ex, ey).In(fig.Black)
	}
	cloud.Points("x", x[:1], x[1:]).In(fig.Vermillion)

	// S = γI - γ²Q + γ³Q² - …
	series := fig.New("Neumann's series of S")
	series.X, series.Y = fig.Axis{Label: "γ‖Q‖", Scale: fig.Log}, fig.Axis{Label: "relative error of S", Scale: fig.Log}
	norm := floats.Max(q.Eigenvalues())
	γs := make([]float64, 10)
	floats.LogSpan(γs, 0.01/norm, 0.9/norm)
	for terms := 1; terms <= 3; terms++ {
		var at, wrong []float64
		for _, γ := range γs {
			at, wrong = append(at, γ*norm), append(wrong, neumannError(Q, γ, terms))
		}
		color := []fig.Color{fig.Blue, fig.Green, fig.Vermillion}[terms-1]
		series.Points(fmt.Sprintf("terms: %d", terms), at, wrong).In(color)
		series.Func("", func(v float64) float64 { return math.Pow(v, float64(terms)) }, at[0], at[len(at)-1]).In(color)
		_, order := stat.LinearRegression(logarithms(at[:5]), logarithms(wrong[:5]), nil, false)
		rows = append(rows, Row{Quantity: fmt.Sprintf("order of %d terms", terms), Meaning: "of γ‖Q‖ in the relative error", Ours: order, Theory: float64(terms), Tolerance: 1e-9})
	}
	return &Result{Figure: fig.Grid("The invariant law in a quadratic", 2, cloud, series), Rows: rows, Notes: []string{
		fmt.Sprintf("ρ_{1} = N(x − S∇f(x), β^{−1}S), S = (∇²f + I/γ)^{−1}, for ∇²f = ((2, 0.8), (0.8, 1)), γ = %g, β = %g, x = (1.5, −0.5). Lines at the right: (γ‖Q‖)^{k} for k terms of γI − γ²Q + …", γ, β),
		"The thesis prints γ for 1/γ and β = 1, and names ρ_{2} what is the law of y, ρ_{1}.",
	}, Sources: []string{"chaudhari2018"}}, nil
}

func sq(v float64) float64 { return v * v }

// invariantLaw is S = (Q + I/γ)^{-1} and the mean x - SQx.
func invariantLaw(Q, x []float64, γ float64) (S *mat.Dense, mean *mat.VecDense) {
	d := len(x)
	A := mat.NewDense(d, d, append([]float64(nil), Q...))
	for i := range d {
		A.Set(i, i, A.At(i, i)+1/γ)
	}
	S = mat.NewDense(d, d, nil)
	if err := S.Inverse(A); err != nil { // Q is positive
		panic(err)
	}
	at := mat.NewVecDense(d, x)
	var slope mat.VecDense
	slope.MulVec(mat.NewDense(d, d, Q), at)
	mean = mat.NewVecDense(d, nil)
	mean.MulVec(S, &slope)
	mean.SubVec(at, mean)
	return S, mean
}

// neumannError is that of so many terms of the series of S, in the spectral norm,
// relative to S.
func neumannError(Q []float64, γ float64, terms int) float64 {
	d := int(math.Sqrt(float64(len(Q))))
	S, _ := invariantLaw(Q, make([]float64, d), γ)
	term, sum := mat.NewDense(d, d, nil), mat.NewDense(d, d, nil)
	for i := range d {
		term.Set(i, i, γ)
	}
	for range terms {
		sum.Add(sum, term)
		var next mat.Dense
		next.Mul(term, mat.NewDense(d, d, Q))
		term.Scale(-γ, &next)
	}
	// (S - sum) S^{-1} is a power of -γQ.
	var wrong, inverse, relative mat.Dense
	wrong.Sub(S, sum)
	if err := inverse.Inverse(S); err != nil {
		panic(err)
	}
	relative.Mul(&wrong, &inverse)
	return mat.Norm(&relative, 2)
}

// ellipse is where (y-μ)ᵀ covariance⁻¹ (y-μ) = r².
func ellipse(covariance *mat.Dense, μ *mat.VecDense, r float64) (x, y []float64) {
	var c mat.Cholesky
	if !c.Factorize(mat.NewSymDense(2, covariance.RawMatrix().Data)) {
		panic("thesis: ellipse: the covariance is not positive")
	}
	var l mat.TriDense
	c.LTo(&l)
	for k := range 101 {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / 100)
		x = append(x, μ.AtVec(0)+r*l.At(0, 0)*cos)
		y = append(y, μ.AtVec(1)+r*(l.At(1, 0)*cos+l.At(1, 1)*sin))
	}
	return x, y
}
