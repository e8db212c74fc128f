package engine

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// diagnostic is one error of a cell, with its place.
type diagnostic struct {
	unit      int // whose cell the place is in
	line, col int // from 1; 0 when there is none
	msg       string
}

// diagnostics is a cell's list of errors, in order of place.
type diagnostics []diagnostic

func (ds diagnostics) Error() string {
	var lines []string
	for _, d := range ds {
		lines = append(lines, fmt.Sprintf("%d:%d: %s", d.line, d.col, d.msg))
	}
	return strings.Join(lines, "\n")
}

// syntaxErrors makes diagnostics of what parseSource reports.
func syntaxErrors(n int, err error) diagnostics {
	list, ok := err.(scanner.ErrorList)
	if !ok {
		return diagnostics{{unit: n, msg: err.Error()}}
	}
	var ds diagnostics
	for _, e := range list {
		ds = append(ds, diagnostic{n, e.Pos.Line, e.Pos.Column, "syntax error: " + e.Msg})
	}
	return ds
}

// check type-checks u's text. With partial set it goes on after errors and
// keeps what it learnt, for completion in a cell that is being written.
func (u *unit) check(imp types.Importer, goVersion string, partial bool) (ds diagnostics) {
	defer func() {
		if x := recover(); x != nil { // a kernel outlives what go/types does not
			ds = append(ds, diagnostic{unit: u.n, msg: fmt.Sprintf("the type checker failed: %v", x)})
		}
	}()
	u.fset = token.NewFileSet()
	file, err := parser.ParseFile(u.fset, "unit.go", u.text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil && !partial {
		return syntaxErrors(u.n, err)
	}
	u.file = file
	u.info = &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
		Instances:  map[*ast.Ident]types.Instance{},
		Scopes:     map[ast.Node]*types.Scope{},
	}
	u.pkg = types.NewPackage(cellPath, "main")
	for name, e := range u.session.live {
		if !u.defined[name] && u.imports[name] == "" {
			u.pkg.Scope().Insert(e.obj)
		}
	}
	for name, e := range u.aliases {
		alias := types.NewVar(token.NoPos, u.pkg, name+aliasSuffix, e.obj.Type())
		u.pkg.Scope().Insert(alias)
		u.entities[alias] = e
	}
	seen := map[string]int{} // places and messages → which of ds
	twin := false            // the last error was one of ds already
	var places []token.Pos   // of ds
	conf := types.Config{Importer: imp, GoVersion: goVersion, Error: func(err error) {
		te, ok := err.(types.Error)
		if !ok {
			ds, places = append(ds, diagnostic{unit: u.n, msg: err.Error()}), append(places, token.NoPos)
			return
		}
		if u.tolerated(te) {
			return
		}
		d := u.at(te.Pos)
		d.msg = u.wording(te.Msg)
		if strings.HasPrefix(te.Msg, "\t") && len(ds) > 0 { // continues the one before
			if twin {
				return
			}
			where := ""
			if d.line > 0 {
				where = fmt.Sprintf("%s:%d:%d: ", unitFile(d.unit), d.line, d.col)
			}
			ds[len(ds)-1].msg += "\n" + where + strings.TrimPrefix(d.msg, "\t")
			return
		}
		// The variables and the statements of a cell say the same twice: in the
		// same line with other columns, or of the same place in other words.
		key, place := fmt.Sprint(d.unit, d.line, d.msg), fmt.Sprint(d.unit, ":", d.line, ":", d.col)
		_, twin = seen[key]
		if i, ok := seen[place]; ok && d.line > 0 {
			if strings.HasPrefix(ds[i].msg, "multiple-value") {
				ds[i], places[i] = d, te.Pos // "assignment mismatch" says it better
			}
			twin = true
		}
		if !twin {
			seen[key], seen[place] = len(ds), len(ds)
			ds, places = append(ds, d), append(places, te.Pos)
		}
	}}
	_ = types.NewChecker(&conf, u.fset, u.pkg, u.info).Files([]*ast.File{file})
	for i, p := range places {
		if near := u.meant(ds[i].msg, p); near != "" {
			ds[i].msg += fmt.Sprintf(" (did you mean %s?)", near)
		}
	}
	slices.SortStableFunc(ds, func(a, b diagnostic) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.col, b.col))
	})
	return ds
}

// tolerated reports whether an error is none in a notebook.
func (u *unit) tolerated(e types.Error) bool {
	switch {
	case strings.HasPrefix(e.Msg, "declared and not used"), strings.HasSuffix(e.Msg, " declared and not used"): // of a type switch
		u.unused = append(u.unused, e.Pos)
		return true
	case strings.Contains(e.Msg, "imported and not used"), strings.Contains(e.Msg, "imported as") && strings.Contains(e.Msg, "and not used"):
		return true
	case strings.Contains(e.Msg, "implicit assignment to unexported field"):
		return true // all cells are one package to the user
	case strings.HasPrefix(e.Msg, "initialization cycle"), strings.HasPrefix(e.Msg, "\t") && strings.Contains(e.Msg, "refers to"):
		return true // variables are assigned in order of the statements
	case strings.HasSuffix(e.Msg, "is not used") && u.src.last != nil && u.offset(e.Pos) >= 0:
		return u.isLast(e.Pos)
	}
	return false
}

// offset returns where in u.text a position is.
func (u *unit) offset(p token.Pos) int {
	return u.fset.File(p).Offset(p)
}

// isLast reports whether p lies in the cell's last expression.
func (u *unit) isLast(p token.Pos) bool {
	e := u.lastExpr()
	return e != nil && e.Pos() <= p && p < e.End()
}

// lastExpr is the cell's last expression in the checked file.
func (u *unit) lastExpr() ast.Expr {
	if u.src.last == nil {
		return nil
	}
	body := u.runBody()
	if body == nil || len(body.List) < 2 {
		return nil
	}
	if ex, ok := body.List[len(body.List)-2].(*ast.ExprStmt); ok {
		return ex.X
	}
	return nil
}

func (u *unit) runBody() *ast.BlockStmt {
	for i := len(u.file.Decls) - 1; i >= 0; i-- {
		if fd, ok := u.file.Decls[i].(*ast.FuncDecl); ok && u.offset(fd.Pos()) == u.run {
			return fd.Body
		}
	}
	return nil
}

// at makes a diagnostic's place of a position.
func (u *unit) at(pos token.Pos) diagnostic {
	p := u.fset.Position(pos)
	d := diagnostic{unit: u.n, line: p.Line, col: p.Column}
	if _, err := fmt.Sscanf(p.Filename, strings.ReplaceAll(unitFile(0), "0", "%d"), &d.unit); err != nil {
		d.line, d.col = 0, 0
	}
	return d
}

// sameName matches a complaint about two types of one name.
var sameName = regexp.MustCompile(`type (\S+)\) as (\S+) value`)

// wording takes our own names out of a message.
func (u *unit) wording(msg string) string {
	msg = strings.ReplaceAll(msg, aliasSuffix, "")
	msg = strings.ReplaceAll(msg, "main.", "")
	if m := sameName.FindStringSubmatch(msg); m != nil && m[1] == m[2] {
		msg += fmt.Sprintf(" (%s was declared again since: one of the two is the older %[1]s)", m[1])
	}
	if strings.HasSuffix(msg, "as []interface{} value in return statement") || strings.HasPrefix(msg, "too many return values") && strings.Contains(msg, "want ([]interface{})") {
		return "a cell returns nothing: its last expression is what it shows"
	}
	if name, ok := strings.CutPrefix(msg, "undefined: "); ok {
		if e := u.session.lost[name]; e != nil {
			return fmt.Sprintf("%s was lost when the session process died: run the cell that defines it again", name)
		}
	}
	return msg
}
