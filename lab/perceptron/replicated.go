package perceptron

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/rng"
	"glassy/lab/run"
)

// SGDOptions are how [ReplicatedSGD] searches; the zero value will do.
type SGDOptions struct {
	Replicas int        // y, odd; 0: 7. 1 is one replica alone
	Epochs   int        // at most; 0: 1000
	Batch    int        // patterns to a step; 0: a tenth of N
	Rate     float64    // η; 0: 1
	Coupling [2]float64 // γ, at first and at last
	Pull     float64    // λ; 0: 0.1

	Seed    uint64
	Context context.Context // nil: that of the notebook's cell, see run.Context
}

// ReplicatedSGD is stochastic gradient descent of y replicas that are drawn to
// their centre (Baldassi et al. 2016). Each has real numbers h whose signs are its
// weights x. For a pattern that is wrong, the gradient of how many weights have to
// change is that of the fields of the units nearest to being right, as many as are
// missed; it goes to h, and with each step so does the centre's pull,
//
//	h_a += η Σ_{wrong i in the batch} ξ_i/√B + λη (tanh(γ Σ_b x_b) − x_a)
//
// with a coupling γ that grows in equal steps from epoch to epoch, from
// Coupling[0] to Coupling[1], 0.1 to 3 where both are 0. The result is the centre,
// the replicas' majority. O(y N D) for an epoch.
func ReplicatedSGD(p *Perceptron, opts ...SGDOptions) *Solution {
	var o SGDOptions
	if len(opts) > 0 {
		o = opts[0]
	}
	o.fill(p)
	run.Cite("baldassi2016")
	n, D := p.Patterns(), p.Weights()
	h, x := make([][]float64, o.Replicas), make([][]int8, o.Replicas)
	order := make([][]int, o.Replicas)
	random := make([]*rng.Stream, o.Replicas)
	sums := make([]int, D)
	for a := range h {
		key := rng.Key(o.Seed).Split(uint64(a))
		h[a], x[a] = make([]float64, D), make([]int8, D)
		key.Normals(0, h[a])
		signsOf(h[a], x[a])
		random[a] = key.Split(0).Stream()
		order[a] = random[a].Perm(n)
	}
	centre := make([]int8, D)
	g := make([]float64, D)
	best := newBest(p)
	loop := run.Start(o.Context, "replicated SGD", o.Epochs)
	for t := range loop.Steps() {
		γ := o.Coupling[0] + float64(t)/math.Max(1, float64(o.Epochs-1))*(o.Coupling[1]-o.Coupling[0])
		for a := range h {
			random[a].Shuffle(n, func(i, j int) { order[a][i], order[a][j] = order[a][j], order[a][i] })
		}
		for from := 0; from < n; from += o.Batch {
			clear(sums)
			for a := range x {
				for j, v := range x[a] {
					sums[j] += int(v)
				}
			}
			for a := range h {
				clear(g)
				for _, i := range order[a][from:min(n, from+o.Batch)] {
					p.correct(i, x[a], g)
				}
				floats.AddScaled(h[a], o.Rate/math.Sqrt(float64(o.Batch)), g)
				if o.Replicas > 1 {
					for j, v := range x[a] {
						h[a][j] += o.Pull * o.Rate * (math.Tanh(γ*float64(sums[j])) - float64(v))
					}
				}
				signsOf(h[a], x[a])
			}
		}
		clear(sums)
		for a := range x {
			for j, v := range x[a] {
				sums[j] += int(v)
			}
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

// fill sets what is open and panics of what cannot be.
func (o *SGDOptions) fill(p *Perceptron) {
	if o.Replicas == 0 {
		o.Replicas = 7
	}
	if o.Epochs == 0 {
		o.Epochs = 1000
	}
	if o.Batch == 0 {
		o.Batch = max(1, p.Patterns()/10)
	}
	if o.Rate == 0 {
		o.Rate = 1
	}
	if o.Pull == 0 {
		o.Pull = 0.1
	}
	if o.Coupling == [2]float64{} {
		o.Coupling = [2]float64{0.1, 3}
	}
	if o.Context == nil {
		o.Context = run.Context()
	}
	if o.Replicas < 1 || o.Replicas%2 == 0 || o.Epochs < 0 || o.Batch < 1 {
		panic(fmt.Sprintf("perceptron: ReplicatedSGD: Replicas is %d, Epochs %d, Batch %d, expected an odd number above 0, at least 0, at least 1", o.Replicas, o.Epochs, o.Batch))
	}
	for _, v := range [...]float64{o.Rate, o.Pull, o.Coupling[0], o.Coupling[1]} {
		if !(v >= 0) || math.IsInf(v, 0) {
			panic(fmt.Sprintf("perceptron: ReplicatedSGD: Rate is %v, Pull %v, Coupling %v, expected finite numbers of at least 0", o.Rate, o.Pull, o.Coupling))
		}
	}
}

// correct adds to g, len D, what makes pattern i right, if it is wrong.
func (p *Perceptron) correct(i int, x []int8, g []float64) {
	d := p.inputs
	ξ := p.pattern(i)
	fields := make([]float64, p.units)
	missing := (p.units + 1) / 2
	for k := range fields {
		fields[k] = float64(dot(x[k*d:(k+1)*d], ξ)) - p.threshold()
		if fields[k] > 0 {
			missing--
			fields[k] = math.Inf(-1) // it needs no change
		}
	}
	for ; missing > 0; missing-- {
		k := floats.MaxIdx(fields)
		fields[k] = math.Inf(-1)
		for j, v := range ξ {
			g[k*d+j] += float64(v)
		}
	}
}

// signsOf sets x to the signs of h.
func signsOf(h []float64, x []int8) {
	for j, v := range h {
		x[j] = 1
		if v < 0 {
			x[j] = -1
		}
	}
}
