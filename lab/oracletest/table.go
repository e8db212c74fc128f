package oracletest

import (
	"math"

	"glassy/lab/device"
	"glassy/lab/glass"
	"glassy/lab/optim"
	"glassy/lab/perceptron"
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
	"ch2.B_parameter":    orderParameter,
	"ch2.nu_of_tau":      fieldOfTau,
	"ch2.goe_density":    func(in inputs) any { return glass.GOE(in.integer("N")).Density(in.number("t")) },
	"ch2.Ecrt_exact":     func(in inputs) any { return math.Exp(glass.LogCritical(in.integer("N"), in.number("B"))) },
	"ch2.Ecrt_exact_pnu": func(in inputs) any {
		b := glass.OrderParameter(in.integer("p"), in.number("J"), in.number("nu"))
		return math.Exp(glass.LogCritical(in.integer("N"), b))
	},
	"ch2.log_Ecrt_below_over_N": func(in inputs) any {
		return glass.LogCriticalBelow(in.integer("p"), in.integer("N"), in.number("u")) / in.number("N")
	},
	"ch2.Ecrt_asymptotic_B_positive": func(in inputs) any {
		return math.Exp(glass.LogCriticalLimit(in.integer("N"), in.number("B")))
	},
	"ch2.Ecrt0_exact":       func(in inputs) any { return math.Exp(glass.LogMinima(in.integer("N"), in.number("B"))) },
	"ch2.edge_minima_limit": func(in inputs) any { return glass.EdgeMinima(in.number("kappa")) },
	"ch2.C0":                groundStateShift,
	"ch2.edge_total_over_N": func(in inputs) any { return glass.EdgeCritical(in.number("tau")) },

	"ch3.scoping": func(in inputs) any {
		return optim.Exponential(in.number("gamma0"), in.number("gamma1"))(optim.Clock{Update: in.integer("t")})
	},

	"ch3.local_entropy_unnormalised":       unnormalisedEntropy,
	"ch3.shannon_entropy_and_gradient":     shannonEntropy,
	"ch3.stability_bound":                  stabilityBound,
	"ch3.rs_entropy_classification":        classificationEntropy,
	"ch3.rs_entropy_classification_margin": classificationEntropy,
	"ch3.alpha_c":                          capacity,
	"ch3.alpha_c_margin":                   func(in inputs) any { α, _ := perceptron.Capacity(in.number("kappa")); return α },
	"ch3.rs_entropy_teacher_student":       studentEntropy,
	"ch3.alpha_TS":                         teacherThreshold,
	"ch3.annealed_entropy_teacher_student": func(in inputs) any { return perceptron.AnnealedStudents(in.number("alpha"), in.number("R")) },
	"ch3.alpha_TS_annealed":                func(inputs) any { return perceptron.AnnealedThreshold() },
	"ch3.franz_parisi_rs":                  franzParisi,
	"ch3.disagreement_exact":               disagreement,
	"ch3.expected_students_at_distance": func(in inputs) any {
		return perceptron.ExpectedStudents(in.integer("d"), in.integer("N"), in.integer("hamming"))
	},
	"ch3.perceptron_enumeration_classification":  enumeratedPerceptron,
	"ch3.perceptron_enumeration_teacher_student": enumeratedPerceptron,

	"ch4.heat":                heatEquation,
	"ch4.local_entropy":       localEntropy,
	"ch4.hopf_lax":            hopfLax,
	"ch4.hopf_lax_grid":       hopfLaxGrid,
	"ch4.lemma43":             innerDynamics,
	"ch4.lemma44":             invariantMeasure,
	"ch4.burgers":             burgers,
	"ch4.semiconcavity":       semiConcavity,
	"ch4.harmonic_mean":       harmonicMean,
	"ch4.robust_width":        robustWidth,
	"ch4.mfpt":                passageTime,
	"ch4.spectral_gap":        spectralGap,
	"ch4.gibbs_second_moment": gibbsSecondMoment,
	"ch4.control_lq":          linearQuadratic,
	"ch4.control_nonlinear":   nonlinearControl,
	"ch4.convex_argmin_shift": convexArgmin,

	"ch6.beta_inv":                   temperatures,
	"ch6.sgd_stationary_covariance":  sgdCovariance,
	"ch6.weak_order_linear_model":    weakOrder,
	"ch6.state_dependent_noise_1d":   calculi,
	"ch6.ao_decomposition":           decomposition,
	"ch6.current_loop_2d":            currentLoop,
	"ch6.thm648_gradient":            rowsAndColumns,
	"ch6.example_643":                example643,
	"ch6.free_energy_decay":          freeEnergyDecay,
	"ch6.linear_sgd_acf_psd":         trajectoryNull,
	"ch6.example_643_critical_point": criticalPoint,
	"ch6.kl_standard_normal":         standardNormal,
	"ch6.gaussian_pair":              gaussianPair,
	"ch6.w2_quantile_1d":             lineDistance,
	"ch6.w2_empirical_1d":            sampleDistance,
	"ch6.jko_gaussian":               gaussianSteps,
	"ch6.mutual_information":         mutualInformation,
	"ch6.total_correlation_gaussian": totalCorrelation,
	"ch6.sgld_bias_quadratic":        langevinBias,
	"ch6.q_symmetric_pair":           symmetricPair,
	"ch6.acf_fft":                    timeSeries,
	"ch6.diffusion_matrix":           diffusionMatrix,
	"ch6.rank_and_score":             rankAndScore,

	"ch5.schedule":                schedule,
	"ch5.elastic_minimiser":       elasticMinimiser,
	"ch5.parle_objective":         parleObjective,
	"ch5.elastic_spectral_radius": spectralRadius,
	"ch5.aligned_overlap":         alignedOverlap,
}

// moving computes what has vectors on a device: the steps of optimisers, and
// landscapes of many variables.
var moving = map[string]func(dev device.Device, in inputs) any{
	"ch2.p3_instance":                smallGlass,
	"ch2.trivialized_sgd_trajectory": trivializedSteps,
	"ch3.entropy_sgd_trajectory":     algorithm2Steps,
	"ch3.quadratic_x_minus_y":        smoothedQuadratic,
	"ch4.hj_trajectory":              hjSteps,
	"ch4.entropy_sgd_trajectory":     entropySteps,
	"ch4.heat_trajectory":            heatSteps,
	"ch4.quadratic_d":                quadraticEntropy,
	"ch5.elastic_trajectory":         elasticSteps,
	"ch5.parle_trajectory":           parleSteps,
}
