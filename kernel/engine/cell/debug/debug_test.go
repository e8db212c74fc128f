package debug

import (
	"sync"
	"testing"
	"time"
)

// sum is a function as the engine writes its debug form.
func sum(n int) (s int) {
	f := Enter(1, "sum")
	defer f.Leave()
	f.Var(0, "n", &n)
	f.Var(1, "s", &s)
	f.Step(1, 2)
	for i := range n {
		f.Var(2, "i", &i)
		f.Step(2, 3)
		s += i
	}
	f.Step(3, 2)
	return s
}

// connect attaches and returns what stops.
func connect(t *testing.T, c Config) <-chan Stopped {
	stops := make(chan Stopped, 1)
	Connect(Host{
		Stopped:   func(s Stopped) { stops <- s },
		Continued: func(int64) {},
		Holds: func(condition string, f *Frame) (bool, error) {
			return *f.Locals[len(f.Locals)-1].Ptr.(*int) == 2, nil
		},
	})
	Attach(c)
	t.Cleanup(Detach)
	return stops
}

func wait(t *testing.T, stops <-chan Stopped) Stopped {
	t.Helper()
	select {
	case s := <-stops:
		return s
	case <-time.After(time.Minute):
		t.Fatal("nothing stops")
		return Stopped{}
	}
}

// Many goroutines stop one at a time, each with its own frames.
func TestTurns(t *testing.T) {
	stops := connect(t, Config{Breakpoints: map[int]map[int]Breakpoint{1: {2: {Condition: "i == 2"}}}})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { sum(4) })
	}
	seen := map[int64]bool{}
	for range 8 {
		s := wait(t, stops)
		id, frames := Where()
		if id != s.Thread || len(frames) != 1 || frames[0].Line != 2 || len(frames[0].Locals) != 3 || seen[id] {
			t.Errorf("goroutine %d of %d stops, before: %v; frames %+v", id, s.Thread, seen[id], frames)
		}
		seen[id] = true
		if err := Continue(Run); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
	if left := Threads(); len(left) > 0 {
		t.Errorf("goroutines %v are left", left)
	}
	if Continue(Run) == nil {
		t.Error("what does not stop goes on")
	}
}

func TestDetach(t *testing.T) {
	stops := connect(t, Config{Breakpoints: map[int]map[int]Breakpoint{1: {1: {}}}})
	var wg sync.WaitGroup
	for range 4 { // one stops, three wait for their turn
		wg.Go(func() { sum(3) })
	}
	wait(t, stops)
	Detach()
	wg.Wait()
}

func TestPanics(t *testing.T) {
	stops := connect(t, Config{Panics: true})
	got := make(chan any, 1)
	go func() {
		defer func() { got <- recover() }()
		f := Enter(1, "outer")
		defer f.Leave()
		func() {
			f := Enter(1, "inner")
			defer f.Leave()
			var none []int
			none[len(stops)] = 1
		}()
	}()
	s := wait(t, stops)
	if _, frames := Where(); s.Reason != "exception" || len(frames) != 2 || frames[0].Name != "inner" {
		t.Errorf("stopped for %s %q in %v", s.Reason, s.Text, frames)
	}
	if err := Continue(Run); err != nil {
		t.Error(err)
	}
	if x := <-got; x == nil || len(stops) > 0 {
		t.Errorf("the panic is %v after it was shown; %d more stops", x, len(stops))
	}
}

func TestQuietly(t *testing.T) {
	connect(t, Config{Breakpoints: map[int]map[int]Breakpoint{1: {1: {}}}})
	Quietly(func() {
		if sum(3) != 3 || sum(4) != 6 {
			t.Error("the sum is wrong")
		}
	})
	if left := Threads(); len(left) > 0 {
		t.Errorf("goroutines %v are left", left)
	}
}

// What debug form costs: a call, and 1000 lines in it.
func BenchmarkAttached(b *testing.B) {
	Attach(Config{})
	defer Detach()
	for b.Loop() {
		sum(1000)
	}
}

func BenchmarkDetached(b *testing.B) {
	for b.Loop() {
		sum(1000)
	}
}
