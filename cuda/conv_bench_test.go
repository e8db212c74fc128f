//go:build cuda

package cuda

import (
	"fmt"
	"testing"

	"glassy/lab/device"
)

// convLayers are those of the named networks, at batch 128.
var convLayers = []struct {
	name  string
	shape device.Convolution
}{
	{"lenet/1", device.Convolution{N: 128, C: 1, H: 28, W: 28, K: 20, R: 5, S: 5, Stride: 1}},
	{"lenet/2", device.Convolution{N: 128, C: 20, H: 8, W: 8, K: 50, R: 5, S: 5, Stride: 1}},
	{"plainlenet/2", device.Convolution{N: 128, C: 20, H: 12, W: 12, K: 50, R: 5, S: 5, Stride: 1}},
	{"allcnn/1", device.Convolution{N: 128, C: 3, H: 32, W: 32, K: 96, R: 3, S: 3, Stride: 1, Pad: 1}},
	{"allcnn/2", device.Convolution{N: 128, C: 96, H: 32, W: 32, K: 96, R: 3, S: 3, Stride: 1, Pad: 1}},
	{"allcnn/3", device.Convolution{N: 128, C: 96, H: 32, W: 32, K: 96, R: 3, S: 3, Stride: 2, Pad: 1}},
	{"allcnn/4", device.Convolution{N: 128, C: 96, H: 16, W: 16, K: 192, R: 3, S: 3, Stride: 1, Pad: 1}},
	{"allcnn/6", device.Convolution{N: 128, C: 192, H: 16, W: 16, K: 192, R: 3, S: 3, Stride: 2, Pad: 1}},
	{"allcnn/7", device.Convolution{N: 128, C: 192, H: 8, W: 8, K: 192, R: 3, S: 3, Stride: 1, Pad: 1}},
	{"allcnn/8", device.Convolution{N: 128, C: 192, H: 8, W: 8, K: 192, R: 1, S: 1, Stride: 1}},
	{"wideresnet/2", device.Convolution{N: 128, C: 160, H: 32, W: 32, K: 160, R: 3, S: 3, Stride: 1, Pad: 1}},
	{"wideresnet/4", device.Convolution{N: 128, C: 640, H: 8, W: 8, K: 640, R: 3, S: 3, Stride: 1, Pad: 1}},
}

// convKinds are the ways to multiply that benchmarks compare.
var convKinds = []struct {
	name  string
	t     device.DType
	tiles []tile
}{
	{"float32", device.Float32, plainConv}, {"tf32", device.Float32, tensorConv}, {"float64", device.Float64, tensorConvDouble},
}

// eachConv calls f for each direction of a convolution, as the product it is: run
// makes it by our kernels, whole as the device takes it.
func eachConv(d *Device, dt device.DType, s device.Convolution, f func(op string, m, n, k, count int, run func(p plan), whole func())) {
	oh, ow := s.Out()
	x, w, y := d.New(dt, s.N*s.C*s.H*s.W), d.New(dt, s.K*s.C*s.R*s.S), d.New(dt, s.N*s.K*oh*ow)
	for _, v := range []device.Vector{x, w, y} {
		d.Uniform(1, 0, -1, 1, v)
	}
	n := s.Stride
	f("forward", s.K, s.N*oh*ow, s.C*s.R*s.S, 1, func(p plan) { d.convForward(p, s, x, w, false, y) },
		func() { d.Conv(s, x, w, false, y) })
	f("data", s.C, s.N*ceil(s.H, n)*ceil(s.W, n), s.K*ceil(s.R, n)*ceil(s.S, n), n*n, func(p plan) { d.convData(p, s, w, y, false, x) },
		func() { d.ConvBackData(s, w, y, false, x) })
	f("filter", s.K, s.C*s.R*s.S, s.N*oh*ow, 1, func(p plan) { d.convFilter(p, s, x, y, false, w) },
		func() { d.ConvBackFilter(s, x, y, false, w) })
}

// teraflops is the rate of a convolution; with a stride or a border it counts the
// products that meet only the border, too.
func teraflops(s device.Convolution, seconds float64) float64 {
	oh, ow := s.Out()
	return 2 * float64(s.N*s.K*oh*ow) * float64(s.C*s.R*s.S) / seconds / 1e12
}

// BenchmarkConv is the named networks' layers by our own kernels and, where cuDNN
// is here, in turn with its, and with what the device takes by itself.
func BenchmarkConv(b *testing.B) {
	d := measured(b)
	rule := worthDNN
	defer func() { worthDNN = rule }()
	defer d.TF32(false)
	_, missing := d.libraries.useDNN(d.gpu)
	for _, kind := range convKinds {
		d.TF32(kind.name == "tf32")
		for _, l := range convLayers {
			eachConv(d, kind.t, l.shape, func(op string, m, n, k, count int, run func(p plan), whole func()) {
				b.Run(fmt.Sprintf("%s/%s/%s", kind.name, l.name, op), func(b *testing.B) {
					p := choose(kind.tiles, m, n, k, count)
					own := func() { run(p) }
					if missing != nil {
						s := inTurn(b, d, own)
						report(b, teraflops(l.shape, s[0]), "TF/s", s[0]*1e6, "µs")
						return
					}
					s := inTurn(b, d, own, func() {
						worthDNN = always
						whole()
					}, func() {
						worthDNN = rule
						whole()
					})
					report(b, teraflops(l.shape, s[0]), "TF/s", teraflops(l.shape, s[1]), "TF/s-cuDNN", s[0]*1e6, "µs",
						s[1]/s[0], "own/cuDNN", s[1]/s[2], "device/cuDNN")
				})
			})
		}
	}
}

// BenchmarkConvTiles is each tile by itself, for the rates in conv.go.
func BenchmarkConvTiles(b *testing.B) {
	d := measured(b)
	for _, kind := range convKinds {
		for _, l := range convLayers {
			if l.name != "lenet/2" && l.name != "allcnn/2" && l.name != "allcnn/7" {
				continue
			}
			eachConv(d, kind.t, l.shape, func(op string, m, n, k, count int, run func(p plan), _ func()) {
				for i, tile := range kind.tiles {
					b.Run(fmt.Sprintf("%s/%s/%s/%s", kind.name, l.name, op, tile.name), func(b *testing.B) {
						p := choose(kind.tiles[i:i+1], m, n, k, count)
						s := inTurn(b, d, func() { run(p) })
						report(b, teraflops(l.shape, s[0]), "TF/s", s[0]*1e6, "µs", float64(p.parts), "parts")
					})
				}
			})
		}
	}
}

// BenchmarkPool: lenet's, and a sum and an addition over allcnn's channels, held
// against the bytes that have to move.
func BenchmarkPool(b *testing.B) {
	d := measured(b)
	pool := device.Pooling{N: 128, C: 20, H: 24, W: 24, Size: 3, Stride: 3}
	x, y, index := d.New(device.Float32, 128*20*576), d.New(device.Float32, 128*20*64), d.New(device.Int32, 128*20*64)
	d.Uniform(1, 0, -1, 1, x)
	channels := device.Channels{N: 128, C: 96, S: 1024}
	z, c := d.New(device.Float32, 128*96*1024), d.New(device.Float32, 96)
	for _, op := range []struct {
		name  string
		bytes int
		run   func()
	}{
		{"MaxPool", 4 * (x.Len() + 2*y.Len()), func() { d.MaxPool(pool, x, y, index) }},
		{"PoolScatter", 4 * (x.Len() + 2*y.Len()), func() { d.PoolScatter(pool, index, y, x) }},
		{"AddChannels", 8 * z.Len(), func() { d.AddChannels(channels, c, z) }},
		{"SumChannels", 4 * z.Len(), func() { d.SumChannels(channels, z, false, c) }},
	} {
		b.Run(op.name, func(b *testing.B) {
			for b.Loop() {
				for range 20 {
					op.run()
				}
				d.Synchronize()
			}
			b.ReportMetric(20*float64(op.bytes)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GB/s")
		})
	}
}
