package rng

import "testing"

// One operation is one number.

func BenchmarkBlock(b *testing.B) {
	var s uint64
	for i := range b.N {
		low, _ := Key(1).Block(uint64(i))
		s ^= low
	}
	sink = float64(s)
}

func BenchmarkUniforms(b *testing.B) { perNumber(b, Key(1).Stream().Uniforms) }

func BenchmarkNormals(b *testing.B) { perNumber(b, Key(1).Stream().Normals) }

func BenchmarkStreamFloat64(b *testing.B) {
	s, t := Key(1).Stream(), 0.0
	for range b.N {
		t += s.Float64()
	}
	sink = t
}

func BenchmarkIntN(b *testing.B) {
	s, t := Key(1).Stream(), 0
	for range b.N {
		t += s.IntN(50000)
	}
	sink = float64(t)
}

var sink float64

func perNumber(b *testing.B, fill func([]float64)) {
	x := make([]float64, 4096)
	b.SetBytes(8)
	for n := b.N; n > 0; n -= len(x) {
		fill(x[:min(n, len(x))])
	}
}
