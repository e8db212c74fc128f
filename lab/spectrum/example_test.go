package spectrum_test

import (
	"context"
	"fmt"
	"math"

	"glassy/lab/device"
	"glassy/lab/spectrum"
)

// An operator is a function: here second differences on a line of 100 points,
// whose eigenvalues are 4 sin²(πk/202), k = 1 … 100.
func Example() {
	a := spectrum.Operator{
		Name: "chain",
		New:  func() device.Vector { return device.CPU().New(device.Float64, 100) },
		Apply: func(v, av device.Vector) {
			x, y := device.Host[float64](v), device.Host[float64](av)
			for i := range x {
				y[i] = 2 * x[i]
				if i > 0 {
					y[i] -= x[i-1]
				}
				if i < 99 {
					y[i] -= x[i+1]
				}
			}
		},
	}
	ctx := context.Background()
	x, err := spectrum.Lanczos(ctx, a, spectrum.Ends{High: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("largest: %.6f, %.6f\n", x.High[0].Value, x.High[1].Value)

	q, err := spectrum.Quadrature(ctx, a, spectrum.Probes{Count: 20, Steps: 30})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("trace:   %v, exactly 200\n", q.Trace())
	fmt.Printf("below 1: %v, exactly 0.33\n", q.Share(0, 1))
	x2, err := spectrum.Trace(ctx, a, spectrum.Probes{Count: 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("norm:    %v, exactly %.4g\n", x2.Norm(), math.Sqrt(598)) // 100·4 + 2·99
	// Output:
	// largest: 3.999033, 3.996131
	// trace:   197.4 ± 4, exactly 200
	// below 1: 0.3297 ± 0.01, exactly 0.33
	// norm:    24.35 ± 0.4, exactly 24.45
}
