package interp

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"sync"
)

// A Host is the compiled part of a program: what interpreted packages import.
type Host struct {
	// Importer knows the types of compiled packages.
	Importer types.Importer
	// Symbols are their exported things, in the tables of yaegi's extract:
	// "path/name" → name → value; a type is a nil pointer to it, and the wrapper
	// of an interface I is the type _path_I.
	Symbols map[string]map[string]reflect.Value
	// Source is the text of the files of a package that declares generic
	// functions or types, which exist as text only. Files that need not be
	// understood are left out.
	Source func(path string) map[string]string
	// GoVersion is the language of the interpreted packages.
	GoVersion string
}

// A World holds the interpreted packages of a session and their memory. Its
// methods may be called from any goroutine.
type World struct {
	host    Host
	fset    *token.FileSet
	symbols map[string]map[string]reflect.Value // by path alone
	units   map[string]*types.Package
	ctx     *types.Context

	loading sync.Mutex   // held by Load
	canon   sync.Map     // key → the types.Type that stands for all identical ones
	mu      sync.RWMutex // guards the rest: methods are compiled when first called
	reprs   map[string]reflect.Type
	making  map[*types.TypeName]bool
	learnt  map[*types.TypeName]reflect.Type
	globals map[types.Object]reflect.Value
	decls   map[*types.Func]*declared
	codes   map[string]*code
	impls   map[string]*Func
	sources map[string]*source
}

// declared is a function with its text and what the type checker found in it.
type declared struct {
	decl *ast.FuncDecl
	src  *source
}

// source is a type-checked package.
type source struct {
	pkg   *types.Package
	files []*ast.File
	info  *types.Info
}

// A Refusal names what this engine cannot do.
type Refusal struct {
	Pos  token.Position
	What string
}

func (r *Refusal) Error() string {
	if r.Pos.Line > 0 {
		return fmt.Sprintf("%s: this cell needs the native engine: %s", r.Pos, r.What)
	}
	return "this cell needs the native engine: " + r.What
}

// New makes an empty world over a host.
func New(h Host) *World {
	w := &World{
		host: h, fset: token.NewFileSet(), symbols: map[string]map[string]reflect.Value{},
		units: map[string]*types.Package{}, ctx: types.NewContext(),
		reprs: map[string]reflect.Type{}, making: map[*types.TypeName]bool{}, learnt: map[*types.TypeName]reflect.Type{},
		globals: map[types.Object]reflect.Value{}, decls: map[*types.Func]*declared{}, codes: map[string]*code{},
		impls: map[string]*Func{}, sources: map[string]*source{},
	}
	for key, table := range h.Symbols {
		path := key
		for i := len(key) - 1; i >= 0; i-- {
			if key[i] == '/' {
				path = key[:i]
				break
			}
		}
		if w.symbols[path] == nil {
			w.symbols[path] = table
			continue
		}
		merged := map[string]reflect.Value{}
		for _, t := range []map[string]reflect.Value{w.symbols[path], table} {
			for name, v := range t {
				merged[name] = v
			}
		}
		w.symbols[path] = merged
	}
	return w
}

// Import implements types.Importer.
func (w *World) Import(path string) (*types.Package, error) {
	if p := w.units[path]; p != nil {
		return p, nil
	}
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	return w.host.Importer.Import(path)
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Instances: map[*ast.Ident]types.Instance{}, Scopes: map[ast.Node]*types.Scope{},
	}
}

// Load type-checks and compiles a package of one file, sets its variables and
// runs its init functions. Nothing runs of a package with something in it that
// this engine refuses.
func (w *World) Load(path, text string) (err error) {
	w.loading.Lock()
	defer w.loading.Unlock()
	file, err := parser.ParseFile(w.fset, path+".go", text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	src := &source{files: []*ast.File{file}, info: newInfo()}
	conf := types.Config{Importer: w, GoVersion: w.host.GoVersion, Context: w.ctx}
	if src.pkg, err = conf.Check(path, w.fset, src.files, src.info); err != nil {
		return err
	}
	run, err := w.compile(src)
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.units[path] = src.pkg
	w.mu.Unlock()
	g := newThread()
	defer g.trace()
	for _, f := range run {
		f(g)
	}
	return nil
}

// compile compiles what a package declares, and returns what its start runs.
func (w *World) compile(src *source) (run []func(*thread), err error) {
	defer func() {
		if x := recover(); x != nil {
			var r *Refusal
			if e, ok := x.(error); !ok || !errors.As(e, &r) {
				panic(x)
			}
			err = r
		}
	}()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.register(src)
	for _, name := range src.pkg.Scope().Names() {
		if v, ok := src.pkg.Scope().Lookup(name).(*types.Var); ok {
			w.globals[v] = reflect.New(w.repr(v.Type())).Elem()
		}
	}
	for _, in := range src.info.InitOrder {
		c := &compiler{World: w, src: src, slots: map[types.Object]int{}, code: &code{name: ""}}
		set := c.assignTo(varExprs(in.Lhs), c.tuple([]ast.Expr{in.Rhs}, len(in.Lhs)))
		k := c.code
		run = append(run, func(g *thread) { set(g.enter(k)); g.leave() })
	}
	for _, f := range src.files {
		for _, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Body == nil {
				continue
			}
			o := src.info.Defs[fd.Name].(*types.Func)
			sig := o.Signature()
			if sig.TypeParams().Len() > 0 || sig.RecvTypeParams().Len() > 0 {
				continue // compiled for each instance
			}
			k := w.codeOf(o, nil)
			if fd.Name.Name == "init" && fd.Recv == nil {
				run = append(run, func(g *thread) { g.call(&Func{code: k}, nil) })
			}
		}
	}
	return run, nil
}

// register makes the functions of a package known.
func (w *World) register(src *source) {
	for _, f := range src.files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok {
				if o, ok := src.info.Defs[fd.Name].(*types.Func); ok {
					w.decls[o] = &declared{fd, src}
				}
			}
		}
	}
}

// sourceOf is the text of a compiled package whose generic functions are asked
// for, type-checked; nil where there is none.
func (w *World) sourceOf(path string) *source {
	if s, ok := w.sources[path]; ok {
		return s
	}
	w.sources[path] = nil
	if w.host.Source == nil {
		return nil
	}
	texts := w.host.Source(path)
	if len(texts) == 0 {
		return nil
	}
	src := &source{info: newInfo()}
	for name, text := range texts {
		f, err := parser.ParseFile(w.fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil
		}
		src.files = append(src.files, f)
	}
	conf := types.Config{Importer: w, GoVersion: w.host.GoVersion, Context: w.ctx, Error: func(error) {}, IgnoreFuncBodies: false}
	src.pkg, _ = conf.Check(path, w.fset, src.files, src.info) // what is left out is refused where it is used
	w.register(src)
	w.sources[path] = src
	return src
}

// varExprs stands for the left side of a package's variables.
func varExprs(vs []*types.Var) []target {
	ts := make([]target, len(vs))
	for i, v := range vs {
		ts[i] = target{v: v}
	}
	return ts
}
