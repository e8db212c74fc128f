package perceptron

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// gaussian is a rule for averages over standard normal numbers: the trapezoid
// rule, which converges faster than any power of the step for smooth functions,
// at steps of about h to end standard deviations.
type gaussian struct{ at, weight []float64 }

func newGaussian(h, end float64) gaussian {
	n := 2*int(math.Ceil(end/h)) + 1
	g := gaussian{floats.Span(make([]float64, n), -end, end), make([]float64, n)}
	step := 2 * end / float64(n-1)
	for i, z := range g.at {
		g.weight[i] = step * density(z)
	}
	return g
}

// mean is ∫ Dz f(z).
func (g gaussian) mean(f func(z float64) float64) (sum float64) {
	for i, z := range g.at {
		sum += g.weight[i] * f(z)
	}
	return sum
}

// density is φ.
func density(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }

// tail is H(x) = ∫_x^∞ φ.
func tail(x float64) float64 { return math.Erfc(x/math.Sqrt2) / 2 }

// logTail is ln H(x).
func logTail(x float64) float64 {
	if x < 30 {
		return math.Log(tail(x))
	}
	return -x*x/2 - math.Log(2*math.Pi)/2 - math.Log(mills(x))
}

// mills is φ(x)/H(x).
func mills(x float64) float64 {
	if x < 30 {
		return density(x) / tail(x)
	}
	// Laplace's continued fraction x + 1/(x + 2/(x + …)).
	f := x
	for k := 6.0; k > 0; k-- {
		f = x + k/f
	}
	return f
}

// logTwoCosh is ln 2cosh x.
func logTwoCosh(x float64) float64 {
	x = math.Abs(x)
	return x + math.Log1p(math.Exp(-2*x))
}
