package perceptron

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/rng"
	"glassy/lab/run"
)

// A Status says how a search or an iteration ended.
type Status int

// How it ends.
const (
	Solved  Status = iota // no errors; of belief propagation: the messages rest
	Ended                 // all steps made
	Stopped               // the context was done
)

func (s Status) String() string { return [...]string{"solved", "ended", "stopped"}[s] }

// BPOptions are how [BeliefPropagation] and [SurveyPropagation] iterate; the zero value
// will do.
type BPOptions struct {
	Field     []float64 // f, len D: the law of the weights is X(x) e^(f·x); nil: none
	Exact     bool      // messages by convolution, O(N d D) for a step: exact on trees
	Damping   float64   // share of the old magnetisation that is kept, below 1
	Steps     int       // at most; 0: 1000
	Tolerance float64   // the messages rest when no magnetisation changes by more; 0: 1e-9
	Seed      uint64    // of the magnetisations, ±10⁻³ or so, at the start

	Context context.Context // nil: that of the notebook's cell, see run.Context
}

// Beliefs are the marginals of the solutions that belief propagation finds.
type Beliefs struct {
	Magnetisation []float64 // ⟨x_j⟩, len D
	LogPartition  float64   // Bethe's log Σ X(x) e^(f·x)
	Entropy       float64   // (log Z − f·⟨x⟩)/D: with no field, log of the number of solutions per weight
	Steps         int
	Change        float64 // of the largest magnetisation in the last step
	Status        Status
}

// BeliefPropagation estimates marginals and the number of solutions. Without
// Exact it sends messages in the limit of many inputs, where the sums are normal
// (approximate message passing): O(N D) for a step, with errors of order 1/d for
// random patterns. Patterns that leave inputs out have exact messages always.
func BeliefPropagation(p *Perceptron, opts ...BPOptions) *Beliefs {
	o := p.checked("BeliefPropagation", opts)
	run.Cite("braunstein2006")
	return iterate(p, "belief propagation", newMessages(p, o.Exact, o.Seed), o.Field, o)
}

// checked are the options, with a field, of which op panics where they cannot be.
func (p *Perceptron) checked(op string, opts []BPOptions) BPOptions {
	var o BPOptions
	if len(opts) > 0 {
		o = opts[0]
	}
	if o.Field != nil && len(o.Field) != p.Weights() {
		panic(fmt.Sprintf("perceptron: %s: %d fields, expected D = %d", op, len(o.Field), p.Weights()))
	}
	if !(o.Damping >= 0 && o.Damping < 1) || !(o.Tolerance >= 0) || o.Steps < 0 {
		panic(fmt.Sprintf("perceptron: %s: Damping is %v, Tolerance %v, Steps %d, expected 0 ≤ Damping < 1 and numbers of at least 0", op, o.Damping, o.Tolerance, o.Steps))
	}
	if o.Field == nil {
		o.Field = make([]float64, p.Weights())
	}
	return o
}

// iterate sends messages until they rest.
func iterate(p *Perceptron, name string, messages messages, field []float64, o BPOptions) *Beliefs {
	if o.Steps == 0 {
		o.Steps = 1000
	}
	if o.Tolerance == 0 {
		o.Tolerance = 1e-9
	}
	if o.Context == nil {
		o.Context = run.Context()
	}
	b := &Beliefs{Status: Ended}
	loop := run.Start(o.Context, name, o.Steps)
	for range loop.Steps() {
		b.Change = messages.step(field, o.Damping)
		if b.Steps++; b.Change <= o.Tolerance {
			b.Status = Solved
			break
		}
	}
	if loop.Err() != nil && b.Status != Solved {
		b.Status = Stopped
	}
	b.Magnetisation = append(b.Magnetisation, messages.magnetisation()...)
	b.LogPartition = messages.logPartition(field)
	b.Entropy = (b.LogPartition - floats.Dot(field, b.Magnetisation)) / float64(p.Weights())
	return b
}

// messages are those of belief propagation, in one form or another.
type messages interface {
	// step sends all messages once in an external field, len D, and returns the
	// largest change of a magnetisation.
	step(field []float64, damping float64) (change float64)
	magnetisation() []float64 // len D
	cavity() []float64        // the fields that the patterns exert, len D
	logPartition(field []float64) float64
}

func newMessages(p *Perceptron, exact bool, seed uint64) messages {
	if exact || p.diluted() {
		return newEdges(p, seed)
	}
	return newDense(p, seed)
}

// diluted says whether a pattern leaves an input out.
func (p *Perceptron) diluted() bool {
	for _, v := range p.patterns {
		if v == 0 {
			return true
		}
	}
	return false
}

// smallStart are magnetisations that break the symmetry of a committee's units.
func smallStart(d int, seed uint64) []float64 {
	m := make([]float64, d)
	rng.Key(seed).Normals(0, m)
	floats.Scale(1e-3, m)
	return m
}

// settle moves magnetisations to those of their fields.
func settle(m, patterns, field []float64, damping float64) (change float64) {
	for j := range m {
		next := damping*m[j] + (1-damping)*math.Tanh(patterns[j]+field[j])
		change = math.Max(change, math.Abs(next-m[j]))
		m[j] = next
	}
	return change
}

// others are the probabilities that a committee's vote is right if unit k is, and
// if it is not, for units that are right with probability right[k]; all of them:
// that the vote is right.
func others(right []float64, k int) (if1, if0 float64) {
	count := []float64{1} // of the other units that are right
	for l, p := range right {
		if l == k {
			continue
		}
		count = append(count, 0)
		for n := len(count) - 1; n > 0; n-- {
			count[n] = count[n]*(1-p) + count[n-1]*p
		}
		count[0] *= 1 - p
	}
	need := (len(right) + 1) / 2
	for n, p := range count {
		if n+1 >= need {
			if1 += p
		}
		if n >= need {
			if0 += p
		}
	}
	return if1, if0
}
