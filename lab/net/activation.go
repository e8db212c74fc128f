package net

import "glassy/lab/device"

func (ReLU) lay(p *plan, in []int) (stage, []int)    { return layActivation(p, device.ReLU, in) }
func (Tanh) lay(p *plan, in []int) (stage, []int)    { return layActivation(p, device.Tanh, in) }
func (Sigmoid) lay(p *plan, in []int) (stage, []int) { return layActivation(p, device.Sigmoid, in) }

func layActivation(p *plan, f device.Nonlinearity, in []int) (stage, []int) {
	s := &activation{f: f, size: product(in), inPlace: !p.kept}
	p.kept = true // the derivatives are functions of y
	return s, in
}

type activation struct {
	f       device.Nonlinearity
	size    int
	inPlace bool

	y, dy, tx       device.Vector
	buf, bufD, bufT buffer
}

// linear tells that f″ = 0: then no delta or tangent has to be kept.
func (s *activation) linear() bool { return s.f == device.ReLU }

func (s *activation) forward(m *machine, x device.Vector) device.Vector {
	s.y = x
	if !s.inPlace {
		s.y = s.buf.get(m, s.size)
	}
	m.dev.Activate(s.f, x, s.y)
	return s.y
}

func (s *activation) backward(m *machine, dy device.Vector) device.Vector {
	s.dy = dy
	dx := dy
	if m.keep && !s.linear() {
		dx = s.bufD.get(m, s.size)
	}
	m.dev.ActivateBack(s.f, s.y, dy, dx)
	return dx
}

func (s *activation) tangent(m *machine, tx device.Vector) device.Vector {
	s.tx = tx
	if tx.Len() == 0 {
		return tx
	}
	ty := tx
	if !s.inPlace || !s.linear() {
		ty = s.bufT.get(m, s.size)
	}
	m.dev.ActivateBack(s.f, s.y, tx, ty)
	return ty
}

func (s *activation) backTangent(m *machine, tdy device.Vector) device.Vector {
	m.dev.ActivateBack(s.f, s.y, tdy, tdy)
	if !s.linear() && s.tx.Len() > 0 {
		m.dev.ActivateSecond(s.f, s.y, s.tx, s.dy, tdy)
	}
	return tdy
}

func (s *activation) parts(*machine) []part { return nil }
