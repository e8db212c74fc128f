package device_test

import (
	"slices"
	"testing"

	"glassy/lab/device"
)

// Everything that is cut over threads gives the same bits on any number of them.
func TestSameBitsOnAnyThreads(t *testing.T) {
	const n = 100_003 // several chunks, the last one short
	work := func(dev device.Device, dt device.DType) []float64 {
		var none device.Vector
		x, y, z, s := dev.New(dt, n), dev.New(dt, n), dev.New(dt, n), dev.New(dt, n)
		dev.Normal(1, 3, 0, 1, x)
		dev.Uniform(2, 1, -1, 1, y)
		dev.Uniform(3, 0, 0, 1, s)
		dev.Update(device.Step{Rate: 0.1, Momentum: 0.9, Nesterov: true, Decay: 0.1, Noise: 0.1, Key: 4}, x, z, y, none, none)
		dev.Adam(device.AdamStep{Rate: 0.1, Beta1: 0.9, Beta2: 0.9, Epsilon: 0.1, K: 2}, x, z, s, y, none, none)
		dev.Fill(z, 0.5)
		dev.Axpby(0.3, x, 0.7, z)
		dev.MultiplyAdd(x, y, z)
		out := []float64{dev.Sum(x), dev.Dot(x, y), dev.MaxAbs(x)}
		const rows, cols = 130, 700
		dots, c := dev.New(dt, rows), dev.New(dt, rows*rows)
		dev.RowDots(rows, cols, x.Slice(0, rows*cols), y.Slice(0, rows*cols), dots)
		dev.Gemm(false, true, rows, rows, cols, 1, x, cols, y, cols, 0, c, rows)
		wide := dev.New(dt, cols*cols)
		dev.Gemm(true, false, cols, cols, rows, 1, x, cols, y, cols, 0, wide, cols)
		for _, v := range []device.Vector{x, z, dots, c, wide} {
			out = append(out, device.Read[float64](v)...)
		}
		return out
	}
	for _, dt := range []device.DType{device.Float32, device.Float64} {
		for name, open := range map[string]func(threads int) device.Device{"library": device.NewCPU, "pure Go": device.NewPureCPU} {
			want := work(open(1), dt)
			for _, threads := range []int{2, 3, 7} {
				if !slices.Equal(work(open(threads), dt), want) {
					t.Errorf("%v, %s: other numbers on %d threads than on one", dt, name, threads)
				}
			}
		}
	}
}

// The bound of the package's comment, between the library and pure Go.
func TestLibraryAgreesWithPureGo(t *testing.T) {
	for _, s := range [][3]int{{128, 10, 1024}, {128, 1024, 784}, {31, 33, 2000}} {
		m, n, k := s[0], s[1], s[2]
		for dt, ε := range map[device.DType]float64{device.Float32: 0x1p-24, device.Float64: 0x1p-53} {
			var results [3][]float64
			for i, dev := range []device.Device{device.NewCPU(2), device.NewPureCPU(2), device.NewPureCPU(2)} {
				a, b, c := dev.New(dt, m*k), dev.New(dt, n*k), dev.New(dt, m*n)
				dev.Normal(1, 0, 0, 1, a)
				dev.Normal(2, 0, 0, 1, b)
				if i == 2 { // Σ|a b|
					abs(dt, a)
					abs(dt, b)
				}
				dev.Gemm(false, true, m, n, k, 1, a, k, b, k, 0, c, n)
				results[i] = device.Read[float64](c)
			}
			worst := 0.0
			for i, x := range results[0] {
				worst = max(worst, max(x-results[1][i], results[1][i]-x)/(2*float64(k)*ε*results[2][i]))
			}
			if !(worst <= 1) {
				t.Errorf("%v %d×%d×%d: the difference is %.2g of the bound", dt, m, n, k, worst)
			}
		}
	}
}

func abs(dt device.DType, v device.Vector) {
	x := device.Read[float64](v)
	for i := range x {
		x[i] = max(x[i], -x[i])
	}
	v.Device().Upload(v, device.Of(x))
}

// Transforms too, in any number and order of lines, beside whatever was transformed before.
func TestSameBitsOfTransforms(t *testing.T) {
	for name, open := range map[string]func(threads int) device.Device{"library": device.NewCPU, "pure Go": device.NewPureCPU} {
		for _, n := range []int{1000, 1009, 30} {
			const count = 101
			rows, columns := device.Lines{Nodes: n, Count: count, Rows: true}, device.Lines{Nodes: n, Count: count}
			one := open(1)
			x := one.New(device.Float64, n*count+1).Slice(1, n*count+1) // not at a multiple of 16 bytes
			one.Normal(1, 0, 0, 1, x)
			across := device.Of(make([]float64, n*count))
			for k := range count {
				for i := range n {
					device.Host[float64](across)[i*count+k] = device.Host[float64](x)[k*n+i]
				}
			}
			bins := device.Bins(n)
			want, cosines := one.New(device.Float64, 2*bins*count), x.Clone()
			one.Fourier(rows, x, want)
			one.Cosine(rows, cosines)
			for _, threads := range []int{1, 2, 7} {
				dev := open(threads)
				for _, other := range []int{n + 1, n - 1, 2 * n} {
					v := dev.New(device.Float64, other)
					dev.Cosine(device.Lines{Nodes: other, Count: 1}, v)
				}
				got, c := dev.New(device.Float64, 2*bins*count), across.Clone()
				dev.Fourier(columns, across, got)
				dev.Cosine(columns, c)
				y, z := device.Host[float64](got), device.Host[float64](c)
				for k := range count {
					for i := range 2 * bins {
						if v := device.Host[float64](want)[2*bins*k+i]; y[2*(i/2*count+k)+i%2] != v {
							t.Fatalf("%s, n = %d: number %d of line %d is %v on %d threads, %v on one", name, n, i, k, y[2*(i/2*count+k)+i%2], threads, v)
						}
					}
					for i := range n {
						if v := device.Host[float64](cosines)[n*k+i]; z[i*count+k] != v {
							t.Fatalf("%s, n = %d: cosine %d of line %d is %v on %d threads, %v on one", name, n, i, k, z[i*count+k], threads, v)
						}
					}
				}
			}
		}
	}
}
