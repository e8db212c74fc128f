package wells

import (
	"fmt"
	"math"
)

// An Extremum is a minimum (Curvature ≥ 0) or a maximum of a profile.
type Extremum struct{ X, Energy, Curvature float64 }

// Extrema finds the minima and maxima of p between low and high, in ascending
// order of x: they alternate, and a difference of energies of neighbours is a
// barrier. It looks for changes of sign of the slope between 4096 equidistant
// points, so that two that are closer than that may be missed together, and
// finds each to the last bits of x.
func Extrema(p Profile, low, high float64) []Extremum {
	if !(low < high) || math.IsInf(high-low, 0) {
		panic(fmt.Sprintf("wells: Extrema: the interval is [%g, %g], expected low < high, finite", low, high))
	}
	const cells = 4096
	slope := func(x float64) float64 { _, s, _ := p.At(x); return s }
	var out []Extremum
	a, sa := low, slope(low)
	for i := 1; i <= cells; i++ {
		b := low + (high-low)*float64(i)/cells
		sb := slope(b)
		if sb == 0 {
			continue // the change, if it is one, shows at the next point
		}
		if sa != 0 && (sa < 0) != (sb < 0) {
			x := bisect(slope, a, b)
			f, _, c := p.At(x)
			out = append(out, Extremum{x, f, c})
		}
		a, sa = b, sb
	}
	return out
}

// bisect is where f, of different signs at a and b, changes its sign.
func bisect(f func(float64) float64, a, b float64) float64 {
	fa := f(a)
	for {
		m := a + (b-a)/2
		if m == a || m == b {
			return m
		}
		switch fm := f(m); {
		case fm == 0:
			return m
		case (fm < 0) == (fa < 0):
			a = m
		default:
			b = m
		}
	}
}
