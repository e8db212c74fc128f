package sde

import (
	"math"
	"runtime"

	"gonum.org/v1/gonum/stat"

	"glassy/lab/rng"
	"glassy/lab/run"
)

// Passage is how long walkers took to come somewhere.
type Passage struct {
	Times       []float64 // of each walker; +Inf of one that had not come when its steps were made
	Mean, Error float64   // of those that came, with the standard error
	Missing     int       // walkers that did not come: where there are any the mean is too small
	Status      Status
}

// PassageTimes moves each of the walkers x, n×Dim, until there is true of it, for
// o.Steps steps at most, and says when that was. A discrete walk may go there and
// back between two of its steps unseen: times are too long, by an amount of the
// order √h (Gobet 2000). Observe is not called.
func (e Equation) PassageTimes(x []float64, there func(x []float64) bool, o Options) *Passage {
	if o.Name == "" {
		o.Name = "passage times"
	}
	n := e.check("PassageTimes", x, &o)
	p := &Passage{Times: make([]float64, n)}
	loop := run.Start(o.Context, o.Name, n)
	defer loop.End()
	workers := make([]*stepper, runtime.GOMAXPROCS(0))
	for i := range workers {
		workers[i] = newStepper(e, o)
	}
	run.Share(len(workers), n, func(worker, i int) {
		p.Times[i] = math.Inf(1)
		own := x[i*e.Dim : (i+1)*e.Dim]
		for steps := 0; steps < o.Steps; steps += passageBlock {
			if loop.Err() != nil {
				return // and is not counted as done
			}
			if at := workers[worker].walkUntil(i, steps, min(passageBlock, o.Steps-steps), own, there); at >= 0 {
				p.Times[i] = float64(at) * o.Step
				break
			}
		}
		loop.Add(1)
	})
	p.summarise()
	if loop.Err() != nil {
		p.Status = Stopped
	} else if !finite(x) {
		p.Status = Diverged
	}
	return p
}

// passageBlock is for how many steps noise is drawn at once.
const passageBlock = 256

// walkUntil makes those steps of walker i, but ends where there is true; it returns after which step that
// was, -1 if it was not.
func (w *stepper) walkUntil(i, first, steps int, x []float64, there func(x []float64) bool) int {
	if there(x) {
		return first
	}
	d := w.e.sources()
	if w.noise == nil {
		w.noise = make([]float64, passageBlock*d)
	}
	if d > 0 {
		w.drawPath(i, first, w.noise[:steps*d])
	}
	for k := range steps {
		w.step(first+k, x, w.noise[k*d:(k+1)*d])
		if there(x) {
			return first + k + 1
		}
	}
	return -1
}

// drawPath writes the increments of B in the steps from first on to noise, for walker
// i. They are not those of [Equation.Run]: a walker alone would waste the numbers of
// others there.
func (w *stepper) drawPath(i, first int, noise []float64) {
	d := w.e.sources()
	if w.o.Paths != nil {
		for k := range len(noise) / d {
			w.o.Paths(i, first+k, noise[k*d:(k+1)*d])
		}
		return
	}
	rng.Key(w.o.Seed).Split(uint64(w.o.First+i)).Normals(uint64(first*d), noise)
	for a := range noise {
		noise[a] *= w.root
	}
}

func (p *Passage) summarise() {
	var came []float64
	for _, t := range p.Times {
		if !math.IsInf(t, 1) {
			came = append(came, t)
		}
	}
	p.Missing = len(p.Times) - len(came)
	mean, deviation := stat.MeanStdDev(came, nil)
	p.Mean, p.Error = mean, stat.StdErr(deviation, float64(len(came)))
}
