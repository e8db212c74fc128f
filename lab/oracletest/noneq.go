package oracletest

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"glassy/lab/noneq"
	"glassy/lab/sde"
	"glassy/lab/wells"
)

// orPanic is v; oracles have no bad data.
func orPanic[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// rows are those of a matrix.
func rows(m mat.Matrix) [][]float64 {
	n, _ := m.Dims()
	out := make([][]float64, n)
	for i := range out {
		out[i] = mat.Row(nil, i, m)
	}
	return out
}

func linear(in inputs, beta float64) *noneq.Linear {
	return orPanic(noneq.NewLinear(len(lists(in["F"])), list(in["F"]), list(in["D"]), beta))
}

func temperatures(in inputs) any {
	b := sde.Batches{Rate: in.number("eta"), Size: in.integer("b")}
	with := b.Temperature(in.integer("N"))
	b.WithoutReplacement = true
	return map[string]any{"with": with, "without": b.Temperature(in.integer("N"))}
}

func leastSquares(in inputs) *wells.LeastSquares {
	a := list(in["a"])
	y := list(in["y"])
	return wells.NewLeastSquares(len(a)/len(y), a, y)
}

func sgdCovariance(in inputs) any {
	l, η, b, replace := leastSquares(in), in.number("eta"), in.integer("b"), in["replace"].(bool)
	d, n := l.Dim(), float64(l.Samples())
	x := orPanic(l.Minimum())
	square := func(v []float64) *mat.Dense { return mat.NewDense(d, d, v) }
	F, D, exact := square(l.Curvature()), square(l.Diffusion(x)), square(orPanic(l.SGDCovariance(η, b, replace)))
	// β⁻¹D of (6.2), in D_w.
	T := η / 2 / float64(b)
	if !replace {
		T *= (n - float64(b)) / (n - 1)
	}
	near := orPanic(noneq.NewLinear(d, F.RawMatrix().Data, D.RawMatrix().Data, 1/T))
	var FS mat.Dense
	FS.Product(F, exact, F)
	return map[string]any{
		"x_star": x, "F": rows(F), "D_w_at_x_star": rows(D), "exact": rows(exact),
		"ou_lyapunov":                   rows(orPanic(near.Stationary())),
		"discrete_additive":             rows(orPanic(near.Steps(η).Covariance())),
		"second_moment_spectral_radius": l.SGDContraction(η, b, replace),
		"E_grad_norm2":                  mat.Trace(&FS),
	}
}

func weakOrder(in inputs) any {
	l, T, x0 := leastSquares(in), in.number("T"), []float64{in.number("x0")}
	b, replace := in.integer("b"), in["replace"].(bool)
	var table []any
	for _, η := range list(in["etas"]) {
		sgd := l.SGDMoments(x0, η, b, replace, int(math.Round(T/η)))
		eq := l.SDEMoments(x0, η, b, replace, T)
		table = append(table, map[string]any{
			"eta": η, "sgd_mean": sgd.Mean[0], "sgd_second": sgd.Second[0], "sde_mean": eq.Mean[0], "sde_second": eq.Second[0],
			"err_over_eta_mean": (sgd.Mean[0] - eq.Mean[0]) / η, "err_over_eta_second": (sgd.Second[0] - eq.Second[0]) / η,
		})
	}
	// D(x) is a polynomial of second degree: its coefficients by three values.
	D := func(x float64) float64 { return l.Diffusion([]float64{x})[0] }
	second := (D(1) + D(-1) - 2*D(0)) / 2
	return map[string]any{"D_coefficients_x2_x1_x0": []float64{second, (D(1) - D(-1)) / 2, D(0)}, "table": table}
}

func calculi(in inputs) any {
	f, D := profile(in["f"]), profile(in["D"])
	line := noneq.Line{Beta: in.number("beta"),
		Slope:     func(x float64) float64 { _, s, _ := f.At(x); return s },
		Diffusion: func(x float64) float64 { v, _, _ := D.At(x); return v }}
	out := map[string]any{}
	points := list(in["points"])
	for name, α := range map[string]float64{"ito": 0, "stratonovich": 0.5, "klimontovich_haenggi": 1} {
		line.Alpha = α
		ρ := orPanic(line.Stationary(-in.number("half"), in.number("half")))
		var density []float64
		for _, x := range points {
			density = append(density, ρ.At(x))
		}
		out[name] = map[string]any{"density": density, "E_x2": ρ.Mean(func(x float64) float64 { return x * x })}
	}
	line.Alpha = 0
	var slopes []float64
	for _, x := range points {
		slopes = append(slopes, line.PotentialSlope(x))
	}
	out["Phi_prime_ito"] = slopes
	return out
}

func decomposition(in inputs) any {
	l := linear(in, in.number("beta"))
	c := orPanic(l.Decompose())
	j := c.Rotation()
	out := map[string]any{
		"U": rows(c.U), "Q": rows(c.Q), "U_inverse": rows(c.S), "j_matrix": rows(j), "current_divergence_trace": mat.Trace(j),
		"F_stable": l.Kind() == "minimum",
	}
	if Σ, err := l.Stationary(); err == nil {
		out["Sigma"] = rows(Σ)
	}
	return out
}

func currentLoop(in inputs) any {
	ω := orPanic(linear(in, 1).Decompose()).Frequencies()[0]
	return map[string]any{"angular_frequency": ω, "period": 2 * math.Pi / ω}
}

// rowsAndColumns is (6.53) for the field that the oracle puts into words.
func rowsAndColumns(in inputs) any {
	q, x := list(in["q_coeffs_1_x_y_xy"]), list(in["point"])
	p := noneq.Parts{Dim: 2, Beta: in.number("beta"),
		Potential: func(x []float64) float64 { return math.Pow(x[0], 4)/4 + x[1]*x[1] + x[0]*x[1]/2 },
		Diffusion: func(x, D []float64) {
			D[0], D[1], D[2], D[3] = 1+x[0]*x[0], x[0]*x[1]/3, x[0]*x[1]/3, 2+x[1]*x[1]
		},
		Curl: func(x, Q []float64) {
			v := q[0] + q[1]*x[0] + q[2]*x[1] + q[3]*x[0]*x[1]
			Q[0], Q[1], Q[2], Q[3] = 0, v, -v, 0
		}}
	byRows, byColumns := make([]float64, 2), make([]float64, 2)
	p.Gradient(x, byRows)
	columns := func(x, g []float64) { // ∇·Q has the other sign
		div := make([]float64, 2)
		noneq.Divergence(2, p.Curl, x, div)
		p.Gradient(x, g)
		for i := range g {
			g[i] += 2 / p.Beta * div[i]
		}
	}
	columns(x, byColumns)
	process := p.Process()
	right := process.Residual(p.Potential, x)
	process.Drift = func(x, b []float64) {
		columns(x, b)
		b[0], b[1] = -b[0], -b[1]
	}
	return map[string]any{
		"grad_f_rowwise_correct": byRows, "grad_f_columnwise_as_in_Def_6_7": byColumns,
		"stationarity_residual_rowwise_over_rho":    right,
		"stationarity_residual_columnwise_over_rho": math.Abs(process.Residual(p.Potential, x)),
	}
}

func example643(in inputs) any {
	r, x := noneq.DoubleWell(in.number("lambda")), list(in["x"])
	j, divergence := r.Force(x)
	p := r.Process()
	grad := make([]float64, 2)
	p.Drift(x, grad)
	grad[0], grad[1] = -grad[0], -grad[1]
	_, _, along := p.Remainder(r.Potential, x)
	return map[string]any{"Phi": r.Potential(x), "j": j, "grad_f": grad, "div_j": divergence, "j_dot_grad_Phi": along}
}

func freeEnergyDecay(in inputs) any {
	l := linear(in, in.number("beta"))
	m0, S0 := list(in["m0"]), symmetric(in["S0"])
	var out []any
	for _, t := range list(in["times"]) {
		m, S, err := l.Moments(m0, S0, t)
		if err != nil {
			panic(err)
		}
		energy, dissipation, err := l.FreeEnergy(m, S)
		if err != nil {
			panic(err)
		}
		out = append(out, map[string]any{"t": t, "mean": m, "cov": rows(S), "free_energy": energy, "dissipation": dissipation})
	}
	return out
}

func trajectoryNull(in inputs) any {
	η := in.number("eta")
	a := linear(in, 2*in.number("b")/η).Steps(η)
	i := in.integer("coordinate")
	var lags []int
	for _, k := range list(in["lags"]) {
		lags = append(lags, int(k))
	}
	var power []float64
	for _, ω := range list(in["omegas"]) {
		power = append(power, orPanic(a.IncrementPower(i, ω)))
	}
	return map[string]any{
		"acf": orPanic(a.Correlation(i, lags)), "psd_increments": power, "stationary_cov": rows(orPanic(a.Covariance())),
		"area_rate_01_per_step": orPanic(a.AreaRates()).At(0, 1),
	}
}

// symmetricPair is Q₁₂ of F = diag(λ₁, λ₂), which the diagonal of D has no part in.
func symmetricPair(in inputs) any {
	d := in.number("d12")
	l := orPanic(noneq.NewLinear(2, []float64{in.number("lambda1"), 0, 0, in.number("lambda2")}, []float64{1, d, d, 1}, 1))
	return orPanic(l.Decompose()).Q.At(0, 1)
}

// langevinBias is the variance of Langevin dynamics in ½ay² by steps of η, and of those
// whose noise lacks its 2.
func langevinBias(in inputs) any {
	a, η, β := in.number("a"), in.number("eta"), in.number("beta")
	bowl := func(β float64) *noneq.Linear { return orPanic(noneq.NewLinear(1, []float64{a}, []float64{1}, β)) }
	target := orPanic(bowl(β).Stationary()).At(0, 0)
	steps := orPanic(bowl(β).Steps(η).Covariance()).At(0, 0)
	return map[string]any{
		"target_variance": target, "discrete_variance": steps, "ratio": steps / target,
		"variance_if_noise_sqrt(eta/beta)": orPanic(bowl(2*β).Steps(η).Covariance()).At(0, 0),
	}
}
