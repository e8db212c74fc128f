package spectrum

import (
	"context"
	"math"
	"strings"
	"testing"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// wigner is a matrix of the Gaussian orthogonal ensemble whose spectrum fills
// [-2, 2] as n → ∞.
func wigner(n int, key rng.Key) []float64 {
	a, s := make([]float64, n*n), key.Stream()
	for i := range n {
		for j := range i + 1 {
			v := s.Normal() / math.Sqrt(float64(n))
			if i == j {
				v *= math.Sqrt2
			}
			a[i*n+j], a[j*n+i] = v, v
		}
	}
	return a
}

// semicircle is the share of the law of Wigner that is at most x.
func semicircle(x float64) float64 {
	x = max(-2, min(2, x))
	return 0.5 + x*math.Sqrt(4-x*x)/(4*math.Pi) + math.Asin(x/2)/math.Pi
}

// The error bar of the trace is what its scatter shows, and covers: in 95 % of
// trials, of which 300 leave 1.3 % to chance.
func TestTraceError(t *testing.T) {
	values := mixed(40)
	want := 0.0
	for _, v := range values {
		want += v
	}
	op := hessianOf(values, 3, device.Float64)
	const trials = 300
	covered, square, bar := 0, 0.0, 0.0
	for seed := range trials {
		q, err := Quadrature(context.Background(), op, Probes{Count: 5, Steps: 5, Seed: uint64(seed)})
		if err != nil {
			t.Fatal(err)
		}
		e := q.Trace()
		if e.Low <= want && want <= e.High {
			covered++
		}
		square += (e.Value - want) * (e.Value - want) / trials
		bar += e.Error / trials
	}
	if got := float64(covered) / trials; got < 0.90 || got > 0.985 {
		t.Errorf("the interval covers in %.1f %% of trials, expected 95", 100*got)
	}
	// The scatter of a standard deviation over 300 trials is 4 %; the bar's own
	// mean lies below, by Jensen's inequality.
	if ratio := math.Sqrt(square) / bar; ratio < 0.88 || ratio > 1.15 {
		t.Errorf("errors scatter by %.3f bars, expected 1", ratio)
	}
}

// The formula of the error bar itself: the variance of vᵀAv is 2/(n+2) that of
// the eigenvalues. 2,000 probes tell it to 3 %.
func TestVarianceOfProbes(t *testing.T) {
	values := mixed(12)
	op := hessianOf(values, 3, device.Float64)
	q, err := Quadrature(context.Background(), op, Probes{Count: 2000, Steps: 1})
	if err != nil {
		t.Fatal(err)
	}
	mean, variance := 0.0, 0.0
	for _, v := range values {
		mean += v / 12
	}
	for _, v := range values {
		variance += (v - mean) * (v - mean) / 12
	}
	got := 0.0
	for _, r := range q.Rules {
		got += (r.Nodes[0] - mean) * (r.Nodes[0] - mean) / 2000
	}
	if want := variance * 2 / 14; math.Abs(got/want-1) > 0.12 {
		t.Errorf("vᵀAv has variance %v, expected %v", got, want)
	}
}

// A Wigner matrix: its law is the semicircle, exactly up to 1/n (rigidity), and
// by probes up to their error bars. The band of the cumulative covers the truth.
func TestSemicircle(t *testing.T) {
	const n = 400
	f := newForm(device.CPU(), device.Float64, wigner(n, 1))
	op := Hessian(f, f.New())
	e, err := Exact(context.Background(), op, false)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range e.Values {
		if d := math.Abs((float64(i)+0.5)/n - semicircle(x)); d > 5.0/n {
			t.Fatalf("eigenvalue %d is %v, where the semicircle has a share of %v", i, x, semicircle(x))
		}
	}
	q, err := Quadrature(context.Background(), op, Probes{Count: 10, Steps: 40})
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float64, 200)
	for i := range x {
		x[i] = -2.2 + 4.4*float64(i)/199
	}
	truth, c := e.Cumulative(x), q.Cumulative(x)
	for i := range x {
		if truth.Y[i] < c.Low[i] || truth.Y[i] > c.High[i] {
			t.Errorf("at most %.2f: share %v, outside of %v..%v", x[i], truth.Y[i], c.Low[i], c.High[i])
		}
		if w := c.High[i] - c.Low[i]; w > 0.16 { // two nodes of 40, 0.05 each, and the error bars, ±0.022
			t.Errorf("at most %.2f: the band is %v wide", x[i], w)
		}
		if math.Abs(c.Y[i]-truth.Y[i]) > 0.03 {
			t.Errorf("at most %.2f: share %v, expected %v", x[i], c.Y[i], truth.Y[i])
		}
	}
	for k, want := range []float64{1, 0, 1, 0, 2, 0, 5} { // Catalan numbers, up to 1/n
		if got, exact := q.Moment(k), e.Moment(k); math.Abs(exact.Value-want) > 0.12 || math.Abs(got.Value-exact.Value) > 4*got.Error+1e-12 {
			t.Errorf("moment %d is %v, exactly %v, as n → ∞ %v", k, got, exact, want)
		}
	}
	for _, l := range []*Law{&q.Law, &e.Law} {
		d := l.Density(Smoothing{})
		area, h, worst := 0.0, d.X[1]-d.X[0], 0.0
		for i, x := range d.X {
			area += h * d.Y[i]
			if math.Abs(x) < 1.7 { // away from the edges, where the kernel rounds them off
				worst = max(worst, math.Abs(d.Y[i]-math.Sqrt(4-x*x)/(2*math.Pi)))
			}
			if d.Low[i] > d.Y[i] || d.High[i] < d.Y[i] {
				t.Fatalf("at %v the band %v..%v leaves out %v", x, d.Low[i], d.High[i], d.Y[i])
			}
		}
		if math.Abs(area-1) > 0.003 { // three bandwidths
			t.Errorf("the density's area is %v", area)
		}
		if worst > 0.08 {
			t.Errorf("the density is off the semicircle by %v", worst)
		}
	}
}

// Most eigenvalues near zero: the case of networks. Shares, on a logarithmic
// scale, and the trace, from ten probes.
func TestNearZero(t *testing.T) {
	values := make([]float64, 500)
	for i := range values {
		switch {
		case i < 470:
			values[i] = 1e-7 * (float64(i) - 200)
		case i < 495:
			values[i] = 0.05 + 0.01*float64(i-470)
		default:
			values[i] = 10 + 5*float64(i-495)
		}
	}
	op := hessianOf(values, 11, device.Float64)
	q, err := Quadrature(context.Background(), op, Probes{Steps: 60})
	if err != nil {
		t.Fatal(err)
	}
	near := q.Near(1e-4)
	if math.Abs(near.Value-0.94) > 3*near.Error || near.Error > 0.01 || near.Low > 0.94 || near.High < 0.94 {
		t.Errorf("share near zero %+v, expected 0.94", near)
	}
	sizes := []float64{1e-8, 1e-6, 1e-5, 1e-4, 1e-2, 1, 100}
	e, err := Exact(context.Background(), op, false)
	if err != nil {
		t.Fatal(err)
	}
	truth, c := e.CumulativeNear(sizes), q.CumulativeNear(sizes)
	for i := range sizes {
		if truth.Y[i] < c.Low[i] || truth.Y[i] > c.High[i] {
			t.Errorf("|λ| ≤ %g: share %v, outside of %v..%v", sizes[i], truth.Y[i], c.Low[i], c.High[i])
		}
	}
	for _, c := range []struct{ share, want, most float64 }{{0.002, 0, 1e-4}, {0.5, 1.25e-5, 1e-4}, {0.92, 2.59e-5, 1e-4}, {0.96, 0.14, 1}, {1, 30, math.Inf(1)}} {
		if low, high := e.Radius(c.share); math.Abs(low-c.want) > 1e-12 || high != low {
			t.Errorf("%v of |λ| are within %v..%v, expected %v", c.share, low, high, c.want)
		}
		if low, high := q.Radius(c.share); !(low <= c.want && c.want <= high && high <= c.most) {
			t.Errorf("%v of |λ|, by probes, are within %v..%v, expected %v between", c.share, low, high, c.want)
		}
	}
	d := q.LogDensity(Smoothing{Bandwidth: 0.1})
	area, small := 0.0, 0.0
	for i, x := range d.X {
		area += d.Y[i] * (d.X[1] - d.X[0])
		if x < -4 {
			small += d.Y[i] * (d.X[1] - d.X[0])
		}
	}
	if math.Abs(area-1) > 0.005 || math.Abs(small-0.94) > 0.03 {
		t.Errorf("the logarithmic density has area %v, %v of it below 1e-4", area, small)
	}
	low, high := q.Range()
	if math.Abs(high-30) > 1e-6 || low > 0 || !strings.Contains(q.String(), "500 eigenvalues, seen by 10 probes of 60 nodes: from ") {
		t.Errorf("%v", q)
	}
	wantPanic(t, "expected low ≤ high", func() { q.Share(1, 0) })
	wantPanic(t, "Radius: share, 1.1", func() { q.Radius(1.1) })
	wantPanic(t, "Points is 1", func() { q.Density(Smoothing{Points: 1}) })
}
