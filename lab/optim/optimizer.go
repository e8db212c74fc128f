package optim

import (
	"fmt"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
	"glassy/lab/run"
)

// An Optimizer is a method at work on a landscape. [Run] is a whole run of it;
// Step by Step it is a laboratory of its own. It is for one goroutine.
type Optimizer struct {
	method   Method
	f        landscape.Landscape
	data     []int // all there are; nil where f has none
	options  Options
	replicas []*replica
	master   device.Vector // x; empty where the replicas are not coupled
	mean     device.Vector // of the replicas
	averages device.Vector // the mean of their z; empty unless the method pulls to it
	field    device.Vector // h
	key      rng.Key
	step     int // k
	batches  int // B

	history history
}

// New puts the method at x0 on f. It takes f over until the run is over: its
// replicas work on f and on copies of f. x0 is copied. It panics when the
// options do not fit the landscape or the method.
func New(f landscape.Landscape, x0 device.Vector, m Method, o Options) *Optimizer {
	p := newOptimizer(f, x0, m.complete(), o)
	for a := range p.method.Replicas {
		at := f
		if a > 0 {
			at = f.Copy()
		}
		p.add(a, at, x0)
	}
	if p.method.Coupling != nil {
		p.master = x0.Clone()
	}
	if p.method.Coupling != nil || p.method.Replicas > 1 {
		p.mean = x0.New()
	}
	if p.method.PullToAverages {
		p.averages = x0.New()
	}
	return p
}

// newOptimizer is a complete method without replicas.
func newOptimizer(f landscape.Landscape, x0 device.Vector, m Method, o Options) *Optimizer {
	sampled, _ := f.(landscape.Sampled)
	o.check(&m, f, sampled, x0)
	if s, ok := f.(landscape.Stateful); ok {
		s.Restart()
	}
	p := &Optimizer{method: m, f: f, options: o, key: rng.Key(o.Seed), batches: 1}
	if sampled != nil {
		p.data = make([]int, sampled.Samples())
		for i := range p.data {
			p.data[i] = i
		}
		if o.Batch > 0 {
			p.batches = max(1, len(p.data)/o.Batch)
		}
	}
	if m.Field != nil {
		p.field = x0.New()
		p.drawField()
	}
	return p
}

// add makes replica a at x, which works on f and copies of it.
func (p *Optimizer) add(a int, f landscape.Landscape, x device.Vector) *replica {
	m, o, data := &p.method, &p.options, p.data
	key := p.key.Split(uint64(a))
	if o.Starts != nil {
		x = o.Starts[a]
	}
	if o.Subsets != nil {
		data = o.Subsets[a]
	}
	var b *batches
	if p.data != nil {
		b = newBatches(key.Split(ofBatches), data, o.Batch, o.Replacement)
	}
	fs := []landscape.Landscape{f}
	for range m.Workers - 1 {
		fs = append(fs, f.Copy())
	}
	r := newReplica(m, fs, x.Clone(), key, b)
	p.replicas = append(p.replicas, r)
	return r
}

// Step makes one inner step of every replica and, after every L of them, the
// update.
func (p *Optimizer) Step() {
	t := p.Clock()
	if p.method.Resampled && t.Step > 0 && p.method.Field != nil {
		p.drawField()
	}
	p.each(func(r *replica) { r.step(t, p.field) })
	p.history.observe(p, t)
	p.step++
	if p.step%p.method.Steps == 0 && p.finite() {
		p.update(t)
	}
}

// update moves the replicas and the master.
func (p *Optimizer) update(t Clock) {
	m := &p.method
	rate, pull := m.rates(t)
	if m.Coupling == nil {
		p.each(func(r *replica) { r.update(t, rate, pull, device.Vector{}) })
		return
	}
	anchor := p.master
	if m.PullToAverages {
		anchor = p.averages
		p.average(anchor, replicaZ)
	}
	if !m.GaussSeidel {
		p.average(p.mean, replicaX)
	}
	p.each(func(r *replica) { r.update(t, rate, pull, anchor) })
	if m.GaussSeidel {
		p.average(p.mean, replicaX)
	}
	s := m.master(t)
	p.master.Device().Axpby(s, p.mean, 1-s, p.master)
}

func replicaX(r *replica) device.Vector { return r.x }
func replicaZ(r *replica) device.Vector { return r.z }

// rates are η₁/γ and η₂/ρ of an update.
func (m *Method) rates(t Clock) (rate, pull float64) {
	if m.Coupling != nil {
		pull = m.CouplingRate(t) * m.Coupling.inverse(t)
	}
	return m.Outer.Rate.or(1)(t), pull
}

// master is η₃n/ρ of an update.
func (m *Method) master(t Clock) float64 { return m.Master.or(1)(t) }

// average writes the mean of the replicas to dst.
func (p *Optimizer) average(dst device.Vector, of func(*replica) device.Vector) {
	xs := make([]device.Vector, len(p.replicas))
	for a, r := range p.replicas {
		xs[a] = of(r)
	}
	mean(dst, xs)
}

// mean writes the mean of the vectors to dst, added up in their order.
func mean(dst device.Vector, xs []device.Vector) {
	dev := dst.Device()
	dev.Copy(dst, xs[0])
	for _, x := range xs[1:] {
		dev.Axpy(1, x, dst)
	}
	if n := len(xs); n > 1 {
		dev.Scale(1/float64(n), dst)
	}
}

// Clock is where the run stands.
func (p *Optimizer) Clock() Clock {
	return Clock{Step: p.step, Update: p.step / p.method.Steps, Batches: p.batches}
}

// Passes is how often a replica has gone through as many data as there are: the
// effective epochs of the thesis, L times the epochs.
func (p *Optimizer) Passes() float64 {
	return float64(p.replicas[0].evaluations) / float64(p.batches)
}

// Weights is what the method has found so far: the master where replicas are
// coupled, else the mean of the replicas. It is valid until the next step.
func (p *Optimizer) Weights() device.Vector {
	switch {
	case p.method.Coupling != nil:
		return p.master
	case len(p.replicas) == 1:
		return p.replicas[0].x
	}
	p.average(p.mean, replicaX)
	return p.mean
}

// Replica is the state of replica a: x^a and, as they are before the next step
// sets them back to x^a, y and z. They are valid until the next step; y or z may
// be the same vector as another where the method keeps them equal.
func (p *Optimizer) Replica(a int) (x, y, z device.Vector) {
	if a < 0 || a >= len(p.replicas) {
		panic(fmt.Sprintf("optim: Replica: a is %d, expected 0 ≤ a < %d", a, len(p.replicas)))
	}
	r := p.replicas[a]
	return r.x, r.y, r.z
}

// drawField draws h for this step.
func (p *Optimizer) drawField() {
	key := p.key.Split(1 << 32) // no replica's
	p.field.Device().Normal(uint64(key.Split(uint64(p.step))), 0, 0, 1, p.field)
}

// each runs do for every replica, in parallel. The order does not matter: they
// share nothing that is written.
func (p *Optimizer) each(do func(*replica)) {
	run.Share(len(p.replicas), len(p.replicas), func(_, a int) { do(p.replicas[a]) })
}
