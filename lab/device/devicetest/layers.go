package devicetest

import (
	"fmt"
	"math"
	"testing"

	"glassy/lab/device"
)

// Tangents and derivatives are held against central differences of the layer
// itself, worked out in float64.

// step of a central difference: its error, step² times a third derivative of
// order one, and the rounding, ε/step, are both about 1e-10.
const step = 1e-5

// slope is the derivative of f at 0.
func slope(f func(h float64) []float64) []float64 {
	up, down := f(step), f(-step)
	for i := range up {
		up[i] = (up[i] - down[i]) / (2 * step)
	}
	return up
}

// along is x + h t.
func along(x, t []float64, h float64) []float64 {
	y := make([]float64, len(x))
	for i := range x {
		y[i] = x[i] + h*t[i]
	}
	return y
}

// differenceBound is how far a result of order one in type t may be from a
// central difference: 1e-8 is what that is good for, and a float32 result has
// been rounded a few tens of times.
func differenceBound(t device.DType) float64 { return 1e-8 + 200*epsilon(t) }

func dot(x, y []float64) float64 {
	sum := 0.0
	for i := range x {
		sum += x[i] * y[i]
	}
	return sum
}

// dst is a vector of the device with n numbers that an operation is to
// overwrite: NaN, so that one that reads or leaves them fails.
func dst(dev device.Device, t device.DType, n int) device.Vector {
	x := make([]float64, n)
	for i := range x {
		x[i] = math.NaN()
	}
	return put(dev, t, x)
}

// indices is a vector of Int32 on the device.
func indices(dev device.Device, x ...int32) device.Vector {
	return device.Put(dev, device.Int32, x)
}

// name is the label of a case.
func name(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// scaled is |x| times tol, number by number, and a least number besides.
func scaled(x []float64, tol float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = math.Abs(v)*tol + 1e-40
	}
	return y
}

// relative is tol·(1+|x|), number by number.
func relative(x []float64, tol float64) []float64 {
	y := make([]float64, len(x)+1)
	for i, v := range x {
		y[i] = tol * (1 + math.Abs(v))
	}
	return y
}

func testChannels(t *testing.T, dev device.Device) {
	for _, s := range []device.Channels{{N: 3, C: 4, S: 5}, {N: 130, C: 3, S: 1}, {N: 1, C: 2, S: 7}, {N: 2, C: 1, S: 40_001}, {N: 0, C: 3, S: 2}, {N: 2, C: 0, S: 3}, {N: 2, C: 3, S: 0}} {
		for _, dt := range floats {
			n := s.N * s.C * s.S
			b, y := random(dt, s.C, 1), random(dt, n, 2)
			sum := make([]float64, n)
			for i := range sum {
				sum[i] = y[i] + b[i/s.S%s.C]
			}
			v := put(dev, dt, y)
			dev.AddChannels(s, put(dev, dt, b), v)
			same(t, name("AddChannels %+v %v", s, dt), v, sum, 2*epsilon(dt))

			total, size := make([]float64, s.C), make([]float64, s.C)
			for i, v := range y {
				total[i/s.S%s.C] += v
				size[i/s.S%s.C] += math.Abs(v)
			}
			k := float64(s.N*s.S + 2)
			v = dst(dev, dt, s.C)
			dev.SumChannels(s, put(dev, dt, y), false, v)
			same(t, name("SumChannels %+v %v", s, dt), v, total, scaled(size, k*epsilon(dt))...)
			v = put(dev, dt, b)
			dev.SumChannels(s, put(dev, dt, y), true, v)
			for c := range total {
				total[c] += b[c]
				size[c] += math.Abs(b[c])
			}
			same(t, name("SumChannels add %+v %v", s, dt), v, total, scaled(size, k*epsilon(dt))...)
		}
	}
	for _, dt := range floats {
		s := device.Channels{N: 2, C: 3, S: 4}
		x, c := dev.New(dt, 24), dev.New(dt, 3)
		panics(t, "AddChannels", func() { dev.AddChannels(s, x, x) })
		panics(t, "AddChannels", func() { dev.AddChannels(s, c, c) })
		panics(t, "AddChannels", func() { dev.AddChannels(device.Channels{N: -2, C: -3, S: 4}, c, x) })
		panics(t, "SumChannels", func() { dev.SumChannels(s, x, false, x) })
		panics(t, "SumChannels", func() { dev.SumChannels(s, dev.New(device.Int32, 24), false, c) })
	}
}

func testActivate(t *testing.T, dev device.Device) {
	functions := []struct {
		f         device.Nonlinearity
		y, d1, d2 func(float64) float64 // f(x); f′ and f″ by y
	}{
		{device.ReLU, func(x float64) float64 { return max(x, 0) },
			func(y float64) float64 {
				if y > 0 {
					return 1
				}
				return 0
			}, func(float64) float64 { return 0 }},
		{device.Tanh, math.Tanh,
			func(y float64) float64 { return 1 - y*y }, func(y float64) float64 { return -2 * y * (1 - y*y) }},
		{device.Sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) },
			func(y float64) float64 { return y * (1 - y) }, func(y float64) float64 { return y * (1 - y) * (1 - 2*y) }},
	}
	for _, f := range functions {
		for _, dt := range floats {
			for _, n := range []int{0, 1, 100, 40_001} {
				x := random(dt, n, 3)
				for i := range x {
					x[i] *= 16
				}
				copy(x, []float64{0, math.Inf(1), math.Inf(-1), math.NaN(), 1e-20, -1e-7, 1e-5, -2e-4, 3e-3, 9e-3, -0.011, 1e30, -1e30, 88, -88, 100, -100, 720, -720})
				if dt == device.Float32 {
					for i, v := range x {
						x[i] = float64(float32(v))
					}
				}
				want := make([]float64, n)
				for i, v := range x {
					want[i] = f.y(v)
				}
				y := dst(dev, dt, n)
				dev.Activate(f.f, put(dev, dt, x), y)
				// 8 ulp: a good library function has 1 to 4.
				bound := scaled(want, 16*epsilon(dt))
				if f.f == device.Sigmoid { // its tail may be flushed to 0
					for i := range bound {
						bound[i] += map[device.DType]float64{device.Float32: 1e-37, device.Float64: 1e-307}[dt]
					}
				}
				same(t, name("Activate %d %v", f.f, dt), y, want, append(bound, 0)...)
				v := put(dev, dt, x)
				dev.Activate(f.f, v, v)
				same(t, name("Activate %d %v in place", f.f, dt), v, device.Read[float64](y), 0)

				yy := device.Read[float64](y)
				dy, tx, dx := random(dt, n, 4), random(dt, n, 5), random(dt, n, 6)
				first, second := make([]float64, n), make([]float64, n)
				for i, y := range yy {
					first[i] = f.d1(y) * dy[i]
					second[i] = dx[i] + f.d2(y)*tx[i]*dy[i]
					if f.f == device.ReLU {
						second[i] = dx[i]
					}
				}
				v = dst(dev, dt, n)
				dev.ActivateBack(f.f, y, put(dev, dt, dy), v)
				same(t, name("ActivateBack %d %v", f.f, dt), v, first, 4*epsilon(dt))
				v = put(dev, dt, dy)
				dev.ActivateBack(f.f, y, v, v)
				same(t, name("ActivateBack %d %v in place", f.f, dt), v, first, 4*epsilon(dt))
				v = put(dev, dt, dx)
				dev.ActivateSecond(f.f, y, put(dev, dt, tx), put(dev, dt, dy), v)
				same(t, name("ActivateSecond %d %v", f.f, dt), v, second, 8*epsilon(dt))
			}
		}
	}
	for _, dt := range floats {
		x, short := dev.New(dt, 4), dev.New(dt, 3)
		panics(t, "Activate", func() { dev.Activate(device.Tanh, x, short) })
		panics(t, "Activate", func() { dev.Activate(9, x, x) })
		panics(t, "Activate", func() { dev.Activate(device.Tanh, dev.New(device.Int32, 4), x) })
		panics(t, "ActivateBack", func() { dev.ActivateBack(device.Tanh, x, short, x) })
		panics(t, "ActivateSecond", func() { dev.ActivateSecond(device.Tanh, x, x, short, x) })
	}
}
