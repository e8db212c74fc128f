package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
)

// A lookup is a cell as far as it is written, type-checked as well as it can be:
// the ground of completion and help.
type lookup struct {
	*unit
	s *Session
}

// lookAt checks code up to an offset. It closes what is open there; nil means
// that nothing could be made of it.
func (s *Session) lookAt(code string, end int) *lookup {
	head := code[:end]
	closers := closing(head)
	for _, text := range []string{code, head + closers, head + closers + "()", head + "{}" + closers, head + " _ = 0" + closers, head + ";" + closers, head + "_" + closers} {
		src, err := parseSource(text)
		if err != nil {
			continue
		}
		u := newUnit(0, src, s.scope)
		u.onlyReceivers()
		for i, im := range src.imports {
			if a, ok := s.packages[im.path]; ok && im.name == "" {
				src.imports[i].name = a.Name
			}
		}
		u.resolve(s.known(""))
		u.write()
		u.check(s.imp, s.back.goVersion(), true)
		return &lookup{u, s}
	}
	return nil
}

// onlyReceivers declares again only the types that get methods in this cell,
// which the type checker needs to see; all else stays what it is.
func (u *unit) onlyReceivers() {
	receivers := map[string]bool{}
	for _, d := range u.src.decls {
		receivers[d.recv] = true
	}
	keep := func(e *entity) bool { return e.kind == token.TYPE && receivers[e.name] }
	for _, e := range slices.Concat(u.again, u.retyped) {
		if !keep(e) {
			delete(u.defined, e.name)
		}
	}
	u.again = slices.DeleteFunc(u.again, func(e *entity) bool { return !keep(e) })
	u.retyped = nil
}

// closing is what closes the brackets that are open at the end of a text.
func closing(text string) string {
	var open []byte
	eachToken(text, func(_ int, t token.Token, _ string) {
		switch t {
		case token.LPAREN:
			open = append(open, ')')
		case token.LBRACK:
			open = append(open, ']')
		case token.LBRACE:
			open = append(open, '}')
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	})
	var b strings.Builder
	for i := len(open) - 1; i >= 0; i-- {
		b.WriteByte(open[i])
	}
	return b.String()
}

// expr finds the expression that stands at code[start:end] of the cell.
func (l *lookup) expr(start, end int) ast.Expr {
	if l.file == nil || end > len(l.src.text) {
		return nil
	}
	want := l.src.text[start:end]
	p := l.src.position(start)
	var found ast.Expr
	ast.Inspect(l.file, func(n ast.Node) bool {
		x, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		a, b := l.offset(x.Pos()), l.offset(x.End())
		if b <= len(l.text) && l.text[a:b] == want {
			if q := l.fset.Position(x.Pos()); q.Line == p.Line && q.Column == p.Column && q.Filename == unitFile(l.n) {
				if found == nil || l.info.Types[x].IsValue() {
					found = x
				}
			}
		}
		return true
	})
	return found
}

// object is what an expression names.
func (l *lookup) object(x ast.Expr) types.Object {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		if o := l.info.Uses[x]; o != nil {
			return o
		}
		return l.info.Defs[x]
	case *ast.SelectorExpr:
		if sel := l.info.Selections[x]; sel != nil {
			return sel.Obj()
		}
		return l.info.Uses[x.Sel]
	}
	return nil
}

// signature writes an object as a line of Go.
func (l *lookup) signature(o types.Object) string {
	q := func(p *types.Package) string {
		if p.Path() == cellPath {
			return ""
		}
		return p.Name()
	}
	s := types.ObjectString(o, q)
	if c, ok := o.(*types.Const); ok && !strings.Contains(s, " = ") {
		s += " = " + c.Val().String()
	}
	return strings.ReplaceAll(s, aliasSuffix, "")
}

// doc is the documentation of an object. owner is the type that a field or
// method was selected from.
func (l *lookup) doc(o types.Object, owner types.Type) string {
	if e, m := l.declared(o); e != nil {
		if m != nil {
			return leadingComment(m.text)
		}
		return leadingComment(e.text)
	}
	page, key := l.page(o, owner)
	if d, ok := page.docs[key]; ok {
		return d
	}
	return page.docs[o.Name()]
}

// source is the source of an object, where there is one.
func (l *lookup) source(o types.Object, owner types.Type) string {
	if e, m := l.declared(o); e != nil {
		if m != nil {
			return m.text
		}
		return e.text
	}
	page, key := l.page(o, owner)
	return page.source(key)
}

// declared is the entity of the session that an object is, or whose method.
func (l *lookup) declared(o types.Object) (*entity, *method) {
	if e := l.entityOf(o); e != nil {
		return e, nil
	}
	if f, ok := o.(*types.Func); ok && f.Signature().Recv() != nil {
		if n := named(f.Signature().Recv().Type()); n != nil {
			if e := l.entityOf(n.Obj()); e != nil {
				m := e.methods[f.Name()]
				return e, &m
			}
		}
	}
	return nil, nil
}

// page is the documentation of the package that an object is of, and the key that
// the object has there.
func (l *lookup) page(o types.Object, owner types.Type) (docPage, string) {
	if pn, ok := o.(*types.PkgName); ok {
		a := l.s.packages[pn.Imported().Path()]
		return l.s.docs.of(a.ImportPath, a.Dir), ""
	}
	if o.Pkg() == nil {
		dir := filepath.Join(filepath.Dir(l.s.packages["fmt"].Dir), "builtin")
		return l.s.docs.of("builtin", dir), o.Name()
	}
	a, ok := l.s.packages[o.Pkg().Path()]
	if !ok { // of the cells: there is no more than their text
		return docPage{}, ""
	}
	if f, ok := o.(*types.Func); ok && f.Signature().Recv() != nil {
		owner = f.Signature().Recv().Type()
	}
	key := o.Name()
	if v, ok := o.(*types.Var); (!ok || v.IsField()) && owner != nil {
		if n := named(owner); n != nil {
			key = n.Obj().Name() + "." + key
		}
	}
	return l.s.docs.of(a.ImportPath, a.Dir), key
}

func named(t types.Type) *types.Named {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, _ := types.Unalias(t).(*types.Named)
	return n
}

func leadingComment(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		c, ok := strings.CutPrefix(strings.TrimSpace(line), "//")
		if !ok {
			break
		}
		lines = append(lines, strings.TrimPrefix(c, " "))
	}
	return strings.Join(lines, "\n")
}

func kindOf(o types.Object) string {
	switch o := o.(type) {
	case *types.Func:
		if o.Signature().Recv() != nil {
			return "method"
		}
		return "function"
	case *types.Var:
		if o.IsField() {
			return "field"
		}
		return "variable"
	case *types.Const:
		return "constant"
	case *types.TypeName:
		return "type"
	case *types.PkgName:
		return "package"
	case *types.Builtin:
		return "function"
	}
	return "variable"
}
