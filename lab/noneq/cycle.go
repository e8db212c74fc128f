package noneq

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// A Cycle is a closed orbit of x′ = b(x) in the plane that its neighbours come to, or
// leave.
type Cycle struct {
	Process    Process
	Centre     []float64 // a point that it goes around
	Radius     float64   // it goes through (Radius, 0) from there
	Period     float64
	Multiplier float64 // of a small distance from it, a turn: e^∮∇·b dt, below 1 where it is stable
}

// Stable says whether what is near comes nearer.
func (c Cycle) Stable() bool { return c.Multiplier < 1 }

// Start is the point of the cycle at its Radius.
func (c Cycle) Start() []float64 { return []float64{c.Centre[0] + c.Radius, c.Centre[1]} }

// Points are some points of it, the last of which is the first.
func (c Cycle) Points() (x, y []float64) {
	x, y = []float64{c.Start()[0]}, []float64{c.Start()[1]}
	c.Process.Flow(c.Start(), c.Period, func(_ float64, at []float64) { x, y = append(x, at[0]), append(y, at[1]) })
	return x, y
}

// A Turn is what became of a point at that radius from a centre: after a whole turn
// around it the orbit is at the radius After.
type Turn struct {
	Radius, After float64
	Time          float64 // of the turn
	Back          bool    // whether it came around at all
}

// A CycleSearch is what was found in a box.
type CycleSearch struct {
	Rests  []RestPoint
	Cycles []Cycle
}

// A RestPoint is where the drift is 0.
type RestPoint struct {
	X           []float64
	Kind        string       // as [Linear.Kind] says
	Eigenvalues []complex128 // of F, minus the derivative of the drift
	Index       int          // of the field around it: -1 of a saddle, +1 of others
	Turns       []Turn       // on the way out from it, of index +1 alone: what a cycle goes around
}

const (
	turnTime = 300 // how long a turn may take
	turnRays = 48  // how many radii are tried
)

// Cycles looks for cycles in the plane between low and high. A cycle goes around a point
// of rest of index +1 (Poincaré), so the search is along a ray from each of them: where
// the radius after a turn is now above and now below what it was there is a cycle, which
// is then found to rounding. What lies between two radii that are tried, or takes longer
// than a turn of 300, is not seen.
func (p Process) Cycles(low, high []float64) *CycleSearch {
	p.check("Cycles")
	if p.Dim != 2 || len(low) != 2 || len(high) != 2 || !(low[0] < high[0]) || !(low[1] < high[1]) {
		panic(fmt.Sprintf("noneq: Cycles: a process in %d dimensions, from %v to %v, expected 2 and two corners of a box", p.Dim, low, high))
	}
	s := &CycleSearch{Rests: p.Rests(low, high)}
	for i := range s.Rests {
		rest := &s.Rests[i]
		if rest.Index < 0 {
			continue
		}
		most := high[0] - rest.X[0]
		for k := 1; k <= turnRays; k++ {
			rest.Turns = append(rest.Turns, p.turn(rest.X, most*float64(k)/turnRays))
		}
		turns := rest.Turns
		for k := 1; k < len(turns); k++ {
			a, b := turns[k-1], turns[k]
			if a.Back && b.Back && (a.After-a.Radius)*(b.After-b.Radius) < 0 {
				if c, ok := p.close(rest.X, a.Radius, b.Radius); ok && !s.has(c) {
					s.Cycles = append(s.Cycles, c)
				}
			}
		}
	}
	return s
}

// has says whether a cycle was found from another point inside of it.
func (s *CycleSearch) has(c Cycle) bool {
	return slices.ContainsFunc(s.Cycles, func(o Cycle) bool {
		return math.Abs(o.Period-c.Period) < 1e-6*c.Period && math.Abs(math.Log(o.Multiplier/c.Multiplier)) < 1e-4
	})
}

// Rests are the points of rest in a box that Newton's method comes to from a lattice of
// starts.
func (p Process) Rests(low, high []float64) []RestPoint {
	const side = 13
	var found []RestPoint
	for i := range side {
		for j := range side {
			start := []float64{low[0] + (high[0]-low[0])*(float64(i)+0.5)/side, low[1] + (high[1]-low[1])*(float64(j)+0.5)/side}
			x, err := p.Rest(start)
			if err != nil || x[0] < low[0] || x[0] > high[0] || x[1] < low[1] || x[1] > high[1] {
				continue
			}
			if slices.ContainsFunc(found, func(r RestPoint) bool { return floats.Distance(r.X, x, 2) < 1e-5 }) {
				continue
			}
			l, err := p.Linearise(x)
			if err != nil {
				continue
			}
			r := RestPoint{X: x, Kind: l.Kind(), Eigenvalues: l.Eigenvalues(), Index: 1}
			if mat.Det(l.F) < 0 {
				r.Index = -1
			}
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b RestPoint) int { return slices.Compare(a.X, b.X) })
	return found
}

// turn follows the orbit from a radius once around the centre.
func (p Process) turn(centre []float64, radius float64) Turn {
	out := Turn{Radius: radius}
	f := newFlow(2, p.Drift)
	x, next := []float64{centre[0] + radius, centre[1]}, make([]float64, 2)
	angle := 0.0
	between := func(x, y []float64) float64 { // the angle from x to y around the centre
		a, b := x[0]-centre[0], x[1]-centre[1]
		c, d := y[0]-centre[0], y[1]-centre[1]
		return math.Atan2(a*d-b*c, a*c+b*d)
	}
	for out.Time < turnTime {
		h := f.step(x, next, turnTime)
		if h == 0 || !(math.Hypot(next[0]-centre[0], next[1]-centre[1]) > 1e-9*radius) {
			return out
		}
		more := between(x, next)
		if math.Abs(more) > 1 { // the angle must not be lost count of
			f.h = h / 4
			continue
		}
		if math.Abs(angle+more) < 2*math.Pi {
			angle += more
			out.Time += h
			x, next = next, x
			continue
		}
		// The part of the step to the whole turn.
		left := math.Copysign(2*math.Pi, angle+more) - angle
		a, b := 0.0, h
		for range 100 {
			h = (a + b) / 2
			if f.try(x, h, next); math.Abs(between(x, next)) < math.Abs(left) {
				a = h
			} else {
				b = h
			}
			if b-a < 1e-15*(out.Time+b) {
				break
			}
		}
		out.Time += h
		out.After, out.Back = math.Hypot(next[0]-centre[0], next[1]-centre[1]), true
		return out
	}
	return out
}

// close is the cycle between two radii.
func (p Process) close(centre []float64, a, b float64) (Cycle, bool) {
	// The regula falsi, with the end that stays twice running halved (Illinois).
	t := p.turn(centre, a)
	fa, fb := t.After-a, 0.0
	if t = p.turn(centre, b); !t.Back {
		return Cycle{}, false
	}
	fb = t.After - b
	for side := 0; math.Abs(b-a) > 1e-13*b && t.After != t.Radius; {
		m := b - fb*(b-a)/(fb-fa)
		if t = p.turn(centre, m); !t.Back {
			return Cycle{}, false
		}
		f := t.After - m
		if math.Abs(f) < 1e-12*m {
			break
		}
		switch {
		case f*fb > 0:
			b, fb = m, f
			if side == 1 {
				fa /= 2
			}
			side = 1
		default:
			a, fa = m, f
			if side == -1 {
				fb /= 2
			}
			side = -1
		}
	}
	if math.Abs(t.After-t.Radius) > 1e-5*t.Radius { // a jump of the turn, no cycle
		return Cycle{}, false
	}
	c := Cycle{Process: p, Centre: slices.Clone(centre), Radius: t.Radius, Period: t.Time}
	// ∮∇·b dt as a third coordinate.
	f := newFlow(3, func(x, dx []float64) {
		p.Drift(x[:2], dx[:2])
		dx[2] = mat.Trace(jacobian(2, p.Drift, x[:2]))
	})
	x, next := append(c.Start(), 0), make([]float64, 3)
	for t := 0.0; t < c.Period*(1-1e-14); {
		h := f.step(x, next, c.Period-t)
		if h == 0 {
			return Cycle{}, false
		}
		t += h
		x, next = next, x
	}
	c.Multiplier = math.Exp(x[2])
	return c, true
}

// Follow is the cycle as a parameter of the process changes: of each value, the one near
// that of the value before. It ends, with fewer cycles than values, where there is none
// any more.
func (c Cycle) Follow(family func(parameter float64) Process, parameters []float64) []Cycle {
	var out []Cycle
	radius, before := c.Radius, c.Radius
	for _, v := range parameters {
		p := family(v)
		p.check("Follow")
		guess := 2*radius - before // straight on
		found := false
		for width := 1e-3; width < 0.5 && !found; width *= 2 {
			a, b := p.turn(c.Centre, guess*(1-width)), p.turn(c.Centre, guess*(1+width))
			if a.Back && b.Back && (a.After-a.Radius)*(b.After-b.Radius) < 0 {
				var next Cycle
				if next, found = p.close(c.Centre, a.Radius, b.Radius); found {
					out = append(out, next)
					before, radius = radius, next.Radius
				}
			}
		}
		if !found {
			break
		}
	}
	return out
}
