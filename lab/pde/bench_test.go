package pde

import (
	"math"
	"math/rand/v2"
	"testing"
)

func rough(b *testing.B, axes ...Axis) *Field {
	r := rand.New(rand.NewPCG(1, 1))
	return must(b)(NewGrid(axes...).Sample(func(x []float64) float64 {
		v := 0.3 * r.NormFloat64()
		for _, u := range x {
			v += u*u + 1.5*math.Sin(2*math.Pi*u)
		}
		return v
	}))
}

// A line of a million nodes.
func BenchmarkHopfLax(b *testing.B) {
	f := rough(b, Line(-3, 3, 1_000_000))
	for b.Loop() {
		HopfLax(f, 0.1)
	}
}

// 1024×1024 nodes.
func BenchmarkViscous(b *testing.B) {
	f := rough(b, Line(-3, 3, 1024), Line(-3, 3, 1024))
	for b.Loop() {
		if _, err := Viscous(f, 0.05, 5); err != nil {
			b.Fatal(err)
		}
	}
}

// The line of Figure 4.1, as a slider redraws it.
func BenchmarkViscousLine(b *testing.B) {
	f := rough(b, Line(-3, 3, 500))
	for b.Loop() {
		if _, err := Viscous(f, 0.2, 10); err != nil {
			b.Fatal(err)
		}
	}
}

// 10,000 cells, 1,000 implicit steps.
func BenchmarkFokkerPlanck(b *testing.B) {
	e := NewFokkerPlanck(rough(b, Line(-3, 3, 10_000)), 0.5)
	ρ := e.Stationary()
	for b.Loop() {
		e.Evolve(ρ, 1, 1000)
	}
}
