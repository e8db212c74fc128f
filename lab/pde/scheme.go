package pde

import (
	"fmt"
	"math"

	"glassy/lab/device"
)

// Scheme solves the Hamilton-Jacobi equation
//
//	u_t = -½|∇u|² + ν Δu,  u(·,0) = f,
//
// by an explicit monotone scheme: upwind differences of Engquist & Osher (1981),
// ½max(D⁻u,0)² + ½min(D⁺u,0)² along each axis, and the usual ones for Δ. It
// converges to the viscosity solution at first order (Crandall & Lions 1984;
// Oberman 2006), f ≤ g gives u ≤ v in as many steps, and it knows nothing of Cole, Hopf
// and Lax: it is there to check them. ν = 1/2β is (4.1), ν = 0 the inviscid equation.
//
// Steps are as long as monotony allows, Δt (2 Σ max|D u|/h + 2ν Σ 1/h²) ≤ 1, the
// slopes being those of f, which the solution does not exceed. Their number is
// returned. Axes are reflecting or periodic; on open ones slopes beyond the ends
// are 0, too.
func Scheme(f *Field, t, viscosity float64) (u *Field, steps int) {
	checkTime("Scheme", t)
	if !(viscosity >= 0) || math.IsInf(viscosity, 0) {
		panic(fmt.Sprintf("pde: Scheme: viscosity is %v, expected a finite number of at least 0", viscosity))
	}
	if i := notFinite(f.Values); i >= 0 {
		panic(fmt.Sprintf("pde: Scheme: the function is %v at %v, expected finite values", f.Values[i], f.Grid.place(i)))
	}
	rate := 0.0
	for axis, a := range f.Grid {
		steep, h := 0.0, a.Step()
		eachNeighbour(f.Grid, axis, func(i, _, right int) {
			steep = max(steep, math.Abs(f.Values[right]-f.Values[i])/h)
		})
		rate += 2*steep/h + 2*viscosity/(h*h)
	}
	steps = max(1, int(math.Ceil(t*rate)))
	dt := t / float64(steps)
	columns := f.Grid[len(f.Grid)-1]
	step := device.Stencil{
		Rows: 1, RowStep: 1, Columns: columns.Nodes, Step: columns.Step(), Wrap: columns.Boundary == Periodic,
		Delta: dt, Slope: 1, Viscosity: viscosity,
	}
	if len(f.Grid) == 2 {
		rows := f.Grid[0]
		step.Rows, step.RowStep, step.RowsWrap = rows.Nodes, rows.Step(), rows.Boundary == Periodic
	}
	dev := deviceFor(len(f.Values))
	now := device.Put(dev, device.Float64, f.Values)
	next := now.New()
	for range steps {
		dev.HamiltonJacobi(step, now, next)
		now, next = next, now
	}
	dev.Free(next)
	return &Field{f.Grid, take(dev, now)}, steps
}

// eachNeighbour goes through all nodes with those beside them along an axis; at an
// end that goes on nowhere that is the node itself.
func eachNeighbour(g Grid, axis int, visit func(i, left, right int)) {
	a := g[axis]
	if a.Boundary == Open {
		a.Boundary = Reflecting
	}
	stride := 1
	for _, b := range g[axis+1:] {
		stride *= b.Nodes
	}
	for i := range g.Nodes() {
		k := i / stride % a.Nodes
		left, _ := a.neighbour(k - 1)
		right, _ := a.neighbour(k + 1)
		visit(i, i+(left-k)*stride, i+(right-k)*stride)
	}
}
