package run

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Share does work(_, 0) … work(_, n−1), each once, on so many goroutines, 0 for
// as many as the program has threads, and returns when all is done; worker, from
// 0 on, says which, so that each can have memory of its own. What goes to which
// worker, and when, is not told: for the same bits on any number of threads the
// n pieces must depend on the shape of the work alone, and each must write to a
// place of its own. A panic of one is the caller's; then pieces may be left out.
// Without it, a panic on another goroutine would end the program.
func Share(workers, n int, work func(worker, i int)) {
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = min(workers, n)
	if workers <= 1 {
		for i := range n {
			work(0, i)
		}
		return
	}
	var next atomic.Int64
	panics := make([]any, workers)
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() {
			defer func() {
				if panics[worker] = recover(); panics[worker] != nil {
					next.Store(int64(n))
				}
			}()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				work(worker, i)
			}
		})
	}
	wg.Wait()
	for _, v := range panics {
		if v != nil {
			panic(v)
		}
	}
}
