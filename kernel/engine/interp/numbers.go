package interp

import (
	"go/token"
	"go/types"
	"reflect"
)

// ints returns e as an int64, whose bits are those of an unsigned number too.
func (e expr) ints() func(*frame) int64 {
	if e.i != nil {
		return e.i
	}
	get := e.get
	return func(f *frame) int64 {
		v := get(f)
		if v.CanInt() {
			return v.Int()
		}
		return int64(v.Uint())
	}
}

func (e expr) floats() func(*frame) float64 {
	if e.f != nil {
		return e.f
	}
	get := e.get
	return func(f *frame) float64 { return get(f).Float() }
}

func (e expr) bools() func(*frame) bool {
	if e.b != nil {
		return e.b
	}
	get := e.get
	return func(f *frame) bool { return get(f).Bool() }
}

// boxed makes a value of type rt of what x returns.
func boxed[T any](rt reflect.Type, x func(*frame) T, set func(reflect.Value, T)) func(*frame) reflect.Value {
	if rt == reflect.TypeFor[T]() {
		return func(f *frame) reflect.Value { return reflect.ValueOf(x(f)) }
	}
	return func(f *frame) reflect.Value {
		v := reflect.New(rt).Elem()
		set(v, x(f))
		return v
	}
}

// fromInt makes an expression of a function that returns an integer that fits.
func fromInt(t types.Type, rt reflect.Type, i func(*frame) int64) expr {
	e := expr{t: t, i: i}
	switch {
	case rt == reflect.TypeFor[int]():
		e.get = func(f *frame) reflect.Value { return reflect.ValueOf(int(i(f))) }
	case isSigned(rt.Kind()):
		e.get = boxed(rt, i, reflect.Value.SetInt)
	default:
		e.get = boxed(rt, i, func(v reflect.Value, n int64) { v.SetUint(uint64(n)) })
	}
	return e
}

func fromFloat(t types.Type, rt reflect.Type, x func(*frame) float64) expr {
	return expr{t: t, f: x, get: boxed(rt, x, reflect.Value.SetFloat)}
}

func fromBool(t types.Type, rt reflect.Type, b func(*frame) bool) expr {
	return expr{t: t, b: b, get: boxed(rt, b, reflect.Value.SetBool)}
}

// fit returns what cuts an integer to the width of a kind.
func fit(k reflect.Kind) func(int64) int64 {
	switch k {
	case reflect.Int8:
		return func(x int64) int64 { return int64(int8(x)) }
	case reflect.Int16:
		return func(x int64) int64 { return int64(int16(x)) }
	case reflect.Int32:
		return func(x int64) int64 { return int64(int32(x)) }
	case reflect.Uint8:
		return func(x int64) int64 { return int64(uint8(x)) }
	case reflect.Uint16:
		return func(x int64) int64 { return int64(uint16(x)) }
	case reflect.Uint32:
		return func(x int64) int64 { return int64(uint32(x)) }
	}
	return nil
}

// arithmetic is x op y for two numbers or strings of one type.
func (c *compiler) arithmetic(op token.Token, x, y expr, t types.Type) expr {
	rt := c.repr(t)
	k := rt.Kind()
	switch {
	case isSigned(k), isUnsigned(k):
		a, b := x.ints(), y.ints()
		var i func(*frame) int64
		switch op {
		case token.ADD:
			i = func(f *frame) int64 { return a(f) + b(f) }
		case token.SUB:
			i = func(f *frame) int64 { return a(f) - b(f) }
		case token.MUL:
			i = func(f *frame) int64 { return a(f) * b(f) }
		case token.AND:
			i = func(f *frame) int64 { return a(f) & b(f) }
		case token.OR:
			i = func(f *frame) int64 { return a(f) | b(f) }
		case token.XOR:
			i = func(f *frame) int64 { return a(f) ^ b(f) }
		case token.AND_NOT:
			i = func(f *frame) int64 { return a(f) &^ b(f) }
		case token.QUO:
			if isSigned(k) {
				i = func(f *frame) int64 { p, q := a(f), b(f); return p / q }
			} else {
				i = func(f *frame) int64 { p, q := a(f), b(f); return int64(uint64(p) / uint64(q)) }
			}
		case token.REM:
			if isSigned(k) {
				i = func(f *frame) int64 { p, q := a(f), b(f); return p % q }
			} else {
				i = func(f *frame) int64 { p, q := a(f), b(f); return int64(uint64(p) % uint64(q)) }
			}
		}
		if cut := fit(k); cut != nil {
			whole := i
			i = func(f *frame) int64 { return cut(whole(f)) }
		}
		return fromInt(t, rt, i)
	case isFloat(k):
		a, b := x.floats(), y.floats()
		var r func(*frame) float64
		switch op {
		case token.ADD:
			r = func(f *frame) float64 { return float64(a(f)) + float64(b(f)) }
		case token.SUB:
			r = func(f *frame) float64 { return a(f) - b(f) }
		case token.MUL:
			r = func(f *frame) float64 { return a(f) * b(f) }
		case token.QUO:
			r = func(f *frame) float64 { return a(f) / b(f) }
		}
		if k == reflect.Float32 { // rounding twice is rounding once for these four
			wide := r
			r = func(f *frame) float64 { return float64(float32(wide(f))) }
		}
		return fromFloat(t, rt, r)
	case isComplex(k):
		a, b := x.get, y.get
		calc := func(p, q complex128) complex128 {
			switch op {
			case token.ADD:
				return p + q
			case token.SUB:
				return p - q
			case token.MUL:
				return p * q
			}
			return p / q
		}
		if k == reflect.Complex64 {
			wide := calc
			calc = func(p, q complex128) complex128 {
				s, u := complex64(p), complex64(q)
				switch op {
				case token.ADD:
					return complex128(s + u)
				case token.SUB:
					return complex128(s - u)
				case token.MUL:
					return complex128(s * u)
				}
				return wide(p, q)
			}
		}
		return expr{t: t, get: func(f *frame) reflect.Value {
			v := reflect.New(rt).Elem()
			v.SetComplex(calc(a(f).Complex(), b(f).Complex()))
			return v
		}}
	case k == reflect.String:
		a, b := x.get, y.get
		return expr{t: t, get: func(f *frame) reflect.Value {
			v := reflect.New(rt).Elem()
			p := a(f).String()
			v.SetString(p + b(f).String())
			return v
		}}
	}
	panic(refusef("%s of %s", op, t))
}

// shift is x << y or x >> y.
func (c *compiler) shift(op token.Token, x, y expr, t types.Type) expr {
	rt := c.repr(t)
	a, b := x.ints(), y.ints()
	signed := isSigned(c.repr(y.t).Kind())
	cut := fit(rt.Kind())
	count := func(f *frame) uint64 {
		n := b(f)
		if signed && n < 0 {
			var one, m = 1, int(n)
			_ = one << m // panics as Go does
		}
		return uint64(n)
	}
	return fromInt(t, rt, func(f *frame) int64 {
		p := a(f)
		n := count(f)
		switch {
		case op == token.SHL:
			p <<= n
		case isSigned(rt.Kind()):
			p >>= n
		default:
			p = int64(uint64(p) >> n)
		}
		if cut != nil {
			p = cut(p)
		}
		return p
	})
}

// order is x op y for ordered values of one type.
func (c *compiler) order(op token.Token, x, y expr, t types.Type) expr {
	rt, k := c.repr(t), c.repr(x.t).Kind()
	var b func(*frame) bool
	switch {
	case isSigned(k):
		p, q := x.ints(), y.ints()
		switch op {
		case token.LSS:
			b = func(f *frame) bool { return p(f) < q(f) }
		case token.LEQ:
			b = func(f *frame) bool { return p(f) <= q(f) }
		case token.GTR:
			b = func(f *frame) bool { return p(f) > q(f) }
		case token.GEQ:
			b = func(f *frame) bool { return p(f) >= q(f) }
		}
	case isUnsigned(k):
		p, q := x.ints(), y.ints()
		switch op {
		case token.LSS:
			b = func(f *frame) bool { return uint64(p(f)) < uint64(q(f)) }
		case token.LEQ:
			b = func(f *frame) bool { return uint64(p(f)) <= uint64(q(f)) }
		case token.GTR:
			b = func(f *frame) bool { return uint64(p(f)) > uint64(q(f)) }
		case token.GEQ:
			b = func(f *frame) bool { return uint64(p(f)) >= uint64(q(f)) }
		}
	case isFloat(k):
		p, q := x.floats(), y.floats()
		switch op {
		case token.LSS:
			b = func(f *frame) bool { return p(f) < q(f) }
		case token.LEQ:
			b = func(f *frame) bool { return p(f) <= q(f) }
		case token.GTR:
			b = func(f *frame) bool { return p(f) > q(f) }
		case token.GEQ:
			b = func(f *frame) bool { return p(f) >= q(f) }
		}
	case k == reflect.String:
		p, q := x.get, y.get
		switch op {
		case token.LSS:
			b = func(f *frame) bool { return p(f).String() < q(f).String() }
		case token.LEQ:
			b = func(f *frame) bool { return p(f).String() <= q(f).String() }
		case token.GTR:
			b = func(f *frame) bool { return p(f).String() > q(f).String() }
		case token.GEQ:
			b = func(f *frame) bool { return p(f).String() >= q(f).String() }
		}
	default:
		panic(refusef("%s of %s", op, x.t))
	}
	return fromBool(t, rt, b)
}

// equality is x == y of two values of one type, or of a value and nil.
func (c *compiler) equality(x, y expr, t types.Type, not bool) expr {
	rt, k := c.repr(t), c.repr(x.t).Kind()
	var b func(*frame) bool
	switch {
	case isNil(y.t), isNil(x.t):
		get := x.get
		if isNil(x.t) {
			get = y.get
		}
		b = func(f *frame) bool { return get(f).IsNil() }
	case isSigned(k), isUnsigned(k):
		p, q := x.ints(), y.ints()
		b = func(f *frame) bool { return p(f) == q(f) }
	case isFloat(k):
		p, q := x.floats(), y.floats()
		b = func(f *frame) bool { return p(f) == q(f) }
	default:
		p, q := x.get, y.get
		b = func(f *frame) bool { u := snapshot(p(f)); return c.same(u, q(f)) }
	}
	if not {
		eq := b
		b = func(f *frame) bool { return !eq(f) }
	}
	return fromBool(t, rt, b)
}

func isNil(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Kind() == types.UntypedNil
}
