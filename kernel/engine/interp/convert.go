package interp

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
)

// convertTo gives x the type t, to which it can be assigned.
func (c *compiler) convertTo(x expr, t types.Type) expr {
	t = c.substitute(t, c.env)
	if isNil(x.t) {
		return c.nilOf(t)
	}
	from, to := c.repr(x.t), c.repr(t)
	if types.IsInterface(t) {
		get := x.get
		if types.IsInterface(x.t) {
			if from == to {
				x.t = t
				return x
			}
			return expr{t: t, get: func(f *frame) reflect.Value {
				v := get(f)
				if v.IsNil() {
					return reflect.Zero(to)
				}
				return c.intoInterface(v.Interface(), to)
			}}
		}
		box := c.boxer(x.t)
		plain := c.exact(x.t)
		return expr{t: t, get: func(f *frame) reflect.Value {
			v := get(f)
			if plain {
				r := reflect.New(to).Elem()
				r.Set(v)
				return r
			}
			return c.intoInterface(box(v), to)
		}}
	}
	if from == to {
		x.t = t
		return x
	}
	get := x.get
	return expr{t: t, get: func(f *frame) reflect.Value { return c.fitting(get(f), to) }}
}

// conversion is T(x).
func (c *compiler) conversion(e *ast.CallExpr) expr {
	t := c.typeOf(e)
	x := c.exprOrNil(e.Args[0])
	if isNil(x.t) || types.IsInterface(t) || types.Identical(x.t, t) {
		return c.convertTo(x, t)
	}
	from, to := c.repr(x.t), c.repr(t)
	get := x.get
	fk, tk := from.Kind(), to.Kind()
	number := func(k reflect.Kind) bool { return isSigned(k) || isUnsigned(k) || isFloat(k) }
	_, toPointer := t.Underlying().(*types.Pointer)
	_, fromPointer := x.t.Underlying().(*types.Pointer)
	switch {
	case from == pointerType && toPointer:
		return expr{t: t, get: func(f *frame) reflect.Value {
			return reflect.NewAt(to.Elem(), get(f).UnsafePointer()).Convert(to)
		}}
	case to == pointerType && fromPointer:
		return expr{t: t, get: func(f *frame) reflect.Value { return reflect.ValueOf(get(f).UnsafePointer()) }}
	case number(fk) && number(tk):
		switch {
		case (isSigned(fk) || isUnsigned(fk)) && !isFloat(tk):
			i, cut := x.ints(), fit(tk)
			if cut == nil {
				return fromInt(t, to, i)
			}
			return fromInt(t, to, func(f *frame) int64 { return cut(i(f)) })
		case isSigned(fk) && tk == reflect.Float64:
			i := x.ints()
			return fromFloat(t, to, func(f *frame) float64 { return float64(i(f)) })
		case isFloat(fk) && isFloat(tk):
			g := x.floats()
			if tk == reflect.Float32 {
				return fromFloat(t, to, func(f *frame) float64 { return float64(float32(g(f))) })
			}
			return fromFloat(t, to, g)
		}
		return c.location(t, func(f *frame) reflect.Value { return get(f).Convert(to) })
	case from == to:
		x.t = t
		return x
	case to.Kind() == reflect.Func || to == funcType:
		return expr{t: t, get: func(f *frame) reflect.Value { return c.fitting(get(f), to) }}
	}
	_, isTypeSlice := t.Underlying().(*types.Slice)
	if from.ConvertibleTo(to) && !(isTypeSlice && fk == reflect.Slice && from.Elem() != to.Elem()) {
		return c.location(t, func(f *frame) reflect.Value {
			v := get(f)
			if tk == reflect.Array && fk == reflect.Slice && v.Len() < to.Len() {
				panic(runtimeError(fmt.Sprintf("runtime error: cannot convert slice with length %d to array or pointer to array with length %d", v.Len(), to.Len())))
			}
			return v.Convert(to)
		})
	}
	return c.location(t, func(f *frame) reflect.Value { return c.view(get(f), to) })
}

// outward is v for compiled code that wants a value of the Go type want.
func (w *World) outward(v reflect.Value, want reflect.Type) reflect.Value {
	return w.outwardTo(v, want, "")
}

// outwardTo is outward for a function of the package path.
func (w *World) outwardTo(v reflect.Value, want reflect.Type, path string) reflect.Value {
	switch {
	case want.Kind() == reflect.Interface:
		var x any
		if v.Kind() != reflect.Interface || !v.IsNil() {
			x = unwrap(v.Interface())
		}
		r := reflect.New(want).Elem()
		if x == nil {
			return r
		}
		o, ok := x.(*Obj)
		if looksInto(path) {
			inside := reflect.ValueOf(x)
			if ok {
				inside = o.v
			}
			if within := objWithin(inside, 8); within != nil {
				panic(refusef("a value of type %s, within another, in package %s", w.typeName(within.t), path))
			}
		}
		if ok {
			if want.NumMethod() == 0 {
				r.Set(reflect.ValueOf(w.seenBy(o, path)))
			} else {
				r.Set(w.wrap(o, want))
			}
			return r
		}
		r.Set(reflect.ValueOf(x))
		return r
	case v.Type() == funcType && want.Kind() == reflect.Func:
		return w.goFunc(v.Interface().(*Func), want)
	case v.Type() == want:
		return v
	}
	return w.view(v, want)
}

// inward is v, out of compiled code or opaque memory, in the Go type want.
func (w *World) inward(v reflect.Value, want reflect.Type) reflect.Value {
	if v.Kind() == reflect.Interface {
		if v.IsNil() {
			return reflect.Zero(want)
		}
		v = v.Elem()
	}
	if want.Kind() == reflect.Interface {
		return w.intoInterface(v.Interface(), want)
	}
	if o, ok := unwrap(v.Interface()).(*Obj); ok {
		return o.v
	}
	return v
}
