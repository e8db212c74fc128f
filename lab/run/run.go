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
	Version  string                 // of the code, as the program names it
	Context  func() context.Context // of the computation that is running now
	Progress func(Progress)         // called at every report; throttle here
	Cite     func(key string)       // called at every citation; duplicates included

	// Show shows v among the output of the running computation, under a name;
	// with update, in place of what was shown under that name, wherever it was.
	Show func(id string, v any, update bool)
	// AtEnd calls f when the computation that is running now ends, however it
	// ends, and before its result is shown.
	AtEnd func(f func())

	// Interact shows controls and, below them, what draw returns for their values,
	// whenever these change; never more than one draw at a time.
	Interact func(controls []Control, draw func(values []any) (shown []any))
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

// Version is that of the code, as the host names it; "" without a host. Processes
// that share work compare it.
func Version() string {
	if h := host.Load(); h != nil {
		return h.Version
	}
	return ""
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

// Show shows v where the running computation shows what it finds: as the last
// expression of a notebook's cell would be. With update, it takes the place of what
// was shown under the name. Without a host that shows, it returns false.
func Show(id string, v any, update bool) bool {
	h := host.Load()
	if h == nil || h.Show == nil {
		return false
	}
	h.Show(id, v, update)
	return true
}

// AtEnd calls f when the computation that is running now ends, be it stopped or by
// a panic. Without a host that knows, it returns false.
func AtEnd(f func()) bool {
	h := host.Load()
	if h == nil || h.AtEnd == nil {
		return false
	}
	h.AtEnd(f)
	return true
}
