package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/fig"
	"glassy/lab/pde"
	"glassy/lab/rng"
	"glassy/lab/wells"
)

// wishart is XᵀX/n of an n×d matrix of normal numbers, d×d row-major, and its diagonal.
func wishart(key rng.Key, n, d int) (a, diagonal []float64) {
	x := mat.NewDense(n, d, nil)
	key.Normals(0, x.RawMatrix().Data)
	var s mat.SymDense
	s.SymOuterK(1/float64(n), x.T())
	a = mat.DenseCopyOf(&s).RawMatrix().Data
	for i := range d {
		diagonal = append(diagonal, s.At(i, i))
	}
	return a, diagonal
}

// lemma419 is the two lemmas on harmonic means: of eigenvalues and of a diagonal, and of
// the curvatures of a minimum while it is smoothed.
func lemma419(set settings) (*Result, error) {
	const d = 20
	matrices := 200
	if set.scale != Quick {
		matrices = 5000
	}
	means := fig.New("Harmonic means of random matrices")
	means.X, means.Y = fig.Axis{Label: "samples n / d", Scale: fig.Log}, fig.Axis{Label: "HM(Λ) / HM(diagonal)", Min: 0, Max: 1.1}
	means.Level(1, "")
	var at, ratio []float64
	var rows []Row
	beyond := 0.0
	samples := []int{24, 28, 34, 40, 60, 80, 120, 200, 400}
	for i, n := range samples {
		var inverse []float64
		for k := range matrices / len(samples) {
			if err := set.ctx.Err(); err != nil {
				return nil, err
			}
			a, diagonal := wishart(rng.Key(k).Split(uint64(n)), n, d)
			hm := pde.HarmonicMean(wells.NewQuadratic(a, make([]float64, d)).Eigenvalues())
			at, ratio, inverse = append(at, float64(n)/d), append(ratio, hm/pde.HarmonicMean(diagonal)), append(inverse, 1/hm)
			if hm > pde.HarmonicMean(diagonal) {
				beyond++
			}
		}
		if i == 3 {
			mean, deviation := stat.MeanStdDev(inverse, nil)
			rows = append(rows, Row{Quantity: fmt.Sprintf("E 1/HM(Λ), n = %d", n), Meaning: fmt.Sprintf("of %d Wishart matrices, beside n/(n−d−1)", len(inverse)),
				Ours: mean, Error: stat.StdErr(deviation, float64(len(inverse))), Theory: float64(n) / float64(n-d-1)})
		}
	}
	means.Points("a matrix of 20×20", at, ratio).In(fig.SkyBlue).Wide(1)
	means.Func("(n−d−1)/(n−2)", func(x float64) float64 { return (x*d - d - 1) / (x*d - 2) }, at[0], at[len(at)-1]).In(fig.Black)
	rows = append(rows, Row{Quantity: "matrices beyond Lemma 4.18", Meaning: fmt.Sprintf("HM(Λ) > HM(diagonal), of %d; the lemma: none", len(at)), Ours: beyond, Theory: 0})

	decay := fig.New("Curvature of minima while they are smoothed")
	decay.X, decay.Y = fig.Axis{Label: "time t", Scale: fig.Log}, fig.Axis{Label: "HM of the eigenvalues of ∇²u", Scale: fig.Log}
	ts := make([]float64, 9)
	floats.LogSpan(ts, 0.05, 3)

	// A quadratic of 20 variables, where the harmonic mean itself is as in the lemma.
	a, diagonal := wishart(rng.Key(1), 2*d, d)
	q := wells.NewQuadratic(a, make([]float64, d))
	exact := pde.HarmonicMean(q.Eigenvalues())
	quadratic := make([]float64, len(ts))
	for i, t := range ts {
		quadratic[i] = pde.HarmonicMean(q.LocalEntropy(t, 1).Eigenvalues())
	}
	decay.Points("a quadratic", ts, quadratic).In(fig.Blue)
	decay.Func("1/(t+1/HM(Λ))", func(t float64) float64 { return 1 / (t + 1/exact) }, ts[0], ts[len(ts)-1]).In(fig.Blue)
	decay.Func("bound, a quadratic", func(t float64) float64 { return pde.HarmonicBound(diagonal, t) }, ts[0], ts[len(ts)-1]).In(fig.Blue).As(fig.Dashed)
	last := len(ts) - 1
	rows = append(rows, Row{Quantity: "HM(Λ) of a quadratic, t = 3", Meaning: "of 20 variables; beside 1/(t+1/HM(Λ)) of t = 0", Ours: quadratic[last], Theory: 1 / (ts[last] + 1/exact), Tolerance: 1e-12})

	// A plane with ripples across the axes, by the sum over nodes.
	const β = 5
	C := []float64{1 + 0.4*9 + 0.4, 1 + 0.4 + 0.4*6.25}
	axis := pde.Line(-4, 4, 161)
	f, err := pde.NewGrid(axis, axis).Sample(func(x []float64) float64 {
		return (x[0]*x[0]+x[1]*x[1])/2 + 0.4*math.Cos(3*x[0]+x[1]) + 0.4*math.Cos(x[0]-2.5*x[1])
	})
	if err != nil {
		return nil, err
	}
	at = nil
	var mean []float64
	beyond = 0
	minima := 0
	for _, t := range ts {
		if err := set.ctx.Err(); err != nil {
			return nil, err
		}
		u, err := pde.Viscous(f, t, β)
		if err != nil {
			return nil, err
		}
		xx, yy, xy := u.Curvature(0), u.Curvature(1), u.Slope(0).Slope(1)
		for _, i := range u.Minima() {
			trace, det := xx.Values[i]+yy.Values[i], xx.Values[i]*yy.Values[i]-xy.Values[i]*xy.Values[i]
			if !(det > 0) { // beside a flat minimum the lowest node may lie where u is not convex
				continue
			}
			hm := 2 * det / trace
			at, mean, minima = append(at, t), append(mean, hm), minima+1
			if hm > pde.HarmonicBound(C, t) {
				beyond++
			}
		}
	}
	decay.Points("all minima of a rippled plane, β = 5", at, mean).In(fig.Vermillion)
	decay.Func("bound, rippled plane", func(t float64) float64 { return pde.HarmonicBound(C, t) }, ts[0], ts[last]).In(fig.Vermillion).As(fig.Dashed)
	rows = append(rows, Row{Quantity: "minima beyond Lemma 4.19", Meaning: fmt.Sprintf("of the plane, of %d at %d times; the lemma: none", minima, len(ts)), Ours: beyond, Theory: 0})
	return &Result{
		Figure: fig.Grid("Harmonic means of curvatures", 2, means, decay), Rows: rows,
		Notes: []string{
			"Left: Lemma 4.18, HM(Λ) ≤ HM(diagonal), for Wishart matrices of n samples; the line is what the exact means of 1/Λ and 1/diagonal give. Right: Lemma 4.19, HM(Λ) ≤ 1/(t+1/HM(C)) at a minimum, C_{k} = sup f_{kk}; the plane is ½|x|² + 0.4 cos(3x+y) + 0.4 cos(x−2.5y), C = (5, 3.9).",
			"The thesis asks for C_{k} ≥ sup u_{kk}(x,t): its proof takes t = 0. A Hessian with an eigenvalue below 0 has no harmonic mean.",
		},
		Sources: []string{"chaudhari2018"},
	}, nil
}
