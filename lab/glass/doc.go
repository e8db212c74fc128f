// Package glass holds spherical p-spin glasses. Its first part is their exact
// theory in the limit N → ∞: how many critical points there are, at which
// energy, of which index, and what the Hessian looks like at them.
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
