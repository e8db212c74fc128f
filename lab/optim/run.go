package optim

import (
	"context"
	"fmt"
	"math"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/run"
)

// Options are what a run needs beside the method. The length must be given, by
// Epochs or Steps; of the rest the zero value works.
type Options struct {
	Epochs float64 // updates, in passes through the data: L times as many passes are made; at least one update
	Steps  int     // or inner steps

	Batch       int  // data in a mini-batch; 0, or more than there are: all
	Replacement bool // mini-batches are drawn with replacement, else an epoch takes each datum once
	Seed        uint64

	Starts  []device.Vector // where each replica starts; nil: all at x0
	Subsets [][]int         // which data each replica sees, see SplitData; nil: all

	// Evaluate is called with the method's weights, on the run's landscape: the
	// validation loss and error, say. A Stateful landscape's statistics are
	// refreshed at the weights first, but for methods such as SGD whose every
	// mini-batch has gone through these very weights. An evaluation is made after
	// every so many passes through the data, 1 where it is 0, and at the end of a
	// run that was not stopped.
	Evaluate      func(x device.Vector) (loss, err float64)
	EvaluateEvery float64

	RecordEvery   int  // updates between two points of the history; 0: such that there are about 1000
	Angle         bool // record the angle between x^a - z and the gradient at x^a
	LeastGradient bool // record the smallest number of the gradient, see History

	Name string // of the progress bar; "": the method's
}

// A Status says how a run ended.
type Status int

// How a run ends.
const (
	Finished  Status = iota // all steps made
	Stopped                 // the context was done
	Diverged                // a loss was not finite; no point was moved along its gradient
	Converged               // the gradient was as small as asked for: only descents look at that
)

func (s Status) String() string {
	switch s {
	case Finished:
		return "finished"
	case Stopped:
		return "stopped"
	case Diverged:
		return "diverged"
	case Converged:
		return "converged"
	}
	return fmt.Sprintf("Status(%d)", int(s))
}

// A Result is what a run has found, however it ended. What a Stateful landscape
// keeps is not part of it and goes with the last run on that landscape: call
// Refresh before Best, or Weights of an earlier run, are evaluated or saved.
type Result struct {
	Method  string
	Status  Status
	Weights device.Vector // at the end: see Optimizer.Weights
	Best    device.Vector // with the least error of all evaluations; empty without Evaluate
	Steps   int           // inner steps, of all runs of the Optimizer
	Updates int
	Passes  float64 // through the data, of each replica: effective epochs
	History History
}

func (r *Result) String() string {
	s := fmt.Sprintf("%s: %s after %d steps, %.4g passes", r.Method, r.Status, r.Steps, r.Passes)
	if n := len(r.History.Loss); n > 0 {
		s += fmt.Sprintf(", loss %.4g", r.History.Loss[n-1])
	}
	if n := len(r.History.Evaluated.Error); n > 0 {
		s += fmt.Sprintf(", error %.4g", r.History.Evaluated.Error[n-1])
	}
	return s
}

// Run moves the method from x0 on f until it has made all steps, the context is
// done, or a loss is not finite; the result says which, and holds what was found
// by then.
func Run(ctx context.Context, f landscape.Landscape, x0 device.Vector, m Method, o Options) *Result {
	p := New(f, x0, m, o)
	return p.Run(ctx, p.steps())
}

// Run makes so many more steps. Two runs of 100 steps are one of 200 but for
// the evaluation in the middle.
func (p *Optimizer) Run(ctx context.Context, steps int) *Result {
	name := p.options.Name
	if name == "" {
		name = p.method.Name
	}
	run.Cite("chaudhari2018")
	p.history.begin(p, steps)
	loop := run.Start(ctx, name, steps)
	p.history.loop = loop
	diverged := false
	for range loop.Steps() {
		p.Step()
		if diverged = !p.finite(); diverged {
			break
		}
		if p.history.due(p) {
			p.evaluate()
		}
	}
	status := Finished
	switch {
	case diverged:
		status = Diverged
	case loop.Err() != nil:
		status = Stopped
	}
	// Who stops a run waits for it, and an evaluation may take seconds.
	if p.options.Evaluate != nil && status == Finished && p.history.evaluated != p.step {
		p.evaluate()
	}
	return &Result{
		Method:  p.method.Name,
		Status:  status,
		Weights: p.Weights().Clone(),
		Best:    p.history.best,
		Steps:   p.step,
		Updates: p.step / p.method.Steps,
		Passes:  p.Passes(),
		History: p.history.clone(),
	}
}

// finite says that all losses of the last step were.
func (p *Optimizer) finite() bool {
	for _, r := range p.replicas {
		if !r.finite() {
			return false
		}
	}
	return true
}

// evaluate asks for the loss and error of the weights.
func (p *Optimizer) evaluate() {
	x := p.Weights()
	if s, ok := p.f.(landscape.Stateful); ok && !p.method.tracked() {
		s.Refresh(x)
	}
	loss, err := p.options.Evaluate(x)
	p.history.evaluation(p, x, loss, err)
}

// steps is the length of the run.
func (p *Optimizer) steps() int {
	if p.options.Steps > 0 {
		return p.options.Steps
	}
	return max(1, int(math.Round(p.options.Epochs*float64(p.batches)))) * p.method.Steps
}

// check panics when the options do not fit.
func (o *Options) check(m *Method, f landscape.Landscape, sampled landscape.Sampled, x0 device.Vector) {
	fail := func(format string, a ...any) { panic("optim: " + fmt.Sprintf(format, a...)) }
	like := func(what string, x device.Vector) {
		if want := f.New(); x.Len() != f.Dim() || x.DType() != want.DType() || x.Device() != want.Device() {
			fail("%s is %d numbers of %v, expected %d of %v on the landscape's device", what, x.Len(), x.DType(), f.Dim(), want.DType())
		}
	}
	like("x0", x0)
	if (o.Epochs > 0) == (o.Steps > 0) || o.Epochs < 0 || o.Steps < 0 || math.IsInf(o.Epochs, 1) {
		fail("Epochs is %v and Steps is %d, expected one of them more than 0", o.Epochs, o.Steps)
	}
	if o.Batch < 0 || o.RecordEvery < 0 || !(o.EvaluateEvery >= 0) {
		fail("Batch is %d, RecordEvery %d, EvaluateEvery %v, expected at least 0", o.Batch, o.RecordEvery, o.EvaluateEvery)
	}
	if o.Starts != nil {
		if len(o.Starts) != m.Replicas {
			fail("%d Starts for %d replicas", len(o.Starts), m.Replicas)
		}
		for a, x := range o.Starts {
			like(fmt.Sprintf("Starts[%d]", a), x)
		}
	}
	if sampled == nil {
		if o.Batch > 0 || o.Subsets != nil || m.Workers > 1 {
			fail("Batch is %d, %d Subsets, Workers is %d on a landscape without data, expected none", o.Batch, len(o.Subsets), m.Workers)
		}
		return
	}
	if sampled.Samples() < 1 {
		fail("the landscape has %d data, expected at least 1", sampled.Samples())
	}
	if o.Subsets != nil {
		if len(o.Subsets) != m.Replicas {
			fail("%d Subsets for %d replicas", len(o.Subsets), m.Replicas)
		}
		for a, s := range o.Subsets {
			if len(s) == 0 {
				fail("Subsets[%d] is empty, expected data", a)
			}
			for _, i := range s {
				if i < 0 || i >= sampled.Samples() {
					fail("Subsets[%d] has datum %d, expected 0 ≤ datum < %d", a, i, sampled.Samples())
				}
			}
		}
	}
}
