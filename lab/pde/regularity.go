package pde

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
)

// SemiConcavity is the bound of Lemma 4.17 on the largest second derivative
// along a coordinate of both Hamilton-Jacobi solutions at time t, of f that has C at
// time 0: C/(1+tC). For the Laplacian in d dimensions it is C/(1+tC/d): give t/d.
func SemiConcavity(C, t float64) float64 {
	checkTime("SemiConcavity", t)
	return C / (1 + t*C)
}

// LargestCurvature is the supremum of a profile's second derivative on an interval.
func LargestCurvature(f Profile, low, high float64) float64 {
	return -extreme(func(x float64) float64 { _, _, c := f(x); return -c }, low, high)
}

// HarmonicMean is n/Σ 1/v_i of positive numbers; it panics on others: the part of a
// spectrum that is negative has none.
func HarmonicMean(v []float64) float64 {
	for i, x := range v {
		if !(x > 0) {
			panic(fmt.Sprintf("pde: HarmonicMean: number %d is %v, expected positive ones", i, x))
		}
	}
	return stat.HarmonicMean(v, nil)
}

// HarmonicBound is that of Lemma 4.19 on the harmonic mean of the eigenvalues of
// ∇²u at a minimum at time t, given the suprema of f's second derivatives along the
// coordinates: 1/(t + 1/HM).
func HarmonicBound(suprema []float64, t float64) float64 {
	checkTime("HarmonicBound", t)
	return 1 / (t + 1/HarmonicMean(suprema))
}

// RobustWidth is γ* of Definition 4.20: the largest γ such that the local entropy at
// x has risen by at most ε for all smaller ones, f_γ′(x) - f(x) ≤ ε. It is found to
// 1e-9 by steps upwards of a tenth and bisection; +Inf where it is above most.
func RobustWidth(f Profile, x, epsilon, beta, most float64) float64 {
	if !(epsilon > 0) || !(most > 0) {
		panic(fmt.Sprintf("pde: RobustWidth: ε is %v, most %v, expected positive numbers", epsilon, most))
	}
	base, _, curvature := f(x)
	rise := func(γ float64) float64 { return ViscousAt(f, x, γ, beta).Value - base - epsilon }
	low := 1e-3 * min(most, LaplaceWidth(math.Abs(curvature)+1, epsilon, beta))
	for rise(low) > 0 {
		low /= 10
	}
	for low < most {
		high := min(low*1.1, most)
		if rise(high) > 0 {
			for high-low > 1e-10*high {
				if middle := (low + high) / 2; rise(middle) > 0 {
					high = middle
				} else {
					low = middle
				}
			}
			return (low + high) / 2
		}
		low = high
	}
	return math.Inf(1)
}

// LaplaceWidth is γ* by Laplace's method at a minimum of that curvature c, in one
// dimension: the root of log(1+γc)/2β = ε.
func LaplaceWidth(curvature, epsilon, beta float64) float64 {
	return math.Expm1(2*beta*epsilon) / curvature
}
