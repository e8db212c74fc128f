package noneq

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// A Process is Itô's
//
//	dX = b(X) dt + √(2β⁻¹D(X)) dB,
//
// which is (6.2) with b = -∇f; b need be no gradient. The functions may be called
// from several goroutines at once and must not keep what they are given.
type Process struct {
	Dim       int
	Drift     func(x, b []float64) // b, len Dim
	Diffusion func(x, D []float64) // D, Dim×Dim row-major, symmetric, no eigenvalue below 0; nil: the identity
	Beta      float64              // β, the inverse temperature, above 0
	Name      string               // "" or what it is called where it is shown
}

// At is the process at another inverse temperature.
func (p Process) At(beta float64) Process {
	p.Beta = beta
	return p
}

func (p Process) check(what string) {
	if p.Dim < 1 || p.Drift == nil || !(p.Beta > 0) || math.IsInf(p.Beta, 0) {
		panic(fmt.Sprintf("noneq: %s: Dim is %d, Drift is given: %v, Beta is %v, expected at least 1, a function, a finite number above 0", what, p.Dim, p.Drift != nil, p.Beta))
	}
}

// diffusion writes D(x) to D.
func (p Process) diffusion(x, D []float64) {
	if p.Diffusion != nil {
		p.Diffusion(x, D)
		return
	}
	clear(D)
	for i := range p.Dim {
		D[i*p.Dim+i] = 1
	}
}

// Force writes b - β⁻¹∇·D, len Dim: what drives the probability current
// J = (b - β⁻¹∇·D)ρ - β⁻¹D∇ρ beside the gradient of the density.
func (p Process) Force(x, out []float64) {
	p.Drift(x, out)
	if p.Diffusion == nil {
		return
	}
	div := make([]float64, p.Dim)
	Divergence(p.Dim, p.Diffusion, x, div)
	for i, v := range div {
		out[i] -= v / p.Beta
	}
}

// central is the central difference of eighth order: with steps of 10⁻² its error is
// of the order of 10⁻¹⁴ for functions that vary over distances of the order of 1.
var central = fd.Formula{
	Stencil: []fd.Point{
		{Loc: -4, Coeff: 1. / 280}, {Loc: -3, Coeff: -4. / 105}, {Loc: -2, Coeff: 1. / 5}, {Loc: -1, Coeff: -4. / 5},
		{Loc: 1, Coeff: 4. / 5}, {Loc: 2, Coeff: -1. / 5}, {Loc: 3, Coeff: 4. / 105}, {Loc: 4, Coeff: -1. / 280},
	},
	Derivative: 1,
	Step:       1e-2,
}

// jacobian is ∂f_i/∂x_k at x of a function with that many values.
func jacobian(values int, f func(x, y []float64), x []float64) *mat.Dense {
	J := mat.NewDense(values, len(x), nil)
	fd.Jacobian(J, func(y, x []float64) { f(x, y) }, x, &fd.JacobianSettings{Formula: central})
	return J
}

// Divergence writes Σ_j ∂_j M_ij(x), the divergence of each row of a dim×dim matrix,
// to out. The thesis's Definition 6.7 takes that of each column, which is the same
// for D and has the other sign for an antisymmetric Q. By differences of eighth
// order.
func Divergence(dim int, M func(x, M []float64), x, out []float64) {
	J := jacobian(dim*dim, M, x)
	for i := range dim {
		out[i] = 0
		for j := range dim {
			out[i] += J.At(i*dim+j, j)
		}
	}
}

// Parts is a process put together from its stationary density e^(-βΦ), its
// diffusion matrix and an antisymmetric matrix field Q, Theorem 6.48.
type Parts struct {
	Dim       int
	Potential func(x []float64) float64 // Φ
	Diffusion func(x, D []float64)      // Dim×Dim; nil: the identity
	Curl      func(x, Q []float64)      // Q, Dim×Dim, antisymmetric; nil: 0
	Beta      float64
}

// Gradient writes (6.53), ∇f = (D+Q)∇Φ - β⁻¹∇·(D+Q), with the divergence of rows:
// that of columns, as the thesis defines it, does not leave e^(-βΦ) stationary.
func (p Parts) Gradient(x, g []float64) {
	d := p.Dim
	slope := fd.Gradient(nil, p.Potential, x, &fd.Settings{Formula: central})
	D, Q, div := make([]float64, d*d), make([]float64, d*d), make([]float64, d)
	Process{Dim: d, Diffusion: p.Diffusion}.diffusion(x, D)
	if p.Curl != nil {
		p.Curl(x, Q)
	}
	Divergence(d, func(x, M []float64) {
		Process{Dim: d, Diffusion: p.Diffusion}.diffusion(x, M)
		if p.Curl != nil {
			Q := make([]float64, d*d)
			p.Curl(x, Q)
			for i, q := range Q {
				M[i] += q
			}
		}
	}, x, div)
	for i := range d {
		g[i] = -div[i] / p.Beta
		for j := range d {
			g[i] += (D[i*d+j] + Q[i*d+j]) * slope[j]
		}
	}
}

// Process is dX = -∇f dt + √(2β⁻¹D) dB with the gradient of [Parts.Gradient].
func (p Parts) Process() Process {
	return Process{Dim: p.Dim, Diffusion: p.Diffusion, Beta: p.Beta, Drift: func(x, b []float64) {
		p.Gradient(x, b)
		for i := range b {
			b[i] = -b[i]
		}
	}}
}

// Remainder is the force j = b + D∇Φ - β⁻¹∇·D of Definition 6.21 at x for a potential Φ,
// len Dim, its divergence, which Assumption 6.22 takes for 0, and j·∇Φ, which is then 0
// too. By differences of eighth order.
func (p Process) Remainder(potential func(x []float64) float64, x []float64) (j []float64, divergence, along float64) {
	p.check("Remainder")
	force := p.remainder(potential)
	j = make([]float64, p.Dim)
	force(x, j)
	slope := fd.Gradient(nil, potential, x, &fd.Settings{Formula: central})
	return j, mat.Trace(jacobian(p.Dim, force, x)), floats.Dot(j, slope)
}

// Residual is ∇·J/ρ = ∇·j - β j·∇Φ at x for the density ρ = e^(-βΦ): 0 everywhere where
// that is stationary.
func (p Process) Residual(potential func(x []float64) float64, x []float64) float64 {
	_, divergence, along := p.Remainder(potential, x)
	return divergence - p.Beta*along
}

// remainder is j as a function of x.
func (p Process) remainder(potential func(x []float64) float64) func(x, j []float64) {
	return func(x, j []float64) {
		slope := fd.Gradient(nil, potential, x, &fd.Settings{Formula: central})
		D := make([]float64, p.Dim*p.Dim)
		p.diffusion(x, D)
		p.Force(x, j)
		for i := range j {
			for k, s := range slope {
				j[i] += D[i*p.Dim+k] * s
			}
		}
	}
}
