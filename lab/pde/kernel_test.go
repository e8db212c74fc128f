package pde

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// plainViscous is the sum over the nodes of a line and its images, term by term, relative
// to the largest.
func plainViscous(f *Field, t, beta float64) []float64 {
	a := f.Grid[0]
	n, h := a.Nodes, a.Step()
	images := 0
	if a.Boundary != Open {
		images = 2 + int(math.Ceil((9*math.Sqrt(t/beta)/h)/float64(n)))
	}
	u := make([]float64, n)
	for x := range u {
		var terms []float64
		for i := -images * n; i < (images+1)*n; i++ {
			y := ((i % n) + n) % n
			if a.Boundary == Reflecting && ((i-y)/n)%2 != 0 {
				y = n - 1 - y
			}
			d := float64(x-i) * h
			terms = append(terms, -beta*(f.Values[y]+d*d/(2*t)))
		}
		top, sum := slices.Max(terms), 0.0
		for _, v := range terms {
			sum += math.Exp(v - top)
		}
		u[x] = -(top + math.Log(sum*h/math.Sqrt(2*math.Pi*t/beta))) / beta
	}
	return u
}

// Whatever the width of the kernel, with one grid or two, the error is that of rounding:
// of βu the relative one of e^(-βu), in hills as in valleys, and behind walls.
func TestKernelWidths(t *testing.T) {
	const n, beta = 60, 3.0
	r := rand.New(rand.NewPCG(3, 4))
	for _, boundary := range []Boundary{Reflecting, Periodic, Open} {
		for _, height := range []float64{2, 150, 3000} { // within a scale, and beyond it
			for _, walls := range []bool{false, true} {
				axis := Axis{0, 1, n, boundary}
				f := must(t)(NewGrid(axis).Sample(func(x []float64) float64 {
					if walls && math.Abs(x[0]-0.3) > 0.02 && math.Abs(x[0]-0.7) > 0.05 {
						return math.Inf(1)
					}
					return height * (math.Sin(9*x[0]) + 0.1*r.NormFloat64())
				}))
				for _, width := range []float64{1, 3, 5.5, 30, 500} { // in steps
					w := width * axis.Step()
					u := must(t)(Viscous(f, w*w*beta, beta))
					for i, want := range plainViscous(f, w*w*beta, beta) {
						if math.Abs(u.Values[i]-want)*beta > 1e-13*(100+math.Abs(beta*want)) {
							t.Fatalf("%v, height %v, walls %v, width %v: u is %.17g at node %d, expected %.17g", boundary, height, walls, width, u.Values[i], i, want)
						}
					}
				}
			}
		}
	}
}

// In a plane, a function of one variable is smoothed as on a line, along either axis, and
// a sum of two as each by itself; on any number of threads to the same bits.
func TestKernelPlane(t *testing.T) {
	const T, beta = 0.02, 4.0
	p, q := Axis{-1, 1, 90, Reflecting}, Axis{0, 2, 70, Periodic}
	a := func(x float64) float64 { return 8 * math.Sin(7*x) }
	b := func(x float64) float64 { return 5*math.Cos(2*math.Pi*x) + math.Sin(20*x) }
	f := must(t)(NewGrid(p, q).Sample(func(x []float64) float64 { return a(x[0]) + b(x[1]) }))
	u := must(t)(Viscous(f, T, beta))
	ua := must(t)(Viscous(must(t)(NewGrid(p).Sample(func(x []float64) float64 { return a(x[0]) })), T, beta))
	ub := must(t)(Viscous(must(t)(NewGrid(q).Sample(func(x []float64) float64 { return b(x[0]) })), T, beta))
	for i, v := range ua.Values {
		for j, w := range ub.Values {
			near(t, "sum", u.Values[i*q.Nodes+j], v+w, 2e-13)
		}
	}
	procs := runtime.GOMAXPROCS(1)
	one := must(t)(Viscous(f, T, beta))
	runtime.GOMAXPROCS(3)
	three := must(t)(Viscous(f, T, beta))
	runtime.GOMAXPROCS(procs)
	if !slices.Equal(one.Values, three.Values) {
		t.Error("other bits on other numbers of threads")
	}
}

// Heat is the same by sums and by series: at the width where it goes from one to the
// other, and as two steps of which each is narrow.
func TestHeatTwoWays(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, axes := range [][]Axis{{Line(0, 1, 100)}, {{0, 1, 100, Periodic}}, {Line(0, 1, 40), {0, 1, 60, Periodic}}} {
		f := must(t)(NewGrid(axes...).Sample(func([]float64) float64 { return r.NormFloat64() }))
		h := 0.0 // the longest step
		for _, a := range axes {
			h = max(h, a.Step())
		}
		for _, width := range []float64{2.75, 3.5} { // in steps; half of the variance is narrow
			variance := width * width * h * h
			sums := Heat(f, variance)
			series := Heat(Heat(f, variance/2), variance/2)
			for i, want := range series.Values {
				near(t, "heat", sums.Values[i], want, 3e-15)
			}
		}
	}
}
