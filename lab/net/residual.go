package net

import (
	"slices"

	"glassy/lab/device"
)

func (l Residual) lay(p *plan, in []int) (stage, []int) {
	s := &residual{first: p.dim == 0}
	p.kept = true // for the other branch
	var body, shortcut []int
	s.body, body = p.sequence(in, l.Body)
	s.inPlace = !p.kept && len(l.Body) > 0
	p.kept = true
	s.shortcut, shortcut = p.sequence(in, l.Shortcut)
	if p.err == nil && !slices.Equal(body, shortcut) {
		p.fail(l, in, "two branches that make the same shape")
		return nil, nil
	}
	p.kept = false
	return s, body
}

type residual struct {
	body, shortcut sequence
	inPlace        bool // the body does not need what it made
	first          bool // nothing before has parameters

	y, ty            buffer
	deltas, tangents copies
}

// sum is what the branches made, added up: where a branch needs its own, in b.
func (s *residual) sum(m *machine, b *buffer, body, shortcut device.Vector) device.Vector {
	switch {
	case body.Len() == 0 && shortcut.Len() == 0:
		return body
	case body.Len() == 0:
		return b.copy(m, shortcut)
	case !s.inPlace:
		body = b.copy(m, body)
	}
	if shortcut.Len() > 0 {
		m.dev.Axpy(1, shortcut, body)
	}
	return body
}

func (s *residual) forward(m *machine, x device.Vector) device.Vector {
	return s.sum(m, &s.y, s.body.forward(m, x), s.shortcut.forward(m, x))
}

func (s *residual) tangent(m *machine, tx device.Vector) device.Vector {
	return s.sum(m, &s.ty, s.body.tangent(m, tx), s.shortcut.tangent(m, tx))
}

func (s *residual) backward(m *machine, dy device.Vector) device.Vector {
	return s.back(m, &s.deltas, dy, sequence.backward)
}

func (s *residual) backTangent(m *machine, tdy device.Vector) device.Vector {
	return s.back(m, &s.tangents, tdy, sequence.backTangent)
}

// copies is what outlives a branch: what it may overwrite, what the other made.
type copies struct{ dy, dx buffer }

func (s *residual) back(m *machine, c *copies, dy device.Vector, pass func(sequence, *machine, device.Vector) device.Vector) device.Vector {
	given, dx := dy, device.Vector{}
	if len(s.shortcut) == 0 {
		dx = c.dx.copy(m, dy)
	} else {
		given = c.dy.copy(m, dy)
		if dx = pass(s.shortcut, m, dy); dx.Len() > 0 {
			dx = c.dx.copy(m, dx)
		}
	}
	sum := pass(s.body, m, given)
	if s.first {
		return device.Vector{}
	}
	m.dev.Axpy(1, dx, sum)
	return sum
}

func (s *residual) parts(m *machine) []part { return append(s.body.parts(m), s.shortcut.parts(m)...) }
