package thesis

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"glassy/lab/data"
	"glassy/lab/data/datatest"
	"glassy/lab/net"
	"glassy/lab/optim"
	"glassy/lab/run"
	"glassy/lab/wells"
)

// small is a contest on the digits that come with the program.
func small(methods ...optim.Method) *contest {
	train, test := data.Digits().Split(0.2, 1)
	return &contest{
		network: net.Architecture{Name: "small", Input: []int{1, 8, 8}, Classes: 10, Layers: []net.Layer{net.Dense{Out: 16}, net.ReLU{}, net.Dense{Out: 10}}},
		start:   net.HeNormal, train: train, test: test, methods: methods, runs: 3,
		options: optim.Options{Epochs: 4, Batch: 64},
	}
}

// In one run all methods have the same start and the same mini-batches: equal
// methods end equal, and runs differ.
func TestContest(t *testing.T) {
	c := small(optim.SGD(0.1), optim.SGD(0.1), optim.SGD(0))
	r, stopped, err := c.hold(settings{ctx: t.Context()})
	if err != nil || stopped || len(r) != 3 || len(r[0]) != 3 {
		t.Fatal(r, stopped, err)
	}
	for i := range 3 {
		if !slices.Equal(r[0][i].History.Loss, r[1][i].History.Loss) || slices.Equal(r[0][i].History.Loss, r[2][i].History.Loss) {
			t.Errorf("run %d: the same method differs from itself, or from another it does not", i)
		}
	}
	if slices.Equal(r[0][0].History.Loss, r[0][1].History.Loss) {
		t.Error("two runs are the same")
	}
	if g := r.gain(0, 1); !slices.Equal(g, []float64{0, 0, 0}) {
		t.Errorf("gain of a method over itself %v", g)
	}
	e := r.errors(0)
	if e[0] < 1 || e[0] > 60 { // in percent, of ten digits
		t.Errorf("errors %v", e)
	}
	x, ys := r.curves(0, evaluatedPasses, percentWrong)
	if !slices.Equal(x, []float64{1, 2, 3, 4}) || len(ys) != 3 || ys[0][3] != e[0] {
		t.Errorf("curves over %v: %v", x, ys)
	}
	// Of runs that diverged the curve is as long as the shortest.
	r[0][1].History.Evaluated.Error = r[0][1].History.Evaluated.Error[:2]
	if x, ys := r.curves(0, evaluatedPasses, percentWrong); len(x) != 2 || len(ys[2]) != 2 {
		t.Errorf("curves over %v: %v", x, ys)
	}
}

// Stopped in its second run a contest keeps the first; in its first, nothing.
func TestContestStops(t *testing.T) {
	for after, want := range map[int]int{1: 0, 3: 1} {
		ctx, cancel := context.WithCancel(t.Context())
		trainings := 0
		run.SetHost(run.Host{Progress: func(p run.Progress) {
			if p.Ended {
				if trainings++; trainings == after {
					cancel()
				}
			}
		}})
		r, stopped, err := small(optim.SGD(0.1), optim.SGD(0.1)).hold(settings{ctx: ctx})
		run.SetHost(run.Host{})
		if !stopped || len(r[0]) != want || len(r[1]) != want || (err != nil) != (want == 0) || err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("stopped after %d trainings: %d runs, %v, %v; expected %d", after, len(r[0]), stopped, err, want)
		}
		cancel()
	}
}

// Without the data the error says how to get them.
func TestMissingData(t *testing.T) {
	data.SetHome(t.TempDir())
	t.Cleanup(func() { data.SetHome(data.Folders(os.Getenv)...) })
	for id, name := range map[string]string{"2.3a": "mnist", "2.3b": "mnist", "2.3c": "mnist", "table-2.1": "cifar10", "2.4": "cifar10"} {
		_, err := Figure(id)
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "glassy data get "+name) {
			t.Errorf("%s: %v, expected an error that names glassy data get %s", id, err, name)
		}
	}
}

// What the field alone does, against the optimiser on a flat landscape: its |h·w|
// is that for a field of length √d exactly, so within 4 √(2/d) of it.
func TestAlignmentAlone(t *testing.T) {
	const d, steps = 4000, 12
	flat := wells.FuncGradient(d, func([]float64) float64 { return 0 }, func(_, g []float64) { clear(g) })
	base := optim.Nesterov(0.1, 0.9)
	base.Inner.Decay = 0.02
	heavy := optim.HeavyBall(0.1, 0.5)
	for _, m := range []optim.Method{
		optim.Trivialized(base, 0.01, 9, 5), optim.Trivialized(heavy, 0.01, 9, 5), optim.ResampledField(base, 0.01, 9, 5),
	} {
		h := optim.Run(t.Context(), flat, flat.New(), m, optim.Options{Steps: steps}).History
		want := alignmentAlone(m, d, 1, h.Passes)
		for k, got := range h.Alignment {
			bound := 4 * math.Sqrt(2.0/d) * want[k]
			if m.Resampled { // and what earlier fields have done, at random along this one
				bound += 4 * 2 * 0.1 * 0.01 * math.Sqrt(63*2*d*steps)
			}
			if !(math.Abs(got-want[k]) <= bound) {
				t.Errorf("%s, step %d: alignment %v, expected %v", m.Name, k, got, want[k])
			}
		}
	}
}

func TestSampledRow(t *testing.T) {
	r := sampledRow(settings{scale: Paper}, "q", "m", "2.0 ± 0.1", []float64{1, 2, 3})
	if r.Ours != 2 || math.Abs(r.Error-1/math.Sqrt(3)) > 1e-15 || r.Smaller || r.Verdict() != Agrees {
		t.Errorf("%+v: %s", r, r.Verdict())
	}
	if r := sampledRow(settings{}, "q", "m", "9", []float64{1, 2}); r.Verdict() != SmallerScale {
		t.Errorf("%+v: %s", r, r.Verdict())
	}
	if r := sampledRow(settings{}, "q", "m", "", []float64{4}); r.Error != 0 || r.Verdict() != Measured {
		t.Errorf("%+v: %s", r, r.Verdict())
	}
}

// The parts of MNIST that the figures take are as large as they say, on [-1, 1],
// with all digits in both.
func TestMNISTParts(t *testing.T) {
	datatest.Load(t, os.Getenv, "mnist")
	train, validation, err := mnist(1000, 300)
	if err != nil {
		t.Fatal(err)
	}
	for s, n := range map[*data.Set]int{train: 1000, validation: 300} {
		if d := s.Len() - n; d < -5 || d > 5 || slices.Min(s.Counts()) < n/20 || slices.Min(s.X) != -1 || slices.Max(s.X) != 1 {
			t.Errorf("%v: labels %v, pixels from %v to %v; expected about %d", s, s.Counts(), slices.Min(s.X), slices.Max(s.X), n)
		}
	}
}
