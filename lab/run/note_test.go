package run_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"glassy/lab/run"
)

func TestNotes(t *testing.T) {
	run.Note("energy", 1) // to nobody
	var heard []run.Noted
	stop := run.Listen(func(n run.Noted) { heard = append(heard, n) })
	loop := run.Start(context.Background(), "descent", 0)
	run.Note("energy", 3)
	loop.Note("loss", 7, 0.5)
	run.Note("energy", 2)
	run.Start(run.Quiet(context.Background()), "inner", 0).Note("loss", 1, 9)
	told := 0
	loop.Tell(func() { told++ })
	stop()
	stop()
	run.Note("energy", 1)
	loop.Tell(func() { told++ })
	want := []run.Noted{{Name: "energy", Step: 1, Value: 3}, {Loop: loop, Name: "loss", Step: 7, Value: 0.5}, {Name: "energy", Step: 2, Value: 2}}
	if !slices.Equal(heard, want) || told != 1 {
		t.Errorf("heard %+v, expected %+v; told %d times, expected once, as long as somebody listens", heard, want, told)
	}
}

// Who listens in one cell does not hear another that runs at the same time.
func TestNotesOfOneComputation(t *testing.T) {
	t.Cleanup(func() { run.SetHost(run.Host{}) })
	var here context.Context
	cells := make([]context.Context, 2)
	for i := range cells {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		cells[i] = ctx
	}
	run.SetHost(run.Host{Context: func() context.Context { return here }})
	var heard [2][]float64
	for i := range cells {
		here = cells[i]
		defer run.Listen(func(n run.Noted) { heard[i] = append(heard[i], n.Value) })()
	}
	for i, v := range []float64{10, 11, 12, 13} {
		here = cells[i%2]
		run.Note("x", v)
	}
	if !slices.Equal(heard[0], []float64{10, 12}) || !slices.Equal(heard[1], []float64{11, 13}) {
		t.Errorf("heard %v, expected 10 12 and 11 13", heard)
	}
}

func TestNotesFromManyGoroutines(t *testing.T) {
	var (
		mu    sync.Mutex
		steps []int
	)
	stop := run.Listen(func(n run.Noted) {
		mu.Lock()
		defer mu.Unlock()
		steps = append(steps, n.Step)
	})
	defer stop()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				run.Note("x", 1)
			}
		})
	}
	wg.Wait()
	slices.Sort(steps)
	if len(steps) != 400 || steps[0] != 1 || steps[399] != 400 || len(slices.Compact(steps)) != 400 {
		t.Errorf("%d notes with steps from %d to %d, expected 1 to 400, each once", len(steps), steps[0], steps[len(steps)-1])
	}
}

// What is dear to find out is not found out in every step.
func TestTellTakesATenthOfTheTime(t *testing.T) {
	defer run.Listen(func(run.Noted) {})()
	loop := run.Start(context.Background(), "dear", 0)
	const dear = 5 * time.Millisecond
	told, begun := 0, time.Now()
	for time.Since(begun) < 40*dear {
		loop.Tell(func() {
			told++
			time.Sleep(dear)
		})
		time.Sleep(dear / 10)
	}
	// The first is free, and each takes the time of ten.
	if most := int(time.Since(begun)/(10*dear)) + 2; told < 1 || told > most {
		t.Errorf("told %d times, expected 1 to %d", told, most)
	}
}

func TestShowAndAtEndWithoutHost(t *testing.T) {
	run.SetHost(run.Host{})
	if run.Show("id", 1, false) || run.AtEnd(func() {}) {
		t.Error("something is shown, or ends, without a host")
	}
}

func BenchmarkTellNobody(b *testing.B) {
	loop := run.Start(b.Context(), "nobody", 0)
	for range b.N {
		loop.Tell(func() { loop.Note("x", 1, 1) })
	}
}
