package perceptron

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"glassy/lab/rng"
)

// A Perceptron is a constraint satisfaction problem: weights x ∈ {±1}^D that
// give each of N patterns ξ ∈ {±1}^d its label y = ±1. One unit says sign(x·ξ);
// a committee of K says what most of its units say, D = K·d, x the weights of one
// unit after the other. Energy is the number of errors (3.2),
//
//	E(x) = #{i : y_i x·ξ_i ≤ κ√d}
//
// so that a tie is an error. A Perceptron does not change: it may be used from
// several goroutines.
type Perceptron struct {
	inputs, units int     // d, K
	patterns      []int8  // y_i ξ_i, N×d row-major: all labels are 1 then
	labels        []int8  // y_i
	teacher       []int8  // x*, len D; nil where labels were drawn
	margin        float64 // κ
	origin        string
}

// An Option changes what New draws.
type Option func(*options)

type options struct {
	seed    uint64
	units   int
	margin  float64
	teacher bool
}

// Seed is what patterns, labels and teacher are drawn by; 0 if it is not given.
func Seed(seed uint64) Option { return func(o *options) { o.seed = seed } }

// Units makes a committee of k, which must be odd; 1 if it is not given.
func Units(k int) Option { return func(o *options) { o.units = k } }

// Margin is the stability κ of Remark 3.1: a pattern is right when
// y x·ξ > κ√d. It is for one unit alone.
func Margin(κ float64) Option { return func(o *options) { o.margin = κ } }

// Teacher makes the labels those of weights x* drawn at random: the problem then
// is to generalise, and has a solution. Otherwise labels are drawn: the problem is
// to classify.
func Teacher() Option { return func(o *options) { o.teacher = true } }

// New draws n random patterns of d inputs, and their labels; d must be odd, so
// that there are no ties.
func New(d, n int, opts ...Option) *Perceptron {
	o := options{units: 1}
	for _, option := range opts {
		option(&o)
	}
	if d < 1 || d%2 == 0 {
		panic(fmt.Sprintf("perceptron: New: d (inputs), %d, expected an odd number above 0: there would be ties", d))
	}
	if n < 1 {
		panic(fmt.Sprintf("perceptron: New: N (patterns), %d, expected at least 1", n))
	}
	p := &Perceptron{inputs: d, units: o.units, margin: o.margin, origin: fmt.Sprintf("seed %d", o.seed)}
	if err := p.check(); err != nil {
		panic("perceptron: New: " + err.Error())
	}
	key := rng.Key(o.seed)
	p.patterns = signs(key.Split(0), n*d)
	p.labels = signs(key.Split(1), n)
	if o.teacher {
		p.teacher = signs(key.Split(2), p.Weights())
		for i := range n { // as long as its label is not in it
			p.labels[i] = p.Output(p.teacher, p.patterns[i*d:(i+1)*d])
		}
	}
	p.absorbLabels()
	return p
}

// FromData is the perceptron of given patterns, each of d numbers ±1, or 0 where a
// pattern leaves an input out, and labels ±1. It is an error if they have another
// form, or if two of them contradict each other: then there is no solution, since
// x·ξ has another sign than x·(−ξ). Of the options, Seed and Teacher have no use.
func FromData(patterns [][]int8, labels []int8, opts ...Option) (*Perceptron, error) {
	if len(patterns) == 0 || len(patterns[0]) == 0 || len(labels) != len(patterns) {
		return nil, fmt.Errorf("perceptron: %d patterns and %d labels, expected as many of both, and at least one input", len(patterns), len(labels))
	}
	o := options{units: 1}
	for _, option := range opts {
		option(&o)
	}
	p := &Perceptron{inputs: len(patterns[0]), units: o.units, margin: o.margin, labels: slices.Clone(labels), origin: "given patterns"}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("perceptron: %w", err)
	}
	for i, ξ := range patterns {
		if len(ξ) != p.inputs {
			return nil, fmt.Errorf("perceptron: pattern %d has %d inputs and pattern 0 has %d, expected the same", i, len(ξ), p.inputs)
		}
		for j, v := range ξ {
			if v < -1 || v > 1 {
				return nil, fmt.Errorf("perceptron: pattern %d has %d as input %d, expected 1, −1, or 0 for none", i, v, j)
			}
		}
		if labels[i] != 1 && labels[i] != -1 {
			return nil, fmt.Errorf("perceptron: label %d is %d, expected 1 or −1", i, labels[i])
		}
		p.patterns = append(p.patterns, ξ...)
	}
	p.absorbLabels()
	if i, j, ok := p.contradiction(); ok {
		return nil, fmt.Errorf("perceptron: patterns %d and %d contradict each other, no weights satisfy both: the same inputs with other labels, or opposite inputs with the same label; leave one out", i, j)
	}
	return p, nil
}

// check says what is wrong with the numbers other than those of the patterns.
func (p *Perceptron) check() error {
	switch {
	case p.units < 1 || p.units%2 == 0:
		return fmt.Errorf("units K, %d, expected an odd number above 0: there would be ties", p.units)
	case math.IsNaN(p.margin) || math.IsInf(p.margin, 0):
		return fmt.Errorf("margin κ, %v, expected a finite number", p.margin)
	case p.margin != 0 && p.units > 1:
		return fmt.Errorf("margin κ, %v, with K = %d units, expected 0: a vote has no margin", p.margin, p.units)
	}
	return nil
}

// absorbLabels makes all labels 1, which changes no error (Section 3.1.1).
func (p *Perceptron) absorbLabels() {
	for i, y := range p.labels {
		for j := range p.inputs {
			p.patterns[i*p.inputs+j] *= y
		}
	}
}

// contradiction finds two patterns that are opposite once labels are in them.
func (p *Perceptron) contradiction() (i, j int, found bool) {
	seen := map[string]int{}
	opposite := make([]byte, p.inputs)
	own := make([]byte, p.inputs)
	for i := range p.Patterns() {
		for k, v := range p.pattern(i) {
			own[k], opposite[k] = byte(v), byte(-v)
		}
		if j, ok := seen[string(opposite)]; ok {
			return j, i, true
		}
		if _, ok := seen[string(own)]; !ok {
			seen[string(own)] = i
		}
	}
	return 0, 0, false
}

// Inputs is d, the number of inputs of a unit.
func (p *Perceptron) Inputs() int { return p.inputs }

// Units is K, 1 but for a committee.
func (p *Perceptron) Units() int { return p.units }

// Weights is D = K·d.
func (p *Perceptron) Weights() int { return p.units * p.inputs }

// Patterns is N.
func (p *Perceptron) Patterns() int { return len(p.labels) }

// Load is α = N/D, patterns per weight.
func (p *Perceptron) Load() float64 { return float64(p.Patterns()) / float64(p.Weights()) }

// Teacher is x*, nil where labels were drawn or given.
func (p *Perceptron) Teacher() []int8 { return slices.Clone(p.teacher) }

// Labels are y_i, len N.
func (p *Perceptron) Labels() []int8 { return slices.Clone(p.labels) }

// Pattern is y_i ξ_i, len d: with its label in it.
func (p *Perceptron) Pattern(i int) []int8 { return slices.Clone(p.pattern(i)) }

// pattern is the same, not copied.
func (p *Perceptron) pattern(i int) []int8 { return p.patterns[i*p.inputs : (i+1)*p.inputs] }

// threshold is what y x·ξ has to be above.
func (p *Perceptron) threshold() float64 { return p.margin * math.Sqrt(float64(p.inputs)) }

// Output is what weights x, len D, say of inputs ξ, len d: 1 or −1, and −1 of a
// tie.
func (p *Perceptron) Output(x, ξ []int8) int8 {
	votes := 0
	for k := range p.units {
		if float64(dot(x[k*p.inputs:(k+1)*p.inputs], ξ)) > p.threshold() {
			votes++
		}
	}
	if 2*votes > p.units {
		return 1
	}
	return -1
}

// Errors is E(x), how many patterns the weights x, len D, get wrong.
func (p *Perceptron) Errors(x []int8) (count int) {
	p.checkWeights("Errors", x)
	for i := range p.labels {
		if p.Output(x, p.pattern(i)) < 0 {
			count++
		}
	}
	return count
}

func (p *Perceptron) checkWeights(what string, x []int8) {
	if len(x) != p.Weights() {
		panic(fmt.Sprintf("perceptron: %s: %d weights, expected D = %d", what, len(x), p.Weights()))
	}
	for j, v := range x {
		if v != 1 && v != -1 {
			panic(fmt.Sprintf("perceptron: %s: weight %d is %d, expected 1 or −1", what, j, v))
		}
	}
}

// String says what the problem is, and how many solutions such problems have.
func (p *Perceptron) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "binary perceptron of d = %d inputs", p.inputs)
	if p.units > 1 {
		fmt.Fprintf(&b, ", a committee of K = %d", p.units)
	}
	fmt.Fprintf(&b, ", N = %d patterns, α = %.4g, %s", p.Patterns(), p.Load(), p.origin)
	if p.margin != 0 {
		fmt.Fprintf(&b, ", margin κ = %.4g", p.margin)
	}
	if p.units > 1 {
		return b.String()
	}
	if p.teacher != nil {
		α, _ := TeacherThreshold()
		s := math.Max(0, StudentEntropy(p.Load()).Entropy)
		fmt.Fprintf(&b, "\nlabels of a teacher, α_TS = %.4g, entropy per weight of the students %.4g as d → ∞", α, s)
	} else {
		α, _ := Capacity(p.margin)
		fmt.Fprintf(&b, "\nrandom labels, α_c = %.4g, entropy per weight of the solutions %.4g as d → ∞", α, ClassificationEntropy(p.Load(), p.margin).Entropy)
	}
	return b.String()
}

// signs are n numbers ±1 of a stream.
func signs(key rng.Key, n int) []int8 {
	x, s := make([]int8, n), key.Stream()
	for j := 0; j < n; j += 64 {
		word := s.Uint64()
		for b := range min(64, n-j) {
			x[j+b] = int8(word>>b&1)*2 - 1
		}
	}
	return x
}

func dot(x, y []int8) (sum int) {
	for j, v := range x {
		sum += int(v) * int(y[j])
	}
	return sum
}
