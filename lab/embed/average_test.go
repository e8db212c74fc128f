package embed

import (
	"math"
	"testing"

	"glassy/lab/rng"
)

// Against the sums; equal values stay what they are, and far from all points there
// is none.
func TestAverage(t *testing.T) {
	const n = 300
	points, values, same := make([]float64, 2*n), make([]float64, n), make([]float64, n)
	rng.Key(1).Stream().Normals(points)
	for i := range values {
		values[i], same[i] = points[2*i]+3, -1.4
	}
	for _, v := range NewAverage(points, same, 0).Values {
		if !math.IsNaN(v) && v != -1.4 {
			t.Fatalf("the average of −1.4 is %v", v)
		}
	}
	a := NewAverage(points, values, 0)
	empty := 0
	for r, v := range a.V {
		for c, u := range a.U {
			var sum, mass float64
			near := math.Inf(1)
			for i, f := range values {
				q := math.Hypot(u-points[2*i], v-points[2*i+1]) / a.Bandwidth
				near = min(near, q)
				mass += math.Exp(-q * q / 2)
				sum += f * math.Exp(-q*q/2)
			}
			got := a.Values[r*len(a.U)+c]
			switch {
			case math.IsNaN(got):
				if empty++; near < 3 {
					t.Fatalf("no value %.2f bandwidths from a point", near)
				}
			case !(math.Abs(got-sum/mass) < 1e-12):
				t.Fatalf("(%v, %v): %v, expected %v", u, v, got, sum/mass)
			}
		}
	}
	if empty == 0 {
		t.Error("a value at every node, also beyond 3 bandwidths")
	}
	defer func() {
		if r := recover(); r != "embed: NewAverage: length of points is 600, expected 2 for each of 299 values" {
			t.Errorf("panic %v", r)
		}
	}()
	NewAverage(points, values[1:], 0)
}
