package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"glassy/kernel/cmd/internal/progress"
	"glassy/kernel/display"
	"glassy/kernel/engine"
)

// terminal writes what a cell emits to two streams, as text.
type terminal struct {
	mu       sync.Mutex
	out, err io.Writer
	in       *bufio.Reader // nil where there is no input
}

func (t *terminal) Stream(name, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	w := t.out
	if name == "stderr" {
		w = t.err
	}
	io.WriteString(w, text)
}

func (t *terminal) Display(b display.Bundle, _ string, _ bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintln(t.out, plainText(b))
}

func (t *terminal) Clear(bool) {}

func (t *terminal) Comm(engine.CommMessage) {}

// errNoInput answers a cell that asks where nobody can.
var errNoInput = errors.New("there is no input here: give the code as an argument, then standard input is the cell's")

func (t *terminal) Input(ctx context.Context, prompt string, _ bool) (string, error) {
	if t.in == nil {
		return "", errNoInput
	}
	if prompt != "" {
		t.Stream("stderr", prompt)
	}
	type line struct {
		text string
		err  error
	}
	read := make(chan line, 1)
	go func() {
		text, err := t.in.ReadString('\n')
		read <- line{text, err}
	}()
	select {
	case l := <-read:
		if l.err != nil && l.text == "" {
			return "", l.err
		}
		return strings.TrimRight(l.text, "\r\n"), nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// result writes how a cell ended.
func (t *terminal) result(r engine.Result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, b := range []*display.Bundle{r.Page, r.Value} {
		if b != nil {
			fmt.Fprintln(t.out, plainText(*b))
		}
	}
	if r.Error != nil {
		fmt.Fprintln(t.err, errorText(r.Error, progress.IsTerminal(t.err)))
	}
}

func plainText(b display.Bundle) string {
	s, _ := b.Data["text/plain"].(string)
	return s
}

var ansi = regexp.MustCompile("\x1b\\[[0-9;:]*[A-Za-z]")

// errorText is the traceback, or where there is none, the line of the error.
func errorText(e *engine.Error, colours bool) string {
	s := strings.Join(e.Traceback, "\n")
	if s == "" {
		s = e.Error()
	}
	if !colours {
		s = ansi.ReplaceAllString(s, "")
	}
	return s
}
