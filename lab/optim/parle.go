package optim

import "math"

// ElasticSGD is (5.4), Zhang et al. 2015, with n replicas:
//
//	x^a ← x^a - η∇f_b(x^a) - (η/ρ)(x^a - x);   x ← x - (η′n/ρ)(x - 1/n Σ x^a)
//
// both from the values before (Jacobi; see GaussSeidel), η′ = ρ/n so that the
// master is the mean, Nesterov's momentum on the gradient, and the scoping of ρ
// of Parle, without which it trains worse (section 5.4).
func ElasticSGD(rate float64, replicas int) Method {
	m := Nesterov(rate, nesterov)
	m.Name, m.Replicas = "elastic-sgd", replicas
	m.Coupling, m.CouplingRate = Scoping(1, 0.1), Constant(rate)
	return m
}

// Parle is (5.8) with n replicas and the parameters of section 5.3.2: L = 25,
// α = 0.25, η₁ = ηγ, η₂ = η, η₃ = ρ/n, γ and ρ by (5.10) from 100 and 1 down to
// 1 and 0.1, Nesterov's momentum on y and x^a. The thesis has n = 3, η = 0.1.
func Parle(rate float64, replicas int) Method {
	return Method{
		Name:         "parle",
		Steps:        25,
		Inner:        Rule{Rate: Constant(rate), Momentum: nesterov, Nesterov: true},
		Scope:        Scoping(100, 1),
		Average:      average,
		Outer:        Rule{Rate: Constant(rate), Momentum: nesterov, Nesterov: true},
		Replicas:     replicas,
		Coupling:     Scoping(1, 0.1),
		CouplingRate: Constant(rate),
	}
}

// ParleAsCode is what the author's public program does: α = 0.75, z and the
// momentum of y live on over an update, which moves x^a from y and pulls to the
// mean of the z's, and the master is the mean of the new x^a. ρ₀ = 1/(0.01 L n).
func ParleAsCode(rate float64, replicas int) Method {
	m := Parle(rate, replicas)
	m.Name, m.Average = "parle as code", 0.75
	m.KeepMomentum, m.KeepAverage, m.FromLast, m.PullToAverages, m.GaussSeidel = true, true, true, true, true
	// 1/γ and 1/ρ grow by 1 + 1/2B.
	grow := func(from, to float64) Schedule {
		return func(t Clock) float64 {
			return 1 / min(to, from*math.Pow(1+0.5/float64(t.Batches), float64(t.Update)))
		}
	}
	m.Scope, m.Coupling = grow(0.01, 1), grow(0.01*float64(m.Steps*replicas), 10)
	return m
}
