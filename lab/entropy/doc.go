// Package entropy is the local entropy of any landscape f, Chaudhari (2018), chapter 3:
//
//	f_γ(x) = -1/β log (β/2πγ)^(d/2) ∫ exp(-β f(y) - β|x-y|²/2γ) dy,
//
// (3.9) with the factor that (4.11) has, without which f_γ would not tend to f for
// γ → 0. It is what the law ρ_γ(y; x) ∝ exp(-βf(y) - β|x-y|²/2γ) of (3.8) says, in
// which all of this package are means ⟨·⟩:
//
//	∇f_γ = (x - ⟨y⟩)/γ = ⟨∇f(y)⟩,   ∇²f_γ = I/γ - β Cov(y)/γ².
//
//	local.go       Local: the local entropy of a landscape at a scope γ; Point: what is known of it at x
//	quadrature.go  in one or two variables, to rounding
//	laplace.go     by Laplace's method: exact on quadratics, in some thousand variables
//	sample.go      by Langevin dynamics, in any number of variables: gradients with error bars
//	chains.go      the chains that do so side by side, where the landscape's vectors live
//	effective.go   how many independent samples chains are worth, and whether they agree
//	integrate.go   the value itself, by thermodynamic integration
//	bounds.go      what smoothing does to smoothness, and to the stability of SGD
//
// How a scope shrinks while weights are trained (scoping, section 3.2.3) is a schedule
// of package optim, as is Entropy-SGD, which follows ∇f_γ. Package pde has f_γ on whole
// grids, as the solution of a Hamilton-Jacobi equation at time γ.
//
// β is that of e^(-βf): noise is √(2/β) dB. Chains of a seed are the same to the bit on
// any number of threads.
package entropy
