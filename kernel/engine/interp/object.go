package interp

import (
	"fmt"
	"go/types"
	"reflect"
)

// Obj is a value in an interface whose type compiled code does not know.
type Obj struct {
	w *World
	t types.Type
	v reflect.Value // a copy, never changed
}

// boxer makes what an interface holds for values of type t.
func (w *World) boxer(t types.Type) func(reflect.Value) any {
	if w.exact(t) {
		return reflect.Value.Interface
	}
	return func(v reflect.Value) any { return &Obj{w, types.Unalias(t), snapshot(v)} }
}

// snapshot is v, in memory of its own.
func snapshot(v reflect.Value) reflect.Value {
	if !v.CanAddr() {
		return v
	}
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	return c
}

// wrapper is an Obj that compiled code sees as one of its interfaces.
type wrapper interface{ object() *Obj }

// unwrap is what interpreted code sees of what an interface holds.
func unwrap(x any) any {
	switch x := x.(type) {
	case *Obj:
		return x
	case wrapper:
		return x.object()
	}
	if x == nil {
		return nil
	}
	// The wrappers of the tables are structs with a first field IValue.
	v := reflect.ValueOf(x)
	if v.Kind() == reflect.Struct && v.NumField() > 0 && v.Type().Field(0).Name == "IValue" {
		if o, ok := v.Field(0).Interface().(*Obj); ok {
			return o
		}
	}
	return x
}

// dynamic is the type of what an interface holds, and the value; a nil type is
// that of a compiled type which has no name here.
func (w *World) dynamic(x any) (types.Type, reflect.Value) {
	x = unwrap(x)
	if o, ok := x.(*Obj); ok {
		return o.t, o.v
	}
	return nil, reflect.ValueOf(x)
}

// method finds a method of a type; pkg is where one that is not exported is
// asked for.
func (w *World) method(t types.Type, pkg *types.Package, name string) *Func {
	k := key(t) + "." + types.Id(pkg, name)
	w.mu.RLock()
	fn, ok := w.impls[k]
	w.mu.RUnlock()
	if ok {
		return fn
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	fn = w.findMethod(t, pkg, name)
	w.impls[k] = fn
	return fn
}

// findMethod makes the function of a method, which takes the receiver first.
func (w *World) findMethod(t types.Type, pkg *types.Package, name string) *Func {
	o, index, _ := types.LookupFieldOrMethod(t, true, pkg, name)
	m, ok := o.(*types.Func)
	if !ok {
		return nil
	}
	adjust, fn := w.methodFunc(t, m, index)
	return &Func{call: func(g *thread, args []reflect.Value) []reflect.Value {
		in := make([]reflect.Value, len(args))
		copy(in, args)
		in[0] = adjust(args[0])
		return g.call(fn, in)
	}}
}

// methodFunc is method m, found in t by way of the embedded fields index, as a
// function that takes its receiver first, and what makes that of a t.
func (w *World) methodFunc(t types.Type, m *types.Func, index []int) (adjust func(reflect.Value) reflect.Value, fn *Func) {
	if adjust, fn, ok := w.compiledMethod(t, m, index); ok {
		return adjust, fn
	}
	path := w.path(t, index[:len(index)-1])
	recv := m.Signature().Recv().Type()
	if types.IsInterface(recv) {
		want, pkg := m.Name(), m.Pkg()
		return path.get, &Func{call: func(g *thread, args []reflect.Value) []reflect.Value {
			return w.callInterface(g, args[0], pkg, want, args[1:])
		}}
	}
	_, wantsPointer := types.Unalias(recv).(*types.Pointer)
	adjust = receiver(path, wantsPointer)
	base := recv
	if p, ok := types.Unalias(recv).(*types.Pointer); ok {
		base = p.Elem()
	}
	named, _ := types.Unalias(base).(*types.Named)
	var env map[*types.TypeParam]types.Type
	if named != nil && named.TypeArgs().Len() > 0 {
		env = map[*types.TypeParam]types.Type{}
		if m = w.withSource(m.Origin(), named); m == nil {
			panic(refusef("the methods of the generic type %s", named))
		}
		ps := m.Signature().RecvTypeParams()
		for i := range ps.Len() {
			env[ps.At(i)] = named.TypeArgs().At(i)
		}
	}
	return adjust, &Func{code: w.codeOf(m.Origin(), env)}
}

// compiledMethod is a method of a compiled type, t or one that it embeds: that
// type has it however it comes by it, also from a field that is not exported.
func (w *World) compiledMethod(t types.Type, m *types.Func, index []int) (adjust func(reflect.Value) reflect.Value, fn *Func, ok bool) {
	for n := range index {
		path := w.path(t, index[:n])
		at := path.t
		if p, ok := at.Underlying().(*types.Pointer); ok {
			at = p.Elem()
		}
		if types.IsInterface(at) || w.ours(at) {
			continue
		}
		rt := w.repr(at)
		rm, ok := rt.MethodByName(m.Name())
		wantsPointer := !ok
		if wantsPointer {
			rm, ok = reflect.PointerTo(rt).MethodByName(m.Name())
		}
		if !ok {
			panic(refusef("the method %s of %s", m.Name(), at))
		}
		return receiver(path, wantsPointer), &Func{call: w.hostCall(rm.Func, m)}, true
	}
	return nil, nil, false
}

// receiver makes, of a value, the receiver of a method that is found at the end
// of a path: a pointer or a copy.
func receiver(path path, wantsPointer bool) func(reflect.Value) reflect.Value {
	_, hasPointer := path.t.Underlying().(*types.Pointer)
	return func(v reflect.Value) reflect.Value {
		v = path.get(v)
		switch {
		case wantsPointer && !hasPointer:
			if !v.CanAddr() {
				v = snapshotForce(v)
			}
			return v.Addr()
		case !wantsPointer && hasPointer:
			return snapshot(deref(v))
		case !wantsPointer:
			return snapshot(v)
		}
		return v
	}
}

// withSource is a method whose text is at hand: that of a generic type of a
// compiled package is in its source.
func (w *World) withSource(m *types.Func, named *types.Named) *types.Func {
	if w.decls[m] != nil {
		return m
	}
	src := w.sourceOf(named.Obj().Pkg().Path())
	if src == nil {
		return nil
	}
	o := src.pkg.Scope().Lookup(named.Obj().Name())
	if o == nil {
		return nil
	}
	found, _, _ := types.LookupFieldOrMethod(o.Type(), true, src.pkg, m.Name())
	fn, _ := found.(*types.Func)
	return fn
}

func snapshotForce(v reflect.Value) reflect.Value {
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	return c
}

// deref is *p.
func deref(p reflect.Value) reflect.Value {
	if p.IsNil() {
		var n *int
		_ = *n
	}
	return p.Elem()
}

// callInterface calls a method, as pkg names it, of what an interface holds.
func (w *World) callInterface(g *thread, v reflect.Value, pkg *types.Package, name string, args []reflect.Value) []reflect.Value {
	x := v.Interface()
	if x == nil {
		var n *int
		_ = *n
	}
	t, rv := w.dynamic(x)
	if t != nil {
		fn := w.method(t, pkg, name)
		if fn == nil {
			panic(refusef("the method %s of %s", name, t))
		}
		return g.call(fn, append([]reflect.Value{rv}, args...))
	}
	m := rv.MethodByName(name)
	if !m.IsValid() {
		panic(refusef("the method %s of %s", name, rv.Type()))
	}
	of := rv.Type()
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	return w.hostCallIn(of.PkgPath(), m, nil)(g, args)
}

// holds reports whether what an interface holds is of type t, and returns it in
// the Go type of t.
func (w *World) holds(x any, t types.Type, rt reflect.Type, exact bool) (reflect.Value, bool) {
	if x == nil {
		return reflect.Value{}, false
	}
	dt, v := w.dynamic(x)
	if it, ok := t.Underlying().(*types.Interface); ok {
		if !w.implements(dt, v, t, it, rt) {
			return reflect.Value{}, false
		}
		return w.intoInterface(x, rt), true
	}
	if dt != nil {
		if key(dt) != key(t) {
			return reflect.Value{}, false
		}
		return v, true
	}
	if !exact || v.Type() != rt {
		return reflect.Value{}, false
	}
	return v, true
}

func (w *World) implements(dt types.Type, v reflect.Value, t types.Type, it *types.Interface, rt reflect.Type) bool {
	if dt != nil {
		return types.Implements(dt, it)
	}
	if rt.Kind() == reflect.Interface && rt.NumMethod() > 0 {
		return v.Type().Implements(rt)
	}
	for m := range it.Methods() {
		rm := v.MethodByName(m.Name())
		if !rm.IsValid() || !w.sameSignature(rm.Type(), m.Signature()) {
			return false
		}
	}
	return true
}

// sameSignature compares a method of a compiled type with that of an interface.
func (w *World) sameSignature(rt reflect.Type, sig *types.Signature) bool {
	if rt.NumIn() != sig.Params().Len() || rt.NumOut() != sig.Results().Len() || rt.IsVariadic() != sig.Variadic() {
		return false
	}
	same := func(r reflect.Type, t types.Type) bool {
		if r.Kind() == reflect.Func || r.Kind() == reflect.Interface {
			return true
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.exact(t) && w.repr(t) == r
	}
	for i := range rt.NumIn() {
		if !same(rt.In(i), sig.Params().At(i).Type()) {
			return false
		}
	}
	for i := range rt.NumOut() {
		if !same(rt.Out(i), sig.Results().At(i).Type()) {
			return false
		}
	}
	return true
}

// intoInterface is what an interface held in the Go type rt holds for x.
func (w *World) intoInterface(x any, rt reflect.Type) reflect.Value {
	v := reflect.New(rt).Elem()
	if x == nil {
		return v
	}
	x = unwrap(x)
	if o, ok := x.(*Obj); ok && rt.NumMethod() > 0 {
		v.Set(w.wrap(o, rt))
		return v
	}
	v.Set(reflect.ValueOf(x))
	return v
}

func (w *World) dynamicName(x any) string {
	if x == nil {
		return "nil"
	}
	if t, v := w.dynamic(x); t == nil {
		return v.Type().String()
	} else {
		return w.typeName(t)
	}
}

type runtimeError string

func (e runtimeError) Error() string { return string(e) }
func (runtimeError) RuntimeError()   {}

func (e runtimeError) String() string { return fmt.Sprint(string(e)) }
