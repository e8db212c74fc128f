package interp

import (
	"go/ast"
	"go/types"
	"reflect"

	"glassy/kernel/engine/cell"
)

// single is a call with one result, or with a result that is not wanted.
func (c *compiler) single(e *ast.CallExpr) expr {
	fun := ast.Unparen(e.Fun)
	if tv := c.src.info.Types[fun]; tv.IsType() {
		return c.conversion(e)
	} else if tv.IsBuiltin() {
		return c.builtin(e, fun)
	}
	if x, ok := c.mathCall(e, fun); ok {
		return x
	}
	call := c.call(e)
	t := c.typeOf(e)
	if tup, ok := t.(*types.Tuple); ok && tup.Len() != 1 {
		return expr{t: t, get: func(f *frame) reflect.Value { call(f); return reflect.Value{} }}
	}
	return c.location(t, func(f *frame) reflect.Value { return call(f)[0] })
}

// mathCall is a call of a compiled func(float64) float64.
func (c *compiler) mathCall(e *ast.CallExpr, fun ast.Expr) (expr, bool) {
	o := c.callee(fun)
	if o == nil || o.Pkg() == nil || len(e.Args) != 1 {
		return expr{}, false
	}
	v, ok := c.symbols[o.Pkg().Path()][o.Name()]
	if !ok || v.Kind() != reflect.Func || o.Signature().Recv() != nil {
		return expr{}, false
	}
	fn, ok := v.Interface().(func(float64) float64)
	if !ok {
		return expr{}, false
	}
	x := c.convertTo(c.expr(e.Args[0]), types.Typ[types.Float64]).floats()
	return fromFloat(c.typeOf(e), reflect.TypeFor[float64](), func(f *frame) float64 { return fn(x(f)) }), true
}

// callee is the function that an expression names.
func (c *compiler) callee(fun ast.Expr) *types.Func {
	switch x := fun.(type) {
	case *ast.Ident:
		o, _ := c.objectOf(x).(*types.Func)
		return o
	case *ast.SelectorExpr:
		o, _ := c.objectOf(x.Sel).(*types.Func)
		return o
	}
	return nil
}

// call compiles a call of a function; it returns all results.
func (c *compiler) call(e *ast.CallExpr) func(*frame) []reflect.Value {
	prepare := c.prepare(e)
	pos := e.Pos()
	return func(f *frame) []reflect.Value {
		old := f.pos
		fn, args := prepare(f)
		f.pos = pos
		out := f.thread.call(fn, args)
		f.pos = old
		return out
	}
}

// prepare evaluates the function and the arguments of a call.
func (c *compiler) prepare(e *ast.CallExpr) func(*frame) (*Func, []reflect.Value) {
	fun := ast.Unparen(e.Fun)
	if o := c.callee(fun); o != nil && o.Pkg() != nil {
		if fn := c.special(e, o); fn != nil {
			return fn
		}
	}
	sig, ok := c.typeOf(fun).Underlying().(*types.Signature)
	if !ok {
		c.refuse(e, "a call of %s", c.typeOf(fun))
	}
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		if s := c.src.info.Selections[sel]; s != nil && s.Kind() == types.MethodVal {
			recv := c.typeOf(sel.X)
			get := c.expr(sel.X).get
			m := c.boundMethod(recv, sel)
			args := c.arguments(e, sig, 1)
			return func(f *frame) (*Func, []reflect.Value) {
				v := m.adjust(get(f))
				in := args(f)
				in[0] = v
				return m.fn, in
			}
		}
	}
	x := c.expr(fun)
	args := c.arguments(e, sig, 0)
	get := x.get
	if c.repr(x.t) != funcType { // a compiled function type
		return func(f *frame) (*Func, []reflect.Value) {
			return c.view(get(f), funcType).Interface().(*Func), args(f)
		}
	}
	return func(f *frame) (*Func, []reflect.Value) {
		fn := get(f).Interface().(*Func)
		return fn, args(f)
	}
}

// arguments evaluates the arguments of a call, after room for some others.
// What a variadic parameter takes is one slice.
func (c *compiler) arguments(e *ast.CallExpr, sig *types.Signature, room int) func(*frame) []reflect.Value {
	n := sig.Params().Len()
	param := func(i int) types.Type {
		if sig.Variadic() && i >= n-1 && !e.Ellipsis.IsValid() {
			return c.substitute(sig.Params().At(n-1).Type(), c.env).Underlying().(*types.Slice).Elem()
		}
		return sig.Params().At(i).Type()
	}
	var spread func(*frame) []reflect.Value // f(g()), of several results
	var gets []func(*frame) reflect.Value
	if len(e.Args) == 1 {
		if tup, ok := c.typeOf(e.Args[0]).(*types.Tuple); ok {
			inner := c.call(ast.Unparen(e.Args[0]).(*ast.CallExpr))
			steps := make([]func(reflect.Value) reflect.Value, tup.Len())
			for i := range steps {
				steps[i] = c.converter(tup.At(i).Type(), param(i))
			}
			spread = func(f *frame) []reflect.Value {
				out := inner(f)
				vs := make([]reflect.Value, len(out))
				for i := range vs {
					vs[i] = steps[i](out[i])
				}
				return vs
			}
		}
	}
	if spread == nil {
		for i, a := range e.Args {
			gets = append(gets, c.convertTo(c.exprOrNil(a), param(i)).get)
		}
	}
	var st reflect.Type
	pack := sig.Variadic() && !e.Ellipsis.IsValid()
	if pack {
		st = c.repr(sig.Params().At(n - 1).Type())
	}
	return func(f *frame) []reflect.Value {
		var vs []reflect.Value
		if spread != nil {
			vs = spread(f)
		} else {
			vs = make([]reflect.Value, len(gets))
			for i, get := range gets {
				vs[i] = get(f)
			}
		}
		in := make([]reflect.Value, room+n)
		if !pack {
			copy(in[room:], vs)
			return in
		}
		copy(in[room:], vs[:n-1])
		if rest := vs[n-1:]; len(rest) == 0 {
			in[room+n-1] = reflect.Zero(st)
		} else {
			s := reflect.MakeSlice(st, len(rest), len(rest))
			for i, v := range rest {
				c.store(s.Index(i), v)
			}
			in[room+n-1] = s
		}
		return in
	}
}

// converter gives values of one type another, to which they can be assigned.
func (c *compiler) converter(from, to types.Type) func(reflect.Value) reflect.Value {
	if types.Identical(from, to) {
		return func(v reflect.Value) reflect.Value { return v }
	}
	slot := c.temp()
	x := c.convertTo(expr{t: from, get: func(f *frame) reflect.Value { return f.vars[slot] }}, to)
	return func(v reflect.Value) reflect.Value {
		return x.get(&frame{vars: append(make([]reflect.Value, slot), v)})
	}
}

// hostCall calls a compiled function.
func (w *World) hostCall(fn reflect.Value, o *types.Func) func(g *thread, args []reflect.Value) []reflect.Value {
	path := ""
	if o.Pkg() != nil {
		path = o.Pkg().Path()
		if path == "glassy/kernel/engine/cell" && o.Name() == "Show" {
			path = "glassy/kernel/display"
		}
	}
	want := []reflect.Type{}
	for r := range o.Signature().Results().Variables() {
		want = append(want, w.repr(r.Type()))
	}
	return w.hostCallIn(path, fn, want)
}

// hostCallIn calls a compiled function of the package path; want are the Go types
// of its results, or nil, where they are not known.
func (w *World) hostCallIn(path string, fn reflect.Value, want []reflect.Type) func(g *thread, args []reflect.Value) []reflect.Value {
	t := fn.Type()
	prints := path == "fmt" || path == "log" || path == "glassy/kernel/engine/cell"
	return func(g *thread, args []reflect.Value) []reflect.Value {
		if prints {
			args = w.formatArgs(args)
		}
		in := make([]reflect.Value, len(args))
		for i, a := range args {
			p := t.In(i)
			if t.IsVariadic() && i == len(args)-1 {
				in[i] = w.outwardSlice(a, p, path)
				continue
			}
			in[i] = w.outwardTo(a, p, path)
		}
		var out []reflect.Value
		if t.IsVariadic() {
			out = fn.CallSlice(in)
		} else {
			out = fn.Call(in)
		}
		for i := range out {
			rt := w.hostRepr(out[i].Type())
			if want != nil {
				rt = want[i]
			}
			if out[i].Kind() == reflect.Interface {
				out[i] = w.inward(out[i], rt)
			} else if out[i].Type() != rt {
				out[i] = w.view(out[i], rt)
			}
		}
		return out
	}
}

// hostRepr is how interpreted code holds values of a Go type.
func (w *World) hostRepr(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Func && t.Name() == "" {
		return funcType
	}
	if t.Kind() == reflect.Interface && t.Name() == "" {
		return anyType
	}
	return t
}

// outwardSlice is a slice for a variadic parameter.
func (w *World) outwardSlice(v reflect.Value, want reflect.Type, path string) reflect.Value {
	if v.IsNil() {
		return reflect.Zero(want)
	}
	if want.Elem().Kind() != reflect.Interface && v.Type() == want {
		return v
	}
	s := reflect.MakeSlice(want, v.Len(), v.Len())
	for i := range v.Len() {
		s.Index(i).Set(w.outwardTo(v.Index(i), want.Elem(), path))
	}
	return s
}

// guard is cell.Guarded: fn for a goroutine of its own.
func guard(fn *Func) *Func {
	cell.Starting()
	return &Func{call: func(_ *thread, args []reflect.Value) []reflect.Value {
		g := newThread()
		defer func() {
			if x := recover(); x != nil {
				cell.Finish(g.traced(x))
			} else {
				cell.Finish(nil)
			}
		}()
		return g.call(fn, args)
	}}
}
