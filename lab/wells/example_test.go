package wells_test

import (
	"fmt"

	"glassy/lab/device"
	"glassy/lab/wells"
)

// How much must a double well be smoothed for its barrier to go? The heat
// equation adds 3·variance/2·x² to it: a third of a unit of variance is enough.
func Example() {
	for _, variance := range []float64{0, 0.2, 0.34} {
		f := wells.DoubleWell(0).Heat(variance)
		e := wells.Extrema(f, -2, 2)
		if len(e) == 1 {
			fmt.Printf("variance %.2f: one minimum, at %.3f\n", variance, e[0].X)
			continue
		}
		fmt.Printf("variance %.2f: minima at %.3f and %.3f, barrier %.4f\n", variance, e[0].X, e[2].X, e[1].Energy-e[0].Energy)
	}
	// Output:
	// variance 0.00: minima at -1.000 and 1.000, barrier 0.2500
	// variance 0.20: minima at -0.632 and 0.632, barrier 0.0400
	// variance 0.34: one minimum, at 0.000
}

// Any Go function of a vector is a landscape.
func ExampleFunc() {
	f := wells.Func(2, func(x []float64) float64 { return x[0]*x[0]*x[1] + x[1] })
	g := f.New()
	value := f.Gradient(device.Of([]float64{3, 2}), g)
	fmt.Printf("%v: f = %g, gradient %.6f\n", f, value, device.Read[float64](g))
	// Output: a function of 2 variables, derivatives by central differences: f = 20, gradient [12.000000 10.000000]
}

// The law of SGD on least squares, exactly: larger batches, less spread.
func ExampleLeastSquares_SGDCovariance() {
	f := wells.NewLeastSquares(1, []float64{1, 2, -1.5}, []float64{1, 0, 2})
	for _, batch := range []int{1, 2, 3} {
		cov, err := f.SGDCovariance(0.1, batch, false)
		fmt.Printf("batch %d: variance %.5f, error %v\n", batch, cov[0], err)
	}
	// Output:
	// batch 1: variance 0.06919, error <nil>
	// batch 2: variance 0.01683, error <nil>
	// batch 3: variance 0.00000, error <nil>
}
