package net

import "glassy/lab/device"

func (l LSTM) lay(p *plan, in []int) (stage, []int) {
	if len(in) != 2 || l.Hidden < 1 {
		p.fail(l, in, "a text T×Width (an Embedding or OneHot comes first), and a positive Hidden")
		return nil, nil
	}
	s := &lstm{steps: in[0], in: in[1], hidden: l.Hidden, first: p.dim == 0}
	name, h := p.layer("lstm"), l.Hidden
	s.input = p.block(name, "input", Weight, in[1], h, gates*h, in[1])
	s.recurrent = p.block(name, "recurrent", Weight, h, h, gates*h, h)
	s.bias = p.block(name, "bias", Bias, in[1], h, gates*h)
	if l.LearnedState {
		s.cell0 = p.block(name, "cell", State, 1, 1, h)
		s.out0 = p.block(name, "hidden", State, 1, 1, h)
	}
	p.kept = true // what one step makes goes into the next
	p.times += in[0] * (s.input.n + s.recurrent.n)
	p.calls += 4 * in[0]
	return s, []int{in[0], h}
}

// lstm keeps its outputs and cells with their start before them: step t reads
// number t and writes number t+1. Data of a text are steps×n×width.
type lstm struct {
	steps, in, hidden      int
	input, recurrent, bias span
	cell0, out0            span // empty without a learned start
	first                  bool // nothing before has parameters

	x, dy, tx                device.Vector
	outs, cells, acts        buffer // forward
	dcells, dacts, dx, dout0 buffer // backward: dcells number t+1 is what step t was given
	touts, tcells, tacts     buffer // tangent
	tdcell, tdacts, tdout0   buffer // backTangent
	biasSum                  buffer
}

// step is the view of step t of v, which has each numbers per sample and step.
func (s *lstm) step(m *machine, v device.Vector, t, each int) device.Vector {
	return v.Slice(t*m.n*each, (t+1)*m.n*each)
}

// states is a buffer for the cells or outputs of all steps and the start.
func (s *lstm) states(m *machine, b *buffer) device.Vector { return b.get(m, (s.steps+1)*s.hidden) }

// outputs is those of states that the steps made; inputs those that they read.
func (s *lstm) outputs(m *machine, states device.Vector) device.Vector {
	return states.Slice(m.n*s.hidden, states.Len())
}

func (s *lstm) inputs(m *machine, states device.Vector) device.Vector {
	return states.Slice(0, s.steps*m.n*s.hidden)
}

// start writes the learned start of w, or zeros, before the first step.
func (s *lstm) start(m *machine, w device.Vector, cells, outs device.Vector) {
	for _, v := range []device.Vector{cells, outs} {
		m.dev.Fill(s.step(m, v, 0, s.hidden), 0)
	}
	if s.cell0.n > 0 {
		m.addRow(m.n, s.cell0.of(w), s.step(m, cells, 0, s.hidden))
		m.addRow(m.n, s.out0.of(w), s.step(m, outs, 0, s.hidden))
	}
}

func (s *lstm) forward(m *machine, x device.Vector) device.Vector {
	n, h := m.n, s.hidden
	s.x = x
	outs, cells, acts := s.states(m, &s.outs), s.states(m, &s.cells), s.acts.get(m, s.steps*gates*h)
	s.start(m, m.weights, cells, outs)
	m.gemm(false, true, s.steps*n, gates*h, s.in, x, s.input.of(m.weights), 0, acts)
	m.addRow(s.steps*n, s.bias.of(m.weights), acts)
	for t := range s.steps {
		a := s.step(m, acts, t, gates*h)
		m.gemm(false, true, n, gates*h, h, s.step(m, outs, t, h), s.recurrent.of(m.weights), 1, a)
		m.dev.LSTM(n, h, a, s.step(m, cells, t, h), s.step(m, cells, t+1, h), s.step(m, outs, t+1, h))
	}
	return s.outputs(m, outs)
}

func (s *lstm) backward(m *machine, dy device.Vector) (dx device.Vector) {
	n, h := m.n, s.hidden
	outs, cells, acts := s.states(m, &s.outs), s.states(m, &s.cells), s.acts.get(m, s.steps*gates*h)
	dcells, dacts := s.states(m, &s.dcells), s.dacts.get(m, s.steps*gates*h)
	dout0 := s.dout0.get(m, h)
	m.dev.Fill(s.step(m, dcells, s.steps, h), 0)
	for t := s.steps - 1; t >= 0; t-- {
		dc, da := s.step(m, dcells, t, h), s.step(m, dacts, t, gates*h)
		m.dev.Copy(dc, s.step(m, dcells, t+1, h))
		m.dev.LSTMBack(n, h, s.step(m, acts, t, gates*h), s.step(m, cells, t, h), s.step(m, cells, t+1, h),
			s.step(m, dy, t, h), dc, da)
		before, beta := dout0, 0.
		if t > 0 {
			before, beta = s.step(m, dy, t-1, h), 1
		}
		m.gemm(false, false, n, h, gates*h, da, s.recurrent.of(m.weights), beta, before)
	}
	s.dy = dy
	if m.grad.Len() > 0 {
		rows := s.steps * n
		m.gemm(true, false, gates*h, s.in, rows, dacts, s.x, m.beta(), s.input.of(m.grad))
		m.gemm(true, false, gates*h, h, rows, dacts, s.inputs(m, outs), m.beta(), s.recurrent.of(m.grad))
		m.sumRows(rows, dacts, m.add, s.bias.of(m.grad))
		if s.cell0.n > 0 {
			m.sumRows(n, s.step(m, dcells, 0, h), m.add, s.cell0.of(m.grad))
			m.sumRows(n, dout0, m.add, s.out0.of(m.grad))
		}
	}
	if !s.first {
		dx = m.delta(&s.dx, s.steps*s.in)
		m.gemm(false, false, s.steps*n, s.in, gates*h, dacts, s.input.of(m.weights), 0, dx)
	}
	return dx
}

func (s *lstm) tangent(m *machine, tx device.Vector) device.Vector {
	n, h := m.n, s.hidden
	s.tx = tx
	outs, cells, acts := s.states(m, &s.outs), s.states(m, &s.cells), s.acts.get(m, s.steps*gates*h)
	touts, tcells, tacts := s.states(m, &s.touts), s.states(m, &s.tcells), s.tacts.get(m, s.steps*gates*h)
	s.start(m, m.direction, tcells, touts)
	rows := s.steps * n
	m.gemm(false, true, rows, gates*h, s.in, s.x, s.input.of(m.direction), 0, tacts)
	if tx.Len() > 0 {
		m.gemm(false, true, rows, gates*h, s.in, tx, s.input.of(m.weights), 1, tacts)
	}
	m.gemm(false, true, rows, gates*h, h, s.inputs(m, outs), s.recurrent.of(m.direction), 1, tacts)
	m.addRow(rows, s.bias.of(m.direction), tacts)
	for t := range s.steps {
		ta := s.step(m, tacts, t, gates*h)
		m.gemm(false, true, n, gates*h, h, s.step(m, touts, t, h), s.recurrent.of(m.weights), 1, ta)
		m.dev.LSTMTangent(n, h, s.step(m, acts, t, gates*h), ta, s.step(m, cells, t, h), s.step(m, tcells, t, h),
			s.step(m, cells, t+1, h), s.step(m, tcells, t+1, h), s.step(m, touts, t+1, h))
	}
	return s.outputs(m, touts)
}

func (s *lstm) backTangent(m *machine, tdy device.Vector) (tdx device.Vector) {
	n, h := m.n, s.hidden
	outs, cells, acts := s.states(m, &s.outs), s.states(m, &s.cells), s.acts.get(m, s.steps*gates*h)
	touts, tcells, tacts := s.states(m, &s.touts), s.states(m, &s.tcells), s.tacts.get(m, s.steps*gates*h)
	dcells, dacts := s.states(m, &s.dcells), s.dacts.get(m, s.steps*gates*h)
	tdc, tdacts, tdout0 := s.tdcell.get(m, h), s.tdacts.get(m, s.steps*gates*h), s.tdout0.get(m, h)
	m.dev.Fill(tdc, 0)
	for t := s.steps - 1; t >= 0; t-- {
		tda := s.step(m, tdacts, t, gates*h)
		m.dev.LSTMBackTangent(n, h, s.step(m, acts, t, gates*h), s.step(m, tacts, t, gates*h),
			s.step(m, cells, t, h), s.step(m, tcells, t, h), s.step(m, cells, t+1, h), s.step(m, tcells, t+1, h),
			s.step(m, s.dy, t, h), s.step(m, tdy, t, h), s.step(m, dcells, t+1, h), tdc, tda)
		before, beta := tdout0, 0.
		if t > 0 {
			before, beta = s.step(m, tdy, t-1, h), 1
		}
		m.gemm(false, false, n, h, gates*h, tda, s.recurrent.of(m.weights), beta, before)
		m.gemm(false, false, n, h, gates*h, s.step(m, dacts, t, gates*h), s.recurrent.of(m.direction), 1, before)
	}
	rows := s.steps * n
	m.gemm(true, false, gates*h, s.in, rows, tdacts, s.x, m.beta(), s.input.of(m.product))
	if s.tx.Len() > 0 {
		m.gemm(true, false, gates*h, s.in, rows, dacts, s.tx, 1, s.input.of(m.product))
	}
	m.gemm(true, false, gates*h, h, rows, tdacts, s.inputs(m, outs), m.beta(), s.recurrent.of(m.product))
	m.gemm(true, false, gates*h, h, rows, dacts, s.inputs(m, touts), 1, s.recurrent.of(m.product))
	m.sumRows(rows, tdacts, m.add, s.bias.of(m.product))
	if s.cell0.n > 0 {
		m.sumRows(n, tdc, m.add, s.cell0.of(m.product))
		m.sumRows(n, tdout0, m.add, s.out0.of(m.product))
	}
	if !s.first {
		tdx = m.scratch(s.steps * s.in)
		m.gemm(false, false, rows, s.in, gates*h, tdacts, s.input.of(m.weights), 0, tdx)
		m.gemm(false, false, rows, s.in, gates*h, dacts, s.input.of(m.direction), 1, tdx)
	}
	return tdx
}

func (s *lstm) parts(m *machine) []part {
	n, h := m.n, s.hidden
	outs, dcells, dacts := s.states(m, &s.outs), s.states(m, &s.dcells), s.dacts.get(m, s.steps*gates*h)
	parts := []part{
		&outerProducts{span: s.input, rows: s.steps, in: s.in, out: gates * h, x: s.x, dy: dacts},
		&outerProducts{span: s.recurrent, rows: s.steps, in: h, out: gates * h, x: s.inputs(m, outs), dy: dacts},
		&explicit{span: s.bias, g: m.sumPositions(&s.biasSum, s.steps, gates*h, dacts)},
	}
	if s.cell0.n > 0 {
		parts = append(parts,
			&explicit{span: s.cell0, g: dcells.Slice(0, n*h)},
			&explicit{span: s.out0, g: s.dout0.get(m, h)})
	}
	return parts
}
