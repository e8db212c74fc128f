package run

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Noted is a number that a computation tells of its way: the loss after so many
// steps, say.
type Noted struct {
	Loop  *Loop  // whose computation it is; nil for [Note]
	Name  string // what the number is, as a reader would call it
	Step  int    // at which it was
	Value float64
}

// Note tells who listens to the running computation that its loss, energy, … is
// now value. Notes of one name count the steps: 1, 2, 3, ….
func Note(name string, value float64) {
	for _, l := range hearing() {
		l.hear(Noted{Name: name, Step: l.count(name), Value: value})
	}
}

// Note tells who listens what a number of this computation is at a step.
func (l *Loop) Note(name string, step int, value float64) {
	if l.quiet {
		return
	}
	for _, h := range hearing() {
		h.hear(Noted{Loop: l, Name: name, Step: step, Value: value})
	}
}

// Tell calls f, which makes notes that cost something to find out: only if
// anybody listens, and only as often as it takes no more than a tenth of the
// loop's time.
func (l *Loop) Tell(f func()) {
	if listeners.some.Load() == 0 || l.quiet || len(hearing()) == 0 {
		return
	}
	begun := time.Now()
	if l.telling.Load() > int64(begun.Sub(l.begun)/10+time.Millisecond) {
		return
	}
	f()
	l.telling.Add(int64(time.Since(begun)))
}

// Listen makes hear take every note of the running computation, until stop is
// called. Notes may come from several goroutines at once.
func Listen(hear func(Noted)) (stop func()) {
	l := &listener{hear: hear, counts: map[string]int{}}
	of := Context()
	listeners.mu.Lock()
	defer listeners.mu.Unlock()
	listeners.of[of] = append(slices.Clone(listeners.of[of]), l)
	listeners.some.Add(1)
	return sync.OnceFunc(func() {
		listeners.mu.Lock()
		defer listeners.mu.Unlock()
		listeners.of[of] = slices.DeleteFunc(slices.Clone(listeners.of[of]), func(x *listener) bool { return x == l })
		if len(listeners.of[of]) == 0 {
			delete(listeners.of, of)
		}
		listeners.some.Add(-1)
	})
}

// listeners are told apart by what [Context] returns where they listen: several
// cells of a notebook may run at once.
var listeners = struct {
	some atomic.Int64 // how many there are: with none a note costs nothing
	mu   sync.RWMutex
	of   map[context.Context][]*listener
}{of: map[context.Context][]*listener{}}

type listener struct {
	hear   func(Noted)
	mu     sync.Mutex
	counts map[string]int // of notes outside a Loop, by name
}

func (l *listener) count(name string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts[name]++
	return l.counts[name]
}

// hearing are the listeners of the running computation.
func hearing() []*listener {
	if listeners.some.Load() == 0 {
		return nil
	}
	of := Context()
	listeners.mu.RLock()
	defer listeners.mu.RUnlock()
	return listeners.of[of]
}
