package oracletest

import (
	"math"

	"glassy/lab/glass"
	"glassy/lab/optim"
)

func orderParameter(in inputs) any {
	p, j := in.integer("p"), in.number("J")
	return map[string]any{"B": glass.OrderParameter(p, j, in.number("nu")), "nu_c": glass.FieldStrength(p, j, 0)}
}

func fieldOfTau(in inputs) any {
	p, j, x := in.integer("p"), in.number("J"), in.number("tau")/in.number("N")
	return map[string]any{
		"exact":       glass.FieldStrength(p, j, -x),
		"thesis_2_19": optim.CriticalField(j, p) * math.Sqrt(1+2*x),
	}
}

func groundStateShift(in inputs) any {
	p := in.integer("p")
	m, _ := glass.HessianLaw(p, -glass.GroundEnergy(p)).MeanInverse()
	return map[string]any{"m": m, "C0": glass.GroundStateShift(p, in.number("nu"))}
}
