package run_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"glassy/lab/run"
)

// record makes the host keep every report, until the test is over.
func record(t *testing.T) func() []run.Progress {
	var (
		mu   sync.Mutex
		seen []run.Progress
	)
	run.SetHost(run.Host{Progress: func(p run.Progress) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, p)
	}})
	t.Cleanup(func() { run.SetHost(run.Host{}) })
	return func() []run.Progress {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(seen)
	}
}

func TestStepsAll(t *testing.T) {
	heard := record(t)
	loop := run.Start(context.Background(), "all", 3)
	steps := slices.Collect(loop.Steps())
	if !slices.Equal(steps, []int{0, 1, 2}) || loop.Done() != 3 || loop.Err() != nil {
		t.Errorf("steps %v, %d done, error %v; expected 0 1 2, 3, none", steps, loop.Done(), loop.Err())
	}
	var done []int
	for i, p := range heard() {
		done = append(done, p.Done)
		if p.Name != "all" || p.Total != 3 || p.Ended != (i == 4) {
			t.Errorf("report %d is %+v", i, p)
		}
	}
	if !slices.Equal(done, []int{0, 1, 2, 3, 3}) {
		t.Errorf("reports say %v done, expected the start, each step and the end", done)
	}
}

func TestNoContext(t *testing.T) {
	defer func() {
		if m, _ := recover().(string); !strings.HasPrefix(m, "run: Start: ctx is nil") {
			t.Errorf("panic %q, expected one that names ctx", m)
		}
	}()
	var none context.Context
	run.Start(none, "no context", 1)
}

// No steps is no loop, not one without end.
func TestStepsNone(t *testing.T) {
	loop := run.Start(context.Background(), "none", 0)
	for range loop.Steps() {
		t.Fatal("a step of none")
	}
	if loop.Err() != nil {
		t.Error(loop.Err())
	}
}

func TestStopped(t *testing.T) {
	ctx, stop := context.WithCancelCause(context.Background())
	defer stop(nil)
	why := errors.New("the reader said so")
	loop := run.Start(ctx, "stopped", 10)
	for k := range loop.Steps() {
		if k == 4 {
			stop(why)
		}
	}
	if loop.Done() != 5 || loop.Err() != why {
		t.Errorf("%d done, error %v; expected 5, %v", loop.Done(), loop.Err(), why)
	}
}

// What is whole was not stopped, though the stop came during its last step.
func TestStoppedInTheLastStep(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	loop := run.Start(ctx, "last", 1)
	for range loop.Steps() {
		stop()
	}
	if loop.Err() != nil {
		t.Error(loop.Err())
	}
}

// A last step that breaks off because of the stop is not whole.
func TestBreak(t *testing.T) {
	heard := record(t)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	loop := run.Start(ctx, "break", 1)
	for range loop.Steps() {
		stop()
		break
	}
	if loop.Done() != 0 || loop.Err() != context.Canceled {
		t.Errorf("%d done, error %v; expected 0, %v", loop.Done(), loop.Err(), context.Canceled)
	}
	if h := heard(); !h[len(h)-1].Ended {
		t.Errorf("the host did not hear the end: %+v", h)
	}
}

func TestPanicEndsTheLoop(t *testing.T) {
	heard := record(t)
	func() {
		defer func() { _ = recover() }()
		for range run.Start(context.Background(), "panic", 2).Steps() {
			panic("x")
		}
	}()
	if h := heard(); !h[len(h)-1].Ended {
		t.Errorf("the host did not hear the end: %+v", h)
	}
}

func TestAddFromManyGoroutines(t *testing.T) {
	heard := record(t)
	loop := run.Start(context.Background(), "add", 1000)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				loop.Add(5)
			}
		})
	}
	wg.Wait()
	loop.End()
	loop.End()
	ends := 0
	for _, p := range heard() {
		if p.Ended {
			ends++
		}
	}
	if loop.Done() != 1000 || ends != 1 {
		t.Errorf("%d done, %d ends; expected 1000, 1", loop.Done(), ends)
	}
}

func TestRateAndLeft(t *testing.T) {
	p := run.Progress{Done: 10, Total: 40, Elapsed: 5 * time.Second}
	if r := p.Rate(); r != 2 {
		t.Errorf("rate %g, expected 2 in a second", r)
	}
	if left, ok := p.Left(); !ok || left != 15*time.Second {
		t.Errorf("left %v, %t, expected 15s", left, ok)
	}
	for _, p := range []run.Progress{{Total: 40, Elapsed: time.Second}, {Done: 3, Elapsed: time.Second}, {}} {
		if left, ok := p.Left(); ok {
			t.Errorf("%+v: %v left, expected not to know", p, left)
		}
	}
	if r := (run.Progress{}).Rate(); r != 0 {
		t.Errorf("rate %g before the first unit", r)
	}
}

func BenchmarkStep(b *testing.B) {
	for range run.Start(b.Context(), "step", b.N).Steps() {
	}
}

// Work inside a computation stops with it and does not report beside it.
func TestQuiet(t *testing.T) {
	seen := record(t)
	ctx, cancel := context.WithCancel(context.Background())
	inner := run.Start(run.Quiet(ctx), "inner", 3)
	inner.Add(1)
	run.Start(ctx, "outer", 1).End()
	cancel()
	if inner.Err() == nil {
		t.Error("the inner loop does not stop with the outer's context")
	}
	inner.End()
	for _, p := range seen() {
		if p.Name != "outer" {
			t.Errorf("a report of %q", p.Name)
		}
	}
	if len(seen()) == 0 {
		t.Error("no report of the outer loop")
	}
}
