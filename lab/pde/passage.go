package pde

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/integrate/quad"
)

// PassageTimes is the mean time in which X, started at each node of a reflecting
// line, comes to one of the targets, which are nodes. It is exact for the walk, by
// sums of positive numbers.
func (e *FokkerPlanck) PassageTimes(targets ...int) *Field {
	if len(e.f.Grid) != 1 || e.f.Grid[0].Boundary != Reflecting {
		panic("pde: PassageTimes: expected one reflecting axis")
	}
	n := len(e.f.Values)
	if len(targets) == 0 || slices.Min(targets) < 0 || slices.Max(targets) >= n {
		panic(fmt.Sprintf("pde: PassageTimes: targets are %v, expected nodes from 0 to %d", targets, n-1))
	}
	next, before := e.next[0].Values, e.before[0].Values
	time := e.f.like()
	target := make([]bool, n)
	for _, i := range targets {
		target[i] = true
	}
	// (next + before) T_i - next T_{i+1} - before T_{i-1} = 1, eliminated from below.
	pivots, loads := make([]float64, n), make([]float64, n)
	excess := 0.0
	for i := range n {
		switch {
		case target[i]:
			continue
		case i == 0:
			excess, loads[i] = 0, 1
		case target[i-1]:
			excess, loads[i] = before[i], 1
		default:
			excess, loads[i] = before[i]*excess/pivots[i-1], 1+before[i]*loads[i-1]/pivots[i-1]
		}
		pivots[i] = excess + next[i]
	}
	for i := n - 1; i >= 0; i-- {
		if !target[i] {
			after := 0.0
			if i+1 < n {
				after = next[i] * time.Values[i+1]
			}
			time.Values[i] = (loads[i] + after) / pivots[i]
		}
	}
	return time
}

// PassageTime is the mean time in which dX = -f′ dt + √(2D) dB comes from a to
// b > a,
//
//	1/D ∫_a^b dy e^(f(y)/D) ∫_{-∞}^y dz e^(-f(z)/D),
//
// by Gauss's rule with four nodes in each of 20,000 pieces, and the inner integral
// from where e^(-f/D) begins to count. It panics where f does not confine X on the
// left.
func PassageTime(f Profile, a, b, D float64) float64 {
	if !(D > 0) || !(a < b) {
		panic(fmt.Sprintf("pde: PassageTime: from %v to %v with D = %v, expected a < b and D > 0", a, b, D))
	}
	energy := func(y float64) float64 { v, _, _ := f(y); return v / D }
	low := a
	top := energy(a)
	for y, h := a, (b-a)/1000; ; y, h = y-h, h*1.01 { // down to where nothing more comes
		v := energy(y)
		top = min(top, v)
		if low = y; v > top+60 && y < a-(b-a) || v > top+700 {
			break
		}
		if a-y > 1e6*(b-a+math.Abs(a)) {
			panic(fmt.Sprintf("pde: PassageTime: the energy does not grow to the left of %v, expected a function that confines", a))
		}
	}
	for i := range 1001 {
		top = min(top, energy(a+(b-a)*float64(i)/1000))
	}
	const pieces = 20_000
	x, w := make([]float64, 4), make([]float64, 4)
	quad.Legendre{}.FixedLocations(x, w, -1, 1)
	inner := 0.0 // ∫_{low}^y e^-(f/D - top)
	piece := func(from, to float64, g func(y float64) float64) float64 {
		sum := 0.0
		for k := range x {
			sum += w[k] * g((from+to)/2+(to-from)/2*x[k])
		}
		return sum * (to - from) / 2
	}
	weight := func(y float64) float64 { return math.Exp(top - energy(y)) }
	for i := range pieces {
		inner += piece(low+(a-low)*float64(i)/pieces, low+(a-low)*float64(i+1)/pieces, weight)
	}
	total := 0.0
	for i := range pieces {
		from, to := a+(b-a)*float64(i)/pieces, a+(b-a)*float64(i+1)/pieces
		total += piece(from, to, func(y float64) float64 {
			return math.Exp(energy(y)-top) * (inner + piece(from, y, weight))
		})
		inner += piece(from, to, weight)
	}
	return total / D
}

// Kramers is the limit of [PassageTime] for small D, from the minimum at bottom over
// the maximum at saddle, as far as the other side:
//
//	2π/√(f″(bottom)|f″(saddle)|) e^((f(saddle)-f(bottom))/D).
func Kramers(f Profile, bottom, saddle, D float64) float64 {
	v, _, c := f(bottom)
	s, _, b := f(saddle)
	if !(c > 0 && b < 0 && D > 0) {
		panic(fmt.Sprintf("pde: Kramers: curvatures %.4g and %.4g, D = %v, expected a minimum, a maximum and D > 0", c, b, D))
	}
	return 2 * math.Pi / math.Sqrt(c*-b) * math.Exp((s-v)/D)
}
