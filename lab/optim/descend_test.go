package optim

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/run"
)

// onSphere is the test landscape on a sphere.
type onSphere struct {
	landscape.Landscape
	radius float64
}

func (s onSphere) Radius() float64           { return s.radius }
func (s onSphere) Copy() landscape.Landscape { return onSphere{s.Landscape.Copy(), s.radius} }

// In a bowl ½a|x-c|² a step multiplies x-c, and the gradient, by 1-ηa: the
// number of steps is known.
func TestDescendBowl(t *testing.T) {
	f := newRough(1, 3, 0)
	a, c := f.a[0], f.c[0]
	d := Descend(f, 50, DescendOptions{Rate: 0.3, Tolerance: 1e-6})
	if d.Len() != 50 {
		t.Fatalf("%d runs, expected 50", d.Len())
	}
	for i := range d.Len() {
		g, far := f.New(), newFlight(&Descents{Dim: 3, f: f}, &DescendOptions{Together: 1}, 1)
		start := g.Clone()
		far.start(i, device.Host[float64](start))
		f.Gradient(start, g)
		norm := math.Sqrt(device.CPU().Dot(g, g))
		want := int(math.Ceil(math.Log(1e-6/norm) / math.Log(1-0.3*a)))
		if d.Status[i] != Converged || d.Steps[i] != want || !(d.Slopes[i] <= 1e-6) {
			t.Errorf("run %d %s after %d steps with slope %g, expected %d steps from %g", i, d.Status[i], d.Steps[i], d.Slopes[i], want, norm)
		}
		for j, x := range d.Point(i) {
			if !(math.Abs(x-c[j]) <= 1e-6/a) {
				t.Errorf("run %d ends at %v, expected %v", i, d.Point(i), c)
			}
		}
	}
}

// On the sphere of radius 3 the bowl's minimum is where the sphere is nearest to
// its centre.
func TestDescendSphere(t *testing.T) {
	f := newRough(1, 4, 0)
	a, c := f.a[0], f.c[0]
	length := math.Sqrt(device.CPU().Dot(device.Of(c), device.Of(c)))
	d := Descend(onSphere{f, 3}, 20)
	for i := range d.Len() {
		x := d.Point(i)
		if r := math.Sqrt(device.CPU().Dot(device.Of(x), device.Of(x))); !(math.Abs(r-3) < 3e-12) {
			t.Errorf("run %d ends at length %v", i, r)
		}
		for j := range x {
			// The slope's sine is a|c| times the angle.
			if !(math.Abs(x[j]-3*c[j]/length) <= 2e-4/(a*length)*3) {
				t.Errorf("run %d ends at %v, expected along %v", i, x, c)
			}
		}
		if e := a / 2 * (3 - length) * (3 - length); !(math.Abs(d.Energies[i]-e) < 1e-7) { // quadratic in 1e-4
			t.Errorf("run %d: energy %v, expected %v", i, d.Energies[i], e)
		}
	}
}

// A run is the same alone, among others, in whatever company it makes room for.
func TestDescendRunsAreTheirOwn(t *testing.T) {
	f := newRough(1, 5, 0.3)
	all := Descend(f, 60, DescendOptions{Seed: 4})
	if slices.Max(all.Steps) < slices.Min(all.Steps)+20 {
		t.Fatalf("steps %v: too alike to test who makes room when", all.Steps)
	}
	for _, together := range []int{1, 7} {
		few := Descend(f, 23, DescendOptions{Seed: 4, Together: together})
		if !slices.Equal(few.Points, all.Points[:23*5]) || !slices.Equal(few.Steps, all.Steps[:23]) || !slices.Equal(few.Energies, all.Energies[:23]) {
			t.Errorf("other ends of 23 runs, %d together, than of 60", together)
		}
	}
	if slices.Equal(Descend(f, 1, DescendOptions{Seed: 5}).Points, all.Points[:5]) {
		t.Error("the same end from another seed")
	}
}

// Steps that are not enough: where gradient descent is then, and its energy there.
func TestDescendMaxSteps(t *testing.T) {
	f := newRough(1, 2, 0.3)
	starts := []float64{2, -1, 0.5, 3, f.c[0][0], f.c[0][1]}
	for _, steps := range []int{1, 7, 10, 25} {
		d := Descend(f, 3, DescendOptions{Starts: starts, MaxSteps: steps, Tolerance: 1e-12, Together: 2})
		for i := range 3 {
			x, g := device.Of(slices.Clone(starts[2*i:2*i+2])), f.New()
			for range steps {
				f.Gradient(x, g)
				device.CPU().Axpy(-0.1, g, x)
			}
			if d.Status[i] != Finished || d.Steps[i] != steps || !near(d.Point(i), device.Host[float64](x)) || math.Abs(d.Energies[i]-f.Value(x)) > 1e-14 {
				t.Errorf("run %d, %d steps: %s after %d at %v, energy %v; expected %v", i, steps, d.Status[i], d.Steps[i], d.Point(i), d.Energies[i], x)
			}
		}
	}
	// One that starts where it ends makes none.
	if d := Descend(newRough(1, 2, 0), 1, DescendOptions{Starts: newRough(1, 2, 0).c[0]}); d.Steps[0] != 0 || d.Status[0] != Converged {
		t.Errorf("%s after %d steps from the minimum", d.Status[0], d.Steps[0])
	}
}

// near is equal but for roundings.
func near(x, y []float64) bool {
	return slices.EqualFunc(x, y, func(a, b float64) bool { return math.Abs(a-b) < 1e-14 })
}

// A rate beyond 2/a doubles the distance at each step until it overflows; the
// others do not notice.
func TestDescendDiverged(t *testing.T) {
	f := newRough(1, 2, 0)
	c := f.c[0]
	d := Descend(f, 2, DescendOptions{Rate: 3 / f.a[0], Starts: []float64{c[0], c[1], c[0] + 1, c[1]}})
	if d.Status[0] != Converged || d.Status[1] != Diverged {
		t.Errorf("%v, expected the first to converge and the second to diverge", d.Status)
	}
}

// stopping is done after so many gradients.
type stopping struct {
	*rough
	after *int
	stop  context.CancelFunc
}

func (s stopping) Copy() landscape.Landscape { return s }

func (s stopping) Gradients(x, f, g device.Vector) {
	if *s.after--; *s.after == 0 {
		s.stop()
	}
	oneByOne{s.rough, []landscape.Landscape{s.rough}}.Gradients(x, f, g)
}

// An interrupt keeps what there is: ends of runs that have ended, the others
// where they are, none of those that had not begun.
func TestDescendStopped(t *testing.T) {
	var last run.Progress
	run.SetHost(run.Host{Progress: func(p run.Progress) { last = p }})
	defer run.SetHost(run.Host{})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	after := 150
	f := stopping{newRough(1, 5, 0.3), &after, stop}
	d := Descend(f, 100, DescendOptions{Together: 10, Context: ctx})
	reported := last
	whole := Descend(f.rough, 100)
	count := map[Status]int{}
	for i, s := range d.Status {
		count[s]++
		if s == Converged && !slices.Equal(d.Point(i), whole.Point(i)) {
			t.Errorf("run %d ended elsewhere than without the stop", i)
		}
		if s == Stopped && (d.Steps[i] >= whole.Steps[i] || math.Abs(f.Value(device.Of(d.Point(i)))-d.Energies[i]) > 1e-14) {
			t.Errorf("run %d was stopped after %d steps, energy %v", i, d.Steps[i], d.Energies[i])
		}
	}
	if d.Len() == 100 || count[Converged] == 0 || count[Stopped] == 0 || len(count) > 2 {
		t.Errorf("%d of 100 runs begun, %v", d.Len(), count)
	}
	if reported.Done != count[Converged] || reported.Total != 100 || !reported.Ended {
		t.Errorf("last report %+v, expected %d of 100 done, ended", reported, count[Converged])
	}
}

func TestDescendSlips(t *testing.T) {
	f := newRough(1, 2, 0)
	for want, slip := range map[string]func(){
		"optim: Descend: n is -1, expected at least 0":                      func() { Descend(f, -1) },
		"optim: Descend: 2 DescendOptions, expected at most one":            func() { Descend(f, 1, DescendOptions{}, DescendOptions{}) },
		"optim: Descend: 3 numbers in Starts, expected n = 2 times Dim = 2": func() { Descend(f, 2, DescendOptions{Starts: make([]float64, 3)}) },
		"optim: Descend: Rate is NaN, Tolerance 0, MaxSteps 0, Together 0":  func() { Descend(f, 2, DescendOptions{Rate: math.NaN()}) },
	} {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.HasPrefix(got, want) {
					t.Errorf("panic %q, expected %q", got, want)
				}
			}()
			slip()
		}()
	}
	if d := Descend(f, 0); d.Len() != 0 {
		t.Errorf("%d runs of 0", d.Len())
	}
}
