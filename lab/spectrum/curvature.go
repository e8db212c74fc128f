package spectrum

import (
	"fmt"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// GaussNewton is the Gauss-Newton matrix of f = loss ∘ model at x, Jᵀ H_loss J: the
// Hessian without the curvature of the model, positive semidefinite (Schraudolph
// 2002). For a cross-entropy it is the Fisher matrix of the model's own labels
// (Martens 2020). x is copied; the operator uses f's work space.
func GaussNewton(f landscape.GaussNewton, x device.Vector) Operator {
	a, _ := at("Gauss-Newton matrix", f, x, f.GaussNewtonVector)
	return a
}

// Fisher is the empirical Fisher matrix at x, the second moment 1/N Σ g_k g_kᵀ of
// the gradients of single data, with the labels that the data have: the uncentred
// [Diffusion]. Its rank is at most N. x is copied, and so is f's work space.
func Fisher(f landscape.PerSample, x device.Vector) Operator {
	return NewDiffusion(f, x, Noise{Uncentred: true}).Operator()
}

// Block is the diagonal block of a for the coordinates from..to-1: the curvature
// within one layer, say. A product takes one with a.
func Block(a Operator, name string, from, to int) Operator {
	d, n := a.check("Block")
	if n < d {
		panic(fmt.Sprintf("spectrum: Block: the %s has a Normal, expected an operator on the whole space", a.name()))
	}
	if from < 0 || to <= from || to > d {
		panic(fmt.Sprintf("spectrum: Block: coordinates %d..%d, expected some of 0..%d", from, to, d))
	}
	v, av := a.New(), a.New()
	dev := v.Device()
	return Operator{
		Name: fmt.Sprintf("%s of the %s", name, a.name()),
		New:  func() device.Vector { return dev.New(v.DType(), to-from) },
		Apply: func(u, au device.Vector) {
			dev.Copy(v.Slice(from, to), u) // the rest stays 0
			a.Apply(v, av)
			dev.Copy(au, av.Slice(from, to))
		},
	}
}
