package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// book writes a notebook of code cells; a cell that starts with "#tag " has that tag.
func book(t *testing.T, dir string, cells ...string) string {
	t.Helper()
	type cell map[string]any
	all := []cell{{"cell_type": "markdown", "id": "md", "metadata": map[string]any{}, "source": "# title"}}
	for i, c := range cells {
		metadata := map[string]any{"mine": 1.5}
		if tag, rest, ok := strings.Cut(c, " "); ok && strings.HasPrefix(tag, "#") {
			metadata["tags"], c = []string{tag[1:]}, rest
		}
		all = append(all, cell{
			"cell_type": "code", "id": fmt.Sprint("cell", i), "metadata": metadata, "source": c, "execution_count": 99,
			"outputs": []any{map[string]any{"output_type": "stream", "name": "stdout", "text": "old"}},
		})
	}
	b, err := json.Marshal(map[string]any{
		"cells": all, "nbformat": 4, "nbformat_minor": 5, "extra": "kept",
		"metadata": map[string]any{"kernelspec": map[string]any{"language": "go", "name": "glassy", "display_name": "Go (Glassy)"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return write(t, filepath.Join(dir, "in.ipynb"), string(b))
}

// executed is what the tests look at in a notebook.
type executed struct {
	Extra string
	Cells []struct {
		ID       string
		Type     string `json:"cell_type"`
		Count    *int   `json:"execution_count"`
		Metadata map[string]any
		Outputs  []struct {
			Type      string `json:"output_type"`
			Name      string
			Text      any
			Count     *int `json:"execution_count"`
			Data      map[string]any
			Metadata  map[string]any
			Ename     string
			Traceback []string
		}
	}
}

func load(t *testing.T, path string) (e executed) {
	t.Helper()
	if err := json.Unmarshal([]byte(read(t, path)), &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// short is a cell's count and outputs in one line.
func (e executed) short(i int) string {
	c := e.Cells[i]
	s := "-"
	if c.Count != nil {
		s = fmt.Sprint(*c.Count)
	}
	for _, o := range c.Outputs {
		switch o.Type {
		case "stream":
			s += fmt.Sprintf(" %s:%v", o.Name, o.Text)
		case "error":
			s += " error:" + o.Ename
		default:
			s += fmt.Sprintf(" %s:%v", o.Type, o.Data["text/plain"])
		}
	}
	return s
}

func TestRun(t *testing.T) {
	l := newLab(t, "")
	in := book(t, l.home,
		"print a\nprint b\nwarn c\nvalue 42",
		"show x",
		"update y\nvalue 7",
		"print gone\nclear\nprint kept",
		" \n",
		"#skip-execution fail never",
		"#raises-exception print before\nfail boom",
		"ask name",
	)
	before := read(t, in)
	out := filepath.Join(l.home, "out.ipynb")
	l.run(t, exitOK, "run", in, "-o", out)
	e := load(t, out)
	for i, want := range []string{
		"-",
		"1 stdout:[a\n b\n] stderr:[c\n] execute_result:[42]",
		"2 display_data:[y]",
		"3 execute_result:[7]",
		"4 stdout:[kept\n]",
		"-",
		"99 stdout:old",
		"5 stdout:[before\n] error:Panic",
		"6 stdout:[\"\" a notebook that glassy run executes has no input\n]",
	} {
		if got := e.short(i); got != want {
			t.Errorf("cell %d: %s\nwant %s", i, got, want)
		}
	}
	if e.Extra != "kept" || e.Cells[1].ID != "cell0" || e.Cells[1].Metadata["mine"] != 1.5 {
		t.Errorf("fields were lost: %+v", e)
	}
	if read(t, in) != before {
		t.Error("the input file was changed")
	}
	if l.session.dir != l.home || !l.session.closed {
		t.Errorf("session in %s, closed %v", l.session.dir, l.session.closed)
	}
	says(t, l.err.String(), "[1/7] print a", "[7/7] ask name", "6 cells in", "wrote "+out)
	if l.out.Len() > 0 {
		t.Errorf("on standard output: %s", l.out)
	}
}

// A cell that prints without end leaves a notebook that can be opened: its
// beginning and its end, ahead of the value.
func TestRunKeepsTheEndsOfAFlood(t *testing.T) {
	l := newLab(t, "")
	out := filepath.Join(l.home, "out.ipynb")
	l.run(t, exitOK, "run", book(t, l.home, "flood 300000\nvalue 42"), "-o", out)
	if kept := load(t, out).short(1); len(kept) > 1200<<10 || !strings.HasPrefix(kept, "1 stdout:[line 0\n line 1\n") ||
		!strings.Contains(kept, "bytes are left out)") || !strings.HasSuffix(kept, "line 299999\n] execute_result:[42]") {
		t.Errorf("%d bytes are kept: %.60q … %q", len(kept), kept, kept[max(0, len(kept)-60):])
	}
}

func TestRunStopsAtAFailure(t *testing.T) {
	l := newLab(t, "")
	in := book(t, l.home, "print a", "print b\nfail boom", "print c", "print d")
	l.run(t, exitFailed, "run", in, "-o", in) // onto itself
	e := load(t, in)
	for i, want := range []string{"-", "1 stdout:[a\n]", "2 stdout:[b\n] error:Panic", "99 stdout:old", "99 stdout:old"} {
		if got := e.short(i); got != want {
			t.Errorf("cell %d: %s\nwant %s", i, got, want)
		}
	}
	if got := strings.Join(e.Cells[2].Outputs[1].Traceback, "|"); got != "\x1b[31mpanic: boom\x1b[0m|Cell[2]:1" {
		t.Errorf("traceback %q", got)
	}
	says(t, l.err.String(), "\npanic: boom\nCell[2]:1\n", "cell 2 failed; the 2 after it were not executed; wrote "+in)
	if len(l.session.codes) != 2 {
		t.Errorf("executed %q", l.session.codes)
	}
}

func TestRunWithoutOutput(t *testing.T) {
	l := newLab(t, "")
	in := book(t, l.home, "print a\nvalue 1", "fail boom")
	before := read(t, in)
	l.run(t, exitFailed, "run", in)
	if l.out.String() != "a\n1\n" {
		t.Errorf("standard output %q", l.out)
	}
	says(t, l.err.String(), "panic: boom")
	if strings.Count(l.err.String(), "panic: boom") != 1 {
		t.Errorf("the error is told more than once: %s", l.err)
	}
	if read(t, in) != before {
		t.Error("the input file was changed")
	}
}

func TestRunFigures(t *testing.T) {
	l := newLab(t, "")
	in := book(t, l.home, "print a", "figure\nfigure\nfail boom")
	figs := filepath.Join(l.home, "new", "figs")
	l.run(t, exitFailed, "run", "--figures", figs, in)
	entries, err := os.ReadDir(figs)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); got != "cell2-1.png cell2-1.svg cell2-2.png cell2-2.svg" {
		t.Errorf("files %s", got)
	}
	if s := read(t, filepath.Join(figs, "cell2-1.png")); !strings.HasPrefix(s, "\x89PNG") {
		t.Errorf("PNG starts with %.8q", s)
	}
	says(t, l.err.String(), "4 figure files in "+figs)
}

func TestRunInterrupted(t *testing.T) {
	for name, signals := range map[string][]os.Signal{
		"Ctrl-C":                     {os.Interrupt},
		"Ctrl-C twice, a stuck cell": {os.Interrupt, os.Interrupt},
		"asked to end, a stuck cell": {syscall.SIGTERM},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, "")
			word := "wait"
			if strings.Contains(name, "stuck") {
				word = "hang"
			}
			in, out := book(t, l.home, "print a", "#raises-exception print b\n"+word, "print c"), filepath.Join(l.home, "out.ipynb")
			go func() {
				<-l.session.running
				for _, s := range signals {
					l.signal <- s
				}
			}()
			l.run(t, exitFailed, "run", in, "-o", out)
			if got := load(t, out).short(2); got != "2 stdout:[b\n] error:Interrupted" {
				t.Errorf("the interrupted cell: %s", got)
			}
			if len(l.session.codes) != 2 {
				t.Errorf("executed %q", l.session.codes)
			}
		})
	}
}

func TestRunTimeout(t *testing.T) {
	l := newLab(t, "")
	in := book(t, l.home, "wait", "print c")
	l.run(t, exitFailed, "run", in, "--timeout", "20ms")
	says(t, l.err.String(), "cell 1 ran longer than --timeout 20ms")
	if len(l.session.codes) != 1 {
		t.Errorf("executed %q", l.session.codes)
	}
}

func TestRunRefuses(t *testing.T) {
	l := newLab(t, "")
	good := book(t, filepath.Join(l.home, "good"), "print a")
	file := func(name, content string) string { return write(t, filepath.Join(l.home, name), content) }
	for _, c := range []struct {
		name string
		args []string
		why  []string
	}{
		{"missing", []string{"none.ipynb"}, []string{"none.ipynb", "no such file"}},
		{"not JSON", []string{file("a.ipynb", "# hello")}, []string{"a.ipynb", "not JSON"}},
		{"nbformat 3", []string{file("b.ipynb", `{"nbformat":3}`)}, []string{"b.ipynb", "nbformat 3", "convert"}},
		{"Python", []string{file("c.ipynb", `{"cells":[],"nbformat":4,"nbformat_minor":5,"metadata":{"kernelspec":{"language":"python"}}}`)}, []string{"c.ipynb", "python", "Go (Glassy)"}},
		{"no folder for the output", []string{good, "-o", filepath.Join(l.home, "none", "x.ipynb")}, []string{"make the folder first"}},
		{"output is a folder", []string{good, "-o", l.home}, []string{l.home, "no regular file"}},
		{"figures in a file", []string{good, "--figures", good}, []string{"figures", good}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t, "")
			l.run(t, exitFailed, append([]string{"run"}, c.args...)...)
			says(t, l.err.String(), c.why...)
			if l.session.dir != "" {
				t.Error("a session was started")
			}
		})
	}
}

// What was computed is not lost when the place for it is.
func TestRunWhenOutputVanishes(t *testing.T) {
	l := newLab(t, "")
	in := book(t, l.home, "print precious\nwait")
	dir := filepath.Join(l.home, "soon-gone")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	go func() {
		<-l.session.running
		os.RemoveAll(dir)
		l.signal <- os.Interrupt
	}()
	l.run(t, exitFailed, "run", in, "-o", filepath.Join(dir, "out.ipynb"))
	says(t, l.err.String(), "no such file", "the notebook with its outputs is in ")
	saved, err := filepath.Glob(filepath.Join(os.TempDir(), "glassy-*.ipynb"))
	if err != nil || len(saved) != 1 {
		t.Fatalf("saved %v (%v)", saved, err)
	}
	says(t, read(t, saved[0]), "precious")
}

func TestTitle(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "",
		"\n  x := 1\ny":         "x := 1",
		strings.Repeat("ü", 80): strings.Repeat("ü", 69) + "…",
	} {
		if got := title(in); got != want {
			t.Errorf("title(%q) is %q", in, got)
		}
	}
}
