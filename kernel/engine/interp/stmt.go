package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"

	"glassy/kernel/engine/cell"
)

// ctl is how a statement ended.
type ctl int

const (
	next ctl = iota
	brk      // break, of the loop named in frame.label, or the innermost
	cont     // continue
	ret      // return
	jump     // goto frame.label
	fall     // fallthrough
)

type stmt func(*frame) ctl

func (c *compiler) block(list []ast.Stmt) stmt {
	labels := map[string]int{}
	ss := make([]stmt, 0, len(list))
	for _, s := range list {
		if l, ok := s.(*ast.LabeledStmt); ok {
			labels[l.Label.Name] = len(ss)
		}
		if _, ok := s.(*ast.EmptyStmt); ok {
			continue
		}
		ss = append(ss, c.stmt(s, ""))
	}
	switch {
	case len(labels) > 0:
		return func(f *frame) ctl {
			for i := 0; i < len(ss); i++ {
				switch r := ss[i](f); r {
				case next:
				case jump:
					at, ok := labels[f.label]
					if !ok {
						return r
					}
					i = at - 1
				default:
					return r
				}
			}
			return next
		}
	case len(ss) == 1:
		return ss[0]
	}
	return func(f *frame) ctl {
		for _, s := range ss {
			if r := s(f); r != next {
				return r
			}
		}
		return next
	}
}

// stmt compiles a statement; label is the one that names it.
func (c *compiler) stmt(s ast.Stmt, label string) stmt {
	defer c.at(s)
	pos := s.Pos()
	switch s := s.(type) {
	case *ast.BlockStmt:
		return c.block(s.List)
	case *ast.LabeledStmt:
		return c.stmt(s.Stmt, s.Label.Name)
	case *ast.ExprStmt:
		return c.exprStmt(s)
	case *ast.AssignStmt:
		do := c.assign(s)
		return func(f *frame) ctl { f.pos = pos; do(f); return next }
	case *ast.IncDecStmt:
		op := token.ADD
		if s.Tok == token.DEC {
			op = token.SUB
		}
		do := c.operate(s.X, op, nil)
		return func(f *frame) ctl { f.pos = pos; do(f); return next }
	case *ast.DeclStmt:
		return c.declStmt(s)
	case *ast.ReturnStmt:
		return c.returns(s)
	case *ast.IfStmt:
		return c.ifStmt(s)
	case *ast.ForStmt:
		return c.forStmt(s, label)
	case *ast.RangeStmt:
		return c.rangeStmt(s, label)
	case *ast.SwitchStmt:
		return c.switchStmt(s, label)
	case *ast.TypeSwitchStmt:
		return c.typeSwitch(s, label)
	case *ast.SelectStmt:
		return c.selectStmt(s, label)
	case *ast.BranchStmt:
		name := ""
		if s.Label != nil {
			name = s.Label.Name
		}
		r := map[token.Token]ctl{token.BREAK: brk, token.CONTINUE: cont, token.GOTO: jump, token.FALLTHROUGH: fall}[s.Tok]
		return func(f *frame) ctl { f.label = name; return r }
	case *ast.SendStmt:
		ch := c.expr(s.Chan)
		get := ch.get
		v := c.convertTo(c.exprOrNil(s.Value), ch.t.Underlying().(*types.Chan).Elem()).get
		return func(f *frame) ctl {
			f.pos = pos
			to := get(f)
			to.Send(v(f))
			return next
		}
	case *ast.GoStmt:
		return c.goStmt(s)
	case *ast.DeferStmt:
		return c.deferStmt(s)
	case *ast.EmptyStmt:
		return func(*frame) ctl { return next }
	}
	c.refuse(s, "a statement of the kind %T", s)
	return nil
}

func (c *compiler) exprStmt(s *ast.ExprStmt) stmt {
	pos := s.Pos()
	if call, ok := ast.Unparen(s.X).(*ast.CallExpr); ok {
		if o := c.callee(ast.Unparen(call.Fun)); o != nil && o.FullName() == "glassy/kernel/engine/cell.Check" {
			return func(*frame) ctl { cell.Check(); return next }
		}
		fun := ast.Unparen(call.Fun)
		if tv := c.src.info.Types[fun]; !tv.IsBuiltin() && !tv.IsType() {
			do := c.call(call)
			return func(f *frame) ctl { f.pos = pos; do(f); return next }
		}
	}
	get := c.expr(s.X).get
	return func(f *frame) ctl { f.pos = pos; get(f); return next }
}

func (c *compiler) declStmt(s *ast.DeclStmt) stmt {
	var do []func(*frame)
	for _, sp := range s.Decl.(*ast.GenDecl).Specs {
		vs, ok := sp.(*ast.ValueSpec)
		if !ok || s.Decl.(*ast.GenDecl).Tok != token.VAR {
			if ts, ok := sp.(*ast.TypeSpec); ok && len(c.env) > 0 && ts != nil {
				c.refuse(s, "a type declared in a generic function")
			}
			continue
		}
		if len(vs.Values) == 0 {
			for _, id := range vs.Names {
				o := c.src.info.Defs[id]
				_, mk := c.declare(o, c.varType(o))
				do = append(do, func(f *frame) { mk(f) })
			}
			continue
		}
		var ts []target
		vals := c.tuple(vs.Values, len(vs.Names))
		for _, id := range vs.Names {
			ts = append(ts, c.newTarget(id))
		}
		do = append(do, c.assignTo(ts, vals))
	}
	pos := s.Pos()
	return func(f *frame) ctl {
		f.pos = pos
		for _, d := range do {
			d(f)
		}
		return next
	}
}

func (c *compiler) ifStmt(s *ast.IfStmt) stmt {
	var init stmt
	if s.Init != nil {
		init = c.stmt(s.Init, "")
	}
	cond := c.expr(s.Cond).bools()
	body := c.block(s.Body.List)
	other := stmt(nil)
	if s.Else != nil {
		other = c.stmt(s.Else, "")
	}
	pos := s.Pos()
	return func(f *frame) ctl {
		f.pos = pos
		if init != nil {
			init(f)
		}
		if cond(f) {
			return body(f)
		}
		if other != nil {
			return other(f)
		}
		return next
	}
}

// loop tells what a loop does after its body ended like r.
func (f *frame) loop(r ctl, label string) (stop bool, out ctl) {
	switch r {
	case brk:
		if f.label == "" || f.label == label {
			f.label = ""
			return true, next
		}
		return true, r
	case cont:
		if f.label == "" || f.label == label {
			f.label = ""
			return false, next
		}
		return true, r
	case ret, jump:
		return true, r
	}
	return false, next
}

func (c *compiler) forStmt(s *ast.ForStmt, label string) stmt {
	var init, post stmt
	var cond func(*frame) bool
	var each []int // slots of variables that are new in each turn
	if s.Init != nil {
		init = c.stmt(s.Init, "")
		if a, ok := s.Init.(*ast.AssignStmt); ok && a.Tok == token.DEFINE {
			for _, l := range a.Lhs {
				if o := c.src.info.Defs[l.(*ast.Ident)]; o != nil && c.isFresh(o) {
					each = append(each, c.slots[o])
				}
			}
		}
	}
	if s.Cond != nil {
		cond = c.expr(s.Cond).bools()
	}
	body := c.block(s.Body.List)
	if s.Post != nil {
		post = c.stmt(s.Post, "")
	}
	pos := s.Pos()
	return func(f *frame) ctl {
		f.pos = pos
		if init != nil {
			init(f)
		}
		for {
			if cond != nil && !cond(f) {
				return next
			}
			if r := body(f); r != next {
				if stop, out := f.loop(r, label); stop {
					return out
				}
			}
			for _, s := range each {
				f.vars[s] = snapshotForce(f.vars[s])
			}
			if post != nil {
				post(f)
			}
		}
	}
}

func (c *compiler) switchStmt(s *ast.SwitchStmt, label string) stmt {
	var init stmt
	if s.Init != nil {
		init = c.stmt(s.Init, "")
	}
	slot := c.temp()
	var tag expr
	var tagGet func(*frame) reflect.Value
	if s.Tag != nil {
		tag = c.expr(s.Tag)
		tagGet = tag.get
		tag.get = func(f *frame) reflect.Value { return f.vars[slot] }
		tag.i, tag.f, tag.b = nil, nil, nil
	}
	type clause struct {
		tests []func(*frame) bool
		body  stmt
	}
	var cs []clause
	def := -1
	for _, cl := range s.Body.List {
		cc := cl.(*ast.CaseClause)
		var k clause
		if cc.List == nil {
			def = len(cs)
		}
		for _, x := range cc.List {
			if s.Tag == nil {
				k.tests = append(k.tests, c.expr(x).bools())
				continue
			}
			a, b := tag, c.exprOrNil(x)
			if !isNil(b.t) {
				switch ia, ib := types.IsInterface(a.t), types.IsInterface(b.t); {
				case ia && !ib:
					b = c.convertTo(b, a.t)
				case ib && !ia:
					a = c.convertTo(a, b.t)
				}
			}
			k.tests = append(k.tests, c.equality(a, b, types.Typ[types.Bool], false).bools())
		}
		k.body = c.block(cc.Body)
		cs = append(cs, k)
	}
	pos := s.Pos()
	return func(f *frame) ctl {
		f.pos = pos
		if init != nil {
			init(f)
		}
		if tagGet != nil {
			f.vars[slot] = snapshot(tagGet(f))
		}
		at := -1
	find:
		for i, k := range cs {
			for _, t := range k.tests {
				if t(f) {
					at = i
					break find
				}
			}
		}
		if at < 0 {
			at = def
		}
		for at >= 0 && at < len(cs) {
			r := cs[at].body(f)
			if r == fall {
				at++
				continue
			}
			return f.leaveSwitch(r, label)
		}
		return next
	}
}

// leaveSwitch is how a switch or select ends whose clause ended like r.
func (f *frame) leaveSwitch(r ctl, label string) ctl {
	if r == brk && (f.label == "" || f.label == label) {
		f.label = ""
		return next
	}
	return r
}

func (c *compiler) typeSwitch(s *ast.TypeSwitchStmt, label string) stmt {
	var init stmt
	if s.Init != nil {
		init = c.stmt(s.Init, "")
	}
	var x ast.Expr
	switch a := s.Assign.(type) {
	case *ast.AssignStmt:
		x = a.Rhs[0].(*ast.TypeAssertExpr).X
	case *ast.ExprStmt:
		x = a.X.(*ast.TypeAssertExpr).X
	}
	xe := c.expr(x)
	get := xe.get
	type clause struct {
		tests []func(any) (reflect.Value, bool)
		set   func(*frame, reflect.Value)
		body  stmt
	}
	var cs []clause
	def := -1
	for _, cl := range s.Body.List {
		cc := cl.(*ast.CaseClause)
		var k clause
		if cc.List == nil {
			def = len(cs)
		}
		single := len(cc.List) == 1
		for _, te := range cc.List {
			if id, ok := ast.Unparen(te).(*ast.Ident); ok {
				if _, ok := c.objectOf(id).(*types.Nil); ok {
					single = false
					k.tests = append(k.tests, func(x any) (reflect.Value, bool) { return reflect.Value{}, x == nil })
					continue
				}
			}
			t := c.typeOf(te)
			rt, exact := c.repr(t), c.exact(t)
			k.tests = append(k.tests, func(x any) (reflect.Value, bool) { return c.holds(x, t, rt, exact) })
		}
		if o := c.src.info.Implicits[cc]; o != nil {
			_, mk := c.declare(o, c.varType(o))
			k.set = func(f *frame, v reflect.Value) {
				m := mk(f)
				if v.IsValid() {
					c.store(m, v)
				}
			}
			if !single {
				k.tests = wholeValue(k.tests)
			}
		}
		k.body = c.block(cc.Body)
		cs = append(cs, k)
	}
	pos := s.Pos()
	return func(f *frame) ctl {
		f.pos = pos
		if init != nil {
			init(f)
		}
		v := snapshot(get(f))
		x := v.Interface()
		for _, k := range cs {
			for _, test := range k.tests {
				u, ok := test(x)
				if !ok {
					continue
				}
				if k.set != nil {
					if !u.IsValid() {
						u = v
					}
					k.set(f, u)
				}
				return f.leaveSwitch(k.body(f), label)
			}
		}
		if def >= 0 {
			k := cs[def]
			if k.set != nil {
				k.set(f, v)
			}
			return f.leaveSwitch(k.body(f), label)
		}
		return next
	}
}

// wholeValue has tests return no value of the case's type: the variable of a
// case with several types holds the whole interface.
func wholeValue(tests []func(any) (reflect.Value, bool)) []func(any) (reflect.Value, bool) {
	out := make([]func(any) (reflect.Value, bool), len(tests))
	for i, t := range tests {
		out[i] = func(x any) (reflect.Value, bool) {
			_, ok := t(x)
			return reflect.Value{}, ok
		}
	}
	return out
}

func (c *compiler) goStmt(s *ast.GoStmt) stmt {
	if fun := ast.Unparen(s.Call.Fun); c.src.info.Types[fun].IsBuiltin() {
		later := c.laterBuiltin(s.Call, fun)
		return func(f *frame) ctl {
			f.pos = s.Pos()
			do := later(f)
			go do()
			return next
		}
	}
	prepare := c.prepare(s.Call)
	pos := s.Pos()
	return func(f *frame) ctl {
		f.pos = pos
		fn, args := prepare(f)
		for i, a := range args {
			args[i] = snapshot(a)
		}
		if fn == nil {
			panic(runtimeError("go of nil func value"))
		}
		go func() {
			g := newThread()
			defer func() { // what no Guard of the cell's took
				if x := recover(); x != nil {
					cell.Finish(g.traced(x))
				}
			}()
			g.call(fn, args)
		}()
		return next
	}
}

func (c *compiler) deferStmt(s *ast.DeferStmt) stmt {
	pos := s.Pos()
	fun := ast.Unparen(s.Call.Fun)
	if o := c.callee(fun); o != nil && o.FullName() == "glassy/kernel/engine/cell.Guard" {
		return func(f *frame) ctl {
			f.defers = append(f.defers, func() {
				var x any
				if f.panics != nil {
					f.panics.recovered = true
					x = f.panics.value
				}
				cell.Finish(x)
			})
			return next
		}
	}
	if tv := c.src.info.Types[fun]; tv.IsBuiltin() {
		later := c.laterBuiltin(s.Call, fun)
		return func(f *frame) ctl {
			f.defers = append(f.defers, later(f))
			return next
		}
	}
	prepare := c.prepare(s.Call)
	return func(f *frame) ctl {
		f.pos = pos
		fn, args := prepare(f)
		for i, a := range args {
			args[i] = snapshot(a)
		}
		f.defers = append(f.defers, func() { f.thread.callDeferred(fn, args, f.panics) })
		return next
	}
}

// laterBuiltin is a call of a predeclared function whose arguments are evaluated
// now.
func (c *compiler) laterBuiltin(call *ast.CallExpr, fun ast.Expr) func(*frame) func() {
	id, ok := fun.(*ast.Ident)
	if !ok {
		c.refuse(call, "a deferred call of package unsafe")
	}
	args := make([]func(*frame) reflect.Value, len(call.Args))
	for i, a := range call.Args {
		args[i] = c.exprOrNil(a).get
	}
	name := id.Name
	return func(f *frame) func() {
		vs := make([]reflect.Value, len(args))
		for i, get := range args {
			vs[i] = snapshot(get(f))
		}
		return func() {
			switch name {
			case "close":
				vs[0].Close()
			case "delete":
				vs[0].SetMapIndex(vs[1], reflect.Value{})
			case "panic":
				panic(vs[0].Interface())
			case "clear":
				vs[0].Clear()
			case "copy":
				reflect.Copy(vs[0], vs[1])
			case "recover": // of no deferred function, and so nothing
			default: // print and println
				var gets []func(*frame) reflect.Value
				for _, v := range vs {
					gets = append(gets, func(*frame) reflect.Value { return v })
				}
				printBuiltin(name, f, gets)
			}
		}
	}
}
