package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strings"
)

// expr compiles an expression with one value.
func (c *compiler) expr(e ast.Expr) (x expr) {
	defer c.at(e)
	tv := c.src.info.Types[e]
	if tv.Value != nil {
		return c.constant(tv.Value, c.substitute(tv.Type, c.env))
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.expr(e.X)
	case *ast.Ident:
		return c.ident(e)
	case *ast.FuncLit:
		return c.literal(e)
	case *ast.CompositeLit:
		return c.composite(e, c.typeOf(e))
	case *ast.SelectorExpr:
		return c.selector(e)
	case *ast.IndexExpr:
		return c.index(e)
	case *ast.IndexListExpr:
		return c.instance(e.X)
	case *ast.SliceExpr:
		return c.slice(e)
	case *ast.StarExpr:
		p := c.expr(e.X)
		get, rt := p.get, c.repr(c.typeOf(e))
		return c.location(c.typeOf(e), func(f *frame) reflect.Value { return c.view(deref(get(f)), rt) })
	case *ast.UnaryExpr:
		return c.unary(e)
	case *ast.BinaryExpr:
		return c.binary(e)
	case *ast.CallExpr:
		return c.single(e)
	case *ast.TypeAssertExpr:
		return c.assertion(e)
	}
	c.refuse(e, "an expression of the kind %T", e)
	return expr{}
}

// location is an expression whose value is in memory.
func (c *compiler) location(t types.Type, get func(*frame) reflect.Value) expr {
	e := expr{t: t, get: get}
	switch k := c.repr(t).Kind(); {
	case isSigned(k):
		e.i = func(f *frame) int64 { return get(f).Int() }
	case isUnsigned(k):
		e.i = func(f *frame) int64 { return int64(get(f).Uint()) }
	case isFloat(k):
		e.f = func(f *frame) float64 { return get(f).Float() }
	case k == reflect.Bool:
		e.b = func(f *frame) bool { return get(f).Bool() }
	}
	return e
}

func (c *compiler) nilOf(t types.Type) expr {
	z := reflect.Zero(c.repr(t))
	return expr{t: t, get: func(*frame) reflect.Value { return z }}
}

func (c *compiler) ident(id *ast.Ident) expr {
	switch o := c.objectOf(id).(type) {
	case *types.Nil:
		return c.nilOf(c.typeOf(id))
	case *types.Var:
		return c.variable(o)
	case *types.Func:
		return c.funcObject(id, o)
	default:
		c.refuse(id, "%s used as a value", id.Name)
	}
	return expr{}
}

func (c *compiler) variable(o *types.Var) expr {
	t := c.varType(o)
	if s, ok := c.lookup(o); ok {
		return c.location(t, func(f *frame) reflect.Value { return f.vars[s] })
	}
	if v, ok := c.globals[o]; ok {
		return c.location(t, func(*frame) reflect.Value { return v })
	}
	if o.Pkg() != nil && c.compiled(o.Pkg()) {
		v, ok := c.symbols[o.Pkg().Path()][o.Name()]
		if ok && v.CanAddr() {
			c.learnType(t, v.Type())
			want := c.repr(t)
			return c.location(t, func(*frame) reflect.Value { return c.view(v, want) })
		}
		if s := c.sources[o.Pkg().Path()]; s != nil {
			panic(refusef("the variable %s of package %s", o.Name(), o.Pkg().Path()))
		}
	}
	panic(refusef("the variable %s", o.Name()))
}

// function0 is a declared function as a value.
func (c *compiler) function0(o *types.Func, env map[*types.TypeParam]types.Type) expr {
	fn := &Func{code: c.codeOf(o, env)}
	v := reflect.ValueOf(fn)
	return expr{t: c.substitute(o.Signature(), env), get: func(*frame) reflect.Value { return v }}
}

// instance is a generic function with its types.
func (c *compiler) instance(e ast.Expr) expr {
	switch e := e.(type) {
	case *ast.Ident:
		return c.funcObject(e, c.objectOf(e).(*types.Func))
	case *ast.SelectorExpr:
		return c.funcObject(e.Sel, c.objectOf(e.Sel).(*types.Func))
	case *ast.ParenExpr:
		return c.instance(e.X)
	}
	panic(refusef("an instance of %T", e))
}

// funcObject is a package's function as a value; id names it, and has the types
// of a generic one.
func (c *compiler) funcObject(id *ast.Ident, o *types.Func) expr {
	in, generic := c.src.info.Instances[id]
	if !generic {
		if c.decls[o] != nil && !c.symbols[o.Pkg().Path()][o.Name()].IsValid() {
			return c.function0(o, nil)
		}
		v, ok := c.symbols[o.Pkg().Path()][o.Name()]
		if !ok || v.Kind() != reflect.Func {
			panic(refusef("the function %s.%s, which is not in the tables of this engine", o.Pkg().Name(), o.Name()))
		}
		c.learn(o.Signature(), v.Type())
		call := c.hostCall(v, o)
		fn := reflect.ValueOf(&Func{call: call, host: v})
		return expr{t: o.Signature(), get: func(*frame) reflect.Value { return fn }}
	}
	if c.decls[o] == nil {
		if x, ok := c.intrinsic(o, in); ok {
			return x
		}
		src := c.sourceOf(o.Pkg().Path())
		if src == nil {
			panic(refusef("the generic function %s.%s", o.Pkg().Name(), o.Name()))
		}
		found, ok := src.pkg.Scope().Lookup(o.Name()).(*types.Func)
		if !ok {
			panic(refusef("the generic function %s.%s", o.Pkg().Name(), o.Name()))
		}
		o = found
	}
	env := map[*types.TypeParam]types.Type{}
	for i := range in.TypeArgs.Len() {
		env[o.Signature().TypeParams().At(i)] = c.substitute(in.TypeArgs.At(i), c.env)
	}
	return c.function0(o, env)
}

// learn notes the Go types of unexported types that a compiled function returns.
func (c *compiler) learn(sig *types.Signature, rt reflect.Type) {
	for i := range min(sig.Results().Len(), rt.NumOut()) {
		c.learnType(sig.Results().At(i).Type(), rt.Out(i))
	}
}

func (c *compiler) learnType(t types.Type, r reflect.Type) {
	for {
		p, ok := t.(*types.Pointer)
		if !ok || r.Kind() != reflect.Pointer {
			break
		}
		t, r = p.Elem(), r.Elem()
	}
	{
		if n, ok := t.(*types.Named); ok && n.Obj().Pkg() != nil && !n.Obj().Exported() && n.TypeArgs().Len() == 0 && r.Name() == n.Obj().Name() {
			c.learnt[n.Obj()] = r
		}
	}
}

// literal is a function literal.
func (c *compiler) literal(e *ast.FuncLit) expr {
	name := c.code.name
	in := &compiler{World: c.World, src: c.src, env: c.env, outer: c, slots: map[types.Object]int{}, fresh: c.fresh, code: &code{name: name, fset: c.World.fset}}
	sig := c.src.info.TypeOf(e).(*types.Signature)
	in.function(e, nil, e.Type, sig, e.Body)
	k, from := in.code, in.from
	return expr{t: c.typeOf(e), get: func(f *frame) reflect.Value {
		env := make([]reflect.Value, len(from))
		for i, s := range from {
			env[i] = f.vars[s]
		}
		return reflect.ValueOf(&Func{code: k, env: env})
	}}
}

func (c *compiler) selector(e *ast.SelectorExpr) expr {
	sel := c.src.info.Selections[e]
	if sel == nil { // of a package
		switch o := c.objectOf(e.Sel).(type) {
		case *types.Var:
			return c.variable(o)
		case *types.Func:
			return c.funcObject(e.Sel, o)
		}
		panic(refusef("%s used as a value", e.Sel.Name))
	}
	switch sel.Kind() {
	case types.FieldVal:
		recv, index := c.reselect(sel, e)
		p := c.path(recv, index)
		x := c.expr(e.X)
		get, step := x.get, p.get
		return c.location(c.typeOf(e), func(f *frame) reflect.Value { return step(get(f)) })
	case types.MethodVal:
		recv := c.typeOf(e.X)
		x := c.expr(e.X)
		get := x.get
		bound := c.boundMethod(recv, e)
		return expr{t: c.typeOf(e), get: func(f *frame) reflect.Value {
			v := bound.adjust(get(f))
			if bound.check != nil {
				bound.check(v)
			}
			return reflect.ValueOf(&Func{call: func(g *thread, args []reflect.Value) []reflect.Value {
				return g.call(bound.fn, append([]reflect.Value{v}, args...))
			}})
		}}
	}
	// A method expression: T.m.
	recv := c.substitute(sel.Recv(), c.env)
	m := c.boundMethod(recv, e)
	fn := reflect.ValueOf(&Func{call: func(g *thread, args []reflect.Value) []reflect.Value {
		return g.call(m.fn, append([]reflect.Value{m.adjust(args[0])}, args[1:]...))
	}})
	return expr{t: c.typeOf(e), get: func(*frame) reflect.Value { return fn }}
}

// reselect is the way to a field in this instance.
func (c *compiler) reselect(sel *types.Selection, e *ast.SelectorExpr) (types.Type, []int) {
	recv := c.substitute(sel.Recv(), c.env)
	if len(c.env) == 0 {
		return recv, sel.Index()
	}
	o, index, _ := types.LookupFieldOrMethod(recv, true, c.src.pkg, e.Sel.Name)
	if o == nil {
		panic(refusef("%s of %s", e.Sel.Name, recv))
	}
	return recv, index
}

// method is how a method is called: with the receiver first.
type method struct {
	adjust func(reflect.Value) reflect.Value // makes the receiver
	fn     *Func
	check  func(reflect.Value)
}

func (c *compiler) boundMethod(recv types.Type, e *ast.SelectorExpr) method {
	if types.IsInterface(recv) {
		name, pkg := e.Sel.Name, c.src.pkg
		return method{adjust: snapshot, fn: &Func{call: func(g *thread, args []reflect.Value) []reflect.Value {
			return c.callInterface(g, args[0], pkg, name, args[1:])
		}}, check: func(v reflect.Value) {
			if v.IsNil() {
				var n *int
				_ = *n
			}
		}}
	}
	o, index, _ := types.LookupFieldOrMethod(recv, true, c.src.pkg, e.Sel.Name)
	m, ok := o.(*types.Func)
	if !ok {
		panic(refusef("the method %s of %s", e.Sel.Name, recv))
	}
	adjust, fn := c.methodFunc(recv, m, index)
	return method{adjust: adjust, fn: fn}
}

func (c *compiler) unary(e *ast.UnaryExpr) expr {
	t := c.typeOf(e)
	rt := c.repr(t)
	switch e.Op {
	case token.AND:
		return c.address(e.X, t)
	case token.ARROW:
		x := c.expr(e.X)
		get := x.get
		return expr{t: t, get: func(f *frame) reflect.Value {
			v, _ := get(f).Recv()
			return v
		}}
	case token.NOT:
		b := c.expr(e.X).bools()
		return fromBool(t, rt, func(f *frame) bool { return !b(f) })
	case token.ADD:
		return c.expr(e.X)
	case token.SUB, token.XOR:
		x := c.expr(e.X)
		switch k := rt.Kind(); {
		case isSigned(k), isUnsigned(k):
			a, cut := x.ints(), fit(k)
			neg := e.Op == token.SUB
			return fromInt(t, rt, func(f *frame) int64 {
				v := ^a(f)
				if neg {
					v++
				}
				if cut != nil {
					v = cut(v)
				}
				return v
			})
		case isFloat(k):
			a := x.floats()
			return fromFloat(t, rt, func(f *frame) float64 { return -a(f) })
		case isComplex(k):
			a := x.get
			return expr{t: t, get: func(f *frame) reflect.Value {
				v := reflect.New(rt).Elem()
				v.SetComplex(-a(f).Complex())
				return v
			}}
		}
	}
	panic(refusef("%s of %s", e.Op, t))
}

// address is &x.
func (c *compiler) address(x ast.Expr, t types.Type) expr {
	x = ast.Unparen(x)
	rt := c.repr(t)
	if lit, ok := x.(*ast.CompositeLit); ok {
		get := c.composite(lit, c.typeOf(lit)).get
		et := rt.Elem()
		return expr{t: t, get: func(f *frame) reflect.Value {
			p := reflect.New(et)
			p.Elem().Set(get(f))
			return p
		}}
	}
	get := c.expr(x).get
	return expr{t: t, get: func(f *frame) reflect.Value {
		v := get(f)
		if !v.CanAddr() {
			panic(refusef("the address of a %s that compiled code holds in another form", v.Type()))
		}
		return v.Addr()
	}}
}

func (c *compiler) binary(e *ast.BinaryExpr) expr {
	t := c.typeOf(e)
	switch e.Op {
	case token.LAND:
		a, b := c.expr(e.X).bools(), c.expr(e.Y).bools()
		return fromBool(t, c.repr(t), func(f *frame) bool { return a(f) && b(f) })
	case token.LOR:
		a, b := c.expr(e.X).bools(), c.expr(e.Y).bools()
		return fromBool(t, c.repr(t), func(f *frame) bool { return a(f) || b(f) })
	case token.SHL, token.SHR:
		return c.shift(e.Op, c.expr(e.X), c.expr(e.Y), t)
	case token.EQL, token.NEQ:
		x, y := c.exprOrNil(e.X), c.exprOrNil(e.Y)
		if !isNil(x.t) && !isNil(y.t) {
			switch ix, iy := types.IsInterface(x.t), types.IsInterface(y.t); {
			case ix && !iy:
				y = c.convertTo(y, x.t)
			case iy && !ix:
				x = c.convertTo(x, y.t)
			}
		}
		return c.equality(x, y, t, e.Op == token.NEQ)
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		return c.order(e.Op, c.expr(e.X), c.expr(e.Y), t)
	}
	x, y := c.expr(e.X), c.expr(e.Y)
	if isVariable(e.X) && calls(e.Y) {
		y, first := c.hoist(y)
		return c.after(first, c.arithmetic(e.Op, x, y, t))
	}
	return c.arithmetic(e.Op, x, y, t)
}

// The compiler reads a variable after the calls of its expression: n + f() has
// the n that f leaves. hoist evaluates y first.
func (c *compiler) hoist(y expr) (expr, func(*frame)) {
	slot, get := c.temp(), y.get
	return c.location(y.t, func(f *frame) reflect.Value { return f.vars[slot] }), func(f *frame) { f.vars[slot] = snapshot(get(f)) }
}

// after is x, once first is done.
func (c *compiler) after(first func(*frame), x expr) expr {
	get := x.get
	return c.location(x.t, func(f *frame) reflect.Value { first(f); return get(f) })
}

func isVariable(e ast.Expr) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		return isVariable(x.X)
	}
	return false
}

// calls reports whether an expression calls anything.
func calls(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}

// exprOrNil keeps a bare nil what it is.
func (c *compiler) exprOrNil(e ast.Expr) expr {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		if _, ok := c.objectOf(id).(*types.Nil); ok {
			return expr{t: types.Typ[types.UntypedNil], get: func(*frame) reflect.Value { return reflect.Zero(anyType) }}
		}
	}
	return c.expr(e)
}

// coreOf is the underlying type that an operation sees.
func (c *compiler) coreOf(t types.Type) types.Type { return t.Underlying() }

func (c *compiler) index(e *ast.IndexExpr) expr {
	if tv := c.src.info.Types[e.X]; tv.IsValue() {
		if _, ok := tv.Type.Underlying().(*types.Signature); ok {
			return c.instance(e.X)
		}
	} else {
		return c.instance(e.X)
	}
	x := c.expr(e.X)
	xt := c.coreOf(x.t)
	t := c.typeOf(e)
	want := c.repr(t)
	get := x.get
	if p, ok := xt.(*types.Pointer); ok {
		outer := get
		get = func(f *frame) reflect.Value { return deref(outer(f)) }
		xt = p.Elem().Underlying()
	}
	if _, ok := xt.(*types.Map); ok {
		look := c.mapIndex(x, e.Index)
		zero := reflect.Zero(want)
		return expr{t: t, get: func(f *frame) reflect.Value {
			if v := look(f); v.IsValid() {
				return c.view(v, want)
			}
			return zero
		}}
	}
	i := c.expr(e.Index).ints()
	unsigned := isUnsigned(c.repr(c.typeOf(e.Index)).Kind())
	if isString(xt) {
		return fromInt(t, want, func(f *frame) int64 {
			s := get(f).String()
			n := i(f)
			return int64(s[checked(n, unsigned)])
		})
	}
	return c.location(t, func(f *frame) reflect.Value {
		v := get(f)
		n := i(f)
		if l := v.Len(); n < 0 || n >= int64(l) {
			_ = make([]struct{}, l)[checked(n, unsigned)] // panics as Go does
		}
		v = v.Index(int(n))
		if v.Type() != want {
			v = c.view(v, want)
		}
		return v
	})
}

func checked(n int64, unsigned bool) int64 {
	if unsigned && n < 0 {
		return 1<<63 - 1
	}
	return n
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// mapIndex looks a key up; it returns no value where there is none.
func (c *compiler) mapIndex(x expr, index ast.Expr) func(*frame) reflect.Value {
	m := c.coreOf(x.t).(*types.Map)
	get := x.get
	k := c.mapKey(c.convertTo(c.expr(index), m.Key()))
	return func(f *frame) reflect.Value {
		v := get(f)
		return v.MapIndex(k(f))
	}
}

func (c *compiler) slice(e *ast.SliceExpr) expr {
	t := c.typeOf(e)
	rt := c.repr(t)
	x := c.expr(e.X)
	get := x.get
	if _, ok := c.coreOf(x.t).(*types.Pointer); ok {
		outer := get
		get = func(f *frame) reflect.Value { return deref(outer(f)) }
	}
	bound := func(e ast.Expr) func(*frame) int64 {
		if e == nil {
			return nil
		}
		return c.expr(e).ints()
	}
	lo, hi, most := bound(e.Low), bound(e.High), bound(e.Max)
	str := isString(x.t)
	return expr{t: t, get: func(f *frame) reflect.Value {
		v := get(f)
		n := v.Len()
		limit := n
		if !str {
			limit = v.Cap()
		}
		i, j, k := int64(0), int64(n), int64(limit)
		if lo != nil {
			i = lo(f)
		}
		if hi != nil {
			j = hi(f)
		}
		if most != nil {
			k = most(f)
		}
		if i < 0 || j < i || k < j || k > int64(limit) || str && j > int64(n) {
			if str {
				_ = strings.Repeat(" ", n)[i:j]
			}
			s := make([]struct{}, n, limit)
			if most != nil {
				_ = s[i:j:k]
			} else {
				_ = s[i:j]
			}
		}
		if str {
			r := reflect.New(rt).Elem()
			r.SetString(v.String()[i:j])
			return r
		}
		if v.Kind() == reflect.Array && !v.CanAddr() {
			v = snapshotForce(v)
		}
		r := v.Slice3(int(i), int(j), int(k))
		if r.Type() != rt {
			r = r.Convert(rt)
		}
		return r
	}}
}

func (c *compiler) assertion(e *ast.TypeAssertExpr) expr {
	t := c.typeOf(e)
	if tup, ok := t.(*types.Tuple); ok {
		t = tup.At(0).Type()
	}
	test := c.asserts(e)
	xt := c.typeOf(e.X)
	return expr{t: t, get: func(f *frame) reflect.Value {
		x, v, ok := test(f)
		if !ok {
			panic(runtimeError(c.failedAssertion(xt, x, t)))
		}
		return v
	}}
}

func (w *World) failedAssertion(xt types.Type, x any, t types.Type) string {
	it, ok := t.Underlying().(*types.Interface)
	switch {
	case x == nil && ok:
		return "interface conversion: interface is nil, not " + w.typeName(t)
	case x == nil:
		return "interface conversion: " + w.interfaceName(xt) + " is nil, not " + w.typeName(t)
	case ok:
		missing := ""
		if dt, _ := w.dynamic(x); dt != nil {
			if m, _ := types.MissingMethod(dt, it, true); m != nil {
				missing = m.Name()
			}
		} else {
			for m := range it.Methods() {
				if !reflect.ValueOf(x).MethodByName(m.Name()).IsValid() {
					missing = m.Name()
					break
				}
			}
		}
		return "interface conversion: " + w.dynamicName(x) + " is not " + w.typeName(t) + ": missing method " + missing
	}
	return "interface conversion: " + w.interfaceName(xt) + " is " + w.dynamicName(x) + ", not " + w.typeName(t)
}

func (w *World) interfaceName(t types.Type) string {
	if it, ok := t.(*types.Interface); ok && it.Empty() {
		return "interface {}"
	}
	if b, ok := types.Unalias(t).(*types.Interface); ok && b.Empty() {
		return "interface {}"
	}
	return w.typeName(t)
}

// asserts is x.(T): what x holds, the value as a T, and whether it is one.
func (c *compiler) asserts(e *ast.TypeAssertExpr) func(*frame) (any, reflect.Value, bool) {
	t := c.typeOf(e.Type)
	rt := c.repr(t)
	exact := c.exact(t)
	get := c.expr(e.X).get
	return func(f *frame) (any, reflect.Value, bool) {
		x := get(f).Interface()
		v, ok := c.holds(x, t, rt, exact)
		return x, v, ok
	}
}

// composite is a literal of a struct, array, slice or map.
func (c *compiler) composite(e *ast.CompositeLit, t types.Type) expr {
	pointer := false
	if p, ok := t.Underlying().(*types.Pointer); ok { // &T left out in an element
		pointer, t = true, p.Elem()
	}
	rt := c.repr(t)
	element := func(x ast.Expr, t types.Type) func(*frame) reflect.Value {
		if lit, ok := x.(*ast.CompositeLit); ok && lit.Type == nil {
			return c.composite(lit, t).get
		}
		return c.convertTo(c.expr(x), t).get
	}
	type part struct {
		at  int
		key func(*frame) reflect.Value
		get func(*frame) reflect.Value
	}
	var parts []part
	var fill func(f *frame, v reflect.Value)
	switch u := c.coreOf(t).(type) {
	case *types.Struct:
		for i, x := range e.Elts {
			at := i
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				name := kv.Key.(*ast.Ident).Name
				for j := range u.NumFields() {
					if u.Field(j).Name() == name {
						at = j
					}
				}
				x = kv.Value
			}
			parts = append(parts, part{at: at, get: element(x, u.Field(at).Type())})
		}
		if !c.ours(t) {
			for i, p := range parts {
				sf, ok := rt.FieldByName(u.Field(p.at).Name())
				if !ok || len(sf.Index) != 1 {
					c.refuse(e, "the field %s of %s", u.Field(p.at).Name(), t)
				}
				parts[i].at = sf.Index[0]
			}
		}
		fill = func(f *frame, v reflect.Value) {
			for _, p := range parts {
				c.store(v.Field(p.at), p.get(f))
			}
		}
	case *types.Array, *types.Slice:
		var et types.Type
		if a, ok := u.(*types.Array); ok {
			et = a.Elem()
		} else {
			et = u.(*types.Slice).Elem()
		}
		n, next := 0, 0
		for _, x := range e.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				next = int(c.constantInt(kv.Key))
				x = kv.Value
			}
			parts = append(parts, part{at: next, get: element(x, et)})
			next++
			n = max(n, next)
		}
		_, isSlice := u.(*types.Slice)
		fill = func(f *frame, v reflect.Value) {
			if isSlice {
				v.Set(reflect.MakeSlice(rt, n, n))
			}
			for _, p := range parts {
				c.store(v.Index(p.at), p.get(f))
			}
		}
	case *types.Map:
		for _, x := range e.Elts {
			kv := x.(*ast.KeyValueExpr)
			k := expr{t: u.Key(), get: element(kv.Key, u.Key())}
			parts = append(parts, part{key: c.mapKey(k), get: element(kv.Value, u.Elem())})
		}
		fill = func(f *frame, v reflect.Value) {
			v.Set(reflect.MakeMapWithSize(rt, len(parts)))
			for _, p := range parts {
				k := p.key(f)
				v.SetMapIndex(k, c.fitting(p.get(f), rt.Elem()))
			}
		}
	default:
		c.refuse(e, "a literal of type %s", t)
	}
	return expr{t: t, get: func(f *frame) reflect.Value {
		p := reflect.New(rt)
		fill(f, p.Elem())
		if pointer {
			return p
		}
		return p.Elem()
	}}
}

func (c *compiler) constantInt(e ast.Expr) int64 {
	return c.constant(c.src.info.Types[e].Value, types.Typ[types.Int]).i(nil)
}

// store sets memory to v, which may be held in another form there.
func (w *World) store(to, v reflect.Value) {
	if to.Type() == v.Type() || to.Kind() == reflect.Interface && to.NumMethod() == 0 && v.Kind() == reflect.Interface {
		to.Set(v)
		return
	}
	to.Set(w.fitting(v, to.Type()))
}

// fitting is v in the form in which memory of type rt holds it.
func (w *World) fitting(v reflect.Value, rt reflect.Type) reflect.Value {
	if v.Type() == rt {
		return v
	}
	if rt.Kind() == reflect.Func || rt.Kind() == reflect.Interface {
		return w.outward(v, rt)
	}
	return w.view(v, rt)
}
