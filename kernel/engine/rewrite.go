package engine

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"glassy/kernel/engine/cell"
)

// edit replaces text[start:end].
type edit struct {
	start, end int
	text       string
}

// rewriter collects the edits that make compilable code of a checked unit.
type rewriter struct {
	*unit
	edits []edit
	first []edit // come before other insertions at the same place
	late  []edit // come after other insertions at the same place
	stack []ast.Node
	gone  map[*ast.Ident]bool   // package names of selectors that were replaced
	pkgs  map[string]string     // import name → path, of what is left
	dots  map[string]bool       // paths whose names are used without one
	local map[*ast.Ident]string // session variables that a loop has a copy of
}

func (r *rewriter) replace(n ast.Node, text string) {
	r.edits = append(r.edits, edit{r.offset(n.Pos()), r.offset(n.End()), text})
}

func (r *rewriter) insert(p token.Pos, text string) {
	r.edits = append(r.edits, edit{r.offset(p), r.offset(p), text})
}

// compiled returns the Go file to compile.
func (u *unit) compiled() (string, error) {
	r := &rewriter{unit: u, gone: map[*ast.Ident]bool{}, pkgs: map[string]string{}, dots: map[string]bool{}, local: map[*ast.Ident]string{}}
	if !u.debug {
		r.shadowLoops()
	}
	r.release()
	for _, d := range u.file.Decls {
		off := u.offset(d.Pos())
		if g, ok := d.(*ast.GenDecl); ok && (g.Tok == token.IMPORT || off >= u.vars && off < u.run) {
			continue
		}
		ast.Walk(r, d)
	}
	r.discardUnused()
	r.showLast()
	if u.debug {
		r.debugCalls()
	}
	r.edits = slices.Concat(r.first, r.edits, r.late)
	decls := u.text[:u.vars]
	declStart := 0
	for _, d := range u.file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			declStart = max(declStart, u.offset(d.End()))
		}
	}
	vars, err := u.varDecls()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	body := r.apply(span{declStart, len(decls)}) + "\n" + vars + r.apply(span{u.run, u.runEnd}) + u.registration()
	b.WriteString("package main\nimport " + cellImport + " \"" + cellPkg + "\"\n")
	for _, name := range slices.Sorted(maps.Keys(r.pkgs)) {
		fmt.Fprintf(&b, "import %s %q\n", name, r.pkgs[name])
	}
	for _, path := range slices.Sorted(maps.Keys(r.dots)) {
		fmt.Fprintf(&b, "import . %q\n", path)
	}
	for _, path := range u.blanks {
		fmt.Fprintf(&b, "import _ %q\n", path)
	}
	for _, name := range slices.Sorted(maps.Keys(u.needs)) {
		fmt.Fprintf(&b, "import %s %q\n", name, u.needs[name])
	}
	b.WriteString(body)
	return b.String(), nil
}

// apply returns a section of the text with its edits done.
func (r *rewriter) apply(sp span) string {
	sort.SliceStable(r.edits, func(i, j int) bool {
		a, b := r.edits[i], r.edits[j]
		if a.start != b.start {
			return a.start < b.start
		}
		return a.end == a.start && b.end != b.start // insertions first
	})
	var b strings.Builder
	at := sp.start
	for _, e := range r.edits {
		if e.start < at || e.end > sp.end {
			continue
		}
		b.WriteString(r.text[at:e.start] + e.text)
		at = e.end
	}
	b.WriteString(r.text[at:sp.end])
	return b.String()
}

// varDecls declares the unit's variables and function slots.
func (u *unit) varDecls() (string, error) {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(u.newDefs)) {
		e := u.newDefs[name]
		switch {
		case e.kind == token.VAR && e.unit == u.n && !e.boxed:
			t, err := u.typeString(e.obj.Type())
			if err != nil {
				return "", fmt.Errorf("variable %s: %w", name, err)
			}
			fmt.Fprintf(&b, "var %s %s\n", exported(name), t)
		case e.kind == token.VAR && e.unit == u.n:
			t, err := u.typeString(e.obj.Type())
			if err != nil {
				return "", fmt.Errorf("variable %s: %w", name, err)
			}
			old := u.reference(u.session.live[name])
			fmt.Fprintf(&b, "var %s = (*%s)(%s.Pointer(&%s))\n", exported(name), t, u.importName("unsafe"), old)
		case e.kind == token.FUNC && e.slot == u.n:
			fmt.Fprintf(&b, "var %s = %s\n", u.slotName(e), exported(name))
		}
	}
	return b.String(), nil
}

// registration tells the session process of the unit. define points the slots
// of functions at this unit's; variables are pointers to this unit's variables.
func (u *unit) registration() string {
	var b strings.Builder
	// A type of this package: its path is written into the object file.
	fmt.Fprintf(&b, "type %[1]s struct{}\nvar %[1]svar interface{} = %[1]s{}\n", cell.Mark+"package۰")
	fmt.Fprintf(&b, "func init() { %s.Register(%d, func() {\n", cellImport, u.n)
	for _, name := range slices.Sorted(maps.Keys(u.newDefs)) {
		if e := u.newDefs[name]; e.kind == token.FUNC && e.slot != 0 {
			fmt.Fprintf(&b, "%s = %s\n", u.slotName(e), exported(name))
		}
	}
	fmt.Fprintf(&b, "}, %s, func() %[2]s.Variables { return %[2]s.Variables{", cell.RunFunc, cellImport)
	for _, name := range slices.Sorted(maps.Keys(u.newDefs)) {
		switch e := u.newDefs[name]; {
		case e.kind != token.VAR || e.unit != u.n:
		case e.boxed:
			fmt.Fprintf(&b, "%q: %s, ", name, exported(name))
		default:
			fmt.Fprintf(&b, "%q: &%s, ", name, exported(name))
		}
	}
	b.WriteString("}}) }\nfunc main() {}\n")
	return b.String()
}

// showLast returns the value of the last expression.
func (r *rewriter) showLast() {
	e := r.lastExpr()
	if e == nil {
		return
	}
	tv := r.info.Types[e]
	if tv.IsVoid() || !tv.IsValue() && !isTuple(tv.Type) || r.isPrint(e) {
		return
	}
	if r.src.quiet {
		if !isTuple(tv.Type) {
			r.edits = append([]edit{{r.offset(e.Pos()), r.offset(e.Pos()), "_ = "}}, r.edits...)
		}
		return
	}
	if c := tv.Value; c != nil && isUntyped(tv.Type) && tooBig(c) {
		// The constant stays, for what it names is used then.
		r.shows = true
		r.edits = append([]edit{{r.offset(e.Pos()), r.offset(e.Pos()), "const _ = "}}, r.edits...)
		r.insert(e.End(), "; return "+cellImport+".Show("+strconv.Quote(c.String())+")")
		return
	}
	r.shows = true
	// An edit at the same place by the walk comes after this insertion.
	r.edits = append([]edit{{r.offset(e.Pos()), r.offset(e.Pos()), cellImport + ".Check(); return " + cellImport + ".Show("}}, r.edits...)
	r.insert(e.End(), ")")
}

// tooBig reports whether a constant is a number that no variable holds.
func tooBig(c constant.Value) bool {
	switch c.Kind() {
	case constant.Int:
		_, exact := constant.Int64Val(c)
		return !exact
	case constant.Float:
		f, _ := constant.Float64Val(c)
		return math.IsInf(f, 0)
	}
	return false
}

func isUntyped(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && (b.Info()&types.IsUntyped != 0 || b.Kind() == types.Int || b.Kind() == types.Float64)
}

func isTuple(t types.Type) bool {
	_, ok := t.(*types.Tuple)
	return ok
}

// isPrint reports a call that prints: nobody asks for its byte count.
func (r *rewriter) isPrint(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	f, ok := r.callee(call).(*types.Func)
	return ok && f.Pkg() != nil && f.Pkg().Path() == "fmt" && (strings.HasPrefix(f.Name(), "Print") || strings.HasPrefix(f.Name(), "Fprint"))
}

func (r *rewriter) callee(call *ast.CallExpr) types.Object {
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return r.info.Uses[f]
	case *ast.SelectorExpr:
		return r.info.Uses[f.Sel]
	}
	return nil
}

// discardUnused uses the local variables that nobody uses.
func (r *rewriter) discardUnused() {
	want := map[token.Pos]bool{}
	for _, p := range r.unused {
		want[p] = true
	}
	if len(want) == 0 {
		return
	}
	names := func(n ast.Node) (found []string) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.Ident:
				if want[n.Pos()] {
					found = append(found, n.Name)
					delete(want, n.Pos())
				}
			}
			return true
		})
		return found
	}
	use := func(names []string) string {
		if len(names) == 0 {
			return ""
		}
		return strings.Repeat("_, ", len(names)-1) + "_ = " + strings.Join(names, ", ")
	}
	after := func(list []ast.Stmt) {
		for _, s := range list {
			switch s := s.(type) {
			case *ast.AssignStmt:
				var ids []string
				for _, l := range s.Lhs {
					ids = append(ids, names(l)...)
				}
				if t := use(ids); t != "" {
					r.insert(s.End(), "; "+t)
				}
			case *ast.DeclStmt:
				var ids []string
				for _, sp := range s.Decl.(*ast.GenDecl).Specs {
					if vs, ok := sp.(*ast.ValueSpec); ok {
						for _, id := range vs.Names {
							ids = append(ids, names(id)...)
						}
					}
				}
				if t := use(ids); t != "" {
					r.insert(s.End(), "; "+t)
				}
			}
		}
	}
	inBody := func(b *ast.BlockStmt, heads ...ast.Node) {
		var ids []string
		for _, h := range heads {
			if a, ok := h.(*ast.AssignStmt); ok {
				for _, l := range a.Lhs {
					ids = append(ids, names(l)...)
				}
			} else if x, ok := h.(ast.Expr); ok && x != nil {
				ids = append(ids, names(x)...)
			}
		}
		if t := use(ids); t != "" {
			r.insert(b.Lbrace+1, t+"; ")
		}
	}
	ast.Inspect(r.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			after(n.List)
		case *ast.CaseClause:
			after(n.Body)
		case *ast.CommClause:
			if a, ok := n.Comm.(*ast.AssignStmt); ok {
				var ids []string
				for _, l := range a.Lhs {
					ids = append(ids, names(l)...)
				}
				if t := use(ids); t != "" {
					r.insert(n.Colon+1, t+"; ")
				}
			}
			after(n.Body)
		case *ast.IfStmt:
			inBody(n.Body, n.Init)
		case *ast.ForStmt:
			inBody(n.Body, n.Init)
		case *ast.RangeStmt:
			if n.Tok == token.DEFINE {
				inBody(n.Body, n.Key, n.Value)
			}
		case *ast.SwitchStmt:
			r.discardInHead(n.Init, names)
		case *ast.TypeSwitchStmt:
			r.discardInHead(n.Init, names)
			if a, ok := n.Assign.(*ast.AssignStmt); ok && len(names(a.Lhs[0])) > 0 {
				r.edits = append(r.edits, edit{r.offset(a.Lhs[0].Pos()), r.offset(a.Rhs[0].Pos()), ""})
			}
		}
		return true
	})
}

// discardInHead uses an unused variable of a switch header: x := f() becomes
// x := f(), which an added assignment in the same statement cannot follow, so
// the name is taken away.
func (r *rewriter) discardInHead(init ast.Stmt, names func(ast.Node) []string) {
	a, ok := init.(*ast.AssignStmt)
	if !ok || a.Tok != token.DEFINE {
		return
	}
	left := 0
	for _, l := range a.Lhs {
		if id, ok := l.(*ast.Ident); ok && id.Name != "_" {
			if len(names(l)) > 0 {
				r.replace(l, "_")
			} else {
				left++
			}
		}
	}
	if left == 0 {
		r.edits = append(r.edits, edit{r.offset(a.TokPos), r.offset(a.TokPos) + 2, "="})
	}
}
