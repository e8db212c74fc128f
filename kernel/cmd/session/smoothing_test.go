//go:build cuda

package main

import (
	"math"
	"testing"

	"glassy/lab/device"
	"glassy/lab/pde"
	"glassy/lab/sde"
	"glassy/lab/wells"
)

// Equations on grids, and walkers, where the device is the one in use: what comes of
// them is what the processor gives, to rounding.
func TestSmoothing(t *testing.T) {
	gpu(t)
	grid := pde.NewGrid(pde.Line(-1, 1, 60), pde.Axis{Low: 0, High: 1, Nodes: 50, Boundary: pde.Periodic})
	f, err := grid.Sample(func(x []float64) float64 { return 3*math.Sin(9*x[0]) + x[0]*x[0] + math.Cos(2*math.Pi*x[1])*(1+x[0]) })
	if err != nil {
		t.Fatal(err)
	}
	for name, work := range map[string]func() []float64{
		"Viscous": func() []float64 {
			u, err := pde.Viscous(f, 0.1, 6)
			if err != nil {
				t.Fatal(err)
			}
			return u.Values
		},
		"Heat": func() []float64 { return pde.Heat(f, 0.02).Values },
		"Scheme": func() []float64 {
			u, _ := pde.Scheme(f, 0.002, 0.1)
			return u.Values
		},
		"FokkerPlanck": func() []float64 {
			e := pde.NewFokkerPlanck(f, 0.7)
			return append(e.Evolve(e.Stationary().Add(0.3), 0.1, 5).Values, e.Backward(f, 0.1, 5).Values...)
		},
		"Langevin": func() []float64 {
			x := make([]float64, 200)
			sde.Langevin(wells.DoubleWell2D(), 0.2).Run(x, sde.Options{Step: 0.01, Steps: 300, Seed: 3})
			return x
		},
	} {
		want := work()
		if err := device.Use("cuda"); err != nil {
			t.Fatal(err)
		}
		got := work()
		if err := device.Use("cpu"); err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			if !(math.Abs(got[i]-w) <= 1e-11*(1+math.Abs(w))) {
				t.Errorf("%s: number %d is %v, on the processor %v", name, i, got[i], w)
				break
			}
		}
	}
}
