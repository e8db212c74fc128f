package glass_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat"

	"glassy/lab/device"
	"glassy/lab/glass"
)

// Kac and Rice against counting: on the circle, N = 2, every critical point of
// drawn glasses is a change of sign of the slope.
func TestCriticalCounted(t *testing.T) {
	const glasses, points = 600, 240
	cpu := device.CPU()
	x := make([]float64, 2*points)
	for i := range points {
		y, z := math.Sincos(2 * math.Pi * (float64(i) + 0.5) / points)
		x[2*i], x[2*i+1] = math.Sqrt2*z, math.Sqrt2*y
	}
	σ, values, gradients := device.Of(x), cpu.New(device.Float64, points), cpu.New(device.Float64, 2*points)
	for _, c := range []struct {
		p int
		ν float64
	}{{3, 0}, {3, 1.5}, {3, 4}, {5, 2}} {
		const u = -0.6
		var all, minima, below []float64
		for seed := range uint64(glasses) {
			g := glass.New(c.p, 2, glass.Seed(seed), glass.Field(c.ν), glass.On(cpu))
			g.Gradients(σ, values, gradients)
			grad, H := device.Host[float64](gradients), device.Host[float64](values)
			slope := func(i int) float64 {
				i %= points
				return x[2*i]*grad[2*i+1] - x[2*i+1]*grad[2*i]
			}
			count, up, low := 0.0, 0.0, 0.0
			for i := range points {
				if (slope(i) > 0) != (slope(i+1) > 0) {
					count++
					if slope(i) < 0 {
						up++
					}
					if H[i]+H[(i+1)%points] < 2*2*u {
						low++
					}
				}
			}
			all, minima, below = append(all, count), append(minima, up), append(below, low)
		}
		b := glass.OrderParameter(c.p, 1, c.ν)
		agree := func(what string, counts []float64, log float64) {
			mean, sd := stat.MeanStdDev(counts, nil)
			closeTo(t, what, mean, math.Exp(log), 0, 4*stat.StdErr(sd, glasses)+1e-12)
		}
		agree("critical points", all, glass.LogCritical(2, b))
		agree("minima", minima, glass.LogMinima(2, b))
		if c.ν == 0 {
			agree("critical points below u", below, glass.LogCriticalBelow(c.p, 2, u))
		}
	}
}
