package wells

import (
	"fmt"
	"math"
)

// Func makes a Go function of dim variables a landscape. Its derivatives are
// central differences: the gradient takes 2·dim evaluations and is right to
// about 10 digits of the energy's scale, a Hessian-vector product takes 4·dim
// and is right to about 6; the function must vary on the scale of max(1, |x_i|)
// for that. f must not keep or change x.
func Func(dim int, f func(x []float64) float64) *Well {
	checkFunction("Func", dim, f == nil)
	const step = 6.055454452393343e-06 // ε^(1/3): error h² of the formula = error ε/h of rounding
	w := function(dim, func(x, g []float64) float64 {
		if g != nil {
			// One step for each variable, of its own size: gonum's fd has one for all.
			x := append([]float64(nil), x...)
			for i, xi := range x {
				h := step * math.Max(1, math.Abs(xi))
				x[i] = xi + h
				up := f(x)
				x[i] = xi - h
				g[i] = (up - f(x)) / (xi + h - x[i]) // the step as it was rounded
				x[i] = xi
			}
		}
		return f(x)
	}, 3e-4) // ε^(2/9): now the gradient's error is ε^(2/3)
	w.gradientDiffers = true
	return w
}

// FuncGradient makes a Go function of dim variables with its gradient a
// landscape: gradient writes ∇f(x) to g. Hessian-vector products are central
// differences of the gradient, right to about 10 digits of its scale. Neither
// function may keep or change x.
func FuncGradient(dim int, f func(x []float64) float64, gradient func(x, g []float64)) *Well {
	checkFunction("FuncGradient", dim, f == nil || gradient == nil)
	return function(dim, func(x, g []float64) float64 {
		if g != nil {
			gradient(x, g)
		}
		return f(x)
	}, 6.055454452393343e-06)
}

// function differentiates a gradient along v by a step of that size in the
// scale of x.
func function(dim int, gradient func(x, g []float64) float64, step float64) *Well {
	return &Well{
		dim:            dim,
		name:           "a function",
		gradient:       gradient,
		hessianDiffers: true,
		hessianVector: func(x, v, hv []float64) {
			var scale, length float64 = 1, 0
			for i := range x {
				scale = math.Max(scale, math.Abs(x[i]))
				length = math.Max(length, math.Abs(v[i]))
			}
			if length == 0 {
				clear(hv)
				return
			}
			h := step * scale / length
			moved := make([]float64, dim)
			shift := func(h float64) {
				for i := range moved {
					moved[i] = x[i] + h*v[i]
				}
			}
			back := make([]float64, dim)
			shift(-h)
			gradient(moved, back)
			shift(h)
			gradient(moved, hv)
			for i := range hv {
				hv[i] = (hv[i] - back[i]) / (2 * h)
			}
		},
	}
}

func checkFunction(name string, dim int, missing bool) {
	if dim < 1 {
		panic(fmt.Sprintf("wells: %s: dim is %d, expected at least 1", name, dim))
	}
	if missing {
		panic(fmt.Sprintf("wells: %s: a function is nil", name))
	}
}
