package net

import "glassy/lab/device"

// A point is what the machine holds of an earlier call, for the next at the
// same x: of all samples, where they are one chunk.
type point struct {
	x       device.Vector // a copy of where it is
	forward bool          // what forward leaves
	deltas  bool          // and what backward with keep does
}

func (p *point) forget() { p.forward, p.deltas = false, false }

// move tells what the machine holds of x and remembers that it is there now.
func (l *Loss) move(x device.Vector) {
	p := &l.at
	if p.forward && l.m.dev.Equal(p.x, x) {
		return
	}
	p.forget()
	if l.holds() {
		if p.x.Len() == 0 {
			p.x = l.New()
		}
		l.m.dev.Copy(p.x, x)
	}
}

// holds tells whether the machine can hold what all samples leave in it.
func (l *Loss) holds() bool { return l.batch || l.Samples() <= max(l.held, l.chunk) }

// curve calls f after forward, and after backward where f needs deltas: once for
// all samples where the machine can hold them, and then not passing again through
// what it holds; else for each chunk.
func (l *Loss) curve(deltas bool, f func()) {
	p := &l.at
	if p.forward && (p.deltas || !deltas) {
		f()
		return
	}
	one, size := l.holds(), l.chunk
	if one {
		size = l.Samples()
	}
	l.chunksOf(size, func() {
		l.m.keep = deltas
		l.forward()
		if deltas {
			l.backward(l.scale())
		}
		l.m.keep = false
		p.forward, p.deltas = one, one && deltas
		f()
	})
}

// HessianVector is hv = ∇²f(x) v, exact: the derivative along v of the gradient,
// forward over reverse (Pearlmutter 1994). It costs 2 to 2.7 gradients. Where the
// activations of all samples together are at most 2²⁶ numbers (a thousand samples
// or some, of a small network) it holds them and the deltas, and further products
// at the same x cost 1.2 to 2: they have no passes left but the tangents'.
func (l *Loss) HessianVector(x, v, hv device.Vector) {
	l.begin("HessianVector", x)
	l.need("HessianVector", "v", v)
	l.need("HessianVector", "hv", hv)
	l.m.product = hv
	l.move(x)
	l.curve(true, func() { l.m.root.backTangent(l.m, l.tangent(v, l.scale())) })
}

// GaussNewtonVector is gv = G v with G = 1/N Σ JᵀHJ, J the Jacobian of the
// logits in x and H the Hessian of the cross-entropy in the logits (Schraudolph
// 2002): positive semidefinite, and the Fisher information of the model's own
// labels.
func (l *Loss) GaussNewtonVector(x, v, gv device.Vector) {
	l.begin("GaussNewtonVector", x)
	l.need("GaussNewtonVector", "v", v)
	l.need("GaussNewtonVector", "gv", gv)
	l.move(x)
	l.curve(false, func() {
		htz := l.tangent(v, l.scale())
		l.m.grad = gv
		l.m.root.backward(l.m, htz)
		l.m.grad = device.Vector{}
		l.at.deltas = false
	})
}
