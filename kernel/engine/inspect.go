package engine

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"unicode/utf8"

	"glassy/kernel/display"
	"glassy/kernel/engine/host"
)

// Inspect describes what stands at a byte offset: signature and documentation,
// with the source at detail 1.
func (s *Session) Inspect(code string, cursor, detail int) (display.Bundle, bool) {
	s.front.Lock()
	defer s.front.Unlock()
	code = s.onlyGo(code)
	return s.inspect(code, max(0, min(cursor, len(code))), detail)
}

func (s *Session) inspect(code string, cursor, detail int) (display.Bundle, bool) {
	end := cursor
	for end < len(code) {
		r, n := utf8.DecodeRuneInString(code[end:])
		if !isWord(r) {
			break
		}
		end += n
	}
	if wordStart(code, end) == end { // in the brackets of a call: the function
		if i := openCall(code[:cursor]); i >= 0 {
			end = i
		}
	}
	start := operandStart(code, end)
	if start == end {
		return display.Bundle{}, false
	}
	l := s.lookAt(code, end)
	if l == nil {
		return display.Bundle{}, false
	}
	x := l.expr(start, end)
	if x == nil {
		if l = s.lookAt(code[start:end], end-start); l == nil {
			return display.Bundle{}, false
		}
		if x = l.expr(0, end-start); x == nil {
			return display.Bundle{}, false
		}
	}
	o := l.object(x)
	if o == nil { // a number, say: the function that it is given to
		if i := openCall(code[:start]); i >= 0 {
			return s.inspect(code, i, detail)
		}
		return display.Bundle{}, false
	}
	var owner types.Type
	if sel, ok := x.(*ast.SelectorExpr); ok {
		owner = l.info.TypeOf(sel.X)
	}
	return l.describe(o, owner, detail), true
}

// describe is what there is to say of an object: its declaration, what a
// variable holds now, documentation, and with detail the source. owner is the
// type that it was selected from.
func (l *lookup) describe(o types.Object, owner types.Type, detail int) display.Bundle {
	var plain, md strings.Builder
	code := func(text string) {
		plain.WriteString(text + "\n")
		md.WriteString("```go\n" + text + "\n```\n")
	}
	source := l.source(o, owner)
	if t, ok := o.(*types.TypeName); ok {
		head := l.signature(o)
		if detail == 0 && source != "" { // the comments of its fields are its documentation
			head = shortened(source, maxHead)
		}
		code(head)
		if ms := l.methodLines(t.Type()); len(ms) > 0 {
			code(strings.Join(ms, "\n"))
		}
	} else {
		code(l.signature(o))
	}
	if e := l.entityOf(o); e != nil && e.kind == token.VAR && l.s.scope.live[e.name] == e {
		if m, err := l.s.query(host.Request{Op: "look", Vars: []host.Variable{e.place()}}); err == nil {
			v := looked{e, m.Looks[0]}
			code(e.name + " = " + v.Value + " // " + v.size())
		}
	}
	if text := strings.TrimSpace(l.doc(o, owner)); text != "" {
		plain.WriteString("\n" + text + "\n")
		md.WriteString("\n" + markdown(text) + "\n")
	}
	if detail > 0 && source != "" {
		plain.WriteString("\n")
		code(shortened(source, maxSource))
	}
	return display.Bundle{Data: map[string]any{
		"text/plain":    strings.TrimRight(plain.String(), "\n"),
		"text/markdown": strings.TrimRight(md.String(), "\n"),
	}}
}

// Lines that are shown of a type beside its documentation, and of a source.
const maxHead, maxSource = 40, 300

func shortened(text string, most int) string {
	lines := strings.Split(text, "\n")
	if len(lines) <= most {
		return text
	}
	return strings.Join(lines[:most], "\n") + fmt.Sprintf("\n// … and %d lines more", len(lines)-most)
}

// methodLines are the methods of a type that cells can call.
func (l *lookup) methodLines(t types.Type) []string {
	if types.IsInterface(t) {
		return nil // its source lists them
	}
	var lines []string
	for sel := range types.NewMethodSet(types.NewPointer(t)).Methods() {
		if o := sel.Obj(); visible(o) {
			lines = append(lines, l.signature(o))
		}
	}
	return lines
}

// openCall returns where the function of the innermost open call ends, or -1.
func openCall(text string) int {
	depth := 0
	for i := len(text) - 1; i >= 0; i-- {
		switch text[i] {
		case ')', ']', '}':
			depth++
		case '[', '{':
			depth--
		case '(':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}
