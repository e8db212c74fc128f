package pde

import (
	"math"
	"math/rand/v2"
	"testing"
)

// bell is a normal law on a grid.
func bell(t testing.TB, a Axis, mean, variance float64) *Field {
	return sample(t, a, func(x float64) (float64, float64, float64) {
		return math.Exp(-(x-mean)*(x-mean)/(2*variance)) / math.Sqrt(2*math.Pi*variance), 0, 0
	})
}

// In a bowl ½ax² a normal law stays one: the mean m falls at the rate a, which attraction
// does not change, and the variance s goes to D/(a+2/γ) at twice a + 2/γ. The error is of
// first order in the time of a step.
func TestMeanFieldBowl(t *testing.T) {
	const a, D, γ, m0, s0, T = 1.0, 0.3, 0.8, 1.5, 0.2, 0.4
	pull := a + 2/γ
	m := m0 * math.Exp(-a*T)
	s := D/pull + (s0-D/pull)*math.Exp(-2*pull*T)
	axis := Line(-4, 5, 901)
	e := NewMeanField(sample(t, axis, func(x float64) (float64, float64, float64) { return a * x * x / 2, a * x, a }), D, γ)
	J := func(m, s float64) float64 { return a*(m*m+s)/2 - D*math.Log(2*math.Pi*math.E*s)/2 + s/γ }
	start := bell(t, axis, m0, s0)
	near(t, "J at first", e.FreeEnergy(start), J(m0, s0), 1e-12)
	// dJ/dt by m and s.
	near(t, "dissipation", e.Dissipation(start), a*m0*a*m0+(a/2-D/(2*s0)+1/γ)*(2*pull*s0-2*D), 1e-3)
	var wrong [2]float64
	for k, steps := range []int{100, 200} {
		ρ := e.Evolve(start, T, steps)
		near(t, "mass", ρ.Integral(), 1, 1e-12)
		near(t, "mean", ρ.Mean()[0], m, 1.5*T/float64(steps))
		wrong[k] = e.FreeEnergy(ρ) - J(m, s)
	}
	if ratio := wrong[0] / wrong[1]; math.Abs(ratio-2) > 0.1 {
		t.Errorf("errors of J %v, expected half with half the step", wrong)
	}
	near(t, "J at last", e.FreeEnergy(e.Stationary(2)), J(0, D/pull), 1e-5) // the grid's h²
}

// However long a step is, J falls in rough potentials, by no less than nothing.
func TestMeanFieldFalls(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	for range 20 {
		axis := Line(-2, 2, 3+r.IntN(100))
		v, p := make([]float64, axis.Nodes), make([]float64, axis.Nodes)
		for i := range v {
			v[i], p[i] = 3*r.NormFloat64(), r.ExpFloat64()
		}
		e := NewMeanField(must(t)(NewGrid(axis).Field(v)), 0.05+r.Float64(), 0.05+5*r.Float64())
		ρ := must(t)(NewGrid(axis).Field(p))
		mass := ρ.Integral()
		for i := range p {
			p[i] /= mass
		}
		before, dt := e.FreeEnergy(ρ), math.Exp(6*r.NormFloat64())
		for range 30 {
			ρ = e.Evolve(ρ, dt, 1)
			now := e.FreeEnergy(ρ)
			if !(now <= before+1e-13*math.Abs(before)) || e.Dissipation(ρ) < -1e-9 { // to the rounding of flows that cancel
				t.Fatalf("γ = %g, steps of %g: J from %v to %v", e.gamma, dt, before, now)
			}
			before = now
		}
	}
}

// In a plane, where f is a sum, mean and variance along each axis are those of a line.
func TestMeanFieldPlane(t *testing.T) {
	f := func(x float64) (float64, float64, float64) { return x*x + 0.3*x, 2*x + 0.3, 2 }
	line := NewMeanField(sample(t, Line(-2, 2, 41), f), 0.2, 1).Stationary(1)
	plane := NewMeanField(must(t)(NewGrid(Line(-2, 2, 41), Line(-2, 2, 31)).Sample(func(x []float64) float64 {
		u, _, _ := f(x[0])
		return u + 2*x[1]*x[1]
	})), 0.2, 1).Stationary(1, 1)
	near(t, "first mean", plane.Mean()[0], line.Mean()[0], 1e-10)
	near(t, "second mean", plane.Mean()[1], 0, 1e-10)
}

// Below a temperature particles in a double well hold together in one half of it: where
// the slope of m → ⟨x⟩ at 0, 2 Var(x)/γD, is above 1 (Dawson 1983).
func TestMeanFieldTogether(t *testing.T) {
	const γ = 2.0
	f := sample(t, Line(-3, 3, 601), func(x float64) (float64, float64, float64) {
		return (x*x - 1) * (x*x - 1) / 4, (x*x - 1) * x, 3*x*x - 1
	})
	for D := 0.1; D < 1; D += 0.1 {
		e := NewMeanField(f, D, γ)
		even := e.Stationary(0)
		variance := 0.0
		for i, v := range even.Values {
			x := f.Grid[0].At(i)
			variance += v * x * x * f.Grid.Cell()
		}
		held := e.Stationary(1)
		if together := held.Mean()[0] > 0.01; together != (2*variance/(γ*D) > 1) {
			t.Errorf("D = %.1f: slope %v, mean %v", D, 2*variance/(γ*D), held.Mean())
		} else if together && e.FreeEnergy(held) >= e.FreeEnergy(even) {
			t.Errorf("D = %.1f: J = %v together, %v apart", D, e.FreeEnergy(held), e.FreeEnergy(even))
		}
		near(t, "the mirror image", e.Stationary(-1).Mean()[0], -held.Mean()[0], 1e-9)
	}
}
