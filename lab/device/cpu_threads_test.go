package device

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestEachRunsEveryTaskOnce(t *testing.T) {
	for _, threads := range []int{1, 2, 5} {
		d := &cpu{threads: threads}
		for _, tasks := range []int{0, 1, 2, 3, 100} {
			var wg sync.WaitGroup
			for range 4 { // callers at once
				wg.Go(func() {
					for range 50 {
						done := make([]atomic.Int32, tasks)
						d.each(tasks, func(i int) { done[i].Add(1) })
						for i := range done {
							if n := done[i].Load(); n != 1 {
								t.Errorf("%d threads: task %d of %d was done %d times", threads, i, tasks, n)
							}
						}
					}
				})
			}
			wg.Wait()
		}
		for end := time.Now().Add(10 * time.Second); d.busy.Load() != 0; { // who comes too late finds no task
			if time.Now().After(end) {
				t.Fatalf("%d threads: %d are busy after the work", threads, d.busy.Load())
			}
		}
	}
}

func TestEachInEach(t *testing.T) {
	d := &cpu{threads: 3}
	var n atomic.Int32
	d.each(10, func(int) { d.each(10, func(int) { n.Add(1) }) })
	if n.Load() != 100 {
		t.Errorf("%d tasks were done, expected 100", n.Load())
	}
}

// No more goroutines work at a time than the device has threads; callers that
// come while all are at work add themselves, and no helper.
func TestEachKeepsToItsThreads(t *testing.T) {
	const threads, callers = 3, 2
	d := &cpu{threads: threads}
	var now, most atomic.Int32
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for range 20 {
				d.each(16, func(int) {
					n := now.Add(1)
					for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
					}
					time.Sleep(50 * time.Microsecond)
					now.Add(-1)
				})
			}
		})
	}
	wg.Wait()
	if most.Load() > threads+callers-1 || most.Load() < 2 {
		t.Errorf("%d tasks at a time, expected 2 … %d", most.Load(), threads+callers-1)
	}
}

// A giver may be held up between leaving a job and looking whether the helper
// sleeps. If that was awake, it has done the job and gone to sleep meanwhile, and
// is woken for nothing.
func TestHelperIsWokenForNothing(t *testing.T) {
	d := &cpu{threads: 2}
	h := &helper{wake: make(chan struct{}, 1)}
	idle.Lock()
	others := idle.helpers
	idle.helpers = nil
	idle.Unlock()
	defer func() {
		idle.Lock()
		idle.helpers = append(idle.helpers, others...)
		idle.Unlock()
	}()
	go h.run()
	asleep := func() {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); !h.asleep.Load(); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the helper does not go to sleep")
			}
		}
	}
	asleep()
	h.asleep.Store(false)
	h.wake <- struct{}{}
	asleep()
	idle.Lock()
	idle.helpers = append(idle.helpers, h)
	idle.Unlock()
	var n atomic.Int32
	d.each(100, func(int) { n.Add(1) }) // and it works on
	if n.Load() != 100 {
		t.Errorf("%d tasks were done, expected 100", n.Load())
	}
}

func TestEachPanics(t *testing.T) {
	d := &cpu{threads: 3}
	var n atomic.Int32
	func() {
		defer func() {
			if p := fmt.Sprint(recover()); p != "task 7" {
				t.Errorf("each panics with %q, expected what the task panics with", p)
			}
		}()
		d.each(20, func(i int) {
			n.Add(1)
			if i == 7 {
				panic("task 7")
			}
		})
	}()
	if n.Load() != 20 {
		t.Errorf("%d tasks were begun, expected all 20: none may be at work after the panic", n.Load())
	}
	d.each(5, func(int) {}) // and it works on
}

// What it costs to share work: half of the time is the best there is.
func BenchmarkEach(b *testing.B) {
	for _, work := range []time.Duration{0, 20 * time.Microsecond, 200 * time.Microsecond} {
		b.Run(work.String(), func(b *testing.B) {
			d := &cpu{threads: 2}
			for b.Loop() {
				d.each(4, func(int) {
					for t := time.Now(); time.Since(t) < work/4; {
					}
				})
			}
		})
	}
}
