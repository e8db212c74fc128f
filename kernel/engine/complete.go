package engine

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// wordStart is where the identifier that ends at cursor begins.
func wordStart(code string, cursor int) int {
	for cursor > 0 {
		r, n := utf8.DecodeLastRuneInString(code[:cursor])
		if !isWord(r) {
			break
		}
		cursor -= n
	}
	return cursor
}

// operandStart is where the operand that ends at end begins: names, selectors,
// calls and indices.
func operandStart(code string, end int) int {
	i, depth := end, 0
	for i > 0 {
		r, n := utf8.DecodeLastRuneInString(code[:i])
		switch {
		case r == ')' || r == ']' || r == '}':
			if depth == 0 && r == '}' {
				return i
			}
			depth++
		case r == '(' || r == '[' || r == '{':
			if depth == 0 {
				return i
			}
			depth--
		case depth > 0, r == '.', isWord(r):
		default:
			return i
		}
		i -= n
	}
	return i
}

// Complete proposes how to go on at a byte offset.
func (s *Session) Complete(code string, cursor int) Completion {
	cursor = max(0, min(cursor, len(code)))
	s.front.Lock()
	defer s.front.Unlock()
	line := code[strings.LastIndexByte(code[:cursor], '\n')+1 : cursor]
	if rest, ok := strings.CutPrefix(strings.TrimLeft(line, " \t"), "%"); ok {
		if c := s.completeMagic(strings.TrimPrefix(rest, "%"), cursor); len(c.Items) > 0 {
			return c
		}
	}
	code = s.onlyGo(code)
	if path, ok := importPrefix(code[:cursor], line); ok {
		return s.completeImport(path, cursor)
	}
	if c := s.completeKeys(code, line, cursor); len(c.Items) > 0 {
		return c
	}
	if strings.Count(line, `"`)%2 == 1 {
		return s.completeFile(code, line, cursor)
	}
	start := wordStart(code, cursor)
	c := Completion{Start: start, End: cursor}
	add := func(o types.Object, l *lookup) {
		if !hasPrefixFold(o.Name(), code[start:cursor]) || strings.Contains(o.Name(), aliasSuffix) || o.Name() == "_" {
			return
		}
		c.Items = append(c.Items, CompletionItem{Text: o.Name(), Kind: kindOf(o), Signature: l.signature(o)})
	}
	if start > 0 && code[start-1] == '.' {
		from := operandStart(code, start-1)
		if l := s.lookAt(code[:start-1], start-1); l != nil {
			if x := l.expr(from, start-1); x != nil {
				l.members(x, func(o types.Object) { add(o, l) })
			}
		}
	} else if c.Items = s.completeFields(code, start, cursor); len(c.Items) == 0 {
		s.completeName(code, start, add, &c)
	}
	slices.SortFunc(c.Items, func(a, b CompletionItem) int { return strings.Compare(a.Text, b.Text) })
	c.Items = slices.CompactFunc(c.Items, func(a, b CompletionItem) bool { return a.Text == b.Text })
	return c
}

// completeMagic completes a line that begins with %: the magic's name, or what
// can stand after it.
func (s *Session) completeMagic(line string, cursor int) Completion {
	name, arg, named := strings.Cut(line, " ")
	if !named {
		return Completion{Start: cursor - len(name), End: cursor, Items: magicNames(s, name)}
	}
	arg = strings.TrimLeft(arg, " ")
	c := Completion{Start: cursor - len(arg), End: cursor}
	if m, err := magicNamed(name); err == nil && m.arguments != nil {
		c.Items = m.arguments(s, arg)
	}
	return c
}

// importPrefix returns the part of an import path that a line ends with: after
// import, or in the brackets of an import.
func importPrefix(code, line string) (string, bool) {
	i := strings.LastIndexByte(line, '"')
	if i < 0 || strings.Count(line, `"`)%2 == 0 {
		return "", false
	}
	if strings.HasPrefix(strings.TrimSpace(line), "import") {
		return line[i+1:], true
	}
	var open []token.Token // import, or another token before a bracket
	last := token.EOF
	eachToken(code[:len(code)-len(line)+i], func(_ int, t token.Token, _ string) {
		switch t {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			open = append(open, last)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			open = open[:max(0, len(open)-1)]
		}
		last = t
	})
	return line[i+1:], len(open) > 0 && open[len(open)-1] == token.IMPORT
}

func (s *Session) completeImport(prefix string, cursor int) Completion {
	c := Completion{Start: cursor - len(prefix), End: cursor}
	for _, path := range slices.Sorted(maps.Keys(s.packages)) {
		if strings.HasPrefix(path, prefix) && !strings.Contains(path, "internal") && !strings.HasPrefix(path, "vendor/") {
			c.Items = append(c.Items, CompletionItem{Text: path, Kind: "package"})
		}
	}
	return c
}

// members calls f with what can follow x and a dot.
func (l *lookup) members(x ast.Expr, f func(types.Object)) {
	if id, ok := x.(*ast.Ident); ok {
		if pn, ok := l.info.Uses[id].(*types.PkgName); ok {
			sc := pn.Imported().Scope()
			for _, name := range sc.Names() {
				if o := sc.Lookup(name); o.Exported() {
					f(o)
				}
			}
			return
		}
	}
	tv, ok := l.info.Types[x]
	if !ok || tv.Type == nil {
		return
	}
	t := tv.Type
	mt := t
	if _, isPtr := t.Underlying().(*types.Pointer); !isPtr && !types.IsInterface(t) && tv.IsValue() {
		mt = types.NewPointer(t)
	}
	ms := types.NewMethodSet(mt)
	for sel := range ms.Methods() {
		if visible(sel.Obj()) {
			f(sel.Obj())
		}
	}
	if tv.IsValue() {
		fieldsOf(t, map[types.Type]bool{}, func(v *types.Var) {
			if visible(v) {
				f(v)
			}
		})
	}
}

// visible reports whether cells can name a field or method.
func visible(o types.Object) bool {
	return o.Exported() || o.Pkg() != nil && o.Pkg().Path() == cellPath
}

// fieldsOf calls f with the fields of a struct, promoted ones included.
func fieldsOf(t types.Type, seen map[types.Type]bool, f func(*types.Var)) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || seen[t] {
		return
	}
	seen[t] = true
	for v := range st.Fields() {
		f(v)
		if v.Embedded() {
			fieldsOf(v.Type(), seen, f)
		}
	}
}

func (s *Session) completeName(code string, start int, add func(types.Object, *lookup), c *Completion) {
	prefix := code[start:c.End]
	l := s.lookAt(code[:start], start)
	if l == nil {
		l = &lookup{newUnit(0, &source{}, s.scope), s}
	}
	if l.pkg != nil {
		for sc := l.innermost(start); sc != nil && sc != types.Universe; sc = sc.Parent() {
			for _, name := range sc.Names() {
				if o := sc.Lookup(name); !strings.Contains(name, aliasSuffix) {
					add(o, l)
				}
			}
		}
	}
	for _, e := range s.scope.live {
		add(e.obj, l)
	}
	for _, name := range types.Universe.Names() {
		add(types.Universe.Lookup(name), l)
	}
	packages := maps.Clone(s.byName)
	maps.Copy(packages, s.scope.imports)
	for name, path := range packages {
		if prefix != "" && hasPrefixFold(name, prefix) && s.scope.live[name] == nil {
			c.Items = append(c.Items, CompletionItem{Text: name, Kind: "package", Signature: "package " + path})
		}
	}
	for t := token.BREAK; t <= token.VAR; t++ {
		if prefix != "" && strings.HasPrefix(t.String(), prefix) {
			c.Items = append(c.Items, CompletionItem{Text: t.String(), Kind: "keyword"})
		}
	}
}

// innermost is the scope at an offset of the cell: a block's, or that of all
// cells.
func (l *lookup) innermost(off int) *types.Scope {
	want := l.src.position(off)
	best := l.pkg.Scope()
	for n, sc := range l.info.Scopes {
		if _, ok := n.(*ast.File); ok {
			continue
		}
		a, b := l.fset.Position(sc.Pos()), l.fset.Position(sc.End())
		if a.Filename != unitFile(l.n) || !before(a, want) || before(b, want) && b.Filename == unitFile(l.n) {
			continue
		}
		if best == l.pkg.Scope() || best.Pos() <= sc.Pos() && sc.End() <= best.End() {
			best = sc
		}
	}
	return best
}

func before(a, b token.Position) bool {
	return a.Line < b.Line || a.Line == b.Line && a.Column < b.Column
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// Completeness tells whether code is a whole cell, and how far to indent the
// next line when it is not.
func (s *Session) Completeness(code string) (Completeness, string) {
	if strings.HasPrefix(strings.TrimSpace(code), "!") {
		return Complete, ""
	}
	code = withoutMagics(code)
	depth := 0
	eachToken(code, func(_ int, t token.Token, _ string) { depth += nesting(t) })
	if depth > 0 || openLiteral(code) {
		return Incomplete, strings.Repeat("\t", max(depth, 0))
	}
	if depth < 0 {
		return Invalid, ""
	}
	_, err := parseSource(code)
	if err == nil {
		return Complete, ""
	}
	last := lastToken(code)
	switch last {
	case token.BREAK, token.CONTINUE, token.FALLTHROUGH, token.RETURN:
		return Invalid, ""
	}
	if last.IsKeyword() {
		return Incomplete, ""
	}
	if last.IsOperator() && last != token.SEMICOLON && last != token.RPAREN && last != token.RBRACE && last != token.RBRACK && last != token.INC && last != token.DEC {
		return Incomplete, "\t"
	}
	return Invalid, ""
}

// openLiteral reports whether a text ends in a raw string or a comment.
func openLiteral(code string) bool {
	open := false
	var sc scanner.Scanner
	fset := token.NewFileSet()
	sc.Init(fset.AddFile("", fset.Base(), len(code)), []byte(code), func(_ token.Position, msg string) {
		open = open || msg == "raw string literal not terminated" || msg == "comment not terminated"
	}, 0)
	for {
		if _, t, _ := sc.Scan(); t == token.EOF {
			return open
		}
	}
}

func lastToken(code string) token.Token {
	last := token.EOF
	eachToken(code, func(_ int, t token.Token, lit string) {
		if t != token.COMMENT && !(t == token.SEMICOLON && lit == "\n") {
			last = t
		}
	})
	return last
}
