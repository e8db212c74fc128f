package optim

import (
	"math"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
	"glassy/lab/run"
)

// A replica is one x^a with its inner loop. Where two of x, y, z are always
// equal they are one vector.
type replica struct {
	m       *Method
	dev     device.Device
	key     rng.Key
	f       []landscape.Landscape // one for each worker
	batches *batches              // nil where there are no data

	x, y, z      device.Vector
	g            device.Vector   // the gradient of the last step
	shares       []device.Vector // gradients of the other workers
	at, other    device.Vector   // a perturbed point, its gradient
	inner, outer motion

	evaluations int     // gradients so far
	loss        float64 // of the last one
}

// motion is the state of a rule: v for momentum, and Adam's moments v, s after
// k steps.
type motion struct {
	v, s device.Vector
	k    int
}

// The streams of a replica's key.
const (
	ofBatches = iota
	ofSeeds
	ofNoise
	ofSpread
)

func newMotion(r *Rule, like device.Vector) motion {
	var o motion
	if !r.plain() {
		o.v = like.New()
	}
	if r.adam() {
		o.s = like.New()
	}
	return o
}

func newReplica(m *Method, f []landscape.Landscape, x device.Vector, key rng.Key, b *batches) *replica {
	r := &replica{m: m, dev: x.Device(), key: key, f: f, batches: b, x: x, y: x, g: x.New()}
	if !m.direct() {
		r.y = x.Clone()
	}
	r.z = r.y
	if m.averages() {
		r.z = x.Clone()
	}
	for range m.Workers - 1 {
		r.shares = append(r.shares, x.New())
	}
	if m.Spread != nil {
		r.at = x.New()
	}
	if m.Points > 1 {
		r.other = x.New()
	}
	r.inner, r.outer = newMotion(&m.Inner, x), newMotion(&m.Outer, x)
	return r
}

// step is one inner step.
func (r *replica) step(t Clock, h device.Vector) {
	m := r.m
	i := t.Step % m.Steps
	if i == 0 {
		r.begin()
	}
	if r.loss = r.gradient(r.y, t); !r.finite() {
		return
	}
	if m.Inner.Clip > 0 {
		if norm := math.Sqrt(r.dev.Dot(r.g, r.g)); norm > m.Inner.Clip {
			r.dev.Scale(m.Inner.Clip/norm, r.g)
		}
	}

	s := device.Step{
		Rate:                m.Inner.Rate(t),
		Momentum:            m.Inner.Momentum,
		Nesterov:            m.Inner.Nesterov,
		Decay:               m.Inner.Decay,
		Pull:                m.Scope.inverse(t),
		PullAfterMomentum:   m.PullOutside,
		NoiseBeforeMomentum: m.NoiseInside,
	}
	if m.Field != nil {
		s.Field = m.Field(t)
	}
	if m.Temperature != nil {
		s.Noise = math.Sqrt(2 * s.Rate * m.Temperature(t))
		s.Key = uint64(r.key.Split(ofNoise).Split(uint64(t.Step)))
	}
	r.inner.move(&m.Inner, s, r.y, r.g, r.x, h)

	if m.averages() {
		α := m.Average
		if m.Uniform {
			α = float64(i+1) / float64(i+2)
		}
		r.dev.Axpby(1-α, r.y, α, r.z)
	}
}

// finite says that the last loss was: else its gradient is good for nothing.
func (r *replica) finite() bool { return !math.IsNaN(r.loss) && !math.IsInf(r.loss, 0) }

// begin restarts the inner loop at x^a.
func (r *replica) begin() {
	if !r.m.direct() {
		r.dev.Copy(r.y, r.x)
	}
	if r.m.averages() && !r.m.KeepAverage {
		r.dev.Copy(r.z, r.x)
	}
	if !r.m.KeepMomentum && !r.m.single() {
		r.inner.reset()
	}
}

// update is the replica's part of the update, towards z and the anchor: η₁/γ is
// rate, η₂/ρ is pull.
func (r *replica) update(t Clock, rate, pull float64, anchor device.Vector) {
	m, dev := r.m, r.dev
	if m.direct() {
		return
	}
	if m.Outer.plain() && !m.AlongGradient && !m.FromLast {
		// Written so that rate 1 copies z exactly.
		dev.Axpby(rate, r.z, 1-rate-pull, r.x)
		if pull != 0 {
			dev.Axpy(pull, anchor, r.x)
		}
		return
	}
	// The momentum collects directions that are scaled already; Adam scales them
	// itself.
	scale, η := rate, 1.0
	if m.Outer.adam() {
		scale, pull, η = 1, pull/rate, rate
	}
	if m.AlongGradient {
		if r.loss = r.gradient(r.y, t); !r.finite() {
			return
		}
		dev.Scale(scale, r.g)
	} else {
		dev.Copy(r.g, r.x)
		dev.Axpby(-scale, r.z, scale, r.g)
	}
	if pull != 0 {
		dev.Axpy(pull, r.x, r.g)
		dev.Axpy(-pull, anchor, r.g)
	}
	if m.FromLast {
		dev.Copy(r.x, r.y)
	}
	s := device.Step{Rate: η, Momentum: m.Outer.Momentum, Nesterov: m.Outer.Nesterov}
	r.outer.move(&m.Outer, s, r.x, r.g, device.Vector{}, device.Vector{})
}

// move is one step of w by the rule.
func (o *motion) move(r *Rule, s device.Step, w, g, anchor, field device.Vector) {
	if !r.adam() {
		w.Device().Update(s, w, o.v, g, anchor, field)
		return
	}
	o.k++
	w.Device().Adam(device.AdamStep{
		Rate: s.Rate, Beta1: r.Beta1, Beta2: r.Beta2, Epsilon: r.Epsilon, K: o.k,
		Decay: s.Decay, Pull: s.Pull, Field: s.Field,
	}, w, o.v, o.s, g, anchor, field)
}

func (o *motion) reset() {
	for _, v := range []device.Vector{o.v, o.s} {
		if v.Len() > 0 {
			v.Device().Fill(v, 0)
		}
	}
	o.k = 0
}

// gradient writes the gradient at w to g: the mean over m.Points mini-batches,
// each at a point of its own around w. It returns the mean loss.
func (r *replica) gradient(w device.Vector, t Clock) float64 {
	var spread float64
	if r.m.Spread != nil {
		spread = r.m.Spread(t)
	}
	total := 0.0
	for i := range r.m.Points {
		at := w
		if spread != 0 {
			key := r.key.Split(ofSpread).Split(uint64(r.evaluations))
			r.dev.Normal(uint64(key), 0, 0, spread, r.at)
			r.dev.Axpy(1, w, r.at)
			at = r.at
		}
		g := r.g
		if i > 0 {
			g = r.other
		}
		total += r.batch(at, g)
		if i > 0 {
			r.dev.Axpy(1, g, r.g)
		}
	}
	if r.m.Points > 1 {
		r.dev.Scale(1/float64(r.m.Points), r.g)
	}
	return total / float64(r.m.Points)
}

// batch writes the gradient of the next mini-batch to g, each worker taking a
// share of it, and returns its loss.
func (r *replica) batch(w, g device.Vector) float64 {
	j := r.evaluations
	r.evaluations++
	if r.batches == nil {
		return r.f[0].Gradient(w, g)
	}
	index := r.batches.batch(j)
	seed := r.key.Split(ofSeeds).Split(uint64(j))
	if r.m.Workers == 1 {
		return r.f[0].(landscape.Sampled).BatchGradient(w, landscape.Batch{Index: index, Seed: uint64(seed)}, g)
	}
	W := min(r.m.Workers, len(index))
	part := func(i int) []int { return index[i*len(index)/W : (i+1)*len(index)/W] }
	out := func(i int) device.Vector {
		if i == 0 {
			return g
		}
		return r.shares[i-1]
	}
	losses := make([]float64, W)
	run.Share(W, W, func(_, i int) {
		b := landscape.Batch{Index: part(i), Seed: uint64(seed.Split(uint64(i)))}
		losses[i] = r.f[i].(landscape.Sampled).BatchGradient(w, b, out(i))
	})
	loss := 0.0
	for i := range W {
		share := float64(len(part(i))) / float64(len(index))
		loss += share * losses[i]
		if i == 0 {
			r.dev.Scale(share, g)
		} else {
			r.dev.Axpy(share, out(i), g)
		}
	}
	return loss
}
