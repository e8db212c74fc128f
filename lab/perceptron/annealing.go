package perceptron

import (
	"context"
	"fmt"
	"math"

	"glassy/lab/rng"
	"glassy/lab/run"
)

// AnnealOptions are how [Anneal] searches; the zero value will do.
type AnnealOptions struct {
	Replicas int // y, odd; 0: 1, annealing on the energy alone
	Sweeps   int // at most; 0: 1000. In a sweep each weight of each replica is tried once

	// The inverse temperature β and the coupling γ grow in equal steps from the
	// first to the second; where both are 0: β from 0.5 to 5, γ from 0.1 to 1.5.
	Beta     [2]float64
	Coupling [2]float64

	Seed    uint64
	Context context.Context // nil: that of the notebook's cell, see run.Context
}

// Anneal is simulated annealing, by Metropolis's rule for single weights, of the
// energy E; with replicas, of the local entropy: their law is that of y weights
// about a centre x̂ which is summed over (Baldassi et al. 2016),
//
//	Σ_x̂ Π_a e^(−βE(x_a) + γx_a·x̂) = Π_a e^(−βE(x_a)) Π_j 2cosh(γ Σ_a x_j^a)
//
// so that they are drawn to where solutions are dense. The result is the centre,
// the replicas' majority. O(N) for a weight that is tried.
func Anneal(p *Perceptron, opts ...AnnealOptions) *Solution {
	var o AnnealOptions
	if len(opts) > 0 {
		o = opts[0]
	}
	if o.Replicas == 0 {
		o.Replicas = 1
	}
	if o.Sweeps == 0 {
		o.Sweeps = 1000
	}
	if o.Beta == [2]float64{} {
		o.Beta = [2]float64{0.5, 5}
	}
	if o.Coupling == [2]float64{} {
		o.Coupling = [2]float64{0.1, 1.5}
	}
	if o.Replicas < 1 || o.Replicas%2 == 0 || o.Sweeps < 0 {
		panic(fmt.Sprintf("perceptron: Anneal: Replicas, %d, and Sweeps, %d, expected an odd number above 0 and one of at least 0", o.Replicas, o.Sweeps))
	}
	for _, v := range [...]float64{o.Beta[0], o.Beta[1], o.Coupling[0], o.Coupling[1]} {
		if !(v >= 0) || math.IsInf(v, 0) {
			panic(fmt.Sprintf("perceptron: Anneal: Beta, %v, and Coupling, %v, expected finite numbers of at least 0", o.Beta, o.Coupling))
		}
	}
	if o.Context == nil {
		o.Context = run.Context()
	}
	run.Cite("baldassi2016")
	D := p.Weights()
	columns := p.columns()
	replicas := make([]*margins, o.Replicas)
	for a := range replicas {
		replicas[a] = newMargins(p, columns, signs(rng.Key(o.Seed).Split(uint64(a)), D))
	}
	random := rng.Key(o.Seed).Split(uint64(o.Replicas)).Stream()
	sums := make([]int, D) // Σ_a x_j^a
	centre := make([]int8, D)
	best := newBest(p)
	loop := run.Start(o.Context, "annealing", o.Sweeps)
	for t := range loop.Steps() {
		at := float64(t) / math.Max(1, float64(o.Sweeps-1))
		β := o.Beta[0] + at*(o.Beta[1]-o.Beta[0])
		γ := o.Coupling[0] + at*(o.Coupling[1]-o.Coupling[0])
		gain := attraction(o.Replicas, γ)
		clear(sums)
		for _, r := range replicas {
			for j, v := range r.x {
				sums[j] += int(v)
			}
		}
		for _, r := range replicas {
			r.sweep(random, β, gain, sums)
		}
		for j, s := range sums {
			centre[j] = 1
			if s < 0 {
				centre[j] = -1
			}
		}
		if best.try(centre) {
			break
		}
	}
	return best.solution(loop)
}

// attraction is ln 2cosh γs at s + y, for the sums s of y weights.
func attraction(y int, γ float64) []float64 {
	a := make([]float64, 2*y+1)
	for s := range a {
		a[s] = logTwoCosh(γ * float64(s-y))
	}
	return a
}

// sweep tries as many weights as there are, drawn at random; sums are those of all
// replicas.
func (m *margins) sweep(random *rng.Stream, β float64, attraction []float64, sums []int) {
	y := len(attraction) / 2
	for range m.x {
		j := random.IntN(len(m.x))
		next := sums[j] - 2*int(m.x[j])
		gain := attraction[next+y] - attraction[sums[j]+y] - β*float64(m.ifFlipped(j)-m.errors)
		if gain >= 0 || random.Float64() < math.Exp(gain) {
			m.flip(j)
			sums[j] = next
		}
	}
}

// columns are the patterns by inputs, d×N row-major.
func (p *Perceptron) columns() []int8 {
	n, d := p.Patterns(), p.inputs
	c := make([]int8, n*d)
	for i := range n {
		for j, v := range p.pattern(i) {
			c[j*n+i] = v
		}
	}
	return c
}

// margins follow weights that change one at a time.
type margins struct {
	p       *Perceptron
	columns []int8
	x       []int8
	fields  []int32 // y x_k·ξ of unit k and pattern i, K×N
	votes   []int32 // of units that are right, len N
	errors  int
	least   int32 // a unit is right from this field on
}

func newMargins(p *Perceptron, columns, x []int8) *margins {
	n, d := p.Patterns(), p.inputs
	m := &margins{p: p, columns: columns, x: x, fields: make([]int32, p.units*n), votes: make([]int32, n)}
	m.least = int32(math.Max(-1e9, math.Min(1e9, math.Floor(p.threshold())+1)))
	for i := range n {
		for k := range p.units {
			f := int32(dot(x[k*d:(k+1)*d], p.pattern(i)))
			m.fields[k*n+i] = f
			if f >= m.least {
				m.votes[i]++
			}
		}
		if 2*m.votes[i] < int32(p.units) {
			m.errors++
		}
	}
	return m
}

// ifFlipped is how many errors there are if weight j is flipped.
func (m *margins) ifFlipped(j int) int {
	n, K := m.p.Patterns(), int32(m.p.units)
	k, input := j/m.p.inputs, j%m.p.inputs
	fields := m.fields[k*n : (k+1)*n]
	change := -2 * int32(m.x[j])
	errors := 0
	for i, ξ := range m.columns[input*n : (input+1)*n] {
		votes := m.votes[i]
		if fields[i] >= m.least {
			votes--
		}
		if fields[i]+change*int32(ξ) >= m.least {
			votes++
		}
		if 2*votes < K {
			errors++
		}
	}
	return errors
}

func (m *margins) flip(j int) {
	n, K := m.p.Patterns(), int32(m.p.units)
	k, input := j/m.p.inputs, j%m.p.inputs
	fields := m.fields[k*n : (k+1)*n]
	change := -2 * int32(m.x[j])
	m.errors = 0
	for i, ξ := range m.columns[input*n : (input+1)*n] {
		if fields[i] >= m.least {
			m.votes[i]--
		}
		fields[i] += change * int32(ξ)
		if fields[i] >= m.least {
			m.votes[i]++
		}
		if 2*m.votes[i] < K {
			m.errors++
		}
	}
	m.x[j] = -m.x[j]
}
