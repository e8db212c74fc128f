package optim

import "math"

// SGD is stochastic gradient descent, x ← x - η∇f_b(x): (4.6), L = 1, n = 1,
// γ = ρ = ∞.
func SGD(rate float64) Method {
	return Method{Name: "sgd", Inner: Rule{Rate: Constant(rate)}, KeepMomentum: true}
}

// HeavyBall is SGD with momentum μ: v ← μv + ∇f_b(x), x ← x - ηv (Polyak 1964).
func HeavyBall(rate, momentum float64) Method {
	m := SGD(rate)
	m.Name, m.Inner.Momentum = "heavy-ball", momentum
	return m
}

// Nesterov is SGD with Nesterov's momentum μ in the form of Sutskever et al.
// 2013: v ← μv + ∇f_b(x), x ← x - η(∇f_b(x) + μv). The thesis has μ = 0.9.
func Nesterov(rate, momentum float64) Method {
	m := HeavyBall(rate, momentum)
	m.Name, m.Inner.Nesterov = "nesterov", true
	return m
}

// Adam is the method of Kingma & Ba 2015 with its constants, β₁ = 0.9,
// β₂ = 0.999, ε = 1e-8.
func Adam(rate float64) Method {
	m := SGD(rate)
	m.Name, m.Inner.Beta1, m.Inner.Beta2, m.Inner.Epsilon = "adam", 0.9, 0.999, 1e-8
	return m
}

// SGLD is stochastic gradient Langevin dynamics (Welling & Teh 2011),
//
//	x ← x - η_k∇f_b(x) + √(2η_kβ⁻¹) ξ,   η_k = η/(1+k)^b,
//
// whose law tends to exp(-βf). For f the mean negative log-likelihood of N data
// the posterior has temperature β⁻¹ = 1/N, and (3.14) is this with η_t = 2η_k/N.
func SGLD(rate, b, temperature float64) Method {
	m := SGD(rate)
	m.Name, m.Inner.Rate, m.Temperature = "sgld", Power(rate, b), Constant(temperature)
	return m
}

// DataParallel is a method whose mini-batches are cut into shares, one for each
// of so many workers that work at once. It takes the same batches as the method
// itself and differs by rounding: the shares' gradients are added up in the
// order of the workers. Batch-norm and dropout, which see a whole batch, see a
// share instead.
func DataParallel(m Method, workers int) Method {
	m.Name, m.Workers = "data-parallel "+m.Name, workers
	return m
}

// GradientNoise is a method with normal noise of variance η/(1+k)^0.55 added to
// each gradient (Neelakantan et al. 2015, who have η of 0.01, 0.3 or 1).
func GradientNoise(m Method, η float64) Method {
	m.Name, m.Field, m.Resampled = m.Name+" with gradient noise", Power(math.Sqrt(η), 0.275), true
	return m
}
