package noneq_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/noneq"
)

// Example 6.43 at λ = 1.5 has no limit cycle: one point of rest, around which all orbits
// come closer, as t^(-½) at the end. At ½ there are three.
func TestExample643HasNoCycle(t *testing.T) {
	s := noneq.DoubleWell(1.5).Process().Cycles([]float64{-2.5, -2.5}, []float64{2.5, 2.5})
	if len(s.Rests) != 1 || s.Rests[0].Kind != "centre" || len(s.Cycles) != 0 {
		t.Fatalf("%d points of rest, %v, %d cycles, expected one centre and no cycle", len(s.Rests), s.Rests, len(s.Cycles))
	}
	for _, turn := range s.Rests[0].Turns {
		if !turn.Back || !(turn.After < turn.Radius) {
			t.Errorf("from radius %g a turn leads to %g, expected less", turn.Radius, turn.After)
		}
	}
	// r ~ c t^(-½): r²t tends to a number.
	p := noneq.DoubleWell(1.5).Process()
	var last float64
	for _, time := range []float64{1000, 4000} {
		x := p.Flow([]float64{1, 0}, time, nil)
		last = floats.Norm(x, 2) * math.Sqrt(time)
	}
	within(t, "r√t", last, 2.5, 0.6) // r turns on an ellipse

	s = noneq.DoubleWell(0.5).Process().Cycles([]float64{-2, -2}, []float64{2, 2})
	if len(s.Rests) != 3 || s.Rests[1].Kind != "saddle" || s.Rests[0].Kind != "minimum" || len(s.Cycles) != 0 {
		t.Errorf("λ = ½: points of rest %v, %d cycles", s.Rests, len(s.Cycles))
	}
	within(t, "x₊", s.Rests[2].X[0], 0.9024283211774303, 1e-11)
	within(t, "x₊", s.Rests[2].X[1], 0.3888022383568555, 1e-11)
}

// Of the ring with κ = 1 all is known: r = 1, the period, the multiplier e^(-2T). Followed
// to smaller κ the cycle stays until it meets a point of rest.
func TestRingCycle(t *testing.T) {
	const λ = 1.5
	p := noneq.Ring{Kappa: 1, Lambda: λ}.Process()
	s := p.Cycles([]float64{-2, -2}, []float64{2, 2})
	if len(s.Cycles) != 1 {
		t.Fatalf("%d cycles, expected 1", len(s.Cycles))
	}
	c, period := s.Cycles[0], 2*math.Pi*math.Exp(0.25)/λ
	within(t, "radius", c.Radius, 1, 1e-8)
	within(t, "period", c.Period, period, 1e-7)
	within(t, "multiplier", c.Multiplier/math.Exp(-2*period), 1, 1e-6)
	if !c.Stable() {
		t.Error("the cycle is not stable")
	}
	for _, x := range [][]float64{{0.3, 0}, {1.8, 0}} {
		within(t, "radius in the end", floats.Norm(p.Flow(x, 20, nil), 2), 1, 1e-9)
	}
	family := func(κ float64) noneq.Process { return noneq.Ring{Kappa: κ, Lambda: λ}.Process() }
	followed := c.Follow(family, []float64{0.95, 0.9, 0.85, 0.8})
	if len(followed) != 4 {
		t.Fatalf("followed for %d values of κ, expected 4", len(followed))
	}
	for _, c := range followed {
		x, y := c.Points()
		last := len(x) - 1
		within(t, "the orbit closes", math.Hypot(x[last]-x[0], y[last]-y[0]), 0, 1e-7)
	}
	if gone := c.Follow(func(λ float64) noneq.Process { return noneq.Ring{Kappa: 0.9, Lambda: λ}.Process() }, []float64{1.4, 1, 0.5, 0.01}); len(gone) == 4 {
		t.Error("the cycle is there at λ = 0.01, where the drift is that of the potential")
	}
}

// What each process is known to meet: a gradient all of it, the ring Assumption 6.22 but
// no detailed balance, Example 6.43 neither.
func TestExamine(t *testing.T) {
	g := square(-2.8, 2.8, 57)
	for name, c := range map[string]struct {
		p     noneq.Process
		holds [5]bool
	}{
		"gradient": {noneq.DoubleWell(0).Process(), [5]bool{true, true, true, true, true}},
		"ring":     {noneq.Ring{Kappa: 1, Lambda: 1.5}.Process(), [5]bool{false, true, true, true, true}},
		"example":  {noneq.DoubleWell(1.5).Process(), [5]bool{false, false, false, true, false}},
		"uneven noise": {noneq.Process{Dim: 2, Beta: 1, Drift: noneq.DoubleWell(0).Process().Drift,
			Diffusion: func(_, D []float64) { D[0], D[1], D[2], D[3] = 1, 0.4, 0.4, 0.5 }}, [5]bool{false, false, false, false, false}},
	} {
		r, err := noneq.Examine(c.p, g)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range r {
			if f.Holds != c.holds[i] {
				t.Errorf("%s: %s holds: %v, size %g ± %g, expected %v", name, f.Claim, f.Holds, f.Size, f.Error, c.holds[i])
			}
		}
	}
}
