package interp

import (
	"go/types"
	"reflect"
)

// path is the way from a value to one of its fields, through embedded structs.
type path struct {
	t   types.Type // where it ends
	get func(reflect.Value) reflect.Value
}

// path finds the field index of t.
func (w *World) path(t types.Type, index []int) path {
	p := path{t, func(v reflect.Value) reflect.Value { return v }}
	for _, i := range index {
		prev, at := p.get, p.t
		pointer := false
		if q, ok := at.Underlying().(*types.Pointer); ok {
			pointer, at = true, q.Elem()
		}
		f := at.Underlying().(*types.Struct).Field(i)
		want := w.repr(f.Type())
		if n := w.repr(at); !w.ours(at) {
			// A compiled struct: its field of that name.
			sf, ok := n.FieldByName(f.Name())
			if !ok || !f.Exported() {
				panic(refusef("the field %s of %s", f.Name(), at))
			}
			fi := sf.Index
			p = path{f.Type(), func(v reflect.Value) reflect.Value {
				v = prev(v)
				if pointer {
					v = deref(v)
				}
				v = v.FieldByIndex(fi)
				if v.Type() != want {
					return w.view(v, want)
				}
				return v
			}}
			continue
		}
		p = path{f.Type(), func(v reflect.Value) reflect.Value {
			v = prev(v)
			if pointer {
				v = deref(v)
			}
			v = v.Field(i)
			if v.Type() != want {
				return w.view(v, want)
			}
			return v
		}}
	}
	return p
}

// ours reports whether a struct is held in a struct that this package made.
func (w *World) ours(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return true
	}
	return n.TypeArgs().Len() > 0 || w.symbolType(n.Obj()) == nil
}
