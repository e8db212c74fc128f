package spectrum

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// A Law is the distribution of an operator's eigenvalues, each of weight 1/n: the
// exact one, or what probes have seen of it, with its errors.
type Law struct {
	Name  string
	Dim   int // n
	Rules []Rule

	exact bool // the one rule is all eigenvalues
}

// A Rule is a law of finitely many values, ascending, with weights whose sum
// is 1. That of a probe v integrates polynomials of degree 2m-1, m the number of
// nodes, as the law of the eigenvalues weighted by the squares of v's components
// does: ∫ f = vᵀ f(A) v.
type Rule struct {
	Nodes, Weights []float64
	Exact          bool // it integrates all functions so
}

// An Estimate is a number with its error bars.
type Estimate struct {
	Value     float64
	Error     float64 // its standard deviation over the choice of probes; 0 for an exact law
	Low, High float64 // 95 % of such intervals hold the truth; those of shares allow for the quadrature too
}

// String is the value with its standard deviation, where it has one.
func (e Estimate) String() string {
	if e.Error == 0 {
		return fmt.Sprintf("%.4g", e.Value)
	}
	return fmt.Sprintf("%.4g ± %.1g", e.Value, e.Error)
}

// A Curve is a function of the law over a grid, with the 95 % band of its
// estimates. The band of an exact law has no width.
type Curve struct {
	X, Y, Low, High []float64
	Bandwidth       float64 // the standard deviation of the kernel; 0 where there is none
}

// normal95 is how many standard deviations hold 95 % of a normal law.
const normal95 = 1.959963984540054

// NewLaw is the law of numbers that are known: of eigenvalues in closed form, say.
func NewLaw(name string, values []float64) Law {
	values = slices.Sorted(slices.Values(values))
	weights := make([]float64, len(values))
	for i := range weights {
		weights[i] = 1 / float64(len(values))
	}
	return Law{Name: name, Dim: len(values), Rules: []Rule{{values, weights, true}}, exact: true}
}

// Mean is the mean of f over the eigenvalues, tr f(A)/n.
//
// Its error is known in closed form: for v uniform on the sphere in R^n, vᵀf(A)v
// has the variance 2/(n+2) times the variance of f over the eigenvalues, so that
// one probe is enough to tell it. What the quadrature itself errs, for an f that
// is no polynomial of degree 2m-1, is not in it.
func (l *Law) Mean(f func(eigenvalue float64) float64) Estimate {
	mean, square := 0.0, 0.0
	l.each(func(node, weight float64) { mean += weight * f(node) })
	if l.exact {
		return Estimate{mean, 0, mean, mean}
	}
	l.each(func(node, weight float64) { square += weight * (f(node) - mean) * (f(node) - mean) })
	sd := l.deviation(square)
	return Estimate{mean, sd, mean - normal95*sd, mean + normal95*sd}
}

// deviation is the standard error of a mean of a function whose variance over the
// eigenvalues is given.
func (l *Law) deviation(variance float64) float64 {
	return math.Sqrt(2 / float64(l.Dim+2) * variance / float64(len(l.Rules)))
}

// each calls f for the nodes of all rules.
func (l *Law) each(f func(node, weight float64)) {
	for _, r := range l.Rules {
		for i, node := range r.Nodes {
			f(node, r.Weights[i]/float64(len(l.Rules)))
		}
	}
}

// Moment is the mean of λ^k.
func (l *Law) Moment(k int) Estimate {
	return l.Mean(func(λ float64) float64 { return math.Pow(λ, float64(k)) })
}

// Trace is n times the mean.
func (l *Law) Trace() Estimate {
	e, n := l.Moment(1), float64(l.Dim)
	return Estimate{n * e.Value, n * e.Error, n * e.Low, n * e.High}
}

// Range is the smallest and the largest node: of an exact law the extreme
// eigenvalues, of a sampled one bounds from inside.
func (l *Law) Range() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	l.each(func(node, _ float64) { low, high = min(low, node), max(high, node) })
	return low, high
}

// Share is the share of eigenvalues with low ≤ λ ≤ high; either may be infinite.
//
// Its interval holds what Gauss's rules leave open too: by the inequalities of
// Chebyshev, Markov and Stieltjes (Szegő 1975, section 3.41) the weight of the
// values up to a node, that node included, is no less than the true law has below
// it, and without it no more.
func (l *Law) Share(low, high float64) Estimate {
	if !(low <= high) {
		panic(fmt.Sprintf("spectrum: Share: from %v to %v, expected low ≤ high", low, high))
	}
	var e Estimate
	for _, r := range l.Rules {
		v, least, most := r.share(low, high)
		e.Value, e.Low, e.High = e.Value+v, e.Low+least, e.High+most
	}
	c := float64(len(l.Rules))
	e.Value, e.Low, e.High = e.Value/c, e.Low/c, e.High/c
	if l.exact {
		return e
	}
	e.Error = l.deviation(e.Value * (1 - e.Value))
	// Where the interval's end is another share, that share's spread counts.
	e.Low = max(0, e.Low-normal95*l.deviation(e.Low*(1-e.Low)))
	e.High = min(1, e.High+normal95*l.deviation(e.High*(1-e.High)))
	return e
}

// share is the weight of the nodes within, and the least and the most that the
// law which the rule stands for may have there.
func (r *Rule) share(low, high float64) (v, least, most float64) {
	from, _ := slices.BinarySearch(r.Nodes, low)
	to := from
	for to < len(r.Nodes) && r.Nodes[to] <= high {
		v += r.Weights[to]
		to++
	}
	v = min(v, 1)
	if r.Exact {
		return v, v, v
	}
	least, most = v, v
	if !math.IsInf(low, -1) {
		if from < to {
			least -= r.Weights[from]
		}
		if from > 0 {
			most += r.Weights[from-1]
		}
	}
	if !math.IsInf(high, 1) {
		if from < to {
			least -= r.Weights[to-1]
		}
		if to < len(r.Nodes) {
			most += r.Weights[to]
		}
	}
	return v, max(0, least), min(1, most)
}

// Near is the share of eigenvalues with |λ| ≤ size.
func (l *Law) Near(size float64) Estimate { return l.Share(-size, size) }

// Radius is how large |λ| is of a share of the eigenvalues at most, the other way
// round than Near: between low and high, which are equal for an exact law. High is
// infinite where the law cannot tell.
func (l *Law) Radius(share float64) (low, high float64) {
	if !(share > 0 && share <= 1) {
		panic(fmt.Sprintf("spectrum: Radius: share, %v, expected above 0 and at most 1", share))
	}
	var sizes []float64
	l.each(func(node, _ float64) { sizes = append(sizes, math.Abs(node)) })
	slices.Sort(sizes)
	// A sum of weights may round to less.
	reached := func(bound float64) bool { return bound >= share*(1-1e-12) }
	at := sort.Search(len(sizes), func(i int) bool { return reached(l.Near(sizes[i]).Low) })
	high = math.Inf(1)
	if at < len(sizes) {
		high = sizes[at]
	}
	if l.exact {
		return high, high
	}
	at = sort.Search(len(sizes), func(i int) bool { return reached(l.Near(sizes[i]).High) })
	if at > 0 {
		low = sizes[at-1]
	}
	return low, high
}

// Cumulative is the share of eigenvalues that are at most x, at each x.
func (l *Law) Cumulative(x []float64) Curve {
	return shares(x, func(x float64) Estimate { return l.Share(math.Inf(-1), x) })
}

// CumulativeNear is the share of eigenvalues with |λ| ≤ size, at each size: over
// sizes that are powers, the spectrum on a logarithmic scale.
func (l *Law) CumulativeNear(size []float64) Curve { return shares(size, l.Near) }

func shares(x []float64, share func(x float64) Estimate) Curve {
	c := Curve{X: slices.Clone(x)}
	for _, x := range x {
		e := share(x)
		c.Y, c.Low, c.High = append(c.Y, e.Value), append(c.Low, e.Low), append(c.High, e.High)
	}
	return c
}

// Smoothing says how a density is drawn. The zero value works.
type Smoothing struct {
	Bandwidth float64 // standard deviation of the Gaussian kernel; 0: the range of the nodes over the number of them in a rule, at most 100
	Points    int     // of the curve; 0: 500
}

// Density is the density of the eigenvalues, smoothed by a Gaussian kernel. It
// reaches three bandwidths beyond the nodes.
func (l *Law) Density(s Smoothing) Curve {
	return l.density(s, func(λ float64) float64 { return λ })
}

// LogDensity is the density of log₁₀|λ|. Eigenvalues below the rounding of the
// largest, ε·max|λ| in float64, are counted there.
func (l *Law) LogDensity(s Smoothing) Curve {
	low, high := l.Range()
	floor := max(0x1p-53*max(math.Abs(low), math.Abs(high)), math.SmallestNonzeroFloat64)
	return l.density(s, func(λ float64) float64 { return math.Log10(max(math.Abs(λ), floor)) })
}

func (l *Law) density(s Smoothing, scale func(λ float64) float64) Curve {
	if s.Points == 0 {
		s.Points = 500
	}
	if s.Points < 2 || !(s.Bandwidth >= 0) {
		panic(fmt.Sprintf("spectrum: density: Points is %d, Bandwidth %v, expected at least 2 and 0", s.Points, s.Bandwidth))
	}
	low, high, nodes := math.Inf(1), math.Inf(-1), 1
	for _, r := range l.Rules {
		nodes = max(nodes, len(r.Nodes))
	}
	l.each(func(node, _ float64) { low, high = min(low, scale(node)), max(high, scale(node)) })
	if s.Bandwidth == 0 {
		s.Bandwidth = (high - low) / float64(min(nodes, 100))
	}
	if s.Bandwidth == 0 { // one value
		s.Bandwidth = max(math.Abs(low), 1) / 100
	}
	c := Curve{Bandwidth: s.Bandwidth}
	low, high = low-3*s.Bandwidth, high+3*s.Bandwidth
	for i := range s.Points {
		x := low + (high-low)*float64(i)/float64(s.Points-1)
		e := l.Mean(func(λ float64) float64 {
			z := (scale(λ) - x) / s.Bandwidth
			return math.Exp(-z*z/2) / (s.Bandwidth * math.Sqrt(2*math.Pi))
		})
		c.X, c.Y = append(c.X, x), append(c.Y, e.Value)
		c.Low, c.High = append(c.Low, max(0, e.Low)), append(c.High, e.High)
	}
	return c
}

// String says how far the eigenvalues reach, what their trace is, and how many
// are negative or near zero.
func (l *Law) String() string {
	if len(l.Rules) == 0 {
		return l.Name + ": no eigenvalues yet"
	}
	low, high := l.Range()
	how := "all of them"
	if !l.exact {
		how = fmt.Sprintf("seen by %d probes of %d nodes", len(l.Rules), len(l.Rules[0].Nodes))
	}
	near := max(math.Abs(low), math.Abs(high)) * 1e-4
	percent := func(e Estimate) string {
		if l.exact {
			return fmt.Sprintf("%.4g %%", 100*e.Value)
		}
		return fmt.Sprintf("%.3g to %.3g %%", 100*e.Low, 100*e.High)
	}
	return fmt.Sprintf("%s: %d eigenvalues, %s: from %.4g to %.4g, trace %v; %s negative, %s within ±%.2g",
		l.Name, l.Dim, how, low, high, l.Trace(), percent(l.Share(math.Inf(-1), -math.SmallestNonzeroFloat64)), percent(l.Near(near)), near)
}
