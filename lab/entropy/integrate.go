package entropy

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/device"
	"glassy/lab/run"
)

// An Integral is the local entropy's value by thermodynamic integration.
type Integral struct {
	Status Status
	Value  Number  // f_γ(x)
	Rule   float64 // by how much it differs from what half of the rungs say: more than the rule's own error
	Low    Number  // ⟨f⟩ under ρ_γ, and
	High   Number  // under the normal law about x, that is f smoothed by the heat equation: Low ≤ f_γ(x) ≤ High

	Shannon Number // the entropy of ρ_γ in nats
	Rungs   []Rung // from λ = 0 to 1
	*Estimate
}

func (r *Integral) String() string {
	return fmt.Sprintf("f_γ = %v, between ⟨f⟩ = %v under ρ_γ and %v under the normal law; Shannon entropy %v nats; %d rungs\nthe last: %v",
		r.Value, r.Low, r.High, r.Shannon, len(r.Rungs), r.Estimate)
}

// A Rung is a law between the normal one, λ = 0, and ρ_γ, λ = 1.
type Rung struct {
	Weight     float64 // λ
	Loss       Number  // ⟨f⟩
	Effective  float64 // samples
	RHat       float64
	Acceptance float64
}

// power is that of the rungs' places, λ = u⁴, u those of Clenshaw and Curtis: ⟨f⟩ falls
// fast at small λ, where walkers leave what f forbids (Friel & Pettitt 2008).
const power = 4

// Integrate is the value of the local entropy at x by thermodynamic integration: with
// ⟨·⟩_λ the mean under the law ∝ exp(-β(λf(y) + |x-y|²/2γ)),
//
//	f_γ(x) = ∫₀¹ ⟨f(y)⟩_λ dλ,
//
// whose integrand falls from the mean over a normal neighbourhood to that over ρ_γ. The
// chains begin as independent draws of the normal law and take all rungs one after
// another, o.Warmup and o.Steps steps on each; the integrals of the single chains are
// independent, and their scatter is the error of the value. What the last rung says is
// the Estimate. A stopped computation has the Rungs that were done, and NaN for a value.
//
// With SGLD the value is off by its bias, to the order of η.
func (l *Local) Integrate(x device.Vector, o Options) *Integral {
	l.checkPoint("Integrate", x)
	o = o.checked("Integrate", l.f)
	loop := run.Start(o.Context, o.Name, o.Rungs*(o.Warmup+o.Steps))
	defer loop.End()
	c := newChains(l, x, o)
	defer c.end()

	u, weights := clenshawCurtis(o.Rungs)
	_, coarse := clenshawCurtis(o.Rungs / 2)
	n := c.n
	value, half := make([]float64, n), make([]float64, n) // of each chain
	r := &Integral{}

	// λ = 0: independent draws.
	const draws = 16
	mean := make([]float64, n)
	for k := range draws {
		c.scatter(k)
		c.feel(0)
		for i := range n {
			mean[i] += c.values[i] / draws
		}
	}
	r.High.Value, r.High.Error = overChains(mean)
	r.Rungs = append(r.Rungs, Rung{Loss: r.High, Effective: float64(n * draws), RHat: 1, Acceptance: 1})

	for k := 1; k <= o.Rungs; k++ {
		λ := math.Pow(u[k], power)
		if k == o.Rungs {
			λ = 1
		}
		c.feel(λ)
		c.warm(loop)
		e := c.estimate(loop)
		r.Status, r.Estimate = e.Status, e
		if e.Status != Finished {
			r.Value, r.Low, r.Shannon = unknown, unknown, unknown
			r.Rule = math.NaN()
			return r
		}
		r.Rungs = append(r.Rungs, Rung{λ, e.Loss, e.Effective, e.RHat, e.Acceptance})
		change := power * math.Pow(u[k], power-1) // dλ/du
		floats.AddScaled(value, weights[k]*change, e.means)
		if k%2 == 0 {
			floats.AddScaled(half, coarse[k/2]*change, e.means)
		}
	}
	r.Value.Value, r.Value.Error = overChains(value)
	floats.Sub(half, value)
	r.Rule = math.Abs(floats.Sum(half)) / float64(n)
	r.Low = r.Estimate.Loss
	entropies := make([]float64, n)
	for i, v := range value {
		entropies[i] = l.beta*(r.Estimate.actions[i]-v) + l.normalisation()
	}
	r.Shannon.Value, r.Shannon.Error = overChains(entropies)
	return r
}

var unknown = Number{math.NaN(), math.NaN()}

// clenshawCurtis is the rule on [0, 1] with n+1 places, n even, those of n/2 among them
// (Clenshaw & Curtis 1960).
func clenshawCurtis(n int) (places, weights []float64) {
	places, weights = make([]float64, n+1), make([]float64, n+1)
	for k := range places {
		θ := math.Pi * float64(k) / float64(n)
		places[k] = (1 - math.Cos(θ)) / 2
		w := 1.0
		for j := 1; j <= n/2; j++ {
			b := 2.0
			if 2*j == n {
				b = 1
			}
			w -= b / float64(4*j*j-1) * math.Cos(2*float64(j)*θ)
		}
		weights[k] = w / float64(n)
		if k == 0 || k == n {
			weights[k] /= 2
		}
	}
	return places, weights
}
