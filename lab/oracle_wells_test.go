package lab_test

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"glassy/lab/device"
	"glassy/lab/wells"
)

func init() {
	implemented["ch4.heat"] = func(in inputs) any {
		v, slope, _ := profile(in["f"]).Heat(in.number("gamma") / in.number("beta")).At(in.number("x"))
		return map[string]any{"v": v, "v_x": slope}
	}
	implemented["ch4.quadratic_d"] = quadraticOracle
}

// profile is the function of one variable that an oracle describes.
func profile(spec any) wells.Profile {
	in := inputs(spec.(map[string]any))
	switch in["kind"] {
	case "poly":
		return wells.Polynomial(list(in["c"]))
	case "cosq":
		return wells.CosineInBowl(in.number("k"), in.number("A"), in.number("w"), in.number("phi"))
	case "expl":
		return wells.ExponentialValley(in.number("a"))
	}
	panic(fmt.Sprintf("kind of function is %v, expected poly, cosq or expl", in["kind"]))
}

func quadraticOracle(in inputs) any {
	x, t := list(in["x"]), in.number("t")
	d := len(x)
	q := wells.NewQuadratic(mat.DenseCopyOf(symmetric(in["A"])).RawMatrix().Data, make([]float64, d))
	u := q.LocalEntropy(t, in.number("beta"))
	g, hessian := u.New(), make([][]float64, d)
	value := u.Gradient(device.Of(x), g)
	for i := range hessian {
		hessian[i] = make([]float64, d)
		e := make([]float64, d)
		e[i] = 1
		u.HessianVector(device.Of(x), device.Of(e), device.Of(hessian[i]))
	}
	return map[string]any{"u": value, "grad": read1(g), "hessian": hessian, "hopf_lax": q.LocalEntropy(t, math.Inf(1)).At(x...)}
}
