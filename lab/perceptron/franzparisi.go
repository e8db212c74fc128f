package perceptron

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/integrate/quad"
)

// A Neighbourhood is what is around a typical solution as d → ∞, replica
// symmetric.
type Neighbourhood struct {
	Entropy float64 // s(p), per weight, of the solutions at overlap p
	Overlap float64 // r of two of those
	Cross   float64 // p′ of one with another typical solution
}

// FranzParisi is the entropy of the solutions at overlap p, 0 < p < 1, with a
// typical solution of α patterns per weight with random labels (Franz and Parisi
// 1997, Huang and Kabashima 2014). It is negative for p → 1: typical solutions are
// isolated. It takes a tenth of a second, more as p → 1, and is right to 1e-6; of
// a load beyond [Capacity] it is NaN.
func FranzParisi(α, p float64) Neighbourhood {
	if !(p > 0 && p < 1) {
		panic(fmt.Sprintf("perceptron: FranzParisi: p (overlap), %v, expected 0 < p < 1", p))
	}
	if !(α > 0) {
		panic(fmt.Sprintf("perceptron: FranzParisi: α (patterns per weight), %v, expected a number above 0", α))
	}
	typical := ClassificationEntropy(α, 0)
	if typical.Entropy < 0 {
		return Neighbourhood{math.NaN(), math.NaN(), math.NaN()}
	}
	f := franzParisi{α: α, p: p, q: typical.Overlap, qhat: typical.Conjugate}
	f.cross = f.q * p
	// v of patterns must be above 0, and is where r is between its least value and 1.
	least := f.cross*f.cross/f.q + (p-f.cross)*(p-f.cross)/(1-f.q)
	f.r = math.Max(0.8*p*p+0.2*f.q, (least+1)/2)

	for range 500 {
		f.patterns()
		r, cross := f.atOverlap()
		change := math.Max(math.Abs(r-f.r), math.Abs(cross-f.cross))
		f.r, f.cross = (f.r+r)/2, (f.cross+cross)/2
		if change < 1e-8 { // the entropy is stationary: its error is the square
			break
		}
	}
	return Neighbourhood{f.entropy(), f.r, f.cross}
}

// franzParisi holds the order parameters, in the letters of the literature: the
// typical solution at q, those about it at r with each other and p′ with others.
type franzParisi struct {
	α, p, q, qhat        float64
	r, cross             float64 // r, p′
	rhat, phat, crossHat float64 // r̂, p̂, p̂′

	at, by []float64 // nodes and weights of a panel
}

// patterns sets r̂ and p̂′ from r and p′.
func (f *franzParisi) patterns() {
	rest := math.Sqrt(1 - f.r)
	f.rhat, f.crossHat = 0, 0
	f.eachPattern(func(w, ω, m float64) {
		g := mills(-m/rest) / rest
		h := mills(-math.Sqrt(f.q/(1-f.q))*ω) / math.Sqrt(1-f.q)
		f.rhat += f.α * w * g * g
		f.crossHat += f.α * w * g * h
	})
}

// eachPattern averages over what a pattern does: by ω, the share of a typical
// solution's field that all of them have in common, and by the field m = p′/√q ω +
// σt of a solution about it, t normal, that comes with such a field y of the
// typical one as makes the pattern right, y > −cω: given t, y is normal.
func (f *franzParisi) eachPattern(with func(w, ω, m float64)) {
	c := math.Sqrt(f.q / (1 - f.q))
	a := (f.p - f.cross) / math.Sqrt(1-f.q)
	v := math.Max(1e-8*(1-f.r), f.r-f.cross*f.cross/f.q-a*a) // on the way it may come out negative
	σ := math.Sqrt(a*a + v)
	b := f.cross / math.Sqrt(f.q)
	rest := math.Sqrt(1 - f.r)
	spread := math.Sqrt(v) / σ // of y given t
	const end = 8
	outer := newGaussian(math.Min(0.3, 0.7*rest/math.Max(b, c)), end)
	for i, ω := range outer.at {
		weight := outer.weight[i] / tail(-c*ω)
		inner := func(from, to, width float64) {
			if from >= to {
				return
			}
			at, weights := f.panel(from, to, math.Min(width, math.Min(1, rest/σ)))
			for j, t := range at {
				with(weight*weights[j]*density(t)*tail((-c*ω-a*t/σ)/spread), ω, b*ω+σ*t)
			}
		}
		// A step of width step at edge; nothing is left of it.
		edge, step := -c*ω*σ/a, spread*σ/a
		if a <= 0 {
			edge, step = 0, end
		}
		low, high := math.Max(-end, math.Min(end, edge-7*step)), math.Max(-end, math.Min(end, edge+7*step))
		inner(low, high, step)
		inner(high, end, 1)
	}
}

// panel is Gauss's rule for functions that vary on the scale of width.
func (f *franzParisi) panel(from, to, width float64) (at, weights []float64) {
	// In eights: of 26 points gonum's rule (v0.17) has a wrong weight.
	n := 8 * (2 + int((to-from)/width*3/8))
	for len(f.at) < n {
		f.at, f.by = append(f.at, 0), append(f.by, 0)
	}
	at, weights = f.at[:n], f.by[:n]
	quad.Legendre{}.FixedLocations(at, weights, from, to)
	return at, weights
}

// negligible is a weight that no average notices.
const negligible = 1e-20

// atOverlap sets p̂ so that the overlap with the typical solution is p, and
// returns the other two.
func (f *franzParisi) atOverlap() (r, cross float64) {
	for range 100 {
		p, rNow, crossNow := f.weights()
		r, cross = rNow, crossNow
		step := (f.p - p) / (1 - r) // Newton's: dp/dp̂ = 1−r
		f.phat += math.Max(-1, math.Min(1, step))
		if math.Abs(step) < 1e-10 {
			break
		}
	}
	return r, cross
}

// weights are the overlaps of a solution about the typical one with that, with
// another of them, and with another typical one.
func (f *franzParisi) weights() (p, r, cross float64) {
	f.eachWeight(func(w, typical, a float64) {
		m := math.Tanh(a)
		p += w * m
		r += w * m * m
		cross += w * typical * m
	})
	return p, r, cross
}

// eachWeight averages over the fields a of a weight about the typical solution,
// whose own weight is 1: that of −1 gives the same with another sign.
func (f *franzParisi) eachWeight(with func(w, typical, a float64)) {
	alone := math.Sqrt(math.Max(0, f.rhat-f.crossHat*f.crossHat/f.qhat))
	shared := f.crossHat / math.Sqrt(f.qhat)
	own := f.phat - f.crossHat
	// tanh has its poles at π/2 from the axis.
	rule := newGaussian(math.Min(0.3, 0.4/math.Max(alone, math.Max(shared, math.Sqrt(f.qhat)))), 9)
	for i, z := range rule.at {
		typical := math.Tanh(math.Sqrt(f.qhat) * z)
		for j, t := range rule.at {
			if w := rule.weight[i] * (1 + typical) * rule.weight[j]; w > negligible {
				with(w, typical, alone*t+shared*z+own)
			}
		}
	}
}

func (f *franzParisi) entropy() float64 {
	s := f.rhat/2*(f.r-1) + f.cross*f.crossHat - f.p*f.phat
	rest := math.Sqrt(1 - f.r)
	f.eachPattern(func(w, _, m float64) { s += f.α * w * logTail(-m/rest) })
	f.eachWeight(func(w, _, a float64) { s += w * logTwoCosh(a) })
	return s
}
