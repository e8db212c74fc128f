package optim

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/floats"
)

// CosineDistance is the mean of 1 - cos over all pairs of different runs, the
// cosine that of the angle between their ends: 1 where these have nothing to do
// with one another, 0 where they are one point. It takes one sum over the runs,
//
//	Σ_{i≠j} cos = |Σ_i x_i/|x_i||² - n
//
// and is NaN for fewer than two runs. No distribution of points has more than
// n/(n-1).
func (d *Descents) CosineDistance() float64 {
	n, sum := float64(d.Len()), make([]float64, d.Dim)
	for i := range d.Len() {
		x := d.Point(i)
		floats.AddScaled(sum, 1/floats.Norm(x, 2), x)
	}
	if n < 2 {
		return math.NaN()
	}
	return 1 - (floats.Dot(sum, sum)-n)/(n*(n-1))
}

// MedianSteps is that of the runs' numbers of steps, the lower of two; 0 if
// there are none.
func (d *Descents) MedianSteps() int {
	if d.Len() == 0 {
		return 0
	}
	steps := slices.Sorted(slices.Values(d.Steps))
	return steps[(len(steps)-1)/2]
}

// String is how the runs ended, energies for each variable, f/Dim.
func (d *Descents) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d descents in %d variables", d.Len(), d.Dim)
	if d.Len() == 0 {
		return b.String()
	}
	for _, s := range []Status{Converged, Finished, Stopped, Diverged} {
		if n := count(d.Status, s); n > 0 {
			what := s.String()
			if s == Finished {
				what = "ran out of steps"
			}
			fmt.Fprintf(&b, ", %d %s", n, what)
		}
	}
	fmt.Fprintf(&b, "\nsteps: median %d, most %d\n", d.MedianSteps(), slices.Max(d.Steps))
	per := float64(d.Dim)
	fmt.Fprintf(&b, "energy for each variable: %.4f to %.4f, mean %.4f\n", slices.Min(d.Energies)/per, slices.Max(d.Energies)/per, floats.Sum(d.Energies)/per/float64(d.Len()))
	fmt.Fprintf(&b, "mean cosine distance of two ends: %.3f", d.CosineDistance())
	return b.String()
}

func count[T comparable](x []T, v T) (n int) {
	for _, w := range x {
		if w == v {
			n++
		}
	}
	return n
}

// Minima are the points of index 0, the lowest first.
func (c *CriticalPoints) Minima() []CriticalPoint { return c.OfIndex(0) }

// OfIndex are the points of that index, the lowest first.
func (c *CriticalPoints) OfIndex(k int) (points []CriticalPoint) {
	for _, p := range c.Points {
		if p.Index == k {
			points = append(points, p)
		}
	}
	return points
}

// Counts are the numbers of points by index, from 0 to the largest that was
// found.
func (c *CriticalPoints) Counts() (counts []int) {
	for _, p := range c.Points {
		for len(counts) <= p.Index {
			counts = append(counts, 0)
		}
		counts[p.Index]++
	}
	return counts
}

// Euler is Σ (-1)^index. When no critical point is missing it is the Euler
// characteristic of what the landscape is on: 2 for spheres in an odd number of
// variables, 0 for those in an even one (Morse).
func (c *CriticalPoints) Euler() (sum int) {
	for k, n := range c.Counts() {
		sum += n * (1 - k%2*2)
	}
	return sum
}

// String is a table of the points by their index, energies for each variable,
// f/Dim.
func (c *CriticalPoints) String() string {
	var b strings.Builder
	lost, per := count(c.Of, -1), float64(c.Dim)
	fmt.Fprintf(&b, "%d critical points in %d variables from %d starts", len(c.Points), c.Dim, len(c.Of))
	if lost > 0 {
		fmt.Fprintf(&b, ", %d of which led to none", lost)
	}
	if len(c.Points) == 0 {
		return b.String()
	}
	fmt.Fprintf(&b, "\n%5s %7s %7s %10s %10s %10s %9s", "index", "points", "starts", "lowest", "mean", "highest", "softest")
	for k := range c.Counts() {
		points := c.OfIndex(k)
		if len(points) == 0 {
			continue
		}
		starts, mean, softest := 0, 0.0, math.Inf(1)
		for _, p := range points {
			starts += p.Runs
			mean += p.Energy / per / float64(len(points))
			softest = min(softest, math.Abs(p.Softest))
		}
		fmt.Fprintf(&b, "\n%5d %7d %7d %10.4f %10.4f %10.4f %9.2g", k, len(points), starts, points[0].Energy/per, mean, points[len(points)-1].Energy/per, softest)
	}
	return b.String()
}
