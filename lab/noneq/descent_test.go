package noneq_test

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/noneq"
	"glassy/lab/noneq/transport"
)

// A density whose drift is a gradient falls as steeply as it can in Wasserstein's distance
// (Jordan, Kinderlehrer & Otto 1998): (W₂/dt)² is -dF/dt. A current j along which the free
// energy stays as it is adds the square of its part that is a gradient, by Pythagoras.
func TestSteepestDescent(t *testing.T) {
	g := square(-2.6, 2.6, 27)
	ρ := must(g.Sample(func(x []float64) float64 {
		return math.Exp(-((x[0]+0.8)*(x[0]+0.8) + (x[1]-0.5)*(x[1]-0.5)) / 0.5)
	}))
	floats.Scale(1/ρ.Integral(), ρ.Values)
	for _, λ := range []float64{0, 1.5} {
		s := must(must(noneq.NewWalk(noneq.DoubleWell(λ).Process(), g)).Steady())
		ρ, _ := s.Walk.Evolve(context.Background(), ρ, 0.1)
		const dt = 0.01
		middle, _ := s.Walk.Evolve(context.Background(), ρ, dt/2)
		after, _ := s.Walk.Evolve(context.Background(), ρ, dt)
		m := must(transport.Dynamic(ρ, after, transport.DynamicOptions{Steps: 2, Tolerance: 1e-2}))
		speed, fall := m.Action/(dt*dt), s.Dissipation(middle)
		if λ == 0 {
			within(t, "(W₂/dt)² over -dF/dt", speed/fall, 1, 0.03) // of the grid, and the gap
		} else if !(m.Bound/(dt*dt) > 1.25*fall) {
			t.Errorf("λ = %g: (W₂/dt)² is above %g, expected well above -dF/dt = %g", λ, m.Bound/(dt*dt), fall)
		}
	}
}
