package optim

import (
	"fmt"
	"math"
	"strings"
)

// A Method is a point of the family: the parameters of the loop that the
// package's documentation gives. Start from a named one, such as [EntropySGD],
// and change fields. The zero Method but for Inner.Rate is plain SGD.
type Method struct {
	Name string

	// The gradient of a step.
	Points    int      // the gradient is the mean of that many mini-batches' at y+e_i, (4.43); 0 is 1
	Spread    Schedule // standard deviation of each coordinate of e_i ~ N(0, Spread²); nil: 0
	Workers   int      // each mini-batch is cut into that many shares, taken in parallel; 0 is 1
	Field     Schedule // strength s of the term s·h, h ~ N(0, I), in the gradient; nil: 0
	Resampled bool     // h is drawn anew at every step, else once for all

	// The inner loop.
	Steps       int      // L; 0 is 1
	Inner       Rule     // how y moves, with rate η₀
	Scope       Schedule // γ; nil: ∞
	Temperature Schedule // β⁻¹; nil: 0
	Average     float64  // α of z, in [0, 1)
	Uniform     bool     // z is the plain mean of x^a and the y's so far, whatever α

	// The update of the replicas.
	Outer         Rule // how x^a moves along x^a - z, with rate η₁/γ; nil: 1
	AlongGradient bool // the direction is ∇f_b(y) instead of x^a - z, (4.42)

	// The replicas.
	Replicas     int      // n; 0 is 1
	Coupling     Schedule // ρ; nil: ∞
	CouplingRate Schedule // η₂; nil: the rate of Inner
	Master       Schedule // η₃n/ρ; nil: 1
	GaussSeidel  bool     // the master moves towards the replicas after their update, not before it

	// What the author's programs do differently.
	PullOutside    bool // the term (y-x^a)/γ bypasses the momentum of y
	NoiseInside    bool // the noise enters the momentum of y
	KeepMomentum   bool // the momentum of y survives the update, as it always does where L = 1, γ = ∞, α = 0, η₁/γ = 1
	KeepAverage    bool // z survives the update
	FromLast       bool // the update moves x^a from y, not from where it was
	PullToAverages bool // (x^a - x)/ρ is (x^a - 1/n Σ z)/ρ
}

// A Rule is how a point w moves along a gradient g. With momentum μ
//
//	v ← μv + g;  w ← w - ηv,  or Nesterov's  w ← w - η(g + μv);
//
// with Beta2 > 0 it is Adam (Kingma & Ba 2015).
type Rule struct {
	Rate     Schedule // η
	Momentum float64  // μ, in [0, 1)
	Nesterov bool

	Beta1, Beta2, Epsilon float64

	Decay float64 // λ of the term λw in g: weight decay, ℓ2; of Inner only
	Clip  float64 // a mini-batch's gradient longer than that is cut to that length; of Inner only; 0: ∞
}

// String is one line: the name, and at the start of a run the parameters that
// are not the default.
func (m Method) String() string {
	var s strings.Builder
	s.WriteString(m.Name)
	sep := ": "
	add := func(format string, a ...any) {
		fmt.Fprintf(&s, sep+format, a...)
		sep = ", "
	}
	at := func(name string, c Schedule) {
		if c != nil {
			add("%s %.4g", name, c(Clock{Batches: 1}))
		}
	}
	rule := func(name string, r *Rule) {
		at(name, r.Rate)
		switch {
		case r.adam():
			add("Adam β₁ %.4g β₂ %.4g", r.Beta1, r.Beta2)
		case r.Nesterov:
			add("Nesterov μ %.4g", r.Momentum)
		case r.Momentum != 0:
			add("μ %.4g", r.Momentum)
		}
		if r.Decay != 0 {
			add("λ %.4g", r.Decay)
		}
		if r.Clip != 0 {
			add("clip %.4g", r.Clip)
		}
	}
	for _, c := range []struct {
		name string
		n    int
	}{{"n", m.Replicas}, {"L", m.Steps}, {"points", m.Points}, {"workers", m.Workers}} {
		if c.n > 1 {
			add("%s %d", c.name, c.n)
		}
	}
	rule("η₀", &m.Inner)
	at("γ", m.Scope)
	at("β⁻¹", m.Temperature)
	at("spread", m.Spread)
	at("field", m.Field)
	if m.Average != 0 {
		add("α %.4g", m.Average)
	}
	rule("η₁/γ", &m.Outer)
	at("ρ", m.Coupling)
	return s.String()
}

func (r *Rule) adam() bool { return r.Beta2 > 0 }

// plain says that w moves by -ηg and nothing else.
func (r *Rule) plain() bool { return r.Momentum == 0 && !r.adam() }

// Anneal multiplies the learning rate by a schedule such as [Drops]: the rates
// of the update, where there are any, else that of the steps. The inner rate of
// Entropy-SGD and Parle is never annealed (section 5.3.2).
func (m Method) Anneal(factor Schedule) Method {
	if m.CouplingRate != nil {
		m.CouplingRate = m.CouplingRate.Times(factor)
	}
	if m.Outer.Rate != nil {
		m.Outer.Rate = m.Outer.Rate.Times(factor)
	} else {
		m.Inner.Rate = m.Inner.Rate.Times(factor)
	}
	return m
}

// complete is m with what is 0 for 1 written out. It panics when m makes no
// sense.
func (m Method) complete() Method {
	for _, c := range []struct {
		name string
		n    *int
	}{{"Points", &m.Points}, {"Workers", &m.Workers}, {"Steps", &m.Steps}, {"Replicas", &m.Replicas}} {
		if *c.n < 0 {
			panic(fmt.Sprintf("optim: method %q: %s is %d, expected at least 1", m.Name, c.name, *c.n))
		}
		*c.n = max(1, *c.n)
	}
	for _, c := range []struct {
		name string
		v    float64
	}{
		{"Average", m.Average},
		{"Inner.Momentum", m.Inner.Momentum}, {"Outer.Momentum", m.Outer.Momentum},
		{"Inner.Beta1", m.Inner.Beta1}, {"Outer.Beta1", m.Outer.Beta1},
		{"Inner.Beta2", m.Inner.Beta2}, {"Outer.Beta2", m.Outer.Beta2},
	} {
		if !(0 <= c.v && c.v < 1) {
			panic(fmt.Sprintf("optim: method %q: %s is %v, expected 0 ≤ %[2]s < 1", m.Name, c.name, c.v))
		}
	}
	if !(m.Inner.Clip >= 0 && m.Inner.Decay >= 0) || math.IsInf(m.Inner.Decay, 1) {
		panic(fmt.Sprintf("optim: method %q: Inner.Clip is %v, Inner.Decay %v, expected at least 0", m.Name, m.Inner.Clip, m.Inner.Decay))
	}
	switch {
	case m.Inner.Rate == nil:
		panic(fmt.Sprintf("optim: method %q: Inner.Rate is nil, expected a schedule", m.Name))
	case m.Outer.Decay != 0 || m.Outer.Clip != 0:
		panic(fmt.Sprintf("optim: method %q: Outer.Decay is %v, Outer.Clip %v, expected 0: they belong to Inner", m.Name, m.Outer.Decay, m.Outer.Clip))
	case m.Inner.adam() && (m.Temperature != nil || m.PullOutside):
		panic(fmt.Sprintf("optim: method %q: Temperature or PullOutside with Adam as inner rule, expected neither", m.Name))
	}
	start := Clock{Batches: 1}
	for _, c := range []struct {
		name   string
		s      Schedule
		length bool // divides: not 0, but infinite means that the term is absent
	}{
		{"Inner.Rate", m.Inner.Rate, false}, {"Outer.Rate", m.Outer.Rate, false},
		{"CouplingRate", m.CouplingRate, false}, {"Master", m.Master, false},
		{"Temperature", m.Temperature, false}, {"Spread", m.Spread, false},
		{"Scope", m.Scope, true}, {"Coupling", m.Coupling, true},
	} {
		if c.s == nil {
			continue
		}
		switch v := c.s(start); {
		case c.length && !(v > 0):
			panic(fmt.Sprintf("optim: method %q: %s is %v at the start, expected more than 0", m.Name, c.name, v))
		case !c.length && (!(v >= 0) || math.IsInf(v, 1)):
			panic(fmt.Sprintf("optim: method %q: %s is %v at the start, expected a finite number, at least 0", m.Name, c.name, v))
		}
	}
	if m.CouplingRate == nil {
		m.CouplingRate = m.Inner.Rate
	}
	return m
}

// single says that x^a goes where y is after every step, but for the coupling:
// nothing restarts, and the momentum lives on.
func (m *Method) single() bool {
	return m.Steps == 1 && !m.averages() && m.Scope == nil &&
		m.Outer.Rate == nil && m.Outer.plain() && !m.AlongGradient
}

// direct says that y, z and x^a are always the same: the update does nothing.
func (m *Method) direct() bool { return m.single() && m.Coupling == nil }

// averages says that z is not just y.
func (m *Method) averages() bool { return m.Average != 0 || m.Uniform }

// tracked says that what a landscape keeps beside the weights has followed them:
// all gradients were taken at the weights, by one worker.
func (m *Method) tracked() bool {
	return m.direct() && m.Replicas == 1 && m.Workers == 1 && m.Spread == nil
}
