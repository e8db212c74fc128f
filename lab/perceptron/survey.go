package perceptron

import (
	"math"
	"slices"

	"glassy/lab/run"
)

// Surveys are what survey propagation finds: of clusters of solutions, taken alike
// whatever their size, the share in which a weight is the same number in all solutions.
type Surveys struct {
	Plus, Minus, Free []float64 // always 1, always −1, or either; len D
	Complexity        float64   // log of the number of clusters, per weight
	Steps             int
	Change            float64 // of the largest share or message in the last step
	Status            Status
}

// SurveyPropagation estimates clusters of solutions (Mézard, Parisi and Zecchina
// 2002). A pattern warns a weight when the others, those that are free on its side,
// leave it right only if this one agrees. A message is the probability of a warning,
//
//	η = P(need−1 others can agree) / P(at least need−1 can)
//
// given that no weight is warned of both ways, and with h± = −Σ log(1−η) over the
// patterns that would have it ±1 the shares are, up to their sum,
//
//	plus : minus : free = e^h₊ − 1 : e^h₋ − 1 : 1.
//
// Belief propagation has e^h₊ : e^h₋, with the same messages of patterns. Where a
// weight hears of many patterns, none warns with a probability of e^(−c√d): then
// nothing is free, each cluster is one solution, and both agree (Braunstein and
// Zecchina 2006). On a tree there is one cluster, and what is not free in it is found
// exactly. Messages are by convolution: O(N d D) for a step, as with Exact. A Field f
// is one more warning, of probability 1 − e^(−2|f|).
func SurveyPropagation(p *Perceptron, opts ...BPOptions) *Surveys {
	o := p.checked("SurveyPropagation", opts)
	run.Cite("mezard2002", "braunstein2006")
	messages := newSurveys(p, o.Seed)
	b := iterate(p, "survey propagation", messages, o.Field, o)
	s := &Surveys{Complexity: b.LogPartition / float64(p.Weights()), Steps: b.Steps, Change: b.Change, Status: b.Status}
	for _, x := range messages.shares {
		s.Plus, s.Minus, s.Free = append(s.Plus, x.plus), append(s.Minus, x.minus), append(s.Free, x.free)
	}
	return s
}

// surveys are the messages of survey propagation: patterns take and send what they
// do in edges, where the magnetisation of an edge from weight j to pattern i is now
// ξ_j (1 − 2P(j is warned against ξ_j)).
type surveys struct {
	*edges
	hear   []warnings // len D
	shares []shares   // len D
}

// warnings are −log of the probability that no pattern warns, for either sign.
type warnings struct{ plus, minus float64 }

// warning is that of a message of [edges], atanh of which is half of it.
func warning(in float64) (w warnings) {
	if in > 0 {
		w.plus = 2 * math.Atanh(in)
	} else {
		w.minus = -2 * math.Atanh(in)
	}
	return w
}

func (w warnings) with(field float64) warnings {
	return warnings{w.plus + 2*max(field, 0), w.minus - 2*min(field, 0)}
}

type shares struct{ plus, minus, free float64 }

func (w warnings) shares() shares {
	high := max(w.plus, w.minus)
	none := math.Exp(-high)
	s := shares{max(0, math.Exp(w.plus-high)-none), max(0, math.Exp(w.minus-high)-none), none}
	sum := s.plus + s.minus + s.free
	return shares{s.plus / sum, s.minus / sum, s.free / sum}
}

func newSurveys(p *Perceptron, seed uint64) *surveys {
	return &surveys{newEdges(p, seed), make([]warnings, p.Weights()), slices.Repeat([]shares{{free: 1}}, p.Weights())}
}

func (s *surveys) step(field []float64, damping float64) (change float64) {
	n, D := s.p.Patterns(), s.p.Weights()
	s.patterns()
	clear(s.hear)
	for i := range n {
		for j, v := range s.in[i*D : (i+1)*D] {
			w := warning(v)
			s.hear[j].plus += w.plus
			s.hear[j].minus += w.minus
		}
	}
	for i := range n {
		ξ := s.p.pattern(i)
		for j, v := range s.in[i*D : (i+1)*D] {
			own := warning(v)
			rest := warnings{s.hear[j].plus - own.plus, s.hear[j].minus - own.minus}.with(field[j]).shares()
			sign, against := float64(ξ[j%len(ξ)]), rest.minus
			if sign < 0 {
				against = rest.plus
			}
			out := &s.out[i*D+j]
			next := damping**out + (1-damping)*sign*(1-2*against)
			change = max(change, math.Abs(next-*out)) // shares may rest before all messages do
			*out = next
		}
	}
	for j, w := range s.hear {
		now := w.with(field[j]).shares()
		change = max(change, math.Abs(now.plus-s.shares[j].plus), math.Abs(now.minus-s.shares[j].minus), math.Abs(now.free-s.shares[j].free))
		s.shares[j], s.b[j], s.m[j] = now, (w.plus-w.minus)/2, now.plus-now.minus
	}
	return change
}

// logPartition is the log of the number of clusters.
func (s *surveys) logPartition(field []float64) float64 {
	n, D := s.p.Patterns(), s.p.Weights()
	sum := s.logZ
	for j, w := range s.hear {
		w = w.with(field[j])
		low, high := min(w.plus, w.minus), max(w.plus, w.minus)
		sum += math.Log1p(math.Exp(low-high)-math.Exp(-high)) - low // log(e^-h₊ + e^-h₋ - e^(-h₊-h₋)): not warned of both ways
	}
	for i := range n {
		ξ := s.p.pattern(i)
		for j := range D {
			in, sign := s.in[i*D+j], float64(ξ[j%len(ξ)])
			η := -math.Expm1(-2 * math.Atanh(math.Abs(in)))
			sum -= math.Log1p(-η * (1 - sign*s.out[i*D+j]) / 2)
		}
	}
	return sum
}
