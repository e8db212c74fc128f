package entropy_test

import (
	"fmt"
	"math"

	"glassy/lab/device"
	"glassy/lab/entropy"
	"glassy/lab/landscape"
)

// valleys is a narrow deep valley at -1 and a wide shallow one at 1.
type valleys struct{}

func (valleys) Dim() int                        { return 1 }
func (valleys) New() device.Vector              { return device.CPU().New(device.Float64, 1) }
func (valleys) Copy() landscape.Landscape       { return valleys{} }
func (v valleys) Value(x device.Vector) float64 { return v.Gradient(x, v.New()) }
func (valleys) Gradient(x, g device.Vector) float64 {
	y := device.Host[float64](x)[0]
	narrow, wide := 1.5*math.Exp(-(y+1)*(y+1)/0.02), math.Exp(-(y-1)*(y-1)/0.5)
	device.Host[float64](g)[0] = 100*(y+1)*narrow + 4*(y-1)*wide
	return -narrow - wide
}

// The narrow valley is the lower one, and has the higher local entropy f_γ.
func Example() {
	f := valleys{}
	l := entropy.Of(f, 0.5, 2)
	for _, x := range []float64{-1, 1} {
		p, err := l.Quadrature([]float64{x})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("x = %+g: f = %.4f, f_γ = %.4f\n", x, f.Value(device.Of([]float64{x})), p.Value)
	}
	// Output:
	// x = -1: f = -1.5003, f_γ = -0.6145
	// x = +1: f = -1.0000, f_γ = -0.7726
}

// In many variables chains find the gradient, with error bars, and the value.
func ExampleLocal_Integrate() {
	l, x := entropy.Of(valleys{}, 0.5, 2), device.Of([]float64{1})
	r := l.Integrate(x, entropy.Options{Steps: 400, Seed: 1})
	exact, err := l.Quadrature([]float64{1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("within three errors:", math.Abs(r.Value.Value-exact.Value) < 3*r.Value.Error, math.Abs(r.Gradient.Value[0]-exact.Gradient[0]) < 3*r.Gradient.Error[0])
	fmt.Println("between its bounds:", r.Low.Value < r.Value.Value && r.Value.Value < r.High.Value)
	// Output:
	// within three errors: true true
	// between its bounds: true
}
