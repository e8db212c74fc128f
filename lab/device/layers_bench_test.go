package device_test

import (
	"fmt"
	"testing"

	"glassy/lab/device"
)

// layerBenchmark runs f at 1 and 2 threads, float32. The vectors that vector
// gives hold numbers on [-1, 1).
func layerBenchmark(b *testing.B, name string, f func(dev device.Device, vector func(n int) device.Vector) func()) {
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("%s/threads=%d", name, threads), func(b *testing.B) {
			dev := device.NewCPU(threads)
			op := f(dev, func(n int) device.Vector {
				v := dev.New(device.Float32, n)
				dev.Uniform(uint64(n), 0, -1, 1, v)
				return v
			})
			for b.Loop() {
				op()
			}
		})
	}
}

// Layers at batch 128: LeNet's two, all-CNN's, a pointwise one.
func BenchmarkConv(b *testing.B) {
	for _, l := range []struct {
		name  string
		shape device.Convolution
	}{
		{"1→20,5×5,28×28", device.Convolution{N: 128, C: 1, H: 28, W: 28, K: 20, R: 5, S: 5, Stride: 1}},
		{"20→50,5×5,12×12", device.Convolution{N: 128, C: 20, H: 12, W: 12, K: 50, R: 5, S: 5, Stride: 1}},
		{"96→96,3×3,32×32", device.Convolution{N: 128, C: 96, H: 32, W: 32, K: 96, R: 3, S: 3, Stride: 1, Pad: 1}},
		{"192→192,1×1,8×8", device.Convolution{N: 128, C: 192, H: 8, W: 8, K: 192, R: 1, S: 1, Stride: 1}},
	} {
		s := l.shape
		oh, ow := s.Out()
		nx, nw, ny := s.N*s.C*s.H*s.W, s.K*s.C*s.R*s.S, s.N*s.K*oh*ow
		for op, f := range map[string]func(dev device.Device, x, w, y device.Vector){
			"forward": func(dev device.Device, x, w, y device.Vector) { dev.Conv(s, x, w, false, y) },
			"data":    func(dev device.Device, x, w, y device.Vector) { dev.ConvBackData(s, w, y, false, x) },
			"filter":  func(dev device.Device, x, w, y device.Vector) { dev.ConvBackFilter(s, x, y, false, w) },
		} {
			layerBenchmark(b, l.name+"/"+op, func(dev device.Device, vector func(n int) device.Vector) func() {
				x, w, y := vector(nx), vector(nw), vector(ny)
				return func() { f(dev, x, w, y) }
			})
		}
	}
}

// Batch 128: pooling of 20 planes 24×24, as LeNet does, 2×2 and 3×3.
func BenchmarkPool(b *testing.B) {
	three := device.Pooling{N: 128, C: 20, H: 24, W: 24, Size: 3, Stride: 3}
	layerBenchmark(b, "max3", func(dev device.Device, vector func(n int) device.Vector) func() {
		x, y, index := vector(128*20*576), vector(128*20*64), dev.New(device.Int32, 128*20*64)
		return func() { dev.MaxPool(three, x, y, index) }
	})
	s := device.Pooling{N: 128, C: 20, H: 24, W: 24, Size: 2, Stride: 2}
	layerBenchmark(b, "max", func(dev device.Device, vector func(n int) device.Vector) func() {
		x, y, index := vector(128*20*576), vector(128*20*144), dev.New(device.Int32, 128*20*144)
		return func() { dev.MaxPool(s, x, y, index) }
	})
	layerBenchmark(b, "scatter", func(dev device.Device, vector func(n int) device.Vector) func() {
		x, y, index := vector(128*20*576), vector(128*20*144), dev.New(device.Int32, 128*20*144)
		dev.MaxPool(s, x, y, index)
		return func() { dev.PoolScatter(s, index, y, x) }
	})
}

// Batch 128 of 96 channels 32×32, 12.6 M numbers, and of 1024 features.
func BenchmarkNorm(b *testing.B) {
	for name, s := range map[string]device.Channels{"96×32×32": {N: 128, C: 96, S: 1024}, "1024": {N: 128, C: 1024, S: 1}} {
		n, c := s.N*s.C*s.S, s.C
		layerBenchmark(b, name+"/forward", func(dev device.Device, vector func(n int) device.Vector) func() {
			x, y, mean, variance, scale := vector(n), vector(n), vector(c), vector(c), vector(c)
			return func() {
				dev.NormStats(s, x, mean, variance)
				dev.Norm(s, x, mean, variance, scale, scale, y)
			}
		})
		layerBenchmark(b, name+"/back", func(dev device.Device, vector func(n int) device.Vector) func() {
			x, y, dx, mean, dscale := vector(n), vector(n), vector(n), vector(c), vector(c)
			return func() { dev.NormBack(s, true, x, mean, mean, mean, y, dx, false, dscale, dscale) }
		})
	}
}

// A million numbers; LeNet's first channels at batch 128.
func BenchmarkElementwise(b *testing.B) {
	for name, f := range map[string]device.Nonlinearity{"ReLU": device.ReLU, "tanh": device.Tanh, "sigmoid": device.Sigmoid} {
		layerBenchmark(b, name, func(dev device.Device, vector func(n int) device.Vector) func() {
			x, y := vector(1<<20), vector(1<<20)
			return func() { dev.Activate(f, x, y) }
		})
		layerBenchmark(b, name+"Back", func(dev device.Device, vector func(n int) device.Vector) func() {
			x, y, z := vector(1<<20), vector(1<<20), vector(1<<20)
			return func() { dev.ActivateBack(f, x, y, z) }
		})
	}
	s := device.Channels{N: 128, C: 20, S: 576}
	layerBenchmark(b, "AddChannels", func(dev device.Device, vector func(n int) device.Vector) func() {
		x, c := vector(128*20*576), vector(20)
		return func() { dev.AddChannels(s, c, x) }
	})
	layerBenchmark(b, "SumChannels", func(dev device.Device, vector func(n int) device.Vector) func() {
		x, c := vector(128*20*576), vector(20)
		return func() { dev.SumChannels(s, x, false, c) }
	})
	rows := device.Channels{N: 128, C: 1024, S: 1}
	layerBenchmark(b, "AddChannelsOfRows", func(dev device.Device, vector func(n int) device.Vector) func() {
		x, c := vector(128*1024), vector(1024)
		return func() { dev.AddChannels(rows, c, x) }
	})
	layerBenchmark(b, "SumChannelsOfRows", func(dev device.Device, vector func(n int) device.Vector) func() {
		x, c := vector(128*1024), vector(1024)
		return func() { dev.SumChannels(rows, x, false, c) }
	})
}

// 128 rows of 10 and of 10000 logits.
func BenchmarkSoftmax(b *testing.B) {
	for _, c := range []int{10, 10_000} {
		layerBenchmark(b, fmt.Sprint(c), func(dev device.Device, vector func(n int) device.Vector) func() {
			z, p, dz, loss, label := vector(128*c), vector(128*c), vector(128*c), vector(128), dev.New(device.Int32, 128)
			return func() { dev.SoftmaxLoss(128, c, z, label, loss, p, dz) }
		})
	}
}

// 32 cells of width 128.
func BenchmarkLSTM(b *testing.B) {
	const n, h = 32, 128
	layerBenchmark(b, "forward", func(dev device.Device, vector func(n int) device.Vector) func() {
		gates, c, out := vector(n*4*h), vector(n*h), vector(n*h)
		return func() { dev.LSTM(n, h, gates, c, c, out) }
	})
	layerBenchmark(b, "back", func(dev device.Device, vector func(n int) device.Vector) func() {
		gates, dgates, c, dout, dc := vector(n*4*h), vector(n*4*h), vector(n*h), vector(n*h), vector(n*h)
		return func() { dev.LSTMBack(n, h, gates, c, c, dout, dc, dgates) }
	})
}
