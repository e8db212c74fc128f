package server

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// said is what pieces say, in order.
func said(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

// Of a million lines the first megabyte and the last lines are shown.
func TestAllowance(t *testing.T) {
	var a Allowance
	var now strings.Builder
	all := 0
	for i := range 1_000_000 {
		line := fmt.Sprintf("line %d é\n", i)
		all += len(line)
		now.WriteString(said(a.Take("stdout", line)))
	}
	if s := now.String(); len(s) > maxStream+200 || !strings.HasPrefix(s, "line 0 é\nline 1 é\n") || !strings.HasSuffix(s, "when the cell ends)\n") || !utf8.ValidString(s) {
		t.Errorf("%d bytes are shown at once, ending in %q", len(s), s[len(s)-100:])
	}
	before := strings.Index(now.String(), "\n(1048576 bytes")
	a.Take("stderr", "oh\n")
	end := said(a.End())
	note, tail, _ := strings.Cut(end, "\n")
	if want := fmt.Sprintf("(%d bytes are left out)", all+3-before-len(tail)); note != want {
		t.Errorf("says %q, expected %q", note, want)
	}
	if len(tail) > maxTail || len(tail) < maxTail-10 || !strings.HasSuffix(tail, "line 999999 é\noh\n") || !utf8.ValidString(tail) {
		t.Errorf("%d bytes at the end: %q", len(tail), tail[max(0, len(tail)-50):])
	}

	// After the cell.
	if s := said(a.Take("stdout", "late")); s != "late" {
		t.Errorf("a goroutine that goes on says %q", s)
	}
	a.Take("stdout", strings.Repeat("x", 2*maxStream))
	if s := said(a.Take("stdout", "too late")) + said(a.End()); s != "" {
		t.Errorf("a goroutine without end says %q", s)
	}
}

func TestAllowanceOfOneText(t *testing.T) {
	var a Allowance
	text := strings.Repeat("é", 50<<20)
	now := said(a.Take("stdout", text))
	if cut := strings.Index(now, "\n("); cut != maxStream || !utf8.ValidString(now) {
		t.Errorf("cut after %d bytes", cut)
	}
	if end := said(a.End()); len(end) > maxTail+100 || !strings.HasSuffix(end, "éé") || !utf8.ValidString(end) {
		t.Errorf("%d bytes at the end", len(end))
	}
}

// What is cleared takes no room; what fits is shown as it comes.
func TestAllowanceIsClearedAndUntouched(t *testing.T) {
	var a Allowance
	for range 5 {
		text := strings.Repeat("x", maxStream)
		if s := said(a.Take("stdout", text)); s != text {
			t.Fatalf("%d of %d bytes are shown", len(s), len(text))
		}
		a.Clear()
	}
	if s := said(a.End()); s != "" {
		t.Errorf("at the end it says %q", s)
	}
}

// Two streams in turn are as quick.
func TestAllowanceOfTwoStreams(t *testing.T) {
	var a Allowance
	a.Take("stdout", strings.Repeat("x", maxStream+1))
	for range 200_000 {
		a.Take("stderr", "e")
		a.Take("stdout", "o")
	}
	if end := said(a.End()); !strings.HasSuffix(end, "eoeo") || len(end) > maxTail+100 {
		t.Errorf("%d bytes at the end", len(end))
	}
}
