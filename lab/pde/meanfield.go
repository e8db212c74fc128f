package pde

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// MeanField moves densities ρ of integral 1, of many particles that each draw all others
// to themselves, down the free energy of Remark 4.7 in Wasserstein's metric:
//
//	J(ρ) = ∫ f dρ + D ∫ log ρ dρ + 1/2γ ∬ |x-y|² dρ(x) dρ(y),
//	ρ_t = ∇·((∇f + (2/γ)(x - ⟨x⟩)) ρ) + D Δρ,
//
// D = 1/2β in (4.29) and f the local entropy f_γ. It is the law of one of infinitely
// many particles, dX = -∇f dt - (2/γ)(X - E X) dt + √(2D) dB (McKean 1966); the last part
// of J is Var(x)/γ.
type MeanField struct {
	f        *Field
	D, gamma float64
}

// NewMeanField is the equation in the potential f with the diffusion constant D > 0 and
// the scope gamma > 0. It panics where [NewFokkerPlanck] does, and on periodic axes, where
// there is no mean.
func NewMeanField(f *Field, D, gamma float64) *MeanField {
	if !(gamma > 0) || math.IsInf(gamma, 0) {
		panic(fmt.Sprintf("pde: NewMeanField: γ is %v, expected a finite number above 0", gamma))
	}
	for _, a := range f.Grid {
		if a.Boundary != Reflecting {
			panic(fmt.Sprintf("pde: NewMeanField: axis is %v, expected reflecting", a.Boundary))
		}
	}
	e := &MeanField{f, D, gamma}
	e.around(make([]float64, len(f.Grid))) // checks f and D
	return e
}

// around is the Fokker-Planck equation of a particle that is drawn to a point.
func (e *MeanField) around(m []float64) *FokkerPlanck {
	V, x := e.f.like(), make([]float64, len(m))
	for i, v := range e.f.Values {
		e.f.Grid.At(i, x)
		d := floats.Distance(x, m, 2)
		V.Values[i] = v + d*d/e.gamma
	}
	return NewFokkerPlanck(V, e.D)
}

// FreeEnergy is J(ρ).
func (e *MeanField) FreeEnergy(ρ *Field) float64 {
	return e.around(ρ.Mean()).FreeEnergy(ρ) // the variance is the mean square distance to the mean
}

// Dissipation is -dJ/dt = ∫ ρ |∇(f + D log ρ + |x-⟨x⟩|²/γ)|².
func (e *MeanField) Dissipation(ρ *Field) float64 { return e.around(ρ.Mean()).Dissipation(ρ) }

// Evolve is the density ρ after a time, in that many equal steps, implicit but for the
// mean and of first order. Mass is kept and densities stay positive as in
// [FokkerPlanck.Evolve], and on a line J falls in each step however long it is: what the
// step lowers is J with the mean square distance to the old mean in place of the variance,
// which is less.
func (e *MeanField) Evolve(ρ *Field, time float64, steps int) *Field {
	if steps < 1 {
		panic(fmt.Sprintf("pde: Evolve: %d steps, expected at least 1", steps))
	}
	for range steps {
		ρ = e.around(ρ.Mean()).Evolve(ρ, time/float64(steps), 1)
	}
	return ρ
}

// Stationary is a stationary density, e^(-(f+|x-m|²/γ)/D) whose mean is m: that to which
// the means go when each is taken for m in turn, from start on, which lowers J. Where
// particles hold together in one of several wells, where D is small enough, there is one
// for each (Dawson 1983).
func (e *MeanField) Stationary(start ...float64) *Field {
	if len(start) != len(e.f.Grid) {
		panic(fmt.Sprintf("pde: Stationary: %d coordinates, expected %d", len(start), len(e.f.Grid)))
	}
	m := start
	for range 100_000 {
		ρ := e.around(m).Stationary()
		next := ρ.Mean()
		if floats.Distance(next, m, math.Inf(1)) <= 1e-13*(1+floats.Norm(m, math.Inf(1))) {
			return ρ
		}
		m = next
	}
	return e.around(m).Stationary()
}
