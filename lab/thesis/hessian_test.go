package thesis

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"glassy/lab/data"
	"glassy/lab/net"
	"glassy/lab/optim"
	"glassy/lab/run"
)

// digitsEnding is where trainings on the digits that come with the program end.
func digitsEnding() *ending {
	train, test := data.Digits().Pool(2).Split(0.2, 1)
	return &ending{
		network: net.Architecture{Name: "16-10", Input: train.Shape, Classes: 10, Layers: []net.Layer{net.Dense{Out: 10}}},
		start:   net.HeNormal, train: train, test: test, method: optim.SGD(0.1), runs: 2,
		options: optim.Options{Epochs: 2, Batch: 64}, measured: 100, products: 100,
	}
}

// stopIn stops a computation in the n-th loop of a name, at so many steps.
func stopIn(t *testing.T, name string, n, done int) settings {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(func() { run.SetHost(run.Host{}) })
	run.SetHost(run.Host{Progress: func(p run.Progress) {
		switch {
		case p.Name != name:
		case p.Ended:
			n--
		case n == 1 && p.Done >= done:
			cancel()
		}
	}})
	return settings{ctx: ctx}
}

// Hessians that are kept are not made again, and the numbers are those of one that
// was never stopped.
func TestKeep(t *testing.T) {
	e := digitsEnding()
	e.exact = true
	never := settings{ctx: t.Context()}
	Keep(filepath.Join(t.TempDir(), "never")).apply(&never)
	want, stopped, err := e.each(never)
	if err != nil || stopped || len(want) != 2 {
		t.Fatal(want, stopped, err)
	}

	const loop = "matrix of the Hessian of 16-10"
	again := stopIn(t, loop, 2, 50)
	Keep(filepath.Join(t.TempDir(), "new", "folder")).apply(&again)
	if part, stopped, err := e.each(again); err != nil || !stopped || len(part) != 1 {
		t.Fatalf("stopped in the second matrix: %v, %v, %v, expected the first run", part, stopped, err)
	}
	if files, err := os.ReadDir(again.folder); err != nil || len(files) != 2 || files[0].Name() != "Hessian-of-16-10,-scale-quick,-run-1.matrix" {
		t.Fatalf("kept %v, %v", files, err)
	}
	var first []int // rows that there are when there are any
	made := 0
	run.SetHost(run.Host{Progress: func(p run.Progress) {
		if p.Name != loop {
			return
		}
		if made == 0 && p.Done > 0 {
			first = append(first, p.Done)
		}
		made = p.Done
	}})
	again.ctx = t.Context()
	got, stopped, err := e.each(again)
	if err != nil || stopped || len(got) != 2 {
		t.Fatal(got, stopped, err)
	}
	if !slices.Equal(first, []int{170, 1}) {
		t.Errorf("matrices begin with %v rows, expected all 170 of the first, and 1 of the second", first)
	}
	for i := range want {
		if !slices.Equal(got[i].law.Rules[0].Nodes, want[i].law.Rules[0].Nodes) {
			t.Errorf("run %d: other eigenvalues than those of one that was never stopped", i)
		}
	}
	e.measured = 200
	if _, _, err := e.each(again); err == nil {
		t.Error("the Hessian of other samples was taken for this one")
	}
}

// Stopped while it measures it keeps what it has; stopped before, it is an error.
func TestEndingStops(t *testing.T) {
	for _, c := range []struct {
		loop string
		n    int
		want int
	}{
		{"trace of the Hessian of 16-10", 1, 0},
		{"spectrum of the Hessian of 16-10", 1, 1},
		{"eigenvalues of the Hessian of 16-10", 1, 1},
		{"trace of the Hessian of 16-10", 2, 1},
		{"eigenvalues of the Hessian of 16-10", 2, 2},
	} {
		all, stopped, err := digitsEnding().each(stopIn(t, c.loop, c.n, 3))
		if len(all) != c.want || (err != nil) != (c.want == 0) || err != nil && !errors.Is(err, context.Canceled) || err == nil && !stopped {
			t.Errorf("stopped in %q %d: %d runs, %v, %v, expected %d", c.loop, c.n, len(all), stopped, err, c.want)
		}
		for _, r := range all {
			if !(r.low < r.high) || len(r.law.Rules) == 0 {
				t.Errorf("stopped in %q %d: from %v to %v, %d probes", c.loop, c.n, r.low, r.high, len(r.law.Rules))
			}
		}
	}
}
