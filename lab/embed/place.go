package embed

import (
	"context"
	"fmt"
	"math"

	"glassy/lab/device"
	"glassy/lab/run"
)

// Place puts new points, m×d, into the map of the n points x that it was made of,
// which stay where they are: m×2. Each new point by itself moves from the mean of
// its nearest neighbours down KL(p‖q), with p of perplexity 5 and q over all of x,
// for 250 steps, as in openTSNE (Poličar, Stražar & Zupan 2024). Stopped, it
// returns what there is, and why. It is an error when a coordinate is not finite.
func (e *Embedding) Place(ctx context.Context, x, fresh device.Vector) ([]float64, error) {
	const (
		perplexity   = 5
		steps        = 250
		rate         = 0.1
		exaggeration = 1.5
		most         = 0.25 // that a point moves in a step
	)
	n := len(e.Points) / 2
	if x.Len() == 0 || x.Len()%n != 0 || fresh.Len()%(x.Len()/n) != 0 {
		panic(fmt.Sprintf("embed: Place: %d numbers of the %d points of the map and %d of new points, expected n×d and m×d", x.Len(), n, fresh.Len()))
	}
	d := x.Len() / n
	m := fresh.Len() / d
	if m == 0 {
		return nil, nil
	}
	points, of := device.Read[float64](x), device.Read[float64](fresh)
	for _, v := range [][]float64{points, of} {
		if err := finite(v, d); err != nil {
			return nil, fmt.Errorf("embed: Place: %w", err)
		}
	}
	run.Cite("maaten2008", "linderman2019", "policar2024")
	dev := device.CPU()
	k := min(n, 3*perplexity)
	index, squared, err := neighbours(ctx, dev, of, points, n, k)
	if err != nil {
		return nil, err
	}
	p, y := make([]float64, m*k), make([]float64, 2*m)
	for i := range m {
		row := p[i*k : (i+1)*k]
		conditional(squared[i*k:(i+1)*k], math.Max(1, math.Min(perplexity, float64(k)/3)), row)
		for c, v := range row {
			j := index[i*k+c]
			y[2*i] += v * e.Points[2*j]
			y[2*i+1] += v * e.Points[2*j+1]
		}
	}

	// The map makes one potential for all steps.
	g := &grid{dev: dev}
	lo, hi := bounds(e.Points)
	at := g.fit(lo, hi)
	g.spread(at, e.Points)
	g.convolve()
	phi, gradient, motion := make([]float64, m), make([]float64, 2*m), newMotion(m)
	loop := run.Start(ctx, "t-SNE, new points", steps)
	for range loop.Steps() {
		g.read(at, y, phi, gradient)
		split(m, 256, func(from, to int) {
			for i := from; i < to; i++ {
				// ∇φ = -2 Σ q² (y-y_j), and Z is the point's own φ.
				gu, gv := gradient[2*i]/(2*phi[i]), gradient[2*i+1]/(2*phi[i])
				for c, v := range p[i*k : (i+1)*k] {
					j := index[i*k+c]
					du, dv := y[2*i]-e.Points[2*j], y[2*i+1]-e.Points[2*j+1]
					q := exaggeration * v / (1 + du*du + dv*dv)
					gu += q * du
					gv += q * dv
				}
				gradient[2*i], gradient[2*i+1] = gu, gv
			}
		})
		motion.move(y, gradient, rate, most)
		for i := range y { // what leaves the map would leave the grid
			y[i] = max(lo[i%2], min(y[i], hi[i%2]))
		}
	}
	return y, loop.Err()
}
