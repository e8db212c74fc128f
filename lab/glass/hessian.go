package glass

import (
	"fmt"
	"math"

	"glassy/lab/rng"
)

// IndexFraction returns the share k/N of negative directions at a typical
// critical point of energy u, from 0 at −E∞ through ½ at u = 0 to 1 at E∞: the
// distribution function of the semicircle at u/E∞. Below −E∞ it is 0, above E∞
// it is 1. Source: Remark 2.4, which should say this where it says that minima
// exist at all energies. Panics if p < 3; NaN if u is NaN.
func IndexFraction(p int, u float64) float64 {
	checkSpins(p)
	d := beyond(p, u)
	switch {
	case d >= 0 && u < 0:
		return 0
	case d >= 0:
		return 1
	}
	return belowAngle(math.Atan2(math.Sqrt(-d), -u/ThresholdEnergy(p)))
}

// belowAngle returns the share of the semicircle on [−1, 1] that lies left of
// −cos φ, (2φ − sin 2φ)/2π for 0 ≤ φ ≤ π, to a few ulp also for small φ.
func belowAngle(φ float64) float64 {
	if φ > 1 {
		return (2*φ - math.Sin(2*φ)) / (2 * math.Pi)
	}
	return -φ * series(-4*φ*φ) / math.Pi
}

// Semicircle is the law of the eigenvalues of a large random matrix: density
// 2√(R² − (x−c)²)/πR² on [c−R, c+R].
type Semicircle struct {
	Center float64 // c, the mean eigenvalue
	Radius float64 // R > 0, twice the standard deviation
}

// HessianLaw returns the law of the eigenvalues of the Riemannian Hessian of H
// on the sphere |σ|² = N, at a critical point of energy u per spin, as N → ∞:
// centre −pu, radius 2√(p(p−1)). Eigenvalues do not grow with N.
//
// At finite N the Hessian is √(p(p−1)/N) G − pu I, with G from the Gaussian
// orthogonal ensemble of size N−1 (variance 1 off the diagonal, 2 on it),
// independent of the gradient. The thesis prints this on the unit sphere and
// loses a factor √N in the shift. Source: (2.13), Auffinger et al. 2013, Lemma
// 3.2. Panics if p < 3 or u is not finite.
func HessianLaw(p int, u float64) Semicircle {
	checkSpins(p)
	if math.IsNaN(u) || math.IsInf(u, 0) {
		panic(fmt.Sprintf("glass: u (energy per spin), %v, expected a finite number", u))
	}
	n := float64(p)
	return Semicircle{Center: 0 - n*u, Radius: 2 * math.Sqrt(n*(n-1))} // 0 − x: no −0
}

// SampleHessian draws the eigenvalues, ascending, len N−1, of the Riemannian
// Hessian at a point of energy u per spin of a pure p-spin glass of N ≥ 2 spins:
// exactly the law at finite N that [HessianLaw] tells. At a critical point of
// the glass, chosen among all of that energy, the law has the determinant's
// modulus as a further weight. O(N²) operations. Panics as HessianLaw.
func SampleHessian(p, n int, u float64, s *rng.Stream) []float64 {
	law := HessianLaw(p, u)
	if n < 2 {
		panic(fmt.Sprintf("glass: N (spins), %d, expected N ≥ 2", n))
	}
	values := GOE(n - 1).Spectrum(s)
	scale := law.Radius / (2 * math.Sqrt(float64(n)))
	for i := range values {
		values[i] = law.Center + scale*values[i]
	}
	return values
}

// Edges returns the smallest and the largest eigenvalue, c − R and c + R.
func (s Semicircle) Edges() (low, high float64) {
	return s.Center - s.Radius, s.Center + s.Radius
}

// Density returns the share of eigenvalues per unit length at x.
func (s Semicircle) Density(x float64) float64 {
	y := (x - s.Center) / s.Radius
	if math.Abs(y) >= 1 {
		return 0
	}
	return 2 * math.Sqrt((1-y)*(1+y)) / (math.Pi * s.Radius)
}

// Below returns the share of eigenvalues that are at most x. For HessianLaw,
// Below(0) is the IndexFraction.
func (s Semicircle) Below(x float64) float64 {
	y := (x - s.Center) / s.Radius
	switch {
	case y <= -1:
		return 0
	case y >= 1:
		return 1
	}
	return belowAngle(math.Atan2(math.Sqrt((1-y)*(1+y)), -y))
}
