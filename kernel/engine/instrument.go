package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// Visit names things as other packages can reach them, and puts in what lets an
// interrupt stop the code, keeps a panic of a goroutine from ending the
// session, and keeps the order of output.
func (r *rewriter) Visit(n ast.Node) ast.Visitor {
	if n == nil {
		r.stack = r.stack[:len(r.stack)-1]
		return nil
	}
	r.stack = append(r.stack, n)
	switch n := n.(type) {
	case *ast.Ident:
		r.ident(n)
	case *ast.SelectorExpr:
		r.selector(n)
	case *ast.FuncDecl:
		if r.offset(n.Pos()) == r.run {
			r.betweenStatements(n.Body)
		}
		if n.Body != nil && r.offset(n.Pos()) < r.vars && r.calls(n.Body) {
			r.insert(n.Body.Lbrace+1, cellImport+".Check(); ")
		}
	case *ast.FuncLit:
		if r.calls(n.Body) {
			r.insert(n.Body.Lbrace+1, cellImport+".Check(); ")
		}
	case *ast.ForStmt:
		r.insert(n.Body.Lbrace+1, cellImport+".Check(); ")
	case *ast.RangeStmt:
		r.insert(n.Body.Lbrace+1, cellImport+".Check(); ")
		if isChan(r.info.TypeOf(n.X)) {
			r.insert(n.X.Pos(), cellImport+".Range(")
			r.insert(n.X.End(), ")")
		}
	case *ast.GoStmt:
		r.goStatement(n)
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			r.receive(n)
		}
	case *ast.SendStmt:
		if !r.isComm(n) {
			r.insert(n.Chan.Pos(), cellImport+".To(")
			r.edits = append(r.edits, edit{r.offset(n.Chan.End()), r.offset(n.Value.Pos()), ").Send("})
			r.insert(n.Value.End(), ")")
		}
	case *ast.SelectStmt:
		r.selectStatement(n)
	case *ast.CallExpr:
		r.call(n)
	}
	return r
}

// betweenStatements stops a cell that was left behind in a call when the call
// comes back.
func (r *rewriter) betweenStatements(body *ast.BlockStmt) {
	last := r.lastExpr()
	for i, s := range body.List[:len(body.List)-1] {
		if ex, ok := s.(*ast.ExprStmt); i > 0 && !(ok && last != nil && ex.X == last) {
			r.insert(s.Pos(), cellImport+".Check(); ")
		}
	}
}

func (r *rewriter) parent(k int) ast.Node {
	if i := len(r.stack) - 1 - k; i >= 0 {
		return r.stack[i]
	}
	return nil
}

// ident names an entity as it is reached from this unit.
func (r *rewriter) ident(id *ast.Ident) {
	o := r.info.Uses[id]
	if o == nil {
		o = r.info.Defs[id]
	}
	if o == nil || id.Name == "_" {
		return
	}
	if local := r.local[id]; local != "" {
		r.replace(id, local)
		return
	}
	if pn, ok := o.(*types.PkgName); ok {
		if !r.gone[id] && id.Name != cellImport {
			r.pkgs[id.Name] = pn.Imported().Path()
		}
		return
	}
	if o.Pkg() != nil && o.Parent() == o.Pkg().Scope() && o.Pkg().Path() != cellPath {
		if sel, ok := r.parent(1).(*ast.SelectorExpr); !ok || sel.Sel != id {
			r.dots[o.Pkg().Path()] = true
		}
		return
	}
	switch x := o.(type) {
	case *types.Var:
		if x.IsField() {
			if x.Pkg() != nil && x.Pkg().Path() == cellPath {
				if name := fieldName(x); name != id.Name {
					r.replace(id, name)
				}
			}
			return
		}
	case *types.Func:
		if x.Signature().Recv() != nil {
			if x.Pkg() != nil && x.Pkg().Path() == cellPath {
				if name := methodName(x); name != id.Name {
					r.replace(id, name)
				}
			}
			return
		}
	}
	e := r.entityOf(o)
	if e == nil {
		if f, ok := r.info.Defs[id].(*types.Var); ok && f.Embedded() && o.Pkg() == nil {
			r.replace(id, embeddable(id.Name))
		}
		return
	}
	if e.kind == token.FUNC && e.slot != 0 && r.info.Defs[id] == nil && (e.unit != r.n || r.offset(id.Pos()) >= r.run || r.inMethod()) {
		r.replace(id, r.slotName(e))
		return
	}
	name := r.reference(e)
	if name == id.Name {
		return
	}
	// In a struct, an embedded type's name is the field's too, and both are
	// spelt alike; a key of a struct literal is a field and was handled above.
	r.replace(id, name)
}

// inMethod reports whether the walk is in a method. A function that calls a
// redefined one is compiled again; a method cannot be, for values that live, so
// it looks functions up at each call.
func (r *rewriter) inMethod() bool {
	for _, n := range r.stack {
		if fd, ok := n.(*ast.FuncDecl); ok {
			return fd.Recv != nil
		}
	}
	return false
}

// stand names functions that stand in for the standard library's in cells.
var stand = map[string]map[string]string{
	"time": {"Sleep": "Sleep"},
	"os":   {"Exit": "Exit"},
	"fmt":  {"Print": "Print", "Println": "Println", "Printf": "Printf", "Scan": "Scan", "Scanln": "Scanln", "Scanf": "Scanf"},
	"log":  {"Fatal": "Fatal", "Fatalf": "Fatalf", "Fatalln": "Fatalln"},
}

func (r *rewriter) selector(n *ast.SelectorExpr) {
	x, ok := n.X.(*ast.Ident)
	if !ok {
		return
	}
	pn, ok := r.info.Uses[x].(*types.PkgName)
	if !ok {
		return
	}
	path := pn.Imported().Path()
	if name := stand[path][n.Sel.Name]; name != "" {
		r.replaceSelector(n, name)
		return
	}
	if path != "os" {
		return
	}
	switch n.Sel.Name {
	case "Stdout", "Stderr":
		if !r.isAssigned(n) {
			r.replaceSelector(n, n.Sel.Name+"()")
		}
	case "Stdin":
		if r.readsAsInterface(n) {
			r.replaceSelector(n, "Stdin")
		}
	}
}

func (r *rewriter) replaceSelector(n *ast.SelectorExpr, name string) {
	r.replace(n, cellImport+"."+name)
	r.gone[n.X.(*ast.Ident)] = true
}

// isAssigned reports whether n is assigned to, or its address is taken.
func (r *rewriter) isAssigned(n ast.Expr) bool {
	switch p := r.parent(1).(type) {
	case *ast.AssignStmt:
		for _, l := range p.Lhs {
			if l == n {
				return true
			}
		}
	case *ast.UnaryExpr:
		return p.Op == token.AND
	}
	return false
}

// readsAsInterface reports whether os.Stdin is used where any reader would do.
func (r *rewriter) readsAsInterface(n ast.Expr) bool {
	switch p := r.parent(1).(type) {
	case *ast.SelectorExpr:
		return p.Sel.Name == "Read"
	case *ast.CallExpr:
		sig, ok := r.info.TypeOf(p.Fun).Underlying().(*types.Signature)
		if !ok {
			return false
		}
		for i, a := range p.Args {
			if a == n && i < sig.Params().Len() {
				return types.IsInterface(sig.Params().At(i).Type())
			}
		}
	}
	return false
}

// calls reports whether a body calls functions of cells, so that it may call
// itself without end.
func (r *rewriter) calls(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		if tv := r.info.Types[call.Fun]; tv.IsType() || tv.IsBuiltin() {
			return true
		}
		o := r.callee(call)
		if o == nil || o.Pkg() == nil || o.Pkg().Path() == cellPath {
			found = true
		}
		return true
	})
	return found
}

func isChan(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Chan)
	return ok
}

// isComm reports whether a send or receive is a case of a select.
func (r *rewriter) isComm(n ast.Node) bool {
	for k := 1; ; k++ {
		switch p := r.parent(k).(type) {
		case *ast.CommClause:
			return p.Comm != nil && p.Comm.Pos() <= n.Pos() && n.End() <= p.Comm.End()
		case *ast.ExprStmt, *ast.ParenExpr:
		case *ast.AssignStmt:
			if len(p.Rhs) != 1 || ast.Unparen(p.Rhs[0]) != n {
				return false
			}
		default:
			return false
		}
	}
}

func (r *rewriter) receive(n *ast.UnaryExpr) {
	if r.isComm(n) {
		return
	}
	f := ".Recv("
	if isTuple(r.info.TypeOf(n)) {
		f = ".Recv2("
	}
	r.edits = append(r.edits, edit{r.offset(n.OpPos), r.offset(n.X.Pos()), cellImport + f})
	r.insert(n.X.End(), ")")
}

func (r *rewriter) selectStatement(n *ast.SelectStmt) {
	for _, c := range n.Body.List {
		if c.(*ast.CommClause).Comm == nil {
			return // it has a default: it never waits
		}
	}
	sep := "; "
	if len(n.Body.List) == 0 {
		sep = ""
	}
	r.insert(n.Body.Rbrace, sep+"case <-"+cellImport+".Done(): panic("+cellImport+".Interrupt) ")
}

func (r *rewriter) goStatement(n *ast.GoStmt) {
	fun := ast.Unparen(n.Call.Fun)
	if fl, ok := fun.(*ast.FuncLit); ok {
		r.insert(n.Pos(), cellImport+".Starting(); ")
		at := r.offset(fl.Body.Lbrace + 1)
		r.first = append(r.first, edit{at, at, "defer " + cellImport + ".Guard(); "})
		return
	}
	tv := r.info.Types[fun]
	if tv.IsBuiltin() || tv.IsType() {
		if id, ok := fun.(*ast.Ident); ok && id.Name == "panic" && tv.IsBuiltin() {
			r.replace(id, cellImport+".Guarded(func(v any) { panic(v) })")
		}
		return
	}
	var name *ast.Ident // of a generic function whose types are inferred
	switch f := fun.(type) {
	case *ast.Ident:
		name = f
	case *ast.SelectorExpr:
		name = f.Sel
	}
	args := ""
	if in, generic := r.info.Instances[name]; generic {
		var ts []string
		for t := range in.TypeArgs.Types() {
			text, err := r.typeString(t)
			if err != nil {
				return
			}
			ts = append(ts, text)
		}
		args = "[" + strings.Join(ts, ", ") + "]"
	}
	r.insert(n.Call.Fun.Pos(), cellImport+".Guarded(")
	r.insert(n.Call.Fun.End(), args+")")
}

func (r *rewriter) call(n *ast.CallExpr) {
	if id, ok := n.Fun.(*ast.Ident); ok && (id.Name == "println" || id.Name == "print") {
		if _, ok := r.info.Uses[id].(*types.Builtin); ok {
			if s, ok := r.parent(1).(*ast.ExprStmt); ok {
				r.insert(s.Pos(), cellImport+".ToStderr(); ")
			}
		}
		return
	}
	r.orderOutput(n)
	if f, ok := r.callee(n).(*types.Func); ok && f.FullName() == "(*sync.WaitGroup).Wait" && len(n.Args) == 0 {
		if _, ok := r.parent(1).(*ast.ExprStmt); ok {
			r.insert(n.Pos(), cellImport+".WaitFor(")
			r.edits = append(r.edits, edit{r.offset(n.Lparen), r.offset(n.Rparen) + 1, ")"})
		}
	}
}

// orderOutput lets writers that may be standard output or error keep the order
// of the two: the first argument of fmt.Fprint and io.WriteString, files given
// to functions that want a writer, and files whose methods are called.
func (r *rewriter) orderOutput(n *ast.CallExpr) {
	f, ok := r.callee(n).(*types.Func)
	if !ok || f.Pkg() == nil || f.Pkg().Path() == cellPath {
		return
	}
	wrap := func(x ast.Expr, with string) {
		r.insert(x.Pos(), cellImport+"."+with+"(")
		r.insert(x.End(), ")")
	}
	if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && r.info.Selections[sel] != nil {
		if isNamed(r.info.TypeOf(sel.X), "*os.File") && strings.HasPrefix(f.Name(), "Write") {
			wrap(sel.X, "Turn")
		}
	}
	sig := f.Signature()
	for i, a := range n.Args {
		if i >= sig.Params().Len() || !isNamed(sig.Params().At(i).Type(), "io.Writer") {
			continue
		}
		t := r.info.TypeOf(a)
		if isNamed(t, "*os.File") || isNamed(t, "io.Writer") && (f.Pkg().Path() == "fmt" || f.Pkg().Path() == "io") {
			wrap(a, "Writer")
		}
	}
}

// isNamed reports whether a type is spelt like this, with whole package paths.
func isNamed(t types.Type, name string) bool {
	return t != nil && types.TypeString(types.Unalias(t), nil) == name
}
