package noneq

import (
	"fmt"
	"math"
	"sort"

	"gonum.org/v1/gonum/integrate/quad"
)

// Line is dX = -f′dt + √(2β⁻¹D(X)) dB in one dimension, with the noise taken at
// X(t+α dt): α = 0 is Itô's calculus, ½ Stratonovich's, 1 Klimontovich's, which is also
// Hänggi's. Its stationary density is
//
//	ρ ∝ D^(α-1) exp(-β ∫ f′/D),
//
// so that each calculus of one drift has a law of its own (Remark 6.9 gives them one),
// and Φ = -β⁻¹ log ρ depends on β unless D is constant (Theorem 6.28 says it does not).
type Line struct {
	Slope     func(x float64) float64 // f′
	Diffusion func(x float64) float64 // D, above 0
	Beta      float64
	Alpha     float64
}

// A LineDensity is the stationary density of a [Line] between two ends.
type LineDensity struct {
	line  Line
	nodes []float64 // in s, x = sinh s: equal steps near 0, equal ratios far out
	log   []float64 // of the density at the nodes
}

// Stationary is the density on [low, high], of integral 1, by Gauss's rule. It is an
// error when D is not above 0 there, or when there is no density: where it does not
// fall, the ends confine it.
func (l Line) Stationary(low, high float64) (*LineDensity, error) {
	if l.Slope == nil || l.Diffusion == nil || !(l.Beta > 0) || l.Alpha < 0 || l.Alpha > 1 || !(low < high) || math.IsInf(high-low, 0) {
		panic(fmt.Sprintf("noneq: Line.Stationary: Slope is given: %v, Diffusion: %v, β is %v, α %v, from %v to %v, expected both, β above 0, α from 0 to 1 and two numbers", l.Slope != nil, l.Diffusion != nil, l.Beta, l.Alpha, low, high))
	}
	const panels = 2000
	p := &LineDensity{line: l, nodes: make([]float64, panels+1), log: make([]float64, panels+1)}
	a, b := math.Asinh(low), math.Asinh(high)
	for i := range p.nodes {
		p.nodes[i] = a + (b-a)*float64(i)/panels
		x := math.Sinh(p.nodes[i])
		if D := l.Diffusion(x); !(D > 0) || math.IsInf(D, 0) {
			return nil, fmt.Errorf("noneq: D is %v at %v, expected a finite number above 0", D, x)
		}
		if i > 0 {
			p.log[i] = p.log[i-1] + p.climb(p.nodes[i-1], p.nodes[i])
		}
	}
	// The density to 1, from its largest value on.
	most := math.Inf(-1)
	for i := range p.log {
		most = math.Max(most, p.log[i]+(l.Alpha-1)*math.Log(l.Diffusion(math.Sinh(p.nodes[i]))))
	}
	if math.IsNaN(most) || math.IsInf(most, 0) {
		return nil, fmt.Errorf("noneq: the density is not finite: ∫f′/D overflows, or f′ is no number, between %g and %g", low, high)
	}
	for i := range p.log {
		p.log[i] -= most
	}
	total := math.Log(p.Mean(func(float64) float64 { return 1 }))
	for i := range p.log {
		p.log[i] -= total
	}
	return p, nil
}

// climb is -β∫f′/D from s to t.
func (p *LineDensity) climb(s, t float64) float64 {
	return -p.line.Beta * quad.Fixed(func(s float64) float64 {
		x := math.Sinh(s)
		return p.line.Slope(x) / p.line.Diffusion(x) * math.Cosh(s)
	}, s, t, 6, quad.Legendre{}, 0)
}

// at is the density at x = sinh s, in panel i.
func (p *LineDensity) at(i int, s float64) float64 {
	log := p.log[i]
	if s != p.nodes[i] {
		log += p.climb(p.nodes[i], s)
	}
	return math.Exp(log) * math.Pow(p.line.Diffusion(math.Sinh(s)), p.line.Alpha-1)
}

// At is the density at x, 0 beyond the ends.
func (p *LineDensity) At(x float64) float64 {
	s := math.Asinh(x)
	last := len(p.nodes) - 1
	if s < p.nodes[0] || s > p.nodes[last] {
		return 0
	}
	i := max(0, sort.SearchFloat64s(p.nodes, s)-1)
	return p.at(i, s)
}

// Mean is E g(X).
func (p *LineDensity) Mean(g func(x float64) float64) float64 {
	sum := 0.0
	for i := range len(p.nodes) - 1 {
		sum += quad.Fixed(func(s float64) float64 {
			return g(math.Sinh(s)) * p.at(i, s) * math.Cosh(s)
		}, p.nodes[i], p.nodes[i+1], 6, quad.Legendre{}, 0)
	}
	return sum
}

// PotentialSlope is Φ′ = f′/D + (1-α)β⁻¹ D′/D of Φ = -β⁻¹ log ρ at x, the derivative of D
// by differences.
func (l Line) PotentialSlope(x float64) float64 {
	D := jacobian(1, func(x, y []float64) { y[0] = l.Diffusion(x[0]) }, []float64{x}).At(0, 0)
	return (l.Slope(x) + (1-l.Alpha)*D/l.Beta) / l.Diffusion(x)
}
