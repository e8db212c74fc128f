package oracletest

import (
	"gonum.org/v1/gonum/mat"

	"glassy/lab/device"
	"glassy/lab/entropy"
	"glassy/lab/pde"
	"glassy/lab/wells"
)

// entropyAt is the local entropy of a function of one variable, β = 1.
func entropyAt(in inputs) (*entropy.Local, *entropy.Point) {
	l := entropy.Of(wells.New(profile(in["f"])), in.number("gamma"), 1)
	p, err := l.Quadrature([]float64{in.number("x")})
	if err != nil {
		panic(err)
	}
	return l, p
}

func unnormalisedEntropy(in inputs) any {
	l, p := entropyAt(in)
	return map[string]any{
		"thesis_3_1":            l.Unnormalised(p.Value),
		"normalised_4_11_beta1": pde.ViscousAt(profile(in["f"]).At, in.number("x"), in.number("gamma"), 1).Value,
	}
}

func shannonEntropy(in inputs) any {
	_, p := entropyAt(in)
	return map[string]any{"H": p.Shannon, "dH_dx": p.ShannonChange[0]}
}

func stabilityBound(in inputs) any {
	sgd := entropy.Training{Lipschitz: in.number("alpha"), Smooth: in.number("mu"), Rate: in.number("c_lr"), Steps: in.number("T"), Samples: in.integer("N")}
	γ, c := in.number("gamma"), in.number("c_hess")
	smoothed := sgd.Smoothed(γ, c)
	return map[string]any{
		"sgd":               sgd.Stability(),
		"entropy_sgd":       smoothed.Stability(),
		"ratio":             smoothed.Stability() / sgd.Stability(),
		"thesis_3_17_ratio": sgd.PrintedRatio(γ, c),
	}
}

// smoothedQuadratic is the local entropy, by Laplace's method, of the quadratic that has
// this Hessian and gradient at 0.
func smoothedQuadratic(dev device.Device, in inputs) any {
	Q, g := symmetric(in["Q"]), list(in["grad"])
	d := len(g)
	var centre mat.VecDense
	if err := centre.SolveVec(Q, mat.NewVecDense(d, g)); err != nil {
		panic(err)
	}
	centre.ScaleVec(-1, &centre)
	f := wells.NewQuadratic(mat.DenseCopyOf(Q).RawMatrix().Data, centre.RawVector().Data).On(dev, device.Float64)
	p, err := entropy.Of(f, in.number("gamma"), 1).Laplace(f.New())
	if err != nil {
		panic(err)
	}
	moved, rows := make([]float64, d), make([][]float64, d)
	for i := range d {
		moved[i], rows[i] = -p.Mean[i], p.Hessian[i*d:(i+1)*d]
	}
	return map[string]any{"x_minus_mean_y": moved, "grad_f_gamma": p.Gradient, "hess_f_gamma": rows}
}
