package net

import "glassy/lab/device"

func (l Dense) lay(p *plan, in []int) (stage, []int) {
	if l.Out < 1 || len(in) == 0 {
		p.fail(l, in, "one of any kind, and Out at least 1")
		return nil, nil
	}
	s := &dense{rows: 1, in: product(in), out: l.Out, first: p.dim == 0}
	out := []int{l.Out}
	if len(in) == 2 {
		s.rows, s.in = in[0], in[1]
		out = []int{in[0], l.Out}
	}
	name := p.layer("dense")
	s.weight = p.block(name, "weight", Weight, s.in, l.Out, l.Out, s.in)
	if !l.NoBias {
		s.bias = p.block(name, "bias", Bias, s.in, l.Out, l.Out)
	}
	p.kept = false
	p.times += s.rows * s.in * l.Out
	return s, out
}

type dense struct {
	rows, in, out int // rows per sample: positions of a text
	weight, bias  span
	first         bool // nothing before has parameters

	x, dy, tx     device.Vector
	y, dx, ty, bs buffer
}

func (s *dense) forward(m *machine, x device.Vector) device.Vector {
	n, y := m.n*s.rows, s.y.get(m, s.rows*s.out)
	m.gemm(false, true, n, s.out, s.in, x, s.weight.of(m.weights), 0, y)
	if s.bias.n > 0 {
		m.addRow(n, s.bias.of(m.weights), y)
	}
	s.x = x
	return y
}

func (s *dense) backward(m *machine, dy device.Vector) (dx device.Vector) {
	n := m.n * s.rows
	s.dy = dy
	if m.grad.Len() > 0 {
		m.gemm(true, false, s.out, s.in, n, dy, s.x, m.beta(), s.weight.of(m.grad))
		if s.bias.n > 0 {
			m.sumRows(n, dy, m.add, s.bias.of(m.grad))
		}
	}
	if !s.first {
		dx = m.delta(&s.dx, s.rows*s.in)
		m.gemm(false, false, n, s.in, s.out, dy, s.weight.of(m.weights), 0, dx)
	}
	return dx
}

func (s *dense) tangent(m *machine, tx device.Vector) device.Vector {
	n, ty := m.n*s.rows, s.ty.get(m, s.rows*s.out)
	m.gemm(false, true, n, s.out, s.in, s.x, s.weight.of(m.direction), 0, ty)
	if tx.Len() > 0 {
		m.gemm(false, true, n, s.out, s.in, tx, s.weight.of(m.weights), 1, ty)
	}
	if s.bias.n > 0 {
		m.addRow(n, s.bias.of(m.direction), ty)
	}
	s.tx = tx
	return ty
}

func (s *dense) backTangent(m *machine, tdy device.Vector) (tdx device.Vector) {
	n := m.n * s.rows
	m.gemm(true, false, s.out, s.in, n, tdy, s.x, m.beta(), s.weight.of(m.product))
	if s.tx.Len() > 0 {
		m.gemm(true, false, s.out, s.in, n, s.dy, s.tx, 1, s.weight.of(m.product))
	}
	if s.bias.n > 0 {
		m.sumRows(n, tdy, m.add, s.bias.of(m.product))
	}
	if !s.first {
		tdx = m.scratch(s.rows * s.in)
		m.gemm(false, false, n, s.in, s.out, tdy, s.weight.of(m.weights), 0, tdx)
		m.gemm(false, false, n, s.in, s.out, s.dy, s.weight.of(m.direction), 1, tdx)
	}
	return tdx
}

func (s *dense) parts(m *machine) []part {
	parts := []part{&outerProducts{span: s.weight, rows: s.rows, in: s.in, out: s.out, x: s.x, dy: s.dy}}
	if s.bias.n > 0 {
		parts = append(parts, &explicit{span: s.bias, g: m.sumPositions(&s.bs, s.rows, s.out, s.dy)})
	}
	return parts
}
