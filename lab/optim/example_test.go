package optim_test

import (
	"context"
	"fmt"
	"math"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/optim"
)

// bumpy is f(x) = x²/2 + cos(8x)/2: a bowl with a minimum in each bump.
type bumpy struct{}

func (bumpy) Dim() int                        { return 1 }
func (bumpy) New() device.Vector              { return device.CPU().New(device.Float64, 1) }
func (f bumpy) Copy() landscape.Landscape     { return f }
func (f bumpy) Value(x device.Vector) float64 { return f.Gradient(x, f.New()) }

func (bumpy) Gradient(x, g device.Vector) float64 {
	X := device.Host[float64](x)[0]
	device.Host[float64](g)[0] = X - 4*math.Sin(8*X)
	return X*X/2 + math.Cos(8*X)/2
}

func (bumpy) HessianVector(x, v, hv device.Vector) {
	X, V := device.Host[float64](x)[0], device.Host[float64](v)[0]
	device.Host[float64](hv)[0] = (1 - 32*math.Cos(8*X)) * V
}

// Gradient descent stops in the first bump. HEAT, which sees the bumps through a
// Gaussian of variance 0.1, goes on to the bottom of the bowl: what is left of
// the slope of the bumps is 4 exp(-64·0.1/2) = 0.16.
func ExampleRun() {
	f := bumpy{}
	x0 := device.Of([]float64{2})

	sgd := optim.Run(context.Background(), f, x0, optim.SGD(0.01), optim.Options{Steps: 500})

	heat := optim.HEAT(0.01, 0.1)
	heat.Spread = optim.Constant(0.1).Sqrt()
	heat.Points = 100
	smooth := optim.Run(context.Background(), f, x0, heat, optim.Options{Steps: 500})

	fmt.Printf("sgd:  x = %.1f, %v\n", device.Read[float64](sgd.Weights)[0], sgd.Status)
	fmt.Printf("heat: |x| < 0.3 is %v, effective epochs %.0f\n", math.Abs(device.Read[float64](smooth.Weights)[0]) < 0.3, smooth.Passes)
	// Output:
	// sgd:  x = 1.9, finished
	// heat: |x| < 0.3 is true, effective epochs 50000
}

// Parle with one replica that nothing pulls at is Entropy-SGD: the same bits.
func ExampleParle() {
	p := optim.Parle(0.1, 1)
	p.Coupling = nil
	e := optim.EntropySGD()
	e.Steps, e.Scope, e.Temperature = 25, optim.Scoping(100, 1), nil
	e.Outer.Rate = optim.Constant(0.1)
	weights := func(m optim.Method) float64 {
		r := optim.Run(context.Background(), bumpy{}, device.Of([]float64{2}), m, optim.Options{Steps: 100})
		return device.Read[float64](r.Weights)[0]
	}
	fmt.Println(weights(p) == weights(e))
	// Output:
	// true
}

// A thousand descents find the bowl's minima, the lower ones more often, which
// Newton's method then makes exact.
func ExampleDescend() {
	d := optim.Descend(bumpy{}, 1000, optim.DescendOptions{Rate: 0.02})
	minima := d.Polish().Minima()
	fmt.Printf("%d minima\n", len(minima))
	for k := 0; k < 6; k += 2 { // in pairs, ±x
		fmt.Printf("|x| = %.4f: f = %7.4f, %d descents\n", math.Abs(minima[k].X[0]), minima[k].Energy, minima[k].Runs+minima[k+1].Runs)
	}
	// Output:
	// 8 minima
	// |x| = 0.3808: f = -0.4252, 600 descents
	// |x| = 1.1419: f =  0.1728, 298 descents
	// |x| = 1.9016: f =  1.3681, 91 descents
}

// Newton's method from anywhere finds the tops of the bumps too: in all, one
// minimum more than there are maxima.
func ExampleCritical() {
	var starts []float64
	for x := -5.0; x <= 5; x += 0.02 {
		starts = append(starts, x)
	}
	c := optim.Critical(bumpy{}, starts)
	fmt.Println(c.Counts(), "by index, minima less maxima:", c.Euler())
	// Output: [10 9] by index, minima less maxima: 1
}
