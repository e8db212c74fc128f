package net

import "glassy/lab/device"

func (l Embedding) lay(p *plan, in []int) (stage, []int) {
	if len(in) != 1 || l.Vocabulary < 1 || l.Width < 1 {
		p.fail(l, in, "{T} tokens, and a positive Vocabulary and Width")
		return nil, nil
	}
	s := &embedding{rows: in[0], width: l.Width}
	s.weight = p.block(p.layer("embedding"), "weight", Weight, l.Vocabulary, l.Width, l.Vocabulary, l.Width)
	p.kept = false
	p.takes(l.Vocabulary)
	return s, []int{in[0], l.Width}
}

// embedding has no tangent of its input and hands no delta on: tokens have none.
type embedding struct {
	rows, width int
	weight      span

	x, dy device.Vector
	y, ty buffer
}

func (s *embedding) forward(m *machine, x device.Vector) device.Vector {
	s.x = x
	y := s.y.get(m, s.rows*s.width)
	m.dev.Gather(s.width, s.weight.of(m.weights), x, y)
	return y
}

func (s *embedding) backward(m *machine, dy device.Vector) device.Vector {
	s.dy = dy
	if m.grad.Len() > 0 {
		s.scatter(m, dy, s.weight.of(m.grad))
	}
	return device.Vector{}
}

func (s *embedding) scatter(m *machine, dy, table device.Vector) {
	if !m.add {
		m.dev.Fill(table, 0)
	}
	m.dev.ScatterAdd(s.width, s.x, dy, table)
}

func (s *embedding) tangent(m *machine, _ device.Vector) device.Vector {
	ty := s.ty.get(m, s.rows*s.width)
	m.dev.Gather(s.width, s.weight.of(m.direction), s.x, ty)
	return ty
}

func (s *embedding) backTangent(m *machine, tdy device.Vector) device.Vector {
	s.scatter(m, tdy, s.weight.of(m.product))
	return device.Vector{}
}

func (s *embedding) parts(*machine) []part {
	return []part{&lookups{span: s.weight, rows: s.rows, wide: s.width, x: s.x, dy: s.dy}}
}

func (l OneHot) lay(p *plan, in []int) (stage, []int) {
	if len(in) != 1 || l.Vocabulary < 1 {
		p.fail(l, in, "{T} tokens, and a positive Vocabulary")
		return nil, nil
	}
	p.kept = false
	p.takes(l.Vocabulary)
	return &oneHot{rows: in[0], vocabulary: l.Vocabulary}, []int{in[0], l.Vocabulary}
}

// oneHot looks tokens up in the identity.
type oneHot struct {
	rows, vocabulary int
	identity         device.Vector
	y                buffer
}

func (s *oneHot) forward(m *machine, x device.Vector) device.Vector {
	if s.identity.Len() == 0 {
		v := s.vocabulary
		one := make([]float32, v*v)
		for i := range v {
			one[i*v+i] = 1
		}
		s.identity = device.Put(m.dev, m.dtype, one)
	}
	y := s.y.get(m, s.rows*s.vocabulary)
	m.dev.Gather(s.vocabulary, s.identity, x, y)
	return y
}

func (s *oneHot) backward(*machine, device.Vector) device.Vector    { return device.Vector{} }
func (s *oneHot) tangent(*machine, device.Vector) device.Vector     { return device.Vector{} }
func (s *oneHot) backTangent(*machine, device.Vector) device.Vector { return device.Vector{} }
func (s *oneHot) parts(*machine) []part                             { return nil }
