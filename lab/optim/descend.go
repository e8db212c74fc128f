package optim

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/landscape"
	"glassy/lab/rng"
	"glassy/lab/run"
)

// DescendOptions are how [Descend] goes down; the zero value is Section 2.4.1 of
// the thesis.
type DescendOptions struct {
	Seed      uint64
	Rate      float64 // η of x ← x - η ∇f; 0: 0.1
	Tolerance float64 // a run has arrived when |∇f| is at most this; 0: 1e-4
	MaxSteps  int     // of a run; 0: 100,000

	Starts []float64 // where the runs start, n×Dim row-major; nil: the points of [Starts]
	First  int       // with no Starts: the number of the first run, where others make those before it

	Together int // runs in work at once; 0: as many as have 4 MiB of points, on a GPU 64 MiB

	Context context.Context // nil: that of the notebook's cell, see run.Context
	Name    string          // of the progress bar; "": "descents"
}

// Descents is where so many runs of gradient descent have ended. A run that was
// never begun, since the context was done, is left out; those that had begun are
// Stopped where they were.
type Descents struct {
	Dim      int
	Points   []float64 // the ends, Len()×Dim row-major
	Energies []float64 // f there
	Slopes   []float64 // |∇f| there, of its part along the sphere on a sphere
	Steps    []int     // that each run has made
	Status   []Status  // Converged; Finished: MaxSteps made; Stopped; Diverged

	f      landscape.Landscape
	radius float64
}

// Len is the number of runs.
func (d *Descents) Len() int { return len(d.Energies) }

// Point is where run i ended, not copied.
func (d *Descents) Point(i int) []float64 { return d.Points[i*d.Dim : (i+1)*d.Dim] }

// Descend makes n independent runs of gradient descent with a constant rate,
//
//	x ← x - η ∇f(x)
//
// on the sphere of a Spherical landscape with the part of ∇f along the sphere,
// and x brought back to the sphere's radius after each step; each run until its
// own gradient is small. Run i is the same whatever n is, to the bit on any
// number of threads; where the landscape is an Ensemble n changes the shapes of
// products of matrices and so may change roundings.
//
// Many runs make each step together, so that it is products of matrices where
// the landscape is an Ensemble; elsewhere they share the processor's threads.
// A run that has ended makes room for the next, and all numbers stay on the
// landscape's device but for the starts and the ends.
func Descend(f landscape.Landscape, n int, options ...DescendOptions) *Descents {
	if len(options) > 1 {
		panic(fmt.Sprintf("optim: Descend: %d DescendOptions, expected at most one", len(options)))
	}
	var o DescendOptions
	if len(options) == 1 {
		o = options[0]
	}
	o.complete(f, n)
	run.Cite("chaudhari2018")
	d := &Descents{Dim: f.Dim(), f: f, radius: radius(f)}
	loop := run.Start(o.Context, o.Name, n)
	defer loop.End()
	w := newFlight(d, &o, n)
	defer w.free()
	for loop.Err() == nil && w.begin() {
		w.step()
		loop.Tell(func() { w.note(loop) })
		loop.Add(w.land())
	}
	w.stop()
	loop.Tell(func() { w.note(loop) })
	return d
}

// Join is descents on f that were made in parts, in the order of the parts.
func Join(f landscape.Landscape, parts ...*Descents) *Descents {
	d := &Descents{Dim: f.Dim(), f: f, radius: radius(f)}
	for _, p := range parts {
		if p.Dim != d.Dim {
			panic(fmt.Sprintf("optim: Join: descents in %d dimensions, expected %d", p.Dim, d.Dim))
		}
		d.Points = append(d.Points, p.Points...)
		d.Energies = append(d.Energies, p.Energies...)
		d.Slopes = append(d.Slopes, p.Slopes...)
		d.Steps = append(d.Steps, p.Steps...)
		d.Status = append(d.Status, p.Status...)
	}
	return d
}

// radius is that of the sphere on which f is; 0: the plane.
func radius(f landscape.Landscape) float64 {
	if s, ok := f.(landscape.Spherical); ok {
		return s.Radius()
	}
	return 0
}

// complete checks the options and puts values where none are given.
func (o *DescendOptions) complete(f landscape.Landscape, n int) {
	fail := func(format string, a ...any) { panic("optim: Descend: " + fmt.Sprintf(format, a...)) }
	if n < 0 {
		fail("n is %d, expected at least 0", n)
	}
	if !(o.Rate >= 0 && o.Tolerance >= 0) || math.IsInf(o.Rate, 0) || o.MaxSteps < 0 || o.Together < 0 || o.First < 0 {
		fail("Rate is %v, Tolerance %v, MaxSteps %d, Together %d, First %d, expected finite numbers of at least 0", o.Rate, o.Tolerance, o.MaxSteps, o.Together, o.First)
	}
	if o.Starts != nil && len(o.Starts) != n*f.Dim() {
		fail("%d numbers in Starts, expected n = %d times Dim = %d", len(o.Starts), n, f.Dim())
	}
	def := func(v *float64, to float64) {
		if *v == 0 {
			*v = to
		}
	}
	def(&o.Rate, 0.1)
	def(&o.Tolerance, 1e-4)
	if o.MaxSteps == 0 {
		o.MaxSteps = 100_000
	}
	if o.Context == nil {
		o.Context = run.Context()
	}
	if o.Name == "" {
		o.Name = "descents"
	}
}

// Starts are n independent points, n×Dim row-major: uniform on the sphere of a
// Spherical landscape, else of standard normal numbers. Descend's runs with that
// seed start there.
func Starts(f landscape.Landscape, n int, seed uint64) []float64 {
	d := f.Dim()
	x := make([]float64, n*d)
	for i := range n {
		randomStart(seed, i, radius(f), x[i*d:(i+1)*d])
	}
	return x
}

func randomStart(seed uint64, run int, radius float64, x []float64) {
	rng.Key(seed).Split(uint64(run)).Normals(0, x)
	if radius > 0 {
		scaleTo(radius, x)
	}
}

// scaleTo makes x as long as radius.
func scaleTo(radius float64, x []float64) { floats.Scale(radius/floats.Norm(x, 2), x) }
