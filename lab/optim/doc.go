// Package optim is one family of optimisers. Stochastic gradient descent,
// momentum, Adam, Langevin dynamics, Trivialized-SGD, Entropy-SGD, HJ, HEAT,
// Elastic-SGD and Parle (Chaudhari 2018, chapters 2 to 5) are points of one set
// of parameters, [Method], moved by one loop, [Optimizer.Step].
//
//	doc.go         the loop, in words
//	method.go      Method, Rule: the parameters
//	schedule.go    rates, scopes and couplings that change in time
//	descent.go     named methods: SGD, HeavyBall, Nesterov, Adam, SGLD, DataParallel, GradientNoise
//	trivial.go     Trivialized-SGD, and the field's annealing in closed form
//	entropy.go     Entropy-SGD, Entropy-Adam, HJ, HEAT, and as their author's code has them
//	parle.go       Elastic-SGD and Parle, likewise
//	named.go       methods by name
//	optimizer.go   the loop
//	apart.go       the same, its replicas in several processes
//	replica.go     one replica: its gradients and its two updates
//	batches.go     which data a gradient sees
//	run.go         a whole run: stopping, evaluating; what it returns
//	history.go     what a run remembers of its way
//	descend.go     thousands of gradient descents at once, from independent starts
//	flight.go      those in work, many rows of one matrix
//	critical.go    critical points near the ends, or anywhere: index, energy, each once
//	saddle.go      of every index, from descents stopped on their way
//	newton.go      how they are reached
//	summary.go     what descents and critical points say of themselves
//	together.go    any landscape at many points
//	elastic.go     closed forms of Elastic-SGD and Parle on quadratics
//	ensemble.go    overlap of networks up to a permutation of their filters
//
// # The loop
//
// There are n replicas x^a with a master x. Step k = 0, 1, … of replica a is
//
//	if L divides k:   y = z = x^a, the momentum of y is zeroed
//	y ← y - η₀ [∇f_b(y) + λy + s h + (y - x^a)/γ] + √(2η₀β⁻¹) ξ
//	z ← αz + (1-α)y
//	if L divides k+1, the update:
//		x^a ← x^a - (η₁/γ)(x^a - z) - (η₂/ρ)(x^a - x)
//		x   ← x - (η₃n/ρ)(x - m),   m = 1/n Σ x^a before the update
//
// with momentum or Adam on either of the first two lines that move something.
// This is (5.8) of the thesis with the corrections of its indices; ∇f_b may be
// the mean over several perturbed points, (4.43), or over the shares of a batch
// that several workers take. The ratios η₁/γ and η₃n/ρ are the parameters, and
// a scope γ or coupling ρ that is not given is infinite, so that the limits are
// points like any other:
//
//	Entropy-SGD   n = 1, ρ = ∞
//	Elastic-SGD   L = 1, γ = ∞, α = 0, η₁/γ = 1; the momentum of y lives on
//	SGD           all of these
//
// The limits hold bit for bit. Randomness is a function of [Options].Seed, the
// replica and the step alone, replicas are added up in their order: results do
// not depend on the number of threads, and two methods with the same seed see
// the same mini-batches.
//
// # Descents and critical points
//
// [Descend] asks where gradient descent ends: thousands of independent runs at a
// constant rate, until the gradient of each is small. An end is only near a
// critical point, within the tolerance over the Hessian's softest eigenvalue, and
// need not be near a minimum; [Descents.Polish] goes on by Newton's method, which
// is exact to rounding, tells which runs ended at the same point, and its index.
// [Critical] does so from any starts, and [Saddles] from descents that are stopped
// early, which are near critical points of higher index.
package optim
