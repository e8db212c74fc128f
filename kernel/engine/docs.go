package engine

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"sync"
)

// docCache holds the documentation of packages by symbol: Name or Type.Method.
type docCache struct {
	mu    sync.Mutex
	pages map[string]map[string]string // by package path; "" is the package's own
}

// of returns the documentation of the package whose source is in dir.
func (c *docCache) of(path, dir string) map[string]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p, ok := c.pages[path]; ok {
		return p
	}
	if c.pages == nil {
		c.pages = map[string]map[string]string{}
	}
	page := readDocs(path, dir)
	c.pages[path] = page
	return page
}

func readDocs(path, dir string) map[string]string {
	page := map[string]string{}
	if dir == "" {
		return page
	}
	fset := token.NewFileSet()
	var files []*ast.File
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return page
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if f, err := parser.ParseFile(fset, name, nil, parser.ParseComments); err == nil && f.Name.Name != "main" {
			files = append(files, f)
		}
	}
	var mode doc.Mode
	if path == "builtin" { // its names are lower-case
		mode = doc.AllDecls
	}
	p, err := doc.NewFromFiles(fset, files, path, mode)
	if err != nil {
		return page
	}
	page[""] = p.Doc
	values := func(vs []*doc.Value) {
		for _, v := range vs {
			for _, name := range v.Names {
				page[name] = v.Doc
				for _, sp := range v.Decl.Specs { // a constant's own comment comes first
					vs, ok := sp.(*ast.ValueSpec)
					if !ok {
						continue
					}
					for _, id := range vs.Names {
						if text := vs.Doc.Text() + vs.Comment.Text(); id.Name == name && text != "" {
							page[name] = text
						}
					}
				}
			}
		}
	}
	funcs := func(owner string, fs []*doc.Func) {
		for _, f := range fs {
			page[owner+f.Name] = f.Doc
		}
	}
	values(p.Consts)
	values(p.Vars)
	funcs("", p.Funcs)
	for _, t := range p.Types {
		page[t.Name] = t.Doc
		values(t.Consts)
		values(t.Vars)
		funcs("", t.Funcs)
		funcs(t.Name+".", t.Methods)
		fields(page, t)
	}
	return page
}

// fields adds the comments of a struct's fields.
func fields(page map[string]string, t *doc.Type) {
	for _, sp := range t.Decl.Specs {
		ts, ok := sp.(*ast.TypeSpec)
		if !ok || ts.Name.Name != t.Name {
			continue
		}
		st, ok := ts.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, f := range st.Fields.List {
			for _, id := range f.Names {
				page[t.Name+"."+id.Name] = f.Doc.Text() + f.Comment.Text()
			}
		}
	}
}
