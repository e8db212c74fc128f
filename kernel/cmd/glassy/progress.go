package main

import (
	"fmt"
	"io"
	"time"
)

// progress tells how far downloads are: on a terminal on a line that changes,
// elsewhere in a line now and then.
type progress struct {
	w    io.Writer
	live bool

	drawn time.Time // when the last line was written
	open  bool      // a live line is not ended
}

func (p *progress) say(format string, args ...any) {
	p.end()
	fmt.Fprintf(p.w, format+"\n", args...)
}

func (p *progress) report(name string, done, total int64) {
	every := 10 * time.Second
	if p.live {
		every = 200 * time.Millisecond
	}
	if now := time.Now(); now.Sub(p.drawn) >= every {
		p.drawn = now
		of := ""
		if total > 0 {
			of = fmt.Sprintf(" of %s, %d %%", sizeText(total), 100*done/total)
		}
		line := fmt.Sprintf("  %s: %s%s", name, sizeText(done), of)
		if p.live {
			fmt.Fprintf(p.w, "\r\x1b[K%s", line)
			p.open = true
		} else {
			fmt.Fprintln(p.w, line)
		}
	}
}

// end ends a live line.
func (p *progress) end() {
	if p.open {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.open = false
	}
}
