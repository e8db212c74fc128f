package spectrum

import (
	"context"
	"math"
	"slices"
	"testing"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// Residuals are error bounds: each value has an eigenvalue that near, with an
// eigenvector, and the residual squared over the gap is closer still.
func TestLanczos(t *testing.T) {
	values := mixed(400)
	n := len(values)
	for _, c := range []struct {
		t        device.DType
		rounding float64 // of the products: √n ε |A|
	}{{device.Float64, 1e-13}, {device.Float32, 2e-5}} {
		x, err := Lanczos(context.Background(), hessianOf(values, 2, c.t), Ends{Low: 3, High: 4})
		if err != nil {
			t.Fatal(err)
		}
		if x.Status != Finished || len(x.Low) != 3 || len(x.High) != 4 {
			t.Fatalf("%v: %v", c.t, x)
		}
		for i, p := range x.High {
			if d := math.Abs(p.Value - values[n-1-i]); !(d <= p.Residual+c.rounding) {
				t.Errorf("%v: largest %d is %v, off by %g, bound %g", c.t, i, p.Value, d, p.Residual)
			}
		}
		for i, p := range x.Low {
			if d := math.Abs(p.Value - values[i]); !(d <= p.Residual+c.rounding) {
				t.Errorf("%v: smallest %d is %v, off by %g, bound %g", c.t, i, p.Value, d, p.Residual)
			}
		}
		for _, p := range slices.Concat(x.Low, x.High) {
			if !(p.Residual <= x.Tolerance+c.rounding) {
				t.Errorf("%v: %v has residual %g, asked for %g", c.t, p.Value, p.Residual, x.Tolerance)
			}
			dev := p.Vector.Device()
			if l := dev.Dot(p.Vector, p.Vector); math.Abs(l-1) > 4*epsilon(c.t) {
				t.Errorf("%v: eigenvector has length² %v", c.t, l)
			}
			for _, o := range slices.Concat(x.Low, x.High) {
				if d := dev.Dot(p.Vector, o.Vector); o.Value != p.Value && math.Abs(d) > 1e3*epsilon(c.t) {
					t.Errorf("%v: eigenvectors of %v and %v have product %g", c.t, p.Value, o.Value, d)
				}
			}
		}
	}
}

// What the iteration takes the residual for is what a product shows.
func TestImpliedResiduals(t *testing.T) {
	op := hessianOf(mixed(200), 4, device.Float64)
	x, err := Lanczos(context.Background(), op, Ends{Low: 3, High: 3, MaxSteps: 25})
	if err != nil || x.Status != Limited {
		t.Fatal(x, err)
	}
	implied := x.Low[2].Residual
	k := newKrylov(&op, 0)
	x.measure(k)
	if got := x.Low[2].Residual; !(implied > 1e-6) || math.Abs(got-implied) > 1e-9*implied+1e-13 {
		t.Errorf("residual %v, implied %v", got, implied)
	}
}

// A space that products from the start cannot leave is left by a new start: the
// eigenvalue of all directions of the identity comes out as often as asked for.
func TestInvariantSpaces(t *testing.T) {
	identity := operatorOf(30, func(v, av []float64) { copy(av, v) })
	x, err := Lanczos(context.Background(), identity, Ends{Low: 2, High: 3})
	if err != nil || x.Status != Finished || x.Steps < 5 {
		t.Fatal(x, err)
	}
	for _, p := range slices.Concat(x.Low, x.High) {
		if math.Abs(p.Value-1) > 1e-15 || p.Residual > 1e-14 {
			t.Errorf("eigenvalue %v ± %v of the identity", p.Value, p.Residual)
		}
	}
	zero := operatorOf(30, func(_, av []float64) { clear(av) })
	if x, err := Lanczos(context.Background(), zero, Ends{High: 1}); err != nil || x.High[0].Value != 0 {
		t.Error(x, err)
	}
	q, err := Quadrature(context.Background(), identity, Probes{Count: 2})
	if err != nil || len(q.Rules[0].Nodes) != 1 || !q.Rules[0].Exact || q.Trace().Value != 30 {
		t.Errorf("quadrature of the identity: %v, %v", q, err)
	}

	// Three values, one of them of multiplicity 1: the whole space all the same.
	op := hessianOf(slices.Concat([]float64{-5}, slices.Repeat([]float64{1}, 10), slices.Repeat([]float64{2}, 9)), 6, device.Float64)
	x, err = Lanczos(context.Background(), op, Ends{Low: 4, High: 16})
	if err != nil || x.Status != Finished || x.Steps != 20 {
		t.Fatal(x, err)
	}
	var got []float64
	for _, p := range slices.Concat(x.Low, x.High) {
		got = append(got, p.Value)
	}
	slices.Sort(got)
	want := slices.Concat([]float64{-5}, slices.Repeat([]float64{1}, 10), slices.Repeat([]float64{2}, 9))
	if d := distance(got, want); !(d <= 1e-12) {
		t.Errorf("eigenvalues %v", got)
	}
	one, err := Lanczos(context.Background(), operatorOf(1, func(v, av []float64) { av[0] = -3 * v[0] }), Ends{Low: 1})
	if err != nil || math.Abs(one.Low[0].Value+3) > 1e-15 {
		t.Error(one, err)
	}
}

// The basis stays orthonormal to rounding, which without re-orthogonalisation it
// does not once the outlier has converged.
func TestOrthogonality(t *testing.T) {
	for _, dtype := range []device.DType{device.Float64, device.Float32} {
		op := hessianOf(mixed(300), 8, dtype)
		k := newKrylov(&op, 9)
		k.random()
		for range 120 {
			if _, err := k.step(); err != nil {
				t.Fatal(err)
			}
		}
		worst := 0.0
		for i := range k.rows {
			for j := range i + 1 {
				dot := k.dev.Dot(k.row(i), k.row(j))
				if i == j {
					dot--
				}
				worst = max(worst, math.Abs(dot))
			}
		}
		if !(worst < 50*epsilon(dtype)) {
			t.Errorf("%v: rows are off orthonormal by %g", dtype, worst)
		}
	}
}

// m steps integrate polynomials of degree 2m-1 exactly, and not of degree 2m.
func TestGaussRule(t *testing.T) {
	values := make([]float64, 50)
	for i := range values {
		values[i] = -1 + 2*float64(i*i)/2401
	}
	op := hessianOf(values, 7, device.Float64)
	for _, m := range []int{1, 2, 5, 12} {
		k := newKrylov(&op, rng.Key(uint64(m)))
		k.random()
		v := k.row(0).Clone()
		for range m {
			if _, err := k.step(); err != nil {
				t.Fatal(err)
			}
		}
		nodes, s, err := k.ritz()
		if err != nil {
			t.Fatal(err)
		}
		power, next := v.Clone(), v.New()
		for degree := 0; degree <= 2*m; degree++ {
			want, got := k.dev.Dot(v, power), 0.0
			for i, θ := range nodes {
				got += s[i*m] * s[i*m] * math.Pow(θ, float64(degree))
			}
			off := math.Abs(got - want)
			if degree < 2*m && !(off < 1e-13) {
				t.Errorf("m = %d: λ^%d integrates to %v, expected %v", m, degree, got, want)
			}
			// The error is the product of all β², at least 4^-m or so for a spectrum on [-1, 1].
			if degree == 2*m && !(off > math.Pow(8, -float64(m))) {
				t.Errorf("m = %d: λ^%d is off by %g only: the test proves nothing", m, degree, off)
			}
			op.Apply(power, next)
			power, next = next, power
		}
	}
}
