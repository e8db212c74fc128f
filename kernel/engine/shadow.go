package engine

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// A variable of the session is a variable of a package, in memory that anybody
// may look at, so a loop over it loads and stores in every step: three times as
// slow as the same loop in a function. But most variables are only named in
// statements of cells, and never in functions or behind a pointer. Nobody but
// the loop can touch those while it runs, so it works on a local copy:
//
//	for i := range n { sum += f(i) }
//
// becomes
//
//	{ sum۰ := sum; n۰ := n; for i := range n۰ { sum۰ += f(i); sum = sum۰ } }
//
// The store after each assignment stays, and costs little: whatever ends the
// loop, an interrupt or a panic, finds the variable up to date.

// memory is what the entities of one variable have in common.
type memory struct {
	shared bool // a function names it, or its address was taken
}

// noteShared marks the variables that functions and pointers can reach.
func (u *unit) noteShared() {
	var stack []ast.Node
	inFunc := 0
	root := func(d ast.Decl) bool { // is d run۰?
		fd, ok := d.(*ast.FuncDecl)
		return ok && u.offset(fd.Pos()) >= u.run
	}
	for _, d := range u.file.Decls {
		inFunc = 0
		if _, ok := d.(*ast.FuncDecl); ok && !root(d) {
			inFunc = 1
		} else if !root(d) {
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if n == nil {
				if _, ok := stack[len(stack)-1].(*ast.FuncLit); ok {
					inFunc--
				}
				stack = stack[:len(stack)-1]
				return true
			}
			stack = append(stack, n)
			switch n := n.(type) {
			case *ast.FuncLit:
				inFunc++
			case *ast.Ident:
				e := u.entityOf(u.info.Uses[n])
				if e != nil && e.mem != nil && (inFunc > 0 || u.addressed(stack)) {
					e.mem.shared = true
				}
			}
			return true
		})
	}
}

// addressed reports whether the identifier on top of the stack has its address
// taken, in words or by a call of a pointer's method.
func (u *unit) addressed(stack []ast.Node) bool {
	id := stack[len(stack)-1].(*ast.Ident)
	k := len(stack) - 2
	for ; k >= 0; k-- {
		if _, ok := stack[k].(*ast.ParenExpr); !ok {
			break
		}
	}
	if k < 0 {
		return false
	}
	switch p := stack[k].(type) {
	case *ast.UnaryExpr:
		return p.Op == token.AND && !u.isOurs(stack[:k])
	case *ast.SelectorExpr:
		sel := u.info.Selections[p]
		if sel == nil || sel.Kind() != types.MethodVal || ast.Unparen(p.X) != id {
			return false
		}
		recv := sel.Obj().(*types.Func).Signature().Recv()
		_, wants := types.Unalias(recv.Type()).(*types.Pointer)
		_, has := u.info.TypeOf(id).Underlying().(*types.Pointer)
		return wants && !has
	}
	return false
}

// isOurs reports whether the innermost call is one that the engine wrote.
func (u *unit) isOurs(stack []ast.Node) bool {
	if len(stack) == 0 {
		return false
	}
	call, ok := stack[len(stack)-1].(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	id, ok := sel.X.(*ast.Ident)
	return ok && id.Name == cellImport
}

// shadowLoops gives the loops among the cell's statements their local copies.
func (r *rewriter) shadowLoops() {
	body := r.runBody()
	jumps := false
	ast.Inspect(body, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && b.Tok == token.GOTO {
			jumps = true // it must not jump into a block of ours
		}
		return !jumps
	})
	for _, s := range body.List {
		if hasLoop(s) && !jumps {
			r.shadowLoop(s)
		}
	}
}

// hasLoop reports whether a statement that can stand in a block contains a loop.
func hasLoop(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.LabeledStmt:
		return hasLoop(s.Stmt)
	case *ast.ForStmt, *ast.RangeStmt:
		return true
	case *ast.BlockStmt, *ast.IfStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt:
		found := false
		ast.Inspect(s, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.ForStmt, *ast.RangeStmt:
				found = true
			case *ast.FuncLit:
				return false
			}
			return !found
		})
		return found
	}
	return false
}

// shadowLoop rewrites one statement.
func (r *rewriter) shadowLoop(s ast.Stmt) {
	places := map[*entity][]*ast.Ident{}
	stores := map[ast.Stmt][]*entity{} // assignments in lists of statements
	spoiled := map[*entity]bool{}      // assigned where no store can follow
	variable := func(x ast.Expr) *entity {
		id, ok := ast.Unparen(x).(*ast.Ident)
		if !ok {
			return nil
		}
		e := r.entityOf(r.info.Uses[id])
		if e == nil || e.mem == nil || e.mem.shared || !copies(e.obj.Type()) {
			return nil
		}
		return e
	}
	listed := map[ast.Stmt]bool{}
	list := func(ss []ast.Stmt) {
		for _, s := range ss {
			listed[s] = true
		}
	}
	assigned := func(s ast.Stmt, xs ...ast.Expr) {
		for _, x := range xs {
			if x == nil {
				continue
			}
			if e := variable(x); e != nil {
				if listed[s] {
					stores[s] = append(stores[s], e)
				} else {
					spoiled[e] = true
				}
			}
		}
	}
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			list(n.List)
		case *ast.CaseClause:
			list(n.Body)
		case *ast.CommClause:
			list(n.Body)
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				assigned(n, n.Lhs...)
			}
		case *ast.IncDecStmt:
			assigned(n, n.X)
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				assigned(nil, n.Key, n.Value)
			}
		case *ast.Ident:
			if e := variable(n); e != nil {
				places[e] = append(places[e], n)
			}
		}
		return true
	})
	maps.DeleteFunc(places, func(e *entity, _ []*ast.Ident) bool { return spoiled[e] })
	if len(places) == 0 {
		return
	}
	es := slices.SortedFunc(maps.Keys(places), func(a, b *entity) int { return int(places[a][0].Pos() - places[b][0].Pos()) })
	head := "{ "
	for _, e := range es {
		local := e.name + "۰"
		head += fmt.Sprintf("%s := %s; ", local, r.reference(e))
		for _, id := range places[e] {
			r.local[id] = local
		}
		r.copied = append(r.copied, e.mem)
	}
	r.insert(s.Pos(), head)
	r.insert(s.End(), " }")
	for _, st := range slices.SortedFunc(maps.Keys(stores), func(a, b ast.Stmt) int { return int(a.Pos() - b.Pos()) }) {
		text := ""
		for _, e := range stores[st] {
			if !spoiled[e] {
				text += fmt.Sprintf("; %s = %s۰", r.reference(e), e.name)
			}
		}
		if text != "" { // after whatever else is put at the statement's end
			r.late = append(r.late, edit{r.offset(st.End()), r.offset(st.End()), text})
		}
	}
}

// copies reports whether a variable of a type is one word or a few, and its
// parts are not assigned on their own.
func copies(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Basic, *types.Slice, *types.Map, *types.Pointer:
		return true
	}
	return false
}
