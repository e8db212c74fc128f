package net

import (
	"math"
	"testing"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// The exact Fisher diagonal is that of the Gauss-Newton matrix, of a text
// divided by its positions.
func TestExactFisherIsGaussNewton(t *testing.T) {
	for _, a := range cases {
		if a.Dim() > 120 {
			continue // one Gauss-Newton product for each parameter
		}
		l, x, _ := lossOf(t, a, 5)
		l.chunk = 3
		fisher, e, ge := l.New(), l.New(), l.New()
		l.FisherDiagonal(x, ExactFisher, 0, fisher)
		got, unit := device.Host[float64](fisher), device.Host[float64](e)
		for i := range unit {
			unit[i] = 1
			l.GaussNewtonVector(x, e, ge)
			unit[i] = 0
			want := device.Host[float64](ge)[i] / float64(l.feed.positions())
			if math.Abs(got[i]-want) > 1e-13+1e-11*want {
				t.Errorf("%s: number %d of the diagonal is %v, Gauss-Newton %v", a.Name, i, got[i], want)
			}
		}
	}
}

// The empirical Fisher diagonal is the mean of the squared rows.
func TestEmpiricalFisher(t *testing.T) {
	for _, a := range cases {
		l, x, _ := lossOf(t, a, 5)
		l.chunk = 2
		got, row, want := l.New(), l.New(), l.New()
		l.FisherDiagonal(x, EmpiricalFisher, 0, got)
		for k := range l.Samples() {
			l.SampleGradients(x, []int{k}).Rows(0, 1, row)
			row.Device().MultiplyAdd(row, row, want)
		}
		want.Device().Scale(1/float64(l.Samples()), want)
		if d := distance(got, want); d > 1e-12 {
			t.Errorf("%s: differs from the rows' squares by %.2g", a.Name, d)
		}
	}
}

// The mean of sampled Fisher diagonals comes to the exact one: within five
// standard errors of the trace.
func TestSampledFisher(t *testing.T) {
	l, x, _ := lossOf(t, cases[2], 5)
	exact, sampled := l.New(), l.New()
	l.FisherDiagonal(x, ExactFisher, 0, exact)
	const draws = 400
	var sum, squares float64
	for k := range draws {
		l.FisherDiagonal(x, SampledFisher, rng.Key(k), sampled)
		trace := sampled.Device().Sum(sampled)
		sum, squares = sum+trace, squares+trace*trace
	}
	mean := sum / draws
	deviation := math.Sqrt((squares/draws - mean*mean) / draws)
	if want := exact.Device().Sum(exact); math.Abs(mean-want) > 5*deviation || deviation > .1*want {
		t.Errorf("mean trace %v ± %v, exact %v", mean, deviation, want)
	}
}
