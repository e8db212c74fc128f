package embed

import (
	"math"
	"testing"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// disc is n points, uniform in a disc.
func disc(n int, radius float64, key rng.Key) []float64 {
	y, s := make([]float64, 2*n), key.Stream()
	for i := range n {
		r, a := radius*math.Sqrt(s.Float64()), 2*math.Pi*s.Float64()
		y[2*i], y[2*i+1] = r*math.Cos(a), r*math.Sin(a)
	}
	return y
}

// direct is the definition of what a grid computes.
func direct(y, gradient []float64) float64 {
	total := 0.
	for i := 0; i < len(y); i += 2 {
		gradient[i], gradient[i+1] = 0, 0
		for j := 0; j < len(y); j += 2 {
			du, dv := y[i]-y[j], y[i+1]-y[j+1]
			q := 1 / (1 + du*du + dv*dv)
			total += q
			gradient[i] -= 2 * q * q * du
			gradient[i+1] -= 2 * q * q * dv
		}
	}
	return total
}

func distanceOf(x, y []float64) float64 { return math.Sqrt(distance(x, y)) }

func norm(x []float64) float64 { return math.Sqrt(distance(x, make([]float64, len(x)))) }

// gridErrors is the error of the gradient, relative, and of the sum, with that step.
func gridErrors(y []float64, step float64) (gradient, sum float64) {
	got, want := make([]float64, len(y)), make([]float64, len(y))
	g := &grid{dev: device.CPU()}
	lo, hi := bounds(y)
	g.resize((int((hi[0]-lo[0])/step) + margin + 8) / 8 * 8)
	g.step = step
	g.transformKernel()
	at := frame{1 / step, 3 - lo[0]/step, 3 - lo[1]/step}
	g.spread(at, y)
	g.convolve()
	phi := make([]float64, len(y)/2)
	g.read(at, y, phi, got)
	z := 0.
	for _, v := range phi {
		z += v
	}
	exact := direct(y, want)
	return distanceOf(got, want) / norm(want), math.Abs(z/exact - 1)
}

func TestSplines(t *testing.T) {
	for _, f := range []float64{0, .1, .5, .77, 1 - 1e-9} {
		var w, up, down, slope [support]float64
		spline(f, &w)
		slopes(f, &slope)
		const h = 1e-5
		spline(f+h, &up)
		spline(f-h, &down)
		sum, first := 0., 0.
		for k, v := range w {
			sum += v
			first += v * float64(k-2)
			if d := (up[k] - down[k]) / (2 * h); math.Abs(d-slope[k]) > 1e-9 { // h² of a third derivative of order 1
				t.Errorf("at %g: slope %d is %g, the difference %g", f, k, slope[k], d)
			}
		}
		if math.Abs(sum-1) > 1e-14 || math.Abs(first-f) > 1e-14 {
			t.Errorf("at %g: sum %g, mean %g, expected 1 and the place", f, sum, first)
		}
	}
	var w [support]float64
	spline(0, &w)
	for _, omega := range []float64{0, 1, 2, math.Pi} {
		want := w[2] + 2*w[3]*math.Cos(omega) + 2*w[4]*math.Cos(2*omega)
		if got := splineTransform(math.Cos(omega)); math.Abs(got-want) > 1e-15 {
			t.Errorf("transform at %g is %g, expected %g", omega, got, want)
		}
	}
}

// Below a step of 0.5 the error falls at least as the fourth power of the step;
// at 0.5 it is what the documentation says.
func TestGridError(t *testing.T) {
	y := disc(2000, 30, 1)
	g1, z1 := gridErrors(y, coarsest)
	g2, z2 := gridErrors(y, coarsest/2)
	if g1 > .03 || z1 > 6e-4 {
		t.Errorf("at the coarsest step the gradient is off by %.1e and the sum by %.1e", g1, z1)
	}
	if order := math.Log2(g1 / g2); order < 4 {
		t.Errorf("gradient off by %.1e and %.1e at half the step: order %.1f, expected at least 4", g1, g2, order)
	}
	if order := math.Log2(z1 / z2); order < 4 {
		t.Errorf("sum off by %.1e and %.1e at half the step: order %.1f, expected at least 4", z1, z2, order)
	}
}

// From points on each other to a map of usual extent, on one grid after another.
func TestGridExtents(t *testing.T) {
	g := &grid{dev: device.CPU()}
	for _, c := range []struct{ radius, gradient float64 }{
		{20, .03}, {5, 1e-4}, {.1, 1e-6}, {1e-4, 1e-5}, // the last is rounding: φ varies by 1e-8 of itself
	} {
		y := disc(500, c.radius, 2)
		got, want := make([]float64, len(y)), make([]float64, len(y))
		z, exact := g.potential(y, got), direct(y, want)
		if e := distanceOf(got, want) / norm(want); !(e < c.gradient) {
			t.Errorf("radius %g: gradient off by %.1e, expected at most %.1e", c.radius, e, c.gradient)
		}
		if e := math.Abs(z/exact - 1); !(e < 2e-3) {
			t.Errorf("radius %g: sum off by %.1e", c.radius, e)
		}
	}
	got := make([]float64, 6)
	if z := g.potential([]float64{3, 4, 3, 4, 3, 4}, got); math.Abs(z-9) > 1e-9 || norm(got) > 1e-6 {
		t.Errorf("three points in one: sum %g, gradient %v, expected 9 and none", z, got)
	}
	// A map too large for the finest grid gets a coarser one.
	wide := disc(300, 2000, 3)
	if g.potential(wide, make([]float64, len(wide))); g.m > largest+2*margin || g.step < 2 {
		t.Errorf("%d nodes a step of %g apart for an extent of 4000", g.m, g.step)
	}
}

// What is read is the gradient of what is summed: Σφ is symmetric in the points
// that spread and that read.
func TestGridGradient(t *testing.T) {
	y := append(disc(100, 5, 4), -9, -9, 9, 9) // the corners hold the grid in place
	g := &grid{dev: device.CPU()}
	gradient, other := make([]float64, len(y)), make([]float64, len(y))
	g.potential(y, gradient)
	for c := range 20 {
		const h = 1e-4
		at := y[c]
		y[c] = at + h
		up := g.potential(y, other)
		y[c] = at - h
		down := g.potential(y, other)
		y[c] = at
		if d := (up - down) / (2 * h) / 2; math.Abs(d-gradient[c]) > 1e-6 { // h² of a third derivative of about 100
			t.Errorf("component %d is %g, the difference %g", c, gradient[c], d)
		}
	}
}
