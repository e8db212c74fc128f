package spectrum

import (
	"context"
	"math"
	"strings"
	"testing"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// kept is a form whose value is right only where it was refreshed.
type kept struct {
	*form
	at *device.Vector
}

func (k kept) Copy() landscape.Landscape { return kept{k.form, new(device.Vector)} }
func (k kept) Restart()                  {}
func (k kept) Refresh(x device.Vector)   { *k.at = x.Clone() }
func (k kept) Value(x device.Vector) float64 {
	if !x.Device().Equal(x, *k.at) {
		return math.NaN()
	}
	return k.form.Value(x)
}

// Along a line and over a plane a quadratic form is its polynomial.
func TestSurface(t *testing.T) {
	f := newForm(device.CPU(), device.Float64, rotated(mixed(12), 5))
	x, u, v := f.New(), f.New(), f.New()
	for i, w := range []device.Vector{x, u, v} {
		w.Device().Normal(uint64(i), 0, 0, 1, w)
	}
	form := func(a, b device.Vector) float64 {
		ab := f.New()
		f.HessianVector(x, a, ab)
		return ab.Device().Dot(ab, b)
	}
	A, B := []float64{-1, 0, 2}, []float64{-3, 1}
	for name, landscape := range map[string]landscape.Landscape{"plain": f, "stateful": kept{f, new(device.Vector)}} {
		s := Plane(context.Background(), landscape, x, u, v, A, B)
		for j, b := range B {
			for i, a := range A {
				want := form(x, x)/2 + a*form(x, u) + b*form(x, v) + a*a*form(u, u)/2 + a*b*form(u, v) + b*b*form(v, v)/2
				if got := s.Values[j*len(A)+i]; math.Abs(got-want) > 1e-11 {
					t.Errorf("%s: at (%v, %v) %v, expected %v", name, a, b, got, want)
				}
			}
		}
		line := Line(context.Background(), landscape, x, u, A)
		for i, a := range A {
			if want := form(x, x)/2 + a*form(x, u) + a*a*form(u, u)/2; math.Abs(line.Values[i]-want) > 1e-11 {
				t.Errorf("%s: at %v %v, expected %v", name, a, line.Values[i], want)
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if s := Line(ctx, f, x, u, A); s.Status != Stopped || !math.IsNaN(s.Values[0]) || !strings.Contains(s.String(), "no values, stopped") {
		t.Errorf("stopped: %v", s)
	}
	wantPanic(t, "a vector of 1 numbers", func() { Line(ctx, f, x, device.Of([]float64{1}), A) })
	wantPanic(t, "a is empty", func() { Line(ctx, f, x, u, nil) })
	wantPanic(t, "b is empty", func() { Plane(ctx, f, x, u, v, A, nil) })
}

// Filters are as long in the direction as in x, wherever it is scaled.
func TestDirection(t *testing.T) {
	x := device.Of([]float64{3, 4, 7, 0, 5, 12, 1})
	u := device.Read[float64](Direction(x, [][2]int{{0, 2}, {4, 6}}, 1))
	if math.Abs(math.Hypot(u[0], u[1])-5) > 1e-14 || math.Abs(math.Hypot(u[4], u[5])-13) > 1e-14 || u[2] != 0 || u[3] != 0 || u[6] != 0 {
		t.Errorf("direction %v, expected filters of length 5 and 13 alone", u)
	}
	whole := Direction(x, nil, 1)
	if got, want := x.Device().Dot(whole, whole), x.Device().Dot(x, x); math.Abs(got-want) > 1e-12 {
		t.Errorf("squared length %v, expected %v", got, want)
	}
	wantPanic(t, "a filter is 5..9", func() { Direction(x, [][2]int{{5, 9}}, 1) })
}

// A spiral in a plane of R^50, about its end, with a little noise off it.
func TestTrajectoryAxes(t *testing.T) {
	const n, d = 40, 50
	for _, dtype := range []device.DType{device.Float64, device.Float32} {
		p, q := make([]float64, d), make([]float64, d)
		p[3], p[4], q[10] = 0.6, 0.8, 1
		var points []device.Vector
		for i := range n {
			r := 1 - float64(i)/(n-1)
			a, b := 5*r*math.Cos(6*r), 2*r*math.Sin(6*r)
			x := make([]float64, d)
			for j := range x {
				x[j] = 1 + a*p[j] + b*q[j]
			}
			points = append(points, device.Put(device.CPU(), dtype, x))
		}
		axes, err := TrajectoryAxes(points)
		if err != nil {
			t.Fatal(err)
		}
		dev, tol := device.CPU(), 1e-10
		if dtype == device.Float32 {
			tol = 1e-4
		}
		if s := axes.Shares; math.Abs(s[0]+s[1]-1) > tol || s[0] < s[1] {
			t.Errorf("shares %v, expected all of it in two", s)
		}
		for name, dot := range map[string]float64{"u·v": dev.Dot(axes.U, axes.V), "u·u-1": dev.Dot(axes.U, axes.U) - 1, "v·v-1": dev.Dot(axes.V, axes.V) - 1} {
			if math.Abs(dot) > tol {
				t.Errorf("%v: %s is %g", dtype, name, dot)
			}
		}
		// The points are where their coordinates say.
		for i, x := range points {
			x = x.Clone()
			dev.Axpy(-1, points[n-1], x)
			dev.Axpy(-axes.A[i], axes.U, x)
			dev.Axpy(-axes.B[i], axes.V, x)
			if off := dev.MaxAbs(x); off > 10*tol {
				t.Errorf("%v: point %d is off the plane by %g", dtype, i, off)
			}
		}
	}
	line := []device.Vector{device.Of([]float64{1, 1}), device.Of([]float64{2, 2}), device.Of([]float64{4, 4})}
	if _, err := TrajectoryAxes(line); err == nil || !strings.Contains(err.Error(), "do not span a plane") {
		t.Errorf("error %v, expected one of a line", err)
	}
	wantPanic(t, "2 points", func() { _, _ = TrajectoryAxes(line[:2]) })
}
