package oracletest

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"glassy/lab/device"
	"glassy/lab/wells"
)

func heatEquation(in inputs) any {
	v, slope, _ := profile(in["f"]).Heat(in.number("gamma") / in.number("beta")).At(in.number("x"))
	return map[string]any{"v": v, "v_x": slope}
}

func quadraticEntropy(dev device.Device, in inputs) any {
	x, t := list(in["x"]), in.number("t")
	d := len(x)
	q := wells.NewQuadratic(mat.DenseCopyOf(symmetric(in["A"])).RawMatrix().Data, make([]float64, d))
	u := q.LocalEntropy(t, in.number("beta")).On(dev, device.Float64)
	at, g, hv := put(dev, x), u.New(), u.New()
	value := u.Gradient(at, g)
	hessian := make([][]float64, d)
	for i := range hessian {
		e := make([]float64, d)
		e[i] = 1
		u.HessianVector(at, put(dev, e), hv)
		hessian[i] = read(hv)
	}
	return map[string]any{"u": value, "grad": read(g), "hessian": hessian, "hopf_lax": q.LocalEntropy(t, math.Inf(1)).At(x...)}
}
