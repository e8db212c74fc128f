package landscape_test

import (
	"fmt"
	"math"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// spring is f(x) = (x₁² + x₂² + (x₁-x₂)²)/2: two masses between walls. Its
// Hessian has the eigenvalues 1 and 3.
type spring struct{}

func (spring) Dim() int                        { return 2 }
func (spring) New() device.Vector              { return device.CPU().New(device.Float64, 2) }
func (f spring) Copy() landscape.Landscape     { return f }
func (f spring) Value(x device.Vector) float64 { return f.Gradient(x, f.New()) }

func (f spring) Gradient(x, g device.Vector) float64 {
	f.HessianVector(x, x, g) // the energy is quadratic about 0
	return x.Device().Dot(x, g) / 2
}

func (spring) HessianVector(_, v, hv device.Vector) {
	a, b := device.Host[float64](v), device.Host[float64](hv)
	b[0], b[1] = 2*a[0]-a[1], 2*a[1]-a[0]
}

// curvature is the largest |eigenvalue| of the Hessian at x, by power iteration:
// of any landscape that has products with it.
func curvature(f landscape.Curved, x device.Vector) float64 {
	v, hv := f.New(), f.New()
	dev := v.Device()
	dev.Normal(1, 0, 0, 1, v)
	for range 100 {
		dev.Scale(1/math.Sqrt(dev.Dot(v, v)), v)
		f.HessianVector(x, v, hv)
		dev.Copy(v, hv)
	}
	return math.Sqrt(dev.Dot(v, v))
}

// A landscape of one's own, and an operator that is written once for all.
func Example() {
	f := spring{}
	x, g := device.Of([]float64{1, 0}), f.New()
	fmt.Println("f =", f.Gradient(x, g))
	fmt.Printf("curvature %.6f\n", curvature(f, x))
	// Output:
	// f = 1
	// curvature 3.000000
}
