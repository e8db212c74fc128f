package run_test

import (
	"sync/atomic"
	"testing"

	"glassy/lab/run"
)

func TestShare(t *testing.T) {
	for _, workers := range []int{0, 1, 3, 100} {
		for _, n := range []int{0, 1, 2, 1000} {
			times := make([]atomic.Int32, n)
			run.Share(workers, n, func(worker, i int) {
				if worker < 0 || workers > 0 && worker >= workers {
					t.Errorf("worker %d of %d", worker, workers)
				}
				times[i].Add(1)
			})
			for i := range times {
				if k := times[i].Load(); k != 1 {
					t.Errorf("%d workers, n = %d: piece %d was done %d times", workers, n, i, k)
				}
			}
		}
	}
}

// A panic can be caught by the caller, whatever goroutine it was on.
func TestSharePanics(t *testing.T) {
	for _, workers := range []int{1, 4} {
		caught := func() (v any) {
			defer func() { v = recover() }()
			run.Share(workers, 1000, func(_, i int) {
				if i == 10 {
					panic("ten")
				}
			})
			return nil
		}()
		if caught != "ten" {
			t.Errorf("%d workers: caught %v", workers, caught)
		}
	}
}
