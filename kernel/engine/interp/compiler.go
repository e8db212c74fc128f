package interp

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"

	"glassy/kernel/engine/cell"
)

// compiler compiles one function: each expression and statement becomes a Go
// closure over the frame.
type compiler struct {
	*World
	src   *source
	env   map[*types.TypeParam]types.Type // of an instance
	outer *compiler                       // of a function literal
	slots map[types.Object]int
	from  []int // slots in the outer function of what is captured
	code  *code
	sig   *types.Signature
	fresh map[types.Object]bool // variables that closures or pointers hold
}

// expr is a compiled expression. get is its value, in the Go type of t; i, u, f
// and b are it too, where it is a number or a truth value, and may be nil.
type expr struct {
	t   types.Type
	get func(*frame) reflect.Value
	i   func(*frame) int64
	f   func(*frame) float64
	b   func(*frame) bool
}

func (c *compiler) refuse(n ast.Node, format string, args ...any) {
	r := refusef(format, args...)
	r.Pos = c.fset.Position(n.Pos())
	panic(r)
}

// at gives a refusal its place.
func (c *compiler) at(n ast.Node) {
	if x := recover(); x != nil {
		if r, ok := x.(*Refusal); ok && !r.Pos.IsValid() {
			r.Pos = c.fset.Position(n.Pos())
		}
		panic(x)
	}
}

// typeOf is the type of an expression in this instance.
func (c *compiler) typeOf(e ast.Expr) types.Type {
	t := c.src.info.TypeOf(e)
	if t == nil {
		c.refuse(e, "an expression that the type checker left out")
	}
	return c.substitute(t, c.env)
}

func (c *compiler) objectOf(id *ast.Ident) types.Object {
	if o := c.src.info.Defs[id]; o != nil {
		return o
	}
	return c.src.info.Uses[id]
}

func (c *compiler) varType(o types.Object) types.Type { return c.substitute(o.Type(), c.env) }

// slot is a place for a new variable.
func (c *compiler) slot(o types.Object) int {
	s := c.temp()
	if o != nil {
		c.slots[o] = s
	}
	return s
}

func (c *compiler) temp() int {
	s := c.code.slots
	c.code.slots++
	return s
}

// lookup finds the slot of a local variable; one of a function around is
// captured.
func (c *compiler) lookup(o types.Object) (int, bool) {
	if s, ok := c.slots[o]; ok {
		return s, true
	}
	if c.outer == nil {
		return 0, false
	}
	from, ok := c.outer.lookup(o)
	if !ok {
		return 0, false
	}
	s := c.slot(o)
	c.from = append(c.from, from)
	c.code.captures = append(c.code.captures, s)
	return s, true
}

// codeOf compiles a declared function, once for each instance.
func (w *World) codeOf(o *types.Func, env map[*types.TypeParam]types.Type) *code {
	k := o.FullName() + "@" + fmt.Sprintf("%p", o) + "["
	for _, tp := range typeParams(o) {
		if a := env[tp]; a != nil {
			k += key(a) + ","
		}
	}
	if done := w.codes[k]; done != nil {
		return done
	}
	d := w.decls[o]
	if d == nil || d.decl.Body == nil {
		panic(refusef("%s, whose source is not at hand", o.FullName()))
	}
	kc := &code{name: o.Name(), fset: w.fset}
	w.codes[k] = kc
	ok := false
	defer func() {
		if !ok {
			delete(w.codes, k)
		}
	}()
	if recv := o.Signature().Recv(); recv != nil {
		kc.name = typeBase(recv.Type()) + "." + o.Name()
	}
	if kc.name = cell.Unmark(kc.name); kc.name == cell.RunFunc {
		kc.name = ""
	}
	c := &compiler{World: w, src: d.src, env: env, slots: map[types.Object]int{}, code: kc}
	c.function(d.decl, d.decl.Recv, d.decl.Type, o.Signature(), d.decl.Body)
	ok = true
	return kc
}

func typeParams(o *types.Func) (ps []*types.TypeParam) {
	for _, l := range []*types.TypeParamList{o.Signature().TypeParams(), o.Signature().RecvTypeParams()} {
		for p := range l.TypeParams() {
			ps = append(ps, p)
		}
	}
	return ps
}

// function compiles the parameters and the body of a function.
func (c *compiler) function(n ast.Node, recv *ast.FieldList, ft *ast.FuncType, sig *types.Signature, body *ast.BlockStmt) {
	c.sig = sig
	if c.fresh == nil {
		c.fresh = c.escaping(body)
	}
	param := func(id *ast.Ident, t types.Type) {
		t = c.substitute(t, c.env)
		var o types.Object
		if id != nil && id.Name != "_" {
			o = c.src.info.Defs[id]
		}
		c.code.params = append(c.code.params, c.slot(o))
		c.code.ptypes = append(c.code.ptypes, c.repr(t))
	}
	if recv != nil && sig.Recv() != nil {
		var id *ast.Ident
		if len(recv.List[0].Names) > 0 {
			id = recv.List[0].Names[0]
		}
		t := sig.Recv().Type()
		param(id, t)
	}
	i := 0
	for _, f := range ft.Params.List {
		if len(f.Names) == 0 {
			param(nil, sig.Params().At(i).Type())
			i++
		}
		for _, id := range f.Names {
			param(id, sig.Params().At(i).Type())
			i++
		}
	}
	i = 0
	if ft.Results != nil {
		for _, f := range ft.Results.List {
			ids := f.Names
			if len(ids) == 0 {
				ids = []*ast.Ident{nil}
			}
			for _, id := range ids {
				var o types.Object
				if id != nil && id.Name != "_" {
					o = c.src.info.Defs[id]
				}
				c.code.results = append(c.code.results, c.slot(o))
				c.code.rtypes = append(c.code.rtypes, c.repr(c.substitute(sig.Results().At(i).Type(), c.env)))
				i++
			}
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.DeferStmt:
			c.code.defers = true
		case *ast.FuncLit:
			return false
		}
		return true
	})
	c.code.body = c.block(body.List)
}

// escaping finds the variables that a closure or a pointer may hold: those need
// new memory each time they are declared.
func (c *compiler) escaping(body ast.Node) map[types.Object]bool {
	fresh := map[types.Object]bool{}
	depth := map[types.Object]int{}
	level := 0
	var stack []ast.Node
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil {
			switch stack[len(stack)-1].(type) {
			case *ast.FuncLit:
				level--
			}
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.FuncLit:
			level++
		case *ast.Ident:
			if o := c.src.info.Defs[n]; o != nil {
				depth[o] = level
			} else if o := c.src.info.Uses[n]; o != nil && depth[o] != level {
				fresh[o] = true
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				c.markRoot(n.X, fresh)
			}
		case *ast.SliceExpr:
			c.markRoot(n.X, fresh)
		case *ast.SelectorExpr:
			if sel := c.src.info.Selections[n]; sel != nil && sel.Kind() == types.MethodVal {
				c.markRoot(n.X, fresh)
			}
		case *ast.TypeSwitchStmt:
			for _, cl := range n.Body.List {
				if o := c.src.info.Implicits[cl]; o != nil {
					fresh[o] = true
				}
			}
		}
		return true
	})
	return fresh
}

func (c *compiler) markRoot(e ast.Expr, fresh map[types.Object]bool) {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.Ident:
			if o := c.objectOf(x); o != nil {
				fresh[o] = true
			}
			return
		default:
			return
		}
	}
}

// isFresh reports whether a variable needs new memory each time.
func (c *compiler) isFresh(o types.Object) bool {
	return c.fresh == nil || c.fresh[o]
}

// declare returns what gives a variable its memory, set to zero.
func (c *compiler) declare(o types.Object, t types.Type) (slot int, make func(*frame) reflect.Value) {
	rt := c.repr(t)
	s := c.slot(o)
	if o == nil || c.isFresh(o) {
		return s, func(f *frame) reflect.Value {
			v := reflect.New(rt).Elem()
			f.vars[s] = v
			return v
		}
	}
	return s, func(f *frame) reflect.Value {
		v := f.vars[s]
		if !v.IsValid() {
			v = reflect.New(rt).Elem()
			f.vars[s] = v
			return v
		}
		v.SetZero()
		return v
	}
}

// constant is a value known when compiling.
func (c *compiler) constant(v constant.Value, t types.Type) expr {
	rt := c.repr(t)
	if _, ok := t.Underlying().(*types.Interface); ok { // of a default type
		var d types.Type
		switch v.Kind() {
		case constant.Bool:
			d = types.Typ[types.Bool]
		case constant.String:
			d = types.Typ[types.String]
		case constant.Int:
			d = types.Typ[types.Int]
		case constant.Float:
			d = types.Typ[types.Float64]
		default:
			d = types.Typ[types.Complex128]
		}
		return c.convertTo(c.constant(v, d), t)
	}
	r := reflect.New(rt).Elem()
	e := expr{t: t}
	switch k := rt.Kind(); {
	case k == reflect.Bool:
		b := constant.BoolVal(v)
		r.SetBool(b)
		e.b = func(*frame) bool { return b }
	case k == reflect.String:
		r.SetString(constant.StringVal(v))
	case isSigned(k):
		n, ok := constant.Int64Val(constant.ToInt(v))
		if !ok {
			panic(refusef("the constant %s", v))
		}
		r.SetInt(n)
		e.i = func(*frame) int64 { return n }
	case isUnsigned(k):
		n, _ := constant.Uint64Val(constant.ToInt(v))
		r.SetUint(n)
		e.i = func(*frame) int64 { return int64(n) }
	case isFloat(k):
		x, _ := constant.Float64Val(constant.ToFloat(v))
		r.SetFloat(x)
		x = r.Float()
		e.f = func(*frame) float64 { return x }
	case isComplex(k):
		z := constant.ToComplex(v)
		re, _ := constant.Float64Val(constant.Real(z))
		im, _ := constant.Float64Val(constant.Imag(z))
		r.SetComplex(complex(re, im))
	default:
		panic(refusef("a constant of type %s", t))
	}
	r = reflect.ValueOf(r.Interface()) // not addressable: nobody changes it
	e.get = func(*frame) reflect.Value { return r }
	return e
}

func isSigned(k reflect.Kind) bool   { return k >= reflect.Int && k <= reflect.Int64 }
func isUnsigned(k reflect.Kind) bool { return k >= reflect.Uint && k <= reflect.Uintptr }
func isFloat(k reflect.Kind) bool    { return k == reflect.Float32 || k == reflect.Float64 }
func isComplex(k reflect.Kind) bool  { return k == reflect.Complex64 || k == reflect.Complex128 }

// typeBase is the name of a receiver's type.
func typeBase(t types.Type) string {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Obj().Name()
	}
	return ""
}
