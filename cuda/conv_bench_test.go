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

// BenchmarkConv has, for each layer and direction, the plan chosen and, for
// tuning it, every tile by itself with its best number of parts.
func BenchmarkConv(b *testing.B) {
	d := open(b)
	if mocked(d) {
		b.Skip("timing needs a GPU: this is the mock")
	}
	for _, kind := range []struct {
		name  string
		t     device.DType
		tf32  bool
		tiles []tile
	}{
		{"float32", device.Float32, false, plainConv}, {"tf32", device.Float32, true, tensorConv}, {"float64", device.Float64, false, tensorConvDouble},
	} {
		for _, l := range convLayers {
			s := l.shape
			oh, ow := s.Out()
			x, w, y := d.New(kind.t, s.N*s.C*s.H*s.W), d.New(kind.t, s.K*s.C*s.R*s.S), d.New(kind.t, s.N*s.K*oh*ow)
			for _, v := range []device.Vector{x, w, y} {
				d.Uniform(1, 0, -1, 1, v)
			}
			n := s.Stride
			for _, op := range []struct {
				name          string
				m, n, k, many int
				run           func(p plan)
			}{
				{"forward", s.K, s.N * oh * ow, s.C * s.R * s.S, 1, func(p plan) { d.convForward(p, s, x, w, false, y) }},
				{"data", s.C, s.N * ceil(s.H, n) * ceil(s.W, n), s.K * ceil(s.R, n) * ceil(s.S, n), n * n, func(p plan) { d.convData(p, s, w, y, false, x) }},
				{"filter", s.K, s.C * s.R * s.S, s.N * oh * ow, 1, func(p plan) { d.convFilter(p, s, x, y, false, w) }},
			} {
				plans := []plan{choose(kind.tiles, op.m, op.n, op.k, op.many)}
				names := []string{"chosen"}
				for i := range kind.tiles {
					plans = append(plans, choose(kind.tiles[i:i+1], op.m, op.n, op.k, op.many))
					names = append(names, kind.tiles[i].name)
				}
				for i, p := range plans {
					b.Run(fmt.Sprintf("%s/%s/%s/%s", kind.name, l.name, op.name, names[i]), func(b *testing.B) {
						op.run(p)
						d.Synchronize()
						for b.Loop() {
							for range 20 {
								op.run(p)
							}
							d.Synchronize()
						}
						seconds := b.Elapsed().Seconds() / float64(20*b.N)
						b.ReportMetric(2*float64(s.N*s.K*oh*ow)*float64(s.C*s.R*s.S)/seconds/1e12, "TF/s")
						b.ReportMetric(seconds*1e6, "µs")
						b.ReportMetric(float64(p.parts), "parts")
					})
				}
			}
		}
	}
}

// BenchmarkPool: lenet's, and a sum and an addition over allcnn's channels, held
// against the bytes that have to move.
func BenchmarkPool(b *testing.B) {
	d := open(b)
	if mocked(d) {
		b.Skip("timing needs a GPU: this is the mock")
	}
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
