package net

import "glassy/lab/device"

func (l Dropout) lay(p *plan, in []int) (stage, []int) {
	if !(l.P >= 0 && l.P < 1) {
		p.fail(l, in, "one of any kind, and P in [0, 1)")
		return nil, nil
	}
	s := &dropout{p: l.P, size: product(in), inPlace: !p.kept, label: uint64(p.drops)}
	p.drops++
	return s, in // p.kept stays: where nothing is dropped, y is x
}

type dropout struct {
	p       float64
	size    int
	inPlace bool
	label   uint64 // which of the network's dropout layers

	mask, y, ty buffer
}

func (s *dropout) active(m *machine) bool { return m.dropout && s.p > 0 }

func (s *dropout) forward(m *machine, x device.Vector) device.Vector {
	if !s.active(m) {
		return x
	}
	mask := s.mask.get(m, s.size)
	m.dev.DropoutMask(uint64(m.key.Split(s.label)), 0, s.p, mask)
	return s.apply(m, &s.y, x)
}

// apply is the layer as a linear map: in place where nobody needs x as it was.
func (s *dropout) apply(m *machine, b *buffer, x device.Vector) device.Vector {
	y := x
	if !s.inPlace {
		y = b.get(m, s.size)
	}
	m.dev.Multiply(x, s.mask.get(m, s.size), y)
	return y
}

func (s *dropout) backward(m *machine, dy device.Vector) device.Vector {
	if s.active(m) {
		m.dev.Multiply(dy, s.mask.get(m, s.size), dy)
	}
	return dy
}

func (s *dropout) tangent(m *machine, tx device.Vector) device.Vector {
	if tx.Len() == 0 || !s.active(m) {
		return tx
	}
	return s.apply(m, &s.ty, tx)
}

func (s *dropout) backTangent(m *machine, tdy device.Vector) device.Vector {
	return s.backward(m, tdy)
}

func (s *dropout) parts(*machine) []part { return nil }
