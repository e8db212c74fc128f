// Command gen writes what package symbols is made of: the tables of exported
// things that yaegi's own do not have, and an archive of the types of compiled
// packages and of the source of generic functions. Run it by go generate in
// kernel/symbols, with the toolchain of go.mod.
//
//	gen DIR [PACKAGE ...]   writes DIR/tables.go and DIR/packages.zip
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/traefik/yaegi/stdlib"
	"golang.org/x/tools/go/gcexportdata"

	"glassy/kernel/engine/cell"
)

// patterns are the packages that cells can import.
var patterns = []string{
	"std", "glassy/lab/...", "glassy/kernel/display/...", "glassy/kernel/engine/cell",
	"gonum.org/v1/gonum/floats/...", "gonum.org/v1/gonum/mat", "gonum.org/v1/gonum/stat/...", "gonum.org/v1/gonum/optimize",
	"gonum.org/v1/gonum/integrate/...", "gonum.org/v1/gonum/interp", "gonum.org/v1/gonum/diff/fd", "gonum.org/v1/gonum/dsp/fourier",
	"gonum.org/v1/gonum/spatial/r2", "gonum.org/v1/gonum/spatial/r3", "gonum.org/v1/gonum/blas", "gonum.org/v1/gonum/num/quat",
	"gonum.org/v1/plot", "gonum.org/v1/plot/palette/...", "gonum.org/v1/plot/plotter", "gonum.org/v1/plot/plotutil",
	"gonum.org/v1/plot/font", "gonum.org/v1/plot/text", "gonum.org/v1/plot/vg", "gonum.org/v1/plot/vg/draw", "gonum.org/v1/plot/vg/vgimg", "gonum.org/v1/plot/vg/vgsvg",
}

// sources are the packages of the standard library whose generic functions
// cells may call.
var sources = map[string][]string{
	"slices": nil, "maps": nil, "cmp": nil, "sync": {"once.go", "oncefunc.go"},
}

// restricted is what yaegi's tables have in a form of their own, lest a script
// ends the program that it is part of. Cells have a process to themselves.
var restricted = map[string][]string{
	"os": {"FindProcess"}, "log": {"Fatal", "Fatalf", "Fatalln", "Logger", "New"},
}

type listed struct {
	ImportPath, Name, Export, Dir string
	GoFiles                       []string
	Standard                      bool
}

func main() {
	log.SetFlags(0)
	dir := "."
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	if len(os.Args) > 2 {
		patterns = os.Args[2:]
	}
	ps, exports := list()
	imp := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})
	var zipped bytes.Buffer
	z := zip.NewWriter(&zipped)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	put := func(name string, data []byte) {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		check(err)
		_, err = f.Write(data)
		check(err)
	}
	names := map[string]string{}
	t := table{imports: map[string]string{}}
	for _, p := range ps {
		if p.ImportPath == "unsafe" || p.Name == "main" {
			continue
		}
		pkg, err := imp.Import(p.ImportPath)
		check(err)
		var b bytes.Buffer
		check(gcexportdata.Write(&b, token.NewFileSet(), pkg))
		put("types/"+p.ImportPath, b.Bytes())
		names[p.ImportPath] = pkg.Name()
		t.add(pkg)
		for _, f := range genericFiles(p, pkg) {
			text, err := os.ReadFile(filepath.Join(p.Dir, f))
			check(err)
			put("src/"+p.ImportPath+"/"+f, text)
		}
	}
	index, err := json.Marshal(names)
	check(err)
	put("names.json", index)
	check(z.Close())
	check(os.WriteFile(filepath.Join(dir, "packages.zip"), zipped.Bytes(), 0o644))
	full, err := filepath.Abs(dir)
	check(err)
	check(os.WriteFile(filepath.Join(dir, "tables.go"), t.text(filepath.Base(full)), 0o644))
}

func check(err error) {
	if err != nil {
		log.Fatal("symbols/gen: ", err)
	}
}

// list asks the go command for the packages, and where all export data is.
func list() (ps []listed, exports map[string]string) {
	args := append([]string{"list", "-export", "-deps", "-json=ImportPath,Name,Export,Dir,GoFiles,Standard,DepOnly"}, patterns...)
	c := exec.Command("go", args...)
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-trimpath")
	c.Stderr = os.Stderr
	out, err := c.Output()
	check(err)
	exports = map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			listed
			DepOnly bool
		}
		if err := d.Decode(&p); err == io.EOF {
			break
		} else {
			check(err)
		}
		exports[p.ImportPath] = p.Export
		if !p.DepOnly && wanted(p.ImportPath) {
			ps = append(ps, p.listed)
		}
	}
	slices.SortFunc(ps, func(a, b listed) int { return strings.Compare(a.ImportPath, b.ImportPath) })
	return ps, exports
}

// left are trees of the standard library that no notebook needs.
var left = []string{"debug/", "testing", "go/", "log/syslog", "plugin", "runtime/cgo", "runtime/race", "runtime/coverage", "syscall", "simd", "database/", "expvar", "structs"}

func wanted(path string) bool {
	for _, s := range strings.Split(path, "/") {
		if s == "internal" || s == "vendor" {
			return false
		}
	}
	if strings.HasSuffix(path, "test") && strings.HasPrefix(path, "glassy/") || path == "glassy/lab" || path == "glassy/lab/bench" {
		return false
	}
	for _, p := range left {
		if strings.HasPrefix(path, p) {
			return false
		}
	}
	return true
}

// genericFiles are the files of a package that declare generic functions.
func genericFiles(p listed, pkg *types.Package) (files []string) {
	only, std := sources[p.ImportPath]
	if p.Standard && !std {
		return nil
	}
	if only != nil {
		return only
	}
	if p.Standard {
		return p.GoFiles
	}
	for _, f := range p.GoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, f), nil, parser.SkipObjectResolution)
		check(err)
		for _, d := range file.Decls {
			generic := false
			switch d := d.(type) {
			case *ast.FuncDecl:
				generic = d.Type.TypeParams != nil
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if ts, ok := s.(*ast.TypeSpec); ok && ts.TypeParams != nil {
						generic = true
					}
				}
			}
			if generic {
				files = append(files, f)
				break
			}
		}
	}
	return files
}

// table is tables.go.
type table struct {
	imports map[string]string // path → name
	body    bytes.Buffer
	wraps   bytes.Buffer
}

// name is how the table names a package.
func (t *table) name(p *types.Package) string {
	if n, ok := t.imports[p.Path()]; ok {
		return n
	}
	n := fmt.Sprintf("p%d", len(t.imports))
	t.imports[p.Path()] = n
	return n
}

// add adds what yaegi's table of a package lacks.
func (t *table) add(p *types.Package) {
	have := stdlib.Symbols[p.Path()+"/"+p.Name()]
	var lines []string
	for _, name := range p.Scope().Names() {
		o := p.Scope().Lookup(name)
		if _, ok := have[name]; ok && !slices.Contains(restricted[p.Path()], name) || !o.Exported() {
			continue
		}
		switch o := o.(type) {
		case *types.Func:
			if o.Signature().TypeParams().Len() == 0 {
				lines = append(lines, fmt.Sprintf("%q: reflect.ValueOf(%s.%s),", name, t.name(p), name))
			}
		case *types.Var:
			lines = append(lines, fmt.Sprintf("%q: reflect.ValueOf(&%s.%s).Elem(),", name, t.name(p), name))
		case *types.TypeName:
			if generic(o.Type()) {
				continue
			}
			if it, ok := o.Type().Underlying().(*types.Interface); ok && !strings.HasPrefix(name, cell.Mark) {
				if !it.IsMethodSet() {
					continue // a constraint
				}
				if wrapper := t.wrapper(p, o, it); wrapper != "" {
					lines = append(lines, fmt.Sprintf("%q: reflect.ValueOf((*%s)(nil)),", "_"+name, wrapper))
				}
			}
			lines = append(lines, fmt.Sprintf("%q: reflect.ValueOf((*%s.%s)(nil)),", name, t.name(p), name))
		}
	}
	if len(lines) > 0 || have == nil {
		fmt.Fprintf(&t.body, "%q: {\n%s\n},\n", p.Path()+"/"+p.Name(), strings.Join(lines, "\n"))
	}
}

func generic(t types.Type) bool {
	if a, ok := t.(*types.Alias); ok {
		return a.TypeParams().Len() > 0
	}
	n, ok := t.(*types.Named)
	return ok && n.TypeParams().Len() > 0
}

// wrapper writes a struct that implements an interface by functions.
func (t *table) wrapper(p *types.Package, o *types.TypeName, it *types.Interface) string {
	if it.NumMethods() == 0 {
		return ""
	}
	name := "_" + t.name(p) + "_" + o.Name()
	var b strings.Builder
	fmt.Fprintf(&b, "type %s struct {\nIValue any\n", name)
	qualify := func(q *types.Package) string { return t.name(q) }
	for m := range it.Methods() {
		if !m.Exported() || hidden(m.Signature(), map[types.Type]bool{}) {
			return ""
		}
		fmt.Fprintf(&b, "W%s %s\n", m.Name(), types.TypeString(m.Signature(), qualify))
	}
	b.WriteString("}\n")
	for m := range it.Methods() {
		sig := m.Signature()
		var params, args []string
		for i := range sig.Params().Len() {
			pt := sig.Params().At(i).Type()
			text := types.TypeString(pt, qualify)
			arg := fmt.Sprintf("a%d", i)
			if sig.Variadic() && i == sig.Params().Len()-1 {
				text = "..." + types.TypeString(pt.(*types.Slice).Elem(), qualify)
				arg += "..."
			}
			params = append(params, fmt.Sprintf("a%d %s", i, text))
			args = append(args, arg)
		}
		results, ret := "", ""
		if sig.Results().Len() > 0 {
			var rs []string
			for v := range sig.Results().Variables() {
				rs = append(rs, types.TypeString(v.Type(), qualify))
			}
			results, ret = "("+strings.Join(rs, ", ")+")", "return "
		}
		fmt.Fprintf(&b, "func (w %s) %s(%s) %s { %sw.W%s(%s) }\n", name, m.Name(), strings.Join(params, ", "), results, ret, m.Name(), strings.Join(args, ", "))
	}
	t.wraps.WriteString(b.String())
	return name
}

// hidden reports whether a type names something that the table cannot.
func hidden(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Named:
		o := t.Obj()
		if o.Pkg() != nil && (!o.Exported() || strings.Contains(o.Pkg().Path(), "internal")) {
			return true
		}
		for a := range t.TypeArgs().Types() {
			if hidden(a, seen) {
				return true
			}
		}
	case *types.Alias:
		return hidden(types.Unalias(t), seen) || t.Obj().Pkg() != nil && !t.Obj().Exported()
	case *types.Pointer:
		return hidden(t.Elem(), seen)
	case *types.Slice:
		return hidden(t.Elem(), seen)
	case *types.Array:
		return hidden(t.Elem(), seen)
	case *types.Chan:
		return hidden(t.Elem(), seen)
	case *types.Map:
		return hidden(t.Key(), seen) || hidden(t.Elem(), seen)
	case *types.Signature:
		for _, tp := range []*types.Tuple{t.Params(), t.Results()} {
			for v := range tp.Variables() {
				if hidden(v.Type(), seen) {
					return true
				}
			}
		}
	}
	return false
}

func (t *table) text(name string) []byte {
	var b bytes.Buffer
	b.WriteString("// Code generated by gen. DO NOT EDIT.\n\n//lint:file-ignore SA1019 the tables name all that is exported\n\npackage " + name + "\n\nimport (\n\"reflect\"\n")
	var paths []string
	for p := range t.imports {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	for _, p := range paths {
		fmt.Fprintf(&b, "%s %q\n", t.imports[p], p)
	}
	fmt.Fprintf(&b, ")\n\nvar tables = map[string]map[string]reflect.Value{\n%s}\n\n%s", t.body.String(), t.wraps.String())
	text, err := format.Source(b.Bytes())
	check(err)
	return text
}
