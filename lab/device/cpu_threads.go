package device

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Work is shared among goroutines that outlive it. To wake a processor that has
// gone to sleep takes 10 to 100 µs, in virtual machines above all; a training
// step forks some fifty times for work of that order. So who waits, for work or
// for the end of it, looks for a while before it sleeps.
const patience = 200 * time.Microsecond

// each runs f(0) … f(tasks-1), on at most d.threads threads, and returns when
// all are done. How work is cut into tasks must depend on the shape alone, never
// on d.threads. When several goroutines call at once they share the threads: a
// caller works on its own tasks, and has helpers only as long as fewer than
// d.threads are at work. What f panics with, each panics with.
func (d *cpu) each(tasks int, f func(task int)) {
	if tasks <= 1 || d.threads == 1 {
		for i := range tasks {
			f(i)
		}
		return
	}
	j := &job{f: f, tasks: int32(tasks), busy: &d.busy, end: make(chan struct{}, 1)}
	j.left.Store(j.tasks)
	j.busy.Add(1)
	for range tasks - 1 {
		if int(j.busy.Add(1)) > d.threads {
			j.busy.Add(-1)
			break
		}
		takeHelper().give(j)
	}
	j.work()
	if !wait(func() bool { return j.left.Load() == 0 }) {
		<-j.end
	}
	if p := j.panicked.Load(); p != nil {
		panic(*p)
	}
}

// A job is one call of each.
type job struct {
	f        func(task int)
	tasks    int32
	next     atomic.Int32 // the first task that nobody has taken
	left     atomic.Int32 // tasks that are not done
	end      chan struct{}
	panicked atomic.Pointer[any]
	busy     *atomic.Int32 // goroutines at work for the device
}

// work does tasks as long as there are any. Whoever comes too late does none,
// and nobody waits for it.
func (j *job) work() {
	for i := j.next.Add(1) - 1; i < j.tasks; i = j.next.Add(1) - 1 {
		j.do(int(i))
	}
	j.busy.Add(-1)
}

func (j *job) do(task int) {
	defer func() {
		if p := recover(); p != nil {
			j.panicked.CompareAndSwap(nil, &p)
		}
		if j.left.Add(-1) == 0 {
			j.end <- struct{}{}
		}
	}()
	j.f(task)
}

// A helper is a goroutine that works on jobs.
type helper struct {
	job    atomic.Pointer[job]
	asleep atomic.Bool
	wake   chan struct{}
}

// The helpers of all devices that have no job; the last one to become idle is
// the first to be taken, as it may still be awake.
var idle struct {
	sync.Mutex
	helpers []*helper
}

func takeHelper() *helper {
	idle.Lock()
	defer idle.Unlock()
	if n := len(idle.helpers); n > 0 {
		h := idle.helpers[n-1]
		idle.helpers = idle.helpers[:n-1]
		return h
	}
	h := &helper{wake: make(chan struct{}, 1)}
	go h.run()
	return h
}

func (h *helper) give(j *job) {
	h.job.Store(j)
	if h.asleep.CompareAndSwap(true, false) {
		h.wake <- struct{}{}
	}
}

func (h *helper) run() {
	for {
		if !wait(func() bool { return h.job.Load() != nil }) {
			h.asleep.Store(true)
			// A job that came in between finds it awake or asleep, and wakes it in
			// the second case only.
			if h.job.Load() == nil || !h.asleep.CompareAndSwap(true, false) {
				<-h.wake
			}
		}
		j := h.job.Swap(nil)
		if j == nil {
			continue // woken by the giver of a job that it had found, and done, awake
		}
		j.work()
		idle.Lock()
		idle.helpers = append(idle.helpers, h)
		idle.Unlock()
	}
}

// wait looks whether ready for as long as it has patience, and lets other
// goroutines run in between.
func wait(ready func() bool) bool {
	for start := time.Now(); ; runtime.Gosched() {
		for range 200 {
			if ready() {
				return true
			}
		}
		if time.Since(start) > patience {
			return ready()
		}
	}
}
