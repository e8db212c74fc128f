package glass

import (
	"fmt"
	"math"
)

// MeanInverse returns ∫dμ(x)/x, the mean of 1/eigenvalue, and the mean of its
// square, of a law left of which 0 lies:
//
//	2/(c + √(c²−R²)),  that/√(c²−R²).
//
// Of the Hessian at a minimum they say how far in energy, and how far on the
// sphere, a small field of random direction moves it. Panics unless
// Center > Radius.
func (s Semicircle) MeanInverse() (mean, square float64) {
	low, high := s.Edges()
	if !(low > 0) {
		panic(fmt.Sprintf("glass: MeanInverse: the eigenvalues begin at %v, expected above 0", low))
	}
	root := math.Sqrt(low * high)
	mean = 2 / (s.Center + root)
	return mean, mean / root
}

// GroundStateShift returns C₀ = ½ν²m, by which the lowest energies H fall when a
// field of strength ν/√N on each spin is added, that of (2.22), as N → ∞; m is
// [Semicircle.MeanInverse] of the Hessian at the ground state. In a field of
// strength ν, that of (2.14), they fall by NC₀. Source: Lemma 2.12 and Theorem
// 2.13, which print ν for C₀. Panics if p < 3 or ν < 0.
func GroundStateShift(p int, ν float64) float64 {
	checkField(ν)
	m, _ := HessianLaw(p, -GroundEnergy(p)).MeanInverse()
	return ν * ν * m / 2
}

// LogCriticalBelowLimit returns log E crt(H ≤ Nu) for u < −E∞ as N → ∞ with its
// constant: NΘ(u) − ½ log N + log C(u), where almost all of them are local
// minima. The error is of order 1/N, but for u within N^{−2/3} of −E∞, where C
// diverges. Source: Auffinger, Ben Arous, Černý 2013, Theorem 2.17. Panics if
// p < 3, N < 1 or u ≥ −E∞.
func LogCriticalBelowLimit(p, n int, u float64) float64 {
	checkSpins(p)
	if n < 1 {
		panic(fmt.Sprintf("glass: N (spins), %d, expected N ≥ 1", n))
	}
	d := beyond(p, u)
	if !(u < 0 && d > 0) {
		panic(fmt.Sprintf("glass: u (energy per spin), %v, expected u < −E∞ = %v", u, -ThresholdEnergy(p)))
	}
	N := float64(n)
	// In the paper's v = −√2 u/E∞: h(v) = ratio + 1/ratio, I₁'(v) = √(v²−2).
	v, root := -math.Sqrt2*u/ThresholdEnergy(p), math.Sqrt(2*d)
	ratio := math.Sqrt(root / (v + math.Sqrt2)) // ((v−√2)/(v+√2))^{1/4}
	slope := float64(p-2)/float64(p)*v + root
	return N*Complexity(p, u) - math.Log(N)/2 +
		math.Log((ratio+1/ratio)/math.Sqrt(2*math.Pi*float64(p))/slope) +
		IndexRate(p, u) - v*root/2
}

// GroundStateLocation returns m_N, about which the lowest energies H (not per
// spin) of a glass of N spins lie,
//
//	m_N = −NE_0 + log N/2c − K_0,  c = Θ'(−E_0)
//
// with K_0 such that those of the lowest minima, less m_N, become the points of
// a Poisson process of intensity e^{cx} dx as N → ∞. So the ground state's
// energy is m_N + x with probability e^{−e^{cx}/c} of lying higher: a Gumbel
// law of mean m_N + (log c − 0.5772)/c and standard deviation 1.2825/c. For
// even p each point stands for a pair ±σ. Source: (2.27); Subag, Zeitouni 2017.
// Panics if p < 3 or N < 1.
func GroundStateLocation(p, n int) float64 {
	e := GroundEnergy(p)
	c := ComplexitySlope(p, -e)
	log := LogCriticalBelowLimit(p, n, -e) // of e^{cx}/c at x = −NE_0 − m_N
	if p%2 == 0 {
		log -= math.Ln2
	}
	return -float64(n)*e - (log+math.Log(c))/c
}
