package sparse

import (
	"math"
	"slices"
)

// KolmogorovSmirnov is the largest distance between the empirical distribution
// of x and cdf, and the probability that a sample of cdf, which must be
// continuous and not fitted to x, has a larger one: exact as the sample grows,
// and within 0.01 from 30 numbers on. It panics when x is empty.
// gonum's stat.KolmogorovSmirnov compares two samples and gives no probability.
func KolmogorovSmirnov(x []float64, cdf func(float64) float64) (distance, p float64) {
	if len(x) == 0 {
		panic("sparse: KolmogorovSmirnov: the sample is empty")
	}
	sorted := slices.Sorted(slices.Values(x))
	n := float64(len(x))
	for i, v := range sorted {
		f := cdf(v)
		distance = max(distance, f-float64(i)/n, float64(i+1)/n-f)
	}
	// Stephens 1970: so corrected, √n D has its limit law from small n on.
	root := math.Sqrt(n)
	return distance, kolmogorovAbove((root + 0.12 + 0.11/root) * distance)
}

// kolmogorovAbove is 2 Σ_{k≥1} (−1)^{k−1} e^{−2k²x²}, or for small x, where that
// converges slowly, 1 less its theta transform.
func kolmogorovAbove(x float64) float64 {
	sum := 0.0
	if x < 1 {
		for k := 1.0; k <= 7; k += 2 {
			sum += math.Exp(-k * k * math.Pi * math.Pi / (8 * x * x))
		}
		return 1 - math.Sqrt(2*math.Pi)/x*sum
	}
	for k := 1.0; k <= 5; k++ {
		sum += math.Copysign(math.Exp(-2*k*k*x*x), math.Mod(k, 2)-0.5)
	}
	return 2 * sum
}
