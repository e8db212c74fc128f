package entropy

import (
	"testing"

	"glassy/lab/device"
)

func benchmarkQuadrature(b *testing.B, d int) {
	l, x := Of(wells(d), 0.8, 2), []float64{0.4, -0.7}[:d]
	for b.Loop() {
		if _, err := l.Quadrature(x); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkQuadrature1D(b *testing.B) { benchmarkQuadrature(b, 1) }
func BenchmarkQuadrature2D(b *testing.B) { benchmarkQuadrature(b, 2) }

// 200 variables: 200 products, a few factorisations.
func BenchmarkLaplace(b *testing.B) {
	const d = 200
	l, x := Of(wells(d), 0.3, 50), device.Of(ramp(d, 1.0/d))
	for b.Loop() {
		if _, err := l.Laplace(x); err != nil {
			b.Fatal(err)
		}
	}
}

// A hundred steps, and as many before, of 16 chains; ns/op over 3200·d is the time of a
// coordinate.
func benchmarkSample(b *testing.B, d int, o Options) {
	l, x := Of(wells(d), 0.3, 5), device.Of(ramp(d, 1.0/float64(d)))
	o.Steps, o.Warmup = 100, 100
	for b.Loop() {
		if e := l.Sample(x, o); e.Status != Finished {
			b.Fatal(e.Status)
		}
	}
}

func BenchmarkMALA2(b *testing.B)     { benchmarkSample(b, 2, Options{}) }
func BenchmarkMALA10000(b *testing.B) { benchmarkSample(b, 10_000, Options{}) }
func BenchmarkSGLD10000(b *testing.B) { benchmarkSample(b, 10_000, Options{Method: SGLD, Step: 0.01}) }
