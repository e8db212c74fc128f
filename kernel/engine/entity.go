package engine

import (
	"go/token"
	"go/types"
)

// entity is a name of the session: a variable, function, type or constant, and
// where it lives.
type entity struct {
	name string
	kind token.Token // VAR, FUNC, TYPE, CONST
	unit int         // the compiled cell that holds it
	obj  types.Object

	// slot is the unit whose variable other cells call a function through, so
	// that they see its redefinition; 0 for generic functions.
	slot int
	// boxed variables are pointers to the memory of an older variable of the
	// same layout, whose type was declared again with other methods.
	boxed bool
	mem   *memory // of a variable

	debug   bool              // a func, or the methods of a type, in debug form
	text    string            // source of a func or type, to compile it again
	line    int               // line of text in its cell
	home    int               // the unit whose cell shows text
	methods map[string]method // of a type
	uses    map[string]*entity
	writes  map[string]bool   // variables that a func, or a method of a type, assigns
	imports map[string]string // name → path, of what text names
}

type method struct {
	text string
	line int
	home int
	free map[string]bool
}

// sameStorage reports whether two entities are the same thing at run time.
func sameStorage(a, b *entity) bool {
	if a == b {
		return true
	}
	return a != nil && b != nil && a.kind == b.kind && a.unit == b.unit && a.name == b.name &&
		types.Identical(a.obj.Type(), b.obj.Type())
}

// mentions reports whether a type is built from the named type o.
func mentions(t types.Type, o types.Object) bool {
	seen := map[types.Type]bool{}
	var in func(t types.Type) bool
	tuple := func(tp *types.Tuple) bool {
		for v := range tp.Variables() {
			if in(v.Type()) {
				return true
			}
		}
		return false
	}
	in = func(t types.Type) bool {
		if t == nil || seen[t] {
			return false
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Alias:
			return in(types.Unalias(t))
		case *types.Named:
			if t.Obj() == o {
				return true
			}
			for a := range t.TypeArgs().Types() {
				if in(a) {
					return true
				}
			}
			// A type of another cell that holds o was compiled with the old o.
			return t.Obj().Pkg() != nil && t.Obj().Pkg().Path() == cellPath && in(t.Underlying())
		case *types.Pointer:
			return in(t.Elem())
		case *types.Slice:
			return in(t.Elem())
		case *types.Array:
			return in(t.Elem())
		case *types.Chan:
			return in(t.Elem())
		case *types.Map:
			return in(t.Key()) || in(t.Elem())
		case *types.Struct:
			for f := range t.Fields() {
				if in(f.Type()) {
					return true
				}
			}
		case *types.Signature:
			return tuple(t.Params()) || tuple(t.Results())
		case *types.Interface:
			for m := range t.Methods() {
				if in(m.Type()) {
					return true
				}
			}
		}
		return false
	}
	return in(t)
}
