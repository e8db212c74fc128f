package engine

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

// TestTypeString writes types as source and reads them back: the same type, but
// for the capital letters of lower-case names.
func TestTypeString(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"int", "int"},
		{"[]byte", "[]byte"},
		{"[3]map[string]*float64", "[3]map[string]*float64"},
		{"chan (<-chan int)", "chan (<-chan (int))"},
		{"chan<- func(a int, b ...string) (x error)", "chan<- (func(int, ...string) (error))"},
		{"func()", "func()"},
		{"struct{ a, B int; c string `k:\"v\"` }", "struct{𐐁a int; B int; 𐐁c string \"k:\\\"v\\\"\"}"},
		{"interface{ m(int) string; M() }", "interface{M() (); 𐐀m(int) (string)}"},
		{"any", "any"},
		{"interface{ ~int | string }", "interface{~int | string}"},
		{"complex128", "complex128"},
		{"uintptr", "uintptr"},
	} {
		u := newUnit(1, &source{}, newScope())
		typ := typeOf(t, c.src)
		got, err := u.typeString(typ)
		if err != nil {
			t.Errorf("%s: %v", c.src, err)
			continue
		}
		if strings.ReplaceAll(got, " ()", "") != strings.ReplaceAll(c.want, " ()", "") {
			t.Errorf("%s: %s, want %s", c.src, got, c.want)
		}
	}
}

// TestTypeStringImports: types of other packages bring their imports, and types
// without a name outside of their function are refused.
func TestTypeStringImports(t *testing.T) {
	u := newUnit(1, &source{}, newScope())
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", "package p\nimport (\"sync\"; \"unsafe\")\nvar a *sync.Mutex\nvar b unsafe.Pointer\nfunc f() any { type local int; return local(1) }\n", 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}}
	pkg, err := (&types.Config{Importer: importer.ForCompiler(fset, "source", nil)}).Check("main", fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"a": "sync", "b": "unsafe"} {
		got, err := u.typeString(pkg.Scope().Lookup(name).Type())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		imp, _, _ := strings.Cut(strings.TrimPrefix(got, "*"), ".")
		if u.needs[imp] != path {
			t.Errorf("%s is written %s, but %s is imported from %q, want %q", name, got, imp, u.needs[imp], path)
		}
	}
	for id, o := range info.Defs {
		if id.Name != "local" {
			continue
		}
		if got, err := u.typeString(o.Type()); err == nil || !strings.Contains(err.Error(), "no name outside") {
			t.Errorf("a local type: %q, %v", got, err)
		}
	}
}

func typeOf(t *testing.T, src string) types.Type {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", "package p\ntype (T "+src+")", 0)
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	pkg, err := new(types.Config).Check("main", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	return pkg.Scope().Lookup("T").Type().Underlying()
}
