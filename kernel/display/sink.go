package display

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"sync/atomic"
)

// Sink takes what is shown in the middle of a cell. Its methods may be called
// from any goroutine.
type Sink interface {
	// Display shows b. With an id, update replaces what was shown under it.
	Display(b Bundle, id string, update bool)
	// Clear removes the cell's output: now, or when new output comes.
	Clear(wait bool)
}

// sink is where the calls below go.
var sink atomic.Pointer[Sink]

// SetSink makes s take what Show, ShowAs, Update and Clear are given, and
// returns what took it before. The session process calls it once, before any
// cell runs. With no sink, as in a plain Go program, the text of each value goes
// to standard output.
func SetSink(s Sink) (before Sink) {
	var p *Sink
	if s != nil {
		p = &s
	}
	if old := sink.Swap(p); old != nil {
		before = *old
	}
	return before
}

// Show shows each value now, as [Of] has it; the results of a call, too:
// Show(File("a.png")).
func Show(values ...any) {
	for _, b := range split(values) {
		current().Display(b, "", false)
	}
}

// NewID is a new name for [ShowAs].
func NewID() string { return "display-" + rand.Text() }

// ShowAs shows v under a name, by which [Update] can replace it. A name may be
// shown in several places.
func ShowAs(id string, v any) { current().Display(Of(v), id, false) }

// Update replaces what was shown under id, in all its places, also in the
// output of earlier cells. Where nothing was, nothing happens.
func Update(id string, v any) { current().Display(Of(v), id, true) }

// Clear removes the output of the running cell. With wait, it is removed only
// when the next output comes, so that an animation does not flicker.
func Clear(wait bool) { current().Clear(wait) }

func current() Sink {
	if s := sink.Load(); s != nil {
		return *s
	}
	return plainSink{os.Stdout}
}

// plainSink writes texts, for programs that no notebook runs.
type plainSink struct{ w io.Writer }

func (s plainSink) Display(b Bundle, _ string, _ bool) {
	fmt.Fprintln(s.w, b.Data["text/plain"])
}

func (plainSink) Clear(bool) {}
