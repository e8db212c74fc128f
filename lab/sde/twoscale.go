package sde

import (
	"fmt"
	"math"

	"glassy/lab/landscape"
)

// The systems of Section 4.3 have a slow variable X and fast ones Y, which the
// smaller ε is the faster sample a law that X sets; then X moves by its mean. A
// walker is X, d numbers, followed by the Y. Steps must be short beside ε.

// LocalEntropy is (4.20), with the noise that makes it so (spec 4.5): Y samples
// ρ₁ ∝ e^(-β(f(y)+|x-y|²/2γ)),
//
//	dX = -(X-Y)/γ ds,  dY = -1/ε [∇f(Y) + (Y-X)/γ] ds + √(2/εβ) dB,
//
// and in the limit dX = -∇f_γ(X) ds, f_γ the local entropy: Theorem 4.5. Dim is 2d.
func LocalEntropy(f landscape.Landscape, gamma, beta, epsilon float64) Equation {
	return Elastic(f, 1, gamma, beta, epsilon)
}

// Elastic is Elastic-SGD, (4.24) as it must read (spec 4.5): n workers Y, each as in
// [LocalEntropy], and X drawn to their mean. In the limit X moves as there, whatever n
// is. Dim is (n+1)d.
func Elastic(f landscape.Landscape, n int, gamma, beta, epsilon float64) Equation {
	checkScales("Elastic", gamma, beta, epsilon)
	if n < 1 {
		panic(fmt.Sprintf("sde: Elastic: %d workers, expected at least 1", n))
	}
	d, g := f.Dim(), gradient(f)
	return Equation{
		Dim: (n + 1) * d,
		Drift: func(_ float64, x, b []float64) {
			X, dX := x[:d], b[:d]
			clear(dX)
			for k := 1; k <= n; k++ {
				Y, dY := x[k*d:(k+1)*d], b[k*d:(k+1)*d]
				g(Y, dY)
				for a := range dY {
					dY[a] = -(dY[a] + (Y[a]-X[a])/gamma) / epsilon
					dX[a] += (Y[a] - X[a]) / (gamma * float64(n))
				}
			}
		},
		Noise: fast(d, math.Sqrt(2/(epsilon*beta))),
	}
}

// Twin is the other form of [LocalEntropy], for Y = X - what samples there:
//
//	dX = -∇f(X-Y) ds,  dY = -1/ε [Y/γ - ∇f(X-Y)] ds + √(2/εβ) dB.
func Twin(f landscape.Landscape, gamma, beta, epsilon float64) Equation {
	return displaced("Twin", f, gamma, beta, epsilon, 1)
}

// Heat is (4.27): Y is an Ornstein-Uhlenbeck process of variance γ/β, whatever f is,
//
//	dX = -∇f(X-Y) ds,  dY = -Y/εγ ds + √(2/εβ) dB,
//
// and in the limit X goes down the heat equation's solution at time γ, (4.28).
func Heat(f landscape.Landscape, gamma, beta, epsilon float64) Equation {
	return displaced("Heat", f, gamma, beta, epsilon, 0)
}

// displaced is Twin, or Heat where Y does not feel f.
func displaced(what string, f landscape.Landscape, gamma, beta, epsilon, feels float64) Equation {
	checkScales(what, gamma, beta, epsilon)
	d, g := f.Dim(), gradient(f)
	return Equation{
		Dim: 2 * d,
		Drift: func(_ float64, x, b []float64) {
			X, Y, dX, dY := x[:d], x[d:], b[:d], b[d:]
			for a := range dY {
				dY[a] = X[a] - Y[a]
			}
			g(dY, dX)
			for a, slope := range dX {
				dY[a] = -(Y[a]/gamma - feels*slope) / epsilon
				dX[a] = -slope
			}
		},
		Noise: fast(d, math.Sqrt(2/(epsilon*beta))),
	}
}

// fast is noise for all coordinates but the first d.
func fast(d int, s float64) func(t float64, x, out []float64) {
	return func(_ float64, _, out []float64) {
		clear(out[:d])
		for a := d; a < len(out); a++ {
			out[a] = s
		}
	}
}

func checkScales(what string, gamma, beta, epsilon float64) {
	for _, v := range []float64{gamma, beta, epsilon} {
		if !(v > 0) || math.IsInf(v, 0) {
			panic(fmt.Sprintf("sde: %s: γ is %v, β %v, ε %v, expected finite numbers above 0", what, gamma, beta, epsilon))
		}
	}
}
