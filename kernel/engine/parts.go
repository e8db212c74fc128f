package engine

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"glassy/kernel/display"
)

// A part of a cell is Go, or a magic. What stands above a magic runs before it.
type part struct {
	magic   *magicCall
	text    string // Go: the cell with all else left blank, so that places in it hold; of a magic, its body
	measure measure
}

// parts takes the magic lines out of a cell.
func (s *Session) parts(code string) (parts []part, err error) {
	lines := strings.Split(code, "\n")
	var how measure // of the Go that follows
	from := 0       // the line that the Go which is not in parts yet begins in
	flush := func(to int) {
		text := strings.Repeat("\n", from) + strings.Join(lines[from:to], "\n")
		if from = to; hasTokens(text) {
			parts = append(parts, part{text: text, measure: how})
			how = measure{}
		}
	}
	for i := 0; i < len(lines); i++ {
		trimmed := strings.TrimSpace(lines[i])
		if trimmed == "" || !strings.ContainsAny(trimmed, "%!?") {
			continue
		}
		before := strings.Join(lines[from:i], "\n") + "\n"
		switch {
		case strings.HasPrefix(trimmed, "!"):
			if s.isShell(trimmed[1:]) && !openLiteral(before) && startsStatement(before, trimmed) {
				lines[i] = shellCall + strconv.Quote(strings.TrimSpace(trimmed[1:])) + ")"
			}
			continue
		case strings.HasPrefix(trimmed, "?"), asksOf.MatchString(trimmed):
			if openLiteral(before) {
				continue
			}
			flush(i)
			parts = append(parts, part{magic: &magicCall{magic: &magic{name: "?", run: (*Session).explain}, arg: trimmed, line: i + 1}})
			from = i + 1
			continue
		case !strings.HasPrefix(trimmed, "%") || openLiteral(before):
			continue
		}
		name, arg, _ := strings.Cut(strings.TrimLeft(trimmed, "%"), " ")
		m, err := magicNamed(name)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		double := strings.HasPrefix(trimmed, "%%")
		wrong := func(why string) error {
			return fmt.Errorf("line %d: %s: %s", i+1, trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, "%"))]+name, why)
		}
		switch {
		case closing(before) != "":
			return nil, wrong("a magic stands between statements, not inside brackets")
		case double && !m.measure.any() && m.body == nil:
			return nil, wrong("it takes no cell: write it with one %")
		case !double && m.body != nil:
			return nil, wrong("it takes the rest of the cell: write " + m.title() + " in the first line")
		case double && (len(parts) > 0 || hasTokens(before)):
			return nil, wrong("it is of the whole cell: write it in the first line")
		case how.any() && !m.measure.any():
			return nil, wrong("it stands in what a magic above measures: put it in another cell")
		}
		call := &magicCall{magic: m, arg: strings.TrimSpace(arg), line: i + 1}
		switch {
		case m.body != nil:
			return append(parts, part{magic: call, text: strings.Join(lines[i+1:], "\n")}), nil
		case m.measure.any() && !how.any():
			flush(i)
			fallthrough
		case m.measure.any():
			how = how.and(m.measure)
			at := strings.Index(lines[i], "%")
			for lines[i][at] == '%' {
				at++
			}
			at += len(name)
			rest := lines[i][at:]
			lines[i] = strings.Repeat(" ", at) + rest
			if strings.HasPrefix(strings.TrimSpace(rest), "%") {
				i-- // another one in the same line
			} else if strings.TrimSpace(rest) != "" && !double {
				end := i + logicalLine(strings.Join(lines[i:], "\n"))
				flush(end)
				i = end - 1
			}
		default:
			flush(i)
			parts = append(parts, part{magic: call})
			from = i + 1
		}
	}
	flush(len(lines))
	if how.any() {
		return nil, errors.New("there is nothing to measure: write the Go behind the magic, or below it")
	}
	return parts, nil
}

// onlyGo is a cell with its magics left blank, byte for byte.
func (s *Session) onlyGo(code string) string {
	lines := strings.Split(withoutMagics(code), "\n")
	for i, line := range lines {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "!") && s.isShell(trimmed[1:]) {
			if before := strings.Join(lines[:i], "\n") + "\n"; !openLiteral(before) && startsStatement(before, trimmed) {
				lines[i] = strings.Repeat(" ", len(line))
			}
		}
	}
	return strings.Join(lines, "\n")
}

// withoutMagics blanks the lines of % and ? in a cell, but for the Go that stands
// behind one that measures.
func withoutMagics(code string) string {
	lines := strings.Split(code, "\n")
	for i := range lines {
		for {
			trimmed := strings.TrimLeft(lines[i], " \t")
			if trimmed == "" || !strings.ContainsRune("%?", rune(trimmed[0])) && !asksOf.MatchString(strings.TrimSpace(trimmed)) || openLiteral(strings.Join(lines[:i], "\n")+"\n") {
				break
			}
			blank := len(lines[i])
			name, _, _ := strings.Cut(strings.TrimLeft(trimmed, "%"), " ")
			m, err := magicNamed(name)
			switch {
			case err == nil && m.body != nil:
				for j := i; j < len(lines); j++ { // it is no Go
					lines[j] = strings.Repeat(" ", len(lines[j]))
				}
				return strings.Join(lines, "\n")
			case err == nil && m.measure.any():
				blank = strings.Index(lines[i], name) + len(name)
			}
			lines[i] = strings.Repeat(" ", blank) + lines[i][blank:]
		}
	}
	return strings.Join(lines, "\n")
}

// executeParts runs a cell part by part, until one fails. What its last part
// shows is the result; magics before it show theirs as they come.
func (s *Session) executeParts(ctx context.Context, parts []part, c Cell, out Output) (r Result) {
	var pages []*display.Bundle
	for i, p := range parts {
		if m := p.magic; m != nil {
			m.ctx, m.out, m.count = ctx, out, c.Count
			if r = s.call(m, p.text); r.Page != nil {
				pages = append(pages, r.Page)
			}
			if i < len(parts)-1 && r.Value != nil && out != nil {
				out.Display(*r.Value, "", false)
			}
		} else {
			r = s.measured(ctx, p, c, out)
		}
		if r.Error != nil {
			break
		}
	}
	if len(pages) > 0 {
		r.Page = pages[len(pages)-1]
	}
	return r
}

// measured runs Go as its magics say.
func (s *Session) measured(ctx context.Context, p part, c Cell, out Output) (r Result) {
	if !p.measure.repeat {
		return s.executeGo(ctx, p, c, out)
	}
	parts, fail := s.repeated(ctx, p, c, out)
	if fail != nil {
		return Result{Error: fail}
	}
	for _, p := range parts {
		if r = s.executeGo(ctx, p, c, out); r.Error != nil {
			break
		}
	}
	return r
}

// asksOf matches name? and name??.
var asksOf = regexp.MustCompile(`^%{0,2}[\pL_][\pL\pN_.]*\?\??$`)

const shellCall = cellImport + ".Shell("

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
func startsStatement(before, line string) bool {
	var open []token.Token
	last := token.SEMICOLON
	names := map[string]bool{}
	eachToken(before, func(_ int, t token.Token, lit string) {
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

// hasTokens reports whether a text is more than comments.
func hasTokens(text string) bool {
	found := false
	eachToken(text, func(_ int, t token.Token, lit string) {
		found = found || t != token.COMMENT && !(t == token.SEMICOLON && lit == "\n")
	})
	return found
}

// logicalLine is how many lines the statements take that begin in a text's
// first line.
func logicalLine(text string) int {
	depth, end := 0, -1
	eachToken(text, func(off int, t token.Token, lit string) {
		if depth += nesting(t); t == token.SEMICOLON && depth <= 0 && lit == "\n" && end < 0 {
			end = off
		}
	})
	if end < 0 {
		end = len(text)
	}
	return 1 + strings.Count(text[:end], "\n")
}
