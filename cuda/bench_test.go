//go:build cuda

package cuda

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"glassy/lab/device"
)

// measured is the GPU of a benchmark. On the mock there is nothing to measure.
func measured(b *testing.B) *Device {
	b.Helper()
	d := open(b)
	if mocked(d) {
		b.Skip("a measurement of a GPU; this is the mock of one")
	}
	return d
}

// measure is the seconds of a call by the GPU's clock.
func measure(b *testing.B, d *Device, f func()) float64 {
	b.Helper()
	f() // compiles
	d.Synchronize()
	return turn(b, d, b.N, f)
}

// turn is the seconds of each of n calls by the GPU's clock.
func turn(b *testing.B, d *Device, n int, f func()) float64 {
	b.Helper()
	seconds, err := d.gpu.Seconds(func() error {
		for range n {
			f()
		}
		d.flush()
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return seconds / float64(n)
}

// inTurn is the seconds of a call of each function, the median of turns of ten
// milliseconds, which they take one after another so that all meet the same
// clocks and the same temperature.
func inTurn(b *testing.B, d *Device, functions ...func()) []float64 {
	b.Helper()
	repeat, all := make([]int, len(functions)), make([][]float64, len(functions))
	for i, f := range functions {
		f() // compiles
		d.Synchronize()
		repeat[i] = max(1, min(1000, int(0.01/turn(b, d, 3, f))))
	}
	for b.Loop() {
		for i, f := range functions {
			all[i] = append(all[i], turn(b, d, repeat[i], f))
		}
	}
	medians := make([]float64, len(all))
	for i, s := range all {
		slices.Sort(s)
		medians[i] = s[len(s)/2]
	}
	return medians
}

// report replaces the time of an iteration, which is one of the processor's, by
// other numbers: pairs of value and unit.
func report(b *testing.B, metrics ...any) {
	b.Helper()
	b.ReportMetric(0, "ns/op")
	for i := 0; i < len(metrics); i += 2 {
		b.ReportMetric(metrics[i].(float64), metrics[i+1].(string))
	}
}

// BenchmarkAgainstCopy is what limits elementwise work: the bytes that each
// operation must move, against the driver's own copy of as many.
func BenchmarkAgainstCopy(b *testing.B) {
	d := measured(b)
	const n = 100_000_000
	none := device.Vector{}
	for _, t := range both {
		size := float64(t.Size())
		w, x, y := d.New(t, n), d.New(t, n), d.New(t, n)
		d.Normal(1, 0, 0, 1, x)
		step := device.Step{Momentum: 0.9, Nesterov: true} // rate 0: nothing grows
		double := d.New(t, 4)
		d.Upload(double, device.Of([]float64{0, -1, 0, 1})) // the slope of a double well
		walk := device.Walk{Dim: 1, Steps: 1, Delta: 0.01, Powers: 4, Noise: [2]float64{0.1}, Key: 1}
		for _, c := range []struct {
			name  string
			bytes float64
			f     func()
		}{
			{"Copy", 2 * size * n, func() { d.Copy(w, x) }},
			{"Axpy", 3 * size * n, func() { d.Axpy(0, x, w) }},
			{"Update", 5 * size * n, func() { d.Update(step, w, y, x, none, none) }},
			{"Normal", size * n, func() { d.Normal(1, 0, 0, 1, w) }},
			{"Sum", size * n, func() { d.Sum(x) }},
			{"Walkers, 10 million, a step", 2 * size * n / 10, func() { d.Walkers(walk, double, y.Slice(0, n/10)) }},
		} {
			b.Run(fmt.Sprintf("%v/%s", t, c.name), func(b *testing.B) {
				s := inTurn(b, d, c.f, func() {
					d.flush()
					d.check(d.gpu.CopyWithin(pointer(w), pointer(x), int64(size)*n))
				})
				rate, copied := c.bytes/s[0], 2*size*n/s[1]
				report(b, rate/1e9, "GB/s", copied/1e9, "GB/s-copy", rate/copied, "ofCopy")
			})
		}
		for _, v := range []device.Vector{w, x, y, double} {
			d.Free(v)
		}
	}
}

// BenchmarkAgainstProduct is the gradients of 20,000 configurations of the 3-spin
// glass, N = 100, against a product of square matrices of the same type: the
// faster one of cuBLAS's and ours, which is what the chip's arithmetic gives in
// practice. A configuration is counted as N²(N+1) operations: the disorder's
// symmetry leaves N(N+1)/2 pairs of spins, each multiplied by N couplings.
func BenchmarkAgainstProduct(b *testing.B) {
	d := measured(b)
	const (
		p, n, m = 3, 100, 20_000
		side    = 4096
	)
	for _, t := range both {
		c, σ, e, g := d.New(t, device.Monomials(p, n)), d.New(t, m*n), d.New(t, m), d.New(t, m*n)
		d.Normal(1, 0, 0, 1, c)
		d.Normal(2, 0, 0, 1, σ)
		x, y, z := d.New(t, side*side), d.New(t, side*side), d.New(t, side*side)
		d.Uniform(1, 0, -1, 1, x)
		d.Uniform(2, 0, -1, 1, y)
		gemm := func(own bool) func() {
			return func() {
				d.OwnKernels(own)
				d.Gemm(false, false, side, side, side, 1, x, side, y, side, 0, z, side)
			}
		}
		b.Run(t.String(), func(b *testing.B) {
			s := inTurn(b, d, func() { d.Spins(p, n, m, -1./n, c, σ, false, e, g) }, gemm(true), gemm(false))
			d.OwnKernels(false)
			rate, peak := n*n*(n+1)*m/s[0], 2*math.Pow(side, 3)/min(s[1], s[2])
			report(b, s[0]*1e3, "ms", rate/1e12, "TF/s", peak/1e12, "TF/s-product", rate/peak, "ofProduct")
		})
		for _, v := range []device.Vector{c, σ, e, g, x, y, z} {
			d.Free(v)
		}
	}
}

// BenchmarkLaunch is what a launch costs that does nothing much, one of a row of
// 200: on the GPU, where rows are graphs, and on the processor, which collects
// them; and what a result costs that the caller waits for.
func BenchmarkLaunch(b *testing.B) {
	d := measured(b)
	const row = 200
	x := d.New(device.Float32, 1000)
	launches := func() {
		for range row {
			d.Scale(1, x)
		}
		d.flush()
	}
	b.Run("one by one", func(b *testing.B) {
		report(b, measure(b, d, func() {
			for range row {
				d.Scale(1, x)
				d.flush() // too short for a graph
			}
		})/row*1e6, "µs/launch")
	})
	b.Run("graph", func(b *testing.B) {
		for range often + 1 {
			launches()
		}
		report(b, measure(b, d, launches)/row*1e6, "µs/launch")
	})
	b.Run("processor", func(b *testing.B) { // to queue, compare and send them
		for b.Loop() {
			launches()
			b.StopTimer()
			d.Synchronize()
			b.StartTimer()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/row, "ns/launch")
	})
	b.Run("Sum of 1,000 numbers", func(b *testing.B) {
		for b.Loop() {
			d.Sum(x)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e3, "µs/result")
	})
}
