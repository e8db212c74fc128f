package engine

import "testing"

// What the process says while it starts, before there is a cell, is not lost: the
// first cell shows it.
func TestEarlyStderr(t *testing.T) {
	var s Session
	s.stream("stderr", "no such library\n")
	for i, want := range []string{"no such library\n", ""} {
		out := &recorder{}
		_, done := s.begin(t.Context(), out, false)
		done()
		if got := out.all.String(); got != want {
			t.Errorf("cell %d was shown %q, expected %q", i+1, got, want)
		}
	}
}
