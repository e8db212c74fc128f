package noneq

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// A flow is x′ = rate(x), by the fifth-order Runge-Kutta method of Dormand and Prince with
// steps that keep the error of each below 1e-10.
type flow struct {
	rate func(x, dx []float64)
	h    float64 // the next step
	k    [7][]float64
	at   []float64
}

func newFlow(d int, rate func(x, dx []float64)) *flow {
	f := &flow{rate: rate, h: 1e-3, at: make([]float64, d)}
	for i := range f.k {
		f.k[i] = make([]float64, d)
	}
	return f
}

var dormandPrince = [7][]float64{
	{},
	{1. / 5},
	{3. / 40, 9. / 40},
	{44. / 45, -56. / 15, 32. / 9},
	{19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
	{9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
	{35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84},
}

var dormandPrinceError = [7]float64{71. / 57600, 0, -71. / 16695, 71. / 1920, -17253. / 339200, 22. / 525, -1. / 40}

// try writes where a step of length h leads to next, and returns its error.
func (f *flow) try(x []float64, h float64, next []float64) (wrong float64) {
	for i, row := range dormandPrince {
		copy(f.at, x)
		for j, c := range row {
			if c != 0 {
				floats.AddScaled(f.at, h*c, f.k[j])
			}
		}
		f.rate(f.at, f.k[i])
	}
	copy(next, f.at)
	for a := range x {
		e := 0.0
		for i, c := range dormandPrinceError {
			e += c * f.k[i][a]
		}
		wrong = math.Max(wrong, math.Abs(h*e)/math.Max(1, math.Abs(next[a])))
	}
	return wrong
}

// step makes one step, of at most the length most, and returns its length; 0 where the
// flow is not finite.
func (f *flow) step(x, next []float64, most float64) float64 {
	const tolerance = 1e-10
	for {
		h := math.Min(f.h, most)
		wrong := f.try(x, h, next)
		if math.IsNaN(wrong) || math.IsInf(wrong, 0) {
			if f.h /= 4; f.h < 1e-14 {
				return 0
			}
			continue
		}
		grow := math.Min(4, math.Max(0.2, 0.9*math.Pow(tolerance/math.Max(wrong, 1e-300), 0.2)))
		if wrong <= tolerance {
			if h == f.h || grow < 1 {
				f.h = h * grow
			}
			return h
		}
		f.h = h * grow
	}
}

// Flow is where x′ = b(x), the process without noise, leads from x in a time. Seen is
// called with each step's end; it must not keep the slice. nil: nobody looks.
func (p Process) Flow(x []float64, time float64, seen func(t float64, x []float64)) []float64 {
	p.check("Flow")
	if len(x) != p.Dim || !(time >= 0) {
		panic(fmt.Sprintf("noneq: Flow: x has length %d, time is %v, expected %d and at least 0", len(x), time, p.Dim))
	}
	f := newFlow(p.Dim, p.Drift)
	now, next := slices.Clone(x), make([]float64, p.Dim)
	for t := 0.0; t < time; {
		h := f.step(now, next, time-t)
		if h == 0 {
			break
		}
		if t += h; time-t < 1e-14*time {
			t = time
		}
		now, next = next, now
		if seen != nil {
			seen(t, now)
		}
	}
	return now
}

// Rest is a point near x where the drift is 0, by Newton's method. It is an error when
// there is none that it comes to.
func (p Process) Rest(x []float64) ([]float64, error) {
	p.check("Rest")
	now, b, next := slices.Clone(x), make([]float64, p.Dim), make([]float64, p.Dim)
	p.Drift(now, b)
	for range 100 {
		size := floats.Norm(b, 2)
		if size < 1e-14 {
			return now, nil
		}
		var step mat.VecDense
		if err := step.SolveVec(jacobian(p.Dim, p.Drift, now), mat.NewVecDense(p.Dim, b)); err != nil {
			var condition mat.Condition
			if !errors.As(err, &condition) || math.IsInf(float64(condition), 1) {
				return nil, fmt.Errorf("noneq: no point of rest near %.4g: the drift does not change there in some direction", x)
			}
		}
		part := 1.0
		for ; part > 1e-6; part /= 2 {
			floats.AddScaledTo(next, now, -part, step.RawVector().Data)
			p.Drift(next, b)
			if floats.Norm(b, 2) < size {
				break
			}
		}
		if !(part > 1e-6) {
			if size < 1e-11 { // what rounding leaves
				return now, nil
			}
			return nil, fmt.Errorf("noneq: no point of rest near %.4g: the drift stays at %.3g", x, size)
		}
		copy(now, next)
	}
	return nil, fmt.Errorf("noneq: no point of rest near %.4g after 100 steps", x)
}
