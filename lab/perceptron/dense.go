package perceptron

import (
	"math"

	"glassy/lab/device"
)

// dense are messages where every sum has many terms and is normal: of each
// pattern's field on each unit its mean ω and variance V without what the pattern
// itself has done (Onsager's term), its slope g = ∂ log Z_i/∂ω, and from these the
// fields on the weights,
//
//	ω = Ξm − Vg,  B = Ξᵀg + A m,  A = −Σ_i ∂g/∂ω
//
// Two products with the N×d matrix Ξ for a step.
type dense struct {
	p     *Perceptron
	Ξ     device.Vector
	m, b  []float64 // K×d
	ω, g  []float64 // K×N
	v     []float64 // V, len K
	logZ  float64   // Σ_i log Z_i
	right []float64 // of a pattern, len K
}

func newDense(p *Perceptron, seed uint64) *dense {
	n, k := p.Patterns(), p.units
	ξ := make([]float64, len(p.patterns))
	for i, v := range p.patterns {
		ξ[i] = float64(v)
	}
	return &dense{
		p: p, Ξ: device.Of(ξ), m: smallStart(p.Weights(), seed), b: make([]float64, p.Weights()),
		ω: make([]float64, k*n), g: make([]float64, k*n), v: make([]float64, k), right: make([]float64, k),
	}
}

func (s *dense) magnetisation() []float64 { return s.m }
func (s *dense) cavity() []float64        { return s.b }

func (s *dense) step(field []float64, damping float64) float64 {
	n, d, K := s.p.Patterns(), s.p.inputs, s.p.units
	cpu := device.CPU()
	cpu.Gemm(false, true, K, n, d, 1, device.Of(s.m), d, s.Ξ, d, 0, device.Of(s.ω), n)
	for k := range K {
		V := 0.0
		for _, m := range s.m[k*d : (k+1)*d] {
			V += 1 - m*m
		}
		s.v[k] = math.Max(V, 1e-12*float64(d))
		for i := range n {
			s.ω[k*n+i] -= s.v[k] * s.g[k*n+i]
		}
	}
	A := make([]float64, K)
	s.logZ = 0
	for i := range n {
		s.logZ += s.pattern(i, A)
	}
	copy(s.b, s.m)
	for k := range K {
		for j := range d {
			s.b[k*d+j] *= A[k]
		}
	}
	cpu.Gemm(false, false, K, d, n, 1, device.Of(s.g), n, s.Ξ, d, 1, device.Of(s.b), d)
	return settle(s.m, s.b, field, damping)
}

// pattern sets g of pattern i, adds to A and returns log Z_i.
func (s *dense) pattern(i int, A []float64) (logZ float64) {
	n, K := s.p.Patterns(), s.p.units
	if K == 1 {
		root := math.Sqrt(s.v[0])
		ω := s.ω[i]
		x := (s.p.threshold() - ω) / root
		g := mills(x) / root
		s.g[i] = g
		A[0] += g*g - x*g/root // g is φ/H at x, of slope g(g−x)
		return logTail(x)
	}
	for k := range K {
		s.right[k] = tail(-s.ω[k*n+i] / math.Sqrt(s.v[k]))
	}
	for k := range K {
		if1, if0 := others(s.right, k)
		Z := if1*s.right[k] + if0*(1-s.right[k])
		ω, V := s.ω[k*n+i], s.v[k]
		g := 0.0
		if Z > 0 {
			g = (if1 - if0) * density(ω/math.Sqrt(V)) / math.Sqrt(V) / Z
		}
		s.g[k*n+i] = g
		A[k] += g*g + ω/V*g
		logZ = math.Log(math.Max(Z, math.SmallestNonzeroFloat64))
	}
	return logZ
}

func (s *dense) logPartition(field []float64) float64 {
	sum := s.logZ
	n := s.p.Patterns()
	for k, V := range s.v {
		for _, g := range s.g[k*n : (k+1)*n] {
			sum += V * g * g / 2
		}
	}
	for j, b := range s.b {
		sum += logTwoCosh(b+field[j]) - b*s.m[j]
	}
	return sum
}
