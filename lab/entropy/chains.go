package entropy

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
	"glassy/lab/run"
)

// A Method is how a chain moves on h(y) = f(y) + |x-y|²/2γ.
type Method int

// Methods.
const (
	// MALA proposes a step of Langevin dynamics and takes it with the probability of
	// Metropolis and Hastings (Roberts & Tweedie 1996): means are those of ρ_γ whatever
	// the step is.
	MALA Method = iota
	// SGLD takes every step, on mini-batches if asked to (Welling & Teh 2011):
	//	y ← y - η [∇f_b(y) + (y-x)/γ] + √(2η/β) ξ,
	// lines 3 and 4 of Algorithm 2. Means are off by what is of the order of η: where h
	// has curvature a, the variance is 1/βa(1-ηa/2).
	SGLD
)

func (m Method) String() string {
	if m == SGLD {
		return "SGLD"
	}
	return "MALA"
}

// Options are how chains move; of the zero value 16 are moved 500 and 1000 steps by MALA.
type Options struct {
	Method Method
	Chains int // side by side; 0: 16. The error bars are those of so many means
	Steps  int // of each, that count; 0: 1000
	Warmup int // before them; 0: half as many

	Step  float64 // η, in units of γ if f is flat; 0: MALA's is fitted in the warm-up, SGLD's must be given
	Decay float64 // b of SGLD's η/(1+t)^b; means are then weighted by it, (3.16)
	Batch int     // data in each of SGLD's mini-batches, drawn with replacement; 0: all
	Seed  uint64

	Rungs int // of Integrate, a multiple of 4; 0: 16

	Context context.Context // nil: that of the notebook's cell, see run.Context
	Name    string          // of the progress bar; "": "local entropy"
}

// checked is o with what it leaves open.
func (o Options) checked(method string, f landscape.Landscape) Options {
	fail := func(format string, a ...any) {
		panic("entropy: " + method + ": " + fmt.Sprintf(format, a...))
	}
	if o.Chains == 0 {
		o.Chains = 16
	}
	if o.Steps == 0 {
		o.Steps = 1000
	}
	if o.Warmup == 0 {
		o.Warmup = (o.Steps + 1) / 2
	}
	if o.Rungs == 0 {
		o.Rungs = 16
	}
	if o.Context == nil {
		o.Context = run.Context()
	}
	if o.Name == "" {
		o.Name = "local entropy"
	}
	sampled, ok := f.(landscape.Sampled)
	switch {
	case o.Chains < 2 || o.Steps < 8 || o.Warmup < 0 || o.Rungs < 4 || o.Rungs%4 != 0:
		fail("Chains is %d, Steps %d, Warmup %d, Rungs %d, expected at least 2, 8, 0 and a multiple of 4", o.Chains, o.Steps, o.Warmup, o.Rungs)
	case o.Method != MALA && o.Method != SGLD:
		fail("Method is %d, expected MALA or SGLD", int(o.Method))
	case !(o.Step >= 0) || math.IsInf(o.Step, 0) || !(o.Decay >= 0) || o.Method == SGLD && o.Step == 0:
		fail("Step is %v, Decay %v, expected finite numbers of at least 0, and of SGLD a step", o.Step, o.Decay)
	case o.Method == MALA && (o.Decay != 0 || o.Batch != 0):
		fail("Decay is %v, Batch %d, expected 0: MALA needs f itself, and a step that stays", o.Decay, o.Batch)
	case o.Batch != 0 && (!ok || o.Batch < 0 || o.Batch > sampled.Samples()):
		fail("Batch is %d, expected 0 or a part of the data of a landscape that has some", o.Batch)
	}
	return o
}

// chains are the walkers y, side by side, under the law ∝ exp(-β(λf(y) + |x-y|²/2γ)).
type chains struct {
	l    *Local
	o    Options
	n, d int
	dev  device.Device
	f    []landscape.Landscape // one for each thread
	back func()

	x       device.Vector // n×d: x in each row
	y, g, h device.Vector // 2n×d: y, ∇f(y), ∇h(y); below, those of what is proposed
	spare   device.Vector // n×d
	numbers device.Vector // 4n, float64 if the landscape is
	index   device.Vector // n, of rows

	values []float64 // f at y; after MALA's proposal, 2n
	λ, η   float64
	t      int // steps made; the noise of each is its own
	key    rng.Key

	acceptance float64 // mean over the chains, of the last step
	moving     bool    // f was a finite number wherever a chain has been
}

// What the numbers of a key are for.
const (
	ofStart = iota
	ofNoise
	ofChoice
	ofBatch
)

// newChains are all at x; weight 1.
func newChains(l *Local, x device.Vector, o Options) *chains {
	n, d, dev := o.Chains, x.Len(), x.Device()
	c := &chains{
		l: l, o: o, n: n, d: d, dev: dev,
		x: dev.New(x.DType(), n*d), y: dev.New(x.DType(), 2*n*d), g: dev.New(x.DType(), 2*n*d), h: dev.New(x.DType(), 2*n*d),
		spare: dev.New(x.DType(), n*d), numbers: dev.New(x.DType(), 4*n), index: dev.New(device.Int32, n),
		values: make([]float64, 2*n), λ: 1, η: o.Step, key: rng.Key(o.Seed), moving: true,
	}
	c.f, c.back = l.workers()
	for i := range n {
		dev.Copy(c.x.Slice(i*d, (i+1)*d), x)
	}
	dev.Copy(c.current(c.y), c.x)
	if c.η == 0 { // the best step where f is flat, but for a number (Roberts & Rosenthal 1998)
		c.η = l.gamma / math.Cbrt(float64(d))
	}
	return c
}

// end gives back what the chains have of the device and the landscape.
func (c *chains) end() {
	for _, v := range []device.Vector{c.x, c.y, c.g, c.h, c.spare, c.numbers, c.index} {
		c.dev.Free(v)
	}
	c.back()
}

// current are the rows of the chains, proposed those below.
func (c *chains) current(v device.Vector) device.Vector  { return v.Slice(0, c.n*c.d) }
func (c *chains) proposed(v device.Vector) device.Vector { return v.Slice(c.n*c.d, 2*c.n*c.d) }

// scatter puts the chains where f is not felt: normal about x, of variance γ/β.
func (c *chains) scatter(draw int) {
	y := c.current(c.y)
	c.dev.Normal(uint64(c.key.Split(ofStart).Split(uint64(draw))), 0, 0, math.Sqrt(c.l.gamma/c.l.beta), y)
	c.dev.Axpy(1, c.x, y)
}

// feel makes the chains feel λf: it sets the gradients at y.
func (c *chains) feel(λ float64) {
	c.λ = λ
	c.gradients(c.current(c.y), c.current(c.g), c.values[:c.n])
	c.pull(c.current(c.y), c.current(c.g), c.current(c.h))
	c.look()
}

// look sees whether f is a finite number at all chains.
func (c *chains) look() {
	for _, v := range c.values[:c.n] {
		c.moving = c.moving && !math.IsNaN(v) && !math.IsInf(v, 0)
	}
}

// gradients are those of f at the rows of y, and its values.
func (c *chains) gradients(y, g device.Vector, values []float64) {
	if e, ok := c.f[0].(landscape.Ensemble); ok && c.o.Batch == 0 {
		f := c.numbers.Slice(0, c.n)
		e.Gradients(y, f, g)
		c.dev.Download(device.Of(values), f)
	} else {
		run.Share(len(c.f), c.n, func(worker, i int) {
			at, to := y.Slice(i*c.d, (i+1)*c.d), g.Slice(i*c.d, (i+1)*c.d)
			if c.o.Batch == 0 {
				values[i] = c.f[worker].Gradient(at, to)
				return
			}
			f := c.f[worker].(landscape.Sampled)
			s := c.key.Split(ofBatch).Split(uint64(c.t)).Split(uint64(i)).Stream()
			b := landscape.Batch{Index: make([]int, c.o.Batch), Seed: s.Uint64()}
			for k := range b.Index {
				b.Index[k] = s.IntN(f.Samples())
			}
			values[i] = f.BatchGradient(at, b, to)
		})
	}
}

// pull writes ∇h = λ∇f + (y-x)/γ.
func (c *chains) pull(y, g, h device.Vector) {
	c.dev.Copy(h, g)
	c.dev.Scale(c.λ, h)
	c.dev.Axpy(1/c.l.gamma, y, h)
	c.dev.Axpy(-1/c.l.gamma, c.x, h)
}

// rate is η at this step.
func (c *chains) rate() float64 {
	if c.o.Decay == 0 {
		return c.η
	}
	return c.η / math.Pow(float64(1+c.t), c.o.Decay)
}

// move makes a step.
func (c *chains) move() {
	η := c.rate()
	step := device.Step{Rate: η, Noise: math.Sqrt(2 * η / c.l.beta), Key: uint64(c.key.Split(ofNoise).Split(uint64(c.t)))}
	var none device.Vector
	if c.o.Method == SGLD {
		c.dev.Update(step, c.current(c.y), none, c.current(c.h), none, none)
		c.t++
		c.feel(c.λ)
		return
	}
	y, g, h := c.proposed(c.y), c.proposed(c.g), c.proposed(c.h)
	c.dev.Copy(y, c.current(c.y))
	c.dev.Update(step, y, none, c.current(c.h), none, none)
	c.gradients(y, g, c.values[c.n:])
	c.pull(y, g, h)
	c.choose(η)
	c.look()
	c.t++
}

// choose takes each proposal y′ with the probability
//
//	min(1, exp(-βλ[f′-f - ½(y′-y)·(∇f+∇f′)] - ¼βη(|∇h′|²-|∇h|²))),
//
// that of Metropolis and Hastings: what |x-y|² adds to h cancels.
func (c *chains) choose(η float64) {
	n, d := c.n, c.d
	// (y′-y)·∇f and ·∇f′, |∇h|², |∇h′|² of each.
	dots := make([]float64, 4*n)
	c.dev.Copy(c.spare, c.proposed(c.y))
	c.dev.Axpy(-1, c.current(c.y), c.spare)
	for k, ab := range [4][2]device.Vector{
		{c.spare, c.current(c.g)}, {c.spare, c.proposed(c.g)},
		{c.current(c.h), c.current(c.h)}, {c.proposed(c.h), c.proposed(c.h)},
	} {
		c.dev.RowDots(n, d, ab[0], ab[1], c.numbers.Slice(k*n, (k+1)*n))
	}
	c.dev.Download(device.Of(dots), c.numbers)
	β := c.l.beta
	rows, uniform := make([]int32, n), c.key.Split(ofChoice).Split(uint64(c.t))
	c.acceptance = 0
	for i := range n {
		rise := c.λ * (c.values[n+i] - c.values[i] - (dots[i]+dots[n+i])/2)
		p := math.Min(1, math.Exp(-β*rise-β*η/4*(dots[3*n+i]-dots[2*n+i])))
		rows[i] = int32(i)
		if math.IsNaN(p) {
			p = 0 // f is not a number there: nobody goes
		}
		c.acceptance += p / float64(n)
		if uniform.Uniform(uint64(i)) < p {
			rows[i] = int32(n + i)
			c.values[i] = c.values[n+i]
		}
	}
	c.dev.Upload(c.index, device.Of(rows))
	for _, v := range []device.Vector{c.y, c.g, c.h} {
		c.dev.Gather(d, v, c.index, c.spare)
		c.dev.Copy(c.current(v), c.spare)
	}
}

// warm makes the steps before those that count, and fits MALA's step: it grows while
// more proposals are taken than 0.574 of them, which is best in many variables (Roberts
// & Rosenthal 1998), and shrinks while fewer are.
func (c *chains) warm(loop *run.Loop) {
	const best, forget = 0.574, 0.6
	for k := range c.o.Warmup {
		if loop.Err() != nil || !c.moving {
			return
		}
		c.move()
		if c.o.Method == MALA && c.o.Step == 0 {
			c.η *= math.Exp((c.acceptance - best) / math.Pow(float64(1+k), forget))
		}
		loop.Add(1)
	}
}

// averages are running means of what the chains see.
type averages struct {
	steps         int
	weight        float64
	moved, slope  device.Vector // n×d: ⟨y-x⟩, ⟨∇f⟩
	product       device.Vector // n×d: ⟨(G-G₀)(y-x)⟩
	action, start []float64     // n: ⟨G-G₀⟩, and G₀, G = f + |x-y|²/2γ at the first step
	loss          [][]float64   // f, of each chain
	mean          []float64     // n: ⟨f⟩
	acceptance    float64
}

// sample makes the steps that count.
func (c *chains) sample(loop *run.Loop) *averages {
	n, d := c.n, c.d
	a := &averages{
		moved: c.spare.New(), slope: c.spare.New(), product: c.spare.New(),
		action: make([]float64, n), loss: make([][]float64, n), mean: make([]float64, n),
	}
	weights, G := c.numbers.Slice(0, n), make([]float64, n)
	for range c.o.Steps {
		if loop.Err() != nil {
			break
		}
		η := c.rate()
		c.move()
		loop.Add(1)
		if !c.moving {
			break
		}
		w := 1.0
		if c.o.Decay != 0 {
			w = η
		}
		a.steps++
		a.weight += w
		a.acceptance += c.acceptance
		part := w / a.weight

		c.dev.Copy(c.spare, c.current(c.y))
		c.dev.Axpy(-1, c.x, c.spare)
		c.dev.RowDots(n, d, c.spare, c.spare, weights)
		c.dev.Download(device.Of(G), weights)
		for i := range G {
			G[i] = c.values[i] + G[i]/(2*c.l.gamma)
			a.loss[i] = append(a.loss[i], c.values[i])
			a.mean[i] += part * (c.values[i] - a.mean[i])
		}
		if a.start == nil {
			a.start = append([]float64(nil), G...)
		}
		for i := range G {
			G[i] -= a.start[i]
			a.action[i] += part * (G[i] - a.action[i])
		}
		c.dev.Axpby(part, c.spare, 1-part, a.moved)
		c.dev.Axpby(part, c.current(c.g), 1-part, a.slope)
		c.dev.Upload(weights, device.Of(G))
		c.dev.RowScale(n, d, weights, c.spare)
		c.dev.Axpby(part, c.spare, 1-part, a.product)
	}
	return a
}

// end gives back the memory of the means.
func (a *averages) end() {
	for _, v := range []device.Vector{a.moved, a.slope, a.product} {
		v.Device().Free(v)
	}
}

// overChains is the mean of a number that each chain has, and its standard error: the
// chains are independent.
func overChains(v []float64) (mean, err float64) {
	mean, sd := stat.MeanStdDev(v, nil)
	return mean, stat.StdErr(sd, float64(len(v)))
}
