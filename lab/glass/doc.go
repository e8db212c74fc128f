// Package glass holds spherical p-spin glasses: the landscapes, drawn by New,
// and their exact theory: how many critical points there are, at which energy,
// of which index, and what the Hessian looks like at them.
//
//	model.go       New and its options; Glass, a landscape
//	disorder.go    its couplings, drawn or given
//	value.go       energies, gradients and Hessian-vector products, many at once
//	curvature.go   the Hessian as a matrix
//	complexity.go, threshold.go, hessian.go
//	               the theory as N → ∞
//	goe.go, hermite.go, largest.go, gap.go
//	               the random matrices behind it, exactly at any N
//	count.go, minima.go, index.go
//	               how many critical points and minima, exactly at any N
//	regime.go, tracywidom.go
//	               the order parameter of a field, and the limits of Theorems 2.7-2.9
//	groundstate.go, response.go
//	               the lowest minima, and how a field moves them (Theorem 2.13)
//
// The Hamiltonian is a homogeneous Gaussian polynomial of degree p on the
// sphere |σ|² = N, with E H(σ)H(σ') = N (σ·σ'/N)^p. Energies are given per
// spin, u = H/N, so that they neither grow nor shrink with N. Logarithms are
// natural. Everything takes p ≥ 3; at p = 2 there are only 2N critical points
// and no complexity.
//
//	ThresholdEnergy    E∞    local minima live below −E∞, by the exponential
//	GroundEnergy       E_0   the ground state has energy −E_0 per spin
//	LayerEnergy        E_k   below −E_k no critical points of index ≥ k
//	Complexity         Θ     log-number per spin of critical points below u
//	IndexComplexity    Θ_k   the same, of index k alone
//	ComplexitySlope    Θ'
//	IndexRate          I₁    what one more negative direction costs
//	IndexFraction            share of negative directions at energy u
//	HessianLaw               semicircle of the Hessian at a critical point
//
// At finite N, with a field of strength ν or without one, by way of the order
// parameter B:
//
//	OrderParameter     B     of p, J and ν; FieldStrength is its inverse
//	LogCritical              log E crt, exact: log expected number of critical points
//	LogCriticalBelow         the same below an energy, without field
//	LogMinima                log E crt_0, exact: of local minima
//	CountIndices             log E crt_k below an energy, exact, without field
//	LogCriticalLimit         for B > 0, N → ∞
//	EdgeCritical             E crt/N for B = −τ/N; EdgeCriticalLimit for large |τ|
//	EdgeMinima               E crt_0 for B = −κ/2N^{1/3}; LogEdgeMinimaLimit for κ → −∞
//	GOE                      density, largest eigenvalue, samples; TracyWidom
//	GroundStateLocation m_N  where the lowest energies lie
//	SampleResponses          how far minima move in a small field
//
// Energies E are positive numbers, as in the literature: the energy on the
// axis is −E.
//
// One substitution makes all of it accurate everywhere. With u = −E∞ cosh t the
// rate is I₁ = ½(sinh 2t − 2t), and inside the bulk, u = −E∞ cos φ, the index
// fraction is its twin (2φ − sin 2φ)/2π. The distance to the threshold, from
// which t and φ follow, is formed with fused multiply-adds from
// u²/E∞² − 1 = (p u² − 4(p−1))/4(p−1), which is exact where it cancels.
//
// Source: Auffinger, Ben Arous, Černý 2013, as told in Chaudhari 2018, Section
// 2.2. Two formulas differ from the thesis's print: I₁ has u, not u², before
// its root, and (2.13) has √N in its shift.
package glass
