package embed

import (
	"math"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// spread is the standard deviation of a map at the start, along its first axis:
// so small that forces are linear and the map unfolds from its coarse shape.
const spread = 1e-4

// principal is the projection of the n points x on their two principal axes, n×2,
// scaled to a standard deviation of spread along the first, with noise of a
// hundredth of that: copies of a point must not stay on each other. Points that
// do not vary start at noise alone. An axis points to where the third moment is
// positive, so that turned points start the same.
func principal(dev device.Device, x []float64, n int, key rng.Key) ([]float64, error) {
	d := len(x) / n
	x = less(x, meanOf(x, n))
	covariance := make([]float64, d*d)
	dev.Gemm(true, false, d, d, n, 1/float64(n), device.Of(x), d, device.Of(x), d, 0, device.Of(covariance), d)
	values := make([]float64, d)
	if err := dev.SymEigen(d, device.Of(covariance), device.Of(values), true); err != nil {
		return nil, err
	}
	y := random(n, spread/100, key)
	largest := values[d-1]
	if !(largest > 0) {
		return random(n, spread, key), nil
	}
	projected := make([]float64, n)
	for axis := range min(2, d) {
		v := covariance[(d-1-axis)*d : (d-axis)*d]
		third := 0.
		for i := range projected {
			s := 0.
			for j, w := range v {
				s += w * x[i*d+j]
			}
			projected[i] = s
			third += s * s * s
		}
		scale := math.Copysign(spread/math.Sqrt(largest), third)
		for i, s := range projected {
			y[2*i+axis] += scale * s
		}
	}
	return y, nil
}

// random is n normal points of that standard deviation.
func random(n int, deviation float64, key rng.Key) []float64 {
	y := make([]float64, 2*n)
	key.Normals(0, y)
	for i := range y {
		y[i] *= deviation
	}
	return y
}
