package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"glassy/kernel/engine/cell"
)

// declare makes entities of what u's package declares. Variables and functions
// that keep their type keep their place, so that older code sees the new value.
func (u *unit) declare() {
	retyped := map[string]bool{}
	for _, v := range u.retyped {
		retyped[v.name] = true
	}
	for _, name := range u.pkg.Scope().Names() {
		o := u.pkg.Scope().Lookup(name)
		if name == cell.RunFunc || !u.defined[name] {
			continue
		}
		e := &entity{name: name, unit: u.n, obj: o, home: u.n, debug: u.debug, uses: map[string]*entity{}, imports: map[string]string{}}
		old := u.session.live[name]
		if old == nil {
			old = u.session.lost[name]
		}
		switch o := o.(type) {
		case *types.Var:
			e.kind = token.VAR
			e.boxed = retyped[name]
			e.mem = &memory{}
			if old != nil && old.kind == token.VAR && types.Identical(old.obj.Type(), o.Type()) {
				e.unit, e.boxed = old.unit, old.boxed
				e.mem = old.mem
			}
			if e.boxed && old != nil {
				e.mem = old.mem
			}
		case *types.Func:
			e.kind = token.FUNC
			if o.Signature().TypeParams().Len() == 0 {
				e.slot = u.n
				if old != nil && old.kind == token.FUNC && old.slot != 0 && types.Identical(old.obj.Type(), o.Type()) {
					e.slot = old.slot
				}
			}
		case *types.TypeName:
			e.kind = token.TYPE
			e.methods = map[string]method{}
		case *types.Const:
			e.kind = token.CONST
		}
		u.newDefs[name] = e
		u.entities[o] = e
	}
	u.keepText()
	u.recordUses()
	u.noteShared()
}

// keepText remembers the source of functions and types, to compile it again.
func (u *unit) keepText() {
	src := u.src
	for i, d := range src.decls {
		if u.skipped[i] {
			continue
		}
		line := src.position(d.start).Line
		if d.isMethod() {
			if e := u.newDefs[d.recv]; e != nil && e.methods != nil {
				e.methods[d.names[0]] = method{src.declText(d), line, u.n, d.free}
			}
			continue
		}
		if d.kind == token.CONST {
			continue
		}
		e := u.newDefs[d.names[0]]
		if e != nil {
			e.text, e.line, e.home = src.declText(d), line, u.n
		}
	}
	for _, old := range u.again {
		e := u.newDefs[old.name]
		if e == nil {
			continue
		}
		e.text, e.line, e.home = old.text, old.line, old.home
		for name, m := range old.methods {
			if _, ok := e.methods[name]; !ok {
				e.methods[name] = m
			}
		}
	}
}

// recordUses notes which session names and packages each declaration, and the
// cell as a whole, refers to.
func (u *unit) recordUses() {
	note := func(e *entity, n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			o := u.info.Uses[id]
			if pn, ok := o.(*types.PkgName); ok {
				if id.Name == cellImport || strings.HasSuffix(id.Name, aliasSuffix) {
					return true
				}
				u.usedPkgs[pn.Name()] = pn.Imported().Path()
				if e != nil {
					e.imports[pn.Name()] = pn.Imported().Path()
				}
				return true
			}
			if used := u.entityOf(o); used != nil {
				u.uses[used.name] = used
				if e != nil {
					e.uses[used.name] = used
				}
			}
			return true
		})
	}
	for _, d := range u.file.Decls {
		off := u.offset(d.Pos())
		switch d := d.(type) {
		case *ast.FuncDecl:
			if off >= u.run {
				note(nil, d)
				continue
			}
			name := d.Name.Name
			if d.Recv != nil && len(d.Recv.List) == 1 {
				name = receiverType(d.Recv.List[0].Type)
			}
			note(u.newDefs[name], d)
		case *ast.GenDecl:
			if d.Tok == token.IMPORT || off >= u.vars {
				continue
			}
			for _, sp := range d.Specs {
				if ts, ok := sp.(*ast.TypeSpec); ok {
					note(u.newDefs[ts.Name.Name], ts)
				} else {
					note(nil, sp)
				}
			}
		}
	}
}
