package sde

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"
)

// Without a force the scheme is a walk that is known: its diffusion constant is that of
// the equation, D/c, times (ch/2) coth(ch/2).
func TestKineticDiffuses(t *testing.T) {
	const D, c, walkers, steps = 0.5, 4.0, 2000, 200
	flat := well{1, func(float64) (float64, float64) { return 0, 0 }}
	for _, h := range []float64{0.05, 0.5} {
		x, v := make([]float64, walkers), make([]float64, walkers)
		Kinetic{flat, c, D}.Run(x, v, Options{Step: h, Steps: steps, Seed: 3})
		start := floats.Dot(x, x) // from rest the variance lags behind; from here on it grows evenly
		Kinetic{flat, c, D}.Run(x, v, Options{Step: h, Steps: steps, Seed: 4})
		want := 2 * D / c * steps * h * (c * h / 2) / math.Tanh(c*h/2)
		near(t, "variance", (floats.Dot(x, x)-start)/walkers, want, 5*2*want*math.Sqrt(2./walkers))
		if h > 0.1 && math.Abs(want/(2*D/c*steps*h)-1) < 0.2 {
			t.Error("the step is too short to tell the two apart")
		}
	}
}
