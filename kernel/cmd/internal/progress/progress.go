// Package progress tells on a command's standard error how far long work is: on a
// terminal on a line that changes, elsewhere in a line now and then.
package progress

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Line is the line; its methods may be called from any goroutine.
type Line struct {
	w    io.Writer
	live bool

	mu    sync.Mutex
	drawn time.Time // when the last line was written
	open  bool      // a live line is not ended
}

// On is the line on w, one that changes where w is a terminal.
func On(w io.Writer) *Line { return &Line{w: w, live: IsTerminal(w)} }

// IsTerminal says whether somebody looks at w.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Say writes a line that stays.
func (l *Line) Say(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end()
	fmt.Fprintf(l.w, format+"\n", args...)
}

// Report writes how far the work is, or nothing where the last report is fresh:
// 0.2 s on a terminal, 10 s elsewhere. text is called if it is to be written.
func (l *Line) Report(text func() string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	every := 10 * time.Second
	if l.live {
		every = 200 * time.Millisecond
	}
	now := time.Now()
	if now.Sub(l.drawn) < every {
		return
	}
	l.drawn = now
	if l.live {
		fmt.Fprintf(l.w, "\r\x1b[K  %s", text())
		l.open = true
	} else {
		fmt.Fprintf(l.w, "  %s\n", text())
	}
}

// End takes a live line away.
func (l *Line) End() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end()
}

func (l *Line) end() {
	if l.open {
		fmt.Fprint(l.w, "\r\x1b[K")
		l.open = false
	}
}
