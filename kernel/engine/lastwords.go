package engine

import (
	"regexp"
	"strings"
	"sync"
	"time"

	"glassy/kernel/engine/cell"
)

// lastWords is what a session process prints when it dies: the Go runtime
// writes pages about all its goroutines to standard error. The user is told the
// reason and the lines of the cells instead. So what looks like last words is
// held back until the process is gone, or has shown that it lives.
type lastWords struct {
	mu   sync.Mutex
	held string
	at   time.Time // when the last of it came
}

var dying = regexp.MustCompile(`(?m)^(fatal error: |runtime: goroutine stack exceeds|runtime: out of memory|panic: |SIG[A-Z]+: |unexpected fault address)`)

// words is how much of them is kept.
const words = 256 << 10

// A process may take its time to die: to walk a stack of millions of frames. But
// a user may also write "panic:".
const (
	waitPanic = 500 * time.Millisecond
	waitFatal = 10 * time.Second
)

func (w *lastWords) wait() time.Duration {
	if strings.HasPrefix(w.held, "panic: ") {
		return waitPanic
	}
	return waitFatal
}

// hold returns the part of a text that is shown now.
func (w *lastWords) hold(text string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.held == "" {
		m := dying.FindStringIndex(text)
		if m == nil {
			return text
		}
		w.held, w.at = text[m[0]:], time.Now()
		return text[:m[0]]
	}
	w.at = time.Now()
	if len(w.held) < words {
		w.held += text
	}
	return ""
}

// patience is for how many milliseconds to wait for more; -1 is for ever.
func (w *lastWords) patience() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.held == "" {
		return -1
	}
	return int(waitPanic / time.Millisecond)
}

// let returns what was held back, when the process is known to live or has had
// the time to die.
func (w *lastWords) let(lives bool) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.held == "" || !lives && time.Since(w.at) < w.wait() {
		return ""
	}
	text := w.held
	w.held = ""
	return text
}

func (w *lastWords) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.held
}

// frames are the cells' lines of the goroutine that died.
func (w *lastWords) frames() []cell.Frame {
	_, g, ok := strings.Cut(w.text(), "[running]")
	if !ok {
		return nil
	}
	g, _, _ = strings.Cut(g, "\n\n")
	return cell.Frames([]byte(g))
}
