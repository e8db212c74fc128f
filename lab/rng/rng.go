// Package rng is the laboratory's randomness: Philox4x32-10 (Salmon, Moraes,
// Dror, Shaw 2011), a counter-based generator. The i-th number of a stream is a
// function of the stream's key and of i alone, so that one core, sixteen, or a
// GPU draw the same numbers, in any order.
//
//	rng.go      Key, numbers by their place, the generator
//	normal.go   normal numbers of uniform ones; normals_amd64.h many at a time
//	stream.go   Stream: numbers in order, integers, permutations
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
//   - A float32 number is the float64 one, rounded: a uniform one can be 1.
package rng

// A Key names a stream of random numbers. Keys are values: using one does not
// change it.
type Key uint64

// Split is the key of another stream, a function of k and label. Streams of
// different keys are independent to every test known.
func (k Key) Split(label uint64) Key {
	// Philox again, on counters that no stream reaches (their fourth word is 0).
	b0, b1, _, _ := philox(uint32(label), uint32(label>>32), 0, 1, uint32(k), uint32(k>>32))
	return Key(uint64(b1)<<32 | uint64(b0))
}

// Stream starts reading at the stream's first number.
func (k Key) Stream() *Stream { return &Stream{key: k} }

// Block is block b of the stream: 128 random bits, as words 0 and 1 (low) and
// words 2 and 3 (high).
func (k Key) Block(b uint64) (low, high uint64) {
	b0, b1, b2, b3 := philox(uint32(b), uint32(b>>32), 0, 0, uint32(k), uint32(k>>32))
	return uint64(b1)<<32 | uint64(b0), uint64(b3)<<32 | uint64(b2)
}

// Uniform is number i of the stream's uniform numbers on [0, 1).
func (k Key) Uniform(i uint64) float64 {
	low, high := k.Block(i / 2)
	if i%2 == 1 {
		low = high
	}
	return uniform(low)
}

// Normal is number i of the stream's standard normal numbers.
func (k Key) Normal(i uint64) float64 {
	a, b := k.NormalPair(i / 2)
	if i%2 == 1 {
		return b
	}
	return a
}

func uniform(bits uint64) float64 { return float64(bits>>11) * 0x1p-53 }

// Uniforms fills dst with the stream's uniform numbers offset, offset+1, … .
// It is the form for parallel work: the pieces of a long vector, each with its
// own offset, are what one call gives for it all.
func (k Key) Uniforms(offset uint64, dst []float64) {
	if offset%2 == 1 && len(dst) > 0 {
		dst[0], dst = k.Uniform(offset), dst[1:]
		offset++
	}
	for b := offset / 2; len(dst) >= 2; b++ {
		low, high := k.Block(b)
		dst[0], dst[1], dst = uniform(low), uniform(high), dst[2:]
		offset += 2
	}
	if len(dst) > 0 {
		dst[0] = k.Uniform(offset)
	}
}

// Normals fills dst with the stream's normal numbers offset, offset+1, …, like
// Uniforms.
func (k Key) Normals(offset uint64, dst []float64) {
	if offset%2 == 1 && len(dst) > 0 {
		dst[0], dst = k.Normal(offset), dst[1:]
		offset++
	}
	many := k.manyNormals(offset/2, dst)
	offset += uint64(many)
	dst = dst[many:]
	for b := offset / 2; len(dst) >= 2; b++ {
		dst[0], dst[1] = k.NormalPair(b)
		dst = dst[2:]
		offset += 2
	}
	if len(dst) > 0 {
		dst[0] = k.Normal(offset)
	}
}

// Philox's multipliers, and what its keys grow by from round to round.
const (
	philoxM0, philoxM1 = 0xD2511F53, 0xCD9E8D57
	philoxW0, philoxW1 = 0x9E3779B9, 0xBB67AE85
)

// philox is ten rounds of Philox4x32, on scalars: on arrays it takes three times
// as long.
func philox(c0, c1, c2, c3, k0, k1 uint32) (uint32, uint32, uint32, uint32) {
	for range 10 {
		p0, p1 := uint64(c0)*philoxM0, uint64(c2)*philoxM1
		c0, c1, c2, c3 = uint32(p1>>32)^c1^k0, uint32(p1), uint32(p0>>32)^c3^k1, uint32(p0)
		k0, k1 = k0+philoxW0, k1+philoxW1
	}
	return c0, c1, c2, c3
}
