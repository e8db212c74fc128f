package interp

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"math/rand/v2"
	"reflect"

	"glassy/kernel/engine/cell"
)

// builtin is a call of a predeclared function.
func (c *compiler) builtin(e *ast.CallExpr, fun ast.Expr) expr {
	name := ""
	switch x := fun.(type) {
	case *ast.Ident:
		name = x.Name
	case *ast.SelectorExpr:
		name = "unsafe." + x.Sel.Name
	}
	t := c.src.info.TypeOf(e)
	if t != nil {
		t = c.substitute(t, c.env)
	}
	nothing := func(do func(*frame)) expr {
		return expr{t: types.NewTuple(), get: func(f *frame) reflect.Value { do(f); return reflect.Value{} }}
	}
	switch name {
	case "len", "cap":
		x := c.expr(e.Args[0])
		get := x.get
		if p, ok := x.t.Underlying().(*types.Pointer); ok {
			n := p.Elem().Underlying().(*types.Array).Len()
			return fromInt(t, c.repr(t), func(f *frame) int64 { get(f); return n })
		}
		if name == "cap" {
			return fromInt(t, c.repr(t), func(f *frame) int64 { return int64(get(f).Cap()) })
		}
		return fromInt(t, c.repr(t), func(f *frame) int64 { return int64(get(f).Len()) })
	case "append":
		return c.appends(e, t)
	case "copy":
		dst, src := c.expr(e.Args[0]).get, c.expr(e.Args[1]).get
		return fromInt(types.Typ[types.Int], reflect.TypeFor[int](), func(f *frame) int64 {
			d := dst(f)
			return int64(reflect.Copy(d, src(f)))
		})
	case "delete":
		m := c.expr(e.Args[0])
		k := c.mapKey(c.convertTo(c.expr(e.Args[1]), m.t.Underlying().(*types.Map).Key()))
		get := m.get
		return nothing(func(f *frame) {
			v := get(f)
			if key := k(f); !v.IsNil() {
				v.SetMapIndex(key, reflect.Value{})
			}
		})
	case "clear":
		get := c.expr(e.Args[0]).get
		return nothing(func(f *frame) { get(f).Clear() })
	case "close":
		get := c.expr(e.Args[0]).get
		return nothing(func(f *frame) { get(f).Close() })
	case "complex":
		re, im := c.expr(e.Args[0]).floats(), c.expr(e.Args[1]).floats()
		rt := c.repr(t)
		return expr{t: t, get: func(f *frame) reflect.Value {
			v := reflect.New(rt).Elem()
			r := re(f)
			v.SetComplex(complex(r, im(f)))
			return v
		}}
	case "real":
		get := c.expr(e.Args[0]).get
		return fromFloat(t, c.repr(t), func(f *frame) float64 { return real(get(f).Complex()) })
	case "imag":
		get := c.expr(e.Args[0]).get
		return fromFloat(t, c.repr(t), func(f *frame) float64 { return imag(get(f).Complex()) })
	case "min", "max":
		op := token.LSS
		if name == "max" {
			op = token.GTR
		}
		x := c.convertTo(c.expr(e.Args[0]), t)
		for _, a := range e.Args[1:] {
			x = c.better(op, x, c.convertTo(c.expr(a), t), t)
		}
		return x
	case "new":
		rt := c.repr(t).Elem()
		if c.src.info.Types[e.Args[0]].IsType() {
			return expr{t: t, get: func(*frame) reflect.Value { return reflect.New(rt) }}
		}
		get := c.convertTo(c.expr(e.Args[0]), t.(*types.Pointer).Elem()).get
		return expr{t: t, get: func(f *frame) reflect.Value {
			p := reflect.New(rt)
			p.Elem().Set(get(f))
			return p
		}}
	case "make":
		return c.makes(e, t)
	case "panic":
		get := c.convertTo(c.exprOrNil(e.Args[0]), types.Universe.Lookup("any").Type()).get
		return nothing(func(f *frame) {
			x := get(f).Interface()
			if o, ok := x.(*Obj); ok {
				x = c.seenBy(o, "")
			}
			panic(x)
		})
	case "recover":
		a := c.repr(types.Universe.Lookup("any").Type())
		return expr{t: t, get: func(f *frame) reflect.Value {
			v := reflect.New(a).Elem()
			if f.rec == nil || f.rec.recovered {
				return v
			}
			x := f.rec.value
			f.rec.recovered = true
			if tr, ok := x.(*cell.Traced); ok {
				x = tr.Value
			}
			v.Set(reflect.ValueOf(unwrap(x)))
			return v
		}}
	case "print", "println":
		var gets []func(*frame) reflect.Value
		for _, a := range e.Args {
			gets = append(gets, c.exprOrNil(a).get)
		}
		return nothing(func(f *frame) { printBuiltin(name, f, gets) })
	}
	c.refuse(e, "the predeclared function %s", name)
	return expr{}
}

// printBuiltin is print and println.
func printBuiltin(name string, f *frame, gets []func(*frame) reflect.Value) {
	for i, get := range gets {
		if i > 0 && name == "println" {
			print(" ")
		}
		v := get(f)
		switch k := v.Kind(); {
		case isSigned(k):
			print(v.Int())
		case isUnsigned(k):
			print(v.Uint())
		case k == reflect.Float32:
			print(float32(v.Float()))
		case isFloat(k):
			print(v.Float())
		case k == reflect.Complex64:
			print(complex64(v.Complex()))
		case isComplex(k):
			print(v.Complex())
		case k == reflect.String:
			print(v.String())
		case k == reflect.Bool:
			print(v.Bool())
		case k == reflect.Interface && v.IsNil():
			print(any(nil))
		case k == reflect.Pointer, k == reflect.Map, k == reflect.Chan:
			print(v.UnsafePointer())
		default:
			panic(refusef("the built-in %s of a %s", name, v.Type()))
		}
	}
	if name == "println" {
		println()
	}
}

// better is min or max of two.
func (c *compiler) better(op token.Token, x, y expr, t types.Type) expr {
	rt := c.repr(t)
	switch k := rt.Kind(); {
	case isFloat(k):
		a, b := x.floats(), y.floats()
		if op == token.LSS {
			return fromFloat(t, rt, func(f *frame) float64 { p := a(f); return min(p, b(f)) })
		}
		return fromFloat(t, rt, func(f *frame) float64 { p := a(f); return max(p, b(f)) })
	}
	sx, sy := c.temp(), c.temp()
	lx := c.location(t, func(f *frame) reflect.Value { return f.vars[sx] })
	ly := c.location(t, func(f *frame) reflect.Value { return f.vars[sy] })
	less := c.order(op, lx, ly, types.Typ[types.Bool]).b
	gx, gy := x.get, y.get
	return c.location(t, func(f *frame) reflect.Value {
		p, q := snapshot(gx(f)), snapshot(gy(f))
		f.vars[sx], f.vars[sy] = p, q
		if less(f) {
			return p
		}
		return q
	})
}

func (c *compiler) appends(e *ast.CallExpr, t types.Type) expr {
	base := c.convertTo(c.exprOrNil(e.Args[0]), t).get
	if e.Ellipsis.IsValid() {
		x := c.exprOrNil(e.Args[1])
		if isNil(x.t) {
			return expr{t: t, get: base}
		}
		get := x.get
		if isString(x.t) {
			return expr{t: t, get: func(f *frame) reflect.Value {
				s := base(f)
				return reflect.AppendSlice(s, reflect.ValueOf([]byte(get(f).String())).Convert(s.Type()))
			}}
		}
		return expr{t: t, get: func(f *frame) reflect.Value {
			s := base(f)
			more := get(f)
			if more.Type() != s.Type() {
				more = more.Convert(s.Type())
			}
			return reflect.AppendSlice(s, more)
		}}
	}
	et := t.Underlying().(*types.Slice).Elem()
	var gets []func(*frame) reflect.Value
	for _, a := range e.Args[1:] {
		gets = append(gets, c.convertTo(c.exprOrNil(a), et).get)
	}
	return expr{t: t, get: func(f *frame) reflect.Value {
		vs := make([]reflect.Value, len(gets))
		for i, get := range gets {
			vs[i] = get(f)
			if len(gets) > 1 {
				vs[i] = snapshot(vs[i])
			}
		}
		s := base(f)
		n := s.Len()
		if n+len(vs) <= s.Cap() {
			s = s.Slice(0, n+len(vs))
		} else {
			s = reflect.AppendSlice(s, reflect.MakeSlice(s.Type(), len(vs), len(vs)))
		}
		for i, v := range vs {
			c.store(s.Index(n+i), v)
		}
		return s
	}}
}

func (c *compiler) makes(e *ast.CallExpr, t types.Type) expr {
	rt := c.repr(t)
	var sizes []func(*frame) int64
	for _, a := range e.Args[1:] {
		x := c.expr(a)
		if isFloat(c.repr(x.t).Kind()) {
			n := x.floats()
			sizes = append(sizes, func(f *frame) int64 { return int64(n(f)) })
			continue
		}
		sizes = append(sizes, x.ints())
	}
	size := func(f *frame, i int) int64 {
		if i < len(sizes) {
			return sizes[i](f)
		}
		return 0
	}
	return expr{t: t, get: func(f *frame) reflect.Value {
		n := size(f, 0)
		switch rt.Kind() {
		case reflect.Map:
			return reflect.MakeMapWithSize(rt, int(max(n, 0)))
		case reflect.Chan:
			if n < 0 {
				_ = make(chan struct{}, n)
			}
			return reflect.MakeChan(rt, int(n))
		}
		most := n
		if len(sizes) > 1 {
			most = size(f, 1)
		}
		if n < 0 || most < n || most > 1<<40 {
			_ = make([]byte, n, most)
		}
		return reflect.MakeSlice(rt, int(n), int(most))
	}}
}

// special is a call of a function that this engine knows itself, or nil.
func (c *compiler) special(e *ast.CallExpr, o *types.Func) func(*frame) (*Func, []reflect.Value) {
	if o.FullName() != "errors.As" || len(e.Args) != 2 {
		return nil
	}
	pt, ok := c.typeOf(e.Args[1]).Underlying().(*types.Pointer)
	if !ok {
		return nil
	}
	t := pt.Elem()
	rt, exact := c.repr(t), c.exact(t)
	err := c.convertTo(c.expr(e.Args[0]), types.Universe.Lookup("error").Type()).get
	target := c.expr(e.Args[1]).get
	fn := &Func{call: func(g *thread, args []reflect.Value) []reflect.Value {
		v, ok := c.errorAs(args[0].Interface(), t, rt, exact)
		if ok {
			c.store(deref(args[1]), v)
		}
		return []reflect.Value{reflect.ValueOf(ok)}
	}}
	return func(f *frame) (*Func, []reflect.Value) {
		x := err(f)
		return fn, []reflect.Value{x, target(f)}
	}
}

// errorAs finds an error of type t in the tree of x.
func (w *World) errorAs(x any, t types.Type, rt reflect.Type, exact bool) (reflect.Value, bool) {
	if x == nil {
		return reflect.Value{}, false
	}
	if v, ok := w.holds(x, t, rt, exact); ok {
		return v, true
	}
	err, _ := x.(error)
	if a, ok := err.(interface{ As(any) bool }); ok && exact {
		p := reflect.New(rt)
		if a.As(p.Interface()) {
			return p.Elem(), true
		}
	}
	if m, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range m.Unwrap() {
			if v, ok := w.errorAs(e, t, rt, exact); ok {
				return v, true
			}
		}
		return reflect.Value{}, false
	}
	return w.errorAs(errors.Unwrap(err), t, rt, exact)
}

// intrinsic is a generic function that this engine knows itself.
func (c *compiler) intrinsic(o *types.Func, in types.Instance) (expr, bool) {
	t := c.substitute(in.Type, c.env)
	native := func(call func(g *thread, args []reflect.Value) []reflect.Value) (expr, bool) {
		v := reflect.ValueOf(&Func{call: call})
		return expr{t: t, get: func(*frame) reflect.Value { return v }}, true
	}
	switch o.FullName() {
	case "glassy/kernel/engine/cell.Guarded":
		return native(func(_ *thread, args []reflect.Value) []reflect.Value {
			return []reflect.Value{reflect.ValueOf(guard(args[0].Interface().(*Func)))}
		})
	case "glassy/kernel/engine/cell.Zero":
		return native(func(_ *thread, args []reflect.Value) []reflect.Value {
			args[0].Elem().SetZero()
			return nil
		})
	case "math/rand/v2.N":
		rt := c.repr(c.substitute(in.TypeArgs.At(0), c.env))
		return native(func(_ *thread, args []reflect.Value) []reflect.Value {
			v := reflect.New(rt).Elem()
			if v.CanInt() {
				if args[0].Int() <= 0 {
					panic("invalid argument to N")
				}
				v.SetInt(int64(rand.Uint64N(uint64(args[0].Int()))))
			} else {
				v.SetUint(rand.Uint64N(args[0].Uint()))
			}
			return []reflect.Value{v}
		})
	case "errors.AsType":
		et := c.substitute(in.TypeArgs.At(0), c.env)
		rt, exact := c.repr(et), c.exact(et)
		return native(func(_ *thread, args []reflect.Value) []reflect.Value {
			v, ok := c.errorAs(args[0].Interface(), et, rt, exact)
			if !ok {
				v = reflect.Zero(rt)
			}
			return []reflect.Value{v, reflect.ValueOf(ok)}
		})
	}
	return expr{}, false
}
