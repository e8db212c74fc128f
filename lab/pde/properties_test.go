package pde

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// At e^(-f/D) as much flows from each node to the next as back, to rounding, on rough
// potentials too: the walk is reversible.
func TestDetailedBalance(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, axes := range [][]Axis{{Line(-1, 1, 100)}, {{-1, 1, 100, Periodic}}, {Line(0, 1, 20), {0, 1, 15, Periodic}}} {
		g := NewGrid(axes...)
		v := make([]float64, g.Nodes())
		for i := range v {
			v[i] = 5 * r.NormFloat64()
		}
		const D = 0.5
		e := NewFokkerPlanck(must(t)(g.Field(v)), D)
		π := e.Stationary()
		for axis, a := range g {
			eachLine(g, axis, nothing, func(_ struct{}, first, stride int) {
				for i := range a.Nodes {
					j, _ := a.neighbour(i + 1)
					if j == i { // a wall
						continue
					}
					from, to := first+i*stride, first+j*stride
					there, back := π.Values[from]*e.next[axis].Values[from], π.Values[to]*e.before[axis].Values[to]
					if rounding := 1e-15 * (10 + math.Abs(v[from])/D + math.Abs(v[to])/D); math.Abs(there-back) > rounding*there {
						t.Errorf("%v axis, node %d: %.17g there, %.17g back", a.Boundary, i, there, back)
					}
				}
			})
		}
	}
}

// Lemma 4.1: u_x is the mean of (x-y)/t and of f′(y) over ρ₁, and u_t = -½u_x² + u_xx/2β.
func TestGradientFormulas(t *testing.T) {
	const beta = 6.0
	for _, at := range [][2]float64{{-1.2, 0.05}, {0.3, 0.2}, {0.7, 1}, {2, 0.4}} {
		x, time := at[0], at[1]
		u := ViscousAt(wave, x, time, beta)
		near(t, "mean distance", (x-u.Mean)/time, u.Slope, 1e-11)
		mass, mean := 0.0, 0.0
		for y := x - 6; y < x+6; y += 1e-3 {
			v, slope, _ := wave(y)
			w := math.Exp(-beta * (v + (x-y)*(x-y)/(2*time)))
			mass, mean = mass+w, mean+w*slope
		}
		near(t, "mean slope", mean/mass, u.Slope, 1e-10)
		const h = 1e-4
		rate := (ViscousAt(wave, x, time+h, beta).Value - ViscousAt(wave, x, time-h, beta).Value) / (2 * h)
		near(t, "equation", rate, -u.Slope*u.Slope/2+u.Curvature/(2*beta), 1e-5)
	}
}

// Remark 4.9: control without drift is smoothing for the time that is left.
func TestControlWithoutDrift(t *testing.T) {
	const beta, horizon = 4.0, 0.3
	a := Line(-4, 4, 1601)
	flat := sample(t, a, func(float64) (float64, float64, float64) { return 0, 0, 0 })
	V := sample(t, a, func(x float64) (float64, float64, float64) { return math.Cos(2 * x), 0, 0 })
	p := NewControl(flat, V, beta, horizon, 50)
	for _, s := range []float64{0, 0.1} {
		u, smoothed := p.ValueAt(s), must(t)(Viscous(V, horizon-s, beta))
		for i := 400; i <= 1200; i += 50 { // the ends are mirrors in both, half a step apart
			near(t, fmt.Sprintf("u at time %g", s), u.Values[i], smoothed.Values[i], 4*a.Step()*a.Step())
		}
	}
}

// Remark 4.16: of a convex function both solutions are convex, and the inviscid one keeps
// its minimum.
func TestConvexStaysConvex(t *testing.T) {
	f := sample(t, Axis{-4, 4, 801, Open}, func(x float64) (float64, float64, float64) { return math.Exp(x-1) + 0.1*x*x - x, 0, 0 })
	lowest, least := f.Minimum()
	for _, time := range []float64{0.05, 0.3, 2} {
		u, _ := HopfLax(f, time)
		at, value := u.Minimum()
		if at != lowest || value != least {
			t.Errorf("time %g: minimum %g at node %d, expected %g at %d", time, value, at, least, lowest)
		}
		for name, u := range map[string]*Field{"inviscid": u, "viscous": must(t)(Viscous(f, time, 20))} {
			c := u.Curvature(0).Values[250:550] // away from the ends, beyond which there is nothing
			for i, v := range c {
				if v < -1e-7 {
					t.Fatalf("%s, time %g: curvature %g at node %d", name, time, v, 250+i)
				}
			}
		}
	}
}

// Smoothing is a semigroup: two times are one. On nodes Hopf and Lax's minimum is above
// the line's by the square of a step over 8t for each of the two.
func TestHopfLaxSemigroup(t *testing.T) {
	a := Line(-3, 3, 1201)
	f := sample(t, a, wave)
	const s, r = 0.1, 0.25
	first, _ := HopfLax(f, s)
	twice, _ := HopfLax(first, r)
	once, _ := HopfLax(f, s+r)
	for i, v := range twice.Values {
		if apart := v - once.Values[i]; apart < -1e-12 || apart > a.Step()*a.Step()/8*(1/s+1/r) {
			t.Fatalf("node %d: twice is above once by %g", i, apart)
		}
	}
}

// A grid that is too coarse for β is told how many nodes would do, and they do.
func TestTooCoarse(t *testing.T) {
	_, err := Viscous(sample(t, Line(-3, 3, 50), wave), 0.01, 40)
	if err == nil {
		t.Fatal("a step of 0.12 and a width of 0.016 are no error")
	}
	found := regexp.MustCompile(`(\d+) nodes would do`).FindStringSubmatch(err.Error())
	if found == nil {
		t.Fatal(err)
	}
	nodes, _ := strconv.Atoi(found[1])
	fine := Line(-3, 3, nodes)
	u, err := Viscous(sample(t, fine, wave), 0.01, 40)
	if err != nil {
		t.Fatal(err)
	}
	middle := nodes / 2
	near(t, "u on so many nodes", u.Values[middle], ViscousAt(wave, fine.At(middle), 0.01, 40).Value, 1e-6)
}

// What a caller does wrong is told with its value and what was expected.
func TestSlips(t *testing.T) {
	a := Line(0, 1, 5)
	f := sample(t, a, wave)
	walls := must(t)(NewGrid(a).Field([]float64{0, 1, math.Inf(1), 1, 0}))
	hill := func(x float64) (float64, float64, float64) { return -x * x, -2 * x, -2 }
	e := NewFokkerPlanck(f, 1)
	for want, call := range map[string]func(){
		"pde: Heat: time is -1":                        func() { Heat(f, -1) },
		"pde: Viscous: time is -0.5":                   func() { _, _ = Viscous(f, -0.5, 1) },
		"pde: HopfLax: time is NaN":                    func() { HopfLax(f, math.NaN()) },
		"pde: Scheme: time is +Inf":                    func() { Scheme(f, math.Inf(1), 1) },
		"pde: Scheme: viscosity is -1":                 func() { Scheme(f, 1, -1) },
		"pde: Evolve: time is -2":                      func() { e.Evolve(f, -2, 1) },
		"pde: Evolve: 0 steps":                         func() { e.Evolve(f, 1, 0) },
		"pde: Backward: time is -2":                    func() { e.Backward(f, -2, 1) },
		"pde: NewControl: time is -1":                  func() { NewControl(f, f, 1, -1, 1) },
		"pde: NewControl: β is 0":                      func() { NewControl(f, f, 0, 1, 1) },
		"pde: NewFokkerPlanck: D is 0":                 func() { NewFokkerPlanck(f, 0) },
		"pde: NewFokkerPlanck: the potential is +Inf":  func() { NewFokkerPlanck(walls, 1) },
		"pde: NewMeanField: γ is 0":                    func() { NewMeanField(f, 1, 0) },
		"pde: NewMeanField: axis is periodic":          func() { NewMeanField(sample(t, Axis{0, 1, 5, Periodic}, wave), 1, 1) },
		"pde: Stationary: 2 coordinates":               func() { NewMeanField(f, 1, 1).Stationary(0, 0) },
		"pde: Heat: the function is +Inf at [0.5]":     func() { Heat(walls, 1) },
		"pde: GibbsMean: the energy does not grow":     func() { GibbsMean(hill, 1, func(x float64) float64 { return x }) },
		"pde: ViscousAt: the energy does not grow":     func() { ViscousAt(hill, 0, 1, 1) },
		"pde: PassageTime: the energy does not grow":   func() { PassageTime(hill, 0, 1, 1) },
		"pde: Kramers: curvatures -2 and -2":           func() { Kramers(hill, 0, 1, 1) },
		"pde: Field: 3 values, expected one for each":  func() { _, _ = NewGrid(a).Field(make([]float64, 3)) },
		"pde: RobustWidth: ε is 0":                     func() { RobustWidth(wave, 0, 0, 1, 1) },
		"pde: HarmonicMean: number 1 is -1, expected ": func() { HarmonicMean([]float64{1, -1}) },
	} {
		func() {
			defer func() {
				if said, _ := recover().(string); !strings.HasPrefix(said, want) {
					t.Errorf("it says %q, expected %q", said, want)
				}
			}()
			call()
		}()
	}
	_, err := NewGrid(a).Field([]float64{0, 1, math.NaN(), 1, 0})
	if err == nil || !strings.Contains(err.Error(), "NaN at [0.5]") {
		t.Errorf("a NaN: %v, expected where it is", err)
	}
}
