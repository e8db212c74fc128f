package optim

import (
	"fmt"
	"math"
	"slices"
	"time"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/run"
)

// A History is the way of a run, one number of each slice for each point
// recorded. A slice is nil where the method has no such thing.
type History struct {
	Passes        []float64 // through the data, of each replica: effective epochs, the abscissa of the thesis
	Seconds       []float64 // since the run began
	Loss          []float64 // of mini-batches, the mean since the last point and over the replicas
	GradientNorm  []float64 // of the first replica's mini-batch gradient at x^a
	LeastGradient []float64 // min_i |g_i| of that gradient, weight decay and field included; where Options asks for it
	Rate          []float64 // η₀, of the inner loop
	OuterRate     []float64 // η₁/γ
	Scope         []float64 // γ
	Coupling      []float64 // ρ
	Angle         []float64 // between x^a - z and the mini-batch gradient at x^a, of the first replica, in radians
	Alignment     []float64 // |h·w|, h the field with E h_i² = 1

	Evaluated struct {
		Passes, Seconds, Loss, Error []float64
	}
}

// String is one line: how many points, how far they reach, and where the loss
// and the error went.
func (h History) String() string {
	n := len(h.Passes)
	if n == 0 {
		return "no points recorded"
	}
	s := fmt.Sprintf("%d points, %.4g to %.4g passes, loss %.4g → %.4g", n, h.Passes[0], h.Passes[n-1], h.Loss[0], h.Loss[n-1])
	if e := h.Evaluated.Error; len(e) > 0 {
		s += fmt.Sprintf("; %d evaluations, error %.4g → %.4g", len(e), e[0], e[len(e)-1])
	}
	return s
}

func (h *History) clone() History {
	c := *h
	for _, s := range c.series() {
		*s = slices.Clone(*s)
	}
	return c
}

func (h *History) series() []*[]float64 {
	return []*[]float64{
		&h.Passes, &h.Seconds, &h.Loss, &h.GradientNorm, &h.LeastGradient, &h.Rate, &h.OuterRate, &h.Scope, &h.Coupling, &h.Angle, &h.Alignment,
		&h.Evaluated.Passes, &h.Evaluated.Seconds, &h.Evaluated.Loss, &h.Evaluated.Error,
	}
}

// history is a History on the way.
type history struct {
	History
	every int // updates between points; 0: nothing is recorded
	from  time.Time
	loop  *run.Loop // of the run under way, which tells whoever listens

	losses float64 // sum since the last point
	count  int
	norm   float64       // of the gradient at x^a of this update
	first  device.Vector // that gradient, where the angle is asked for
	least  float64       // of its numbers with decay and field,
	whole  device.Vector // which this is for; where that is asked for

	evaluations int     // due so far
	evaluated   int     // the step of the last one, or -1
	lowest      float64 // error of them
	best        device.Vector
}

// begin makes ready for a run of so many steps.
func (h *history) begin(p *Optimizer, steps int) {
	if h.every > 0 { // not the first run
		return
	}
	h.every = p.options.RecordEvery
	if h.every == 0 {
		h.every = max(1, steps/p.method.Steps/1000)
	}
	h.from = time.Now()
	h.evaluated = -1
	h.lowest = math.Inf(1)
	if p.options.Angle && p.method.Steps > 1 {
		h.first = p.replicas[0].x.New()
	}
	if p.options.LeastGradient {
		h.whole = p.replicas[0].x.New()
	}
}

// observe looks at the first replica after step t and before the update, when g
// is still the gradient.
func (h *history) observe(p *Optimizer, t Clock) {
	if h.every == 0 {
		return
	}
	for _, r := range p.replicas {
		h.losses += r.loss
		h.count++
	}
	r, L := p.replicas[0], p.method.Steps
	if t.Step%L == 0 {
		h.loop.Tell(func() { h.note(p, t, r) })
	}
	if (t.Update+1)%h.every != 0 {
		return
	}
	if t.Step%L == 0 {
		h.norm = math.Sqrt(r.dev.Dot(r.g, r.g))
		if h.first.Len() > 0 {
			r.dev.Copy(h.first, r.g)
		}
		if h.whole.Len() > 0 {
			h.least = h.smallest(p, t, r)
		}
	}
	if (t.Step+1)%L == 0 {
		h.point(p, t, r)
	}
}

// note tells where the run is: the mean loss of the replicas and the norm of the
// first one's gradient.
func (h *history) note(p *Optimizer, t Clock, r *replica) {
	name, sum := "energy", 0.0
	if _, ok := p.f.(landscape.Sampled); ok {
		name = "loss"
	}
	for _, r := range p.replicas {
		sum += r.loss
	}
	h.loop.Note(name, t.Step, sum/float64(len(p.replicas)))
	h.loop.Note("gradient norm", t.Step, math.Sqrt(r.dev.Dot(r.g, r.g)))
}

// smallest is the least size of a number of the gradient that has just moved y:
// ∇f_b + λy + s h, with y as it is now.
func (h *history) smallest(p *Optimizer, t Clock, r *replica) float64 {
	r.dev.Copy(h.whole, r.g)
	r.dev.Axpy(p.method.Inner.Decay, r.y, h.whole)
	if p.method.Field != nil {
		r.dev.Axpy(p.method.Field(t), p.field, h.whole)
	}
	least := math.Inf(1)
	for _, v := range device.Read[float64](h.whole) {
		least = min(least, math.Abs(v))
	}
	return least
}

// point records.
func (h *history) point(p *Optimizer, t Clock, r *replica) {
	m := &p.method
	add := func(s *[]float64, v float64) { *s = append(*s, v) }
	add(&h.Passes, p.Passes())
	add(&h.Seconds, time.Since(h.from).Seconds())
	add(&h.Loss, h.losses/float64(h.count))
	h.losses, h.count = 0, 0
	add(&h.GradientNorm, h.norm)
	if h.whole.Len() > 0 {
		add(&h.LeastGradient, h.least)
	}
	add(&h.Rate, m.Inner.Rate(t))
	if m.Outer.Rate != nil {
		add(&h.OuterRate, m.Outer.Rate(t))
	}
	if m.Scope != nil {
		add(&h.Scope, m.Scope(t))
	}
	if m.Coupling != nil {
		add(&h.Coupling, m.Coupling(t))
	}
	if m.Field != nil {
		add(&h.Alignment, math.Abs(r.dev.Dot(p.field, p.Weights())))
	}
	if h.first.Len() > 0 {
		r.dev.Copy(r.g, r.x)
		r.dev.Axpy(-1, r.z, r.g)
		c := r.dev.Dot(r.g, h.first) / (h.norm * math.Sqrt(r.dev.Dot(r.g, r.g)))
		add(&h.Angle, math.Acos(max(-1, min(1, c))))
	}
}

// due says that an evaluation is.
func (h *history) due(p *Optimizer) bool {
	if p.options.Evaluate == nil || p.step%p.method.Steps != 0 {
		return false
	}
	n := p.evaluationsDue(p.Passes())
	if n <= h.evaluations {
		return false
	}
	h.evaluations = n
	return true
}

// evaluationsDue is how many evaluations so many passes ask for.
func (p *Optimizer) evaluationsDue(passes float64) int {
	every := p.options.EvaluateEvery
	if every == 0 {
		every = 1
	}
	// The passes are a multiple of 1/B: half of one is room for rounding.
	return int((passes + 0.5/float64(p.batches)) / every)
}

// evaluation records one.
func (h *history) evaluation(p *Optimizer, x device.Vector, loss, err float64) {
	e := &h.Evaluated
	e.Passes = append(e.Passes, p.Passes())
	e.Seconds = append(e.Seconds, time.Since(h.from).Seconds())
	e.Loss = append(e.Loss, loss)
	e.Error = append(e.Error, err)
	h.evaluated = p.step
	if err < h.lowest {
		h.lowest = err
		h.best = x.Clone()
	}
}
