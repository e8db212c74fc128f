package net

import "glassy/lab/device"

func (l MaxPool) lay(p *plan, in []int) (stage, []int) {
	pool, out := layPool(p, l, in, l.Size, l.Stride, l.Pad)
	return &maxPool{pooling: pool}, out
}

func (l MeanPool) lay(p *plan, in []int) (stage, []int) {
	pool, out := layPool(p, l, in, l.Size, l.Stride, l.Pad)
	return &meanPool{pooling: pool}, out
}

func layPool(p *plan, l Layer, in []int, size, stride, pad int) (pooling, []int) {
	if len(in) != 3 || size < 1 || stride < 0 || pad < 0 || 2*pad > size ||
		in[1]+2*pad < size || in[2]+2*pad < size {
		p.fail(l, in, "an image C×H×W not smaller than the window, and a border of at most half of it")
		return pooling{}, nil
	}
	if stride == 0 {
		stride = size
	}
	p.kept = false
	shape := device.Pooling{C: in[0], H: in[1], W: in[2], Size: size, Stride: stride, Pad: pad}
	oh, ow := shape.Out()
	return pooling{shape: shape, in: product(in), out: in[0] * oh * ow}, []int{in[0], oh, ow}
}

type pooling struct {
	shape     device.Pooling // of one image
	in, out   int
	y, dx, ty buffer
}

func (s *pooling) batch(m *machine) device.Pooling {
	p := s.shape
	p.N = m.n
	return p
}

func (*pooling) parts(*machine) []part { return nil }

type maxPool struct {
	pooling
	places buffer
}

func (s *maxPool) index(m *machine) device.Vector {
	return s.places.take(m, device.Int32, m.n*s.out)
}

func (s *maxPool) forward(m *machine, x device.Vector) device.Vector {
	y := s.y.get(m, s.out)
	m.dev.MaxPool(s.batch(m), x, y, s.index(m))
	return y
}

func (s *maxPool) backward(m *machine, dy device.Vector) device.Vector {
	dx := m.delta(&s.dx, s.in)
	m.dev.PoolScatter(s.batch(m), s.index(m), dy, dx)
	return dx
}

func (s *maxPool) tangent(m *machine, tx device.Vector) device.Vector {
	if tx.Len() == 0 {
		return tx
	}
	ty := s.ty.get(m, s.out)
	m.dev.PoolGather(s.batch(m), s.index(m), tx, ty)
	return ty
}

func (s *maxPool) backTangent(m *machine, tdy device.Vector) device.Vector {
	tdx := m.scratch(s.in)
	m.dev.PoolScatter(s.batch(m), s.index(m), tdy, tdx)
	return tdx
}

type meanPool struct{ pooling }

func (s *meanPool) forward(m *machine, x device.Vector) device.Vector {
	y := s.y.get(m, s.out)
	m.dev.MeanPool(s.batch(m), x, y)
	return y
}

func (s *meanPool) backward(m *machine, dy device.Vector) device.Vector {
	dx := m.delta(&s.dx, s.in)
	m.dev.MeanPoolBack(s.batch(m), dy, dx)
	return dx
}

func (s *meanPool) tangent(m *machine, tx device.Vector) device.Vector {
	if tx.Len() == 0 {
		return tx
	}
	ty := s.ty.get(m, s.out)
	m.dev.MeanPool(s.batch(m), tx, ty)
	return ty
}

func (s *meanPool) backTangent(m *machine, tdy device.Vector) device.Vector {
	tdx := m.scratch(s.in)
	m.dev.MeanPoolBack(s.batch(m), tdy, tdx)
	return tdx
}
