package perceptron

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/combin"
)

// GeneralisationError is (3.3) as d → ∞, the probability that weights at overlap
// R = x·x*/d with a teacher label random inputs differently: arccos(R)/π. It is
// the probability to disagree, where the thesis has that to agree.
func GeneralisationError(R float64) float64 {
	if !(R >= -1 && R <= 1) {
		panic(fmt.Sprintf("perceptron: GeneralisationError: R (overlap), %v, expected −1 … 1", R))
	}
	return math.Acos(R) / math.Pi
}

// Disagreement is (3.3) exactly, of inputs ±1 at odd d: the probability that
// weights at Hamming distance k label a random input differently. O(d²).
func Disagreement(d, k int) float64 {
	if d < 1 || d%2 == 0 || k < 0 || k > d {
		panic(fmt.Sprintf("perceptron: Disagreement: d = %d, k = %d, expected an odd d and 0 ≤ k ≤ d", d, k))
	}
	// |A| < |B| with A the part of x·ξ in which they agree and B the other one.
	const log2 = math.Ln2
	sum := 0.0
	for i := range d - k + 1 {
		a := max(d-k-2*i, 2*i-d+k)
		for j := range k + 1 {
			if b := max(k-2*j, 2*j-k); a < b {
				sum += math.Exp(combin.LogGeneralizedBinomial(float64(d-k), float64(i)) + combin.LogGeneralizedBinomial(float64(k), float64(j)) - float64(d)*log2)
			}
		}
	}
	return sum
}

// ExpectedStudents is the mean number of students at Hamming distance k from the
// teacher of n random patterns of d inputs, exactly: C(d,k) (1 − [Disagreement])^n.
func ExpectedStudents(d, n, k int) float64 {
	return math.Exp(combin.LogGeneralizedBinomial(float64(d), float64(k)) + float64(n)*math.Log1p(-Disagreement(d, k)))
}

// AnnealedStudents is the log of that per weight as d → ∞ at overlap R with the
// teacher and α patterns per weight, no less than the entropy (Jensen):
//
//	H₂((1+R)/2) + α ln(1 − arccos(R)/π)
func AnnealedStudents(α, R float64) float64 {
	checkLoad("AnnealedStudents", α)
	return binaryEntropy((1+R)/2) + α*math.Log1p(-GeneralisationError(R))
}

// AnnealedClassification is the log of the mean number of solutions for random
// labels per weight, (1−α) ln 2, exact at every d.
func AnnealedClassification(α float64) float64 {
	checkLoad("AnnealedClassification", α)
	return (1 - α) * math.Ln2
}

// AnnealedThreshold is the load 1.448 above which [AnnealedStudents] is negative
// at all R but 1: a bound on [TeacherThreshold].
func AnnealedThreshold() float64 {
	// The load at which it vanishes, largest over R, by golden sections.
	load := func(R float64) float64 { return -binaryEntropy((1+R)/2) / math.Log1p(-GeneralisationError(R)) }
	a, b := 0.0, 0.999
	for b-a > 1e-9 { // the load is flat there
		c, d := b-(b-a)/math.Phi, a+(b-a)/math.Phi
		if load(c) > load(d) {
			b = d
		} else {
			a = c
		}
	}
	return load((a + b) / 2)
}

// binaryEntropy is H₂(p) in nats.
func binaryEntropy(p float64) float64 {
	if p <= 0 || p >= 1 {
		return 0
	}
	return -p*math.Log(p) - (1-p)*math.Log1p(-p)
}
