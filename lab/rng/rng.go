// Package rng is the laboratory's randomness: Philox4x32-10 (Salmon, Moraes,
// Dror, Shaw 2011), a counter-based generator. The i-th number of a stream is a
// function of the stream's key and of i alone, so that one core, sixteen, or a
// GPU draw the same numbers, in any order.
//
// A [Key] names a stream and splits into others; a [Stream] reads one in order.
// Randomness is always an argument: no function of the laboratory draws from a
// stream that it was not given.
//
// Layout, which every device keeps to: block b of key k is Philox of the counter
// (b low, b high, 0, 0) under the key (k low, k high), four 32-bit words.
//   - Uniform number i in float64 is made of words 2(i mod 2) and the next of
//     block ⌊i/2⌋: the 53 high bits of (second<<32 | first), times 2⁻⁵³: on [0, 1).
//   - Normal numbers 2j and 2j+1 are the Box-Muller pair of uniforms 2j and
//     2j+1: √(-2 ln(1-u)) cos 2πv and √(-2 ln(1-u)) sin 2πv.
//   - A float32 number is the float64 one, rounded.
package rng

import (
	"math"
	"math/bits"
)

// A Key names a stream of random numbers. Keys are values: using one does not
// change it.
type Key uint64

// Split is the key of another stream, a function of k and label. Streams of
// different keys are independent to every test known.
func (k Key) Split(label uint64) Key {
	// Philox again, on counters that no stream reaches (their fourth word is 0).
	b := philox([4]uint32{uint32(label), uint32(label >> 32), 0, 1}, [2]uint32{uint32(k), uint32(k >> 32)})
	return Key(uint64(b[1])<<32 | uint64(b[0]))
}

// Stream starts reading at the stream's first number.
func (k Key) Stream() *Stream { return &Stream{key: k} }

// Block is block b of the stream: four words of 32 random bits.
func (k Key) Block(b uint64) [4]uint32 {
	return philox([4]uint32{uint32(b), uint32(b >> 32), 0, 0}, [2]uint32{uint32(k), uint32(k >> 32)})
}

// Uniform is number i of the stream's uniform numbers on [0, 1).
func (k Key) Uniform(i uint64) float64 {
	b, w := k.Block(i/2), i%2*2
	return uniform(b[w], b[w+1])
}

// Normal is number i of the stream's standard normal numbers.
func (k Key) Normal(i uint64) float64 {
	a, b := k.NormalPair(i / 2)
	if i%2 == 1 {
		return b
	}
	return a
}

// NormalPair is the normal numbers 2j and 2j+1 of the stream.
func (k Key) NormalPair(j uint64) (float64, float64) {
	b := k.Block(j)
	r := math.Sqrt(-2 * math.Log(1-uniform(b[0], b[1])))
	sin, cos := math.Sincos(2 * math.Pi * uniform(b[2], b[3]))
	return r * cos, r * sin
}

func uniform(low, high uint32) float64 {
	return float64((uint64(high)<<32|uint64(low))>>11) * 0x1p-53
}

// philox is ten rounds of Philox4x32.
func philox(c [4]uint32, k [2]uint32) [4]uint32 {
	for range 10 {
		h0, l0 := bits.Mul32(0xD2511F53, c[0])
		h1, l1 := bits.Mul32(0xCD9E8D57, c[2])
		c = [4]uint32{h1 ^ c[1] ^ k[0], l1, h0 ^ c[3] ^ k[1], l0}
		k[0] += 0x9E3779B9
		k[1] += 0xBB67AE85
	}
	return c
}
