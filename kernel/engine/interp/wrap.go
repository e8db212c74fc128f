package interp

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"glassy/kernel/engine/cell"
)

// reads names, for packages that look into values by reflection, the methods
// that change what they do with a value; "*" is any. With none, they look at the
// value alone: sort.Slice at a slice that is a sort.Interface too.
var reads = map[string][]string{
	"encoding/json":   {"MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText"},
	"encoding/xml":    {"MarshalXML", "UnmarshalXML", "MarshalText", "UnmarshalText"},
	"encoding/gob":    {"GobEncode", "GobDecode", "MarshalBinary", "UnmarshalBinary"},
	"encoding/binary": {},
	"text/template":   {"*"},
	"html/template":   {"*"},
	"sort":            {},
}

// refusesTypes are packages that would show a type's name or make.
var refusesTypes = map[string]bool{"reflect": true, "encoding/gob": true, "unsafe": true}

// compares are packages that compare values.
var compares = map[string]bool{"context": true, "sync": true, "sync/atomic": true}

// looksInto reports whether a package looks by reflection at what is within a
// value, and does not ask the parts; json asks an Obj.
func looksInto(path string) bool {
	return refusesTypes[path] || reads[path] != nil && path != "encoding/json" && path != "sort"
}

// objWithin is an Obj in an interface within v, down to a depth, or nil.
func objWithin(v reflect.Value, depth int) *Obj {
	if depth == 0 || !v.IsValid() {
		return nil
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() || !v.CanInterface() {
			return nil
		}
		if o, ok := unwrap(v.Interface()).(*Obj); ok {
			return o
		}
		return objWithin(v.Elem(), depth-1)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if o := objWithin(v.Index(i), depth-1); o != nil {
				return o
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if o := cmp.Or(objWithin(it.Key(), depth-1), objWithin(it.Value(), depth-1)); o != nil {
				return o
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if o := objWithin(v.Field(i), depth-1); o != nil {
				return o
			}
		}
	}
	return nil
}

// MarshalJSON writes o as the value that it holds, also within others.
func (o *Obj) MarshalJSON() ([]byte, error) {
	switch x := o.w.seenBy(o, "encoding/json").(type) {
	case *Obj:
		panic(refusef("a value of type %s in package encoding/json", o.w.typeName(o.t)))
	default:
		return json.Marshal(x)
	}
}

// textObj is an Obj whose type writes itself as text.
type textObj struct{ o *Obj }

func (t textObj) object() *Obj { return t.o }

func (t textObj) MarshalText() ([]byte, error) {
	out := t.o.invoke("MarshalText")
	err, _ := out[1].Interface().(error)
	return out[0].Bytes(), err
}

// seenBy is o for a function of package path that takes anything.
func (w *World) seenBy(o *Obj, path string) any {
	if refusesTypes[path] {
		panic(refusef("a value of type %s in package %s", w.typeName(o.t), path))
	}
	if compares[path] {
		return w.comparedAs(o)
	}
	if path == "encoding/json" && o.has("MarshalText") && !o.has("MarshalJSON") {
		return textObj{o}
	}
	methods, looks := reads[path]
	asIs := looks && len(methods) == 0 || path == "fmt" && !o.has("Scan") // fmt asks an Obj's Format
	if !asIs {
		if x := w.asInterfaceOf(o, path); x != nil {
			return x
		}
	}
	if looks {
		if opaqueIn(o.v.Type()) {
			panic(refusef("the type %s, which refers to itself, in package %s", w.typeName(o.t), path))
		}
		if m := w.hasMethods(o.t, methods); m != "" {
			panic(refusef("%s, which package %s does not see", m, path))
		}
		return o.v.Interface()
	}
	if o.has("Error") {
		return &errObj{o}
	}
	if o.has("String") {
		return &strObj{o}
	}
	return o
}

// asInterfaceOf is o as the widest interface of a package that it implements.
func (w *World) asInterfaceOf(o *Obj, path string) any {
	var best reflect.Type
	names := []string{}
	for name := range w.symbols[path] {
		if strings.HasPrefix(name, "_") && !strings.HasPrefix(name, "_"+cell.Mark) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		t := w.symbols[path][name].Type().Elem()
		all := t.NumField() > 1
		for i := 1; i < t.NumField(); i++ {
			all = all && o.has(strings.TrimPrefix(t.Field(i).Name, "W"))
		}
		if all && (best == nil || t.NumField() > best.NumField()) {
			best = t
		}
	}
	if best == nil {
		return nil
	}
	return w.fill(o, best).Interface()
}

// fill makes a wrapper of the tables.
func (w *World) fill(o *Obj, t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	v.Field(0).Set(reflect.ValueOf(o))
	for i := 1; i < t.NumField(); i++ {
		fn := w.method(o.t, nil, strings.TrimPrefix(t.Field(i).Name, "W"))
		if fn == nil {
			panic(refusef("the method %s of %s", t.Field(i).Name, w.typeName(o.t)))
		}
		bound := &Func{call: func(g *thread, args []reflect.Value) []reflect.Value {
			return g.call(fn, append([]reflect.Value{o.v}, args...))
		}}
		v.Field(i).Set(w.methodFor(bound, o.t, strings.TrimPrefix(t.Field(i).Name, "W"), t.Field(i).Type))
	}
	return v
}

// methodFor is a method for compiled code; what it is given is viewed as the
// method's own parameters.
func (w *World) methodFor(fn *Func, t types.Type, name string, gt reflect.Type) reflect.Value {
	o, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	ps := o.(*types.Func).Signature().Params()
	w.mu.Lock()
	want := make([]reflect.Type, ps.Len())
	for i := range want {
		want[i] = w.repr(ps.At(i).Type())
	}
	w.mu.Unlock()
	return reflect.MakeFunc(gt, func(args []reflect.Value) []reflect.Value {
		g := newThread()
		defer g.trace()
		in := make([]reflect.Value, len(args))
		for i := range in {
			in[i] = w.view(args[i], want[i])
		}
		out := g.call(fn, in)
		for i := range out {
			out[i] = w.outward(out[i], gt.Out(i))
		}
		return out
	})
}

// wrap is o as the compiled interface type want.
func (w *World) wrap(o *Obj, want reflect.Type) reflect.Value {
	for _, x := range []any{o, &errObj{o}, &strObj{o}} {
		if reflect.TypeOf(x).Implements(want) && (x == any(o) || o.hasAll(want)) {
			return reflect.ValueOf(x)
		}
	}
	table, ok := w.symbols[want.PkgPath()]["_"+want.Name()]
	if !ok {
		panic(refusef("a value of type %s as the compiled interface %s", w.typeName(o.t), want))
	}
	return w.fill(o, table.Type().Elem())
}

func (o *Obj) has(name string) bool {
	obj, _, _ := types.LookupFieldOrMethod(o.t, false, nil, name)
	_, ok := obj.(*types.Func)
	return ok
}

func (o *Obj) hasAll(t reflect.Type) bool {
	for i := range t.NumMethod() {
		if !o.has(t.Method(i).Name) {
			return false
		}
	}
	return true
}

// hasMethods finds a type within t that has one of the methods, or any.
func (w *World) hasMethods(t types.Type, names []string) (which string) {
	seen := map[types.Type]bool{}
	var in func(t types.Type)
	in = func(t types.Type) {
		t = types.Unalias(t)
		if seen[t] || which != "" {
			return
		}
		seen[t] = true
		if n, ok := t.(*types.Named); ok {
			if n.Obj().Pkg() == nil || w.symbols[n.Obj().Pkg().Path()] != nil {
				return
			}
			for m := range n.Methods() {
				if slices.Contains(names, m.Name()) || slices.Contains(names, "*") && !strings.HasPrefix(m.Name(), cell.Mark) {
					which = fmt.Sprintf("the method %s of %s", m.Name(), w.typeName(t))
				}
			}
			in(n.Underlying())
			return
		}
		switch t := t.(type) {
		case *types.Pointer:
			in(t.Elem())
		case *types.Slice:
			in(t.Elem())
		case *types.Array:
			in(t.Elem())
		case *types.Map:
			in(t.Key())
			in(t.Elem())
		case *types.Struct:
			for f := range t.Fields() {
				if _, ok := f.Type().Underlying().(*types.Struct); f.Embedded() && !(ok && w.ours(f.Type())) {
					which = fmt.Sprintf("the embedded field %s of a struct", f.Name())
				}
				in(f.Type())
			}
		}
	}
	in(t)
	return which
}

// invoke calls a method of o without arguments of its own.
func (o *Obj) invoke(name string, args ...reflect.Value) []reflect.Value {
	g := newThread()
	defer g.trace()
	return g.call(o.w.method(o.t, nil, name), append([]reflect.Value{o.v}, args...))
}

// errObj is an Obj that is an error.
type errObj struct{ *Obj }

func (e *errObj) object() *Obj { return e.Obj }

func (e *errObj) Error() string { return e.invoke("Error")[0].String() }

// Unwrap is nil for an error that wraps none, as package errors has it.
func (e *errObj) Unwrap() error {
	if !e.has("Unwrap") {
		return nil
	}
	v := e.invoke("Unwrap")[0]
	if v.Type() != errorType {
		panic(refusef("the method Unwrap of %s, which returns %s", e.w.typeName(e.t), v.Type()))
	}
	err, _ := v.Interface().(error)
	return err
}

// Is reports whether the error is target, by its value or its own method.
func (e *errObj) Is(target error) bool {
	if types.Comparable(e.t) && e.w.equal(e.Obj, target) {
		return true
	}
	if !e.has("Is") {
		return false
	}
	v := reflect.New(errorType).Elem()
	v.Set(reflect.ValueOf(target))
	return e.invoke("Is", v)[0].Bool()
}

// strObj is an Obj that is a fmt.Stringer.
type strObj struct{ *Obj }

func (s *strObj) object() *Obj   { return s.Obj }
func (s *strObj) String() string { return s.invoke("String")[0].String() }

// opaqueIn reports whether values of a Go type hold memory in opaque form, or
// functions, which compiled code does not see as such.
func opaqueIn(t reflect.Type) bool {
	seen := map[reflect.Type]bool{}
	var in func(t reflect.Type) bool
	in = func(t reflect.Type) bool {
		if t == pointerType || t == sliceType || t == funcType {
			return true
		}
		if seen[t] || t.PkgPath() != "" {
			return false
		}
		seen[t] = true
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array:
			return in(t.Elem())
		case reflect.Map:
			return in(t.Key()) || in(t.Elem())
		case reflect.Struct:
			for i := range t.NumField() {
				if in(t.Field(i).Type) {
					return true
				}
			}
		}
		return false
	}
	return in(t)
}
