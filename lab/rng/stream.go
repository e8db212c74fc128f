package rng

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
)

// A Stream reads the numbers of one key in order. It is a math/rand/v2 Source.
// A stream is for one goroutine.
type Stream struct {
	key  Key
	next uint64 // position, in words of 64 bits: two to a block

	held uint64 // the block, counted from 1, whose second word is
	high uint64 // kept here: the next call asks for it
}

var _ rand.Source = (*Stream)(nil)

// Split is the stream of the key split by label; it does not move s.
func (s *Stream) Split(label uint64) *Stream { return s.key.Split(label).Stream() }

// Key is the stream's key.
func (s *Stream) Key() Key { return s.key }

// Uint64 is the next 64 random bits: a Source for math/rand/v2 and gonum.
func (s *Stream) Uint64() uint64 {
	b := s.next / 2
	s.next++
	if s.next%2 == 1 {
		var low uint64
		low, s.high = s.key.Block(b)
		s.held = b + 1
		return low
	}
	if s.held != b+1 {
		_, s.high = s.key.Block(b)
		s.held = b + 1
	}
	return s.high
}

// Float64 is uniform on [0, 1).
func (s *Stream) Float64() float64 { return float64(s.Uint64()>>11) * 0x1p-53 }

// Normal is a standard normal number. It takes the next whole block and one
// number of it; Normals wastes none.
func (s *Stream) Normal() float64 {
	s.align()
	a, _ := s.key.NormalPair(s.next / 2)
	s.next += 2
	return a
}

// Normals fills dst with standard normal numbers.
func (s *Stream) Normals(dst []float64) {
	s.align()
	s.key.Normals(s.next, dst)
	s.next += uint64(len(dst) + len(dst)%2)
}

// Uniforms fills dst with numbers uniform on [0, 1).
func (s *Stream) Uniforms(dst []float64) {
	s.key.Uniforms(s.next, dst)
	s.next += uint64(len(dst))
}

func (s *Stream) align() { s.next += s.next % 2 }

// IntN is uniform on 0..n-1, without bias (Lemire 2019). It panics if n < 1.
func (s *Stream) IntN(n int) int {
	if n < 1 {
		panic(fmt.Sprintf("rng: IntN: n is %d, expected at least 1", n))
	}
	hi, lo := bits.Mul64(s.Uint64(), uint64(n))
	if lo < uint64(n) {
		for bound := -uint64(n) % uint64(n); lo < bound; {
			hi, lo = bits.Mul64(s.Uint64(), uint64(n))
		}
	}
	return int(hi)
}

// Perm is a random permutation of 0..n-1.
func (s *Stream) Perm(n int) []int {
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	s.Shuffle(n, func(i, j int) { p[i], p[j] = p[j], p[i] })
	return p
}

// Shuffle permutes n things by swaps (Fisher-Yates).
func (s *Stream) Shuffle(n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, s.IntN(i+1))
	}
}
