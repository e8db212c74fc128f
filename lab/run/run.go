package run

import (
	"context"
	"sync/atomic"
)

// Progress says how far a computation is.
type Progress struct {
	Name  string // what is being computed, as a reader would call it
	Done  int    // units finished, 0 ≤ Done ≤ Total where Total is known
	Total int    // units in all; 0 when it is not known ahead
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

// Report tells the host that done of total units of the named computation are
// finished; total 0 means that the number is not known. A report with
// done == total ends the computation's progress bar.
func Report(name string, done, total int) {
	if h := host.Load(); h != nil && h.Progress != nil {
		h.Progress(Progress{Name: name, Done: done, Total: total})
	}
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
