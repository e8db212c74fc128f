package net

import "glassy/lab/device"

const (
	normEpsilon = 1e-5
	normWeight  = .1 // of the last batch in the running statistics
)

func (l BatchNorm) lay(p *plan, in []int) (stage, []int) {
	if len(in) == 0 {
		p.fail(l, in, "an image, features or a text")
		return nil, nil
	}
	s := &norm{rows: 1, channels: in[0], plane: 1}
	switch len(in) {
	case 2:
		s.rows, s.channels = in[0], in[1]
	case 3:
		s.plane = in[1] * in[2]
	}
	name, c := p.layer("norm"), s.channels
	s.first = p.dim == 0
	s.scale = p.block(name, "scale", Scale, 1, 1, c)
	s.shift = p.block(name, "shift", Shift, 1, 1, c)
	s.mean, s.variance = span{p.stats, c}, span{p.stats + c, c}
	p.stats += 2 * c
	p.ones = append(p.ones, s.variance)
	p.least = max(p.least, 1+1/(s.rows*s.plane))
	p.kept = false
	return s, in
}

type norm struct {
	rows, channels, plane int // positions of a text; pixels of a channel
	scale, shift          span
	mean, variance        span // in the kept statistics
	first                 bool

	x, dy, tx                            device.Vector
	mu, istd                             device.Vector // what forward used
	y, dx, ty, zero, xh                  buffer
	scales, shifts, scaleSums, shiftSums buffer // of each sample
	batchMean, batchVariance, deviations buffer // per channel
	unusedScale, unusedShift             buffer
}

func (s *norm) size() int { return s.rows * s.channels * s.plane }

func (s *norm) shape(m *machine) device.Channels {
	return device.Channels{N: m.n * s.rows, C: s.channels, S: s.plane}
}

// row is a buffer of one number per channel.
func (s *norm) row(m *machine, b *buffer) device.Vector { return b.take(m, m.dtype, s.channels) }

func (s *norm) forward(m *machine, x device.Vector) device.Vector {
	mean, variance := s.mean.of(m.statistics), s.variance.of(m.statistics)
	s.x, s.mu, s.istd = x, mean, s.row(m, &s.deviations)
	if m.batchNorm {
		s.mu = s.row(m, &s.batchMean)
		batch := s.row(m, &s.batchVariance)
		m.dev.NormStats(s.shape(m), x, s.mu, batch)
		if m.track > 0 {
			count := float64(m.n * s.rows * s.plane)
			m.dev.Axpby(m.track, s.mu, 1-m.track, mean)
			m.dev.Axpby(m.track*count/(count-1), batch, 1-m.track, variance)
		}
		variance = batch
	}
	m.dev.InverseSqrt(normEpsilon, variance, s.istd)
	y := s.y.get(m, s.size())
	m.dev.Norm(s.shape(m), x, s.mu, s.istd, s.scale.of(m.weights), s.shift.of(m.weights), y)
	return y
}

func (s *norm) backward(m *machine, dy device.Vector) device.Vector {
	s.dy = dy
	dscale, dshift := s.row(m, &s.unusedScale), s.row(m, &s.unusedShift)
	if m.grad.Len() > 0 {
		dscale, dshift = s.scale.of(m.grad), s.shift.of(m.grad)
	}
	dx := m.delta(&s.dx, s.size())
	m.dev.NormBack(s.shape(m), m.batchNorm, s.x, s.mu, s.istd, s.scale.of(m.weights), dy, dx, m.add, dscale, dshift)
	return dx
}

func (s *norm) tangent(m *machine, tx device.Vector) device.Vector {
	if tx.Len() == 0 {
		tx = s.zero.get(m, s.size())
		m.dev.Fill(tx, 0)
	}
	s.tx = tx
	ty := s.ty.get(m, s.size())
	m.dev.NormTangent(s.shape(m), m.batchNorm, s.x, s.mu, s.istd, s.scale.of(m.weights),
		tx, s.scale.of(m.direction), s.shift.of(m.direction), ty)
	return ty
}

func (s *norm) backTangent(m *machine, tdy device.Vector) device.Vector {
	tdx := m.scratch(s.size())
	m.dev.NormBackTangent(s.shape(m), m.batchNorm, s.x, s.mu, s.istd, s.scale.of(m.weights),
		s.tx, s.scale.of(m.direction), s.dy, tdy, tdx, m.add, s.scale.of(m.product), s.shift.of(m.product))
	return tdx
}

// parts relies on the kept statistics: by the batch, a sample has no gradient of
// its own.
func (s *norm) parts(m *machine) []part {
	shape := s.shape(m)
	one, none := s.row(m, &s.unusedScale), s.row(m, &s.unusedShift)
	m.dev.Fill(one, 1)
	m.dev.Fill(none, 0)
	xh := s.xh.get(m, s.size())
	m.dev.Norm(shape, s.x, s.mu, s.istd, one, none, xh)
	scale, shift := s.scales.get(m, s.rows*s.channels), s.dy
	if s.plane == 1 {
		m.dev.Multiply(s.dy, xh, scale)
	} else {
		shift = s.shifts.get(m, s.channels)
		m.dev.RowDots(shape.N*shape.C, shape.S, s.dy, xh, scale)
		m.dev.SumChannels(device.Channels{N: 1, C: shape.N * shape.C, S: shape.S}, s.dy, false, shift)
	}
	return []part{
		&explicit{span: s.scale, g: m.sumPositions(&s.scaleSums, s.rows, s.channels, scale)},
		&explicit{span: s.shift, g: m.sumPositions(&s.shiftSums, s.rows, s.channels, shift)},
	}
}
