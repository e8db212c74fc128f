package progress

import (
	"strings"
	"testing"
	"time"
)

func TestLine(t *testing.T) {
	text := func(s string) func() string { return func() string { return s } }
	var b strings.Builder
	l := On(&b)
	for _, s := range []string{"one", "two", "three"} {
		l.Report(text(s))
	}
	l.Say("done")
	if got := b.String(); got != "  one\ndone\n" {
		t.Errorf("not on a terminal, in less than 10 s: %q", got)
	}
	b.Reset()
	l = &Line{w: &b, live: true}
	l.Report(text("one"))
	l.Report(text("two"))
	l.drawn = time.Now().Add(-time.Second)
	l.Report(text("three"))
	l.Say("done")
	l.End()
	if got, want := b.String(), "\r\x1b[K  one\r\x1b[K  three\r\x1b[Kdone\n"; got != want {
		t.Errorf("on a terminal: %q, expected %q", got, want)
	}
}
