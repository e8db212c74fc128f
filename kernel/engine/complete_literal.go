package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"glassy/kernel/engine/host"
)

// openBracket returns where the innermost bracket that is open at the end of a
// text stands, and which it is.
func openBracket(text string) (off int, t token.Token) {
	type bracket struct {
		off int
		t   token.Token
	}
	open := []bracket{{-1, token.ILLEGAL}}
	eachToken(text, func(off int, t token.Token, _ string) {
		switch t {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			open = append(open, bracket{off, t})
		case token.RPAREN, token.RBRACK, token.RBRACE:
			open = open[:max(1, len(open)-1)]
		}
	})
	last := open[len(open)-1]
	return last.off, last.t
}

// completeFields proposes the fields of a struct literal, at a place where a key
// can stand: after its brace or a comma.
func (s *Session) completeFields(code string, start, end int) []CompletionItem {
	before := strings.TrimRight(code[:start], " \t\n")
	if !strings.HasSuffix(before, "{") && !strings.HasSuffix(before, ",") {
		return nil
	}
	brace, t := openBracket(code[:start])
	if t != token.LBRACE {
		return nil
	}
	l := s.lookAt(code[:start], start)
	if l == nil {
		return nil
	}
	lit := l.literal(brace)
	if lit == nil {
		return nil
	}
	t0 := l.info.TypeOf(lit)
	if p, ok := t0.Underlying().(*types.Pointer); ok { // of an element &T{} with the type left out
		t0 = p.Elem()
	}
	st, ok := t0.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	given := map[string]bool{}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok {
				given[id.Name] = true
			}
		}
	}
	var items []CompletionItem
	for f := range st.Fields() {
		if visible(f) && !given[f.Name()] && hasPrefixFold(f.Name(), code[start:end]) {
			items = append(items, CompletionItem{Text: f.Name() + ": ", Kind: "field", Signature: l.signature(f)})
		}
	}
	return items
}

// literal finds the composite literal whose brace stands at an offset of the cell.
func (l *lookup) literal(brace int) (found *ast.CompositeLit) {
	if l.file == nil {
		return nil
	}
	want := l.src.position(brace)
	ast.Inspect(l.file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.CompositeLit); ok {
			p := l.fset.Position(lit.Lbrace)
			if p.Line == want.Line && p.Column == want.Column && p.Filename == unitFile(l.n) && l.info.TypeOf(lit) != nil {
				found = lit
			}
		}
		return true
	})
	return found
}

// keyTyped matches the end of a line in which the key of a map is being written.
var keyTyped = regexp.MustCompile(`\[("(?:[^"\\]|\\.)*|-?[0-9.]*)$`)

// fieldPath matches a variable and fields of it.
var fieldPath = regexp.MustCompile(`^[\pL_][\pL\pN_]*(\.[\pL_][\pL\pN_]*)*$`)

// completeKeys proposes the keys that a map of the session has now.
func (s *Session) completeKeys(code, line string, cursor int) (c Completion) {
	m := keyTyped.FindStringSubmatch(line)
	if m == nil {
		return c
	}
	bracket := cursor - len(m[0])
	start := operandStart(code, bracket)
	path := code[start:bracket]
	if !fieldPath.MatchString(path) {
		return c
	}
	l := s.lookAt(code[:bracket], bracket)
	if l == nil {
		return c
	}
	x := l.expr(start, bracket)
	if x == nil || l.info.TypeOf(x) == nil {
		return c
	}
	if _, ok := l.info.TypeOf(x).Underlying().(*types.Map); !ok {
		return c
	}
	name, fields, _ := strings.Cut(path, ".")
	e := s.scope.live[name]
	if e == nil || e.kind != token.VAR {
		return c
	}
	answer, err := s.query(host.Request{Op: "keys", Vars: []host.Variable{e.place()}, Text: fields})
	if err != nil {
		return c
	}
	c = Completion{Start: cursor - len(m[1]), End: cursor}
	for _, key := range answer.Keys {
		if strings.HasPrefix(key, m[1]) {
			c.Items = append(c.Items, CompletionItem{Text: key, Kind: "key", Signature: l.info.TypeOf(x).Underlying().(*types.Map).Elem().String()})
		}
	}
	if strings.HasPrefix(m[1], `"`) && strings.HasPrefix(code[cursor:], `"`) {
		c.End++ // the quote that the front end has closed
	}
	return c
}

// fileParameters are the names that functions give to parameters which name files.
var fileParameters = []string{"path", "file", "filename", "fileName", "name", "dir", "root"}

// completeFile proposes files for a string in a call, where the function's
// parameter says that it is one.
func (s *Session) completeFile(code, line string, cursor int) (c Completion) {
	quote := strings.LastIndexByte(line, '"')
	typed := line[quote+1:]
	quote += cursor - len(line)
	paren, t := openBracket(code[:quote])
	if t != token.LPAREN {
		return c
	}
	l := s.lookAt(code[:quote], quote)
	if l == nil {
		return c
	}
	start := operandStart(code, paren)
	x := l.expr(start, paren)
	if x == nil || l.info.TypeOf(x) == nil {
		return c
	}
	sig, ok := l.info.TypeOf(x).Underlying().(*types.Signature)
	if !ok || sig.Params().Len() == 0 {
		return c
	}
	argument, depth := 0, 0
	eachToken(code[paren+1:quote], func(_ int, t token.Token, _ string) {
		if depth += nesting(t); t == token.COMMA && depth == 0 {
			argument++
		}
	})
	p := sig.Params().At(min(argument, sig.Params().Len()-1))
	o := l.object(x)
	if !slices.Contains(fileParameters, p.Name()) && !(o != nil && o.Name() == "File") {
		return c
	}
	return Completion{Start: cursor - len(typed), End: cursor, Items: fileNames(s, typed)}
}
