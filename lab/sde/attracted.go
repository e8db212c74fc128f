package sde

import (
	"fmt"
	"math"
)

// Attracted is n particles of an equation in one walker, each drawn to all others,
//
//	dX^i = b(X^i,t) dt - (2/γ)(X^i - X̄) dt + s(X^i,t) dB^i,  X̄ the mean of all n,
//
// the particles of Remark 4.7. With b = -∇f and s = √(2D) the invariant density is
// e^(-E/D), E = Σ f(x^i) + Σ|x^i - x̄|²/γ, and as n grows each moves by itself in the field
// of the others' law, (McKean 1966): pde.MeanField. Dim is n times that of e, whose noise
// must be diagonal.
func (e Equation) Attracted(n int, gamma float64) Equation {
	if n < 1 || !(gamma > 0) || math.IsInf(gamma, 0) {
		panic(fmt.Sprintf("sde: Attracted: n is %d, γ %v, expected at least 1 and a finite number above 0", n, gamma))
	}
	if e.Spread != nil {
		panic("sde: Attracted: Spread is given, expected Noise")
	}
	d, drift, noise := e.Dim, e.Drift, e.Noise
	e.Dim, e.Form = n*d, nil
	e.Drift = func(t float64, x, b []float64) {
		for i := 0; i < len(x); i += d {
			drift(t, x[i:i+d], b[i:i+d])
		}
		for a := range d {
			mean := 0.0
			for i := a; i < len(x); i += d {
				mean += x[i]
			}
			mean /= float64(n)
			for i := a; i < len(x); i += d {
				b[i] -= 2 / gamma * (x[i] - mean)
			}
		}
	}
	if noise != nil {
		e.Noise = func(t float64, x, s []float64) {
			for i := 0; i < len(x); i += d {
				noise(t, x[i:i+d], s[i:i+d])
			}
		}
	}
	return e
}
