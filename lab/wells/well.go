package wells

import (
	"fmt"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// A Well is an energy of dim variables. It may be used from several goroutines
// at once where the functions that it is made of may.
type Well struct {
	dim  int
	name string

	gradient      func(x, g []float64) float64 // g = ∇f(x) unless g is nil; returns f(x)
	hessianVector func(x, v, hv []float64)     // hv = ∇²f(x) v
	slope         *slope                       // nil: it has not the form that devices know

	// Which of them are differences.
	gradientDiffers, hessianDiffers bool

	dev   device.Device
	dtype device.DType
}

var (
	_ landscape.Curved    = (*Well)(nil)
	_ landscape.Tabulated = (*Well)(nil)
)

// On is the same energy with New making vectors of that type on that device.
// The arithmetic stays the host's, in float64.
func (w *Well) On(dev device.Device, t device.DType) *Well {
	c := *w
	c.dev, c.dtype = dev, t
	return &c
}

// Dim is the number of variables.
func (w *Well) Dim() int { return w.dim }

// New is a vector of dim zeros: float64 on the CPU, or as On said.
func (w *Well) New() device.Vector {
	if w.dev == nil {
		return device.CPU().New(device.Float64, w.dim)
	}
	return w.dev.New(w.dtype, w.dim)
}

// At is f at the point with these coordinates.
func (w *Well) At(x ...float64) float64 { return w.Value(device.Of(x)) }

// Value is f(x).
func (w *Well) Value(x device.Vector) float64 { return w.gradient(w.read("Value", "x", x), nil) }

// Gradient writes g = ∇f(x) and returns f(x).
func (w *Well) Gradient(x, g device.Vector) (f float64) {
	w.write("Gradient", "g", g, func(g []float64) { f = w.gradient(w.read("Gradient", "x", x), g) })
	return f
}

// HessianVector writes hv = ∇²f(x) v, exactly but where [Well.Exact] says that
// it is differences.
func (w *Well) HessianVector(x, v, hv device.Vector) {
	w.write("HessianVector", "hv", hv, func(hv []float64) {
		w.hessianVector(w.read("HessianVector", "x", x), w.read("HessianVector", "v", v), hv)
	})
}

// Copy is w itself: it has no work space.
func (w *Well) Copy() landscape.Landscape { return w }

// Exact reports whether the gradient and the Hessian are formulas. What is not
// was made by central differences, see [Func].
func (w *Well) Exact() (gradient, hessian bool) { return !w.gradientDiffers, !w.hessianDiffers }

func (w *Well) String() string {
	s := fmt.Sprintf("%s of %d variables", w.name, w.dim)
	if w.dim == 1 {
		s = w.name + " of one variable"
	}
	switch {
	case w.gradientDiffers:
		s += ", derivatives by central differences"
	case w.hessianDiffers:
		s += ", second derivatives by central differences"
	}
	return s
}

// read is the numbers of v on the host, v's own memory where that can be.
func (w *Well) read(method, what string, v device.Vector) []float64 {
	w.check(method, what, v)
	if here(v) {
		return device.Host[float64](v)
	}
	return device.Read[float64](v)
}

// write lets f fill the numbers of v.
func (w *Well) write(method, what string, v device.Vector, f func([]float64)) {
	w.check(method, what, v)
	if here(v) {
		f(device.Host[float64](v))
		return
	}
	buf := make([]float64, w.dim)
	f(buf)
	v.Device().Upload(v, device.Of(buf))
}

func (w *Well) check(method, what string, v device.Vector) {
	if v.Len() != w.dim {
		panic(fmt.Sprintf("wells: %s: %s has length %d, expected %d", method, what, v.Len(), w.dim))
	}
}

// here reports whether v is float64 in host memory.
func here(v device.Vector) bool {
	mem, _ := v.Memory()
	return mem == nil && v.DType() == device.Float64
}
