package interp

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"

	"glassy/kernel/engine/cell"
)

// A compared is an Obj for compiled code that compares values of interfaces, as
// the keys of a map: == of two is that of what they hold.
type compared struct {
	w *World
	t types.Type // one for all identical types
	v any
}

func (c compared) object() *Obj { return &Obj{c.w, c.t, reflect.ValueOf(c.v)} }

// Format prints it as what it holds.
func (c compared) Format(s fmt.State, verb rune) { c.object().Format(s, verb) }

// comparedAs is o in that form; of a type that cannot be compared it stays o.
func (w *World) comparedAs(o *Obj) any {
	if !types.Comparable(o.t) {
		return o
	}
	if hasObj(o.v) {
		panic(refusef("a value of type %s, with others of a cell's types in its interfaces, where values are compared", w.typeName(o.t)))
	}
	t, _ := w.canon.LoadOrStore(key(o.t), o.t)
	return compared{w, t.(types.Type), o.v.Interface()}
}

// mapKey is a key of a map, in the form in which compiled code compares it.
func (c *compiler) mapKey(k expr) func(*frame) reflect.Value {
	get := k.get
	if !holdsInterface(k.t) {
		return get
	}
	return func(f *frame) reflect.Value {
		v := get(f)
		if !hasObj(v) {
			return v
		}
		if v.Kind() != reflect.Interface || v.NumMethod() > 0 {
			panic(refusef("a value of a type of the cells, in a part of a key or as an interface of compiled code, as the key of a map"))
		}
		o := unwrap(v.Interface()).(*Obj)
		if !types.Comparable(o.t) {
			panic(runtimeError("runtime error: hash of unhashable type " + c.typeName(o.t)))
		}
		r := reflect.New(v.Type()).Elem()
		r.Set(reflect.ValueOf(c.comparedAs(o)))
		return r
	}
}

// holdsInterface reports whether values of a type are, or have in them, interfaces.
func holdsInterface(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Interface:
		return true
	case *types.Struct:
		for f := range t.Fields() {
			if holdsInterface(f.Type()) {
				return true
			}
		}
	case *types.Array:
		return holdsInterface(t.Elem())
	}
	return false
}

// hasObj reports whether a value is, or has in it, an interface with an Obj.
func hasObj(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return false
		}
		_, ok := unwrap(v.Interface()).(*Obj)
		return ok
	case reflect.Struct:
		for i := range v.NumField() {
			if hasObj(v.Field(i)) {
				return true
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			if hasObj(v.Index(i)) {
				return true
			}
		}
	}
	return false
}

// equal is x == y of two interfaces.
func (w *World) equal(x, y any) bool {
	x, y = unwrap(x), unwrap(y)
	a, ok1 := x.(*Obj)
	b, ok2 := y.(*Obj)
	if ok1 != ok2 {
		return false
	}
	if !ok1 {
		return x == y
	}
	if key(a.t) != key(b.t) {
		return false
	}
	if !types.Comparable(a.t) {
		panic(runtimeError("comparing uncomparable type " + w.typeName(a.t)))
	}
	return w.same(a.v, b.v)
}

// same is a == b of two values of one type.
func (w *World) same(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Interface:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return w.equal(a.Interface(), b.Interface())
	case reflect.Struct:
		for i := range a.NumField() {
			if n := a.Type().Field(i).Name; !strings.HasPrefix(n, cell.FieldMark+"_") && !w.same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Array:
		for i := range a.Len() {
			if !w.same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	}
	return a.Equal(b)
}
