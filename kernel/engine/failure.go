package engine

import (
	"errors"
	"fmt"
	"go/token"
	"regexp"
	"strconv"
	"strings"

	"glassy/kernel/engine/cell"
	"glassy/kernel/engine/host"
)

func red(s string) string { return "\x1b[31m" + s + "\x1b[0m" }

// maxShown is how many errors of a cell are shown.
const maxShown = 10

// compileError words the errors of a cell that does not compile, each with its
// line of the cell.
func (s *Session) compileError(ds diagnostics) *Error {
	var lines []string
	first := ""
	for i, d := range ds {
		d.msg = s.placesIn(d.msg)
		if i == maxShown {
			lines = append(lines, fmt.Sprintf("and %d more", len(ds)-maxShown))
			break
		}
		head := d.msg
		if d.line > 0 {
			head = fmt.Sprintf("%s:%d:%d: %s", s.cellName(d.unit), d.line, d.col, d.msg)
		}
		if first == "" {
			first = head
		}
		lines = append(lines, red(head))
		if src := s.cellLine(d.unit, d.line); src != "" {
			gutter := fmt.Sprintf("%4d | ", d.line)
			lines = append(lines, gutter+src)
			if d.col > 0 && d.col <= len(src)+1 {
				lines = append(lines, strings.Repeat(" ", len(gutter))+blankLike(src[:d.col-1])+"^")
			}
		}
	}
	first, _, _ = strings.Cut(first, "\n")
	return &Error{Name: "CompileError", Value: first, Traceback: lines}
}

// blankLike is as wide as s.
func blankLike(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func (s *Session) cellName(unit int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.counts[unit]; n > 0 {
		return fmt.Sprintf("Cell[%d]", n)
	}
	return "cell"
}

func (s *Session) cellLine(unit, line int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := strings.Split(s.texts[unit], "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return lines[line-1]
}

// failure words how a cell ended.
func (s *Session) failure(f *host.Failure) *Error {
	switch f.Kind {
	case "interrupted":
		e := interruptedError(f.Text)
		e.Traceback = append(e.Traceback, s.frameLines(f.Frames)...)
		return e
	case "abandoned":
		s.mu.Lock()
		s.zombies++
		s.mu.Unlock()
		e := interruptedError(fmt.Sprintf("%s does not stop; it was left running in the background", f.Text))
		e.Traceback = append(e.Traceback, "Variables are kept. Interrupt once more to restart the session process and end it; that loses the variables.")
		return e
	case "exit":
		return &Error{Name: "Exit", Value: f.Text, Traceback: []string{red(f.Text)}}
	}
	text := cell.Unmark(f.Text)
	first, _, _ := strings.Cut(text, "\n")
	return &Error{Name: "Panic", Value: first, Traceback: append([]string{red("panic: " + text)}, s.frameLines(f.Frames)...)}
}

func interruptedError(text string) *Error {
	return &Error{Name: "Interrupted", Value: text, Traceback: []string{red("interrupted: " + text)}, Interrupted: true}
}

// briefly leaves out the middle of a deep recursion.
func briefly(fs []cell.Frame) []cell.Frame {
	out := fs[:0]
	for i, f := range fs {
		if i == 0 || f != fs[i-1] {
			out = append(out, f)
		}
	}
	return out
}

// frameLines shows the cells' lines of a stack, innermost first.
func (s *Session) frameLines(fs []cell.Frame) []string {
	var lines []string
	fs = briefly(fs)
	for i, f := range fs {
		if i == maxShown && len(fs) > maxShown+1 {
			lines = append(lines, fmt.Sprintf("… and %d calls more", len(fs)-maxShown))
			break
		}
		where := fmt.Sprintf("%s:%d", s.cellName(f.Unit), f.Line)
		if f.Func != "" {
			where += " in " + f.Func
		}
		lines = append(lines, where)
		if src := s.cellLine(f.Unit, f.Line); src != "" {
			lines = append(lines, fmt.Sprintf("%4d | %s", f.Line, src))
		}
	}
	return lines
}

var compilerLine = regexp.MustCompile(`(?m)^` + cell.FilePrefix + `(\d+):(\d+)(?::(\d+))?: (.*)$`)

// otherLine is what the compiler says of a variable of a cell as a whole.
var otherLine = regexp.MustCompile(`(?m)^\S+:\d+:\d+: glassycell/\d+\.`)

var placeInText = regexp.MustCompile(cell.FilePrefix + `(\d+):(\d+):(\d+)`)

// placesIn names cells in the text of a message as the user knows them.
func (s *Session) placesIn(msg string) string {
	return placeInText.ReplaceAllStringFunc(msg, func(at string) string {
		m := placeInText.FindStringSubmatch(at)
		unit, _ := strconv.Atoi(m[1])
		return s.cellName(unit) + ":" + m[2] + ":" + m[3]
	})
}

// compilerDiagnostics reads what the compiler prints.
func (s *Session) compilerDiagnostics(n int, err error) diagnostics {
	var ce *compilerOutput
	if !errors.As(err, &ce) {
		return diagnostics{{unit: n, msg: "the cell could not be compiled; nothing was run and nothing is lost: " + err.Error()}}
	}
	var ds diagnostics
	for _, m := range compilerLine.FindAllStringSubmatch(ce.out, -1) {
		unit, _ := strconv.Atoi(m[1])
		line, _ := strconv.Atoi(m[2])
		col, _ := strconv.Atoi(m[3])
		ds = append(ds, diagnostic{unit, line, col, cell.Unmark(m[4])})
	}
	if len(ds) == 0 {
		ds = diagnostics{{unit: n, msg: otherLine.ReplaceAllString(cell.Unmark(ce.Error()), "")}}
	}
	return ds
}

// refuse names what a cell cannot have.
func refuse(n int, src *source) diagnostics {
	var ds diagnostics
	add := func(off int, msg string) {
		p := src.position(off)
		ds = append(ds, diagnostic{n, p.Line, p.Column, msg})
	}
	for _, im := range src.imports {
		if im.path == "C" {
			add(im.at, `import "C" is not for cells: put the C code in a package of its own and import that`)
		}
	}
	for _, d := range src.decls {
		if d.kind == token.FUNC && !d.isMethod() && d.names[0] == "init" {
			add(d.start, "func init is not for cells: write its statements in the cell, they run in order")
		}
	}
	return ds
}

// loadError words why a cell that was checked does not load. An interpreter
// refuses with the place in the cell.
func (s *Session) loadError(n int, err error) *Error {
	text := strings.TrimPrefix(err.Error(), "loading the compiled cell: ")
	if compilerLine.MatchString(text) {
		return s.compileError(s.compilerDiagnostics(n, &compilerOutput{text, err}))
	}
	return &Error{Name: "LoadError", Value: err.Error(), Traceback: []string{err.Error()}}
}
