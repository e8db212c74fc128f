package noneq_test

import (
	"context"
	"testing"

	"glassy/lab/noneq"
)

// The stationary state of Example 6.43 on 121² nodes.
func BenchmarkSteady(b *testing.B) {
	w := must(noneq.NewWalk(noneq.DoubleWell(1.5).Process(), square(-3, 3, 121)))
	for b.Loop() {
		must(w.Steady())
	}
}

// A time of 0.1 on 121² nodes: about 160 jumps of the chain.
func BenchmarkEvolve(b *testing.B) {
	w := must(noneq.NewWalk(noneq.DoubleWell(1.5).Process(), square(-3, 3, 121)))
	ρ := must(w.Grid.Sample(func([]float64) float64 { return 1. / 36 }))
	for b.Loop() {
		w.Evolve(context.Background(), ρ, 0.1)
	}
}
