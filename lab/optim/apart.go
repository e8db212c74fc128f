package optim

import (
	"fmt"
	"slices"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// A Part is one replica of a method, for who runs the replicas in several
// processes: between two updates a replica needs nobody. A [Master] in one of
// the processes holds what they share. Together they are an [Optimizer], bit for
// bit:
//
//	for k := range rounds {
//		for a, p := range parts {
//			old[a], x[a] = p.Weights(), p.Round(k, master.Anchor())
//		}
//		master.Update(k, old, x)
//	}
//
// It is for one goroutine.
type Part struct {
	p *Optimizer
	r *replica
}

// NewPart is replica a of the method at x0 on f, with the options of the whole
// run; of them it uses Batch, Replacement, Seed, Starts[a] and Subsets[a]. It
// panics like [New], and for a method whose update asks for the z of the other
// replicas (PullToAverages), since the parts meet only after it.
func NewPart(f landscape.Landscape, x0 device.Vector, m Method, o Options, a int) *Part {
	m = m.complete()
	if m.PullToAverages {
		panic(fmt.Sprintf("optim: NewPart: method %q pulls to the averages of all replicas within the update, expected one that pulls to the master", m.Name))
	}
	if a < 0 || a >= m.Replicas {
		panic(fmt.Sprintf("optim: NewPart: a is %d, expected 0 ≤ a < %d", a, m.Replicas))
	}
	p := newOptimizer(f, x0, m, o)
	return &Part{p: p, r: p.add(a, f, x0)}
}

// Round makes the L inner steps of round k = 0, 1, … and the update towards the
// anchor, which is the master's weights before the round. The rounds of a part
// follow each other, or State and Restore have moved it. It returns the replica's
// weights, valid until the next round, and the mean loss of the steps; one that is
// not finite means that the run has diverged, and ends the round.
func (q *Part) Round(k int, anchor device.Vector) (x device.Vector, loss float64) {
	p, r, L := q.p, q.r, q.p.method.Steps
	p.step = k * L
	total := 0.0
	for range L {
		t := p.Clock()
		if p.method.Resampled && t.Step > 0 && p.method.Field != nil {
			p.drawField()
		}
		r.step(t, p.field)
		total += r.loss
		p.step++
		if !r.finite() {
			return r.x, total
		}
		if p.step == (k+1)*L {
			rate, pull := p.method.rates(t)
			r.update(t, rate, pull, anchor)
		}
	}
	return r.x, total / float64(L)
}

// Weights is x^a, valid until the next round.
func (q *Part) Weights() device.Vector { return q.r.x }

// State is what the next round depends on beside its number and the anchor: x^a
// first, then the momenta and averages that live on over an update, the same
// number of vectors at every round. They are the part's own memory: copy them, or
// write to them to move the part.
func (q *Part) State() []device.Vector {
	r, m := q.r, q.r.m
	s := []device.Vector{r.x}
	if m.averages() && m.KeepAverage {
		s = append(s, r.z)
	}
	if m.KeepMomentum || m.single() {
		s = append(s, r.inner.v, r.inner.s)
	}
	s = append(s, r.outer.v, r.outer.s)
	return slices.DeleteFunc(s, func(v device.Vector) bool { return v.Len() == 0 })
}

// Restore says that State has been written to: the next round is k.
func (q *Part) Restore(k int) {
	r, m, L := q.r, q.r.m, q.r.m.Steps
	r.evaluations = k * m.evaluations()
	r.inner.k, r.outer.k = 0, 0
	if m.Inner.adam() && (m.KeepMomentum || m.single()) {
		r.inner.k = k * L
	}
	if m.Outer.adam() && !m.direct() {
		r.outer.k = k
	}
	q.p.step = k * L
}

// evaluations is the number of gradients of a round.
func (m *Method) evaluations() int {
	n := m.Steps * m.Points
	if m.AlongGradient && !m.direct() {
		n += m.Points
	}
	return n
}

// A Master is what the replicas of a method share.
type Master struct {
	p       *Optimizer // without replicas
	m       *Method
	x, mean device.Vector
}

// NewMaster is the master of a run of the method from x0 on f.
func NewMaster(f landscape.Landscape, x0 device.Vector, m Method, o Options) *Master {
	p := newOptimizer(f, x0, m.complete(), o)
	return &Master{p: p, m: &p.method, x: x0.Clone(), mean: x0.Clone()}
}

// Rounds is how many rounds the options ask for.
func (s *Master) Rounds() int { return s.p.steps() / s.m.Steps }

// Passes is how often each replica has gone through as many data as there are,
// after k rounds.
func (s *Master) Passes(k int) float64 {
	return float64(k*s.m.evaluations()) / float64(s.p.batches)
}

// Evaluations is how many evaluations the options ask for in k rounds.
func (s *Master) Evaluations(k int) int { return s.p.evaluationsDue(s.Passes(k)) }

// Anchor is what the update of the next round pulls to.
func (s *Master) Anchor() device.Vector { return s.x }

// Weights is what the method has found so far: the master's weights, or the mean
// of the replicas where nothing couples them.
func (s *Master) Weights() device.Vector {
	if s.m.Coupling == nil {
		return s.mean
	}
	return s.x
}

// Update ends round k: old and x are the replicas' weights before and after it.
func (s *Master) Update(k int, old, x []device.Vector) {
	if s.m.Coupling == nil {
		mean(s.mean, x)
		return
	}
	if s.m.GaussSeidel {
		old = x
	}
	mean(s.mean, old)
	s.move(k)
}

// Meet is the asynchronous update: the master meets one replica of n, whose
// weights are now x, and goes an n-th of the way that it goes to their mean.
func (s *Master) Meet(k int, x device.Vector) {
	a := s.m.master(s.clock(k)) / float64(s.m.Replicas)
	s.x.Device().Axpby(a, x, 1-a, s.x)
}

func (s *Master) clock(k int) Clock {
	return Clock{Step: (k+1)*s.m.Steps - 1, Update: k, Batches: s.p.batches}
}

func (s *Master) move(k int) {
	a := s.m.master(s.clock(k))
	s.x.Device().Axpby(a, s.mean, 1-a, s.x)
}
