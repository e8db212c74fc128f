package net

import "glassy/lab/device"

func (l Conv) lay(p *plan, in []int) (stage, []int) {
	if len(in) != 3 || l.Out < 1 || l.Kernel < 1 || l.Stride < 0 || l.Pad < 0 ||
		in[1]+2*l.Pad < l.Kernel || in[2]+2*l.Pad < l.Kernel {
		p.fail(l, in, "an image C×H×W not smaller than the kernel")
		return nil, nil
	}
	s := &convolution{first: p.dim == 0, shape: device.Convolution{
		C: in[0], H: in[1], W: in[2], K: l.Out, R: l.Kernel, S: l.Kernel, Stride: max(l.Stride, 1), Pad: l.Pad,
	}}
	name, area := p.layer("conv"), l.Kernel*l.Kernel
	s.weight = p.block(name, "weight", Weight, in[0]*area, l.Out*area, l.Out, in[0], l.Kernel, l.Kernel)
	if !l.NoBias {
		s.bias = p.block(name, "bias", Bias, in[0]*area, l.Out*area, l.Out)
	}
	p.kept = false
	oh, ow := s.shape.Out()
	p.times += s.weight.n * oh * ow
	return s, []int{l.Out, oh, ow}
}

type convolution struct {
	shape        device.Convolution // of one image
	weight, bias span
	first        bool // nothing before has parameters

	x, dy, tx     device.Vector
	y, dx, ty, bs buffer
}

func (s *convolution) size() (in, out, plane int) {
	oh, ow := s.shape.Out()
	return s.shape.C * s.shape.H * s.shape.W, s.shape.K * oh * ow, oh * ow
}

func (s *convolution) batch(n int) device.Convolution {
	c := s.shape
	c.N = n
	return c
}

func (s *convolution) channels(m *machine) device.Channels {
	_, _, plane := s.size()
	return device.Channels{N: m.n, C: s.shape.K, S: plane}
}

func (s *convolution) forward(m *machine, x device.Vector) device.Vector {
	_, out, _ := s.size()
	y := s.y.get(m, out)
	m.dev.Conv(s.batch(m.n), x, s.weight.of(m.weights), false, y)
	if s.bias.n > 0 {
		m.dev.AddChannels(s.channels(m), s.bias.of(m.weights), y)
	}
	s.x = x
	return y
}

func (s *convolution) backward(m *machine, dy device.Vector) (dx device.Vector) {
	s.dy = dy
	if m.grad.Len() > 0 {
		m.dev.ConvBackFilter(s.batch(m.n), s.x, dy, m.add, s.weight.of(m.grad))
		if s.bias.n > 0 {
			m.dev.SumChannels(s.channels(m), dy, m.add, s.bias.of(m.grad))
		}
	}
	if !s.first {
		in, _, _ := s.size()
		dx = m.delta(&s.dx, in)
		m.dev.ConvBackData(s.batch(m.n), s.weight.of(m.weights), dy, false, dx)
	}
	return dx
}

func (s *convolution) tangent(m *machine, tx device.Vector) device.Vector {
	_, out, _ := s.size()
	ty := s.ty.get(m, out)
	m.dev.Conv(s.batch(m.n), s.x, s.weight.of(m.direction), false, ty)
	if tx.Len() > 0 {
		m.dev.Conv(s.batch(m.n), tx, s.weight.of(m.weights), true, ty)
	}
	if s.bias.n > 0 {
		m.dev.AddChannels(s.channels(m), s.bias.of(m.direction), ty)
	}
	s.tx = tx
	return ty
}

func (s *convolution) backTangent(m *machine, tdy device.Vector) (tdx device.Vector) {
	m.dev.ConvBackFilter(s.batch(m.n), s.x, tdy, m.add, s.weight.of(m.product))
	if s.tx.Len() > 0 {
		m.dev.ConvBackFilter(s.batch(m.n), s.tx, s.dy, true, s.weight.of(m.product))
	}
	if s.bias.n > 0 {
		m.dev.SumChannels(s.channels(m), tdy, m.add, s.bias.of(m.product))
	}
	if !s.first {
		in, _, _ := s.size()
		tdx = m.scratch(in)
		m.dev.ConvBackData(s.batch(m.n), s.weight.of(m.weights), tdy, false, tdx)
		m.dev.ConvBackData(s.batch(m.n), s.weight.of(m.direction), s.dy, true, tdx)
	}
	return tdx
}

func (s *convolution) parts(m *machine) []part {
	parts := []part{&filters{span: s.weight, shape: s.shape, x: s.x, dy: s.dy}}
	if s.bias.n > 0 {
		g, plane := s.bs.get(m, s.shape.K), s.channels(m).S
		m.dev.SumChannels(device.Channels{N: 1, C: m.n * s.shape.K, S: plane}, s.dy, false, g)
		parts = append(parts, &explicit{span: s.bias, g: g})
	}
	return parts
}
