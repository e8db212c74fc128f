// Package wells holds energies of a few variables: quadratics, double wells, a
// cosine in a bowl, least squares on data, and any Go function of a vector. They
// are landscapes as a network or a spin glass is one, with their closed forms
// beside them, so that whatever is said of the large ones is tried on the small.
//
//	well.go          Well: the landscape that all others are
//	profile.go       functions of one variable: Polynomial, Cosine, Exponential, Sum, and
//	                 named ones; New makes f(x) = Σ f_i(x_i) of them
//	slope.go         ∇f as devices move walkers by it
//	extrema.go       minima and maxima of a profile: barriers, curvatures
//	quadratic.go     ½(x-c)ᵀA(x-c): local entropy, Hopf-Lax, Gibbs law
//	leastsquares.go  1/N Σ ½(a_kᵀx-y_k)²: samples, their gradients, the law of SGD
//	moments.go       its means and variances on the way, of SGD and of the equation that stands for it
//	factor.go        ½|X-AB|²: minima that are orbits, not points
//	function.go      a user's own function, with a gradient or without
//	samples.go       a user's own function of data
//
// Energies are computed on the host in float64. Vectors may be of either
// floating type on any device: what is elsewhere is copied there and back, which
// is right for a few variables and wrong for a million.
package wells
