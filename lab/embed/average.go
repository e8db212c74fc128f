package embed

import (
	"fmt"
	"math"
	"slices"
)

// An Average is values that are known at points of the plane, smoothed with a
// Gaussian kernel K of standard deviation h,
//
//	f(u,v) = Σ_i K_i f_i / Σ_i K_i,   K_i = exp(-((u-u_i)²+(v-v_i)²)/2h²),
//
// on a grid of nodes around the points (Nadaraya 1964, Watson 1964).
type Average struct {
	U, V      []float64 // where the nodes are along each axis: equally far, ascending
	Values    []float64 // len(V)×len(U): of node (U[a], V[b]) at b·len(U)+a; NaN beyond 3h from all points
	Bandwidth float64   // h
}

// NewAverage is the average of values at points, n×2, with that bandwidth; 0
// stands for that of [NewDensity], on whose nodes it is. It panics unless the
// points are such as NewDensity takes and there is a value for each.
func NewAverage(points, values []float64, bandwidth float64) *Average {
	if len(points) != 2*len(values) {
		panic(fmt.Sprintf("embed: NewAverage: length of points is %d, expected 2 for each of %d values", len(points), len(values)))
	}
	d := NewDensity(points, bandwidth)
	a := &Average{U: d.U, V: d.V, Bandwidth: d.Bandwidth}
	// Relative to the least value, so that equal values stay equal in rounding.
	least := slices.Min(values)
	weights := make([]float64, len(values))
	for i, v := range values {
		weights[i] = v - least
	}
	a.Values = smooth(points, weights, a.U, a.V, a.Bandwidth)
	n := float64(len(values))
	far := math.Exp(-4.5) / (2 * math.Pi * a.Bandwidth * a.Bandwidth) / n // one point's share, 3h from it
	for i, k := range smooth(points, nil, a.U, a.V, a.Bandwidth) {
		a.Values[i] = least + a.Values[i]/k
		if !(k >= far) {
			a.Values[i] = math.NaN()
		}
	}
	return a
}
