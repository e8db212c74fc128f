package oracletest

import (
	"glassy/lab/device"
	"glassy/lab/glass"
	"glassy/lab/optim"
)

// closed computes, by an oracle's name, what is a formula: on the host, in float64.
var closed = map[string]func(in inputs) any{
	"ch2.E_inf":   func(in inputs) any { return glass.ThresholdEnergy(in.integer("p")) },
	"ch2.E_k":     func(in inputs) any { return glass.LayerEnergy(in.integer("p"), in.integer("k")) },
	"ch2.I1":      func(in inputs) any { return glass.IndexRate(in.integer("p"), in.number("u")) },
	"ch2.Theta":   func(in inputs) any { return glass.Complexity(in.integer("p"), in.number("u")) },
	"ch2.Theta_k": func(in inputs) any { return glass.IndexComplexity(in.integer("p"), in.integer("k"), in.number("u")) },
	"ch2.dTheta_at_minus_E0": func(in inputs) any {
		p := in.integer("p")
		return glass.ComplexitySlope(p, -glass.GroundEnergy(p))
	},
	"ch2.index_fraction": func(in inputs) any { return glass.IndexFraction(in.integer("p"), in.number("u")) },
	"ch2.anneal":         anneal,

	"ch3.scoping": func(in inputs) any {
		return optim.Exponential(in.number("gamma0"), in.number("gamma1"))(optim.Clock{Update: in.integer("t")})
	},

	"ch4.heat": heatEquation,

	"ch5.schedule":                schedule,
	"ch5.elastic_minimiser":       elasticMinimiser,
	"ch5.parle_objective":         parleObjective,
	"ch5.elastic_spectral_radius": spectralRadius,
	"ch5.aligned_overlap":         alignedOverlap,
}

// moving computes what has vectors on a device: the steps of optimisers, and
// landscapes of many variables.
var moving = map[string]func(dev device.Device, in inputs) any{
	"ch2.trivialized_sgd_trajectory": trivializedSteps,
	"ch3.entropy_sgd_trajectory":     algorithm2Steps,
	"ch4.hj_trajectory":              hjSteps,
	"ch4.entropy_sgd_trajectory":     entropySteps,
	"ch4.heat_trajectory":            heatSteps,
	"ch4.quadratic_d":                quadraticEntropy,
	"ch5.elastic_trajectory":         elasticSteps,
	"ch5.parle_trajectory":           parleSteps,
}
