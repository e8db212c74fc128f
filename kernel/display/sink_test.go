package display

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
)

// recorder keeps what it is given.
type recorder struct {
	mu   sync.Mutex
	seen []string
}

func (r *recorder) Display(b Bundle, id string, update bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, fmt.Sprint(b.Data["text/plain"], " ", id, " ", update))
}

func (r *recorder) Clear(wait bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, fmt.Sprint("clear ", wait))
}

func TestCallsReachTheSink(t *testing.T) {
	r := &recorder{}
	defer SetSink(SetSink(r))
	Show(1, "a")
	Show(File("sink_test.none"))
	Show(HTML("h"), nil)
	ShowAs("x", 2)
	Update("x", 3)
	Clear(true)
	Clear(false)
	want := []string{
		"1  false", "a  false",
		"display: file: stat sink_test.none: no such file or directory  false",
		"h  false", "2 x false", "3 x true", "clear true", "clear false",
	}
	if fmt.Sprintf("%q", r.seen) != fmt.Sprintf("%q", want) {
		t.Errorf("got  %q\nwant %q", r.seen, want)
	}
}

func TestSetSinkReturnsTheOneBefore(t *testing.T) {
	a, b := &recorder{}, &recorder{}
	first := SetSink(a)
	if got := SetSink(b); got != Sink(a) {
		t.Errorf("before b: %v, want a", got)
	}
	if got := SetSink(first); got != Sink(b) {
		t.Errorf("before the first: %v, want b", got)
	}
}

func TestShowFromManyGoroutines(t *testing.T) {
	r := &recorder{}
	defer SetSink(SetSink(r))
	fig := SVG(`<svg id="a"/>`)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				Show(fig)
				Update(NewID(), 1)
				SetSink(r)
			}
		})
	}
	wg.Wait()
	if len(r.seen) != 800 {
		t.Errorf("%d values arrived, want 800", len(r.seen))
	}
}

func TestNewIDsDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		seen[NewID()] = true
	}
	if len(seen) != 1000 {
		t.Errorf("%d different names of 1000", len(seen))
	}
}

func TestPlainSink(t *testing.T) {
	var w bytes.Buffer
	s := plainSink{&w}
	s.Display(Of(HTML("<b>")), "x", true)
	s.Clear(true)
	if w.String() != "<b>\n" {
		t.Errorf("wrote %q", w.String())
	}
}
