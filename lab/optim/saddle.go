package optim

import (
	"fmt"

	"glassy/lab/landscape"
	"glassy/lab/rng"
)

// SaddleOptions are how [Saddles] goes to work; the zero value works.
type SaddleOptions struct {
	// Steps are the lengths of the descents that Newton's method starts from, 0 for
	// the random point itself. Nil: 10, 20, 40, 80, 160.
	Steps   []int
	Descend DescendOptions  // their Rate and Seed; Starts and MaxSteps are not for it
	Newton  CriticalOptions // what comes then
}

// Saddles finds critical points of every index: by Newton's method from the
// points of n descents that are stopped on their way, as many after each number
// of steps. The longer a descent, the lower the energy and the index of what is
// beside it: on a 3-spin glass of 100 spins those of 10 steps lead to indices
// around 7, of 40 steps around 2, and of 160 steps mostly to minima, one start in
// six to none. From random points, that is after no steps, Newton's method finds
// saddles of all energies where there are few: it finds all critical points of 4
// spins, but of 100 spins it seldom converges at all.
func Saddles(f landscape.Curved, n int, options ...SaddleOptions) *CriticalPoints {
	if len(options) > 1 {
		panic(fmt.Sprintf("optim: Saddles: %d SaddleOptions, expected at most one", len(options)))
	}
	var o SaddleOptions
	if len(options) == 1 {
		o = options[0]
	}
	if o.Steps == nil {
		o.Steps = []int{10, 20, 40, 80, 160}
	}
	if o.Descend.Starts != nil || o.Descend.MaxSteps != 0 || n < 0 {
		panic(fmt.Sprintf("optim: Saddles: n is %d, %d Starts, MaxSteps is %d, expected n ≥ 0 and neither: Steps say how far", n, len(o.Descend.Starts), o.Descend.MaxSteps))
	}
	if o.Newton.Context == nil {
		o.Newton.Context = o.Descend.Context
	}
	var points []float64
	seed := rng.Key(o.Descend.Seed)
	for k, steps := range o.Steps {
		m := n*(k+1)/len(o.Steps) - n*k/len(o.Steps)
		d := o.Descend
		d.Seed, d.MaxSteps = uint64(seed.Split(uint64(k))), steps
		if steps == 0 {
			points = append(points, Starts(f, m, d.Seed)...)
		} else {
			points = append(points, Descend(f, m, d).Points...)
		}
	}
	return Critical(f, points, o.Newton)
}
