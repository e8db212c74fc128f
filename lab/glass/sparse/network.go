package sparse

import (
	"fmt"
	"math"
	"slices"

	"glassy/lab/rng"
)

// Config is the law of a network.
type Config struct {
	Units  int     // N, in each layer
	Layers int     // p
	Degree float64 // d, of a unit, to the layer above and to that below; 0 is N^{1/p}
	Least  float64 // c: weights are ±, uniform in size on [c, 1]; 0 is 1, weights of ±1
}

// A Network is p layers of sparse weights x^1 … x^p, each N×N, with independent
// entries: positive with probability d/2N, negative with the same, else 0.
type Network struct {
	Config // with Degree and Least as they are
	layers []layer
}

// A layer is a matrix by its rows: row j joins unit j above to units below.
type layer struct {
	start  []int32 // of each row in the others; len N+1
	to     []int32
	weight []float64
}

// New draws a network. Panics unless N ≥ 1, p ≥ 1, 0 < d ≤ N and 0 ≤ c ≤ 1.
func New(c Config, key rng.Key) *Network {
	c = c.resolve()
	n := &Network{Config: c}
	for k := range c.Layers {
		n.layers = append(n.layers, c.draw(c.Units, key.Split(uint64(k)).Stream()))
	}
	return n
}

func (c Config) resolve() Config {
	if c.Units < 1 || c.Layers < 1 {
		panic(fmt.Sprintf("sparse: Config: %d units in %d layers, expected at least one of each", c.Units, c.Layers))
	}
	if c.Degree == 0 {
		c.Degree = math.Pow(float64(c.Units), 1/float64(c.Layers))
	}
	if c.Least == 0 {
		c.Least = 1
	}
	if !(c.Degree > 0 && c.Degree <= float64(c.Units)) || !(c.Least > 0 && c.Least <= 1) {
		panic(fmt.Sprintf("sparse: Config: Degree is %v of %d units and Least %v, expected 0 < Degree ≤ N and Least in (0, 1]", c.Degree, c.Units, c.Least))
	}
	return c
}

// draw is rows of N entries each.
func (c Config) draw(rows int, s *rng.Stream) layer {
	N := int64(c.Units)
	l := layer{start: make([]int32, rows+1)}
	// From one entry that is there to the next: a geometric number of steps.
	none := math.Log1p(-c.Degree / float64(N))
	for at := int64(-1); ; {
		bits := s.Uint64()
		step := 1 + math.Floor(math.Log(1-float64(bits>>11)*0x1p-53)/none) // none is −∞ where all are there
		if step > float64(int64(rows)*N-1-at) {
			break
		}
		at += int64(step)
		w := 1.0
		if c.Least < 1 {
			w = c.Least + (1-c.Least)*s.Float64()
		}
		if bits&1 == 0 { // the low bits have not been used
			w = -w
		}
		l.start[at/N+1]++
		l.to = append(l.to, int32(at%N))
		l.weight = append(l.weight, w)
	}
	for j := range rows {
		l.start[j+1] += l.start[j]
	}
	return l
}

// Generate computes the data of a hidden vector h, len N, downwards: layer k−1
// is where the sum over layer k of x^kᵀh^k is above 0. It returns all layers,
// h⁰ = ξ, the datum, to h^p = h. The thesis's step fires at 0 too, which would
// make active every unit that nothing is joined to. Source: (2.1).
func (n *Network) Generate(h []bool) [][]bool {
	n.check("Generate", h)
	out := make([][]bool, n.Layers+1)
	out[n.Layers] = slices.Clone(h)
	for k := n.Layers; k > 0; k-- {
		sum := make([]float64, n.Units)
		l := n.layers[k-1]
		for j, on := range out[k] {
			if on {
				for e := l.start[j]; e < l.start[j+1]; e++ {
					sum[l.to[e]] += l.weight[e]
				}
			}
		}
		out[k-1] = above(sum, 0)
	}
	return out
}

// Recover computes the hidden layers of a datum ξ, len N, upwards: layer k is
// where x^k h^{k−1} is above d/3. It returns all layers, ξ first. The threshold
// is meant for weights of ±1, where a unit that was active sees some d/2 active
// ones below. It succeeds while data are sparse, ρ(d/2)^p ≪ N for ρ active
// hidden units, and d is large: of d/2 ± √(d/2) synapses, d/3 must be there.
// Source: (2.2), Arora et al. 2014.
func (n *Network) Recover(datum []bool) [][]bool {
	n.check("Recover", datum)
	out := [][]bool{slices.Clone(datum)}
	for k := range n.Layers {
		out = append(out, above(n.layers[k].times(out[k]), n.Degree/3))
	}
	return out
}

// times is the matrix times a vector of zeros and ones.
func (l layer) times(h []bool) []float64 {
	sum := make([]float64, len(l.start)-1)
	for j := range sum {
		for e := l.start[j]; e < l.start[j+1]; e++ {
			if h[l.to[e]] {
				sum[j] += l.weight[e]
			}
		}
	}
	return sum
}

func above(x []float64, threshold float64) []bool {
	out := make([]bool, len(x))
	for i, v := range x {
		out[i] = v > threshold
	}
	return out
}

func (n *Network) check(method string, h []bool) {
	if len(h) != n.Units {
		panic(fmt.Sprintf("sparse: %s: the vector has length %d, expected %d", method, len(h), n.Units))
	}
}
