//go:build cuda

package cuda

import (
	"fmt"
	"math"
	"testing"

	"glassy/lab/device"
)

// A shape that fills tiles, in one part and in many: the CPU is the judge.
func TestSpinsWhole(t *testing.T) {
	d := open(t)
	const p, n = 3, 100
	for _, m := range []int{64, 400} {
		if m > 64 && (mocked(d) || testing.Short()) {
			continue // the mock would take a minute
		}
		for _, dt := range both {
			var energy, gradient [2]device.Vector
			for i, dev := range []device.Device{d, device.CPU()} {
				c, σ := dev.New(dt, device.Monomials(p, n)), dev.New(dt, m*n)
				cpu := device.CPU()
				for key, v := range map[uint64]device.Vector{1: c, 2: σ} { // the same numbers on both
					host := cpu.New(dt, v.Len())
					cpu.Normal(key, 0, 0, 1, host)
					dev.Upload(v, host)
				}
				energy[i], gradient[i] = dev.New(dt, m), dev.New(dt, m*n)
				dev.Spins(p, n, m, -1./n, c, σ, false, energy[i], gradient[i])
			}
			// 5,000 random terms of a size of 3/√5000 each: the roundings of a running sum
			// add up to √5000 of those of numbers of size 3; 8 standard deviations.
			tol := 8 * 3 * math.Sqrt(5000) * epsilon(dt)
			what := fmt.Sprintf("Spins of %d configurations, %v", m, dt)
			within(t, what+": gradient", gradient[0], gradient[1], tol)
			within(t, what+": energy", energy[0], energy[1], math.Sqrt(n)*tol)
		}
	}
}

// A long walk takes several launches, and is the same to the bit.
func TestLongWalk(t *testing.T) {
	d := open(t)
	const n, steps = 11, 60
	for dim := 1; dim <= 2; dim++ {
		for _, dt := range both {
			w := device.Walk{Dim: dim, Steps: steps, Delta: .01, Powers: 2, Noise: [2]float64{.1, .2}, Key: 3, Offset: 5}
			force := device.Put(d, dt, []float64{.1, 1, .2, 2}[:2*dim])
			whole, parts := d.New(dt, n*dim), d.New(dt, n*dim)
			d.Walkers(w, force, whole)
			launches := launched(d, "walkers"+suffix(dt))
			mostMoves = 7*n + 1 // steps of 7, the last of 4
			d.Walkers(w, force, parts)
			mostMoves = 1 << 31
			if !d.Equal(whole, parts) {
				t.Errorf("%v, dim %d: the walk in parts is another", dt, dim)
			}
			if more := launched(d, "walkers"+suffix(dt)) - launches; more != 9 {
				t.Errorf("%v, dim %d: %d launches, expected 9", dt, dim, more)
			}
		}
	}
}

// launched is how often a kernel ran, when all that was called is done.
func launched(d *Device, name string) (n int64) {
	d.Synchronize()
	for _, c := range d.Counts() {
		if c.Operation == name {
			n += c.Calls
		}
	}
	return n
}

// BenchmarkSpins is n²(n+1) operations a configuration of n = 100 spins, p = 3,
// against what an H200's units could do: 67·10¹² a second in both types.
func BenchmarkSpins(b *testing.B) {
	d := measured(b)
	const p, n = 3, 100
	for _, dt := range both {
		for _, m := range []int{200, 2000, 20_000} {
			c, σ, e, g := d.New(dt, device.Monomials(p, n)), d.New(dt, m*n), d.New(dt, m), d.New(dt, m*n)
			d.Normal(1, 0, 0, 1, c)
			d.Normal(2, 0, 0, 1, σ)
			b.Run(fmt.Sprintf("%v/%d", dt, m), func(b *testing.B) {
				seconds := measure(b, d, func() { d.Spins(p, n, m, -1./n, c, σ, false, e, g) })
				rate := n * n * (n + 1) * float64(m) / seconds
				b.ReportMetric(rate/1e12, "TF/s")
				b.ReportMetric(rate/67e12, "ofFloor")
			})
		}
	}
}

// BenchmarkWalkers is 10 million walkers in a double well, against the memory's
// time to read and write them once a call, at 4.8 TB/s.
func BenchmarkWalkers(b *testing.B) {
	d := measured(b)
	const n = 10_000_000
	for _, dt := range both {
		for _, dim := range []int{1, 2} {
			x, force := d.New(dt, dim*n), d.New(dt, 4*dim)
			d.Upload(force, device.Of([]float64{0, -1, 0, 1, 0, 1, 0, 0}[:4*dim]))
			for _, steps := range []int{1, 2, 10} {
				w := device.Walk{Dim: dim, Steps: steps, Delta: 0.01, Powers: 4, Noise: [2]float64{0.1, 0.1}, Key: 1}
				b.Run(fmt.Sprintf("%v/dim=%d/steps=%d", dt, dim, steps), func(b *testing.B) {
					seconds := measure(b, d, func() { d.Walkers(w, force, x) })
					b.ReportMetric(seconds/float64(n*steps)*1e12, "ps/step")
					b.ReportMetric(float64(2*dim*n*dt.Size())/4.8e12/seconds, "ofFloor")
				})
			}
			d.Free(x)
		}
	}
}
