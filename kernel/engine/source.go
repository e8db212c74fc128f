package engine

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// span is a range of bytes of a cell.
type span struct{ start, end int }

// declaration is a top-level func, type or const of a cell.
type declaration struct {
	span              // a type's own specification, else the whole
	whole span        // with the keyword, and the group it stands in
	kind  token.Token // FUNC, TYPE, CONST
	names []string    // what it declares; for a method, the method's name
	recv  string      // the receiver's type name, of a method
	free  map[string]bool
}

func (d *declaration) isMethod() bool { return d.recv != "" }

// variables is one top-level := or var specification.
type variables struct {
	span
	names  []string
	at     []int  // where the names stand
	typ    *span  // declared type, nil when inferred
	values *span  // nil for zero values
	mask   []span // what is not part of the assignment "names = values"
	define int    // offset of ":=", or -1
}

// importSpec is one import of a cell.
type importSpec struct {
	name, path string // name is empty when the import gives none
	at         int
}

// source is a cell taken apart. Offsets are bytes into text, which is the cell
// with its package clause blanked out, so that they are offsets into the cell.
type source struct {
	text    string
	lines   []int // offsets of line starts
	imports []importSpec
	hidden  []span // imports and the package clause
	decls   []declaration
	vars    []variables
	free    map[string][]int // free identifiers of the statements, with their places
	last    *span            // the last statement, when it is an expression
	quiet   bool             // it is not to be shown
	empty   bool             // nothing to run
}

const bodyPrefix = "package p; func _() {"
const declPrefix = "package p; "

// parseSource splits a cell into imports, declarations and statements. Its
// errors are of type scanner.ErrorList with positions in the cell.
func parseSource(text string) (*source, error) {
	s := &source{text: text, lines: lineStarts(text), free: map[string][]int{}}
	var outer []span
	var err error
	s.hidden, outer, err = outerDeclarations(text)
	if err != nil {
		return nil, err
	}
	for _, h := range s.hidden {
		if err := s.parseImports(h); err != nil {
			return nil, err
		}
	}
	for _, o := range outer {
		if err := s.parseFunc(o); err != nil {
			return nil, err
		}
	}
	return s, s.parseBody(outer)
}

func lineStarts(text string) []int {
	ls := []int{0}
	for i := range len(text) {
		if text[i] == '\n' {
			ls = append(ls, i+1)
		}
	}
	return ls
}

// position returns the line and column of an offset, from 1.
func (s *source) position(off int) token.Position {
	off = max(0, min(off, len(s.text)))
	l := sort.SearchInts(s.lines, off+1)
	return token.Position{Line: l, Column: off - s.lines[l-1] + 1}
}

// outerDeclarations finds what cannot stand inside a function: the package
// clause and imports, and functions with a name.
func outerDeclarations(text string) (hidden, funcs []span, err error) {
	type tok struct {
		tok token.Token
		off int
		lit string
	}
	var toks []tok
	eachToken(text, func(off int, t token.Token, lit string) { toks = append(toks, tok{t, off, lit}) })
	toks = append(toks, tok{token.EOF, len(text), ""})
	depth := 0
	begin := true // a statement may begin here
	comment := -1 // start of the comments right before it
	next := func(i int) int {
		for i++; toks[i].tok == token.COMMENT; i++ {
		}
		return i
	}
	for i := 0; toks[i].tok != token.EOF; i++ {
		t := toks[i]
		if t.tok == token.COMMENT {
			if begin && depth == 0 && comment < 0 {
				comment = t.off
			}
			continue
		}
		if begin && depth == 0 {
			isFunc := t.tok == token.FUNC && declaresFunc(func(k int) token.Token {
				j := i
				for ; k > 0; k-- {
					j = next(j)
					if toks[j].tok == token.EOF {
						return token.EOF
					}
				}
				return toks[j].tok
			})
			if isFunc || t.tok == token.IMPORT || t.tok == token.PACKAGE {
				start := t.off
				if comment >= 0 && isFunc {
					start = comment
				}
				d := 0
				j := i
				for ; toks[j].tok != token.EOF; j++ {
					switch toks[j].tok {
					case token.LPAREN, token.LBRACE, token.LBRACK:
						d++
					case token.RPAREN, token.RBRACE, token.RBRACK:
						d--
					}
					if toks[j].tok == token.SEMICOLON && d <= 0 {
						break
					}
				}
				sp := span{start, toks[j].off}
				if isFunc {
					funcs = append(funcs, sp)
				} else {
					hidden = append(hidden, sp)
				}
				if toks[j].tok == token.EOF {
					break
				}
				i, begin, comment = j, true, -1
				continue
			}
		}
		comment = -1
		switch t.tok {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			depth++
		case token.RPAREN, token.RBRACE, token.RBRACK:
			depth--
		}
		begin = t.tok == token.SEMICOLON
	}
	return hidden, funcs, nil
}

// declaresFunc tells func f( and func (r T) f( from a function literal. ahead
// gives the k-th token after func.
func declaresFunc(ahead func(k int) token.Token) bool {
	if ahead(1) == token.IDENT {
		return true
	}
	if ahead(1) != token.LPAREN {
		return false
	}
	d := 0
	for k := 1; ; k++ {
		switch ahead(k) {
		case token.EOF:
			return false
		case token.LPAREN:
			d++
		case token.RPAREN:
			if d--; d == 0 {
				after := ahead(k + 2)
				return ahead(k+1) == token.IDENT && (after == token.LPAREN || after == token.LBRACK)
			}
		}
	}
}

// masked returns the text with everything outside (or inside) the spans
// replaced by blanks; lines stay.
func masked(text string, spans []span, keepInside bool) string {
	b := []byte(text)
	in := make([]bool, len(b))
	for _, s := range spans {
		for i := s.start; i < s.end && i < len(b); i++ {
			in[i] = true
		}
	}
	for i := range b {
		if in[i] != keepInside && b[i] != '\n' {
			b[i] = ' '
		}
	}
	return string(b)
}

// shifted moves the positions of syntax errors by a prefix on the first line.
func (s *source) shifted(err error, prefix int) error {
	list, ok := err.(scanner.ErrorList)
	if !ok {
		return err
	}
	var out scanner.ErrorList
	for i, e := range list {
		p := s.position(e.Pos.Offset - prefix)
		msg := e.Msg
		if e.Pos.Offset-prefix >= len(s.text) {
			if i > 0 {
				break // it follows from the one before
			}
			p = s.position(len(strings.TrimRight(s.text, " \t\n")))
			if i := strings.Index(msg, ", found "); i > 0 {
				msg = msg[:i] + ", found the end of the cell"
			}
		}
		out = append(out, &scanner.Error{Pos: p, Msg: msg})
	}
	return out
}

func (s *source) parseImports(h span) error {
	text := masked(s.text, []span{h}, true)
	if strings.HasPrefix(s.text[h.start:], "package") {
		return nil
	}
	f, err := parser.ParseFile(token.NewFileSet(), "", declPrefix+text, parser.ImportsOnly)
	if err != nil {
		return s.shifted(err, len(declPrefix))
	}
	for _, im := range f.Imports {
		path, err := strconv.Unquote(im.Path.Value)
		if err != nil {
			return fmt.Errorf("import %s: %w", im.Path.Value, err)
		}
		sp := importSpec{path: path, at: int(im.Path.Pos()) - 1 - len(declPrefix)}
		if im.Name != nil {
			sp.name = im.Name.Name
		}
		s.imports = append(s.imports, sp)
	}
	return nil
}

func (s *source) parseFunc(o span) error {
	text := masked(s.text, []span{o}, true)
	f, err := parser.ParseFile(token.NewFileSet(), "", declPrefix+text, parser.ParseComments)
	if err != nil {
		return s.shifted(err, len(declPrefix))
	}
	for _, d := range f.Decls {
		fd, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		decl := declaration{span: o, whole: o, kind: token.FUNC, names: []string{fd.Name.Name}, free: unresolved(f)}
		if fd.Recv != nil && len(fd.Recv.List) == 1 {
			decl.recv = receiverType(fd.Recv.List[0].Type)
		}
		s.decls = append(s.decls, decl)
	}
	return nil
}

func unresolved(f *ast.File) map[string]bool {
	free := map[string]bool{}
	for _, id := range f.Unresolved {
		free[id.Name] = true
	}
	return free
}

func receiverType(t ast.Expr) string {
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

func (s *source) parseBody(funcs []span) error {
	text := masked(s.text, append(append([]span{}, s.hidden...), funcs...), false)
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", bodyPrefix+text+"\n}", parser.ParseComments)
	if err != nil {
		if off := unopened(text); off >= 0 {
			return scanner.ErrorList{{Pos: s.position(off), Msg: "unexpected '" + text[off:off+1] + "'"}}
		}
		return s.shifted(err, len(bodyPrefix))
	}
	if len(f.Decls) > 1 { // a brace too many closes our function
		off := int(f.Decls[1].Pos()) - 1 - len(bodyPrefix)
		return scanner.ErrorList{{Pos: s.position(off), Msg: "unexpected '}'"}}
	}
	at := func(p token.Pos) int { return int(p) - 1 - len(bodyPrefix) }
	body := f.Decls[0].(*ast.FuncDecl).Body
	if at(body.Rbrace) < len(s.text) {
		return scanner.ErrorList{{Pos: s.position(at(body.Rbrace)), Msg: "unexpected '}'"}}
	}
	for _, id := range f.Unresolved {
		s.free[id.Name] = append(s.free[id.Name], at(id.Pos()))
	}
	dropKeys(body, s.free, at)
	for _, st := range body.List {
		switch st := st.(type) {
		case *ast.AssignStmt:
			if st.Tok == token.DEFINE {
				if err := s.addDefine(st, at); err != nil {
					return err
				}
			}
		case *ast.DeclStmt:
			s.addDecl(st.Decl.(*ast.GenDecl), at, unresolvedWithin(f, st))
		}
	}
	s.empty = len(body.List) == 0
	if n := len(body.List); n > 0 {
		if ex, ok := body.List[n-1].(*ast.ExprStmt); ok {
			end := at(ex.End())
			rest := strings.TrimLeft(masked(s.text, append(commentSpans(f, at), funcs...), false)[end:], " \t\n")
			s.last = &span{at(ex.Pos()), end}
			s.quiet = strings.HasPrefix(rest, ";")
		}
	}
	return nil
}

// unopened is where a bracket is closed that was not opened, or -1.
func unopened(text string) int {
	depth, found := 0, -1
	eachToken(text, func(off int, t token.Token, _ string) {
		switch t {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if depth--; depth < 0 && found < 0 {
				found = off
			}
		}
	})
	return found
}

func commentSpans(f *ast.File, at func(token.Pos) int) []span {
	var cs []span
	for _, g := range f.Comments {
		cs = append(cs, span{at(g.Pos()), at(g.End())})
	}
	return cs
}

func unresolvedWithin(f *ast.File, n ast.Node) map[string]bool {
	free := map[string]bool{}
	for _, id := range f.Unresolved {
		if n.Pos() <= id.Pos() && id.End() <= n.End() {
			free[id.Name] = true
		}
	}
	return free
}

// dropKeys forgets the keys of struct literals, which the parser cannot tell
// from variables.
func dropKeys(n ast.Node, free map[string][]int, at func(token.Pos) int) {
	ast.Inspect(n, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		switch lit.Type.(type) {
		case *ast.MapType, *ast.ArrayType:
			return true
		}
		for _, e := range lit.Elts {
			kv, ok := e.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			if id, ok := kv.Key.(*ast.Ident); ok {
				places := free[id.Name]
				for i, p := range places {
					if p == at(id.Pos()) {
						free[id.Name] = append(places[:i:i], places[i+1:]...)
						break
					}
				}
			}
		}
		return true
	})
}

func (s *source) addDefine(st *ast.AssignStmt, at func(token.Pos) int) error {
	v := variables{span: span{at(st.Pos()), at(st.End())}, define: at(st.TokPos)}
	for _, l := range st.Lhs {
		id, ok := l.(*ast.Ident)
		if !ok {
			return scanner.ErrorList{{Pos: s.position(at(l.Pos())), Msg: "non-name on left side of :="}}
		}
		if id.Name != "_" && slices.Contains(v.names, id.Name) {
			return scanner.ErrorList{{Pos: s.position(at(l.Pos())), Msg: id.Name + " repeated on left side of :="}}
		}
		v.names = append(v.names, id.Name)
		v.at = append(v.at, at(id.Pos()))
	}
	v.values = &span{at(st.Rhs[0].Pos()), at(st.Rhs[len(st.Rhs)-1].End())}
	s.vars = append(s.vars, v)
	return nil
}

func (s *source) addDecl(d *ast.GenDecl, at func(token.Pos) int, free map[string]bool) {
	whole := span{at(d.Pos()), at(d.End())}
	switch d.Tok {
	case token.TYPE:
		for _, sp := range d.Specs {
			ts := sp.(*ast.TypeSpec)
			decl := declaration{span: span{at(ts.Pos()), at(ts.End())}, whole: whole, kind: token.TYPE, names: []string{ts.Name.Name}, free: free}
			s.decls = append(s.decls, decl)
		}
		s.hideStatement(whole)
	case token.CONST:
		decl := declaration{span: whole, whole: whole, kind: token.CONST, free: free}
		for _, sp := range d.Specs {
			for _, id := range sp.(*ast.ValueSpec).Names {
				decl.names = append(decl.names, id.Name)
			}
		}
		s.decls = append(s.decls, decl)
		s.hideStatement(whole)
	case token.VAR:
		prev := whole.start
		for i, sp := range d.Specs {
			vs := sp.(*ast.ValueSpec)
			v := variables{span: span{at(vs.Pos()), at(vs.End())}, define: -1}
			for _, id := range vs.Names {
				v.names = append(v.names, id.Name)
				v.at = append(v.at, at(id.Pos()))
			}
			v.mask = append(v.mask, span{prev, v.start})
			if vs.Type != nil {
				v.typ = &span{at(vs.Type.Pos()), at(vs.Type.End())}
			}
			if len(vs.Values) > 0 {
				v.values = &span{at(vs.Values[0].Pos()), at(vs.Values[len(vs.Values)-1].End())}
			} else {
				v.mask = append(v.mask, v.span)
			}
			prev = v.end
			if i == len(d.Specs)-1 {
				v.mask = append(v.mask, span{prev, whole.end})
			}
			s.vars = append(s.vars, v)
		}
	}
}

// hideStatement marks a type or const declaration as no part of the statements.
func (s *source) hideStatement(sp span) { s.hidden = append(s.hidden, sp) }
