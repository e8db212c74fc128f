package transport

import (
	"context"
	"fmt"
	"math"
	"runtime"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/device"
	"glassy/lab/pde"
	"glassy/lab/run"
)

// DynamicOptions are how [Dynamic] goes to work; the zero value works.
type DynamicOptions struct {
	Steps     int             // of time; 0: 16
	Tolerance float64         // of the gap over the action; 0: 1e-3
	Most      int             // iterations; 0: 20000
	Context   context.Context // nil: that of the notebook's cell
}

// A Motion is a path of densities that takes one to another with nearly the least action.
type Motion struct {
	Path   []*pde.Field   // at equal times from 0 to 1: the first and the last are those given
	Flux   [][]*pde.Field // in each step of time, for each axis: ρv from a node to the next
	Action float64        // (6.17): W₂², to the steps of the grid and of time
	// Bound is below the action of every path of densities on this grid with these
	// steps of time: the value of a potential, Kantorovich's dual in motion.
	Bound      float64
	Iterations int
	Converged  bool // to the tolerance; if not, the context or Most ended it
}

// Dynamic is optimal transport as Benamou and Brenier (2000) have it: of all paths with
// ρ_t + ∇·(ρv) = 0 from one density to another, on a grid of one axis or two with no flux
// at the ends, that of the least ∫₀¹∫ρ|v|² dx dt, (6.17). The densities are scaled to the
// integral 1.
//
// Densities are at nodes and whole times, fluxes between nodes and between times, where
// the action is that of [Action]; continuity holds to rounding. The least is found by the
// iterations of Chambolle and Pock (2011), which project on the equation of continuity by
// cosines in space and time and take the nearest point of m²/ρ by a cubic (Papadakis, Peyré
// & Oudet 2014). What is least is known between the Bound and the Action. The path's errors
// in the steps of the grid and of time are of second order where densities are smooth.
//
// It is an error when a density is negative somewhere, or has no mass. It panics where the
// grids are not the same or an axis is not reflecting.
func Dynamic(from, to *pde.Field, options ...DynamicOptions) (*Motion, error) {
	var o DynamicOptions
	if len(options) == 1 {
		o = options[0]
	}
	if o.Steps == 0 {
		o.Steps = 16
	}
	if o.Tolerance == 0 {
		o.Tolerance = 1e-3
	}
	if o.Most == 0 {
		o.Most = 20_000
	}
	if o.Context == nil {
		o.Context = run.Context()
	}
	if len(options) > 1 || o.Steps < 2 || !(o.Tolerance > 0) || o.Most < 1 {
		panic(fmt.Sprintf("transport: Dynamic: %d DynamicOptions, %d steps, tolerance %v, at most %d iterations, expected at most one, 2, a number above 0 and 1", len(options), o.Steps, o.Tolerance, o.Most))
	}
	if len(from.Grid) != len(to.Grid) {
		panic(fmt.Sprintf("transport: Dynamic: grids of %d and %d axes, expected the same", len(from.Grid), len(to.Grid)))
	}
	for k, a := range from.Grid {
		if a != to.Grid[k] || a.Boundary != pde.Reflecting {
			panic(fmt.Sprintf("transport: Dynamic: axes %+v and %+v, expected the same, reflecting", a, to.Grid[k]))
		}
	}
	if err := masses("first density", from.Values); err != nil {
		return nil, err
	}
	if err := masses("second density", to.Values); err != nil {
		return nil, err
	}
	d := newDynamic(from, to, o.Steps)
	out := &Motion{}
	loop := run.Start(o.Context, "Benamou-Brenier", 0)
	defer loop.End()
	const look = 25 // iterations between two looks at the bounds
	for out.Iterations < o.Most && !out.Converged && loop.Err() == nil {
		for range look {
			d.iterate()
		}
		out.Iterations += look
		loop.Add(look)
		out.Action, out.Bound = d.action(), d.bound()
		out.Converged = math.Abs(out.Action-out.Bound) <= o.Tolerance*out.Action
	}
	d.write(out)
	return out, nil
}

// A dynamic is the state of the iterations. Lengths are in units of the mean distance gone
// at the start, densities of their mean square over their mean, so that all is of order 1.
type dynamic struct {
	grid         pde.Grid
	steps, nodes int
	strides      []int
	h            []float64 // steps of the axes
	dt           float64
	length, mass float64 // the units
	scale        float64 // of the action
	τ, σ         float64 // steps of the path and of the dual

	from, to []float64
	// The path: densities at the times between, fluxes by axis, (steps-1)×nodes and
	// steps×nodes. The flux at a node is that to the next; at the last node it is 0.
	ρ, ρBefore []float64
	m, mBefore [][]float64
	// The dual, at the fluxes: of the flux and of the density there.
	a, b [][]float64
	λ    []float64 // steps×nodes: the multipliers of continuity
	box
}

func newDynamic(from, to *pde.Field, steps int) *dynamic {
	g := from.Grid
	n := g.Nodes()
	d := &dynamic{grid: g, steps: steps, nodes: n, dt: 1 / float64(steps), length: 1, λ: make([]float64, steps*n)}
	stride := n
	shape := []int{steps}
	for _, a := range g {
		stride /= a.Nodes
		d.strides, d.h = append(d.strides, stride), append(d.h, a.Step())
		shape = append(shape, a.Nodes)
		d.m, d.mBefore = append(d.m, make([]float64, steps*n)), append(d.mBefore, make([]float64, steps*n))
		d.a, d.b = append(d.a, make([]float64, steps*n)), append(d.b, make([]float64, steps*n))
	}
	d.ρ, d.ρBefore = make([]float64, (steps-1)*n), make([]float64, (steps-1)*n)
	d.box = newBox(shape)

	// Densities of integral 1, in units of ∫ρ²/∫ρ.
	unit := func(f *pde.Field) []float64 {
		v := append([]float64(nil), f.Values...)
		floats.Scale(1/(floats.Sum(v)*g.Cell()), v)
		return v
	}
	d.from, d.to = unit(from), unit(to)
	d.mass = (floats.Dot(d.from, d.from) + floats.Dot(d.to, d.to)) * g.Cell() / 2
	floats.Scale(1/d.mass, d.from)
	floats.Scale(1/d.mass, d.to)
	// At the start the density goes straight from one to the other.
	for k := range steps - 1 {
		t := float64(k+1) * d.dt
		for i := range n {
			d.ρ[k*n+i] = (1-t)*d.from[i] + t*d.to[i]
		}
	}
	d.project()
	gone := 0.0
	for _, m := range d.m {
		gone += floats.Norm(m, 1)
	}
	if gone *= d.dt * g.Cell() * d.mass; gone > 0 {
		d.length = gone
	}
	for k := range d.m {
		floats.Scale(1/d.length, d.m[k])
		d.h[k] /= d.length
	}
	d.scale = d.length * d.length * d.mass * d.dt * g.Cell()
	// τσ|K|² < 1: the densities at the fluxes are means, one for each axis. With σ from 3
	// to 20 the gap falls fastest, of near and of far densities.
	d.σ = 8
	d.τ = 0.99 / (d.σ * float64(len(g)))
	return d
}

// each does work for each step of time.
func (d *dynamic) each(n int, work func(k int)) {
	run.Share(d.workers, n, func(_, k int) { work(k) })
}

// slice is the density at a time, from 0 to steps.
func (d *dynamic) slice(ρ []float64, k int) []float64 {
	switch k {
	case 0:
		return d.from
	case d.steps:
		return d.to
	}
	return ρ[(k-1)*d.nodes : k*d.nodes]
}

// last says whether there is no node after i along an axis.
func (d *dynamic) last(axis, i int) bool {
	n := d.grid[axis].Nodes
	return i/d.strides[axis]%n == n-1
}

// iterate makes one step down in the path and one up in the dual, both relaxed.
func (d *dynamic) iterate() {
	const relax = 1.9
	n := d.nodes
	copy(d.ρBefore, d.ρ)
	for axis := range d.m {
		copy(d.mBefore[axis], d.m[axis])
		floats.AddScaled(d.m[axis], -d.τ, d.a[axis])
	}
	d.each(d.steps-1, func(k int) { // ρ -= τKᵀb
		ρ := d.ρ[k*n : (k+1)*n]
		for axis, s := range d.strides {
			before, after := d.b[axis][k*n:(k+1)*n], d.b[axis][(k+1)*n:(k+2)*n]
			for i := range n - s {
				v := d.τ / 4 * (before[i] + after[i])
				ρ[i] -= v
				ρ[i+s] -= v
			}
		}
	})
	d.project()
	// The dual at twice the new path less the old one.
	d.each(d.steps, func(k int) {
		now, then := d.slice(d.ρ, k), d.slice(d.ρ, k+1)
		nowBefore, thenBefore := d.slice(d.ρBefore, k), d.slice(d.ρBefore, k+1)
		for axis, s := range d.strides {
			m, before := d.m[axis][k*n:(k+1)*n], d.mBefore[axis][k*n:(k+1)*n]
			a, b := d.a[axis][k*n:(k+1)*n], d.b[axis][k*n:(k+1)*n]
			for i := range n - s {
				if d.last(axis, i) {
					continue
				}
				density := (2*(now[i]+now[i+s]+then[i]+then[i+s]) - nowBefore[i] - nowBefore[i+s] - thenBefore[i] - thenBefore[i+s]) / 4
				u, v := a[i]+d.σ*(2*m[i]-before[i]), b[i]+d.σ*density
				u, v = paraboloid(u, v)
				a[i] += relax * (u - a[i])
				b[i] += relax * (v - b[i])
			}
		}
	})
	d.each(d.steps-1, func(k int) {
		for i := k * n; i < (k+1)*n; i++ {
			d.ρ[i] = d.ρBefore[i] + relax*(d.ρ[i]-d.ρBefore[i])
		}
	})
	for axis, m := range d.m {
		for i, v := range d.mBefore[axis] {
			m[i] = v + relax*(m[i]-v)
		}
	}
}

// paraboloid is the point of v ≤ -u²/4 nearest to (u, v): the dual of m²/ρ is 0 there and
// infinite elsewhere.
func paraboloid(u, v float64) (float64, float64) {
	if v <= -u*u/4 {
		return u, v
	}
	// It is (p, -p²/4) with p³/8 + (1+v/2)p = u, where |p| < |u|: Newton's method from
	// there, where the cubic is above 0 and bends up.
	size := math.Abs(u)
	p := size
	for range 50 {
		next := p - (p*p*p/8+(1+v/2)*p-size)/(3*p*p/8+1+v/2)
		if !(next < p) {
			break
		}
		p = next
	}
	return math.Copysign(p, u), -p * p / 4
}

// project moves the path to the nearest one that obeys the equation of continuity.
func (d *dynamic) project() {
	n := d.nodes
	d.each(d.steps, func(k int) {
		now, then := d.slice(d.ρ, k), d.slice(d.ρ, k+1)
		out := d.λ[k*n : (k+1)*n]
		for i := range out {
			out[i] = (then[i] - now[i]) / d.dt
		}
		for axis, s := range d.strides {
			m := d.m[axis][k*n : (k+1)*n]
			for i := range n - s {
				v := m[i] / d.h[axis]
				out[i] += v
				out[i+s] -= v
			}
		}
	})
	d.poisson(d.λ, append([]float64{d.dt}, d.h...))
	d.each(d.steps, func(k int) {
		λ := d.λ[k*n : (k+1)*n]
		for axis, s := range d.strides {
			m := d.m[axis][k*n : (k+1)*n]
			for i := range n - s {
				if !d.last(axis, i) {
					m[i] += (λ[i+s] - λ[i]) / d.h[axis]
				}
			}
		}
		if k > 0 {
			before, ρ := d.λ[(k-1)*n:k*n], d.ρ[(k-1)*n:k*n]
			for i := range ρ {
				ρ[i] += (λ[i] - before[i]) / d.dt
			}
		}
	})
}

// action is that of the path. What goes where next to nothing is, below 1e-9 units of
// density, does not count: there iterations leave noise.
func (d *dynamic) action() float64 {
	n := d.nodes
	sums := make([]float64, d.steps)
	d.each(d.steps, func(k int) {
		now, then := d.slice(d.ρ, k), d.slice(d.ρ, k+1)
		for axis, s := range d.strides {
			m := d.m[axis][k*n : (k+1)*n]
			for i := range n - s {
				if ρ := (now[i] + now[i+s] + then[i] + then[i+s]) / 4; ρ > 1e-9 {
					sums[k] += m[i] * m[i] / ρ
				}
			}
		}
	})
	return d.scale * floats.Sum(sums)
}

// bound is the least of the Lagrangian over all fluxes and all densities that are not
// negative, at the multipliers of the last projection, lowered from step to step of time
// until there is one.
func (d *dynamic) bound() float64 {
	n := d.nodes
	φ := make([]float64, len(d.λ))
	floats.AddScaled(φ, 1/d.τ, d.λ)
	// What a unit of density pays for the gradient: a quarter of each flux beside it.
	pay := make([]float64, len(φ))
	d.each(d.steps, func(k int) {
		φ, pay := φ[k*n:(k+1)*n], pay[k*n:(k+1)*n]
		for axis, s := range d.strides {
			for i := range n - s {
				if !d.last(axis, i) {
					g := (φ[i+s] - φ[i]) / d.h[axis]
					pay[i] += g * g / 16
					pay[i+s] += g * g / 16
				}
			}
		}
	})
	sum := 0.0
	for i := range n {
		end := (d.steps - 1) * n
		sum += d.from[i]*(-φ[i]/d.dt-pay[i]) + d.to[i]*(φ[end+i]/d.dt-pay[end+i])
	}
	for k := 1; k < d.steps; k++ {
		worst := 0.0
		for i := range n {
			worst = max(worst, (φ[k*n+i]-φ[(k-1)*n+i])/d.dt+pay[k*n+i]+pay[(k-1)*n+i])
		}
		sum -= worst * floats.Sum(d.from)
	}
	return d.scale * sum
}

// write puts the path into the result.
func (d *dynamic) write(out *Motion) {
	n := d.nodes
	field := func(v []float64, unit float64) *pde.Field {
		f := &pde.Field{Grid: d.grid, Values: append([]float64(nil), v...)}
		floats.Scale(unit, f.Values)
		return f
	}
	for k := range d.steps + 1 {
		out.Path = append(out.Path, field(d.slice(d.ρ, k), d.mass))
	}
	for k := range d.steps {
		var flux []*pde.Field
		for _, m := range d.m {
			flux = append(flux, field(m[k*n:(k+1)*n], d.mass*d.length))
		}
		out.Flux = append(out.Flux, flux)
	}
}

// A box is nodes along some axes, with mirrors half a step beyond its ends.
type box struct {
	shape   []int
	workers int
}

func newBox(shape []int) box {
	const few = 1 << 14 // numbers that one thread is done with before others are awake
	size := 1
	for _, n := range shape {
		size *= n
	}
	if size < few {
		return box{shape, 1}
	}
	return box{shape, runtime.GOMAXPROCS(0)}
}

// poisson replaces v, of sum 0, by the solution u of -Δu = v of sum 0, with these steps.
func (b *box) poisson(v, h []float64) {
	for axis := range b.shape {
		b.transform(axis, v, device.CPU().Cosine)
	}
	eigen := make([][]float64, len(b.shape))
	norm := 1.0
	for axis, n := range b.shape {
		eigen[axis] = make([]float64, n)
		for k := range n {
			s := 2 * math.Sin(math.Pi*float64(k)/float64(2*n)) / h[axis]
			eigen[axis][k] = s * s
		}
		norm *= float64(n)
	}
	inner := len(v) / b.shape[0]
	run.Share(b.workers, b.shape[0], func(_, k int) {
		for i := range inner {
			rest, sum := i, eigen[0][k]
			for axis := len(b.shape) - 1; axis > 0; axis-- {
				sum += eigen[axis][rest%b.shape[axis]]
				rest /= b.shape[axis]
			}
			if sum > 0 {
				v[k*inner+i] /= sum * norm
			} else {
				v[k*inner+i] = 0
			}
		}
	})
	for axis := range b.shape {
		b.transform(axis, v, device.CPU().CosineInverse)
	}
}

// transform is the cosine transform of all lines along an axis.
func (b *box) transform(axis int, v []float64, of func(l device.Lines, x device.Vector)) {
	n, stride := b.shape[axis], 1
	for _, m := range b.shape[axis+1:] {
		stride *= m
	}
	if stride == 1 {
		of(device.Lines{Nodes: n, Count: len(v) / n, Rows: true}, device.Of(v))
		return
	}
	for first := 0; first < len(v); first += n * stride {
		of(device.Lines{Nodes: n, Count: stride}, device.Of(v[first:first+n*stride]))
	}
}
