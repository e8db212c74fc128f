package engine

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"glassy/kernel/engine/cell"
)

const (
	debugImport = "debug۰"
	debugPkg    = "glassy/kernel/engine/cell/debug"
	debugFrame  = "f۰"
)

// debugForm puts in what lets a debugger stop before each line and see the
// variables in sight there (package cell/debug). They are counted: in a block,
// those in sight before a statement are the first k of the function's.
type debugForm struct {
	*rewriter
	lines map[string]bool // that the function has a stop at
	name  string          // of the function
}

// debugCalls puts the insertions of the debug form before others.
func (r *rewriter) debugCalls() {
	d := &debugForm{rewriter: r}
	for _, decl := range r.file.Decls {
		if decl, ok := decl.(*ast.FuncDecl); ok && decl.Body != nil {
			vars := fieldNames(decl.Recv, decl.Type.Params, decl.Type.Results)
			if decl.Name.Name == cell.RunFunc {
				vars = nil
			}
			d.function(funcTitle(decl), decl.Body, vars)
		}
	}
	r.needs[debugImport] = debugPkg
}

func (d *debugForm) put(p token.Pos, text string) {
	d.first = append(d.first, edit{d.offset(p), d.offset(p), text})
}

// function instruments a body; vars are in sight from its beginning on.
func (d *debugForm) function(name string, body *ast.BlockStmt, vars []string) {
	at := d.at(body.Lbrace)
	if name == "" { // run۰: what stands before its first line is not the cell's
		at.unit = d.n
	}
	lines, outer := d.lines, d.name
	d.lines, d.name = map[string]bool{}, name
	d.put(body.Lbrace+1, fmt.Sprintf(" %s := %s.Enter(%d, %q); defer %s.Leave(); ", debugFrame, debugImport, at.unit, name, debugFrame))
	d.list(body.List, 0, vars)
	d.lines, d.name = lines, outer
}

// list instruments statements before which k variables are in sight, and fresh
// ones besides that are not told yet.
func (d *debugForm) list(list []ast.Stmt, k int, fresh []string) {
	for _, s := range list {
		if _, ok := s.(*ast.EmptyStmt); ok {
			continue
		}
		text := ""
		for _, name := range fresh {
			text += fmt.Sprintf("%s.Var(%d, %q, &%s); ", debugFrame, k, name, name)
			k++
		}
		if line, ok := d.stop(s); ok {
			text += fmt.Sprintf("%s.Step(%d, %d); ", debugFrame, line, k)
		}
		if text != "" {
			d.put(s.Pos(), text)
		}
		d.statement(s, k, nil)
		fresh = d.declared(s)
	}
}

// stop is the line of a statement, if it is the function's first one there.
func (d *debugForm) stop(s ast.Stmt) (line int, ok bool) {
	if g, is := s.(*ast.DeclStmt); is && g.Decl.(*ast.GenDecl).Tok != token.VAR {
		return 0, false
	}
	at := d.fset.Position(s.Pos())
	place := fmt.Sprint(at.Filename, ":", at.Line)
	if !strings.HasPrefix(at.Filename, cell.FilePrefix) || d.lines[place] {
		return 0, false
	}
	if at.Filename == unitFile(d.n) && at.Line > len(d.src.lines) { // the end that every cell is given
		return 0, false
	}
	d.lines[place] = true
	return at.Line, true
}

// statement instruments what stands within s. fresh are variables of the heads
// around it that its blocks have to tell.
func (d *debugForm) statement(s ast.Stmt, k int, fresh []string) {
	with := func(heads ...ast.Stmt) []string {
		all := fresh[:len(fresh):len(fresh)]
		for _, h := range heads {
			all = append(all, d.declared(h)...)
		}
		return all
	}
	switch s := s.(type) {
	case *ast.BlockStmt:
		d.list(s.List, k, fresh)
	case *ast.LabeledStmt:
		d.statement(s.Stmt, k, fresh)
	case *ast.IfStmt:
		d.literals(s.Init, s.Cond)
		d.list(s.Body.List, k, with(s.Init))
		if s.Else != nil {
			d.statement(s.Else, k, with(s.Init))
		}
	case *ast.ForStmt:
		d.literals(s.Init, s.Cond, s.Post)
		d.list(s.Body.List, k, with(s.Init))
	case *ast.RangeStmt:
		d.literals(s.X)
		vars := with()
		if s.Tok == token.DEFINE {
			vars = append(vars, d.names(s.Key, s.Value)...)
		}
		d.list(s.Body.List, k, vars)
	case *ast.SwitchStmt:
		d.literals(s.Init, s.Tag)
		d.clauses(s.Body, k, d.kept(with(s.Init), s.Init))
	case *ast.TypeSwitchStmt:
		d.literals(s.Init, s.Assign)
		vars := d.kept(with(s.Init), s.Init)
		if a, ok := s.Assign.(*ast.AssignStmt); ok && !d.isUnused(a.Lhs[0]) {
			vars = append(vars, a.Lhs[0].(*ast.Ident).Name)
		}
		d.clauses(s.Body, k, vars)
	case *ast.SelectStmt:
		d.clauses(s.Body, k, fresh)
	default:
		d.literals(s)
	}
}

func (d *debugForm) clauses(body *ast.BlockStmt, k int, fresh []string) {
	for _, c := range body.List {
		switch c := c.(type) {
		case *ast.CaseClause:
			for _, x := range c.List {
				d.literals(x)
			}
			d.list(c.Body, k, fresh)
		case *ast.CommClause:
			d.literals(c.Comm)
			vars := append(fresh[:len(fresh):len(fresh)], d.declared(c.Comm)...)
			d.list(c.Body, k, vars)
		}
	}
}

// literals instruments the functions that are written in statements and
// expressions. Each has a frame of its own, where the variables that it shares
// with its surroundings are seen too.
func (d *debugForm) literals(nodes ...ast.Node) {
	for _, n := range nodes {
		if n == nil {
			continue
		}
		ast.Inspect(n, func(n ast.Node) bool {
			lit, ok := n.(*ast.FuncLit)
			if !ok {
				return true
			}
			name := d.name
			if !strings.HasSuffix(name, ".func") {
				name = strings.TrimPrefix(name+".func", ".")
			}
			d.function(name, lit.Body, append(d.captured(lit), fieldNames(lit.Type.Params, lit.Type.Results)...))
			return false
		})
	}
}

// captured are the local variables from outside that a function literal names.
func (d *debugForm) captured(lit *ast.FuncLit) (names []string) {
	seen := map[types.Object]bool{}
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := d.info.Uses[id].(*types.Var)
		if !ok || seen[v] || v.IsField() || v.Pkg() == nil || v.Parent() == v.Pkg().Scope() || v.Pkg().Path() != cellPath {
			return true
		}
		if lit.Pos() <= v.Pos() && v.Pos() < lit.End() || v.Parent() == nil || v.Name() == "_" {
			return true
		}
		seen[v] = true
		names = append(names, v.Name())
		return true
	})
	return names
}

// declared are the variables that a statement declares for those after it.
func (d *debugForm) declared(s ast.Stmt) (names []string) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			names = d.names(s.Lhs...)
		}
	case *ast.DeclStmt:
		for _, sp := range s.Decl.(*ast.GenDecl).Specs {
			if vs, ok := sp.(*ast.ValueSpec); ok && s.Decl.(*ast.GenDecl).Tok == token.VAR {
				for _, id := range vs.Names {
					names = append(names, d.names(id)...)
				}
			}
		}
	case *ast.LabeledStmt:
		return d.declared(s.Stmt)
	}
	return names
}

// names are those of the identifiers that declare a variable.
func (d *debugForm) names(xs ...ast.Expr) (names []string) {
	for _, x := range xs {
		if id, ok := x.(*ast.Ident); ok && id.Name != "_" {
			if v, ok := d.info.Defs[id].(*types.Var); ok && v != nil {
				names = append(names, id.Name)
			}
		}
	}
	return names
}

// kept leaves out variables of a switch's head that nobody uses: they are not
// compiled (discardInHead).
func (d *debugForm) kept(names []string, head ast.Stmt) []string {
	a, ok := head.(*ast.AssignStmt)
	if !ok {
		return names
	}
	for _, l := range a.Lhs {
		if id, ok := l.(*ast.Ident); ok && d.isUnused(id) {
			for i := len(names) - 1; i >= 0; i-- {
				if names[i] == id.Name {
					names = append(names[:i:i], names[i+1:]...)
					break
				}
			}
		}
	}
	return names
}

func (d *debugForm) isUnused(x ast.Expr) bool {
	for _, p := range d.unused {
		if p == x.Pos() {
			return true
		}
	}
	return false
}

// fieldNames are the names of receivers, parameters and results.
func fieldNames(lists ...*ast.FieldList) (names []string) {
	for _, l := range lists {
		if l == nil {
			continue
		}
		for _, f := range l.List {
			for _, id := range f.Names {
				if id.Name != "_" {
					names = append(names, id.Name)
				}
			}
		}
	}
	return names
}

// funcTitle is how stacks name a function; the cell's own statements have no
// name.
func funcTitle(fd *ast.FuncDecl) string {
	switch {
	case fd.Name.Name == cell.RunFunc:
		return ""
	case fd.Recv != nil && len(fd.Recv.List) == 1:
		return receiverType(fd.Recv.List[0].Type) + "." + fd.Name.Name
	}
	return fd.Name.Name
}
