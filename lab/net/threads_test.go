package net

import (
	"math"
	"slices"
	"sync"
	"testing"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
)

// The same bits on one thread and on several, and float32 near float64.
func TestThreadsAndTypes(t *testing.T) {
	for _, name := range []string{"small-lenet", "small-fc", "char-lstm"} {
		a, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		set := setFor(a, 70, 1)
		index := rng.Key(8).Stream().Perm(70)[:33]
		all := func(o Options) [][]float64 {
			l, err := NewLoss(a, set, o)
			if err != nil {
				t.Fatal(err)
			}
			x, v, g := l.New(), l.New(), l.New()
			Initialise(a, PyTorch, 2, x)
			x.Device().Normal(3, 0, 0, 1, v)
			var out [][]float64
			keep := func() { out = append(out, device.Read[float64](g)) }
			f := l.BatchGradient(x, landscape.Batch{Index: index, Seed: 4}, g)
			out = append(out, []float64{f})
			keep()
			l.Gradient(x, g)
			keep()
			l.HessianVector(x, v, g)
			keep()
			l.GaussNewtonVector(x, v, g)
			keep()
			norms := make([]float64, len(index))
			s := l.SampleGradients(x, index)
			s.SquaredNorms(norms)
			out = append(out, norms)
			s.Combine(norms, g)
			keep()
			return out
		}
		one := all(Options{Device: device.NewCPU(1)})
		for _, threads := range []int{2, 3} {
			for i, r := range all(Options{Device: device.NewCPU(threads)}) {
				for j := range r {
					if r[j] != one[i][j] {
						t.Fatalf("%s: result %d, number %d is %v on %d threads, %v on one", name, i, j, r[j], threads, one[i][j])
					}
				}
			}
		}
		for i, r := range all(Options{DType: device.Float64}) {
			var diff, scale float64
			for j := range r {
				diff, scale = math.Hypot(diff, r[j]-one[i][j]), math.Hypot(scale, r[j])
			}
			// 2⁻²⁴ = 6e-8 times the root of some ten thousand roundings, and
			// dropout and max-pooling that decide near ties in the same way.
			if diff > 2e-5*scale {
				t.Errorf("%s: result %d in float32 differs from float64 by %.2g", name, i, diff/scale)
			}
		}
	}
}

// Copies work side by side and get what one gets alone.
func TestCopiesSideBySide(t *testing.T) {
	a, err := Named("small-lenet")
	if err != nil {
		t.Fatal(err)
	}
	l, err := NewLoss(a, setFor(a, 40, 1), Options{})
	if err != nil {
		t.Fatal(err)
	}
	x := l.New()
	Initialise(a, PyTorch, 2, x)
	train := func(l landscape.Landscape) []float32 {
		x, g := x.Clone(), x.New()
		for step := range 3 {
			l.(*Loss).BatchGradient(x, landscape.Batch{Index: []int{step, 7, 30, 9}, Seed: uint64(step)}, g)
			x.Device().Axpy(-.1, g, x)
		}
		return append(device.Read[float32](x), device.Read[float32](l.(*Loss).Statistics())...)
	}
	want := train(l.Copy())
	var got [4][]float32
	var wg sync.WaitGroup
	for i := range got {
		c := l.Copy()
		wg.Go(func() { got[i] = train(c) })
	}
	wg.Wait()
	for i := range got {
		if !slices.Equal(got[i], want) {
			t.Errorf("copy %d got other weights or statistics than alone", i)
		}
	}
}
