package optim

// The constants of chapters 3 to 5.
const (
	nesterov = 0.9  // momentum
	inner    = 0.1  // η, the rate of the inner loop
	average  = 0.25 // α
	shrink   = 1e-3 // γ₁ of the scoping
)

// EntropySGD is Algorithm 2 in the form of section 3.2.3, with Nesterov's
// momentum in both loops:
//
//	y ← y - η[∇f_b(y) + (y-x)/γ] + √(2ηβ⁻¹) ξ;  z ← αz + (1-α)y   L times from y = z = x
//	x ← x - η′(x - z)
//
// with the values of section 3.3.2: L = 20, η = 0.1, η′ = 1, α = 0.25,
// β⁻¹ = 1e-6, γ = 1e4 (1-1e-3)^t at update t. CIFAR-10 has γ₀ = 30, β⁻¹ = 1e-8.
// For x ← x - η′(x-z)/γ set Outer.Rate to η′/γ.
func EntropySGD() Method {
	return Method{
		Name:        "entropy-sgd",
		Steps:       20,
		Inner:       Rule{Rate: Constant(inner), Momentum: nesterov, Nesterov: true},
		Scope:       Exponential(1e4, shrink),
		Temperature: Constant(1e-6),
		Average:     average,
		Outer:       Rule{Rate: Constant(1), Momentum: nesterov, Nesterov: true},
	}
}

// EntropySGDAsCode is what the author's program does (the Lua one, which made
// the figures): α = 0.75, the term (y-x)/γ bypasses the momentum of the inner
// loop, the update has no momentum, β⁻¹ = 1e-8. Use it with
// [Options].Replacement.
func EntropySGDAsCode() Method {
	m := EntropySGD()
	m.Name, m.Average, m.PullOutside = "entropy-sgd as code", 0.75, true
	m.Temperature = Constant(1e-8)
	m.Outer = Rule{Rate: Constant(1)}
	return m
}

// EntropyAdam is Entropy-SGD whose update is a step of Adam along x - z
// (section 3.3.5): L = 5, γ = 100, η′ = 0.01, β₁ = 0.5. The thesis does not say
// how y moves; rate 1 and gradients cut at length 5 are of the author's program.
func EntropyAdam() Method {
	m := EntropySGD()
	m.Name, m.Steps, m.Scope = "entropy-adam", 5, Constant(100)
	m.Inner.Rate, m.Inner.Clip = Constant(1), 5
	m.Outer = Rule{Rate: Constant(0.01), Beta1: 0.5, Beta2: 0.999, Epsilon: 1e-8}
	return m
}

// HJ is Entropy-SGD without noise and with the last iterate for the average,
// section 4.6.1.2: gradient descent on the Hopf-Lax envelope. L = 5.
func HJ() Method {
	m := EntropySGD()
	m.Name, m.Steps, m.Temperature, m.Average = "hj", 5, nil, 0
	return m
}

// HJGradient is the other form of HJ, (4.42): the update goes along the gradient
// at the last point of the inner loop,
//
//	x ← x - η∇f_b(y).
//
// The thesis writes y for our x - y. An update takes L+1 gradients. Where the
// curvature λ is more than 1/η_y for the inner rate η_y = 0.1, L inner steps
// overshoot L times, and for odd L the gradient at y points uphill: on a network
// without batch-norm, lower Inner.Rate.
func HJGradient(rate float64) Method {
	return Method{
		Name:          "hj-gradient",
		Steps:         5,
		Inner:         Rule{Rate: Constant(inner)},
		Scope:         Exponential(1e4, shrink),
		Outer:         Rule{Rate: Constant(rate), Momentum: nesterov, Nesterov: true},
		AlongGradient: true,
	}
}

// HJAsCode is the program behind the column HJ of Table 4.1: L iterations of
// p ← 3/4 p + 1/4 ∇f_b(x-γp) from 0, then a step of Nesterov's along p. Here
// p = (x-y)/γ, so that y has the rate γ/4. γ₀ = 0.1.
func HJAsCode(rate float64) Method {
	scope := Exponential(0.1, shrink)
	return Method{
		Name:  "hj as code",
		Steps: 5,
		Inner: Rule{Rate: Constant(0.25).Times(scope)},
		Scope: scope,
		Outer: Rule{Rate: Constant(rate).Over(scope), Momentum: nesterov, Nesterov: true},
	}
}

// HEAT is descent on the loss smoothed by the heat equation, (4.43):
//
//	x ← x - η/L Σ_i ∇f_b(x+e_i),   e_i ~ N(0, γ/β),
//
// L = 20, each with a mini-batch of its own. The variance γ/β is given at the
// start and shrinks with the scoping of section 3.2.3. The thesis has β = 1 and
// does not give γ.
func HEAT(rate, variance float64) Method {
	m := SGD(rate)
	m.Name, m.Points = "heat", 20
	m.Spread = Exponential(variance, shrink).Sqrt()
	return m
}

// HEATAsCode is what the author's program calls HEAT: the plain mean of the L+1
// points of a noisy descent with the proximal term, both inside the momentum.
// γ₀ = 0.1.
func HEATAsCode() Method {
	m := EntropySGD()
	m.Name, m.Uniform, m.Average, m.NoiseInside = "heat as code", true, 0, true
	m.Scope, m.Temperature = Exponential(0.1, shrink), Constant(1e-8)
	m.Outer = Rule{Rate: Constant(1)}
	return m
}
