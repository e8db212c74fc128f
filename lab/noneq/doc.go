// Package noneq is the dynamics of stochastic gradient descent as a process out of
// equilibrium, Chaudhari (2018), chapter 6: dX = b dt + √(2β⁻¹D) dB with noise that is
// not the same in all directions, and a drift b = -∇f that is no gradient of the
// potential Φ = -β⁻¹ log ρ^ss of its stationary density.
//
//	process.go  Process; Parts, which are put together from Φ, D and Q, Theorem 6.48
//	named.go    Ring: Example 6.43, and a family around it that has limit cycles
//	linear.go   Linear: Lemma 6.44, free energy, entropy production; Klein and Kramers
//	autoregression.go  the same by steps: what trajectories of SGD are held against
//	flow.go     x′ = b(x), the process without noise, and its points of rest
//	cycle.go    limit cycles: searched for, followed, their periods and stability
//	walk.go     Walk: Fokker-Planck on a grid of one or two axes, with the full tensor; densities
//	            move on the device that is in use
//	steady.go   Steady: stationary densities, currents, entropy production, L_S + L_A
//	eliminate.go how they are found: subtraction-free elimination by nested dissection
//	report.go   which assumptions of the thesis a process meets
//
// Divergences of matrices are those of rows, (∇·M)_i = Σ_j ∂_j M_ij. The currents of a
// walk are those along its edges: that of the stationary state has no divergence at
// any node, to rounding, and free energy falls as for the equation itself.
//
// Grids and fields are those of package pde.
package noneq
