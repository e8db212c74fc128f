package oracletest

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"glassy/lab/pde"
	"glassy/lab/wells"
)

func localEntropy(in inputs) any {
	p := pde.ViscousAt(profile(in["f"]).At, in.number("x"), in.number("gamma"), in.number("beta"))
	return map[string]any{"u": p.Value, "u_x": p.Slope, "u_xx": p.Curvature}
}

func hopfLax(in inputs) any {
	p := pde.HopfLaxAt(profile(in["f"]).At, in.number("x"), in.number("t"), 0)
	return map[string]any{"u": p.Value, "prox": p.Mean, "grad": p.Slope}
}

func hopfLaxGrid(in inputs) any {
	f := list(in["f"])
	field := onGrid(pde.Axis{High: in.number("dx") * float64(len(f)-1), Nodes: len(f), Boundary: pde.Open}, f)
	u, prox := pde.HopfLax(field, in.number("t"))
	nodes := make([]any, len(prox))
	for i, j := range prox {
		nodes[i] = float64(j)
	}
	return map[string]any{"u": u.Values, "argmin_index_lowest": nodes}
}

func onGrid(a pde.Axis, values []float64) *pde.Field {
	f, err := pde.NewGrid(a).Field(values)
	if err != nil {
		panic(err)
	}
	return f
}

// sampled is a profile on an axis.
func sampled(a pde.Axis, f wells.Profile) *pde.Field {
	v := make([]float64, a.Nodes)
	for i := range v {
		v[i], _, _ = f.At(a.At(i))
	}
	return onGrid(a, v)
}

func innerDynamics(in inputs) any {
	f, x, t := profile(in["f"]).At, in.number("x"), in.number("t")
	return map[string]any{
		"p":      pde.HopfLaxAt(f, x, t, 0).Slope,
		"y_of_s": pde.Inner(f, x, t, in.number("y0"), in.number("s")),
	}
}

func invariantMeasure(in inputs) any {
	p, x, γ, β := list(in["grad_at_x"]), list(in["x"]), in.number("gamma"), in.number("beta")
	d := len(x)
	Q := mat.DenseCopyOf(symmetric(in["Q"]))
	for i := range d {
		Q.Set(i, i, Q.At(i, i)+1/γ)
	}
	covariance, err := wells.NewQuadratic(Q.RawMatrix().Data, make([]float64, d)).GibbsCovariance(β)
	if err != nil {
		panic(err)
	}
	mean1, mean2, rows := make([]float64, d), make([]float64, d), make([][]float64, d)
	for i := range d {
		rows[i] = covariance[i*d : (i+1)*d]
		for j, v := range rows[i] {
			mean2[i] += β * v * p[j]
		}
		mean1[i] = x[i] - mean2[i]
	}
	return map[string]any{"mean_rho1": mean1, "mean_rho2": mean2, "cov": rows}
}

func burgers(in inputs) any {
	f, x := profile(in["f"]).At, in.number("x")
	p, slope, err := pde.Burgers(f, x, in.number("t"))
	if err != nil {
		panic(err)
	}
	shock, least := pde.ShockTime(f, x-10, x+10)
	return map[string]any{"p": p, "p_x": slope, "f2_min": least, "t_star": shock}
}

func semiConcavity(in inputs) any {
	f, t, span := profile(in["f"]).At, in.number("t"), list(in["x_range"])
	C := pde.LargestCurvature(f, span[0], span[1])
	u := func(x float64) (v, slope, curvature float64) {
		p := pde.ViscousAt(f, x, t, in.number("beta"))
		return p.Value, p.Slope, p.Curvature
	}
	return map[string]any{"C0": C, "bound": pde.SemiConcavity(C, t), "actual_sup_uxx": pde.LargestCurvature(u, span[0], span[1])}
}

func harmonicMean(in inputs) any {
	A, t := mat.DenseCopyOf(symmetric(in["A"])), in.number("t")
	d, _ := A.Dims()
	diagonal := make([]float64, d)
	for i := range diagonal {
		diagonal[i] = A.At(i, i)
	}
	q := wells.NewQuadratic(A.RawMatrix().Data, make([]float64, d))
	return map[string]any{
		"HM_eigs":                   pde.HarmonicMean(q.Eigenvalues()),
		"HM_diag":                   pde.HarmonicMean(diagonal),
		"HM_eigs_of_u_hessian_at_t": pde.HarmonicMean(q.LocalEntropy(t, math.Inf(1)).Eigenvalues()),
		"lemma_4_19_bound":          pde.HarmonicBound(diagonal, t),
	}
}

func robustWidth(in inputs) any {
	f, ε, β := profile(in["f"]), in.number("eps"), in.number("beta")
	x := minimumBeside(f, in.number("x_start"))
	_, _, curvature := f.At(x)
	return map[string]any{
		"x_star":        x,
		"gamma_star":    pde.RobustWidth(f.At, x, ε, β, 1e3),
		"laplace_gamma": pde.LaplaceWidth(curvature, ε, β),
	}
}

// minimumBeside is the minimum to which Newton's method leads.
func minimumBeside(f wells.Profile, x float64) float64 {
	for range 50 {
		_, slope, curvature := f.At(x)
		x -= slope / math.Abs(curvature)
	}
	return x
}

func passageTime(in inputs) any {
	f, a, D := profile(in["f"]).At, in.number("a"), in.number("diffusion_Dc")
	return map[string]any{
		"mfpt_exact": pde.PassageTime(f, a, in.number("b"), D),
		"kramers":    pde.Kramers(f, a, in.number("saddle"), D),
	}
}

func spectralGap(in inputs) any {
	f, D := profile(in["f"]), in.number("diffusion_Dc")
	low, high := confined(f, D)
	rates := func(nodes int) []float64 {
		return pde.NewFokkerPlanck(sampled(pde.Line(low, high, nodes), f), D).Rates(2)
	}
	coarse, fine := rates(2001), rates(4001)
	at := func(k int) float64 { return (4*fine[k] - coarse[k]) / 3 } // of second order
	return map[string]any{"lambda1": at(0), "lambda2": at(1)}
}

// confined is an interval beyond which e^(-f/D) is below e^-60 of its largest value.
func confined(f wells.Profile, D float64) (low, high float64) {
	least := math.Inf(1)
	at := func(x float64) float64 { v, _, _ := f.At(x); least = min(least, v); return v }
	for x := -3.0; x < 3; x += 0.01 {
		at(x)
	}
	low, high = -0.1, 0.1
	for at(low) < least+60*D || low > -1 {
		low -= 0.1
	}
	for at(high) < least+60*D || high < 1 {
		high += 0.1
	}
	return low, high
}

func gibbsSecondMoment(in inputs) any {
	f, β := profile(in["f"]).At, in.number("beta")
	square := func(x float64) float64 { return x * x }
	return map[string]any{
		"noise_sqrt(2/beta)": pde.GibbsMean(f, 1/β, square),
		"noise_beta^(-1/2)":  pde.GibbsMean(f, 1/(2*β), square),
	}
}

func linearQuadratic(in inputs) any {
	q := pde.LinearQuadratic{A: in.number("a"), C: in.number("c"), Beta: in.number("beta"), Time: in.number("T")}
	u, slope := q.Value(in.number("x0"))
	free, best, effort := q.Costs(in.number("x0"))
	return map[string]any{"u": u, "alpha_star": slope, "E_V_sgd": free, "E_V_csgd": best, "half_E_int_alpha2": effort}
}

func nonlinearControl(in inputs) any {
	f, V, β, T, x := profile(in["f"]), profile(in["V"]), in.number("beta"), in.number("T"), in.number("x0")
	solve := func(nodes int) [4]float64 {
		a := pde.Line(x-3.5, x+3.5, nodes)
		c := pde.NewControl(sampled(a, f), sampled(a, V), β, T, 200)
		free, best, effort := c.Costs()
		at := nodes / 2
		return [4]float64{best.Values[at] + effort.Values[at], free.Values[at], best.Values[at], effort.Values[at]}
	}
	coarse, fine := solve(1001), solve(2001)
	at := func(k int) float64 { return (4*fine[k] - coarse[k]) / 3 } // of second order
	return map[string]any{"u": at(0), "E_V_sgd": at(1), "E_V_csgd": at(2), "half_E_int_alpha2": at(3)}
}

func convexArgmin(in inputs) any {
	f, γ, β := profile(in["f"]), in.number("gamma"), in.number("beta")
	lowest := minimumBeside(f, 0.5)
	smoothed := func(x float64) (slope, curvature float64) {
		p := pde.ViscousAt(f.At, x, γ, β)
		return p.Slope, p.Curvature
	}
	entropy, lax := lowest, lowest
	for range 50 {
		s, c := smoothed(entropy)
		entropy -= s / c
		p := pde.HopfLaxAt(f.At, lax, γ, 0)
		lax -= p.Slope / p.Curvature
	}
	return map[string]any{"argmin_f": lowest, "argmin_local_entropy": entropy, "argmin_hopf_lax": lax}
}
