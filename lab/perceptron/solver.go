package perceptron

import (
	"context"
	"fmt"
	"math"

	"glassy/lab/run"
)

// A Solution is where a search ended.
type Solution struct {
	Weights []int8 // the best that were found, len D
	Errors  int    // E(Weights)
	Steps   int    // that were made
	Status  Status // Solved: no errors
}

func (s *Solution) String() string {
	return fmt.Sprintf("%s after %d steps with %d errors", s.Status, s.Steps, s.Errors)
}

// ReinforceOptions are how [ReinforcedBP] searches; the zero value will do.
type ReinforceOptions struct {
	Rate    float64 // r: the field remembers a share 1 − (1−r)^t after t steps; 0: 0.01
	Steps   int     // at most; 0: 2000
	Damping float64 // as in BPOptions
	Exact   bool    // as in BPOptions
	Surveys bool    // reinforced survey propagation: messages are those of [SurveyPropagation]
	Seed    uint64

	Context context.Context // nil: that of the notebook's cell, see run.Context
}

// ReinforcedBP is belief propagation in a field that grows along with its own
// beliefs, until all weights have decided (Braunstein and Zecchina 2006): after
// step t the field of a weight is the share 1 − (1−r)^t of all that is on it. A
// smaller rate solves harder problems, in as many more steps. O(N D) for a step.
func ReinforcedBP(p *Perceptron, opts ...ReinforceOptions) *Solution {
	var o ReinforceOptions
	if len(opts) > 0 {
		o = opts[0]
	}
	if o.Rate == 0 {
		o.Rate = 0.01
	}
	if !(o.Rate > 0 && o.Rate <= 1) {
		panic(fmt.Sprintf("perceptron: ReinforcedBP: Rate, %v, expected 0 < Rate ≤ 1", o.Rate))
	}
	run.Cite("braunstein2006")
	name, messages := "reinforced belief propagation", newMessages(p, o.Exact, o.Seed)
	if o.Surveys {
		name, messages = "reinforced survey propagation", newSurveys(p, o.Seed)
	}
	return guided(p, name, messages, o.Steps, o.Damping, o.Context, func(t int, patterns, field []float64) {
		share := 1 - math.Pow(1-o.Rate, float64(t))
		for j, b := range patterns {
			field[j] = share * (b + field[j])
		}
	})
}

// FocusOptions are how [FocusingBP] searches; the zero value will do.
type FocusOptions struct {
	Replicas float64 // y ≥ 1, not only whole; 0: 7
	Rate     float64 // what the coupling γ grows by in a step; 0: 0.01
	Steps    int     // at most; 0: 2000
	Damping  float64 // as in BPOptions; 0: none, and 0.9 for a committee
	Exact    bool    // as in BPOptions
	Seed     uint64

	Context context.Context // nil: that of the notebook's cell, see run.Context
}

// FocusingBP is belief propagation for y replicas that are drawn with coupling γ
// to one centre, all alike, so that one of them is followed in the field of the
// others (Baldassi et al. 2016):
//
//	field = atanh(tanh γ · tanh((y−1) atanh(tanh γ · tanh B)))
//
// with B the field of the patterns. The coupling grows, until the replicas are a
// solution where solutions are dense. y = 1 is belief propagation alone. O(N D)
// for a step. Without damping the units of a committee stay alike, and it ends
// unsolved.
func FocusingBP(p *Perceptron, opts ...FocusOptions) *Solution {
	var o FocusOptions
	if len(opts) > 0 {
		o = opts[0]
	}
	if o.Replicas == 0 {
		o.Replicas = 7
	}
	if o.Rate == 0 {
		o.Rate = 0.01
	}
	if o.Damping == 0 && p.units > 1 {
		o.Damping = 0.9
	}
	if !(o.Replicas >= 1) || math.IsInf(o.Replicas, 0) || !(o.Rate > 0) {
		panic(fmt.Sprintf("perceptron: FocusingBP: Replicas, %v, and Rate, %v, expected a finite number of at least 1 and one above 0", o.Replicas, o.Rate))
	}
	run.Cite("baldassi2016")
	return guided(p, "focusing belief propagation", newMessages(p, o.Exact, o.Seed), o.Steps, o.Damping, o.Context, func(t int, patterns, field []float64) {
		γ := o.Rate * float64(t)
		for j, b := range patterns {
			field[j] = through(γ, (o.Replicas-1)*through(γ, b))
		}
	})
}

// through is what a field is behind a coupling γ, atanh(tanh γ tanh h), without
// loss where both are large.
func through(γ, h float64) float64 {
	return (logTwoCosh(γ+h) - logTwoCosh(γ-h)) / 2
}

// guided sends messages in a field that guide sets after step t = 1, 2, … from
// those of the patterns, until the signs of the magnetisations are a solution.
func guided(p *Perceptron, name string, messages messages, steps int, damping float64, ctx context.Context, guide func(t int, patterns, field []float64)) *Solution {
	if steps == 0 {
		steps = 2000
	}
	if steps < 0 || !(damping >= 0 && damping < 1) {
		panic(fmt.Sprintf("perceptron: %s: Steps is %d, Damping %v, expected at least 0 and 0 ≤ Damping < 1", name, steps, damping))
	}
	if ctx == nil {
		ctx = run.Context()
	}
	field := make([]float64, p.Weights())
	best := newBest(p)
	loop := run.Start(ctx, name, steps)
	x := make([]int8, p.Weights())
	for t := range loop.Steps() {
		messages.step(field, damping)
		signsOf(messages.magnetisation(), x)
		if best.try(x) {
			break
		}
		guide(t+1, messages.cavity(), field)
	}
	return best.solution(loop)
}

// best is the best of the weights that a search has come by.
type best struct {
	p *Perceptron
	s Solution
}

func newBest(p *Perceptron) *best {
	return &best{p, Solution{Weights: make([]int8, p.Weights()), Errors: p.Patterns() + 1}}
}

// try says whether x is a solution; it counts a step.
func (b *best) try(x []int8) bool { return b.tryWith(x, b.p.Errors(x)) }

func (b *best) tryWith(x []int8, errors int) bool {
	b.s.Steps++
	if errors < b.s.Errors {
		b.s.Errors = errors
		copy(b.s.Weights, x)
	}
	return errors == 0
}

func (b *best) solution(loop *run.Loop) *Solution {
	if b.s.Steps == 0 { // stopped before the first
		for j := range b.s.Weights {
			b.s.Weights[j] = 1
		}
		b.s.Errors = b.p.Errors(b.s.Weights)
	}
	switch {
	case b.s.Errors == 0:
		b.s.Status = Solved
	case loop.Err() != nil:
		b.s.Status = Stopped
	default:
		b.s.Status = Ended
	}
	return &b.s
}
