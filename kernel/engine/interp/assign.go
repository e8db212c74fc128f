package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
)

// target is the left side of an assignment. prepare evaluates its operands and
// returns what assigns to it.
type target struct {
	t       types.Type // nil for _
	v       *types.Var // a package's variable, when a package is started
	prepare func(*frame) func(reflect.Value)
	direct  func(*frame) reflect.Value // its memory, when that is all there is to it
}

// newTarget is a variable that the statement declares.
func (c *compiler) newTarget(id *ast.Ident) target {
	o := c.src.info.Defs[id]
	if id.Name == "_" || o == nil {
		return target{}
	}
	t := c.varType(o)
	_, mk := c.declare(o, t)
	return target{t: t, prepare: func(f *frame) func(reflect.Value) {
		return func(v reflect.Value) { c.store(mk(f), v) }
	}}
}

func (c *compiler) target(e ast.Expr) target {
	e = ast.Unparen(e)
	if id, ok := e.(*ast.Ident); ok {
		if id.Name == "_" {
			return target{}
		}
		x := c.expr(id)
		return target{t: x.t, direct: x.get}
	}
	if ix, ok := e.(*ast.IndexExpr); ok {
		mt := c.typeOf(ix.X)
		if m, ok := mt.Underlying().(*types.Map); ok {
			x := c.expr(ix.X)
			get, k := x.get, c.mapKey(c.convertTo(c.expr(ix.Index), m.Key()))
			return target{t: m.Elem(), prepare: func(f *frame) func(reflect.Value) {
				mv := get(f)
				key := snapshot(k(f))
				return func(v reflect.Value) {
					mv.SetMapIndex(key, c.fitting(v, mv.Type().Elem()))
				}
			}}
		}
	}
	return target{t: c.typeOf(e), direct: c.memory(e)}
}

// memory is the memory of an expression in the form in which it is held there.
func (c *compiler) memory(e ast.Expr) func(*frame) reflect.Value {
	e = ast.Unparen(e)
	if sel, ok := e.(*ast.SelectorExpr); ok {
		if s := c.src.info.Selections[sel]; s != nil && s.Kind() == types.FieldVal {
			recv, index := c.reselect(s, sel)
			outer := c.path(recv, index[:len(index)-1])
			at := outer.t
			if p, ok := at.Underlying().(*types.Pointer); ok {
				at = p.Elem()
			}
			if !c.ours(at) {
				// A compiled struct may hold a function or an interface as compiled
				// code does: the field's own memory is wanted.
				sf, ok := c.repr(at).FieldByName(sel.Sel.Name)
				if !ok {
					panic(refusef("the field %s of %s", sel.Sel.Name, at))
				}
				get := c.expr(sel.X).get
				_, pointer := outer.t.Underlying().(*types.Pointer)
				return func(f *frame) reflect.Value {
					v := outer.get(get(f))
					if pointer {
						v = deref(v)
					}
					return v.FieldByIndex(sf.Index)
				}
			}
		}
		if s := c.src.info.Selections[sel]; s == nil {
			if o, ok := c.objectOf(sel.Sel).(*types.Var); ok {
				if v, ok := c.symbols[o.Pkg().Path()][o.Name()]; ok && c.globals[o] == (reflect.Value{}) {
					return func(*frame) reflect.Value { return v }
				}
			}
		}
	}
	return c.expr(e).get
}

// values is the right side of an assignment.
type values struct {
	ts  []types.Type
	xs  []expr                       // one for each, or
	get func(*frame) []reflect.Value // all from one expression
}

// tuple compiles n values.
func (c *compiler) tuple(rhs []ast.Expr, n int) values {
	if len(rhs) == n {
		var vs values
		for _, e := range rhs {
			x := c.exprOrNil(e)
			vs.xs = append(vs.xs, x)
			vs.ts = append(vs.ts, x.t)
		}
		return vs
	}
	e := ast.Unparen(rhs[0])
	yes, no := reflect.ValueOf(true), reflect.ValueOf(false)
	truth := func(b bool) reflect.Value {
		if b {
			return yes
		}
		return no
	}
	var vs values
	bool := types.Typ[types.Bool]
	switch e := e.(type) {
	case *ast.CallExpr:
		tup := c.typeOf(e).(*types.Tuple)
		for v := range tup.Variables() {
			vs.ts = append(vs.ts, v.Type())
		}
		vs.get = c.call(e)
	case *ast.IndexExpr:
		x := c.expr(e.X)
		m := x.t.Underlying().(*types.Map)
		vs.ts = []types.Type{m.Elem(), bool}
		look, want := c.mapIndex(x, e.Index), c.repr(m.Elem())
		zero := reflect.Zero(want)
		vs.get = func(f *frame) []reflect.Value {
			v := look(f)
			if !v.IsValid() {
				return []reflect.Value{zero, no}
			}
			return []reflect.Value{c.view(v, want), yes}
		}
	case *ast.TypeAssertExpr:
		t := c.typeOf(e.Type)
		vs.ts = []types.Type{t, bool}
		test, zero := c.asserts(e), reflect.Zero(c.repr(t))
		vs.get = func(f *frame) []reflect.Value {
			_, v, ok := test(f)
			if !ok {
				v = zero
			}
			return []reflect.Value{v, truth(ok)}
		}
	case *ast.UnaryExpr:
		x := c.expr(e.X)
		et := x.t.Underlying().(*types.Chan).Elem()
		vs.ts = []types.Type{et, bool}
		get, zero := x.get, reflect.Zero(c.repr(et))
		vs.get = func(f *frame) []reflect.Value {
			v, ok := get(f).Recv()
			if !v.IsValid() {
				v = zero
			}
			return []reflect.Value{v, truth(ok)}
		}
	default:
		c.refuse(e, "several values of a %T", e)
	}
	return vs
}

// assignTo assigns values to targets.
func (c *compiler) assignTo(ts []target, vs values) func(*frame) {
	for i := range ts {
		if v := ts[i].v; v != nil { // a package's variable
			g := c.globals[v]
			if v.Name() == "_" {
				ts[i] = target{}
				continue
			}
			ts[i] = target{t: v.Type(), direct: func(*frame) reflect.Value { return g }}
		}
	}
	if len(ts) == 1 && vs.xs != nil {
		return c.assignOne(ts[0], vs.xs[0])
	}
	steps := make([]func(reflect.Value) reflect.Value, len(ts))
	for i, t := range ts {
		if t.t == nil {
			continue
		}
		if vs.xs != nil {
			vs.xs[i] = c.convertTo(vs.xs[i], t.t)
		} else {
			steps[i] = c.converter(vs.ts[i], t.t)
		}
	}
	return func(f *frame) {
		var sets []func(reflect.Value)
		for _, t := range ts {
			switch {
			case t.t == nil:
				sets = append(sets, nil)
			case t.direct != nil:
				m := t.direct(f)
				sets = append(sets, func(v reflect.Value) { c.store(m, v) })
			default:
				sets = append(sets, t.prepare(f))
			}
		}
		var out []reflect.Value
		if vs.xs != nil {
			out = make([]reflect.Value, len(vs.xs))
			for i, x := range vs.xs {
				out[i] = snapshot(x.get(f))
			}
		} else {
			out = vs.get(f)
		}
		for i, set := range sets {
			if set == nil {
				continue
			}
			v := out[i]
			if steps[i] != nil {
				v = steps[i](v)
			}
			set(v)
		}
	}
}

// assignOne is t = x.
func (c *compiler) assignOne(t target, x expr) func(*frame) {
	if t.t == nil {
		get := x.get
		return func(f *frame) { get(f) }
	}
	x = c.convertTo(x, t.t)
	if t.direct == nil {
		get, prepare := x.get, t.prepare
		return func(f *frame) {
			set := prepare(f)
			set(get(f))
		}
	}
	return c.put(t.direct, x)
}

// put stores x in memory.
func (c *compiler) put(at func(*frame) reflect.Value, x expr) func(*frame) {
	switch k := c.repr(x.t).Kind(); {
	case isSigned(k) && x.i != nil:
		i := x.i
		return func(f *frame) { m := at(f); m.SetInt(i(f)) }
	case isUnsigned(k) && x.i != nil:
		i := x.i
		return func(f *frame) { m := at(f); m.SetUint(uint64(i(f))) }
	case isFloat(k) && x.f != nil:
		g := x.f
		return func(f *frame) { m := at(f); m.SetFloat(g(f)) }
	}
	get := x.get
	return func(f *frame) {
		m := at(f)
		c.store(m, get(f))
	}
}

func (c *compiler) assign(s *ast.AssignStmt) func(*frame) {
	switch s.Tok {
	case token.ASSIGN:
		var ts []target
		for _, l := range s.Lhs {
			ts = append(ts, c.target(l))
		}
		return c.assignTo(ts, c.tuple(s.Rhs, len(s.Lhs)))
	case token.DEFINE:
		vs := c.tuple(s.Rhs, len(s.Lhs)) // before the names mean the new variables
		var ts []target
		for _, l := range s.Lhs {
			id := l.(*ast.Ident)
			if c.src.info.Defs[id] != nil || id.Name == "_" {
				ts = append(ts, c.newTarget(id))
			} else {
				ts = append(ts, c.target(id))
			}
		}
		return c.assignTo(ts, vs)
	}
	ops := map[token.Token]token.Token{
		token.ADD_ASSIGN: token.ADD, token.SUB_ASSIGN: token.SUB, token.MUL_ASSIGN: token.MUL, token.QUO_ASSIGN: token.QUO,
		token.REM_ASSIGN: token.REM, token.AND_ASSIGN: token.AND, token.OR_ASSIGN: token.OR, token.XOR_ASSIGN: token.XOR,
		token.SHL_ASSIGN: token.SHL, token.SHR_ASSIGN: token.SHR, token.AND_NOT_ASSIGN: token.AND_NOT,
	}
	return c.operate(s.Lhs[0], ops[s.Tok], s.Rhs[0])
}

// operate is x op= y, or x op= 1 where y is left out.
func (c *compiler) operate(x ast.Expr, op token.Token, y ast.Expr) func(*frame) {
	x = ast.Unparen(x)
	t := c.typeOf(x)
	var right expr
	if y != nil {
		right = c.expr(y)
	} else {
		right = c.constantOne(t)
	}
	compute := func(left expr) expr {
		if op == token.SHL || op == token.SHR {
			return c.shift(op, left, right, t)
		}
		return c.arithmetic(op, left, right, t)
	}
	if ix, ok := x.(*ast.IndexExpr); ok {
		if m, ok := c.typeOf(ix.X).Underlying().(*types.Map); ok {
			mx := c.expr(ix.X)
			get, k := mx.get, c.mapKey(c.convertTo(c.expr(ix.Index), m.Key()))
			ms, ks, want := c.temp(), c.temp(), c.repr(t)
			zero := reflect.Zero(want)
			r := compute(c.location(t, func(f *frame) reflect.Value {
				if v := f.vars[ms].MapIndex(f.vars[ks]); v.IsValid() {
					return v
				}
				return zero
			})).get
			return func(f *frame) {
				m, key := get(f), snapshot(k(f))
				f.vars[ms], f.vars[ks] = m, key
				v := r(f)
				m.SetMapIndex(key, v)
			}
		}
	}
	var first func(*frame)
	if y != nil && calls(y) {
		right, first = c.hoist(right)
	}
	if id, ok := x.(*ast.Ident); ok {
		at := c.expr(id)
		do := c.put(at.get, compute(at))
		if first == nil {
			return do
		}
		return func(f *frame) { first(f); do(f) }
	}
	at := c.memory(x)
	slot := c.temp()
	here := func(f *frame) reflect.Value { return f.vars[slot] }
	do := c.put(here, compute(c.location(t, here)))
	return func(f *frame) {
		f.vars[slot] = at(f)
		if first != nil {
			first(f)
		}
		do(f)
	}
}

func (c *compiler) constantOne(t types.Type) expr {
	return c.constant(oneValue, t)
}

func (c *compiler) returns(s *ast.ReturnStmt) stmt {
	pos := s.Pos()
	if len(s.Results) == 0 {
		return func(*frame) ctl { return ret }
	}
	slots := c.code.results
	var ts []target
	for i, slot := range slots {
		ts = append(ts, target{t: c.substitute(c.sig.Results().At(i).Type(), c.env), direct: func(f *frame) reflect.Value { return f.vars[slot] }})
	}
	do := c.assignTo(ts, c.tuple(s.Results, len(ts)))
	return func(f *frame) ctl { f.pos = pos; do(f); return ret }
}
