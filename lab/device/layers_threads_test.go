package device_test

import (
	"slices"
	"testing"

	"glassy/lab/device"
)

// TestLayersSameBits: the number of threads changes no bit. Shapes are large
// enough to be cut, and no size divides evenly.
func TestLayersSameBits(t *testing.T) {
	conv := device.Convolution{N: 37, C: 3, H: 13, W: 11, K: 5, R: 3, S: 3, Stride: 1, Pad: 1}
	pool := device.Pooling{N: 37, C: 3, H: 13, W: 11, Size: 3, Stride: 2}
	image := device.Channels{N: 37, C: 3, S: 143}
	rows := device.Channels{N: 301, C: 143, S: 1}
	const nx, nw, ny, np = 37 * 3 * 143, 5 * 27, 37 * 5 * 143, 37 * 3 * 30

	type vector func(n int) device.Vector // n numbers on [-1, 1), the same for each thread count
	for _, op := range []struct {
		name string
		run  func(d device.Device, v vector) []device.Vector
	}{
		{"Conv", func(d device.Device, v vector) []device.Vector {
			y := v(ny)
			d.Conv(conv, v(nx), v(nw), false, y)
			return []device.Vector{y}
		}},
		{"ConvBack", func(d device.Device, v vector) []device.Vector {
			dx, dw, dws := v(nx), v(nw), v(37*nw)
			d.ConvBackData(conv, v(nw), v(ny), false, dx)
			d.ConvBackFilter(conv, v(nx), v(ny), true, dw)
			d.ConvSampleFilter(conv, v(nx), v(ny), dws)
			return []device.Vector{dx, dw, dws}
		}},
		{"Pool", func(d device.Device, v vector) []device.Vector {
			y, dx, mean, dmean, index := v(np), v(nx), v(np), v(nx), d.New(device.Int32, np)
			d.MaxPool(pool, v(nx), y, index)
			d.PoolScatter(pool, index, v(np), dx)
			d.MeanPool(pool, v(nx), mean)
			d.MeanPoolBack(pool, v(np), dmean)
			return []device.Vector{y, dx, mean, dmean}
		}},
		{"Channels", func(d device.Device, v vector) []device.Vector {
			a, b, y := v(3), v(143), v(nx)
			d.AddChannels(image, v(3), y)
			d.SumChannels(image, y, true, a)
			d.SumChannels(rows, v(301*143), false, b)
			return []device.Vector{a, b, y}
		}},
		{"Norm", func(d device.Device, v vector) []device.Vector {
			var out []device.Vector
			for _, s := range []device.Channels{image, rows} {
				n := s.N * s.C * s.S
				mean, variance, y, dx, ty, tdx := v(s.C), v(s.C), v(n), v(n), v(n), v(n)
				a, b, c, e := v(s.C), v(s.C), v(s.C), v(s.C)
				d.NormStats(s, v(n), mean, variance)
				d.Norm(s, v(n), mean, variance, v(s.C), v(s.C), y)
				d.NormBack(s, true, v(n), mean, variance, v(s.C), v(n), dx, false, a, b)
				d.NormTangent(s, true, v(n), mean, variance, v(s.C), v(n), v(s.C), v(s.C), ty)
				d.NormBackTangent(s, true, v(n), mean, variance, v(s.C), v(n), v(s.C), v(n), v(n), tdx, false, c, e)
				out = append(out, mean, variance, y, dx, ty, tdx, a, b, c, e)
			}
			return out
		}},
		{"Softmax", func(d device.Device, v vector) []device.Vector {
			loss, p, dz, label := v(301), v(301*143), v(301*143), d.New(device.Int32, 301)
			d.SoftmaxLoss(301, 143, v(301*143), label, loss, p, dz)
			return []device.Vector{loss, p, dz}
		}},
		{"LSTM", func(d device.Device, v vector) []device.Vector {
			gates, c, out, dc, dgates := v(4*301*143), v(301*143), v(301*143), v(301*143), v(4*301*143)
			d.LSTM(301, 143, gates, v(301*143), c, out)
			d.LSTMBack(301, 143, gates, v(301*143), c, v(301*143), dc, dgates)
			return []device.Vector{gates, c, out, dc, dgates}
		}},
	} {
		t.Run(op.name, func(t *testing.T) {
			var want [][]float32
			for _, threads := range []int{1, 2, 3} {
				dev, key := device.NewCPU(threads), uint64(0)
				results := op.run(dev, func(n int) device.Vector {
					key++
					v := dev.New(device.Float32, n)
					dev.Uniform(key, 0, -1, 1, v)
					return v
				})
				for i, v := range results {
					got := device.Read[float32](v)
					if threads == 1 {
						want = append(want, got)
					} else if !slices.Equal(got, want[i]) {
						t.Errorf("result %d differs between 1 and %d threads", i, threads)
					}
				}
			}
		})
	}
}
