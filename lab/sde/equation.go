package sde

import (
	"context"
	"fmt"
	"math"
	"runtime"

	"glassy/lab/device"
	"glassy/lab/rng"
	"glassy/lab/run"
)

// An Equation is dX = b(X,t) dt + s(X,t) dB in d dimensions: Itô's, unless Calculus
// says otherwise. With Noise, s is diagonal, a Brownian motion for each coordinate;
// with Spread, which is instead of it, s is any matrix of Dim rows. The functions write
// b, s and s dB, len Dim, and may be called from several goroutines at once.
type Equation struct {
	Dim   int
	Drift func(t float64, x, b []float64)
	Noise func(t float64, x, s []float64) // nil: none, or Spread

	Sources int                                   // how many Brownian motions Spread takes
	Spread  func(t float64, x, dB, out []float64) // out = s dB, dB of len Sources

	Calculus Calculus

	// Form, unless nil, says what Drift and Noise say, in the form in which a device
	// moves many walkers at once; who changes these changes it too. [Langevin] gives
	// it where the landscape has it.
	Form *Form
}

// A Calculus says where between X(t) and X(t+dt) the noise s is taken that multiplies
// dB. The same b and s are another process in each: in one dimension of the stationary
// density D^(α-1) e^(-β∫f′/D) with D = βs²/2.
type Calculus int

// Calculi.
const (
	Ito          Calculus = iota // α = 0: at X(t)
	Stratonovich                 // α = ½: halfway
	Klimontovich                 // α = 1: at X(t+dt); also Hänggi's
)

// alpha is where, from 0 to 1.
func (c Calculus) alpha() float64 { return float64(c) / 2 }

// sources is how many Brownian motions there are, 0 without noise.
func (e *Equation) sources() int {
	switch {
	case e.Spread != nil:
		return e.Sources
	case e.Noise != nil:
		return e.Dim
	}
	return 0
}

// spread writes s(x,t) dB to out; s is space for a diagonal.
func (e *Equation) spread(t float64, x, dB, s, out []float64) {
	if e.Spread != nil {
		e.Spread(t, x, dB, out)
		return
	}
	e.Noise(t, x, s)
	for a, v := range dB {
		out[a] = s[a] * v
	}
}

// A Method is a scheme of discrete steps.
type Method int

// Methods.
const (
	// EulerMaruyama is x += b h + s ΔB (Maruyama 1955): of strong order ½, 1 where s
	// is constant, and of weak order 1. Where the calculus is not Itô's, s is that at
	// x + α s(x) ΔB.
	EulerMaruyama Method = iota
	// Heun takes the mean of the drifts at the start and at where Euler's step ends:
	// of weak order 2 where s is constant, and otherwise like EulerMaruyama. It asks
	// twice for the drift.
	Heun
)

// Options are how walkers move; Step and Steps must be given.
type Options struct {
	Step   float64 // h, the time of a step
	Steps  int
	Method Method
	Start  float64 // the time at which the walk begins
	Seed   uint64
	First  int // the number of the first walker

	// Paths gives the increments of the noise, those of walker i and step k being
	// Paths(i, k, dB), instead of the Seed; see [Brownian].
	Paths func(walker, step int, increments []float64)

	// Device is where walkers of an equation with a Form go; nil: device.For decides.
	// All other walkers go on the processor's threads.
	Device device.Device

	Every   int // steps from one call of Observe to the next; 0: none but at the end
	Observe func(step int, t float64, x []float64)

	Context context.Context // nil: that of the notebook's cell, see run.Context
	Name    string          // of the progress bar; "": "walkers"
}

// A Status says how a walk ended.
type Status int

// How a walk ends.
const (
	Finished Status = iota // all steps made
	Stopped                // the context was done
	Diverged               // a walker is nowhere: the step is too long, or nothing confines it
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

// Run moves the walkers x, n×Dim, by o.Steps steps. It returns how many steps
// all of them have made, and how it ended.
func (e Equation) Run(x []float64, o Options) (steps int, status Status) {
	n := e.check("Run", x, &o)
	if e.Form != nil && o.Method == EulerMaruyama && o.Paths == nil && e.Calculus == Ito {
		return e.Form.run(x, &o)
	}
	workers := make([]*stepper, runtime.GOMAXPROCS(0))
	for i := range workers {
		workers[i] = newStepper(e, o)
	}
	// Some at a time, with their noise in the first cache; all threads have some.
	together := max(1, min(256/e.Dim, (n+len(workers)-1)/len(workers)))
	return o.march(x, nil, func(first, steps int) {
		run.Share(len(workers), (n+together-1)/together, func(worker, part int) {
			i := part * together
			workers[worker].walk(i, first, steps, x[i*e.Dim:min(n, i+together)*e.Dim])
		})
	})
}

// march makes all steps, some at a time by move, and ends early when the context
// does. Where the walkers are elsewhere bring brings them to x; nil: they are there.
func (o *Options) march(x []float64, bring func(), move func(first, steps int)) (steps int, status Status) {
	loop := run.Start(o.Context, o.Name, o.Steps)
	defer loop.End()
	for steps < o.Steps && loop.Err() == nil {
		block := o.block(steps)
		move(steps, block)
		steps += block
		loop.Add(block)
		observed := o.Observe != nil && (steps == o.Steps || o.Every > 0 && steps%o.Every == 0)
		if bring != nil && (observed || steps == o.Steps || loop.Err() != nil) {
			bring()
		}
		if observed {
			o.Observe(steps, o.Start+float64(steps)*o.Step, x)
		}
	}
	switch {
	case !finite(x):
		return steps, Diverged
	case steps < o.Steps:
		return steps, Stopped
	}
	return steps, Finished
}

// block is how many steps are made before the next look at who asks.
func (o *Options) block(steps int) int {
	const most = 256
	block := min(most, o.Steps-steps)
	if o.Every > 0 {
		block = min(block, o.Every-steps%o.Every)
	}
	return block
}

// check panics unless e, x and o are such as Run takes, fills in what o leaves
// open, and returns the number of walkers.
func (e Equation) check(what string, x []float64, o *Options) int {
	fail := func(format string, a ...any) { panic("sde: " + what + ": " + fmt.Sprintf(format, a...)) }
	if e.Dim < 1 || e.Drift == nil {
		fail("Dim is %d, Drift is given: %v, expected at least 1 and a function", e.Dim, e.Drift != nil)
	}
	if e.Noise != nil && e.Spread != nil || e.Spread != nil && e.Sources < 1 || e.Calculus < Ito || e.Calculus > Klimontovich {
		fail("Noise is given: %v, Spread: %v with %d Sources, Calculus is %d, expected one of the two with at least 1, and a calculus", e.Noise != nil, e.Spread != nil, e.Sources, e.Calculus)
	}
	if len(x)%e.Dim != 0 {
		fail("%d numbers in x, expected a multiple of Dim = %d", len(x), e.Dim)
	}
	if !(o.Step > 0) || math.IsInf(o.Step, 0) || o.Steps < 0 || o.Every < 0 || o.First < 0 {
		fail("Step is %v, Steps %d, Every %d, First %d, expected a finite step above 0 and numbers of at least 0", o.Step, o.Steps, o.Every, o.First)
	}
	if o.Context == nil {
		o.Context = run.Context()
	}
	if o.Name == "" {
		o.Name = "walkers"
	}
	return len(x) / e.Dim
}

func finite(x []float64) bool {
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// noiseStride is how many numbers of a stream a step has: what all walkers together
// cannot use up. So a walker's noise depends on its number and that of the step only,
// and is the same on every device.
const noiseStride = 1 << 33

// A stepper moves some walkers at a time.
type stepper struct {
	e              Equation
	o              Options
	b, ahead, s, y []float64
	moved          []float64 // s ΔB
	noise          []float64
	root           float64 // √h
	plain          bool    // Euler's step with a noise for each coordinate
}

func newStepper(e Equation, o Options) *stepper {
	d := e.Dim
	return &stepper{e: e, o: o, b: make([]float64, d), ahead: make([]float64, d), s: make([]float64, d), y: make([]float64, d), moved: make([]float64, d), root: math.Sqrt(o.Step),
		plain: o.Method == EulerMaruyama && e.Calculus == Ito && e.Noise != nil && e.Spread == nil}
}

// walk makes steps first, first+1, … of the walkers x, the first of which is number i.
func (w *stepper) walk(i, first, steps int, x []float64) {
	d, m := w.e.Dim, w.e.sources()
	size := len(x) / d * m
	if len(w.noise) < size {
		w.noise = make([]float64, size)
	}
	noise := w.noise[:size]
	for k := first; k < first+steps; k++ {
		w.draw(i, k, noise)
		if w.plain {
			w.euler(k, x, noise)
			continue
		}
		for at := range len(x) / d {
			w.step(k, x[at*d:(at+1)*d], noise[at*m:(at+1)*m])
		}
	}
}

// euler makes step k of some walkers, as step does, where it is Euler's with a noise for
// each coordinate: most of the time is then that of calls.
func (w *stepper) euler(k int, x, dB []float64) {
	d, h, b, s := w.e.Dim, w.o.Step, w.b, w.s
	t := w.o.Start + float64(k)*h
	drift, noise := w.e.Drift, w.e.Noise
	for at := 0; at < len(x); at += d {
		own, dB := x[at:at+d], dB[at:at+d]
		drift(t, own, b)
		noise(t, own, s)
		for a := range own {
			own[a] = own[a] + h*b[a] + s[a]*dB[a]
		}
	}
}

// step makes step k of a walker, given the increments of B.
func (w *stepper) step(k int, x, dB []float64) {
	h := w.o.Step
	t := w.o.Start + float64(k)*h
	w.e.Drift(t, x, w.b)
	var moved []float64
	if len(dB) > 0 {
		moved = w.moved
		w.e.spread(t, x, dB, w.s, moved)
		if α := w.e.Calculus.alpha(); α > 0 {
			for a, v := range moved {
				w.y[a] = x[a] + α*v
			}
			w.e.spread(t, w.y, dB, w.s, moved)
		}
	}
	if w.o.Method == Heun {
		for a := range x {
			w.y[a] = x[a] + h*w.b[a]
		}
		for a, v := range moved {
			w.y[a] += v
		}
		w.e.Drift(t+h, w.y, w.ahead)
		for a, v := range w.ahead {
			w.b[a] = (w.b[a] + v) / 2
		}
	}
	for a := range x {
		x[a] += h * w.b[a]
	}
	for a, v := range moved {
		x[a] += v
	}
}

// draw writes the increments of B in step k to noise, for the walkers from i on.
func (w *stepper) draw(i, k int, noise []float64) {
	d := w.e.sources()
	if len(noise) == 0 {
		return
	}
	if w.o.Paths != nil {
		for at := 0; at < len(noise); at += d {
			w.o.Paths(i+at/d, k, noise[at:at+d])
		}
		return
	}
	rng.Key(w.o.Seed).Normals(uint64(k)*noiseStride+uint64((w.o.First+i)*d), noise)
	for a := range noise {
		noise[a] *= w.root
	}
}
