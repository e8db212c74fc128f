package interp

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"unicode/utf8"
)

var oneValue = constant.MakeInt64(1)

// rangeStmt compiles a loop over anything.
func (c *compiler) rangeStmt(s *ast.RangeStmt, label string) stmt {
	x := c.expr(s.X)
	get := x.get
	set := func(e ast.Expr, t types.Type) func(*frame, reflect.Value) {
		if e == nil {
			return func(*frame, reflect.Value) {}
		}
		var to target
		if s.Tok == token.DEFINE {
			to = c.newTarget(e.(*ast.Ident))
		} else {
			to = c.target(e)
		}
		if to.t == nil {
			return func(*frame, reflect.Value) {}
		}
		conv := c.converter(t, to.t)
		if to.direct != nil {
			at := to.direct
			return func(f *frame, v reflect.Value) { c.store(at(f), conv(v)) }
		}
		prepare := to.prepare
		return func(f *frame, v reflect.Value) { prepare(f)(conv(v)) }
	}
	pos := s.Pos()
	integer := types.Typ[types.Int]
	ut := x.t.Underlying()
	if p, ok := ut.(*types.Pointer); ok {
		outer := get
		get = func(f *frame) reflect.Value { return deref(outer(f)) }
		ut = p.Elem().Underlying()
		if a, ok := ut.(*types.Array); ok && s.Value == nil { // the array is not looked at
			none := reflect.Zero(reflect.ArrayOf(int(a.Len()), reflect.TypeFor[struct{}]()))
			get = func(f *frame) reflect.Value { outer(f); return none }
		}
	}
	// run is the body; it returns whether the loop ends, and how.
	type runner func(f *frame) (bool, ctl)
	compileBody := func() runner {
		body := c.block(s.Body.List)
		return func(f *frame) (bool, ctl) {
			if r := body(f); r != next {
				return f.loop(r, label)
			}
			return false, next
		}
	}
	switch ut := ut.(type) {
	case *types.Basic:
		if ut.Info()&types.IsString != 0 {
			key, val := set(s.Key, integer), set(s.Value, types.Typ[types.Rune])
			run := compileBody()
			return func(f *frame) ctl {
				f.pos = pos
				str := get(f).String()
				for i := 0; i < len(str); {
					r, n := utf8.DecodeRuneInString(str[i:])
					key(f, reflect.ValueOf(i))
					val(f, reflect.ValueOf(r))
					if stop, out := run(f); stop {
						return out
					}
					i += n
				}
				return next
			}
		}
		rt := c.repr(x.t)
		n := x.ints()
		key := set(s.Key, x.t)
		run := compileBody()
		return func(f *frame) ctl {
			f.pos = pos
			most := n(f)
			for i := int64(0); i < most; i++ {
				if s.Key != nil {
					v := reflect.ValueOf(int(i))
					if v.Type() != rt {
						v = v.Convert(rt)
					}
					key(f, v)
				}
				if stop, out := run(f); stop {
					return out
				}
			}
			return next
		}
	case *types.Slice, *types.Array:
		var et types.Type
		_, isArray := ut.(*types.Array)
		if a, ok := ut.(*types.Array); ok {
			et = a.Elem()
		} else {
			et = ut.(*types.Slice).Elem()
		}
		_, pointer := x.t.Underlying().(*types.Pointer)
		want := c.repr(et)
		key, val := set(s.Key, integer), set(s.Value, et)
		run := compileBody()
		return func(f *frame) ctl {
			f.pos = pos
			v := get(f)
			if isArray && !pointer && s.Value != nil {
				v = snapshot(v)
			} else if !isArray {
				v = v.Slice3(0, v.Len(), v.Cap()) // the variable may be assigned to
			}
			for i := range v.Len() {
				if s.Key != nil {
					key(f, reflect.ValueOf(i))
				}
				if s.Value != nil {
					val(f, c.view(v.Index(i), want))
				}
				if stop, out := run(f); stop {
					return out
				}
			}
			return next
		}
	case *types.Map:
		kt, et := c.repr(ut.Key()), c.repr(ut.Elem())
		key, val := set(s.Key, ut.Key()), set(s.Value, ut.Elem())
		run := compileBody()
		return func(f *frame) ctl {
			f.pos = pos
			m := snapshot(get(f))
			for it := m.MapRange(); it.Next(); {
				key(f, c.view(it.Key(), kt))
				if s.Value != nil {
					val(f, c.view(it.Value(), et))
				}
				if stop, out := run(f); stop {
					return out
				}
			}
			return next
		}
	case *types.Chan:
		key := set(s.Key, ut.Elem())
		run := compileBody()
		return func(f *frame) ctl {
			f.pos = pos
			ch := snapshot(get(f))
			for {
				v, ok := ch.Recv()
				if !ok {
					return next
				}
				key(f, v)
				if stop, out := run(f); stop {
					return out
				}
			}
		}
	case *types.Signature:
		return c.rangeFunc(s, x, ut, label)
	}
	c.refuse(s, "a range over %s", x.t)
	return nil
}

// rangeFunc is a range over a function. The body runs in the frame of the
// function that the loop is in, so that it may break, return and defer there.
func (c *compiler) rangeFunc(s *ast.RangeStmt, x expr, sig *types.Signature, label string) stmt {
	yt := sig.Params().At(0).Type().Underlying().(*types.Signature)
	n := yt.Params().Len()
	sets := make([]func(*frame, reflect.Value), n)
	for i := range n {
		e := s.Key
		if i == 1 {
			e = s.Value
		}
		sets[i] = func(*frame, reflect.Value) {}
		if e == nil {
			continue
		}
		var to target
		if s.Tok == token.DEFINE {
			to = c.newTarget(e.(*ast.Ident))
		} else {
			to = c.target(e)
		}
		if to.t == nil {
			continue
		}
		conv := c.converter(yt.Params().At(i).Type(), to.t)
		if to.direct != nil {
			at := to.direct
			sets[i] = func(f *frame, v reflect.Value) { c.store(at(f), conv(v)) }
		} else {
			prepare := to.prepare
			sets[i] = func(f *frame, v reflect.Value) { prepare(f)(conv(v)) }
		}
	}
	body := c.block(s.Body.List)
	get := x.get
	ptypes := make([]reflect.Type, n)
	for i := range n {
		ptypes[i] = c.repr(yt.Params().At(i).Type())
	}
	rtypes := []reflect.Type{reflect.TypeFor[bool]()}
	pos := s.Pos()
	return func(f *frame) ctl {
		f.pos = pos
		out := next
		running, over := false, false
		yield := &Func{code: nil, call: func(g *thread, args []reflect.Value) []reflect.Value {
			if over {
				panic(runtimeError("range function continued iteration after function for loop body returned false"))
			}
			if running {
				panic(runtimeError("range function continued iteration after loop body panic"))
			}
			running = true
			top, depth, own := g.top, g.depth, f.thread
			// The body is of f, whatever called it.
			caller := f.caller
			f.thread = g
			f.caller = top
			if own == g {
				f.caller = caller
			}
			g.top = f
			for i, a := range args {
				sets[i](f, c.view(a, ptypes[i]))
			}
			r := body(f)
			f.thread, f.caller = own, caller
			g.top, g.depth = top, depth
			running = false
			if r != next {
				var stop bool
				if stop, r = f.loop(r, label); stop {
					out, over = r, true
					return []reflect.Value{reflect.ValueOf(false)}
				}
			}
			return []reflect.Value{reflect.ValueOf(true)}
		}}
		yield.params, yield.results = ptypes, rtypes
		f.thread.call(c.view(get(f), funcType).Interface().(*Func), []reflect.Value{reflect.ValueOf(yield)})
		over = true
		return out
	}
}

// selectStmt is a select.
func (c *compiler) selectStmt(s *ast.SelectStmt, label string) stmt {
	type clause struct {
		dir  reflect.SelectDir
		ch   func(*frame) reflect.Value
		send func(*frame) reflect.Value
		got  func(*frame, reflect.Value, bool)
		body stmt
	}
	var cs []clause
	for _, cl := range s.Body.List {
		cc := cl.(*ast.CommClause)
		k := clause{dir: reflect.SelectDefault}
		recv := func(e ast.Expr) (ast.Expr, types.Type) {
			u := ast.Unparen(e).(*ast.UnaryExpr)
			x := c.expr(u.X)
			k.dir, k.ch = reflect.SelectRecv, x.get
			return u, x.t.Underlying().(*types.Chan).Elem()
		}
		switch comm := cc.Comm.(type) {
		case *ast.SendStmt:
			x := c.expr(comm.Chan)
			k.dir, k.ch = reflect.SelectSend, x.get
			k.send = c.convertTo(c.exprOrNil(comm.Value), x.t.Underlying().(*types.Chan).Elem()).get
		case *ast.ExprStmt:
			recv(comm.X)
		case *ast.AssignStmt:
			_, et := recv(comm.Rhs[0])
			var puts []func(*frame, reflect.Value)
			for i, l := range comm.Lhs {
				var to target
				if comm.Tok == token.DEFINE {
					to = c.newTarget(l.(*ast.Ident))
				} else {
					to = c.target(l)
				}
				if to.t == nil {
					puts = append(puts, nil)
					continue
				}
				from := et
				if i == 1 {
					from = types.Typ[types.Bool]
				}
				conv := c.converter(from, to.t)
				puts = append(puts, func(f *frame, v reflect.Value) {
					if to.direct != nil {
						c.store(to.direct(f), conv(v))
					} else {
						to.prepare(f)(conv(v))
					}
				})
			}
			zero := reflect.Zero(c.repr(et))
			k.got = func(f *frame, v reflect.Value, ok bool) {
				if !v.IsValid() {
					v = zero
				}
				for i, put := range puts {
					if put == nil {
						continue
					}
					if i == 1 {
						v = reflect.ValueOf(ok)
					}
					put(f, v)
				}
			}
		}
		k.body = c.block(cc.Body)
		cs = append(cs, k)
	}
	pos := s.Pos()
	return func(f *frame) ctl {
		f.pos = pos
		cases := make([]reflect.SelectCase, len(cs))
		for i, k := range cs {
			cases[i].Dir = k.dir
			if k.ch != nil {
				cases[i].Chan = snapshot(k.ch(f))
				if cases[i].Chan.IsNil() {
					cases[i].Chan = reflect.Value{}
				}
			}
			if k.send != nil {
				cases[i].Send = snapshot(k.send(f))
			}
		}
		at, v, ok := reflect.Select(cases)
		if cs[at].got != nil {
			cs[at].got(f, v, ok)
		}
		return f.leaveSwitch(cs[at].body(f), label)
	}
}
