//go:build !amd64.v3 && !purego

package rng

import (
	"math"

	"golang.org/x/sys/cpu"
)

// Many blocks at a time, in the lanes of AVX2 or AVX-512: the operations of NormalPair in
// the same order, so the same bits, in a fifth of the time or less. From GOAMD64=v3 on the
// compiler fuses multiplications and additions of NormalPair, and its bits would be others.

// normals256 and normals512 write the normal numbers of blocks first, first+1, … to dst,
// groups of 16 of them and of 32. Keys are those of the rounds: 0 and 1 of the first, 0 and
// 1 of the second, …
//
//go:noescape
func normals256(dst *float64, groups int, first uint64, keys *[20]uint64, c *[len(lanes)][8]uint64)

//go:noescape
func normals512(dst *float64, groups int, first uint64, keys *[20]uint64, c *[len(lanes)][8]uint64)

// lanes is the constants of normals_amd64.h, in its order.
var lanes = [...][8]uint64{
	all(philoxM0), all(philoxM1),
	all(0x4330000000000000), all(0x4530000000000000), number(0x1p84 + 0x1p52), // integers to numbers
	all(rootHalf), number(1), number(2), number(0x1p52 + 53), // log
	number(log6), number(log4), number(log2), number(log7), number(log5), number(log3), number(log1),
	number(0.5), number(ln2Low), number(ln2High), number(-2),
	all(1 << 50), all(0x4338000000000000), number(0x1p52 + 0x1p51), number(turn), // sine and cosine
	number(sin6), number(sin5), number(sin4), number(sin3), number(sin2), number(sin1),
	number(cos6), number(cos5), number(cos4), number(cos3), number(cos2), number(cos1),
	{0, 1, 2, 3, 4, 5, 6, 7}, all(1 << 53), // blocks of a group, and what u is taken from
	{0, 8, 1, 9, 2, 10, 3, 11}, {4, 12, 5, 13, 6, 14, 7, 15}, // places of pairs
}

func all(x uint64) [8]uint64     { return [8]uint64{x, x, x, x, x, x, x, x} }
func number(x float64) [8]uint64 { return all(math.Float64bits(x)) }

// together is how many numbers are made at a time: 16, 32; 0: none.
var together = func() int {
	switch x := cpu.X86; {
	case x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512BW && x.HasAVX512VL:
		return 32
	case x.HasAVX2:
		return 16
	}
	return 0
}()

// manyNormals writes numbers of the blocks from b on, and returns how many: all but
// an odd one, or none where they are few.
func (k Key) manyNormals(b uint64, dst []float64) int {
	const few = 6
	if len(dst) < few || together == 0 {
		return 0
	}
	var keys [20]uint64
	k0, k1 := uint32(k), uint32(k>>32)
	for i := 0; i < len(keys); i += 2 {
		keys[i], keys[i+1] = uint64(k0), uint64(k1)
		k0, k1 = k0+philoxW0, k1+philoxW1
	}
	write := func(dst []float64, b uint64) { // not a variable: keys would escape
		if together == 32 {
			normals512(&dst[0], len(dst)/32, b, &keys, &lanes)
		} else {
			normals256(&dst[0], len(dst)/16, b, &keys, &lanes)
		}
	}
	many := len(dst) / together * together
	if many > 0 {
		write(dst[:many], b)
	}
	if rest := dst[many : len(dst)/2*2]; len(rest) > 0 {
		var last [32]float64
		write(last[:together], b+uint64(many/2))
		many += copy(rest, last[:])
	}
	return many
}
