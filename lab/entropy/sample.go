package entropy

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/device"
	"glassy/lab/run"
)

// A Status says how a computation ended.
type Status int

// How it ends.
const (
	Finished Status = iota // all steps made
	Stopped                // the context was done
	Diverged               // a chain is where f is no finite number: x itself is, or SGLD's step is too long
)

func (s Status) String() string {
	switch s {
	case Finished:
		return "finished"
	case Stopped:
		return "stopped"
	}
	return "diverged"
}

// A Number was measured.
type Number struct{ Value, Error float64 } // and its standard error

func (n Number) String() string { return fmt.Sprintf("%.6g ± %.1g", n.Value, n.Error) }

// Numbers were measured.
type Numbers struct{ Value, Error []float64 } // and their standard errors

// An Estimate is what chains say of ρ_γ(y; x). The standard errors are out of the
// differences between chains, which are independent of each other, and so right however
// slowly each moves, as long as all have forgotten where they began: see RHat. Of n
// chains an error is itself known to 1/√(2n-2). Nothing was measured when Steps is 0.
type Estimate struct {
	Method Method
	Status Status
	Chains int
	Steps  int // of each, that count

	Gradient      Numbers // (x - ⟨y⟩)/γ, (3.10); len d
	MeanGradient  Numbers // ⟨∇f(y)⟩, (4.13): the same, with less noise where γ times the curvature of f is below 1
	ShannonChange Numbers // the gradient of Shannon's entropy, see Point
	Loss          Number  // ⟨f(y)⟩; with mini-batches of their means
	Action        Number  // ⟨f(y) + |x-y|²/2γ⟩

	Effective  float64 // as many independent samples have the same error of ⟨f⟩
	RHat       float64 // near 1 when the chains agree (Vehtari et al. 2021); above 1.01 they should go on
	Acceptance float64 // mean share of MALA's proposals that were taken
	Step       float64 // η

	means, actions []float64 // ⟨f⟩ and ⟨G⟩ of each chain
}

func (e *Estimate) String() string {
	return fmt.Sprintf("%d chains of %s, %s after %d steps each: ⟨f⟩ = %v, |∇f_γ| = %.4g with an error of %.2g (⟨∇f⟩: %.2g); %.0f effective samples, R-hat %.3f, %.0f %% accepted",
		e.Chains, e.Method, e.Status, e.Steps, e.Loss, floats.Norm(e.Gradient.Value, 2), floats.Norm(e.Gradient.Error, 2), floats.Norm(e.MeanGradient.Error, 2), e.Effective, e.RHat, 100*e.Acceptance)
}

// Sample measures the local entropy's gradient at x by chains that begin at x, as those
// of Entropy-SGD do. The landscape is asked for the gradients at all of them together
// where it is an Ensemble. Nobody can tell from samples whether f(y) + |x-y|²/2γ grows at
// infinity, as it must: where it does not, chains wander off and R-hat does not come near 1.
func (l *Local) Sample(x device.Vector, o Options) *Estimate {
	l.checkPoint("Sample", x)
	o = o.checked("Sample", l.f)
	loop := run.Start(o.Context, o.Name, o.Warmup+o.Steps)
	defer loop.End()
	c := newChains(l, x, o)
	defer c.end()
	c.feel(1)
	c.warm(loop)
	return c.estimate(loop)
}

// estimate makes the steps that count and says what they have shown.
func (c *chains) estimate(loop *run.Loop) *Estimate {
	a := c.sample(loop)
	defer a.end()
	n, d, β, γ := c.n, c.d, c.l.beta, c.l.gamma
	e := &Estimate{Method: c.o.Method, Chains: n, Steps: a.steps, Step: c.η, Effective: math.NaN(), RHat: math.NaN(), Acceptance: 1}
	switch {
	case !c.moving:
		e.Status = Diverged
	case a.steps < c.o.Steps:
		e.Status = Stopped
	}
	moved, slope, product := device.Read[float64](a.moved), device.Read[float64](a.slope), device.Read[float64](a.product)
	if a.steps == 0 {
		for _, v := range [][]float64{moved, slope, product, a.mean, a.action} {
			for i := range v {
				v[i] = math.NaN()
			}
		}
		a.start = make([]float64, n)
	}
	e.Gradient = perCoordinate(n, d, func(i, k int) float64 { return -moved[i*d+k] / γ })
	e.MeanGradient = perCoordinate(n, d, func(i, k int) float64 { return slope[i*d+k] })
	// ⟨(G-⟨G⟩)(y-x-⟨y-x⟩)⟩ of each chain, about the means over all.
	total := make([]float64, n)
	for i := range total {
		total[i] = a.action[i] + a.start[i]
	}
	G := stat.Mean(total, nil)
	e.ShannonChange = perCoordinate(n, d, func(i, k int) float64 {
		return β * β / γ * (product[i*d+k] + (a.start[i]-G)*moved[i*d+k] + γ*e.Gradient.Value[k]*(total[i]-G))
	})
	e.means, e.actions = a.mean, total
	e.Loss.Value, e.Loss.Error = overChains(a.mean)
	e.Action.Value, e.Action.Error = overChains(total)
	if a.steps >= 8 {
		e.Effective, e.RHat = Effective(a.loss)
	}
	if c.o.Method == MALA {
		e.Acceptance = a.acceptance / float64(a.steps)
	}
	return e
}

// perCoordinate is the mean and standard error over n chains of each of d numbers.
func perCoordinate(n, d int, of func(chain, k int) float64) Numbers {
	m := Numbers{make([]float64, d), make([]float64, d)}
	v := make([]float64, n)
	for k := range d {
		for i := range v {
			v[i] = of(i, k)
		}
		m.Value[k], m.Error[k] = overChains(v)
	}
	return m
}
