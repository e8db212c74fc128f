package glass_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/glass"
	"glassy/lab/rng"
)

func TestMeanInverse(t *testing.T) {
	for _, p := range []int{3, 4, 10, 100} {
		law := glass.HessianLaw(p, -glass.GroundEnergy(p))
		for power := 1; power <= 2; power++ {
			want := quad.Fixed(func(φ float64) float64 { // x = c + R cos φ
				x := law.Center + law.Radius*math.Cos(φ)
				return 2 / math.Pi * math.Pow(math.Sin(φ), 2) / math.Pow(x, float64(power))
			}, 0, math.Pi, 400, nil, 0)
			mean, square := law.MeanInverse()
			closeTo(t, "mean of 1/x and 1/x²", []float64{mean, square}[power-1], want, 1e-10, 0)
		}
	}
	// The trivial part: one eigenvalue.
	mean, square := glass.Semicircle{Center: 4, Radius: 1e-9}.MeanInverse()
	closeTo(t, "1/4", mean, 0.25, 1e-15, 0)
	closeTo(t, "1/16", square, 0.0625, 1e-15, 0)
	panics(t, func() { glass.Semicircle{Center: 1, Radius: 1}.MeanInverse() })
}

func TestGroundStateShift(t *testing.T) {
	// m = (E_0 − √(E_0² − E∞²))/2(p−1).
	for _, p := range []int{3, 4, 10} {
		e, e8 := glass.GroundEnergy(p), glass.ThresholdEnergy(p)
		closeTo(t, "C₀", glass.GroundStateShift(p, 2), 2*(e-math.Sqrt(e*e-e8*e8))/float64(2*(p-1)), 1e-12, 0)
	}
	panics(t, func() { glass.GroundStateShift(3, -1) })
}

// The constant in front, by the exact count: off by order 1/N.
func TestCriticalBelowLimit(t *testing.T) {
	for _, p := range []int{3, 4, 10} {
		for _, u := range []float64{-1.03 * glass.GroundEnergy(p), -glass.GroundEnergy(p)} {
			var logN, logMiss []float64
			for _, n := range []int{500, 1000, 2000} {
				miss := glass.LogCriticalBelow(p, n, u) - glass.LogCriticalBelowLimit(p, n, u)
				logN, logMiss = append(logN, math.Log(float64(n))), append(logMiss, math.Log(math.Abs(miss)))
			}
			_, slope := stat.LinearRegression(logN, logMiss, nil, false)
			closeTo(t, "order in N", slope, -1, 0, 0.15) // E_0(3) is close to E∞
		}
	}
	panics(t, func() { glass.LogCriticalBelowLimit(3, 10, -1.6) })
}

// Below m_N + x there are e^{cx}/c points in the mean.
func TestGroundStateLocation(t *testing.T) {
	const p, n = 3, 4000
	c := glass.ComplexitySlope(p, -glass.GroundEnergy(p))
	m := glass.GroundStateLocation(p, n)
	for _, x := range []float64{-3, 0, 2} {
		// Θ'' x²/2N and the 1/N of the limit are below 0.03.
		closeTo(t, "log of the number below m_N + x", glass.LogCriticalBelow(p, n, (m+x)/n), c*x-math.Log(c), 0, 0.03)
	}
	// For even p, pairs.
	c4 := glass.ComplexitySlope(4, -glass.GroundEnergy(4))
	closeTo(t, "pairs", glass.LogCriticalBelow(4, n, glass.GroundStateLocation(4, n)/n), math.Ln2-math.Log(c4), 0, 0.03)
	// From N to 4N, −NE_0 apart, it rises by log 4/2c.
	rise := glass.GroundStateLocation(p, 4*n) - m + 3*n*glass.GroundEnergy(p)
	closeTo(t, "log N/2c", rise, math.Log(4)/(2*c), 0, 1e-9)
}

// Hessians without negative eigenvalues are as frequent as the law of the
// largest eigenvalue says, and responses are what a dense Hessian gives.
func TestResponsesRejected(t *testing.T) {
	const n, samples = 12, 3000
	u := -1.5
	r := glass.SampleResponses(context.Background(), 3, n, u, 1, samples, 11)
	share := glass.GOE(n - 1).LargestBelow(-3 * u / math.Sqrt(6.0/n))
	tried := float64(samples + r.Rejected)
	closeTo(t, "share of minima", samples/tried, share, 0, 4*math.Sqrt(share*(1-share)/tried))

	// By dense matrices: hᵀÂ⁻¹h and |Â⁻¹h|.
	var shift, displacement, weight []float64
	s := rng.Key(12).Stream()
	h, y := mat.NewVecDense(n-1, nil), mat.NewVecDense(n-1, nil)
	for len(shift) < samples {
		m := glass.GOE(n - 1).Matrix(s)
		m.ScaleSym(math.Sqrt(6.0/n), m)
		for i := range n - 1 {
			m.SetSym(i, i, m.At(i, i)-3*u)
		}
		var chol mat.Cholesky
		if !chol.Factorize(m) {
			continue
		}
		s.Normals(h.RawVector().Data)
		if err := chol.SolveVecTo(y, h); err != nil && !isCondition(err) {
			t.Fatal(err)
		}
		shift = append(shift, -mat.Dot(h, y)/2)
		displacement = append(displacement, math.Sqrt(mat.Dot(y, y)/n))
		weight = append(weight, math.Exp(chol.LogDet()))
	}
	dense := glass.Responses{Shift: shift, Displacement: displacement, Weight: weight}
	for _, c := range []struct {
		what string
		a, b []float64
	}{{"shift", r.Shift, dense.Shift}, {"displacement", r.Displacement, dense.Displacement}} {
		a, ea := r.Mean(c.a)
		b, eb := dense.Mean(c.b)
		closeTo(t, c.what, a, b, 0, 4*math.Hypot(ea, eb))
	}
	_, sd := stat.MeanStdDev(r.Linear, nil)
	closeTo(t, "linear part", sd, math.Sqrt(n), 0.06, 0) // 4/√(2·3000)
}

func isCondition(err error) bool { _, ok := err.(mat.Condition); return ok }

// Theorem 2.13 for the field of (2.22): |Y| ~ N^{−1/2}, energies fall by C₀.
// For that of (2.14) neither vanishes.
func TestResponsesScale(t *testing.T) {
	const p, samples = 3, 400
	u := -glass.GroundEnergy(p)
	m, m2 := glass.HessianLaw(p, u).MeanInverse()
	var logN, logY, weight []float64
	for _, n := range []int{1000, 3000, 9000} {
		r := glass.SampleResponses(context.Background(), p, n, u, 1/math.Sqrt(float64(n)), samples, rng.Key(n))
		y, ey := r.Mean(r.Displacement)
		logN, logY = append(logN, math.Log(float64(n))), append(logY, math.Log(y))
		weight = append(weight, y*y/ey/ey)
		shift, es := r.Mean(r.Shift)
		// What is left is of order 1/N over the gap of the spectrum.
		closeTo(t, "shift", shift, -glass.GroundStateShift(p, 1), 0, 4*es+0.1*m/math.Sqrt(float64(n)))
		closeTo(t, "displacement", y, math.Sqrt(m2/float64(n)), 0, 4*ey+0.1*y)

		strong := glass.SampleResponses(context.Background(), p, n, u, 1, 20, rng.Key(n))
		for i := range 20 { // linear in h
			closeTo(t, "displacement in a field of order 1", strong.Displacement[i], r.Displacement[i]*math.Sqrt(float64(n)), 1e-12, 0)
			closeTo(t, "shift in a field of order 1", strong.Shift[i], r.Shift[i]*float64(n), 1e-12, 0)
		}
	}
	_, slope := stat.LinearRegression(logN, logY, weight, false)
	closeTo(t, "exponent of |Y|", slope, -0.5, 0, 0.04)
}

func TestResponsesRepeatAndStop(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	a := glass.SampleResponses(ctx, 3, 50, -1.7, 1, 10, 4)
	b := glass.SampleResponses(ctx, 3, 50, -1.7, 1, 5, 4)
	if !slices.Equal(a.Shift[:5], b.Shift) || a.Stopped != nil {
		t.Errorf("sample i depends on how many there are, or stopped: %v", a.Stopped)
	}
	stop()
	if c := glass.SampleResponses(ctx, 3, 50, -1.7, 1, 5, 4); c.Stopped == nil || len(c.Shift) != 0 {
		t.Errorf("%d samples after the stop, error %v", len(c.Shift), c.Stopped)
	}
	panics(t, func() { glass.SampleResponses(context.Background(), 3, 1000, -1.5, 1, 1, 1) })
	panics(t, func() { glass.SampleResponses(context.Background(), 3, 1, -1.7, 1, 1, 1) })
}
