package pde

import (
	"fmt"
	"math"
)

// Control is the stochastic control problem (4.29): to steer
//
//	dX = -∇f ds - α ds + β^(-½) dB,  from time 0 to T,
//
// so that E[V(X_T) + ½∫|α|²] is least. Its value u, the solution of (4.31),
//
//	-u_t = -∇f·∇u - ½|∇u|² + Δu/2β,  u(·,T) = V,
//
// is -1/β log E e^(-βV(X_T)) over paths without control (Fleming & Soner 2006,
// chapter VI), and the best control is α = ∇u. Without f it is the smoothing of V
// by [Viscous], for the time that is left (Remark 4.9).
type Control struct {
	V        *Field
	Time     float64 // T
	β        float64
	dynamics *FokkerPlanck
	steps    int
}

// NewControl is the problem in the potential f with the final cost V, both on the
// same grid of reflecting or periodic axes, solved in that many steps of time.
func NewControl(f, V *Field, beta, time float64, steps int) *Control {
	checkTemperature("NewControl", beta)
	checkTime("NewControl", time)
	if len(f.Values) != len(V.Values) || steps < 1 {
		panic(fmt.Sprintf("pde: NewControl: V on %d nodes, f on %d, %d steps, expected as many nodes and at least 1 step", len(V.Values), len(f.Values), steps))
	}
	if i := notFinite(V.Values); i >= 0 {
		panic(fmt.Sprintf("pde: NewControl: V is %v at %v, expected finite values", V.Values[i], V.Grid.place(i)))
	}
	return &Control{V: V, Time: time, β: beta, dynamics: NewFokkerPlanck(f, 1/(2*beta)), steps: steps}
}

// Value is u at the start, time 0: of second order in the step of the grid, and of
// third in that of time, by Romberg's extrapolation of u from as many steps as
// asked for, twice and four times as many.
func (c *Control) Value() *Field { return c.ValueAt(0) }

// ValueAt is u at a time s, with T - s left.
func (c *Control) ValueAt(s float64) *Field {
	if !(s >= 0 && s <= c.Time) {
		panic(fmt.Sprintf("pde: ValueAt: time is %v, expected 0 to %v", s, c.Time))
	}
	return c.extrapolate(func(steps int) *Field { return c.value(c.Time-s, steps) })
}

// value is u with a time left, by so many implicit steps for w = e^(-βu), relative
// to the least V so that it does not underflow as a whole.
func (c *Control) value(left float64, steps int) *Field {
	w := c.desire()
	u := c.dynamics.Backward(w, left, steps)
	_, least := c.V.Minimum()
	for i, v := range u.Values {
		u.Values[i] = least - math.Log(v)/c.β
	}
	return u
}

// desire is e^(-β(V-min V)).
func (c *Control) desire() *Field {
	w := c.V.like()
	_, least := c.V.Minimum()
	for i, v := range c.V.Values {
		w.Values[i] = math.Exp(-c.β * (v - least))
	}
	return w
}

// extrapolate takes errors of first and of second order in the time step away.
func (c *Control) extrapolate(solve func(steps int) *Field) *Field {
	coarse, middle, fine := solve(c.steps), solve(2*c.steps), solve(4*c.steps)
	out := coarse.like()
	for i := range out.Values {
		a := 2*middle.Values[i] - coarse.Values[i]
		b := 2*fine.Values[i] - middle.Values[i]
		out.Values[i] = (4*b - a) / 3
	}
	return out
}

// Costs is what Theorem 4.11 compares, at the start: the final cost without
// control and with the best one, and half the mean of ∫|α|² that this takes, which
// is Value less Controlled. By Jensen's inequality the first is no less than the
// sum of the other two.
func (c *Control) Costs() (uncontrolled, controlled, effort *Field) {
	uncontrolled = c.extrapolate(func(steps int) *Field { return c.dynamics.Backward(c.V, c.Time, steps) })
	// E V(X_T) under the best control is E[V e^-βV]/E[e^-βV] without.
	w := c.desire()
	vw := w.like()
	for i, v := range c.V.Values {
		vw.Values[i] = v * w.Values[i]
	}
	controlled = c.extrapolate(func(steps int) *Field {
		top, bottom := c.dynamics.Backward(vw, c.Time, steps), c.dynamics.Backward(w, c.Time, steps)
		for i, v := range bottom.Values {
			top.Values[i] /= v
		}
		return top
	})
	effort = c.Value()
	for i, v := range controlled.Values {
		effort.Values[i] -= v
	}
	return uncontrolled, controlled, effort
}

// Density is that of X_T under the best control, (4.33), started from ρ: forward
// and backward equation in one. With w = e^(-βu) the controlled density over w
// evolves as one without control (Doob), so that
//
//	ρ_T = w_T · Evolve(ρ/w_0).
func (c *Control) Density(ρ *Field) *Field {
	w := c.desire()
	start := c.dynamics.Backward(w, c.Time, c.steps)
	from := ρ.like()
	for i, v := range ρ.Values {
		if v != 0 {
			from.Values[i] = v / start.Values[i]
		}
	}
	out := c.dynamics.Evolve(from, c.Time, c.steps)
	for i, v := range w.Values {
		out.Values[i] *= v
	}
	return out
}

// LinearQuadratic is the control problem with f = ½Ax², V = ½Cx², in closed form.
type LinearQuadratic struct{ A, C, Beta, Time float64 }

// spread is e^(-AT), and the variance of X_T without control.
func (q LinearQuadratic) spread() (decay, variance float64) {
	if q.A == 0 {
		return 1, q.Time / q.Beta
	}
	return math.Exp(-q.A * q.Time), -math.Expm1(-2*q.A*q.Time) / (2 * q.A * q.Beta)
}

// Value is u at x and time 0, and its slope, the best control.
func (q LinearQuadratic) Value(x float64) (u, slope float64) {
	decay, variance := q.spread()
	stiff := 1 + q.Beta*q.C*variance
	P := q.C * decay * decay / stiff // Riccati's equation
	return P*x*x/2 + math.Log(stiff)/(2*q.Beta), P * x
}

// Costs are those of [Control.Costs] for a start at x.
func (q LinearQuadratic) Costs(x float64) (uncontrolled, controlled, effort float64) {
	decay, variance := q.spread()
	mean, stiff := decay*x, 1+q.Beta*q.C*variance
	uncontrolled = q.C / 2 * (mean*mean + variance)
	controlled = q.C / 2 * (mean*mean/(stiff*stiff) + variance/stiff)
	u, _ := q.Value(x)
	return uncontrolled, controlled, u - controlled
}
