package run_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"glassy/lab/run"
)

func TestWithoutHost(t *testing.T) {
	run.SetHost(run.Host{})
	if run.Context() != context.Background() {
		t.Error("context without a host is not context.Background()")
	}
	run.Start(run.Context(), "nothing", 2).Add(1)
	run.Cite("auffinger2013")
}

// A host whose Context has nothing to offer must not hand a nil context to a loop.
func TestNilContext(t *testing.T) {
	t.Cleanup(func() { run.SetHost(run.Host{}) })
	run.SetHost(run.Host{Context: func() context.Context { return nil }})
	if run.Context() == nil {
		t.Error("nil context passed on")
	}
}

func TestHostHearsEverything(t *testing.T) {
	t.Cleanup(func() { run.SetHost(run.Host{}) })
	ctx, stop := context.WithCancel(context.Background())
	var (
		mu   sync.Mutex
		seen = map[string]int{}
		keys = map[string]int{}
	)
	run.SetHost(run.Host{
		Context: func() context.Context { return ctx },
		Progress: func(p run.Progress) {
			mu.Lock()
			defer mu.Unlock()
			seen[fmt.Sprint(p.Name, " ", p.Done)]++
		},
		Cite: func(k string) {
			mu.Lock()
			defer mu.Unlock()
			keys[k]++
		},
	})

	const workers, steps = 8, 50
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for range run.Start(ctx, fmt.Sprint(w), steps).Steps() {
				run.Cite("a", "b")
			}
		})
	}
	wg.Wait()
	if len(seen) != workers*(steps+1) { // and the start
		t.Errorf("host heard %d different reports, expected %d", len(seen), workers*(steps+1))
	}
	if keys["a"] != workers*steps || keys["b"] != workers*steps {
		t.Errorf("host heard citations %v, expected %d of each", keys, workers*steps)
	}

	if run.Context().Err() != nil {
		t.Error("context done before the host stopped it")
	}
	stop()
	if run.Context().Err() == nil {
		t.Error("stop did not reach run.Context()")
	}
}

// A host may be replaced while computations are running (go test -race).
func TestReplaceHostWhileRunning(t *testing.T) {
	t.Cleanup(func() { run.SetHost(run.Host{}) })
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				run.Start(run.Context(), "x", 1).Add(1)
			}
		}
	})
	heard := make(chan struct{}, 1)
	for range 100 {
		run.SetHost(run.Host{})
		run.SetHost(run.Host{Progress: func(run.Progress) {
			select {
			case heard <- struct{}{}:
			default:
			}
		}})
	}
	<-heard
	close(done)
	wg.Wait()
}

func TestReference(t *testing.T) {
	if r := run.Reference("auffinger2013"); r == "auffinger2013" || r == "" {
		t.Errorf("no reference for auffinger2013: %q", r)
	}
	if r := run.Reference("mine1999"); r != "mine1999" {
		t.Errorf("a user's own key became %q", r)
	}
}

// A loop that can be stopped, tells how far it is, and names its source.
func Example() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	run.SetHost(run.Host{
		Context:  func() context.Context { return ctx },
		Progress: func(p run.Progress) { fmt.Printf("%s: %d of %d\n", p.Name, p.Done, p.Total) },
		Cite:     func(key string) { fmt.Println("cites", key) },
	})
	defer run.SetHost(run.Host{})

	run.Cite("auffinger2013")
	sum := 0
	loop := run.Start(run.Context(), "sum", 10)
	for i := range loop.Steps() {
		sum += i
		if i == 2 {
			cancel() // the reader presses stop
		}
	}
	fmt.Println("partial sum", sum, loop.Err())
	// Output:
	// cites auffinger2013
	// sum: 0 of 10
	// sum: 1 of 10
	// sum: 2 of 10
	// sum: 3 of 10
	// sum: 3 of 10
	// partial sum 3 context canceled
}
