package entropy

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/run"
)

// A box is equally spaced nodes about x: nodes on each of one or two axes.
type box struct {
	x         []float64
	low, high []float64 // ends, relative to x
	nodes     int
}

func (b *box) len() int { return int(math.Pow(float64(b.nodes), float64(len(b.low)))) }

func (b *box) step(axis int) float64 { return (b.high[axis] - b.low[axis]) / float64(b.nodes-1) }

// at writes where node i is, relative to x.
func (b *box) at(i int, s []float64) {
	for a := len(s) - 1; a >= 0; a-- {
		s[a] = b.low[a] + float64(i%b.nodes)*b.step(a)
		i /= b.nodes
	}
}

// The sum is over all of the box where the integrand is above e^-80 of its largest
// value. What is narrower than the distance of two nodes of the first look around x,
// over eight times the width √(γ/β), may be overlooked.
const enough = 80

// firstLook, first and most are numbers of nodes on an axis, by how many there are:
// to find the box, of the first sum, of the last.
var (
	firstLook = [3]int{1: 2000, 2: 160}
	first     = [3]int{1: 250, 2: 48}
	most      = [3]int{1: 1 << 16, 2: 1 << 9}
)

// Quadrature is the local entropy at x of a landscape of one or two variables, by the
// trapezoidal rule, whose error falls faster than any power of the number of nodes
// where f is smooth: they are doubled until the value changes by less than 1e-10 of it, which
// is then right to rounding, and Error is the change, which is more than the error.
//
// f may be +∞ somewhere. It is an error where f is NaN or -∞, and where
// f(y) + |x-y|²/2γ does not grow, so that there is no integral.
func (l *Local) Quadrature(x []float64) (*Point, error) {
	d := l.f.Dim()
	if d > 2 || len(x) != d {
		panic(fmt.Sprintf("entropy: Quadrature: %d numbers of x, %d variables, expected as many, 1 or 2: Sample takes any number", len(x), d))
	}
	copies, back := l.workers()
	defer back()
	b, err := l.window(copies, x)
	if err != nil {
		return nil, err
	}
	var p *Point
	before := math.NaN()
	for b.nodes = first[d]; ; b.nodes *= 2 {
		if p, err = l.sum(copies, b); err != nil {
			return nil, err
		}
		p.Error = math.Abs(p.Value - before)
		if p.Error <= 1e-10*(math.Abs(p.Value)+1/l.beta) || b.nodes >= most[d] {
			return p, nil
		}
		before = p.Value
	}
}

// window is a box around all y that count.
func (l *Local) window(copies []landscape.Landscape, x []float64) (*box, error) {
	d, unit := len(x), math.Sqrt(l.gamma/l.beta)
	scale := 0.0 // of x
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("entropy: x is %v, expected finite numbers", x)
		}
		scale = max(scale, math.Abs(v))
	}
	b := &box{x: x, low: make([]float64, d), high: make([]float64, d), nodes: firstLook[d]}
	s := make([]float64, d)
	for reach, limit := 8*unit, 1e6*(unit+scale+1); reach <= limit; reach *= 2 {
		for a := range d {
			b.low[a], b.high[a] = -reach, reach
		}
		least, inside := math.Inf(1), true
		// As fine as the window is wide over the nodes, and so down to what counts.
		for look := 0; look < 3 && inside; look++ {
			e, err := l.exponents(copies, b, nil)
			if err != nil {
				return nil, err
			}
			least = min(least, -floats.Max(e))
			from, to := make([]int, d), make([]int, d)
			for a := range d {
				from[a], to[a] = b.nodes, -1
			}
			for i, v := range e {
				if -v > least+enough {
					continue
				}
				for a := d - 1; a >= 0; a-- {
					from[a], to[a] = min(from[a], i%b.nodes), max(to[a], i%b.nodes)
					i /= b.nodes
				}
			}
			for a := range d {
				inside = inside && from[a] > 0 && to[a] >= 0 && to[a] < b.nodes-1
			}
			if !inside {
				break
			}
			for a := range d {
				h, low := b.step(a), b.low[a]
				b.low[a], b.high[a] = low+float64(from[a]-1)*h, low+float64(to[a]+1)*h
			}
		}
		if inside && !math.IsInf(least, 1) {
			return b, nil
		}
	}
	b.at(0, s)
	return nil, fmt.Errorf("entropy: f(y) + |x-y|²/2γ does not grow by %d/β within %.3g of x = %v, so that its integral is not known to exist: expected a smaller scope than %.4g, or a function that confines", enough, math.Abs(s[0]), x, l.gamma)
}

// exponents is -β(f(y) + |x-y|²/2γ) at the nodes; visit, where it is given, is told of
// each node's f and gradient, in no order.
func (l *Local) exponents(copies []landscape.Landscape, b *box, visit func(i int, f float64, g []float64)) ([]float64, error) {
	d, e := len(b.x), make([]float64, b.len())
	const together = 512
	type memory struct {
		s, g   []float64
		at, to device.Vector
		bad    error
	}
	own := make([]memory, len(copies))
	for w := range own {
		own[w] = memory{s: make([]float64, d), g: make([]float64, d), at: l.f.New(), to: l.f.New()}
	}
	run.Share(len(copies), (len(e)+together-1)/together, func(worker, part int) {
		m, f := &own[worker], copies[worker]
		for i := part * together; i < min(len(e), (part+1)*together); i++ {
			b.at(i, m.s)
			square := floats.Dot(m.s, m.s)
			for a := range m.s {
				m.s[a] += b.x[a]
			}
			m.at.Device().Upload(m.at, device.Of(m.s))
			var v float64
			if visit == nil {
				v = f.Value(m.at)
			} else {
				v = f.Gradient(m.at, m.to)
				m.to.Device().Download(device.Of(m.g), m.to)
				visit(i, v, m.g)
			}
			if math.IsNaN(v) || math.IsInf(v, -1) {
				m.bad = fmt.Errorf("entropy: the landscape is %v at %v: expected a number, or +Inf where y may not be", v, m.s)
			}
			e[i] = -l.beta * (v + square/(2*l.gamma))
		}
	})
	for _, m := range own {
		if m.bad != nil {
			return nil, m.bad
		}
	}
	return e, nil
}

// sum is the point by the nodes of a box.
func (l *Local) sum(copies []landscape.Landscape, b *box) (*Point, error) {
	d, β, γ := len(b.x), l.beta, l.gamma
	f, g := make([]float64, b.len()), make([]float64, b.len()*d)
	e, err := l.exponents(copies, b, func(i int, value float64, gradient []float64) {
		f[i] = value
		copy(g[i*d:], gradient)
	})
	if err != nil {
		return nil, err
	}
	cell := 1.0
	for a := range d {
		cell *= b.step(a)
	}
	total := floats.LogSumExp(e)
	logZ := total + math.Log(cell)
	p := &Point{
		Value: (l.normalisation() - logZ) / β,
		Mean:  make([]float64, d), Covariance: make([]float64, d*d), MeanGradient: make([]float64, d),
		Gradient: make([]float64, d), Hessian: make([]float64, d*d), ShannonChange: make([]float64, d),
	}
	s, mean, G := make([]float64, d), make([]float64, d), 0.0 // means of y - x and of G
	for i, v := range e {
		w := math.Exp(v - total)
		if w == 0 {
			continue
		}
		b.at(i, s)
		floats.AddScaled(mean, w, s)
		floats.AddScaled(p.MeanGradient, w, g[i*d:(i+1)*d])
		p.Loss += w * f[i]
		G -= w * v / β
	}
	for i, v := range e { // about the means: nothing cancels
		w := math.Exp(v - total)
		if w == 0 {
			continue
		}
		b.at(i, s)
		floats.Sub(s, mean)
		for a := range d {
			for c := range d {
				p.Covariance[a*d+c] += w * s[a] * s[c]
			}
			p.ShannonChange[a] += β * β / γ * w * (-v/β - G) * s[a]
		}
	}
	for a := range d {
		p.Mean[a], p.Gradient[a] = b.x[a]+mean[a], -mean[a]/γ
	}
	for i, c := range p.Covariance {
		p.Hessian[i] = -β * c / (γ * γ)
		if i%(d+1) == 0 {
			p.Hessian[i] += 1 / γ
		}
	}
	p.Shannon = β*G + logZ
	return p, nil
}
