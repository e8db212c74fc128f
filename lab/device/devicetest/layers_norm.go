package devicetest

import (
	"math"
	"slices"
	"testing"

	"glassy/lab/device"
)

// moments is the mean and 1/√(variance+ε) of each channel, in two passes.
func moments(s device.Channels, x []float64, ε float64) (mean, variance, istd []float64) {
	mean, variance, istd = make([]float64, s.C), make([]float64, s.C), make([]float64, s.C)
	m := float64(s.N * s.S)
	for i, v := range x {
		mean[i/s.S%s.C] += v / m
	}
	for i, v := range x {
		c := i / s.S % s.C
		variance[c] += (v - mean[c]) * (v - mean[c]) / m
	}
	for c, v := range variance {
		istd[c] = 1 / math.Sqrt(v+ε)
	}
	return mean, variance, istd
}

func normalise(s device.Channels, x, mean, istd, scale, shift []float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		c := i / s.S % s.C
		y[i] = scale[c]*(v-mean[c])*istd[c] + shift[c]
	}
	return y
}

func testNorm(t *testing.T, dev device.Device) {
	const ε = 1e-3
	for _, s := range []device.Channels{{N: 4, C: 3, S: 5}, {N: 12, C: 2, S: 1}, {N: 1, C: 2, S: 9}, {N: 1, C: 1, S: 2}, {N: 3, C: 0, S: 2}} {
		for _, dt := range floats {
			n := s.N * s.C * s.S
			x, dy, tx, tdy := random(dt, n, 1), random(dt, n, 2), random(dt, n, 3), random(dt, n, 4)
			scale, shift := random(dt, s.C, 5), random(dt, s.C, 6)
			tscale, tshift := random(dt, s.C, 7), random(dt, s.C, 8)
			mean, variance, istd := moments(s, x, ε)
			bound := differenceBound(dt)

			// A mean and a variance of m numbers of at most 1.
			rounding := 4 * float64(s.N*s.S) * epsilon(dt)
			vmean, vvariance := dst(dev, dt, s.C), dst(dev, dt, s.C)
			dev.NormStats(s, put(dev, dt, x), vmean, vvariance)
			same(t, name("NormStats mean %+v %v", s, dt), vmean, mean, rounding)
			same(t, name("NormStats variance %+v %v", s, dt), vvariance, variance, rounding)

			put := func(x []float64) device.Vector { return put(dev, dt, x) }
			y := dst(dev, dt, n)
			dev.Norm(s, put(x), put(mean), put(istd), put(scale), put(shift), y)
			same(t, name("Norm %+v %v", s, dt), y, normalise(s, x, mean, istd, scale, shift), bound)

			for _, train := range []bool{true, false} {
				what := func(op string) string { return name("%s %+v %v train %v", op, s, dt, train) }
				forward := func(x, scale, shift []float64) []float64 {
					mean, istd := mean, istd
					if train {
						mean, _, istd = moments(s, x, ε)
					}
					return normalise(s, x, mean, istd, scale, shift)
				}

				dev.NormTangent(s, train, put(x), put(mean), put(istd), put(scale), put(tx), put(tscale), put(tshift), y)
				same(t, what("NormTangent"), y, slope(func(h float64) []float64 {
					return forward(along(x, tx, h), along(scale, tscale, h), along(shift, tshift, h))
				}), bound)

				// The gradient of ⟨forward, dy⟩, number by number.
				partial := func(which int, n int) []float64 {
					g := make([]float64, n)
					for i := range g {
						e := make([]float64, n)
						e[i] = 1
						g[i] = slope(func(h float64) []float64 {
							at := [][]float64{x, scale, shift}
							at[which] = along(at[which], e, h)
							return []float64{dot(forward(at[0], at[1], at[2]), dy)}
						})[0]
					}
					return g
				}
				dx, dscale, dshift := dst(dev, dt, n), dst(dev, dt, s.C), dst(dev, dt, s.C)
				dev.NormBack(s, train, put(x), put(mean), put(istd), put(scale), put(dy), dx, false, dscale, dshift)
				same(t, what("NormBack dx"), dx, partial(0, n), bound)
				same(t, what("NormBack dscale"), dscale, partial(1, s.C), bound)
				same(t, what("NormBack dshift"), dshift, partial(2, s.C), bound)
				dev.NormBack(s, train, put(x), put(mean), put(istd), put(scale), put(dy), dx, true, dscale, dshift)
				twice := func(x []float64) []float64 { return along(x, x, 1) }
				same(t, what("NormBack dscale added"), dscale, twice(partial(1, s.C)), 2*bound)
				same(t, what("NormBack dshift added"), dshift, twice(partial(2, s.C)), 2*bound)

				// NormBack itself is what NormBackTangent is the derivative of: in float64.
				backward := func(h float64) (dx, dscale, dshift []float64) {
					put := func(x []float64) device.Vector { return device.Put(dev, device.Float64, x) }
					x := along(x, tx, h)
					mean, istd := mean, istd
					if train {
						mean, _, istd = moments(s, x, ε)
					}
					a, b, c := dst(dev, device.Float64, n), dst(dev, device.Float64, s.C), dst(dev, device.Float64, s.C)
					dev.NormBack(s, train, put(x), put(mean), put(istd), put(along(scale, tscale, h)), put(along(dy, tdy, h)), a, false, b, c)
					return device.Read[float64](a), device.Read[float64](b), device.Read[float64](c)
				}
				tdx := slope(func(h float64) []float64 { a, _, _ := backward(h); return a })
				tdscale := slope(func(h float64) []float64 { _, b, _ := backward(h); return b })
				tdshift := slope(func(h float64) []float64 { _, _, c := backward(h); return c })
				// Two numbers a channel make istd large: up to 1/√ε, its cube enters.
				bound := bound * 1000
				if s.N*s.S > 2 {
					bound = 20 * differenceBound(dt)
				}
				dev.NormBackTangent(s, train, put(x), put(mean), put(istd), put(scale), put(tx), put(tscale), put(dy), put(tdy), dx, false, dscale, dshift)
				same(t, what("NormBackTangent tdx"), dx, tdx, bound)
				same(t, what("NormBackTangent tdscale"), dscale, tdscale, bound)
				same(t, what("NormBackTangent tdshift"), dshift, tdshift, bound)
				dev.NormBackTangent(s, train, put(x), put(mean), put(istd), put(scale), put(tx), put(tscale), put(dy), put(tdy), dx, true, dscale, dshift)
				same(t, what("NormBackTangent tdscale added"), dscale, twice(tdscale), 2*bound)
				same(t, what("NormBackTangent tdshift added"), dshift, twice(tdshift), 2*bound)
			}

			// J is symmetric: ⟨u, J v⟩ = ⟨J u, v⟩.
			ones, zero := make([]float64, s.C), make([]float64, s.C)
			for c := range ones {
				ones[c] = 1
			}
			ju, jv := dst(dev, dt, n), dst(dev, dt, n)
			dev.NormTangent(s, true, put(x), put(mean), put(istd), put(ones), put(tx), put(zero), put(zero), ju)
			dev.NormBack(s, true, put(x), put(mean), put(istd), put(ones), put(dy), jv, false, put(zero), put(zero))
			a, b := dot(device.Read[float64](ju), dy), dot(tx, device.Read[float64](jv))
			if !(math.Abs(a-b) <= 1000*epsilon(dt)) { // 60 products of at most 2/√ε = 60
				t.Errorf("Norm %+v %v: ⟨dy, J tx⟩ is %v but ⟨J dy, tx⟩ is %v", s, dt, a, b)
			}
		}
	}
	testNormLarge(t, dev)
	testInverseSqrt(t, dev)
	testNormEmpty(t, dev)
	for _, dt := range floats {
		s := device.Channels{N: 2, C: 3, S: 4}
		x, c := dev.New(dt, 24), dev.New(dt, 3)
		panics(t, "NormStats", func() { dev.NormStats(s, x, c, x) })
		panics(t, "Norm", func() { dev.Norm(s, x, c, c, x, c, x) })
		panics(t, "NormBack", func() { dev.NormBack(s, true, x, c, c, c, x, c, false, c, c) })
		panics(t, "NormTangent", func() { dev.NormTangent(s, true, x, c, c, c, x, x, c, x) })
		panics(t, "NormBackTangent", func() { dev.NormBackTangent(s, true, x, c, c, c, x, c, x, x, c, false, c, c) })
	}
}

// testNormLarge: a mean far from zero must not spoil the variance, and a NaN
// stays in its channel.
func testNormLarge(t *testing.T, dev device.Device) {
	s := device.Channels{N: 50, C: 2, S: 64}
	for _, dt := range floats {
		x := random(dt, s.N*s.C*s.S, 9)
		for i := range x {
			x[i] = 1000 + math.Round(1024*x[i])/1024 // exact in float32
		}
		centred := along(x, slices.Repeat([]float64{1000}, len(x)), -1)
		mean, variance, _ := moments(s, centred, 0)
		mean = along(mean, []float64{1000, 1000}, 1)
		vmean, vvariance := dst(dev, dt, s.C), dst(dev, dt, s.C)
		dev.NormStats(s, put(dev, dt, x), vmean, vvariance)
		// 3200 numbers of 1000, summed in parts, lose some tens of ulps; the
		// variance loses that squared, and its own sum's rounding.
		far := 100 * 1000 * epsilon(dt)
		same(t, name("NormStats far mean %v", dt), vmean, mean, far)
		same(t, name("NormStats far variance %v", dt), vvariance, variance, far*far+100*epsilon(dt))
		x[0] = math.NaN()
		dev.NormStats(s, put(dev, dt, x), vmean, vvariance)
		same(t, name("NormStats NaN %v", dt), vmean, []float64{math.NaN(), mean[1]}, far)
	}
}

func testInverseSqrt(t *testing.T, dev device.Device) {
	for _, dt := range floats {
		x := []float64{0, 0.25, 3, 1e6, math.Inf(1), math.NaN(), -1}
		want := make([]float64, len(x))
		for i, v := range x {
			want[i] = 1 / math.Sqrt(v+0.5)
		}
		bound := scaled(want, 8*epsilon(dt))
		y := dst(dev, dt, len(x))
		dev.InverseSqrt(0.5, put(dev, dt, x), y)
		same(t, name("InverseSqrt %v", dt), y, want, bound...)
		v := put(dev, dt, x)
		dev.InverseSqrt(0.5, v, v)
		same(t, name("InverseSqrt in place %v", dt), v, want, bound...)
		dev.InverseSqrt(0, put(dev, dt, []float64{0, 4}), y.Slice(0, 2))
		same(t, name("InverseSqrt of 0 %v", dt), y.Slice(0, 2), []float64{math.Inf(1), 0.5}, epsilon(dt))
		panics(t, "InverseSqrt", func() { dev.InverseSqrt(1, v, y.Slice(0, 2)) })
	}
}

// testNormEmpty: no data have no sums; what is added to stays.
func testNormEmpty(t *testing.T, dev device.Device) {
	for _, dt := range floats {
		s := device.Channels{N: 0, C: 2, S: 3}
		c, none := put(dev, dt, []float64{1, 2}), dev.New(dt, 0)
		for _, train := range []bool{true, false} {
			a, b, old := put(dev, dt, []float64{3, 4}), dst(dev, dt, 2), put(dev, dt, []float64{5, 6})
			dev.NormBack(s, train, none, c, c, c, none, none, true, a, old)
			dev.NormBack(s, train, none, c, c, c, none, none, false, b, dst(dev, dt, 2))
			same(t, name("NormBack of nothing %v added", dt), a, []float64{3, 4}, 0)
			same(t, name("NormBack of nothing %v", dt), b, []float64{0, 0}, 0)
			b = dst(dev, dt, 2)
			dev.NormBackTangent(s, train, none, c, c, c, none, c, none, none, none, true, a, old)
			dev.NormBackTangent(s, train, none, c, c, c, none, c, none, none, none, false, b, dst(dev, dt, 2))
			same(t, name("NormBackTangent of nothing %v added", dt), a, []float64{3, 4}, 0)
			same(t, name("shifts of nothing %v added", dt), old, []float64{5, 6}, 0)
			same(t, name("NormBackTangent of nothing %v", dt), b, []float64{0, 0}, 0)
			dev.NormTangent(s, train, none, c, c, c, none, c, c, none)
		}
	}
}
