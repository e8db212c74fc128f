package pde

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// A Profile is a smooth function of one variable: f(x), f′(x), f″(x). The At of a
// profile of package wells is one.
type Profile func(x float64) (f, slope, curvature float64)

// A Point is the solution of a Hamilton-Jacobi equation at a point x.
type Point struct {
	Value, Slope, Curvature float64 // u, u_x, u_xx
	Mean                    float64 // ⟨y⟩ under ρ₁ (4.14); the proximal map in the inviscid case
}

// ViscousAt is [Viscous] at a point of the line, for t > 0: by the trapezoidal rule
// on all of the line where e^(-βf(y) - β(x-y)²/2t) counts, with an error of 1e-13 or
// so where f is analytic. Slope and curvature are moments of ρ₁, (4.12):
//
//	u_x = ⟨x-y⟩/t,  u_xx = 1/t - β Var(y)/t².
//
// f + (x-y)²/2t must grow at infinity; it panics where it does not within 10⁶ times
// the length √(t/β) + |x|.
func ViscousAt(f Profile, x, t, beta float64) Point {
	if !(t > 0) || math.IsInf(t, 0) {
		panic(fmt.Sprintf("pde: ViscousAt: time is %v, expected a finite number above 0", t))
	}
	checkTemperature("ViscousAt", beta)
	energy := func(y float64) float64 {
		v, _, _ := f(y)
		return beta * (v + (x-y)*(x-y)/(2*t))
	}
	low, high := window("ViscousAt", energy, x, math.Sqrt(t/beta))
	const nodes = 8000
	h := (high - low) / nodes
	e := make([]float64, nodes+1)
	for i := range e {
		e[i] = -energy(low + float64(i)*h)
	}
	top := floats.LogSumExp(e)
	mean, variance := 0.0, 0.0 // of y - x
	for i, v := range e {
		mean += math.Exp(v-top) * (low + float64(i)*h - x)
	}
	for i, v := range e {
		d := low + float64(i)*h - x - mean
		variance += math.Exp(v-top) * d * d
	}
	return Point{
		Value:     -(top+math.Log(h))/beta + math.Log(2*math.Pi*t/beta)/(2*beta),
		Slope:     -mean / t,
		Curvature: 1/t - beta*variance/(t*t),
		Mean:      x + mean,
	}
}

// GibbsMean is the mean of a function under the stationary density e^(-f/D), by the
// same rule. It panics where f does not confine, as ViscousAt does.
func GibbsMean(f Profile, D float64, of func(x float64) float64) float64 {
	if !(D > 0) || math.IsInf(D, 0) {
		panic(fmt.Sprintf("pde: GibbsMean: D is %v, expected a finite number above 0", D))
	}
	energy := func(y float64) float64 { v, _, _ := f(y); return v / D }
	low, high := window("GibbsMean", energy, 0, 1)
	const nodes = 8000
	h := (high - low) / nodes
	e := make([]float64, nodes+1)
	for i := range e {
		e[i] = -energy(low + float64(i)*h)
	}
	top, mean := floats.LogSumExp(e), 0.0
	for i, v := range e {
		mean += math.Exp(v-top) * of(low+float64(i)*h)
	}
	return mean
}

// window is an interval around all y whose energy is within 80 of the least.
func window(what string, energy func(y float64) float64, centre, unit float64) (low, high float64) {
	const enough = 80
	for reach, limit := 8*unit, 1e6*(unit+math.Abs(centre)+1); ; reach *= 2 {
		if reach > limit {
			panic(fmt.Sprintf("pde: %s: the energy does not grow by %d within %.3g of %.4g, expected a function that confines", what, enough, limit, centre))
		}
		// As fine as the window is wide over 4000, and so down to the part that counts.
		low, high = centre-reach, centre+reach
		least := math.Inf(1)
		for range 2 {
			const nodes = 4000
			h := (high - low) / nodes
			first, last := -1, -1
			values := make([]float64, nodes+1)
			for i := range values {
				values[i] = energy(low + float64(i)*h)
				least = min(least, values[i])
			}
			for i, v := range values {
				if v < least+enough {
					if first < 0 {
						first = i
					}
					last = i
				}
			}
			if first <= 0 || last >= nodes {
				least = math.NaN() // it goes on outside
				break
			}
			low, high = low+float64(first-1)*h, low+float64(last+1)*h
		}
		if !math.IsNaN(least) {
			return low, high
		}
	}
}

// HopfLaxAt is [HopfLax] at a point of the line, for t > 0: the least of all
// stationary points of f(y) + (x-y)²/2t within the span around x, each found by
// bisection between nodes and Newton's method; a span of 0 stands for 20 (√t + |x| + 1).
func HopfLaxAt(f Profile, x, t, span float64) Point {
	if !(t > 0) || math.IsInf(t, 0) || !(span >= 0) {
		panic(fmt.Sprintf("pde: HopfLaxAt: time is %v, span %v, expected finite numbers above 0 and at least 0", t, span))
	}
	if span == 0 {
		span = 20 * (math.Sqrt(t) + math.Abs(x) + 1)
	}
	best := Point{Value: math.Inf(1)}
	for _, y := range roots(func(y float64) (float64, float64) {
		_, slope, curvature := f(y)
		return slope + (y-x)/t, curvature + 1/t
	}, x-span, x+span) {
		v, _, curvature := f(y)
		if u := v + (x-y)*(x-y)/(2*t); u < best.Value {
			best = Point{Value: u, Slope: (x - y) / t, Curvature: curvature / (1 + t*curvature), Mean: y}
		}
	}
	return best
}

// roots are those of g in an interval where its sign changes between two of 20,000
// nodes; g returns its derivative too.
func roots(g func(x float64) (v, slope float64), low, high float64) []float64 {
	const nodes = 20_000
	var found []float64
	at := func(i int) float64 { return low + (high-low)*float64(i)/nodes }
	before, _ := g(low)
	for i := 1; i <= nodes; i++ {
		v, _ := g(at(i))
		switch {
		case before == 0:
			found = append(found, at(i-1))
		case before < 0 != (v < 0) && v != 0:
			found = append(found, root(g, at(i-1), at(i)))
		}
		before = v
	}
	if before == 0 {
		found = append(found, high)
	}
	return found
}

// root is the zero of g between a and b, where its signs differ: by Newton's method
// as long as that stays between them, else by bisection.
func root(g func(x float64) (v, slope float64), a, b float64) float64 {
	at, _ := g(a)
	rising := at < 0
	x := (a + b) / 2
	for range 200 {
		v, slope := g(x)
		if v == 0 {
			return x
		}
		if v < 0 == rising {
			a = x
		} else {
			b = x
		}
		next := x - v/slope
		if !(next > a && next < b) {
			next = (a + b) / 2
		}
		if next == x || math.Abs(next-x) <= 1e-16*math.Abs(x) {
			return next
		}
		x = next
	}
	return x
}
