package oracletest

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"glassy/lab/noneq"
	"glassy/lab/noneq/information"
	"glassy/lab/noneq/transport"
)

func standardNormal(in inputs) any {
	return information.Normal.Divergence(in.number("mu"), in.number("sigma"))
}

func gaussianPair(in inputs) any {
	g := transport.Gaussian{Mean: list(in["m1"]), Covariance: symmetric(in["S1"])}
	h := transport.Gaussian{Mean: list(in["m2"]), Covariance: symmetric(in["S2"])}
	return map[string]any{
		"KL_12":      orPanic(information.GaussianDivergence(g.Mean, g.Covariance, h.Mean, h.Covariance)),
		"W2_squared": orPanic(g.Distance(h)),
	}
}

// law is the quantile function of what an oracle names.
func law(v any) transport.Quantile {
	spec := v.([]any)
	p := list(spec[1])
	switch spec[0] {
	case "normal":
		return distuv.Normal{Mu: p[0], Sigma: p[1]}.Quantile
	case "uniform":
		return distuv.Uniform{Min: p[0], Max: p[1]}.Quantile
	case "exponential":
		return distuv.Exponential{Rate: p[0]}.Quantile
	case "laplace":
		return distuv.Laplace{Mu: p[0], Scale: p[1]}.Quantile
	}
	panic(fmt.Sprintf("law is %v, expected normal, uniform, exponential or laplace", spec[0]))
}

func lineDistance(in inputs) any { return transport.LineDistance(law(in["p"]), law(in["q"])) }

func sampleDistance(in inputs) any {
	return orPanic(transport.SampleDistance(list(in["x"]), nil, list(in["y"]), nil))
}

func gaussianSteps(in inputs) any {
	κ, β, τ := in.number("kappa"), in.number("beta"), in.number("tau")
	m, s := in.number("mean0"), in.number("sd0")
	n := in.integer("steps")
	var steps [][]float64
	for range n {
		m, s = transport.GaussianStep(m, s, κ, β, τ)
		steps = append(steps, []float64{m, s})
	}
	m, s = transport.GaussianFlow(in.number("mean0"), in.number("sd0"), κ, β, τ*float64(n))
	return map[string]any{"mean_sd_per_step": steps, "exact_flow_at_n_tau": []float64{m, s}}
}

func mutualInformation(in inputs) any {
	p := lists(in["joint"])
	j := orPanic(information.NewJoint(mat.NewDense(len(p), len(p[0]), list(in["joint"]))))
	return map[string]any{"I": j.Information(), "H_row": stat.Entropy(j.Rows()), "H_col": stat.Entropy(j.Columns())}
}

func totalCorrelation(in inputs) any {
	return orPanic(information.TotalCorrelation(symmetric(in["cov"])))
}

// criticalPoint is where the drift of Example 6.43 is 0, and the λ up to which there is
// such a point beside the saddle: where the determinant of its linearisation changes sign.
func criticalPoint(in inputs) any {
	p := noneq.DoubleWell(in.number("lambda")).Process()
	x := orPanic(p.Rest([]float64{0.9, 0.4}))
	determinant := func(λ float64) float64 {
		return mat.Det(orPanic(noneq.DoubleWell(λ).Process().Linearise([]float64{0, 0})).F)
	}
	low, high := 0.0, 3.0
	for range 60 {
		if middle := (low + high) / 2; determinant(middle) < 0 {
			low = middle
		} else {
			high = middle
		}
	}
	return map[string]any{"x_plus": x, "lambda_critical": low}
}
