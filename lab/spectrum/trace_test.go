package spectrum

import (
	"context"
	"math"
	"strings"
	"testing"

	"glassy/lab/device"
)

// The traces' intervals cover, and their errors are a fraction of those of as many
// products of Hutchinson's, where a few eigenvalues stand out.
func TestTraces(t *testing.T) {
	values := make([]float64, 200)
	trace, square := 0.0, 0.0
	for i := range values {
		values[i] = 3 * math.Exp(-float64(i)/6)
		if i%5 == 1 {
			values[i] *= -1
		}
		trace += values[i]
		square += values[i] * values[i]
	}
	op := hessianOf(values, 3, device.Float64)
	const trials = 100
	covered, scatter, bar := 0, 0.0, 0.0
	for seed := range trials {
		x, err := Trace(context.Background(), op, Probes{Count: 20, Seed: uint64(seed)})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			e    Estimate
			want float64
		}{{x.Trace, trace}, {x.Square, square}} {
			if c.e.Low <= c.want && c.want <= c.e.High {
				covered++
			}
		}
		scatter += (x.Trace.Value - trace) * (x.Trace.Value - trace) / trials
		bar += x.Trace.Error / trials
		if x.Steps != 40 || x.Status != Finished || x.Norm().Value != math.Sqrt(x.Square.Value) {
			t.Fatal(x)
		}
	}
	if got := float64(covered) / (2 * trials); got < 0.90 {
		t.Errorf("the intervals cover in %.1f %% of trials, expected 95", 100*got)
	}
	if ratio := bar / math.Sqrt(scatter); ratio < 0.8 || ratio > 1.6 {
		t.Errorf("the error bar is %.2f of the scatter", ratio)
	}
	// Hutchinson's estimate of 40 products on the sphere has the deviation
	// n √(2/(n+2) Var λ / 40).
	n := float64(len(values))
	hutchinson := n * math.Sqrt(2/(n+2)*(square/n-trace*trace/n/n)/40)
	if got := math.Sqrt(scatter); got > hutchinson/8 {
		t.Errorf("the trace scatters by %.3g, Hutchinson's by %.3g", got, hutchinson)
	}
}

// An operator of low rank is exhausted; so is a small space, and one on a sphere.
func TestTracesExact(t *testing.T) {
	low := make([]float64, 100)
	low[0], low[7], low[50] = 4, -1, 2
	sphere := hessianOf([]float64{9, 1, 2, 3}, 2, device.Float64)
	sphere.Normal = device.Of([]float64{0.5, -0.5, 0.5, 0.5})
	e, err := Exact(context.Background(), sphere, false)
	if err != nil {
		t.Fatal(err)
	}
	square := e.Moment(2).Value * 3
	for _, c := range []struct {
		op                    Operator
		trace, square, bounds float64
		products              int
	}{
		{hessianOf(low, 1, device.Float64), 5, 21, 1e-12, 7},
		{hessianOf(low, 1, device.Float32), 5, 21, 1e-4, 7},
		{hessianOf([]float64{1, 2, 4}, 1, device.Float64), 7, 21, 1e-13, 6},
		{sphere, e.Trace().Value, square, 1e-12, 6},
	} {
		x, err := Trace(context.Background(), c.op, Probes{})
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(x.Trace.Value-c.trace) > c.bounds || math.Abs(x.Square.Value-c.square) > 10*c.bounds || x.Trace.Error != 0 || x.Steps != c.products {
			t.Errorf("%v, square %v, after %d products; expected %v and %v after %d", x, x.Square, x.Steps, c.trace, c.square, c.products)
		}
	}
}

func TestTracesStop(t *testing.T) {
	op := hessianOf(mixed(80), 3, device.Float64)
	ctx, a := stopping(op, 21)
	x, err := Trace(ctx, a, Probes{Count: 30})
	if err != nil || x.Status != Stopped || x.Steps != 22 || !(x.Trace.Error > 0) {
		t.Errorf("stopped: %v, %v", x, err)
	}
	ctx, a = stopping(op, 1)
	if x, err := Trace(ctx, a, Probes{}); err != nil || !math.IsNaN(x.Trace.Value) || x.Steps != 2 {
		t.Errorf("stopped in the first pair: %v, %v", x, err)
	}
	bad := operatorOf(20, func(v, av []float64) { av[3] = math.NaN() })
	if _, err := Trace(context.Background(), bad, Probes{}); err == nil || !strings.Contains(err.Error(), "not finite") {
		t.Errorf("error %v, expected one of NaN", err)
	}
	turn := operatorOf(20, func(v, av []float64) {
		for i := range v {
			av[i] = v[(i+1)%20]
		}
	})
	if _, err := Trace(context.Background(), turn, Probes{}); err == nil || !strings.Contains(err.Error(), "not symmetric") {
		t.Errorf("error %v, expected one of symmetry", err)
	}
	wantPanic(t, "Count is 1", func() { _, _ = Trace(context.Background(), op, Probes{Count: 1}) })
}

// A block has the eigenvalues of that part of the matrix.
func TestBlock(t *testing.T) {
	values := mixed(30)
	a := rotated(values, 4)
	f := newForm(device.CPU(), device.Float64, a)
	const from, to = 7, 19
	part := make([]float64, 0, (to-from)*(to-from))
	for i := from; i < to; i++ {
		part = append(part, a[i*30+from:i*30+to]...)
	}
	g := newForm(device.CPU(), device.Float64, part)
	want, err := Exact(context.Background(), Hessian(g, g.New()), false)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Exact(context.Background(), Block(Hessian(f, f.New()), "middle", from, to), false)
	if err != nil || distance(got.Values, want.Values) > 1e-13 || got.Name != "middle of the Hessian of a quadratic form" {
		t.Errorf("%v, %v, expected %v", got, err, want)
	}
	wantPanic(t, "coordinates 7..7", func() { Block(Hessian(f, f.New()), "none", 7, 7) })
	wantPanic(t, "has a Normal", func() {
		op := Hessian(f, f.New())
		op.Normal = device.Of(append([]float64{1}, make([]float64, 29)...))
		Block(op, "part", 0, 1)
	})
}
