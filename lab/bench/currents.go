package bench

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/noneq"
	"glassy/lab/noneq/transport"
	"glassy/lab/pde"
)

//go:embed peers/currents.py
var currentsInPython string

// CurrentOptions are how large the tasks of chapter 6 are that are compared with SciPy.
type CurrentOptions struct {
	Side, Wide int    // nodes of an axis of the plane, for a stationary state and for a time
	Points     int    // sources, and as many sinks
	Python     string // with SciPy; "": our numbers alone
	Threads    int    // of SciPy; ours are GOMAXPROCS
	Rounds     int    // how often each side has its turn
}

// The tasks on both sides: Example 6.43 with λ = 1.5 on [-3, 3]², a density after a time,
// and masses at points of two lattices.
const (
	currentTime                     = 0.05
	entropicWidth, entropicAccuracy = 1e-2, 1e-6
)

// CompareCurrents measures package noneq and NumPy or SciPy doing the same, in turn, and
// returns a table in Markdown. It is an error when the two do not agree.
func CompareCurrents(o CurrentOptions) (table string, err error) {
	walk := func(nodes int) (*noneq.Walk, error) {
		a := pde.Line(-3, 3, nodes)
		return noneq.NewWalk(noneq.DoubleWell(1.5).Process(), pde.NewGrid(a, a))
	}
	// Points that fill the unit square evenly (Roberts's sequence); the sinks are bent away.
	x, y := make([]float64, 2*o.Points), make([]float64, 2*o.Points)
	for i := range o.Points {
		for k, step := range []float64{0.7548776662466927, 0.5698402909980532} {
			_, u := math.Modf(0.5 + float64(i)*step)
			x[2*i+k], y[2*i+k] = u, u*u
		}
	}
	cost, one := transport.SquaredCosts(2, x, y), slices.Repeat([]float64{1 / float64(o.Points)}, o.Points)
	tasks := []rival{
		{fmt.Sprintf("stationary state, %d×%d nodes, from the drift", o.Side, o.Side), func() float64 {
			w, err := walk(o.Side)
			if err != nil {
				return math.NaN()
			}
			s, err := w.Steady()
			if err != nil {
				return math.NaN()
			}
			return floats.Max(s.Density.Values)
		}, []any{"stationary", o.Side}, 1e-9, 1},
		{fmt.Sprintf("a density after a time of %g, %d×%d nodes, from the drift", currentTime, o.Wide, o.Wide), func() float64 {
			w, err := walk(o.Wide)
			if err != nil {
				return math.NaN()
			}
			ρ, err := w.Grid.Sample(func([]float64) float64 { return 1 })
			if err != nil {
				return math.NaN()
			}
			after, _ := w.Evolve(context.Background(), ρ, currentTime)
			return floats.Max(after.Values)
		}, []any{"evolve", o.Wide, currentTime}, 1e-9, 1},
		{fmt.Sprintf("Sinkhorn, %d×%d masses, ε = %g, in logarithms", o.Points, o.Points, entropicWidth), func() float64 {
			s, err := transport.Sinkhorn(cost, one, one, entropicWidth, transport.SinkhornOptions{Tolerance: entropicAccuracy})
			if err != nil {
				return math.NaN()
			}
			return s.Cost
		}, []any{"sinkhorn", o.Points, entropicWidth, entropicAccuracy}, 1e-5, 1},
	}
	return besideSciPy(tasks, o.Python, "currents.py", currentsInPython, o.Threads, o.Rounds, "chapter 6")
}
