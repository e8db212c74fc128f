package transport

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/integrate/quad"
)

// A Quantile is F⁻¹(u) of a law on the line, for 0 < u < 1, as the laws of gonum's
// distuv have it.
type Quantile func(u float64) float64

// LineDistance is W₂² = ∫₀¹ (F⁻¹ - G⁻¹)² du of two laws on the line, by Gauss's rule in z,
// u the normal distribution function of z. It is off by as much as the laws have beyond
// one part in 10¹⁵.
func LineDistance(p, q Quantile) float64 {
	const end, panels = 8, 320
	sum := 0.0
	for i := range panels {
		a := -end + 2*end*float64(i)/panels
		sum += quad.Fixed(func(z float64) float64 {
			u := math.Erfc(-z/math.Sqrt2) / 2
			d := p(u) - q(u)
			return d * d * math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)
		}, a, a+2.*end/panels, 8, quad.Legendre{}, 0)
	}
	return sum
}

// Between is the law at time t, from 0 to 1, on McCann's geodesic from p to q.
func (p Quantile) Between(q Quantile, t float64) Quantile {
	return func(u float64) float64 { return (1-t)*p(u) + t*q(u) }
}

// SampleDistance is W₂² of masses at points of the line: weights w of x and v of y, of
// equal sums; nil: the same for all. It is an error when weights are negative or no
// numbers, or their sums differ.
func SampleDistance(x, w, y, v []float64) (float64, error) {
	xs, ws, err := sorted("first", x, w)
	if err != nil {
		return 0, err
	}
	ys, vs, err := sorted("second", y, v)
	if err != nil {
		return 0, err
	}
	if w != nil || v != nil {
		if err := balanced(ws, vs); err != nil {
			return 0, err
		}
	}
	cost, i, j := 0.0, 0, 0
	left, right := ws[0], vs[0]
	for i < len(xs) && j < len(ys) {
		m := min(left, right)
		cost += m * (xs[i] - ys[j]) * (xs[i] - ys[j])
		if left -= m; left <= 1e-15 {
			if i++; i < len(xs) {
				left += ws[i]
			}
		}
		if right -= m; right <= 1e-15 {
			if j++; j < len(ys) {
				right += vs[j]
			}
		}
	}
	return cost, nil
}

// sorted are points by size, with weights of sum 1.
func sorted(which string, x, w []float64) (points, weights []float64, err error) {
	if len(x) == 0 || w != nil && len(w) != len(x) {
		return nil, nil, fmt.Errorf("transport: the %s sample has %d points and %d weights, expected one at least, and as many or nil", which, len(x), len(w))
	}
	if floats.HasNaN(x) {
		return nil, nil, fmt.Errorf("transport: the %s sample has a NaN", which)
	}
	if w == nil {
		w = slices.Repeat([]float64{1 / float64(len(x))}, len(x))
	}
	if err := masses(which, w); err != nil {
		return nil, nil, err
	}
	points, weights = slices.Clone(x), slices.Clone(w)
	sort.Sort(together{points, weights})
	return points, weights, nil
}

type together struct{ x, w []float64 }

func (t together) Len() int           { return len(t.x) }
func (t together) Less(i, j int) bool { return t.x[i] < t.x[j] }
func (t together) Swap(i, j int) {
	t.x[i], t.x[j] = t.x[j], t.x[i]
	t.w[i], t.w[j] = t.w[j], t.w[i]
}

// masses is an error unless w are masses.
func masses(which string, w []float64) error {
	for i, m := range w {
		if !(m >= 0) || math.IsInf(m, 0) {
			return fmt.Errorf("transport: mass %d of the %s is %v, expected a finite number of at least 0", i+1, which, m)
		}
	}
	if !(floats.Sum(w) > 0) {
		return fmt.Errorf("transport: the %s has no mass", which)
	}
	return nil
}

// balanced is an error unless a and b have the same sum.
func balanced(a, b []float64) error {
	s, t := floats.SumCompensated(a), floats.SumCompensated(b)
	if !(math.Abs(s-t) <= 1e-9*s) {
		return fmt.Errorf("transport: the masses have the sums %v and %v, expected the same: scale one of them", s, t)
	}
	return nil
}
