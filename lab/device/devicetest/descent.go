package devicetest

import (
	"math"
	"slices"
	"testing"

	"glassy/lab/device"
)

// plainStep is the definition of SphereSteps for one row.
func plainStep(radius, rate, tolerance float64, x, g []float64) (norm float64, moved bool) {
	t := slices.Clone(g)
	if radius != 0 {
		along := dot(x, g) / dot(x, x)
		for i := range t {
			t[i] -= along * x[i]
		}
	}
	norm = math.Sqrt(dot(t, t))
	if !(norm > tolerance) || math.IsInf(norm, 0) {
		return norm, false
	}
	for i := range x {
		x[i] -= rate * t[i]
	}
	if radius != 0 {
		length := math.Sqrt(dot(x, x))
		for i := range x {
			x[i] *= radius / length
		}
	}
	return norm, true
}

func testSphereSteps(t *testing.T, dev device.Device) {
	const rate, tolerance = 0.1, 1e-3
	for _, s := range []struct{ n, m int }{{1, 3}, {2, 1}, {3, 40}, {31, 5}, {32, 5}, {33, 5}, {100, 67}, {257, 9}, {1025, 2}, {3, 0}, {0, 4}} {
		for _, radius := range []float64{0, 2, math.Sqrt(float64(s.n) + 1)} {
			for _, dt := range floats {
				n, m := s.n, s.m
				x, g := random(dt, m*n, 1), random(dt, m*n, 2)
				for r := range m {
					if n == 0 {
						break
					}
					switch g := g[r*n : (r+1)*n]; r % 5 {
					case 1: // a gradient along x: arrived on the sphere, not in the plane
						for i := range g {
							g[i] = 2 * x[r*n+i]
						}
					case 2: // arrived
						clear(g)
					case 3:
						g[n/2] = math.NaN()
					case 4:
						g[0] = math.Inf(-1)
					}
				}
				steps := make([]int32, m)
				for r := range steps {
					steps[r] = int32(100 * r)
				}
				norms, next, count := make([]float64, m), slices.Clone(x), slices.Clone(steps)
				for r := range m {
					var moved bool
					if norms[r], moved = plainStep(radius, rate, tolerance, next[r*n:(r+1)*n], g[r*n:(r+1)*n]); moved {
						count[r]++
					}
				}
				what := name("SphereSteps %+v, radius %g, %v", s, radius, dt)
				vx, vg, vn, vs := put(dev, dt, x), put(dev, dt, g), dst(dev, dt, m), indices(dev, steps...)
				dev.SphereSteps(n, m, radius, rate, tolerance, vx, vg, vn, vs)
				// Sums of n float64 terms, whose differences are as small as 0: a rounding of
				// each number of size 2; then one to the type.
				sum := float64(4*n+20) * 0x1p-53
				same(t, what+": norms", vn, norms, bounds(norms, epsilon(dt), sum*math.Sqrt(float64(n)))...)
				same(t, what+": x", vx, next, bounds(next, epsilon(dt), sum)...)
				if got := device.Read[int32](vs); !slices.Equal(got, count) {
					t.Errorf("%s: steps are %v, expected %v", what, got, count)
				}
				same(t, what+": gradient, which is read only", vg, g, 0)
				// A row by itself: the same bits.
				if m > 0 {
					one, norm := put(dev, dt, x[(m-1)*n:]), dst(dev, dt, 1)
					dev.SphereSteps(n, 1, radius, rate, tolerance, one, vg.Slice((m-1)*n, m*n), norm, indices(dev, 0))
					same(t, what+", one row: x", one, device.Read[float64](vx)[(m-1)*n:], 0)
					same(t, what+", one row: norm", norm, device.Read[float64](vn)[m-1:], 0)
				}
			}
		}
	}
	testOnSphere(t, dev)
	for _, dt := range floats {
		v, steps := func(n int) device.Vector { return dev.New(dt, n) }, dev.New(device.Int32, 2)
		other := dev.New(device.Float32+device.Float64-dt, 6)
		for _, c := range []struct {
			n, m                      int
			radius                    float64
			x, gradient, norms, steps device.Vector
		}{
			{3, 2, 1, v(5), v(6), v(2), steps},
			{3, 2, 1, v(6), v(5), v(2), steps},
			{3, 2, 1, v(6), v(6), v(3), steps},
			{3, 2, 1, v(6), v(6), v(2), v(2)},
			{3, 2, 1, v(6), other, v(2), steps},
			{3, 2, 1, v(6), v(6), other.Slice(0, 2), steps},
			{3, 2, -1, v(6), v(6), v(2), steps},
			{3, 2, math.NaN(), v(6), v(6), v(2), steps},
			{3, -2, 1, v(6), v(6), v(2), steps},
		} {
			panics(t, "SphereSteps", func() { dev.SphereSteps(c.n, c.m, c.radius, rate, tolerance, c.x, c.gradient, c.norms, c.steps) })
		}
	}
}

// bounds is relative·|x|, and so much besides, number by number.
func bounds(x []float64, relative, besides float64) []float64 {
	b := make([]float64, len(x)+1)
	for i, v := range x {
		b[i] = relative*math.Abs(v) + besides
	}
	return b
}

// testOnSphere: a long descent of a quadratic form on the sphere stays there, and
// ends at an eigenvector of the least eigenvalue.
func testOnSphere(t *testing.T, dev device.Device) {
	const n, m, radius = 24, 6, 3.0
	for _, dt := range floats {
		x, g, norms, steps := dst(dev, dt, m*n), dst(dev, dt, m*n), dst(dev, dt, m), indices(dev, make([]int32, m)...)
		dev.Normal(5, 0, 0, 1, x)
		values := make([]float64, m*n)
		for i := range values {
			values[i] = 1
			if i%n == n/3 {
				values[i] = -1
			}
		}
		curvature := put(dev, dt, values)
		for range 200 {
			dev.Multiply(curvature, x, g)
			dev.SphereSteps(n, m, radius, 0.3, 1e-9, x, g, norms, steps)
			points := device.Read[float64](x)
			for r := range m {
				row := points[r*n : (r+1)*n]
				// 1e-12 in float64, the roundings of n numbers in float32.
				if off := math.Abs(math.Sqrt(dot(row, row))/radius - 1); !(off <= max(1e-12, 2*epsilon(dt))) {
					t.Fatalf("SphereSteps %v: a point is off the sphere by %g of its radius", dt, off)
				}
			}
		}
		points := device.Read[float64](x)
		for r := range m {
			if v := math.Abs(points[r*n+n/3]); !(math.Abs(v-radius) <= 1e-6*radius) {
				t.Errorf("SphereSteps %v: row %d has %g along the least eigenvalue, expected %g", dt, r, v, radius)
			}
		}
	}
}
