package spectrum

import (
	"fmt"
	"math"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// An Operator is a symmetric map A of R^d, known by its products. New and Apply
// must be given; see [Hessian] for that of a landscape. It is for one goroutine.
type Operator struct {
	Name  string                     // in words, for results and progress
	New   func() device.Vector       // d zeros of the type, on the device, that Apply takes
	Apply func(v, av device.Vector)  // av = A v; both of them the operator's for the length of the call
	Dense func(matrix device.Vector) // the whole of A, d×d, of New's type; nil: by d products

	// Normal is a unit vector that is no direction of the space, such as the
	// radius of a sphere: the operator is P A P on the d-1 dimensions that are
	// left, P = I - nnᵀ. Empty: none.
	Normal device.Vector
}

// Hessian is ∇²f(x). Where f is Spherical it is the Riemannian Hessian on the
// tangent space, of dimension d-1,
//
//	P [∇²f(x) - (x·∇f(x)/|x|²) I] P,   P = I - xxᵀ/|x|².
//
// x is copied. The operator uses f's work space: f is its own until all work with
// it is done.
func Hessian(f landscape.Curved, x device.Vector) Operator {
	a, x := at("Hessian", f, x, f.HessianVector)
	dense, isDense := f.(landscape.Dense)
	if isDense {
		a.Dense = func(h device.Vector) { dense.Hessian(x, h) }
	}
	if _, ok := f.(landscape.Spherical); !ok {
		return a
	}

	dev, g := x.Device(), f.New()
	defer dev.Free(g)
	f.Gradient(x, g)
	square := dev.Dot(x, x)
	if !(square > 0) {
		panic("spectrum: Hessian: x is 0, expected a point of the sphere")
	}
	slope := dev.Dot(x, g) / square
	a.Normal = x.Clone()
	dev.Scale(1/math.Sqrt(square), a.Normal)
	a.Apply = func(v, hv device.Vector) {
		f.HessianVector(x, v, hv)
		dev.Axpy(-slope, v, hv)
	}
	if isDense {
		a.Dense = func(h device.Vector) {
			dense.Hessian(x, h)
			one := dev.New(h.DType(), 1)
			defer dev.Free(one)
			dev.Fill(one, 1)
			for i, d := 0, f.Dim(); i < d; i++ {
				dev.Axpy(-slope, one, h.Slice(i*d+i, i*d+i+1))
			}
		}
	}
	return a
}

// at is the operator of a landscape that has those products at x, and its copy of x.
func at(what string, f landscape.Landscape, x device.Vector, product func(x, v, av device.Vector)) (Operator, device.Vector) {
	needPoint(what, f, x)
	x = x.Clone()
	a := Operator{Name: what, New: f.New, Apply: func(v, av device.Vector) { product(x, v, av) }}
	if s, ok := f.(fmt.Stringer); ok {
		a.Name = what + " of " + s.String()
	}
	return a, x
}

// needPoint panics where x is no vector of f's.
func needPoint(what string, f landscape.Landscape, x device.Vector) {
	like := f.New()
	defer free(like)
	if x.Len() != f.Dim() || x.DType() != like.DType() || x.Device() != like.Device() {
		panic(fmt.Sprintf("spectrum: %s: the vector is %d numbers of %v, expected %d of %v on the landscape's device", what, x.Len(), x.DType(), f.Dim(), like.DType()))
	}
}

// check panics where New or Apply are missing; it returns d, and the dimension n
// of the space that the operator acts on.
func (a *Operator) check(what string) (d, n int) {
	if a.New == nil || a.Apply == nil {
		panic(fmt.Sprintf("spectrum: %s: New or Apply of the operator is nil, expected both", what))
	}
	v := a.New()
	defer free(v)
	d, n = v.Len(), v.Len()
	if a.Normal.Len() > 0 {
		if a.Normal.Len() != d || a.Normal.DType() != v.DType() || a.Normal.Device() != v.Device() {
			panic(fmt.Sprintf("spectrum: %s: Normal is %d numbers of %v, expected %d of %v like New's", what, a.Normal.Len(), a.Normal.DType(), d, v.DType()))
		}
		n--
	}
	if n < 1 {
		panic(fmt.Sprintf("spectrum: %s: the operator has %d dimensions, expected at least 1", what, n))
	}
	return d, n
}

func (a *Operator) name() string {
	if a.Name == "" {
		return "operator"
	}
	return a.Name
}

// asymmetry is how far from symmetric an operator may be, in units of its norm:
// a finite-difference Hessian is right to six digits, a slip is of order one.
const asymmetry = 1e-3

func (a *Operator) notFinite() error {
	return fmt.Errorf("spectrum: a product with the %s is not finite: the point or the data hold a NaN, or are too large", a.name())
}

func (a *Operator) notSymmetric() error {
	return fmt.Errorf("spectrum: the %s is not symmetric: u·Av and v·Au differ by more than %g of its norm", a.name(), asymmetry)
}

// epsilon is the rounding unit of a type.
func epsilon(t device.DType) float64 {
	if t == device.Float32 {
		return 0x1p-24
	}
	return 0x1p-53
}

func free(v device.Vector) {
	if v.Len() > 0 {
		v.Device().Free(v)
	}
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// A Status says how an iteration ended.
type Status int

// How an iteration ends.
const (
	Finished Status = iota // with what was asked for
	Stopped                // the context was done
	Limited                // the steps were used up first
)

func (s Status) String() string {
	switch s {
	case Finished:
		return "finished"
	case Stopped:
		return "stopped"
	case Limited:
		return "out of steps"
	}
	return fmt.Sprintf("Status(%d)", int(s))
}
