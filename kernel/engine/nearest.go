package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"iter"
	"maps"
	"slices"
	"strings"
)

// nearest returns the name most like an unknown one, or "".
func nearest(name string, known iter.Seq[string]) string {
	best, least := "", max(len(name)/3, min(len(name)-1, 1))
	for s := range known {
		if d := editDistance(strings.ToLower(name), strings.ToLower(s)); d <= least && (d < least || best == "" || s < best) {
			best, least = s, d
		}
	}
	return best
}

// editDistance is how many letters must be put in, taken out, replaced, or
// swapped with the next one to make b of a.
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1) // rows[i][j]: of x[:i] and y[:j]
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range y {
		rows[0][j+1] = j + 1
	}
	for i := range x {
		for j := range y {
			d := rows[i][j]
			if x[i] != y[j] {
				d++
			}
			d = min(d, rows[i][j+1]+1, rows[i+1][j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				d = min(d, rows[i-1][j-1]+1)
			}
			rows[i+1][j+1] = d
		}
	}
	return rows[len(x)][len(y)]
}

// meant is the name that was meant where a message says that there is none, or "".
func (u *unit) meant(msg string, pos token.Pos) string {
	switch {
	case strings.Contains(msg, "but does have"): // says it
	case strings.HasPrefix(msg, "undefined: "):
		name := strings.TrimPrefix(msg, "undefined: ")
		if pkg, member, ok := strings.Cut(name, "."); ok {
			if near := nearest(member, u.exportsOf(pkg)); near != "" {
				return pkg + "." + near
			}
			return ""
		}
		return nearest(name, u.namesAt(pos))
	case strings.Contains(msg, " undefined (type "):
		var found string
		ast.Inspect(u.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Pos() == pos && u.info.Types[sel.X].Type != nil {
				found = nearest(sel.Sel.Name, membersOf(u.info.Types[sel.X]))
			}
			return true
		})
		return found
	case strings.HasPrefix(msg, "unknown field "):
		var found string
		ast.Inspect(u.file, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || u.info.TypeOf(lit) == nil {
				return true
			}
			for _, e := range lit.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok && kv.Pos() == pos {
					name := strings.Fields(msg)[2]
					found = nearest(name, membersOf(types.TypeAndValue{Type: u.info.TypeOf(lit)}))
				}
			}
			return true
		})
		return found
	}
	return ""
}

// namesAt are the names that a cell can use at a place.
func (u *unit) namesAt(pos token.Pos) iter.Seq[string] {
	return func(yield func(string) bool) {
		for sc := u.pkg.Scope().Innermost(pos); sc != nil; sc = sc.Parent() {
			for _, name := range sc.Names() {
				if !strings.Contains(name, aliasSuffix) && !yield(name) {
					return
				}
			}
		}
		for _, names := range []iter.Seq[string]{maps.Keys(u.session.live), maps.Keys(u.session.imports), maps.Keys(u.packages)} {
			for name := range names {
				if !yield(name) {
					return
				}
			}
		}
	}
}

// names are those that a new cell can use.
func (s *Session) names() iter.Seq[string] {
	u := newUnit(0, &source{}, s.scope)
	u.packages, u.pkg = s.byName, types.NewPackage(cellPath, "main")
	return u.namesAt(token.NoPos)
}

// exportsOf are the names of an imported package.
func (u *unit) exportsOf(name string) iter.Seq[string] {
	for _, p := range u.pkg.Imports() {
		if p.Path() == u.imports[name] {
			return slices.Values(slices.DeleteFunc(p.Scope().Names(), func(s string) bool { return !token.IsExported(s) }))
		}
	}
	return slices.Values[[]string](nil)
}

// membersOf are the fields of a type, and the methods of a value.
func membersOf(x types.TypeAndValue) iter.Seq[string] {
	var names []string
	fieldsOf(x.Type, map[types.Type]bool{}, func(v *types.Var) {
		if visible(v) {
			names = append(names, v.Name())
		}
	})
	if x.IsValue() {
		t := x.Type
		if _, isPtr := t.Underlying().(*types.Pointer); !isPtr && !types.IsInterface(t) {
			t = types.NewPointer(t)
		}
		for sel := range types.NewMethodSet(t).Methods() {
			if visible(sel.Obj()) {
				names = append(names, sel.Obj().Name())
			}
		}
	}
	return slices.Values(names)
}
