package engine

import (
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// docCache holds the documentation of packages.
type docCache struct {
	mu    sync.Mutex
	pages map[string]docPage // by package path
}

// docPage is the documentation of a package by symbol, Name or Type.Method, with
// the places of their sources; "" is the package itself.
type docPage struct {
	docs    map[string]string
	sources map[string]place
}

// place is a range of bytes of a file.
type place struct {
	file string
	span
}

// source reads the source of a symbol.
func (p docPage) source(key string) string {
	at, ok := p.sources[key]
	if !ok {
		return ""
	}
	text, err := os.ReadFile(at.file)
	if err != nil || at.end > len(text) { // the file was edited since
		return ""
	}
	return string(text[at.start:at.end])
}

// of returns the documentation of the package whose source is in dir.
func (c *docCache) of(path, dir string) docPage {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p, ok := c.pages[path]; ok {
		return p
	}
	if c.pages == nil {
		c.pages = map[string]docPage{}
	}
	page := readDocs(path, dir)
	c.pages[path] = page
	return page
}

func readDocs(path, dir string) docPage {
	page := map[string]string{}
	sources := map[string]place{}
	out := docPage{page, sources}
	if dir == "" {
		return out
	}
	fset := token.NewFileSet()
	var files []*ast.File
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return out
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if f, err := parser.ParseFile(fset, name, nil, parser.ParseComments); err == nil && f.Name.Name != "main" {
			files = append(files, f)
			notePlaces(sources, fset, f)
		}
	}
	var mode doc.Mode
	if path == "builtin" { // its names are lower-case
		mode = doc.AllDecls
	}
	p, err := doc.NewFromFiles(fset, files, path, mode)
	if err != nil {
		return out
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
	return out
}

// notePlaces notes where a file declares what.
func notePlaces(sources map[string]place, fset *token.FileSet, f *ast.File) {
	note := func(key string, doc *ast.CommentGroup, n ast.Node) {
		from := n.Pos()
		if doc != nil {
			from = doc.Pos()
		}
		a := fset.Position(from)
		if _, ok := sources[key]; !ok { // one of several systems' is enough
			sources[key] = place{a.Filename, span{a.Offset, fset.Position(n.End()).Offset}}
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			key := d.Name.Name
			if d.Recv != nil && len(d.Recv.List) == 1 {
				key = receiverType(d.Recv.List[0].Type) + "." + key
			}
			note(key, d.Doc, d)
		case *ast.GenDecl:
			for _, sp := range d.Specs {
				switch sp := sp.(type) {
				case *ast.TypeSpec:
					if d.Lparen.IsValid() {
						note(sp.Name.Name, sp.Doc, sp)
					} else {
						note(sp.Name.Name, d.Doc, d)
					}
				case *ast.ValueSpec:
					for _, id := range sp.Names {
						note(id.Name, sp.Doc, sp)
					}
				}
			}
		}
	}
}

// markdown writes a doc comment as Markdown. What is indented, formulas among it,
// stays as it is; dollars are no mathematics.
func markdown(text string) string {
	var p comment.Parser
	pr := comment.Printer{DocLinkURL: func(*comment.DocLink) string { return "" }, HeadingID: func(*comment.Heading) string { return "" }, HeadingLevel: 4}
	lines := strings.Split(strings.TrimSpace(string(pr.Markdown(p.Parse(text)))), "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "\t") {
			lines[i] = strings.ReplaceAll(line, "$", `\$`)
		}
	}
	return strings.Join(lines, "\n")
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
