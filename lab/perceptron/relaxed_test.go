package perceptron_test

import (
	"math"
	"testing"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/perceptron"
	"glassy/lab/rng"
)

// The gradient is the difference quotient of the value, and the Hessian that of
// the gradient.
func TestRelaxedDerivatives(t *testing.T) {
	const d, n = 15, 9
	for _, p := range []*perceptron.Perceptron{perceptron.New(d, n, perceptron.Seed(1)), perceptron.New(d, n, perceptron.Margin(0.3))} {
		f := p.Relax()
		x, v := make([]float64, d), make([]float64, d)
		rng.Key(1).Normals(0, x)
		rng.Key(2).Normals(0, v)
		const h = 1e-5
		moved := func(sign float64) device.Vector {
			y := make([]float64, d)
			for j := range y {
				y[j] = x[j] + sign*h*v[j]
			}
			return device.Of(y)
		}
		g, up, down, hv := make([]float64, d), make([]float64, d), make([]float64, d), make([]float64, d)
		value := f.Gradient(device.Of(x), device.Of(g))
		closeTo(t, "value", f.Value(device.Of(x)), value, 0)
		slope := 0.0
		for j := range g {
			slope += g[j] * v[j]
		}
		closeTo(t, "slope", slope, (f.Gradient(moved(1), device.Of(up))-f.Gradient(moved(-1), device.Of(down)))/(2*h), 1e-8) // h²
		f.HessianVector(device.Of(x), device.Of(v), device.Of(hv))
		for j := range hv {
			closeTo(t, "Hessian times vector", hv[j], (up[j]-down[j])/(2*h), 1e-8)
		}
		// The mean over batches is the whole; a pattern that is there twice counts twice.
		half, rest := make([]float64, d), make([]float64, d)
		a := f.BatchGradient(device.Of(x), landscape.Batch{Index: []int{0, 3, 3}}, device.Of(half))
		b := f.BatchGradient(device.Of(x), landscape.Batch{Index: []int{1, 2, 4, 5, 6, 7, 8}}, device.Of(rest))
		once := f.BatchGradient(device.Of(x), landscape.Batch{Index: []int{3}}, device.Of(up))
		closeTo(t, "mean over batches", (3*a+7*b-once)/n, value, 1e-14)
		for j := range g {
			closeTo(t, "gradient of batches", (3*half[j]+7*rest[j]-up[j])/n, g[j], 1e-14)
		}
	}
}

// f is −log of a probability: here of one pattern of many inputs, counted.
func TestRelaxedValue(t *testing.T) {
	const d = 21
	p := perceptron.New(d, 1, perceptron.Seed(3))
	f := p.Relax()
	x := make([]float64, d)
	field := make([]float64, d)
	rng.Key(5).Normals(0, x)
	norm := 0.0
	for j := range x {
		x[j] *= 0.3
		field[j] = x[j] // the weight's law is e^(x_j σ_j)/2cosh x_j
		norm += math.Log(2 * math.Cosh(x[j]))
	}
	b := perceptron.BeliefPropagation(p, perceptron.BPOptions{Exact: true, Field: field})
	closeTo(t, "f", f.Value(device.Of(x)), norm-b.LogPartition, 0.01) // 1/d of the normal law
}

// Going downhill ends in a solution, where f falls to 0.
func TestRelaxedDescent(t *testing.T) {
	p := perceptron.New(101, 40, perceptron.Seed(1))
	f := p.Relax()
	x, g := make([]float64, 101), make([]float64, 101)
	rng.Key(1).Normals(0, x)
	for j := range x {
		x[j] *= 0.1
	}
	for range 2000 {
		f.Gradient(device.Of(x), device.Of(g))
		for j := range x {
			x[j] -= 20 * g[j]
		}
	}
	if w := f.Weights(device.Of(x)); p.Errors(w) != 0 || f.Value(device.Of(x)) > 0.01 {
		t.Errorf("descent ends with %d errors at f = %v, expected a solution", p.Errors(w), f.Value(device.Of(x)))
	}
	for j := range x {
		x[j] *= 1e3 // far out
	}
	if v := f.Gradient(device.Of(x), device.Of(g)); v != 0 || g[0] != 0 {
		t.Errorf("far towards a solution: f = %v, gradient %v", v, g[0])
	}
}
