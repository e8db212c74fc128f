package embed

import (
	"context"
	"math"

	"glassy/lab/run"
)

// The descent of van der Maaten (2014), as openTSNE has it: with one momentum for
// all iterations, and gains of each coordinate, which grow while it goes on in
// one direction.
const (
	momentum = 0.8
	gainUp   = 0.2
	gainDown = 0.8
	gainLow  = 0.01
	maxStep  = 5  // that a point moves in an iteration
	often    = 50 // iterations between two points of the history
)

// descend moves e.Points down KL(P‖Q).
func (e *Embedding) descend(ctx context.Context, p *affinity, o Options) {
	y, n := e.Points, len(e.Points)/2
	f := newForces(p, n, o)
	g, m := make([]float64, 2*n), newMotion(n)
	loop := run.Start(ctx, "t-SNE", o.Early+o.Iterations)
	for k := range loop.Steps() {
		if k%often == 0 {
			e.History = append(e.History, Point{k, f.divergence(y)})
		}
		exaggeration := o.Exaggeration
		if k < o.Early {
			exaggeration = o.EarlyExaggeration
		}
		rate := o.Rate
		if rate == 0 {
			rate = float64(n) / exaggeration
		}
		f.gradient(exaggeration, y, g)
		m.move(y, g, rate, maxStep)
		centre(y)
	}
	e.Iterations = loop.Done()
	if loop.Err() != nil {
		e.Status = Stopped
	}
	e.KL = f.divergence(y)
	e.History = append(e.History, Point{e.Iterations, e.KL})
}

// A motion is what a descent keeps of the steps before.
type motion struct{ update, gains []float64 }

func newMotion(n int) *motion {
	m := &motion{make([]float64, 2*n), make([]float64, 2*n)}
	for i := range m.gains {
		m.gains[i] = 1
	}
	return m
}

// move takes a step down the gradient g, at most so far for each point.
func (m *motion) move(y, g []float64, rate, most float64) {
	for i := 0; i < len(y); i += 2 {
		for c := i; c < i+2; c++ {
			if (g[c] > 0) == (m.update[c] > 0) { // uphill
				m.gains[c] = m.gains[c]*gainDown + gainLow
			} else {
				m.gains[c] += gainUp
			}
			m.update[c] = momentum*m.update[c] - rate*m.gains[c]*g[c]
		}
		if s := m.update[i]*m.update[i] + m.update[i+1]*m.update[i+1]; s > most*most {
			s = most / math.Sqrt(s)
			m.update[i] *= s
			m.update[i+1] *= s
		}
		y[i] += m.update[i]
		y[i+1] += m.update[i+1]
	}
}

// centre takes the mean off.
func centre(y []float64) {
	var sum [2]float64
	for i := 0; i < len(y); i += 2 {
		sum[0] += y[i]
		sum[1] += y[i+1]
	}
	n := float64(len(y) / 2)
	for i := 0; i < len(y); i += 2 {
		y[i] -= sum[0] / n
		y[i+1] -= sum[1] / n
	}
}
