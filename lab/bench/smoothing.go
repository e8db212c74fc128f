package bench

import (
	_ "embed"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/pde"
	"glassy/lab/sde"
	"glassy/lab/wells"
)

//go:embed peers/smoothing.py
var smoothingInPython string

// SmoothingOptions are how large the tasks of chapter 4 are that are compared.
type SmoothingOptions struct {
	Points, Pairs  int // nodes of a line for Hopf and Lax; so many that NumPy goes through all pairs of
	Side           int // nodes of an axis for Cole and Hopf, in the plane
	Cells, Steps   int // of Fokker and Planck's equation
	Walkers, Moves int
	Python         string // with SciPy; "": our numbers alone
	Threads        int    // of SciPy; ours are GOMAXPROCS
	Rounds         int    // how often each side has its turn
}

// The task itself, on both sides: f(x) = x² + 1.5 sin 2πx for each coordinate, and
// what is done to it.
const (
	hopfLaxTime                   = 0.1
	coleHopfTime, coleHopfBeta    = 0.05, 5.0
	heatWidth                     = 2.0 // in steps: so narrow that it goes by transforms
	fokkerPlanckD, fokkerPlanckDt = 0.5, 1e-3
	walkersD, walkersDt           = 0.25, 0.01
)

func ripples(x []float64) (f float64) {
	for _, v := range x {
		f += v*v + 1.5*math.Sin(2*math.Pi*v)
	}
	return f
}

// sampled is ripples on so many nodes of each axis.
func sampled(nodes ...int) (*pde.Field, error) {
	var axes []pde.Axis
	for _, n := range nodes {
		axes = append(axes, pde.Line(-3, 3, n))
	}
	return pde.NewGrid(axes...).Sample(ripples)
}

// CompareSmoothing measures package pde and package sde, and NumPy or SciPy doing the
// same, in turn, and returns a table in Markdown. It is an error when the two do not
// agree.
func CompareSmoothing(o SmoothingOptions) (table string, err error) {
	tasks, err := o.tasks()
	if err != nil {
		return "", err
	}
	return besideSciPy(tasks, o.Python, "smoothing.py", smoothingInPython, o.Threads, o.Rounds, "chapter 4")
}

func (o *SmoothingOptions) tasks() ([]rival, error) {
	line, err := sampled(o.Points)
	if err != nil {
		return nil, err
	}
	tenth, err := sampled(o.Points / 10)
	if err != nil {
		return nil, err
	}
	short, err := sampled(o.Pairs)
	if err != nil {
		return nil, err
	}
	plane, err := sampled(o.Side, o.Side)
	if err != nil {
		return nil, err
	}
	potential, err := sampled(o.Cells)
	if err != nil {
		return nil, err
	}
	flat := &pde.Field{Grid: potential.Grid, Values: make([]float64, o.Cells)}
	floats.AddConst(1/(float64(o.Cells)*potential.Grid.Cell()), flat.Values)
	equation := pde.NewFokkerPlanck(potential, fokkerPlanckD)

	variance := math.Pow(heatWidth*plane.Grid[0].Step(), 2)

	hopfLax := func(f *pde.Field) func() float64 {
		return func() float64 {
			u, _ := pde.HopfLax(f, hopfLaxTime)
			return stat.Mean(u.Values, nil)
		}
	}
	walk := func(e sde.Equation) func() float64 {
		x := make([]float64, o.Walkers)
		return func() float64 {
			clear(x)
			e.Run(x, sde.Options{Step: walkersDt, Steps: o.Moves, Seed: 1})
			return floats.Dot(x, x) / float64(len(x))
		}
	}
	noise := math.Sqrt(2 * walkersD)
	// A mean of squares of n walkers, whose variance is below 1, on both sides.
	sigmas := 6 * math.Sqrt(2/float64(o.Walkers))
	brute := float64(o.Points) / float64(o.Pairs)
	pairs := []any{"hopf-lax", o.Pairs, hopfLaxTime}
	moves := []any{"walkers", o.Walkers, walkersD, walkersDt, o.Moves}
	return []rival{
		{"Hopf-Lax, " + count(o.Pairs) + " nodes, all pairs", hopfLax(short), pairs, 1e-9, 1},
		{"Hopf-Lax, " + count(o.Points/10) + " nodes", hopfLax(tenth), nil, 0, 0},
		{"Hopf-Lax, " + count(o.Points) + " nodes, all pairs (scaled)", hopfLax(line), pairs, 0, brute * brute},
		{fmt.Sprintf("Cole-Hopf, %d×%d nodes, FFT", o.Side, o.Side), func() float64 {
			u, err := pde.Viscous(plane, coleHopfTime, coleHopfBeta)
			if err != nil {
				return math.NaN()
			}
			_, least := u.Minimum()
			return least
		}, []any{"cole-hopf", o.Side, coleHopfTime, coleHopfBeta}, 1e-9, 1},
		{fmt.Sprintf("heat equation, %d×%d nodes, FFT", o.Side, o.Side), func() float64 {
			_, least := pde.Heat(plane, variance).Minimum()
			return least
		}, []any{"heat", o.Side, variance}, 1e-9, 1},
		{fmt.Sprintf("Fokker-Planck, %s cells × %s implicit steps", count(o.Cells), count(o.Steps)), func() float64 {
			return floats.Max(equation.Evolve(flat, fokkerPlanckDt*float64(o.Steps), o.Steps).Values)
		}, []any{"fokker-planck", o.Cells, fokkerPlanckD, fokkerPlanckDt, o.Steps}, 1e-6, 1},
		{fmt.Sprintf("Langevin, %s walkers × %s steps, energy by name", count(o.Walkers), count(o.Moves)),
			walk(sde.Langevin(wells.New(wells.DoubleWell(0)), walkersD)), moves, sigmas, 1},
		{"the same, a Go function", walk(sde.Equation{Dim: 1,
			Drift: func(_ float64, x, b []float64) { b[0] = (1 - x[0]*x[0]) * x[0] },
			Noise: func(_ float64, _, s []float64) { s[0] = noise },
		}), moves, sigmas, 1},
	}, nil
}

// count is n, a power of ten as one.
func count(n int) string {
	digits := 0
	for m := n; m >= 10; m /= 10 {
		if m%10 != 0 {
			return fmt.Sprint(n)
		}
		digits++
	}
	if digits > 2 && n == int(math.Pow10(digits)) {
		return fmt.Sprintf("10^%d", digits)
	}
	return fmt.Sprint(n)
}
