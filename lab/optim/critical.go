package optim

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/landscape"
	"glassy/lab/run"
)

// A CriticalPoint is where the gradient of a landscape vanishes, on a sphere its
// part along the sphere.
type CriticalPoint struct {
	X      []float64 // len Dim
	Energy float64   // f(X)
	Slope  float64   // |∇f(X)|: what rounding left
	Index  int       // negative eigenvalues of the Hessian: 0 at a minimum
	// Softest is the eigenvalue of least size. The index is certain as far as
	// it is not zero.
	Softest float64
	Runs    int     // starts that led here
	Spread  float64 // the largest distance of those from X
}

// CriticalPoints are those that were found from some starts, each once.
type CriticalPoints struct {
	Dim    int
	Points []CriticalPoint // by energy, the lowest first
	Of     []int           // of each start, which of Points it led to; -1: none. Shorter where a stop came first
	Steps  int             // of Newton's method, in all
}

// CriticalOptions are how critical points are sought; the zero value works.
type CriticalOptions struct {
	MaxSteps int             // of Newton's method from one start; 0: 50
	Context  context.Context // nil: that of the notebook's cell, see run.Context
	Name     string          // of the progress bar; "": "critical points"
}

// Polish moves the ends of the descents to the critical points that they are
// near, and tells minima from saddles: see [Critical].
func (d *Descents) Polish(options ...CriticalOptions) *CriticalPoints {
	f, ok := d.f.(landscape.Curved)
	if !ok {
		panic(fmt.Sprintf("optim: Polish: %T has no second derivatives, expected a landscape.Curved", d.f))
	}
	return Critical(f, d.Points, options...)
}

// Critical follows Newton's method for ∇f = 0, or on the sphere of a Spherical
// landscape, from each of the starts, m×Dim row-major, to a critical point of
// any index. On the sphere of radius R the Hessian is
//
//	P[∇²f - (x·∇f/R²) I]P,  P = I - xxᵀ/R²
//
// without its null direction x. Convergence is quadratic, so slopes are down to
// rounding. A start from which the method does not converge leads to none. Each
// step takes a dense Hessian: 16 bytes times Dim².
//
// Two ends are one point when they are nearer than 1e-6 of the radius, or of the
// longer of 1 and |x| in the plane: they are known to 1e-10 or better where the
// softest eigenvalue is not below 1e-4 of the others. A start whose gradient is,
// to within half, what the Hessian at the nearest known point makes of the way
// from there, leads to that point without steps of its own.
func Critical(f landscape.Curved, starts []float64, options ...CriticalOptions) *CriticalPoints {
	if len(options) > 1 {
		panic(fmt.Sprintf("optim: Critical: %d CriticalOptions, expected at most one", len(options)))
	}
	var o CriticalOptions
	if len(options) == 1 {
		o = options[0]
	}
	d := f.Dim()
	if d == 0 || len(starts)%d != 0 {
		panic(fmt.Sprintf("optim: Critical: %d numbers in starts, expected a multiple of Dim = %d", len(starts), d))
	}
	const most = 8192
	if d > most {
		panic(fmt.Sprintf("optim: Critical: Dim is %d, expected at most %d: a step takes a dense Hessian", d, most))
	}
	if o.MaxSteps < 0 {
		panic(fmt.Sprintf("optim: Critical: MaxSteps is %d, expected at least 0", o.MaxSteps))
	}
	if o.MaxSteps == 0 {
		o.MaxSteps = 50
	}
	if o.Context == nil {
		o.Context = run.Context()
	}
	if o.Name == "" {
		o.Name = "critical points"
	}
	s := newSearch(f, o.MaxSteps)
	m := len(starts) / d
	loop := run.Start(o.Context, o.Name, m)
	defer loop.End()
	for from := 0; from < m && loop.Err() == nil; from += block {
		to := min(m, from+block)
		s.add(starts[from*d : to*d])
		loop.Add(to - from)
	}
	return s.result()
}

// block is how many starts are followed at once, by as many threads as there
// are: the number must not depend on these.
const block = 64

// A search is critical points as they are found.
type search struct {
	copies   []*newton // one for each thread
	maxSteps int
	radius   float64
	points   []CriticalPoint
	of       []int
	steps    int
}

func newSearch(f landscape.Curved, maxSteps int) *search {
	s := &search{maxSteps: maxSteps, radius: radius(f)}
	for len(s.copies) < runtime.GOMAXPROCS(0) {
		s.copies = append(s.copies, newNewton(f))
		f = f.Copy().(landscape.Curved)
	}
	return s
}

// add follows some starts at once, and then takes what they led to in their
// order.
func (s *search) add(starts []float64) {
	d := s.copies[0].d
	m := len(starts) / d
	led := make([]int, m) // to a known point, else -1
	found := make([]*CriticalPoint, m)
	steps := make([]int, m)
	run.Share(len(s.copies), m, func(worker, i int) {
		n, y := s.copies[worker], starts[i*d:(i+1)*d]
		if led[i] = s.known(n, y); led[i] < 0 {
			found[i], steps[i] = n.follow(y, s.maxSteps)
		}
	})
	for i, c := range found {
		s.steps += steps[i]
		k := led[i]
		if c != nil {
			k = s.place(*c)
		}
		if s.of = append(s.of, k); k >= 0 {
			s.points[k].Runs++
			s.points[k].Spread = max(s.points[k].Spread, apart(s.points[k].X, starts[i*d:(i+1)*d]))
		}
	}
}

// nearest is the known point that is nearest to x; -1 if there is none.
func (s *search) nearest(x []float64) (k int, far float64) {
	k, far = -1, math.Inf(1)
	for j := range s.points {
		if r := apart(s.points[j].X, x); r < far {
			k, far = j, r
		}
	}
	return k, far
}

// length is what distances are measured by.
func (s *search) length(x []float64) float64 {
	if s.radius > 0 {
		return s.radius
	}
	return max(1, norm(x))
}

// place is where the point stands among the known ones, as a new one if need be.
func (s *search) place(c CriticalPoint) int {
	const same = 1e-6
	if k, far := s.nearest(c.X); far <= same*s.length(c.X) {
		return k
	}
	s.points = append(s.points, c)
	return len(s.points) - 1
}

// known is the known point that x is beside: its Hessian there explains the
// gradient at x. -1 if there is none.
func (s *search) known(n *newton, x []float64) int {
	const beside = 0.1
	k, far := s.nearest(x)
	if k < 0 || far > beside*s.length(x) {
		return -1
	}
	if n.explains(&s.points[k], x) {
		return k
	}
	return -1
}

// result is the points in the order of their energies.
func (s *search) result() *CriticalPoints {
	order := make([]int, len(s.points))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.points[a].Energy, s.points[b].Energy) })
	r := &CriticalPoints{Dim: s.copies[0].d, Of: s.of, Steps: s.steps}
	place := make([]int, len(order))
	for to, k := range order {
		r.Points = append(r.Points, s.points[k])
		place[k] = to
	}
	for i, k := range r.Of {
		if k >= 0 {
			r.Of[i] = place[k]
		}
	}
	return r
}

// norm is |x|.
func norm(x []float64) float64 { return floats.Norm(x, 2) }

// apart is |x-y|, of numbers whose squares do not overflow: gonum's goes the
// long way about that.
func apart(x, y []float64) float64 {
	s := 0.0
	for i, v := range x {
		s += (v - y[i]) * (v - y[i])
	}
	return math.Sqrt(s)
}
