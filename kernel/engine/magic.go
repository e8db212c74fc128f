package engine

import (
	"fmt"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"glassy/kernel/display"
)

// magic is what a cell's lines with % ! or ? ask for.
type magic struct {
	time bool
	page *display.Bundle // shown instead of running the cell
}

const helpText = `**Glassy: Go in a notebook, and a laboratory for energy landscapes**

A cell is Go: declarations and statements in any order. Variables, functions and
types live on from cell to cell. The value of the last expression is shown; end
the line with ; to show nothing. The lab's packages and the standard library are
there without an import line.

| line | what it does |
|---|---|
| ` + "`%help`" + ` | this page |
| ` + "`%time`" + ` | before a statement, or alone on the first line: wall time, CPU time and allocations of the cell |
| ` + "`%device`" + ` | the devices of this machine; ` + "`%device cuda`" + `: new networks live there; ` + "`cpu`" + `, or ` + "`auto`" + `: where their work takes least time |
| ` + "`!command`" + ` | runs a shell command |
| ` + "`?name`" + ` | what name is: signature and documentation; also ` + "`name?`" + ` |

To begin with: ` + "`thesis.Figures()`, `thesis.Figure(\"2.1\")`" + `.
Interrupt stops a cell and keeps its variables. Any Go module can be imported.
`

// magics takes the magic lines out of a cell. Lines stay where they are.
func (s *Session) magics(code string) (text string, m magic, err error) {
	lines := strings.Split(code, "\n")
	inside := insideLiteral(code)
	for i, line := range lines {
		if inside[i] {
			continue
		}
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "!") && s.isShell(trimmed[1:]) && startsStatement(lines[:i], trimmed):
			lines[i] = shellCall + strconv.Quote(strings.TrimSpace(trimmed[1:])) + ")"
		case strings.HasPrefix(trimmed, "%") && !startsWithin(lines, i):
			name, rest, _ := strings.Cut(strings.TrimLeft(trimmed, "%"), " ")
			switch name {
			case "time":
				m.time = true
				lines[i] = rest
			case "device":
				lines[i] = fmt.Sprintf("%s%q, %q)", magicCall, name, strings.TrimSpace(rest))
			case "help":
				b := display.Markdown(helpText)
				m.page = &b
				return "", m, nil
			default:
				return "", m, fmt.Errorf("unknown magic %%%s in line %d; there are %%help, %%time and %%device, !command and ?name", name, i+1)
			}
		case len(lines) == 1 && (strings.HasPrefix(trimmed, "?") || strings.HasSuffix(trimmed, "?")):
			name := strings.Trim(trimmed, "? ")
			if name == "" {
				b := display.Markdown(helpText)
				m.page = &b
				return "", m, nil
			}
			b, ok := s.inspect(name, len(name), strings.Count(trimmed, "?")-1)
			if !ok {
				return "", m, fmt.Errorf("nothing is known of %s", name)
			}
			m.page = &b
			return "", m, nil
		}
	}
	return strings.Join(lines, "\n"), m, nil
}

const (
	shellCall = cellImport + ".Shell("
	magicCall = cellImport + ".Magic("
)

// isShell tells !ls from the Go expression !done.
func (s *Session) isShell(rest string) bool {
	word := rest
	if i := strings.IndexFunc(rest, func(r rune) bool { return !isWord(r) }); i >= 0 {
		word = rest[:i]
	}
	return word == "" && !strings.HasPrefix(rest, "(") || word != "" && s.scope.live[word] == nil && s.scope.imports[word] == "" &&
		!slices.Contains([]string{"true", "false"}, word)
}

// startsStatement tells !ls from the Go expression !done in a line after the
// lines before: there it stands in brackets, or is a name of the cell.
func startsStatement(before []string, line string) bool {
	var open []token.Token
	last := token.SEMICOLON
	names := map[string]bool{}
	eachToken(strings.Join(before, "\n")+"\n", func(_ int, t token.Token, lit string) {
		switch t {
		case token.COMMENT:
			return
		case token.LPAREN, token.LBRACK, token.LBRACE:
			open = append(open, t)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case token.IDENT:
			names[lit] = true
		}
		last = t
	})
	if n := len(open); n > 0 && (open[n-1] != token.LBRACE || strings.HasSuffix(line, ",")) {
		return false
	}
	if last != token.SEMICOLON && last != token.LBRACE && last != token.COLON {
		return false
	}
	word := strings.TrimLeft(line, "!(")
	if i := strings.IndexFunc(word, func(r rune) bool { return !isWord(r) }); i >= 0 {
		word = word[:i]
	}
	return !names[word]
}

func isWord(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80
}

// startsWithin reports whether line i goes on with an expression of the line
// before: a % that is an operator.
func startsWithin(lines []string, i int) bool {
	for i--; i >= 0; i-- {
		before := strings.TrimSpace(lines[i])
		if before == "" {
			continue
		}
		last := before[len(before)-1]
		return strings.IndexByte("+-*/%&|^<>=,(", last) >= 0 && !strings.HasPrefix(before, "%") && !strings.HasPrefix(before, "!")
	}
	return false
}

// insideLiteral tells which lines begin inside a raw string or a comment.
func insideLiteral(code string) []bool {
	inside := make([]bool, strings.Count(code, "\n")+1)
	eachToken(code, func(off int, t token.Token, lit string) {
		if t != token.STRING && t != token.COMMENT {
			return
		}
		first := strings.Count(code[:off], "\n")
		for i := 1; i <= strings.Count(lit, "\n"); i++ {
			inside[first+i] = true
		}
	})
	return inside
}
