package perceptron

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat/combin"
)

// Clusters are the solutions that one can come between by single flips without
// an error: largest first, then by their first word; each ascending.
func (e *Enumeration) Clusters() [][]uint32 {
	left := newBitset(e.weights)
	for _, x := range e.Solutions {
		left.set(x, true)
	}
	var clusters [][]uint32
	for _, first := range e.Solutions {
		if !left.has(first) {
			continue
		}
		left.set(first, false)
		cluster := []uint32{first}
		for at := 0; at < len(cluster); at++ {
			for b := range e.weights {
				if y := cluster[at] ^ 1<<b; left.has(y) {
					left.set(y, false)
					cluster = append(cluster, y)
				}
			}
		}
		slices.Sort(cluster)
		clusters = append(clusters, cluster)
	}
	slices.SortStableFunc(clusters, func(a, b []uint32) int { return len(b) - len(a) })
	return clusters
}

// bitset has a bit for each word.
type bitset []uint64

func newBitset(d int) bitset { return make(bitset, 1<<max(0, d-6)) }

func (s bitset) has(x uint32) bool { return s[x/64]>>(x%64)&1 == 1 }

func (s bitset) set(x uint32, on bool) {
	if on {
		s[x/64] |= 1 << (x % 64)
	} else {
		s[x/64] &^= 1 << (x % 64)
	}
}

// Around counts the solutions at each Hamming distance from the word x, which need
// not be one: the sum of (3.5) at γ = k/D for k = 0 … D. len D+1.
func (e *Enumeration) Around(x uint32) []int {
	counts := make([]int, e.weights+1)
	for _, y := range e.Solutions {
		counts[bits.OnesCount32(x^y)]++
	}
	return counts
}

// FromTeacher counts the solutions at each Hamming distance from the teacher; nil
// where there is none.
func (e *Enumeration) FromTeacher() []int {
	if e.teacher == nil {
		return nil
	}
	return e.Around(pack(e.teacher))
}

// LogPartition is log Z of (3.4), Σ over the solutions of e^(βx·x*), about the
// teacher; at β = 0 the log of their number. It panics where there is no teacher.
func (e *Enumeration) LogPartition(β float64) float64 {
	if e.teacher == nil {
		panic("perceptron: LogPartition: labels were drawn or given, expected a problem with a teacher")
	}
	var logs []float64
	for k, n := range e.FromTeacher() {
		if n > 0 {
			logs = append(logs, math.Log(float64(n))+β*float64(e.weights-2*k))
		}
	}
	return floats.LogSumExp(logs)
}

// Distances counts the pairs of different solutions by their Hamming distance,
// each pair once. len D+1. It takes some D·2^D operations and 2^(D+3) bytes.
func (e *Enumeration) Distances() []int {
	// The spectrum of an autocorrelation is the square.
	d := e.weights
	squares := make([]*big.Int, d+1) // by the weight of the wave
	for w := range squares {
		squares[w] = new(big.Int)
	}
	var term big.Int
	for s, v := range e.spectrum() {
		w := bits.OnesCount(uint(s))
		squares[w].Add(squares[w], term.SetUint64(uint64(v*v)))
	}
	counts := make([]int, d+1)
	for k := 1; k <= d; k++ {
		sum := new(big.Int)
		for w, square := range squares {
			sum.Add(sum, term.Mul(square, big.NewInt(krawtchouk(d, k, w))))
		}
		counts[k] = int(sum.Rsh(sum, uint(d+1)).Int64()) // of 2^D, and of two orders
	}
	return counts
}

// Neighbours counts, for each of the 2^D words, the solutions at Hamming distance
// k: the sum of (3.5) at γ = k/D, of weights that need not be a solution. It takes
// some 2D·2^D operations and 2^(D+3) bytes.
func (e *Enumeration) Neighbours(k int) []int {
	if k < 0 || k > e.weights {
		panic(fmt.Sprintf("perceptron: Neighbours: k (flips), %d, expected 0 … %d", k, e.weights))
	}
	waves := make([]int, e.weights+1)
	for w := range waves {
		waves[w] = int(krawtchouk(e.weights, k, w))
	}
	// A sphere's indicator has the spectrum of Krawtchouk's polynomial. The product
	// and its transform may wrap around: the counts times 2^D do not.
	a := e.spectrum()
	for s := range a {
		a[s] *= waves[bits.OnesCount(uint(s))]
	}
	walsh(a)
	for s := range a {
		a[s] >>= e.weights
	}
	return a
}

// DiscreteLocalEntropy is (3.5) as an entropy per weight: the log of the number of
// solutions at Hamming distance k from the word x over D, −Inf where there are
// none, or where x is no solution.
func (e *Enumeration) DiscreteLocalEntropy(x uint32, k int) float64 {
	if _, ok := slices.BinarySearch(e.Solutions, x); !ok {
		return math.Inf(-1)
	}
	return math.Log(float64(e.Around(x)[k])) / float64(e.weights)
}

// spectrum is Walsh's transform of the indicator of the solutions.
func (e *Enumeration) spectrum() []int {
	a := make([]int, 1<<e.weights)
	for _, x := range e.Solutions {
		a[x] = 1
	}
	walsh(a)
	return a
}

// walsh replaces a, len 2^D, by Σ_x (−1)^(s·x) a[x].
func walsh(a []int) {
	for h := 1; h < len(a); h *= 2 {
		for i := 0; i < len(a); i += 2 * h {
			x, y := a[i:i+h], a[i+h:i+2*h]
			for j, v := range x {
				x[j], y[j] = v+y[j], v-y[j]
			}
		}
	}
}

// krawtchouk is Σ_{|y|=k} (−1)^(s·y) for |s| = w.
func krawtchouk(d, k, w int) (sum int64) {
	for j := range min(k, w) + 1 {
		if k-j > d-w {
			continue
		}
		term := int64(combin.Binomial(w, j) * combin.Binomial(d-w, k-j))
		if j%2 == 1 {
			term = -term
		}
		sum += term
	}
	return sum
}
