package noneq

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/pde"
)

// A Finding is whether a process meets an assumption or a claim of the thesis.
type Finding struct {
	Claim   string
	Holds   bool
	Size    float64 // by how much it fails, 0 where it holds
	Error   float64 // of Size: what the grid adds
	Meaning string  // of Size
}

// A Report is the findings of [Examine].
type Report []Finding

// String is a line for each finding.
func (r Report) String() string {
	var b strings.Builder
	for _, f := range r {
		verdict := "holds"
		if !f.Holds {
			verdict = "fails"
		}
		fmt.Fprintf(&b, "%s %s: %s = %.3g ± %.1g\n", f.Claim, verdict, f.Meaning, f.Size, f.Error)
	}
	return b.String()
}

// Examine says which assumptions of chapter 6 a process meets on a grid with an odd number
// of nodes on each reflecting axis and an even one on each periodic. Sizes are means over
// the stationary density, on the grid and on one of half as many steps, and extrapolated
// to second order; a claim holds when its size is no more than what the two differ by.
// Errors are those of [NewWalk] and [Walk.Steady].
func Examine(p Process, g pde.Grid) (Report, error) {
	if len(g) != 2 {
		panic(fmt.Sprintf("noneq: Examine: a grid of %d axes, expected 2", len(g)))
	}
	half := make([]pde.Axis, len(g))
	for k, a := range g {
		half[k] = a
		if half[k].Nodes = (a.Nodes + 1) / 2; a.Boundary == pde.Periodic {
			half[k].Nodes = a.Nodes / 2
		}
	}
	coarse, err := examine(p, pde.NewGrid(half...))
	if err != nil {
		return nil, err
	}
	fine, err := examine(p, g)
	if err != nil {
		return nil, err
	}
	for i := range fine {
		f := &fine[i]
		f.Error = math.Abs(f.Size - coarse[i].Size)
		f.Size = math.Abs(f.Size + (f.Size-coarse[i].Size)/3)
		f.Holds = f.Size <= math.Max(f.Error, 1e-9)
	}
	return fine, nil
}

// examine is the findings on one grid.
func examine(p Process, g pde.Grid) (Report, error) {
	state := func(p Process) (*Steady, error) {
		w, err := NewWalk(p, g)
		if err != nil {
			return nil, err
		}
		return w.Steady()
	}
	s, err := state(p)
	if err != nil {
		return nil, err
	}
	colder, err := state(p.At(2 * p.Beta))
	if err != nil {
		return nil, err
	}
	j, div := s.Force(), s.Divergence()
	slope := []*pde.Field{s.Potential.Slope(0), s.Potential.Slope(1)}
	ρ := s.Density.Values
	mean := func(f func(i int) float64) float64 {
		v := make([]float64, len(ρ))
		for i := range v {
			if ρ[i] > 0 {
				v[i] = f(i)
			}
		}
		return stat.Mean(v, ρ)
	}
	// By how much D is no multiple of the identity, the same everywhere.
	x, D := make([]float64, 2), make([]float64, 4)
	trace := mean(func(i int) float64 { g.At(i, x); p.diffusion(x, D); return (D[0] + D[3]) / 2 })
	uneven := mean(func(i int) float64 {
		g.At(i, x)
		p.diffusion(x, D)
		S := mat.NewDense(2, 2, []float64{D[0] - trace, D[1], D[2], D[3] - trace})
		return mat.Norm(S, 2) / trace
	})
	moved := make([]float64, len(ρ))
	for i := range moved {
		if ρ[i] > 0 && colder.Density.Values[i] > 0 {
			moved[i] = colder.Potential.Values[i] - s.Potential.Values[i]
		}
	}
	return Report{
		{Claim: "Detailed balance, (6.13),", Size: s.EntropyProduction(), Meaning: "entropy production, nats per unit of time"},
		{Claim: "Assumption 6.22, ∇·j = 0,", Size: mean(func(i int) float64 { return math.Abs(div.Values[i]) }), Meaning: "E|∇·j|"},
		{Claim: "Lemma 6.23 (ii), j·∇Φ = 0,", Size: mean(func(i int) float64 {
			return math.Abs(j[0].Values[i]*slope[0].Values[i] + j[1].Values[i]*slope[1].Values[i])
		}), Meaning: "E|j·∇Φ|"},
		{Claim: "Lemma 6.27, D = c everywhere,", Size: uneven, Meaning: "E|D - c|/c"},
		{Claim: "Theorem 6.28, Φ does not depend on β,", Size: stat.StdDev(moved, ρ), Meaning: "standard deviation of Φ at 2β less Φ at β"},
	}, nil
}
