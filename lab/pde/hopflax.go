package pde

import "math"

// HopfLax is the viscosity solution at time t of the inviscid Hamilton-Jacobi
// equation u_t = -½|∇u|², u(·,0) = f: by Hopf and Lax (4.16)
//
//	u(x) = min_y f(y) + |x-y|²/2t
//
// over the nodes y, exactly, in time linear in their number: along each line the
// lower envelope of parabolas (Felzenszwalb & Huttenlocher 2012). Beside the
// minimum over all y it is too large by at most the square of a step over 8t, for
// each axis. prox is where that minimum is, the proximal map (4.17), as a node;
// -1 where f is +∞ everywhere. Of equal minima the first along the line counts.
//
// A periodic axis goes on beyond its ends; so does a reflecting one, where it makes
// no difference: mirror images are further away than what they are of.
func HopfLax(f *Field, t float64) (u *Field, prox []int32) {
	checkTime("HopfLax", t)
	u = &Field{f.Grid, append([]float64(nil), f.Values...)}
	prox = make([]int32, len(f.Values))
	for i := range prox {
		prox[i] = int32(i)
		if math.IsInf(f.Values[i], 1) && t == 0 {
			prox[i] = -1
		}
	}
	if t == 0 {
		return u, prox
	}
	for axis := len(f.Grid) - 1; axis >= 0; axis-- {
		a := f.Grid[axis]
		eachLine(f.Grid, axis, func() *envelope { return newEnvelope(a) }, func(e *envelope, first, stride int) {
			gather(e.line, u.Values, first, stride)
			for i := range e.from {
				e.from[i] = prox[first+i*stride]
			}
			e.lower(t)
			for i, v := range e.out {
				u.Values[first+i*stride] = v
				prox[first+i*stride] = e.to[i]
			}
		})
	}
	return u, prox
}

// An envelope finds the lower envelope of a line's parabolas.
type envelope struct {
	n, copies int // nodes; of the line that are looked at, the middle one being itself
	step      float64
	line, out []float64 // the heights, the envelope
	from, to  []int32   // the node that each height is of, and that each minimum is
	stack     []int     // places of the parabolas that are lowest somewhere,
	begins    []float64 // from where on, in steps
}

func newEnvelope(a Axis) *envelope {
	e := &envelope{n: a.Nodes, copies: 1, step: a.Step()}
	if a.Boundary == Periodic { // what is further than a period away has an image that is nearer
		e.copies = 3
	}
	e.line, e.out = make([]float64, e.n), make([]float64, e.n)
	e.from, e.to = make([]int32, e.n), make([]int32, e.n)
	return e
}

// lower writes the envelope at time t.
func (e *envelope) lower(t float64) {
	scale := min(2*t/(e.step*e.step), 1e300) // heights in units in which parabolas are squares of steps
	e.stack, e.begins = e.stack[:0], e.begins[:0]
	for q := range e.copies * e.n {
		height := e.line[q%e.n]
		if math.IsInf(height, 1) {
			continue
		}
		begin := math.Inf(-1)
		for k := len(e.stack) - 1; k >= 0; k-- {
			p := e.stack[k]
			// Where the two meet, from the middle between them: squares of large places
			// would cost digits.
			begin = float64(p+q)/2 + scale*(height-e.line[p%e.n])/(2*float64(q-p))
			if begin > e.begins[k] {
				break
			}
			e.stack, e.begins = e.stack[:k], e.begins[:k]
			begin = math.Inf(-1)
		}
		e.stack, e.begins = append(e.stack, q), append(e.begins, begin)
	}
	k := 0
	for i := range e.n {
		if len(e.stack) == 0 {
			e.out[i], e.to[i] = math.Inf(1), -1
			continue
		}
		x := i + e.copies/2*e.n
		for k+1 < len(e.stack) && e.begins[k+1] < float64(x) {
			k++
		}
		p := e.stack[k]
		d := float64(x-p) * e.step
		e.out[i], e.to[i] = e.line[p%e.n]+d*d/(2*t), e.from[p%e.n]
	}
}
