// Package pde smooths energies of one and two variables by the partial
// differential equations of Chaudhari (2018), chapter 4, on grids, and follows
// densities that move on them.
//
//	grid.go       Grid, Axis: equally spaced nodes and what is beyond the ends
//	field.go      Field: a function on a grid; gradients, minima, values in between
//	heat.go       the heat equation, by Fourier series
//	viscous.go    viscous Hamilton-Jacobi, (4.1), by Cole and Hopf: local entropy
//	hopflax.go    inviscid Hamilton-Jacobi and the proximal map, by Hopf and Lax
//	scheme.go     both of them by a monotone scheme, which checks the other two
//	point.go      the same at a point of a smooth function, to rounding
//	burgers.go    slopes along characteristics, and the dynamics of Lemma 4.3
//	fokkerplanck.go  densities: Fokker-Planck, stationary laws, spectral gaps
//	meanfield.go  densities of particles that attract each other, Remark 4.7
//	passage.go    Kolmogorov's backward equation, first-passage times, Kramers's law
//	control.go    the stochastic control problem of Section 4.4
//	regularity.go semi-concavity, harmonic means, widths
//
// There is one time convention. Smoothing keeps the thesis's (4.1),
//
//	u_t = -½|∇u|² + Δu/2β,   u(·,0) = f,
//
// whose time is the scope γ of local entropy. What samples, as Fokker-Planck does,
// is named by its diffusion constant D alone, dX = -∇f dt + √(2D) dB with the
// invariant density e^(-f/D), since the thesis's β stands for two things (spec of
// (4.10): its noise β^(-½) is D = 1/2β).
//
// Fields are immutable as far as this package goes: each function returns a new
// one. Values that are not finite are an error where a field is made; times below
// 0 are a caller's slip and panic.
package pde
