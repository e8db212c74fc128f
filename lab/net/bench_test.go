package net

import (
	"syscall"
	"testing"
	"time"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
)

// processorTime is what all threads have spent in the program, for machines that
// do other work too.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano())
}

// What each costs at batch 128 in float32, over 2,000 random samples: a step of
// SGD with Nesterov's momentum, a gradient, a Hessian-vector product at a new
// point and at the same again, a Gauss-Newton one, squared norms of the samples'
// gradients. The last three are to be read against the gradient.
func BenchmarkNetwork(b *testing.B) {
	for _, name := range []string{"mnistfc", "lenet", "small-lenet-ch3", "tiny-fc"} {
		a, err := Named(name)
		if err != nil {
			b.Fatal(err)
		}
		l, err := NewLoss(a, setFor(a, 2000, 1), Options{})
		if err != nil {
			b.Fatal(err)
		}
		x, v, g, momentum := l.New(), l.New(), l.New(), l.New()
		Initialise(a, PyTorch, 2, x)
		Initialise(a, Normal(1), 3, v)
		index := make([]int, 128)
		s := rng.Key(4).Stream()
		next := func() []int {
			for i := range index {
				index[i] = s.IntN(l.Samples())
			}
			return index
		}
		run := func(what string, f func()) {
			b.Run(name+"/"+what, func(b *testing.B) {
				b.ReportAllocs()
				f()
				before := processorTime()
				for b.Loop() {
					f()
				}
				b.ReportMetric(float64(processorTime()-before)/float64(b.N)/1e6, "cpu-ms/op")
			})
		}
		run("step", func() {
			l.BatchGradient(x, landscape.Batch{Index: next(), Seed: 1}, g)
			x.Device().Update(device.Step{Rate: 1e-6, Momentum: .9, Nesterov: true}, x, momentum, g, device.Vector{}, device.Vector{})
		})
		fixed := l.Subset(next())
		other := x.Clone()
		x.Device().Scale(1.001, other)
		run("gradient", func() { fixed.Gradient(x, g) })
		run("hessian", func() { fixed.HessianVector(x, v, g); x, other = other, x })
		run("hessian-again", func() { fixed.HessianVector(x, v, g) })
		run("gauss-newton-again", func() { fixed.GaussNewtonVector(x, v, g) })
		norms := make([]float64, len(index))
		run("norms", func() { l.SampleGradients(x, index).SquaredNorms(norms) })
	}
}
