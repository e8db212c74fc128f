package entropy

import (
	"fmt"
	"math"
)

// CurvatureBounds are those of Lemma 3.5, corrected, on all eigenvalues of ∇²f_γ, of f
// whose own lie between least and most everywhere: least/(1+γ least) and
// most/(1+γ most), by Brascamp and Lieb and by Cramér and Rao. Negative curvature is
// amplified. It panics unless least > -1/γ: below there is no bound, and the lemma's
// condition, that no eigenvalue be between -2/γ-c and c, gives none.
func CurvatureBounds(least, most, gamma float64) (low, high float64) {
	if !(gamma >= 0) || !(least <= most) || !(1+gamma*least > 0) || math.IsInf(most, 0) || math.IsInf(gamma, 0) {
		panic(fmt.Sprintf("entropy: CurvatureBounds: curvatures from %v to %v at scope %v, expected finite numbers in order, a scope of at least 0, and all above -1/γ", least, most, gamma))
	}
	shrink := func(c float64) float64 { return c / (1 + gamma*c) }
	return shrink(least), shrink(most)
}

// Training is what Theorem 3.6 (Hardt, Recht & Singer 2016, Theorem 3.12) asks to know
// of SGD on a loss that lies in [0, 1].
type Training struct {
	Lipschitz float64 // α: the largest slope of a sample's loss
	Smooth    float64 // μ: its largest curvature; the thesis writes β for it in the theorem
	Rate      float64 // c: the learning rate at step t is at most c/t
	Steps     float64 // T
	Samples   int     // N
}

// Stability is the theorem's bound on how much the loss of one sample changes, on
// average over SGD's choices, when one of the training data does, and so on the
// generalisation gap:
//
//	ε ≤ (1 + 1/μc)/(N-1) · (2cα²)^(1/(1+μc)) · T^(μc/(1+μc)).
func (t Training) Stability() float64 {
	t.check("Stability")
	μc := t.Smooth * t.Rate
	return (1 + 1/μc) / float64(t.Samples-1) * math.Pow(2*t.Rate*t.Lipschitz*t.Lipschitz, 1/(1+μc)) * math.Pow(t.Steps, μc/(1+μc))
}

// Smoothed is the same training of the local entropy, of a loss whose Hessian has no
// eigenvalue below least > 0: slopes and curvatures are divided by 1+γ least, as the
// thesis concludes from Lemma 3.5.
func (t Training) Smoothed(gamma, least float64) Training {
	t.check("Smoothed")
	if !(gamma >= 0) || !(least > 0) || math.IsInf(gamma*least, 0) {
		panic(fmt.Sprintf("entropy: Smoothed: scope %v, least curvature %v, expected finite numbers of at least 0 and above 0", gamma, least))
	}
	t.Lipschitz /= 1 + gamma*least
	t.Smooth /= 1 + gamma*least
	return t
}

// PrintedRatio is (3.17) as the thesis has it: the bound for Entropy-SGD over that for
// SGD, (α/T)^((1-1/(1+γc))μ), c the least curvature. It holds for small μ, and without
// the factors before the powers; Smoothed(γ, c).Stability() over Stability() is the
// whole ratio.
func (t Training) PrintedRatio(gamma, least float64) float64 {
	t.check("PrintedRatio")
	return math.Pow(t.Lipschitz/t.Steps, (1-1/(1+gamma*least))*t.Smooth)
}

func (t Training) check(method string) {
	for _, v := range []float64{t.Lipschitz, t.Smooth, t.Rate, t.Steps} {
		if !(v > 0) || math.IsInf(v, 0) {
			panic(fmt.Sprintf("entropy: %s: %+v, expected finite numbers above 0", method, t))
		}
	}
	if t.Samples < 2 {
		panic(fmt.Sprintf("entropy: %s: %d samples, expected at least 2", method, t.Samples))
	}
}
