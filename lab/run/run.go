package run

import (
	"context"
	"sync/atomic"
	"time"
)

// Progress says how far a computation is.
type Progress struct {
	Name    string        // what is being computed, as a reader would call it
	Done    int           // units finished, 0 ≤ Done ≤ Total where Total is known
	Total   int           // units in all; 0 when it is not known ahead
	Elapsed time.Duration // since the start
	Ended   bool          // nothing more will be done
}

// Rate is the units done in a second, 0 before the first.
func (p Progress) Rate() float64 {
	if p.Done == 0 || p.Elapsed <= 0 {
		return 0
	}
	return float64(p.Done) / p.Elapsed.Seconds()
}

// Left is how long the rest takes at the rate so far; false when that cannot be
// told.
func (p Progress) Left() (time.Duration, bool) {
	if p.Done == 0 || p.Total <= 0 {
		return 0, false
	}
	return time.Duration(float64(p.Elapsed) * float64(p.Total-p.Done) / float64(p.Done)), true
}

// Host is the place that computations run in. Its functions are called from
// any goroutine, also concurrently; a nil function stands for "not interested".
type Host struct {
	Context  func() context.Context // of the computation that is running now
	Progress func(Progress)         // called at every report; throttle here
	Cite     func(key string)       // called at every citation; duplicates included
}

// host is the one seam that the package documentation explains.
var host atomic.Pointer[Host]

// SetHost registers the host of this process, in place of an earlier one;
// SetHost(Host{}) removes it.
func SetHost(h Host) { host.Store(&h) }

// Context returns the context of the running computation: done when the reader
// has asked to stop. Without a host it is context.Background().
func Context() context.Context {
	if h := host.Load(); h != nil && h.Context != nil {
		if ctx := h.Context(); ctx != nil {
			return ctx
		}
	}
	return context.Background()
}

// Cite tells the host which works the running computation rests on, by key;
// [Reference] turns the keys of the laboratory into full references.
func Cite(keys ...string) {
	h := host.Load()
	if h == nil || h.Cite == nil {
		return
	}
	for _, k := range keys {
		h.Cite(k)
	}
}
