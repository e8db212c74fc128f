package optim

import (
	"math"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
)

// rough is the test landscape: f_k(x) = Σ_i ½a_k(x_i-c_ki)² + ε cos(3x_i + c_ki),
// N data in d dimensions; quadratic for ε = 0.
type rough struct {
	a    []float64
	c    [][]float64
	ε    float64
	dev  device.Device
	seen func(w []float64, b landscape.Batch) // called at every gradient
}

func newRough(N, d int, ε float64) *rough {
	s := rng.Key(1).Stream()
	f := &rough{ε: ε, dev: device.CPU()}
	for range N {
		c := make([]float64, d)
		s.Normals(c)
		f.c = append(f.c, c)
		f.a = append(f.a, 0.5+s.Float64())
	}
	return f
}

func (f *rough) Dim() int                  { return len(f.c[0]) }
func (f *rough) Samples() int              { return len(f.c) }
func (f *rough) New() device.Vector        { return f.dev.New(device.Float64, f.Dim()) }
func (f *rough) Copy() landscape.Landscape { c := *f; return &c }

func (f *rough) Value(x device.Vector) float64 { return f.Gradient(x, f.New()) }

func (f *rough) Gradient(x, g device.Vector) float64 {
	all := make([]int, len(f.c))
	for k := range all {
		all[k] = k
	}
	return f.BatchGradient(x, landscape.Batch{Index: all}, g)
}

func (f *rough) BatchGradient(x device.Vector, b landscape.Batch, g device.Vector) float64 {
	X, G := device.Host[float64](x), device.Host[float64](g)
	if f.seen != nil {
		f.seen(X, b)
	}
	clear(G)
	loss, w := 0.0, 1/float64(len(b.Index))
	for _, k := range b.Index {
		for i, c := range f.c[k] {
			s, o := math.Sincos(3*X[i] + c)
			loss += w * (0.5*f.a[k]*(X[i]-c)*(X[i]-c) + f.ε*o)
			G[i] += w * (f.a[k]*(X[i]-c) - 3*f.ε*s)
		}
	}
	return loss
}

// start is a point to start from.
func (f *rough) start() device.Vector {
	x := f.New()
	f.dev.Normal(7, 0, 0, 2, x)
	return x
}

// bare hides the data of a landscape.
type bare struct{ landscape.Landscape }

func (b bare) Copy() landscape.Landscape { return bare{b.Landscape.Copy()} }
