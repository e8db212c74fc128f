package perceptron

import (
	"fmt"
	"math"
)

// A Saddle is the replica-symmetric saddle point of the entropy as d → ∞.
type Saddle struct {
	Entropy   float64 // s, per weight: there are e^(ds) solutions
	Overlap   float64 // q of two solutions; R of a student with the teacher, and of two students
	Conjugate float64 // q̂, R̂
}

// rule integrates functions as smooth as those of the replica formulas are.
var rule = newGaussian(0.04, 12)

// ClassificationEntropy is the entropy of the weights that give random labels to
// α patterns per weight, with margin κ (Krauth and Mézard 1989, Remark 3.1):
//
//	s = −½q̂(1−q) + ∫Dz ln 2cosh(√q̂ z) + α ∫Dz ln H((κ−√q z)/√(1−q))
//
// It is negative beyond [Capacity]: there are no solutions, with probability 1. Far
// beyond, where q̂ > 400, it is given as −Inf with q = 1. α must be at least 0.
func ClassificationEntropy(α, κ float64) Saddle {
	s, _ := classification(α, κ)
	return s
}

// classification is the saddle point and the slope ds/dα, which is that of the
// formula alone since the rest is stationary.
func classification(α, κ float64) (s Saddle, slope float64) {
	checkLoad("ClassificationEntropy", α)
	if math.IsNaN(κ) || math.IsInf(κ, 0) {
		panic(fmt.Sprintf("perceptron: ClassificationEntropy: κ (margin), %v, expected a finite number", κ))
	}
	q, qhat := fixedPoint(0.5, func(q float64) (qhat, next float64) {
		root, rest := math.Sqrt(q), math.Sqrt(1-q)
		qhat = α / (1 - q) * rule.mean(func(z float64) float64 {
			r := mills((κ - root*z) / rest)
			return r * r
		})
		return qhat, squaredTanh(qhat)
	})
	if q == 1 {
		return Saddle{math.Inf(-1), 1, math.Inf(1)}, math.Inf(-1)
	}
	root, rest := math.Sqrt(q), math.Sqrt(1-q)
	slope = rule.mean(func(z float64) float64 { return logTail((κ - root*z) / rest) })
	free := rule.mean(func(z float64) float64 { return logTwoCosh(math.Sqrt(qhat) * z) })
	return Saddle{-qhat/2*(1-q) + free + α*slope, q, qhat}, slope
}

// squaredTanh is ∫Dz tanh²(√q̂ z).
func squaredTanh(qhat float64) float64 {
	root := math.Sqrt(qhat)
	return rule.mean(func(z float64) float64 {
		t := math.Tanh(root * z)
		return t * t
	})
}

// StudentEntropy is the entropy of the students that label α patterns per weight
// like a teacher does, on Nishimori's line (Györgyi 1990), Q = √(R/(1−R)):
//
//	s = −½R̂(1+R) + ∫Dz ln 2cosh(√R̂ z + R̂) + 2α ∫Dz H(−Qz) ln H(−Qz)
//
// of the branch R < 1. It is negative beyond [TeacherThreshold]: there is the
// teacher alone. Where the branch has ended, beyond α = 1.49, it is that of the
// teacher: R = 1 and s = 0.
func StudentEntropy(α float64) Saddle {
	s, _ := students(α)
	return s
}

func students(α float64) (s Saddle, slope float64) {
	checkLoad("StudentEntropy", α)
	R, Rhat := fixedPoint(0.3, func(R float64) (Rhat, next float64) {
		Q := math.Sqrt(R / (1 - R))
		Rhat = 2 * α / (1 - R) * rule.mean(func(z float64) float64 { return mills(-Q*z) * density(Q*z) })
		root := math.Sqrt(Rhat)
		return Rhat, rule.mean(func(z float64) float64 { return math.Tanh(root*z + Rhat) })
	})
	if R == 1 {
		return Saddle{0, 1, math.Inf(1)}, 0
	}
	Q := math.Sqrt(R / (1 - R))
	slope = 2 * rule.mean(func(z float64) float64 { return tail(-Q*z) * logTail(-Q*z) })
	free := rule.mean(func(z float64) float64 { return logTwoCosh(math.Sqrt(Rhat)*z + Rhat) })
	return Saddle{-Rhat/2*(1+R) + free + α*slope, R, Rhat}, slope
}

// fixedPoint iterates overlap → (conjugate, overlap) until it rests; overlap 1:
// it went so near that rule does not resolve the weights' fields, of width 1/√q̂.
func fixedPoint(overlap float64, step func(overlap float64) (conjugate, next float64)) (q, qhat float64) {
	for range 5000 {
		conjugate, next := step(overlap)
		if !(conjugate <= 400) {
			return 1, math.Inf(1)
		}
		rest := math.Abs(next-overlap) <= 1e-13
		overlap, qhat = next, conjugate
		if rest {
			break
		}
	}
	return overlap, qhat
}

func checkLoad(what string, α float64) {
	if !(α >= 0) || math.IsInf(α, 0) {
		panic(fmt.Sprintf("perceptron: %s: α (patterns per weight), %v, expected a finite number of at least 0", what, α))
	}
}

// Capacity is α_c(κ), up to which random labels can be had with margin κ, and the
// overlap of two solutions there: the zero of [ClassificationEntropy]. α_c(0) =
// 0.8331.
func Capacity(κ float64) (α, overlap float64) {
	α = 0.5
	for range 100 {
		s, slope := classification(α, κ)
		for math.IsInf(s.Entropy, -1) { // beyond where there is a saddle point
			α /= 2
			s, slope = classification(α, κ)
		}
		step := s.Entropy / slope
		if α, overlap = α-step, s.Overlap; math.Abs(step) < 1e-13*α {
			break
		}
	}
	return α, overlap
}

// TeacherThreshold is α_TS = 1.2447, beyond which there is no student but the
// teacher, and the overlap of the other ones with it there: the zero of
// [StudentEntropy] on its branch R < 1.
func TeacherThreshold() (α, overlap float64) {
	α = 1
	for range 100 {
		s, slope := students(α)
		step := s.Entropy / slope
		if α, overlap = α-step, s.Overlap; math.Abs(step) < 1e-13*α {
			break
		}
	}
	return α, overlap
}

// StudentsAtOverlap is the entropy of the students at overlap R, −1 < R < 1, with
// the teacher, of α patterns per weight: what is about a typical solution of a
// problem with a teacher, who is one. It is highest at the overlap of
// [StudentEntropy], and negative as R → 1: the teacher is isolated. With R fixed
// the overlap q of two students is another:
//
//	s(R) = −½q̂(1−q) − R̂R + ∫Dz ln 2cosh(√q̂ z + R̂) + 2α ∫Dz H(−Rz/√(q−R²)) ln H(−√(q/(1−q)) z)
func StudentsAtOverlap(α, R float64) Saddle {
	checkLoad("StudentsAtOverlap", α)
	if !(R > -1 && R < 1) {
		panic(fmt.Sprintf("perceptron: StudentsAtOverlap: R (overlap), %v, expected −1 < R < 1", R))
	}
	Rhat := math.Atanh(R)
	// The teacher's label of a pattern whose mean field on the students is √q z.
	teacher := func(q, z float64) float64 { return tail(-R / math.Sqrt(math.Max(q-R*R, 1e-14)) * z) }
	q, qhat := fixedPoint((1+R*R)/2, func(q float64) (qhat, next float64) {
		u := math.Sqrt(q / (1 - q))
		qhat = 2 * α / (1 - q) * rule.mean(func(z float64) float64 {
			r := mills(-u * z)
			return teacher(q, z) * r * r
		})
		root := math.Sqrt(qhat)
		for range 100 { // R̂ by Newton's method
			m := rule.mean(func(z float64) float64 { return math.Tanh(root*z + Rhat) })
			next = rule.mean(func(z float64) float64 { t := math.Tanh(root*z + Rhat); return t * t })
			step := (R - m) / (1 - next)
			Rhat += math.Max(-1, math.Min(1, step))
			if math.Abs(step) < 1e-12 {
				break
			}
		}
		return qhat, (q + next) / 2
	})
	if q == 1 {
		return Saddle{math.Inf(-1), 1, math.Inf(1)}
	}
	u := math.Sqrt(q / (1 - q))
	s := -qhat/2*(1-q) - Rhat*R
	s += rule.mean(func(z float64) float64 { return logTwoCosh(math.Sqrt(qhat)*z + Rhat) })
	s += 2 * α * rule.mean(func(z float64) float64 { return teacher(q, z) * logTail(-u*z) })
	return Saddle{s, q, qhat}
}
