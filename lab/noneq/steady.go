package noneq

import (
	"fmt"
	"math"
	"runtime"
	"slices"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/pde"
	"glassy/lab/run"
)

// A Steady is the stationary state of a process on a grid.
type Steady struct {
	Walk      *Walk
	Density   *pde.Field // ρ^ss, of integral 1
	Potential *pde.Field // Φ = -β⁻¹ log ρ^ss, (6.23) with its minus, the least value 0
	flux      []float64  // along each edge of the walk, times the area across it over that of a cell
}

// Steady is the stationary state. It is found by eliminating node after node without
// a subtraction (Grassmann, Taksar & Heyman 1985), so that small densities have all
// their digits, in the order of nested dissection: the work is of the order of n^(3/2)
// for n nodes of a plane.
// It is an error when there is not one state but several, or none: when some nodes
// cannot be left for others.
func (w *Walk) Steady() (*Steady, error) {
	ρ, err := w.stationary()
	if err != nil {
		return nil, err
	}
	s := &Steady{Walk: w, Density: ρ, Potential: w.like("Steady", ρ), flux: make([]float64, len(w.edges))}
	highest := floats.Max(ρ.Values)
	for i, v := range ρ.Values {
		s.Potential.Values[i] = -math.Log(v/highest) / w.Process.Beta
	}
	for i, e := range w.edges {
		s.flux[i] = e.ahead*ρ.Values[e.from] - e.back*ρ.Values[e.to]
	}
	return s, nil
}

// stationary is the density of integral 1 whose rate of change is 0.
func (w *Walk) stationary() (*pde.Field, error) {
	levels, depth := w.dissect()
	memory := make([][]int32, runtime.GOMAXPROCS(0))
	for _, level := range slices.Backward(levels) {
		stuck := make([]int32, len(level))
		run.Share(len(memory), len(level), func(worker, i int) {
			if memory[worker] == nil {
				memory[worker] = slices.Repeat([]int32{-1}, len(depth))
			}
			stuck[i] = w.eliminate(level[i], depth, memory[worker])
		})
		for _, i := range stuck {
			if i >= 0 {
				x := make([]float64, len(w.Grid))
				w.Grid.At(int(i), x)
				return nil, fmt.Errorf("noneq: there is no single stationary state: from around %.4g no way leads to the rest of the grid, since noise or drift is missing there", x)
			}
		}
	}
	ρ := &pde.Field{Grid: w.Grid, Values: w.density(levels)}
	floats.Scale(1/ρ.Integral(), ρ.Values)
	if !finite(ρ.Values) {
		return nil, fmt.Errorf("noneq: the stationary density is beyond the range of numbers: β = %g is too large for this grid", w.Process.Beta)
	}
	return ρ, nil
}

// Current is the probability current J = jρ, a field for each axis.
func (s *Steady) Current() []*pde.Field {
	w := s.Walk
	J := make([]*pde.Field, len(w.Grid))
	for k := range J {
		J[k] = &pde.Field{Grid: w.Grid, Values: make([]float64, w.Grid.Nodes())}
		h := w.Grid[k].Step()
		for i, e := range w.edges {
			v := s.flux[i] * float64(w.offsets[e.offset][k]) * h / 2
			J[k].Values[e.from] += v
			J[k].Values[e.to] += v
		}
	}
	return J
}

// Force is j = J/ρ of Definition 6.21, a field for each axis.
func (s *Steady) Force() []*pde.Field {
	j := s.Current()
	for _, f := range j {
		floats.Div(f.Values, s.Density.Values)
	}
	return j
}

// Divergence is ∇·j, which Assumption 6.22 says is 0, by central differences.
func (s *Steady) Divergence() *pde.Field {
	sum := &pde.Field{Grid: s.Walk.Grid, Values: make([]float64, s.Walk.Grid.Nodes())}
	for k, f := range s.Force() {
		floats.Add(sum.Values, f.Slope(k).Values)
	}
	return sum
}

// Residual is the largest rate of change of the density over the largest rate at
// which it comes and goes: that of rounding.
func (s *Steady) Residual() float64 {
	traffic := make([]float64, len(s.Density.Values))
	floats.MulTo(traffic, s.Walk.exit, s.Density.Values)
	return floats.Norm(s.Walk.Rate(s.Density).Values, math.Inf(1)) / floats.Max(traffic)
}

// EntropyProduction is that of the walk (Schnakenberg 1976), in nats per unit of
// time:
//
//	Σ over edges F log(forward flux / backward flux)  →  β∫ Jᵀ D⁻¹ J/ρ dx.
//
// It is 0 exactly when detailed balance holds.
func (s *Steady) EntropyProduction() float64 {
	sum := 0.0
	for i, e := range s.Walk.edges {
		ahead, back := e.ahead*s.Density.Values[e.from], e.back*s.Density.Values[e.to]
		if ahead > 0 && back > 0 {
			sum += s.flux[i] * math.Log(ahead/back)
		}
	}
	return sum * s.Walk.Grid.Cell()
}

// Imbalance is Σ|F| over the sum of all fluxes to and fro: from 0, which is detailed
// balance (6.13), to 1, where all is one-way.
func (s *Steady) Imbalance() float64 {
	net, traffic := 0.0, 0.0
	for i, e := range s.Walk.edges {
		net += math.Abs(s.flux[i])
		traffic += e.ahead*s.Density.Values[e.from] + e.back*s.Density.Values[e.to]
	}
	return net / traffic
}

// Circulation is the area that the process sweeps in the plane per unit of time,
// ½E[x₁dx₂ - x₂dx₁]/dt = ½∫(x₁J₂ - x₂J₁), counter-clockwise above 0. It is β⁻¹Q₁₂ of
// a linear process, and 0 where detailed balance holds.
func (s *Steady) Circulation() float64 {
	if len(s.Walk.Grid) != 2 {
		panic(fmt.Sprintf("noneq: Circulation: a grid of %d axes, expected 2", len(s.Walk.Grid)))
	}
	J := s.Current()
	x := make([]float64, 2)
	sum := 0.0
	for i := range s.Density.Values {
		s.Walk.Grid.At(i, x)
		sum += x[0]*J[1].Values[i] - x[1]*J[0].Values[i]
	}
	return sum / 2 * s.Walk.Grid.Cell()
}

// Wall is the probability of the nodes at reflecting ends: where it is not small,
// the grid confines the process and not its drift, and the state is that of the box.
func (s *Steady) Wall() float64 {
	sum := 0.0
	for i, v := range s.Density.Values {
		rest := i
		for k := len(s.Walk.Grid) - 1; k >= 0; k-- {
			a := s.Walk.Grid[k]
			at := rest % a.Nodes
			rest /= a.Nodes
			if a.Boundary == pde.Reflecting && (at == 0 || at == a.Nodes-1) {
				sum += v
				break
			}
		}
	}
	return sum * s.Walk.Grid.Cell()
}

// Dissipation is -dF/dt of the free energy (6.29) of a density, exactly for the walk:
// β⁻¹ Σ over edges of the flux times the difference of log(ρ/ρ^ss). By Theorem 6.24
// it is at least 0, whether or not ∇·j = 0.
func (s *Steady) Dissipation(ρ *pde.Field) float64 {
	w := s.Walk
	rate := w.Rate(ρ)
	sum := 0.0
	for i, v := range rate.Values {
		if ρ.Values[i] > 0 {
			sum -= v * math.Log(ρ.Values[i]/s.Density.Values[i])
		}
	}
	return sum * w.Grid.Cell() / w.Process.Beta
}

// Split applies the two parts of the generator, (6.49)-(6.51), to a density: L_S,
// which is symmetric for the scalar product ∫fg/ρ^ss and has detailed balance, and
// L_A, which is antisymmetric for it and moves along j. Both leave ρ^ss as it is.
func (s *Steady) Split(ρ *pde.Field) (symmetric, antisymmetric *pde.Field) {
	w := s.Walk
	symmetric, antisymmetric = w.like("Split", ρ), w.like("Split", ρ)
	// In u = ρ/ρ^ss: half the traffic of an edge times the difference of u, and half
	// its net flux times the sum.
	for i, e := range w.edges {
		from, to := e.from, e.to
		u, v := ρ.Values[from]/s.Density.Values[from], ρ.Values[to]/s.Density.Values[to]
		traffic := (e.ahead*s.Density.Values[from] + e.back*s.Density.Values[to]) / 2
		there := traffic * (u - v)
		symmetric.Values[from] -= there
		symmetric.Values[to] += there
		along := s.flux[i] * (u + v) / 2
		antisymmetric.Values[from] -= along
		antisymmetric.Values[to] += along
	}
	return symmetric, antisymmetric
}
