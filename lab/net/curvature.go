package net

import "glassy/lab/device"

// A point is what the machine holds of an earlier call, for the next at the
// same x: of all samples, where they are one chunk.
type point struct {
	x, kept device.Vector // copies of where it is and of the kept statistics then
	forward bool          // what forward leaves
	deltas  bool          // and what backward with keep does
}

func (p *point) forget() { p.forward, p.deltas = false, false }

// move tells what the machine holds of x and remembers that it is there now.
func (l *Loss) move(x device.Vector) {
	p := &l.at
	if p.forward && l.m.dev.Equal(p.kept, l.m.statistics) && l.m.dev.Equal(p.x, x) {
		return
	}
	p.forget()
	if l.one() {
		if p.x.Len() == 0 {
			p.x, p.kept = l.New(), l.m.statistics.New()
		}
		l.m.dev.Copy(p.x, x)
		l.m.dev.Copy(p.kept, l.m.statistics)
	}
}

// one tells whether all samples are one chunk.
func (l *Loss) one() bool { return l.batch || l.Samples() <= l.chunk }

// curve calls f for each chunk after forward, and after backward where f needs
// deltas; the one chunk that the machine still holds is not worked out again.
func (l *Loss) curve(deltas bool, f func()) {
	p := &l.at
	if p.forward && (p.deltas || !deltas) {
		f()
		return
	}
	one := l.one()
	l.chunks(l.chunk, func() {
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
// forward over reverse (Pearlmutter 1994). It costs 1.5 to 2.7 gradients; where
// all samples are one chunk the machine holds what depends on x alone, and further
// products at the same x cost 1.2 to 2.
func (l *Loss) HessianVector(x, v, hv device.Vector) {
	l.begin("HessianVector", x)
	l.need("HessianVector", "v", v)
	l.need("HessianVector", "hv", hv)
	needApart("HessianVector", "hv", hv, x, v)
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
	needApart("GaussNewtonVector", "gv", gv, x, v)
	l.move(x)
	l.curve(false, func() {
		htz := l.tangent(v, l.scale())
		l.m.grad = gv
		l.m.root.backward(l.m, htz)
		l.m.grad = device.Vector{}
		l.at.deltas = false
	})
}
