package perceptron

import (
	"context"
	"fmt"
	"math"
	"math/bits"

	"glassy/lab/run"
)

// MaxEnumerated is how many weights D can be enumerated.
const MaxEnumerated = 25

// An Enumeration is what all 2^D weights do. Weights are words: bit D−1 is weight
// 0, bit 0 the last one, and a bit of 1 is +1 ([Perceptron.Word]).
type Enumeration struct {
	Errors    []int    // weights with so many errors, len N+1
	Solutions []uint32 // those with none, ascending
	Stopped   error    // why not all weights were tried, if so: then these are counts of some of them

	weights int
	teacher []int8
}

// Enumerate tries all 2^D weights, 64 in some 5N operations: D = 25 and N = 20 take
// some hundredths of a second. It is an error when D is above [MaxEnumerated].
func (p *Perceptron) Enumerate(ctx context.Context) (*Enumeration, error) {
	D := p.Weights()
	if D > MaxEnumerated {
		return nil, fmt.Errorf("perceptron: 2^%d weights to enumerate, expected at most 2^%d; BeliefPropagation estimates the entropy of this problem's solutions, ClassificationEntropy and StudentEntropy are its mean as d → ∞", D, MaxEnumerated)
	}
	run.Cite("chaudhari2018")
	// The high bits of the word say which chunk it is in.
	low := min(D, 16)
	type chunk struct {
		errors    []int
		solutions []uint32
	}
	chunks := make([]chunk, 1<<(D-low))
	loop := run.Start(ctx, "weights", 1<<D)
	defer loop.End()
	all := p.sliced()
	run.Share(0, len(chunks), func(_, c int) {
		if loop.Err() != nil {
			return
		}
		errors := make([]int, p.Patterns()+1)
		solutions := all.walk(uint32(c)<<low, low, errors)
		chunks[c] = chunk{errors, solutions}
		loop.Add(1 << low)
	})
	e := &Enumeration{Errors: make([]int, p.Patterns()+1), Stopped: loop.Err(), weights: D, teacher: p.teacher}
	for _, c := range chunks {
		for k, n := range c.errors {
			e.Errors[k] += n
		}
		e.Solutions = append(e.Solutions, c.solutions...)
	}
	return e, nil
}

// sliced counts the errors of 64 words at a time, with a bit for each of them. All
// that a pattern needs to know of the high bits of a word is its state: how many of
// the units in them are right and, of the split unit, which has low bits too, how
// many high inputs agree. For each state a table, made once, has a bit for each
// value of the low bits, 1 where the pattern is wrong; the bits of all patterns are
// added up as an adder does it in hardware.
type sliced struct {
	low      int         // bits of a word that a table has all values of
	split    int         // units before the split unit
	inputs   int         // high inputs of the split unit
	patterns int         // N
	units    []unitMasks // N×K
	enough   []int       // inputs of a unit that must agree, len N
	wrong    []sliceOf64 // N×states
}

// lowBits is at most how many bits are low: the tables of 20 patterns and 25
// weights fill 77 kB then, and the high bits change seldom.
const lowBits = 11

type sliceOf64 [1 << lowBits / 64]uint64

// unitMasks say which bits of a word a pattern has an input for in a unit, and where
// that is 1.
type unitMasks struct{ used, ones uint32 }

func (m unitMasks) agreements(word uint32) int { return bits.OnesCount32(^(word ^ m.ones) & m.used) }

func (p *Perceptron) sliced() *sliced {
	n, d, D, K := p.Patterns(), p.inputs, p.Weights(), p.units
	s := &sliced{low: min(D, lowBits), patterns: n, units: make([]unitMasks, n*K), enough: make([]int, n)}
	s.split, s.inputs = (D-s.low)/d, (D-s.low)%d
	s.wrong = make([]sliceOf64, n*s.states())
	for i := range n {
		used := 0
		units := s.units[i*K : (i+1)*K]
		for j, v := range p.pattern(i) {
			if v == 0 {
				continue
			}
			used++
			for k := range units {
				bit := uint32(1) << (D - 1 - (k*d + j))
				units[k].used |= bit
				if v > 0 {
					units[k].ones |= bit
				}
			}
		}
		// 2·agreements − used > threshold
		enough := math.Floor((float64(used)+p.threshold())/2) + 1
		s.enough[i] = int(min(max(enough, 0), float64(used+1)))
		s.fill(s.wrong[i*s.states():(i+1)*s.states()], units, s.enough[i])
	}
	return s
}

func (s *sliced) states() int { return (s.split + 1) * (s.inputs + 1) }

// fill makes the tables of a pattern.
func (s *sliced) fill(wrong []sliceOf64, units []unitMasks, enough int) {
	for x := range uint32(1) << s.low {
		agree, right := 0, 0 // by the low bits alone
		for k, u := range units[s.split:] {
			u.used &= 1<<s.low - 1
			switch a := u.agreements(x); {
			case k == 0:
				agree = a
			case a >= enough:
				right++
			}
		}
		for state := range wrong {
			votes := right + state/(s.inputs+1)
			if agree+state%(s.inputs+1) >= enough {
				votes++
			}
			if 2*votes < len(units) {
				wrong[state][x/64] |= 1 << (x % 64)
			}
		}
	}
}

// tables sets dst, len N, to those of a word's high bits; its low bits are 0.
func (s *sliced) tables(high uint32, dst []*sliceOf64) {
	K := len(s.units) / s.patterns
	for i := range dst {
		votes := 0
		units := s.units[i*K:]
		for _, u := range units[:s.split] {
			if u.agreements(high) >= s.enough[i] {
				votes++
			}
		}
		u := units[s.split]
		u.used &= ^uint32(0) << s.low
		dst[i] = &s.wrong[i*s.states()+votes*(s.inputs+1)+u.agreements(high)]
	}
}

// walk goes through as many words as there are values of the last bits from first
// on, counts them by errors and returns those without any, ascending.
func (s *sliced) walk(first uint32, last int, errors []int) (solutions []uint32) {
	// A table that is never wrong fills up the last eight.
	tables := make([]*sliceOf64, (s.patterns+7)/8*8)
	for i := range tables {
		tables[i] = new(sliceOf64)
	}
	words, used := 1<<s.low/64, uint64(math.MaxUint64)
	if s.low < 6 {
		words, used = 1, 1<<(1<<s.low)-1
	}
	wrong := binary64{eights: make([]uint64, bits.Len(uint(s.patterns/8)))}
	counts := make([]int, s.patterns/8*8+8)
	for high := first; high-first < 1<<last; high += 1 << s.low {
		s.tables(high, tables[:s.patterns])
		for w := range tables[0][:words] {
			wrong.sum(tables, w)
			right := wrong.tally(used, counts)
			for ; right != 0; right &= right - 1 {
				solutions = append(solutions, high|uint32(w<<6|bits.TrailingZeros64(right)))
			}
		}
	}
	copy(errors, counts)
	return solutions
}

// binary64 are 64 numbers, the bits of each at the same place of all words.
type binary64 struct {
	ones, twos, fours uint64
	eights            []uint64 // then sixteens, …
}

// sum adds up word w of the tables, eight of them at a time, by Harley and Seal's
// tree of adders.
func (n *binary64) sum(tables []*sliceOf64, w int) {
	var ones, twos, fours uint64
	clear(n.eights)
	for t := tables; len(t) >= 8; t = t[8:] {
		var a, b, c, d, carry uint64
		ones, a = addBits(ones, t[0][w], t[1][w])
		ones, b = addBits(ones, t[2][w], t[3][w])
		twos, c = addBits(twos, a, b)
		ones, a = addBits(ones, t[4][w], t[5][w])
		ones, b = addBits(ones, t[6][w], t[7][w])
		twos, d = addBits(twos, a, b)
		fours, carry = addBits(fours, c, d)
		for j, v := range n.eights {
			n.eights[j], carry = v^carry, v&carry
		}
	}
	n.ones, n.twos, n.fours = ones, twos, fours
}

// tally counts the numbers at the places used by their values, and returns the
// places of those that are 0.
func (n *binary64) tally(used uint64, counts []int) (zeros uint64) {
	for e := 0; 8*e < len(counts); e++ {
		set := used // and e eights
		for j, v := range n.eights {
			if e>>j&1 == 0 {
				v = ^v
			}
			set &= v
		}
		if set == 0 {
			continue
		}
		for f, half := range [2]uint64{set &^ n.fours, set & n.fours} {
			counts := counts[8*e+4*f : 8*e+4*f+4]
			few, more := half&^n.twos, half&n.twos
			counts[0] += bits.OnesCount64(few &^ n.ones)
			counts[1] += bits.OnesCount64(few & n.ones)
			counts[2] += bits.OnesCount64(more &^ n.ones)
			counts[3] += bits.OnesCount64(more & n.ones)
		}
		if e == 0 {
			zeros = set &^ (n.ones | n.twos | n.fours)
		}
	}
	return zeros
}

// addBits are the two bits of a+b+c.
func addBits(a, b, c uint64) (sum, carry uint64) {
	u := a ^ b
	return u ^ c, a&b | u&c
}

// Word is the number of weights x, len D at most 32, in an Enumeration.
func (p *Perceptron) Word(x []int8) (word uint32) {
	p.checkWeights("Word", x)
	return pack(x)
}

func pack(x []int8) (word uint32) {
	if len(x) > 32 {
		panic(fmt.Sprintf("perceptron: Word: %d weights, expected at most 32", len(x)))
	}
	for _, v := range x {
		word = word<<1 | uint32(v+1)>>1
	}
	return word
}

// Weights are those of a word, len D.
func (e *Enumeration) Weights(word uint32) []int8 {
	x := make([]int8, e.weights)
	for j := range x {
		x[j] = int8(word>>(e.weights-1-j)&1)*2 - 1
	}
	return x
}

// Entropy is log(number of solutions)/D, −Inf where there are none: log Z/D of
// (3.4) at β = 0.
func (e *Enumeration) Entropy() float64 {
	return math.Log(float64(len(e.Solutions))) / float64(e.weights)
}
