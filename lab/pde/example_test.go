package pde_test

import (
	"fmt"
	"math"

	"glassy/lab/pde"
)

// A rough function is smoothed by the viscous and by the inviscid equation.
func Example() {
	grid := pde.NewGrid(pde.Line(-3, 3, 601))
	f, err := grid.Sample(func(x []float64) float64 { return x[0]*x[0] + 1.5*math.Sin(2*math.Pi*x[0]) })
	if err != nil {
		fmt.Println(err)
		return
	}
	viscous, err := pde.Viscous(f, 0.3, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	inviscid, _ := pde.HopfLax(f, 0.1)
	fmt.Println(len(f.Minima()), len(inviscid.Minima()), len(viscous.Minima()))
	// Output: 7 5 1
}

// The mean time over the barrier of a double well, from the equation, and by
// Kramers's law, its limit for small D.
func ExamplePassageTime() {
	well := func(x float64) (f, slope, curvature float64) {
		return (x*x - 1) * (x*x - 1) / 4, x*x*x - x, 3*x*x - 1
	}
	fmt.Printf("%.4f %.4f\n", pde.PassageTime(well, -1, 1, 0.05), pde.Kramers(well, -1, 0, 0.05))
	// Output: 729.6707 659.3823
}
