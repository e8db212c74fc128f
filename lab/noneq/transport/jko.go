package transport

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"glassy/lab/pde"
)

// JKO lets the free energy F(ρ) = E V - β⁻¹H(ρ) fall in steps of Jordan, Kinderlehrer and
// Otto (1998),
//
//	ρ_{k+1} = argmin F(ρ) + W₂²(ρ, ρ_k)/2τ,  (6.18),
//
// on the line, where a law is its quantiles at u = (i+½)/n. For τ → 0 it is the
// Fokker-Planck equation ρ_t = (V′ρ)′ + β⁻¹ρ″, (6.20), to first order in τ.
type JKO struct {
	Potential pde.Profile // V
	Beta      float64     // β
	Step      float64     // τ
}

func (s JKO) check() {
	if s.Potential == nil || !(s.Beta > 0) || !(s.Step > 0) || math.IsInf(s.Beta*s.Step, 0) {
		panic(fmt.Sprintf("transport: JKO: Potential is given: %v, β is %v, the step %v, expected one and finite numbers above 0", s.Potential != nil, s.Beta, s.Step))
	}
}

// Quantiles are those of a law at u = (i+½)/n.
func Quantiles(q Quantile, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = q((float64(i) + 0.5) / float64(n))
	}
	return out
}

// FreeEnergy is F of quantiles: the mean of V, and minus the entropy of the law that is
// uniform between them, which has the mass 1/n.
func (s JKO) FreeEnergy(q []float64) float64 {
	s.check()
	n := float64(len(q))
	sum := 0.0
	for i, x := range q {
		v, _, _ := s.Potential(x)
		sum += v / n
		if i > 0 {
			gap := x - q[i-1]
			if !(gap > 0) {
				return math.Inf(1)
			}
			sum -= math.Log(n*gap) / (s.Beta * n)
		}
	}
	return sum
}

// Next are the quantiles after a step, by Newton's method with a tridiagonal Hessian. Where
// V is not convex the minimum found is that beside q, the only one for τ small beside
// 1/|V″|. It is an error when quantiles do not rise, and when none is found.
func (s JKO) Next(q []float64) ([]float64, error) {
	s.check()
	n := len(q)
	if n < 2 {
		panic(fmt.Sprintf("transport: JKO: %d quantiles, expected at least 2", n))
	}
	for i := 1; i < n; i++ {
		if !(q[i] > q[i-1]) {
			return nil, fmt.Errorf("transport: quantile %d is %v and the one before it %v, expected them to rise", i+1, q[i], q[i-1])
		}
	}
	value := func(x []float64) float64 {
		d := floats.Distance(x, q, 2)
		return s.FreeEnergy(x) + d*d/(2*s.Step*float64(n))
	}
	x, next := slices.Clone(q), make([]float64, n)
	slope, diagonal, beside := mat.NewVecDense(n, nil), make([]float64, n), make([]float64, n-1)
	now := value(x)
	for range 100 {
		// n times the gradient and the Hessian.
		for i, v := range x {
			_, f, c := s.Potential(v)
			slope.SetVec(i, f+(v-q[i])/s.Step)
			diagonal[i] = math.Max(c+1/s.Step, 1e-3/s.Step) // a descent even where τ is too large
		}
		for i := range n - 1 {
			r := 1 / (x[i+1] - x[i])
			k := r * r / s.Beta
			slope.SetVec(i, slope.AtVec(i)+r/s.Beta)
			slope.SetVec(i+1, slope.AtVec(i+1)-r/s.Beta)
			diagonal[i] += k
			diagonal[i+1] += k
			beside[i] = -k
		}
		var step mat.VecDense
		H := mat.NewTridiag(n, slices.Clone(beside), slices.Clone(diagonal), slices.Clone(beside))
		if err := H.SolveVecTo(&step, false, slope); err != nil {
			return nil, fmt.Errorf("transport: JKO: %w", err)
		}
		gain := mat.Dot(&step, slope) / float64(n)
		part := 1.0
		for ; part > 1e-12; part /= 2 {
			for i := range next {
				next[i] = x[i] - part*step.AtVec(i)
			}
			if v := value(next); v <= now-1e-4*part*gain+1e-15*math.Abs(now) {
				now = v
				break
			}
		}
		x, next = next, x
		if gain < 1e-26*math.Max(1, math.Abs(now)) || part <= 1e-12 {
			break
		}
	}
	if !(mat.Norm(slope, 2)/math.Sqrt(float64(n)) < 1e-6*(1+1/s.Step)) {
		return nil, fmt.Errorf("transport: JKO: no minimum was found from these quantiles with τ = %g: take a smaller one", s.Step)
	}
	return x, nil
}

// GaussianStep is the step of N(mean, deviation²) for V = ½κx², which stays Gaussian:
// m/(1+κτ), and (s + √(s²+4(1+κτ)τ/β))/2(1+κτ).
func GaussianStep(mean, deviation, κ, β, τ float64) (m, s float64) {
	c := 1 + κ*τ
	return mean / c, (deviation + math.Sqrt(deviation*deviation+4*c*τ/β)) / (2 * c)
}

// GaussianFlow is where the equation takes it in a time: m e^(-κt), and the variance
// s²e^(-2κt) + (1-e^(-2κt))/βκ.
func GaussianFlow(mean, deviation, κ, β, time float64) (m, s float64) {
	e := math.Exp(-κ * time)
	spread := 2 * time / β
	if κ != 0 {
		spread = -math.Expm1(-2*κ*time) / (β * κ)
	}
	return mean * e, math.Sqrt(deviation*deviation*e*e + spread)
}
