package embed

import (
	"math"
	"testing"

	"glassy/lab/rng"
)

// sum is the definition.
func sum(points []float64, h, u, v float64) float64 {
	total := 0.
	for i := 0; i < len(points); i += 2 {
		du, dv := (u-points[i])/h, (v-points[i+1])/h
		total += math.Exp(-(du*du + dv*dv) / 2)
	}
	return total / (float64(len(points)/2) * 2 * math.Pi * h * h)
}

func TestDensity(t *testing.T) {
	const n = 3000 // more than one piece
	points := make([]float64, 2*n)
	rng.Key(1).Normals(0, points)
	for i := 0; i < 2*n; i += 2 {
		points[i] = 5 + 3*points[i]
	}
	for _, h := range []float64{0, 1} {
		d := NewDensity(points, h)
		if h == 0 {
			// The variances are 9 and 1, to their errors of √(2/n).
			if want := math.Sqrt(5) * math.Pow(n, -1./6); math.Abs(d.Bandwidth/want-1) > .05 {
				t.Errorf("bandwidth %g, expected about %g", d.Bandwidth, want)
			}
		}
		total := 0.
		for a, u := range d.U {
			for b, v := range d.V {
				value := d.Values[b*len(d.U)+a]
				total += value
				if (a*len(d.V)+b)%997 == 0 {
					if want := sum(points, d.Bandwidth, u, v); math.Abs(value-want) > 1e-13 {
						t.Errorf("the density at (%g, %g) is %g, expected %g", u, v, value, want)
					}
				}
			}
		}
		// Sums of smooth functions over a grid are integrals; 5 bandwidths of a tail
		// hold 6e-7.
		if total *= (d.U[1] - d.U[0]) * (d.V[1] - d.V[0]); math.Abs(total-1) > 2e-6 {
			t.Errorf("the integral is %.9g, expected 1", total)
		}
		for i, got := range d.At(points[:200]) {
			if want := sum(points, d.Bandwidth, points[2*i], points[2*i+1]); math.Abs(got-want) > 1e-3*d.Peak() {
				t.Errorf("the density at point %d is %g, expected %g", i, got, want)
			}
		}
	}
}

func TestDensityOfOnePoint(t *testing.T) {
	d := NewDensity([]float64{3, 4}, 0)
	if d.Bandwidth != 1 {
		t.Errorf("bandwidth %g, expected 1", d.Bandwidth)
	}
	at := d.At([]float64{3, 4, 4, 4, 100, 4})
	for i, want := range []float64{1 / (2 * math.Pi), math.Exp(-.5) / (2 * math.Pi), 0} {
		if math.Abs(at[i]-want) > 1e-3/(2*math.Pi) {
			t.Errorf("the density is %v, expected %g at %d", at, want, i)
		}
	}
	if columns, rows := d.Dims(); columns != 41 || rows != 41 || d.X(20) != 3 || d.Y(20) != 4 || d.Z(20, 20) != d.Peak() {
		t.Errorf("%v, peak at (%g, %g)", d, d.X(20), d.Y(20))
	}
}
