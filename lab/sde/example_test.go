package sde_test

import (
	"fmt"
	"math"

	"glassy/lab/sde"
)

// Walkers in a double well, whose stationary law has ⟨x²⟩ = 0.8327 at D = ¼.
func Example() {
	e := sde.Equation{Dim: 1,
		Drift: func(t float64, x, b []float64) { b[0] = x[0] - x[0]*x[0]*x[0] },
		Noise: func(t float64, x, s []float64) { s[0] = math.Sqrt(2 * 0.25) },
	}
	x := make([]float64, 2000)
	sum, n := 0.0, 0
	e.Run(x, sde.Options{Step: 0.02, Steps: 4000, Method: sde.Heun, Seed: 1, Every: 50,
		Observe: func(step int, t float64, x []float64) {
			if t > 20 {
				for _, v := range x {
					sum += v * v
					n++
				}
			}
		}})
	fmt.Printf("%.2f\n", sum/float64(n))
	// Output: 0.83
}
