package transport

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/pde"
)

// Between are the masses of a plan at time t, from 0 to 1, on McCann's geodesic: what goes
// from x_i to y_j is at (1-t)x_i + t y_j. x is n×d, y m×d; points are k×d, a row for each
// of the k pairs with mass.
func (p *Plan) Between(d int, x, y []float64, t float64) (points, weights []float64) {
	n, m := p.Mass.Dims()
	if d < 1 || len(x) != n*d || len(y) != m*d {
		panic(fmt.Sprintf("transport: Between: %d and %d numbers of a plan %d×%d, expected d = %d for each", len(x), len(y), n, m, d))
	}
	for i := range n {
		for j, w := range p.Mass.RawRowView(i) {
			if w > 0 {
				for k := range d {
					points = append(points, (1-t)*x[i*d+k]+t*y[j*d+k])
				}
				weights = append(weights, w)
			}
		}
	}
	return points, weights
}

// Action is Benamou and Brenier's ∫₀¹∫ ρ|v|² dx dt, (6.17), of a path of densities on a
// line, at equal times from 0 to 1, with ρ_t + (ρv)_x = 0 and no flux at the ends. Of all
// paths between two densities a geodesic has the least, W₂². Both errors, in the step of
// the grid and of time, are of second order where densities are smooth.
func Action(path []*pde.Field) float64 {
	if len(path) < 2 {
		panic(fmt.Sprintf("transport: Action: %d densities, expected at least 2", len(path)))
	}
	g := path[0].Grid
	if len(g) != 1 {
		panic(fmt.Sprintf("transport: Action: a grid of %d axes, expected 1", len(g)))
	}
	dt, h := 1/float64(len(path)-1), g[0].Step()
	sum := 0.0
	for k := 1; k < len(path); k++ {
		before, after := path[k-1].Values, path[k].Values
		// The flux between a node and the next in the middle of the time, summed up from
		// the end that has less mass: tails would drown in what the other end adds.
		gain := make([]float64, len(before))
		for i := range gain {
			gain[i] = (after[i] - before[i]) * h / dt
		}
		left, right := floats.CumSum(make([]float64, len(gain)), gain), make([]float64, len(gain)+1)
		for i := len(gain) - 1; i >= 0; i-- {
			right[i] = right[i+1] + gain[i]
		}
		half, mass := (floats.Sum(before)+floats.Sum(after))/2, 0.0
		for i := range len(before) - 1 {
			flux := -left[i]
			if mass += before[i] + after[i]; mass > half {
				flux = right[i+1]
			}
			density := (before[i] + before[i+1] + after[i] + after[i+1]) / 4
			if density > 0 {
				sum += flux * flux / density * h * dt
			} else if math.Abs(flux) > 1e-12 {
				return math.Inf(1) // mass goes where there is none
			}
		}
	}
	return sum
}
