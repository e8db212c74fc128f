package perceptron

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// edges are messages between each pattern and each weight, by convolution of the
// laws of the single inputs: exact where the patterns and weights make a tree.
type edges struct {
	p       *Perceptron
	m, b    []float64 // len D
	out, in []float64 // magnetisations: of weight j without pattern i, and of what i says of j; N×D
	logZ    float64   // Σ_i log Z_i

	before, after [][]float64 // laws of the number of agreeing inputs ahead of j, and behind
}

func newEdges(p *Perceptron, seed uint64) *edges {
	D := p.Weights()
	s := &edges{p: p, m: smallStart(D, seed), b: make([]float64, D), out: make([]float64, p.Patterns()*D), in: make([]float64, p.Patterns()*D)}
	for i := range p.Patterns() {
		copy(s.out[i*D:], s.m)
	}
	for range p.inputs + 1 {
		s.before, s.after = append(s.before, make([]float64, p.inputs+2)), append(s.after, make([]float64, p.inputs+2))
	}
	return s
}

func (s *edges) magnetisation() []float64 { return s.m }
func (s *edges) cavity() []float64        { return s.b }

func (s *edges) step(field []float64, damping float64) float64 {
	n, D := s.p.Patterns(), s.p.Weights()
	s.patterns()
	clear(s.b)
	for i := range n {
		for j, v := range s.in[i*D : (i+1)*D] {
			s.b[j] += math.Atanh(v)
		}
	}
	for i := range n {
		for j, v := range s.in[i*D : (i+1)*D] {
			out := &s.out[i*D+j]
			*out = damping**out + (1-damping)*math.Tanh(s.b[j]-math.Atanh(v)+field[j])
		}
	}
	return settle(s.m, s.b, field, damping)
}

// patterns sets what all patterns say, and logZ.
func (s *edges) patterns() {
	s.logZ = 0
	for i := range s.p.Patterns() {
		s.logZ += s.pattern(i)
	}
}

// pattern sets what pattern i says of all weights and returns log Z_i.
func (s *edges) pattern(i int) (logZ float64) {
	d, D, K := s.p.inputs, s.p.Weights(), s.p.units
	ξ := s.p.pattern(i)
	used := 0
	for _, v := range ξ {
		used += int(v * v)
	}
	need := int(math.Max(-1, math.Min(float64(d+1), math.Floor((float64(used)+s.p.threshold())/2)+1)))
	right := make([]float64, K)
	given := make([][2]float64, D) // that the unit is right if weight j does not agree, and if it does
	for k := range K {
		agree := make([]float64, d)
		for j, v := range ξ {
			agree[j] = (1 + float64(v)*s.out[i*D+k*d+j]) / 2
			if v == 0 {
				agree[j] = 0
			}
		}
		s.convolve(agree)
		right[k] = atLeast(s.after[0], need)
		for j := range d {
			for count, w := range s.before[j][:j+1] {
				given[k*d+j][0] += w * atLeast(s.after[j+1], need-count)
				given[k*d+j][1] += w * atLeast(s.after[j+1], need-count-1)
			}
		}
	}
	for k := range K {
		if1, if0 := others(right, k)
		Z := if1*right[k] + if0*(1-right[k])
		logZ = math.Log(Z)
		for j, v := range ξ {
			p0 := if1*given[k*d+j][0] + if0*(1-given[k*d+j][0])
			p1 := if1*given[k*d+j][1] + if0*(1-given[k*d+j][1])
			m := 0.0
			if p0+p1 > 0 {
				m = float64(v) * (p1 - p0) / (p1 + p0)
			}
			const most = 1 - 1e-15 // a message that leaves no choice has a finite field
			s.in[i*D+k*d+j] = math.Max(-most, math.Min(most, m))
		}
	}
	return logZ
}

// convolve sets the law of the number of agreements ahead of each input, and, from
// each on, the probability of at least so many.
func (s *edges) convolve(agree []float64) {
	d := len(agree)
	clear(s.before[0])
	s.before[0][0] = 1
	for j, p := range agree {
		add(s.before[j+1], s.before[j], p)
	}
	clear(s.after[d])
	s.after[d][0] = 1
	for j := d - 1; j >= 0; j-- {
		add(s.after[j], s.after[j+1], agree[j])
	}
	for _, law := range s.after {
		for n := len(law) - 2; n >= 0; n-- {
			law[n] += law[n+1]
		}
	}
}

// add is the law of a number that is one more with probability p.
func add(dst, law []float64, p float64) {
	for n := range dst {
		dst[n] = (1 - p) * law[n]
		if n > 0 {
			dst[n] += p * law[n-1]
		}
	}
}

// atLeast is the probability of at least n, of numbers beyond the law too.
func atLeast(sums []float64, n int) float64 {
	switch {
	case n <= 0:
		return 1
	case n >= len(sums):
		return 0
	}
	return math.Min(1, sums[n])
}

func (s *edges) logPartition(field []float64) float64 {
	n, D := s.p.Patterns(), s.p.Weights()
	sum := s.logZ
	for j := range D {
		plus, minus := field[j], -field[j]
		for i := range n {
			in, out := s.in[i*D+j], s.out[i*D+j]
			plus += math.Log1p(in)
			minus += math.Log1p(-in)
			sum -= math.Log1p(in * out) // of an edge; the halves of both cancel
		}
		sum += floats.LogSumExp([]float64{plus, minus})
	}
	return sum
}
