package main

import (
	"errors"
	"os"
	"testing"
)

func TestEval(t *testing.T) {
	for _, c := range []struct {
		name, stdin string
		args        []string
		code        int
		out, err    string
	}{
		{"an argument", "", []string{"print a\nvalue 42"}, exitOK, "a\n42\n", ""},
		{"standard input", "print a\nvalue 42", nil, exitOK, "a\n42\n", ""},
		{"a dash", "value 7\n", []string{"-"}, exitOK, "7\n", ""},
		{"after two dashes", "", []string{"--", "value -1"}, exitOK, "-1\n", ""},
		{"streams stay apart", "", []string{"print a\nwarn b\nprint c"}, exitOK, "a\nc\n", "b\n"},
		{"what is shown, and help", "", []string{"show x\nupdate y\npage help"}, exitOK, "x\ny\nhelp\n", ""},
		{"nothing", "", []string{""}, exitOK, "", ""},
		{"an error", "", []string{"print a\nfail boom"}, exitFailed, "a\n", "panic: boom\nCell[1]:1\n"},
		{"input", "one\r\ntwo", []string{"ask name?\nask\nask"}, exitOK, "\"one\" <nil>\n\"two\" <nil>\n\"\" EOF\n", "name?"},
		{"no input", "ask", nil, exitOK, "\"\" there is no input here: give the code as an argument, then standard input is the cell's\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t, c.stdin)
			l.run(t, c.code, append([]string{"eval"}, c.args...)...)
			if l.out.String() != c.out || l.err.String() != c.err {
				t.Errorf("out %q, err %q; want %q and %q", l.out, l.err, c.out, c.err)
			}
			if !l.session.closed {
				t.Error("the session was not closed")
			}
		})
	}
}

func TestEvalWithoutAnEngine(t *testing.T) {
	l := newLab(t, "")
	l.started = errors.New("no gcc")
	l.run(t, exitFailed, "eval", "1")
	says(t, l.err.String(), "no gcc", "glassy doctor")
}

func TestEvalInterrupted(t *testing.T) {
	l := newLab(t, "")
	go func() {
		<-l.session.running
		l.signal <- os.Interrupt
	}()
	l.run(t, exitFailed, "eval", "print a\nwait")
	says(t, l.err.String(), "Interrupted: interrupted")
	says(t, l.out.String(), "a\n")
}
