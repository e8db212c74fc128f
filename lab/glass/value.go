package glass

import (
	"fmt"
	"math"

	"glassy/lab/device"
)

// workspace is vectors that the methods of a Glass keep.
type workspace struct {
	energy, gradient device.Vector // of one configuration
	probes           device.Vector // configurations that HessianVectors asks for,
	values, slopes   device.Vector // with their energies and gradients
	weights          device.Vector
}

// Value is H(σ).
func (g *Glass) Value(σ device.Vector) float64 {
	g.room(&g.work.gradient, g.n)
	return g.Gradient(σ, g.work.gradient)
}

// Gradient writes ∇H(σ) in R^N, which has a part along σ, to grad and returns
// H(σ): for one degree σ·∇H = p H (Euler).
func (g *Glass) Gradient(σ, grad device.Vector) float64 {
	g.room(&g.work.energy, 1)
	g.Gradients(σ, g.work.energy, grad)
	return device.Read[float64](g.work.energy)[0]
}

// Gradients writes the energies and gradients of m configurations, the rows of
// σ, m×N: H, len m, and grad, m×N. They are products of matrices: a
// configuration takes 2N³/3 operations for p = 3.
func (g *Glass) Gradients(σ, H, grad device.Vector) {
	m := H.Len()
	g.check("Gradients", "σ", σ, m*g.n)
	g.check("Gradients", "grad", grad, m*g.n)
	g.check("Gradients", "H", H, m)
	if len(g.terms) == 0 {
		g.dev.Fill(H, 0)
		g.dev.Fill(grad, 0)
	}
	for i, t := range g.terms {
		g.dev.Spins(t.degree, g.n, m, t.scale(g.n), t.couplings, σ, i > 0, H, grad)
	}
}

// HessianVector writes ∇²H(σ) v, the Hessian in R^N, to hv.
func (g *Glass) HessianVector(σ, v, hv device.Vector) {
	g.check("HessianVector", "σ", σ, g.n)
	g.HessianVectors(σ, v, hv)
}

// HessianVectors writes ∇²H(σ) v for each of m rows of σ and of v, m×N, to the
// same row of hv. Along a line σ + tv the gradient is a polynomial in t of
// degree p-1, whose slope at 0 is a sum of ⌊p/2⌋ differences of its values at
// ±t: exactly, for any t. These are as far away as the sphere's radius, where
// rounding does least.
func (g *Glass) HessianVectors(σ, v, hv device.Vector) {
	g.check("HessianVectors", "v", v, σ.Len())
	g.check("HessianVectors", "hv", hv, σ.Len())
	n, m := g.n, σ.Len()/g.n
	if m*n != σ.Len() {
		panic(fmt.Sprintf("glass: HessianVectors: σ has length %d, expected a multiple of N = %d", σ.Len(), n))
	}
	pairs := 0
	if len(g.terms) > 0 {
		pairs = g.terms[0].degree / 2
	}
	g.dev.Fill(hv, 0)
	if pairs == 0 || m == 0 {
		return
	}
	g.room(&g.work.probes, 2*pairs*m*n)
	g.room(&g.work.slopes, 2*pairs*m*n)
	g.room(&g.work.values, 2*pairs*m)
	g.room(&g.work.weights, m)
	w := &g.work

	// Every row of v by what makes it as long as the radius.
	g.dev.RowDots(m, n, v, v, w.weights)
	unit := device.Read[float64](w.weights)
	back := make([]float64, m)
	for r, square := range unit {
		back[r] = math.Sqrt(square / float64(n))
		if unit[r] = 0; back[r] != 0 {
			unit[r] = 1 / back[r]
		}
	}
	upload(w.weights, unit)
	block := func(v device.Vector, b int) device.Vector { return v.Slice(b*m*n, (b+1)*m*n) }
	for k := range pairs {
		t := node(k, pairs)
		for side, sign := range []float64{1, -1} {
			x := block(w.probes, 2*k+side)
			g.dev.Copy(x, v)
			g.dev.RowScale(m, n, w.weights, x)
			g.dev.Axpby(1, σ, sign*t, x)
		}
	}
	g.Gradients(w.probes, w.values, w.slopes)
	for k := range pairs {
		a := nodeWeight(k, pairs)
		g.dev.Axpy(a, block(w.slopes, 2*k), hv)
		g.dev.Axpy(-a, block(w.slopes, 2*k+1), hv)
	}
	upload(w.weights, back)
	g.dev.RowScale(m, n, w.weights, hv)
}

// room makes *v a vector of n numbers, in the memory that it has if that is
// enough.
func (g *Glass) room(v *device.Vector, n int) {
	if v.Len() == n {
		return
	}
	if v.Len() > 0 {
		g.dev.Free(*v)
	}
	*v = g.dev.New(g.dtype, n)
}

func (g *Glass) check(method, what string, v device.Vector, n int) {
	if v.Len() != n || v.DType() != g.dtype && n > 0 {
		panic(fmt.Sprintf("glass: %s: %s is %d numbers of %v, expected %d of %v", method, what, v.Len(), v.DType(), n, g.dtype))
	}
}
