package inspect

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"reflect"
	"runtime/debug"
	"strings"
)

// Eval evaluates an expression of variables: names, selectors, indices,
// pointers, len and cap, literals, and operators between numbers, strings and
// booleans. It calls no functions.
func Eval(expr string, variable func(name string) (reflect.Value, bool)) (v reflect.Value, err error) {
	x, err := parser.ParseExpr(expr)
	if err != nil {
		return v, fmt.Errorf("%q is no expression: %w", expr, err)
	}
	defer func() {
		if y := recover(); y != nil {
			v, err = reflect.Value{}, fmt.Errorf("%s: %v", expr, y)
		}
	}()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	return (&evaluator{variable}).expr(x)
}

// Holds evaluates a condition.
func Holds(expr string, variable func(name string) (reflect.Value, bool)) (bool, error) {
	v, err := Eval(expr, variable)
	if err != nil {
		return false, err
	}
	if v.Kind() != reflect.Bool {
		return false, fmt.Errorf("it is a %s, want true or false", v.Kind())
	}
	return v.Bool(), nil
}

type evaluator struct {
	variable func(name string) (reflect.Value, bool)
}

func (e *evaluator) expr(x ast.Expr) (reflect.Value, error) {
	switch x := x.(type) {
	case *ast.ParenExpr:
		return e.expr(x.X)
	case *ast.BasicLit:
		return ofConstant(constant.MakeFromLiteral(x.Value, x.Kind, 0))
	case *ast.Ident:
		if v, ok := e.variable(x.Name); ok {
			return v, nil
		}
		switch x.Name {
		case "true", "false":
			return reflect.ValueOf(x.Name == "true"), nil
		case "nil":
			return reflect.Value{}, nil
		}
		return reflect.Value{}, fmt.Errorf("no variable %s here", x.Name)
	case *ast.SelectorExpr:
		return e.selector(x)
	case *ast.IndexExpr:
		return e.index(x)
	case *ast.StarExpr:
		v, err := e.expr(x.X)
		if err != nil {
			return v, err
		}
		if v.Kind() != reflect.Pointer || v.IsNil() {
			return v, errors.New("* of what is no pointer, or nil")
		}
		return v.Elem(), nil
	case *ast.UnaryExpr:
		v, err := e.expr(x.X)
		if err != nil {
			return v, err
		}
		c, err := toConstant(v)
		if err != nil {
			return v, err
		}
		return ofConstant(constant.UnaryOp(x.Op, c, 0))
	case *ast.BinaryExpr:
		return e.binary(x)
	case *ast.CallExpr:
		return e.call(x)
	}
	return reflect.Value{}, fmt.Errorf("%s is not evaluated while code is stopped: variables, fields, indices, len, cap and operators are", kindOf(x))
}

func kindOf(x ast.Expr) string {
	return "a " + strings.TrimPrefix(fmt.Sprintf("%T", x), "*ast.")
}

func (e *evaluator) selector(x *ast.SelectorExpr) (reflect.Value, error) {
	v, err := e.expr(x.X)
	if err != nil {
		return v, err
	}
	v = whole(v)
	if v.Kind() != reflect.Struct {
		return v, fmt.Errorf("%s: a %s has no fields", x.Sel.Name, v.Kind())
	}
	f := v.FieldByName(x.Sel.Name)
	if !f.IsValid() {
		return f, fmt.Errorf("%s has no field %s", typeName(v), x.Sel.Name)
	}
	return f, nil
}

func (e *evaluator) index(x *ast.IndexExpr) (reflect.Value, error) {
	v, err := e.expr(x.X)
	if err != nil {
		return v, err
	}
	i, err := e.expr(x.Index)
	if err != nil {
		return i, err
	}
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Array {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Map:
		if !i.IsValid() || !i.CanConvert(v.Type().Key()) {
			return v, fmt.Errorf("no key for %s", typeName(v))
		}
		if got := v.MapIndex(i.Convert(v.Type().Key())); got.IsValid() {
			return got, nil
		}
		return reflect.Zero(v.Type().Elem()), nil
	case reflect.Slice, reflect.Array, reflect.String:
		var n int
		switch {
		case i.CanInt():
			n = int(i.Int())
		case i.CanUint():
			n = int(i.Uint())
		default:
			return v, errors.New("an index is a whole number")
		}
		if n < 0 || n >= v.Len() {
			return v, fmt.Errorf("index %d of %d", n, v.Len())
		}
		return v.Index(n), nil
	}
	return v, fmt.Errorf("a %s has no index", v.Kind())
}

func (e *evaluator) binary(x *ast.BinaryExpr) (reflect.Value, error) {
	a, err := e.expr(x.X)
	if err != nil {
		return a, err
	}
	if x.Op == token.LAND || x.Op == token.LOR {
		if a.Kind() == reflect.Bool && a.Bool() == (x.Op == token.LOR) {
			return a, nil
		}
	}
	b, err := e.expr(x.Y)
	if err != nil {
		return b, err
	}
	if x.Op == token.EQL || x.Op == token.NEQ {
		if same, ok := sameNil(a, b); ok {
			return reflect.ValueOf(same == (x.Op == token.EQL)), nil
		}
	}
	l, err := toConstant(a)
	if err != nil {
		return a, err
	}
	r, err := toConstant(b)
	if err != nil {
		return b, err
	}
	if kind := func(c constant.Value) constant.Kind { return min(c.Kind(), constant.Int) }; kind(l) != kind(r) {
		return b, fmt.Errorf("%s between a %s and a %s", x.Op, a.Kind(), b.Kind()) // package constant takes it
	}
	switch x.Op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return reflect.ValueOf(constant.Compare(l, x.Op, r)), nil
	case token.SHL, token.SHR:
		n, ok := constant.Uint64Val(r)
		if !ok || n > 64 {
			return b, fmt.Errorf("shift by %s", r)
		}
		return ofConstant(constant.Shift(l, x.Op, uint(n)))
	case token.QUO, token.REM:
		if constant.Sign(r) == 0 {
			return b, errors.New("division by zero")
		}
		if l.Kind() == constant.Int && r.Kind() == constant.Int && x.Op == token.QUO {
			return ofConstant(constant.BinaryOp(l, token.QUO_ASSIGN, r)) // whole numbers
		}
	}
	return ofConstant(constant.BinaryOp(l, x.Op, r))
}

// sameNil compares with nil.
func sameNil(a, b reflect.Value) (same, ok bool) {
	if b.IsValid() {
		a, b = b, a
	}
	if b.IsValid() {
		return false, false
	}
	switch a.Kind() {
	case reflect.Invalid:
		return true, true
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan, reflect.Interface, reflect.UnsafePointer:
		return a.IsNil(), true
	}
	return false, false
}

func (e *evaluator) call(x *ast.CallExpr) (reflect.Value, error) {
	f, ok := x.Fun.(*ast.Ident)
	if !ok || len(x.Args) != 1 || f.Name != "len" && f.Name != "cap" {
		return reflect.Value{}, errors.New("functions are not called while code is stopped; len and cap are known")
	}
	v, err := e.expr(x.Args[0])
	if err != nil {
		return v, err
	}
	for v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array, reflect.Chan:
		if f.Name == "cap" {
			return reflect.ValueOf(v.Cap()), nil
		}
		return reflect.ValueOf(v.Len()), nil
	case reflect.String, reflect.Map:
		if f.Name == "len" {
			return reflect.ValueOf(v.Len()), nil
		}
	}
	return v, fmt.Errorf("%s of a %s", f.Name, v.Kind())
}

func toConstant(v reflect.Value) (constant.Value, error) {
	for v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch {
	case v.Kind() == reflect.Bool:
		return constant.MakeBool(v.Bool()), nil
	case v.Kind() == reflect.String:
		return constant.MakeString(v.String()), nil
	case v.CanInt():
		return constant.MakeInt64(v.Int()), nil
	case v.CanUint():
		return constant.MakeUint64(v.Uint()), nil
	case v.CanFloat():
		if c := constant.MakeFloat64(v.Float()); c.Kind() != constant.Unknown {
			return c, nil
		}
		return nil, fmt.Errorf("%v cannot be calculated with", v.Float())
	}
	return nil, fmt.Errorf("a %s cannot be calculated with or compared", v.Kind())
}

func ofConstant(c constant.Value) (reflect.Value, error) {
	switch c.Kind() {
	case constant.Bool:
		return reflect.ValueOf(constant.BoolVal(c)), nil
	case constant.String:
		return reflect.ValueOf(constant.StringVal(c)), nil
	case constant.Int:
		if n, ok := constant.Int64Val(c); ok {
			return reflect.ValueOf(n), nil
		}
	}
	if f := constant.ToFloat(c); f.Kind() == constant.Float || f.Kind() == constant.Int {
		x, _ := constant.Float64Val(f)
		return reflect.ValueOf(x), nil
	}
	return reflect.Value{}, fmt.Errorf("%s is no value here", c)
}
