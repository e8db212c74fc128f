package optim

import (
	"testing"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// nothing is a landscape whose gradient costs nothing, of a network's size.
type nothing struct{ d int }

func (f nothing) Dim() int                            { return f.d }
func (f nothing) Samples() int                        { return 30000 }
func (f nothing) New() device.Vector                  { return device.CPU().New(device.Float32, f.d) }
func (f nothing) Copy() landscape.Landscape           { return f }
func (f nothing) Value(device.Vector) float64         { return 0 }
func (f nothing) Gradient(_, _ device.Vector) float64 { return 0 }
func (f nothing) BatchGradient(device.Vector, landscape.Batch, device.Vector) float64 {
	return 0
}

// BenchmarkStep is what a step costs beside the gradient: tiny-fc has 917
// weights, lenet 131,220; batches of 128 of 30,000 data.
func BenchmarkStep(b *testing.B) {
	for _, size := range []struct {
		name string
		d    int
	}{{"tiny-fc", 917}, {"lenet", 131_220}} {
		for _, m := range []Method{SGD(0.1), Nesterov(0.1, 0.9), Adam(1e-3), EntropySGD(), ElasticSGD(0.1, 3), Parle(0.1, 3)} {
			b.Run(size.name+"/"+m.Name, func(b *testing.B) {
				f := nothing{size.d}
				p := New(f, f.New(), m, Options{Steps: 1, Batch: 128})
				for b.Loop() {
					p.Step()
				}
			})
		}
	}
}
