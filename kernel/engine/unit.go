package engine

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"glassy/kernel/engine/cell"
)

// A unit is one compiled cell. Its text is written once, type-checked, edited
// at the places that the type checker found, and compiled:
//
//	package main
//	imports
//	the cell with everything but its declarations blanked out
//	declarations of earlier cells that have to be compiled again
//	variables: one "var a, b = values" for each := of the cell, for their types
//	func run۰() { the cell with its declarations blanked out, := made = }
//
// Blanking keeps lines and columns, so every message points into the cell.
// The variables section is replaced by "var a T" before compilation.
type unit struct {
	n       int
	src     *source
	debug   bool              // is compiled in debug form
	imports map[string]string // name → path, what the cell can name
	dots    []string          // paths of dot imports
	blanks  []string          // paths of blank imports of this cell

	packages map[string]string // names of packages that need no import line

	defined  map[string]bool    // names that this unit declares
	skipped  map[int]bool       // declarations of src that have not changed
	again    []*entity          // funcs and types compiled again from their text
	retyped  []*entity          // variables of a type that is compiled again
	aliases  map[string]*entity // old meanings of names that the cell takes for variables
	shadowed []string           // the same, of packages
	newDefs  map[string]*entity // what the unit declared
	restored map[string]*entity // skipped declarations: they stay what they are
	uses     map[string]*entity
	usedPkgs map[string]string

	text              string // what is checked, then edited
	vars, run, runEnd int    // offsets of sections in text
	body              int    // offset of the cell's copy in run۰
	file              *ast.File
	fset              *token.FileSet
	info              *types.Info
	pkg               *types.Package
	unused            []token.Pos // local variables nobody uses

	needs    map[string]string // import name → path of the compiled text
	entities map[types.Object]*entity
	session  *scope
	shows    bool
	copied   []*memory // variables that loops work on copies of
	flow     flow
}

const (
	// cellPath is the package path of all cells, for the type checker: what is
	// lower-case in one cell can be used in the next.
	cellPath   = "main"
	cellImport = "cell۰"
	cellPkg    = "glassy/kernel/engine/cell"
)

func unitPath(n int) string   { return fmt.Sprintf("glassycell/%d", n) }
func unitImport(n int) string { return fmt.Sprintf("unit۰%d", n) }
func unitFile(n int) string   { return fmt.Sprintf("%s%d", cell.FilePrefix, n) }

const aliasSuffix = "۰"

// scope is what a session's cells have declared and imported.
type scope struct {
	live    map[string]*entity
	lost    map[string]*entity // variables that died with a session process
	imports map[string]string
	dots    []string
	byObj   map[types.Object]*entity
	debug   bool // cells are compiled in debug form
}

func newScope() *scope {
	return &scope{live: map[string]*entity{}, lost: map[string]*entity{}, imports: map[string]string{}, byObj: map[types.Object]*entity{}}
}

func (u *unit) entityOf(o types.Object) *entity {
	if e := u.entities[o]; e != nil {
		return e
	}
	return u.session.byObj[o]
}

// reference writes how u's code names an entity.
func (u *unit) reference(e *entity) string {
	name := exported(e.name)
	if e.unit != u.n {
		name = u.unitName(e.unit) + "." + name
	}
	if e.boxed {
		return "(*" + name + ")"
	}
	return name
}

// slotName writes how callers in other cells reach a function.
func (u *unit) slotName(e *entity) string {
	name := cell.Mark + "slot۰" + e.name
	if e.slot != u.n {
		name = u.unitName(e.slot) + "." + name
	}
	return name
}

func (u *unit) unitName(n int) string {
	u.needs[unitImport(n)] = unitPath(n)
	return unitImport(n)
}

func (u *unit) importName(path string) string {
	for name, p := range u.needs {
		if p == path && strings.HasPrefix(name, "pkg۰") {
			return name
		}
	}
	name := fmt.Sprintf("pkg۰%d", len(u.needs))
	u.needs[name] = path
	return name
}

// newUnit plans the compilation of a cell: what it declares, what it can leave
// as it is, and what earlier cells' declarations must be compiled again.
func newUnit(n int, src *source, sc *scope) *unit {
	u := &unit{
		n: n, src: src, session: sc, debug: sc.debug,
		imports: map[string]string{}, defined: map[string]bool{}, skipped: map[int]bool{},
		aliases: map[string]*entity{}, newDefs: map[string]*entity{}, restored: map[string]*entity{},
		uses: map[string]*entity{}, usedPkgs: map[string]string{},
		needs: map[string]string{}, entities: map[types.Object]*entity{},
	}
	for _, d := range src.decls {
		if !d.isMethod() {
			for _, name := range d.names {
				u.defined[name] = true
			}
		}
	}
	for _, v := range src.vars {
		for _, name := range v.names {
			if name != "_" {
				u.defined[name] = true
			}
		}
	}
	u.skipUnchanged()
	u.findAgain()
	for name, places := range src.free {
		if e := sc.live[name]; e != nil && u.definesVar(name) && len(places) > 0 && (e.kind == token.VAR || e.kind == token.FUNC) {
			u.aliases[name] = e
		}
	}
	return u
}

func (u *unit) definesVar(name string) bool {
	for _, v := range u.src.vars {
		if slices.Contains(v.names, name) {
			return true
		}
	}
	return false
}

// skipUnchanged leaves out declarations whose text and meaning are those of a
// live one: an edited cell keeps the identity of the types it did not edit.
func (u *unit) skipUnchanged() {
	src, sc := u.src, u.session
	same := map[string]bool{} // candidates by name
	methods := map[string][]declaration{}
	for _, d := range src.decls {
		if d.isMethod() {
			methods[d.recv] = append(methods[d.recv], d)
		}
	}
	for _, d := range src.decls {
		if d.isMethod() || d.kind == token.CONST {
			continue
		}
		name := d.names[0]
		e := sc.live[name]
		if e == nil || e.kind != d.kind || e.text != src.declText(d) {
			continue
		}
		if e.debug != u.debug && (e.kind == token.FUNC || u.debug && len(e.methods) > 0) {
			continue // in the other form
		}
		ok := true
		for _, m := range methods[name] {
			if e.methods[m.names[0]].text != src.declText(m) {
				ok = false
			}
		}
		if ok {
			same[name] = true
		}
	}
	// What uses a name that this cell declares anew has another meaning now.
	for changed := true; changed; {
		changed = false
		for name := range same {
			e := sc.live[name]
			for used, was := range e.uses {
				if u.defined[used] && !same[used] && used != name || sc.live[used] != was && !sameStorage(sc.live[used], was) {
					delete(same, name)
					changed = true
					break
				}
			}
		}
	}
	for i, d := range src.decls {
		owner := d.names[0]
		if d.isMethod() {
			owner = d.recv
		}
		if same[owner] && d.kind != token.CONST {
			u.skipped[i] = true
			delete(u.defined, owner)
			u.restored[owner] = sc.live[owner]
		}
	}
}

// findAgain finds what must be compiled again: a type that gets methods without
// being declared in this cell, what is built on such a type, and functions
// that call a redefined function of their own cell directly.
func (u *unit) findAgain() {
	sc := u.session
	add := func(e *entity) bool {
		if u.defined[e.name] || slices.Contains(u.again, e) {
			return false
		}
		u.again = append(u.again, e)
		u.defined[e.name] = true
		return true
	}
	for i, d := range u.src.decls {
		if !d.isMethod() || u.skipped[i] {
			continue
		}
		if e := sc.live[d.recv]; e != nil && e.kind == token.TYPE && e.text != "" {
			add(e)
		}
	}
	retyped := slices.Clone(u.again)
	// Generic functions and constants are compiled into their callers.
	var inlined []*entity
	for i, d := range u.src.decls {
		for _, name := range d.names {
			old := sc.live[name]
			switch {
			case old == nil || d.isMethod() || u.skipped[i]:
			case old.kind == token.FUNC && old.slot == 0:
				retyped = append(retyped, old)
			case old.kind == token.CONST:
				inlined = append(inlined, old)
			}
		}
	}
	// A type declared again with the same text but other methods keeps its
	// layout too.
	for i, d := range u.src.decls {
		if d.kind == token.TYPE && !u.skipped[i] {
			if e := sc.live[d.names[0]]; e != nil && e.kind == token.TYPE && e.text == u.src.declText(d) && u.sameMeaning(e) {
				retyped = append(retyped, e)
			}
		}
	}
	names := slices.Sorted(maps.Keys(sc.live))
	for changed := true; changed; {
		changed = false
		for _, name := range names {
			e := sc.live[name]
			if u.defined[name] || e.text == "" || e.kind != token.FUNC && e.kind != token.TYPE {
				continue
			}
			if e.kind == token.FUNC {
				for _, c := range inlined {
					if e.uses[c.name] == c && add(e) {
						changed = true
					}
				}
			}
			for _, r := range retyped {
				if e.uses[r.name] == r && add(e) {
					changed = true
					if e.kind == token.TYPE {
						retyped = append(retyped, e)
					}
					break
				}
			}
		}
	}
	for _, name := range names {
		v := sc.live[name]
		if v.kind != token.VAR || u.defined[name] {
			continue
		}
		for _, r := range retyped {
			if mentions(v.obj.Type(), r.obj) {
				u.retyped = append(u.retyped, v)
				u.defined[name] = true
				break
			}
		}
	}
	for i, d := range u.src.decls {
		if d.kind != token.FUNC || d.isMethod() || u.skipped[i] {
			continue
		}
		old := sc.live[d.names[0]]
		if old == nil || old.kind != token.FUNC {
			continue
		}
		for _, name := range names {
			e := sc.live[name]
			if e.kind == token.FUNC && e.unit == old.unit && e != old && e.text != "" && e.uses[old.name] == old {
				add(e)
			}
		}
	}
}

func (u *unit) sameMeaning(e *entity) bool {
	for used, was := range e.uses {
		if used != e.name && (u.defined[used] || !sameStorage(u.session.live[used], was)) {
			return false
		}
	}
	return true
}

// declText is a declaration as it stands in the cell.
func (s *source) declText(d declaration) string {
	if d.kind == token.TYPE {
		return "type " + s.text[d.start:d.end]
	}
	return s.text[d.start:d.end]
}

// resolve finds the imports that the cell needs: its own, the session's, and
// packages known by name.
func (u *unit) resolve(known func(name string) (path string, ok bool)) {
	free := map[string]bool{}
	for name := range u.src.free {
		free[name] = true
	}
	for _, d := range u.src.decls {
		for name := range d.free {
			free[name] = true
		}
	}
	for _, e := range u.again {
		for name, path := range e.imports {
			free[name] = true
			if u.session.imports[name] == "" {
				u.imports[name] = path
			}
		}
		for _, m := range e.methods {
			for name := range m.free {
				free[name] = true
			}
		}
	}
	own := map[string]string{}
	for _, im := range u.src.imports {
		switch im.name {
		case ".":
			u.dots = append(u.dots, im.path)
		case "_":
			u.blanks = append(u.blanks, im.path)
		default:
			own[im.name] = im.path
		}
	}
	u.dots = append(u.dots, u.session.dots...)
	for name := range free {
		switch {
		case u.definesVar(name) && len(u.src.free[name]) > 0 && u.session.live[name] == nil && u.session.lost[name] == nil:
			// A variable takes the name of a package that the cell used before.
			path := own[name]
			if path == "" {
				path = u.session.imports[name]
			}
			if path == "" {
				path, _ = known(name)
			}
			if path != "" {
				u.imports[name+aliasSuffix] = path
				u.shadowed = append(u.shadowed, name)
			}
		case u.defined[name]:
		case own[name] != "":
			u.imports[name] = own[name]
		case u.session.live[name] != nil:
		case u.session.imports[name] != "":
			u.imports[name] = u.session.imports[name]
		case types.Universe.Lookup(name) == nil && u.session.lost[name] == nil:
			if path, ok := known(name); ok {
				u.imports[name] = path
			}
		}
	}
}

// write writes the text to check.
func (u *unit) write() {
	var vars strings.Builder
	u.writeVars(&vars) // first: it may add imports
	var b strings.Builder
	b.WriteString("package main\nimport " + cellImport + " \"" + cellPkg + "\"\n")
	for _, name := range slices.Sorted(maps.Keys(u.imports)) {
		fmt.Fprintf(&b, "import %s %q\n", name, u.imports[name])
	}
	for _, path := range u.dots {
		fmt.Fprintf(&b, "import . %q\n", path)
	}
	var keep, drop []span
	for i, d := range u.src.decls {
		if !u.skipped[i] {
			keep = append(keep, d.whole)
		}
	}
	for i, d := range u.src.decls {
		if u.skipped[i] && d.span != d.whole {
			drop = append(drop, d.span)
		}
	}
	decls := masked(masked(u.src.text, keep, true), drop, false)
	decls = separated(u.emptyTypes(decls, keep), keep)
	fmt.Fprintf(&b, "//line %s:1:1\n%s\n", unitFile(u.n), decls)
	for _, e := range u.again {
		if e.kind == token.TYPE {
			fmt.Fprintf(&b, "//line %s:%d:1\n%s\n", unitFile(e.home), e.line, e.text)
			for _, name := range slices.Sorted(maps.Keys(e.methods)) {
				if m := e.methods[name]; !u.hasMethod(e.name, name) {
					fmt.Fprintf(&b, "//line %s:%d:1\n%s\n", unitFile(m.home), m.line, m.text)
				}
			}
			continue
		}
		fmt.Fprintf(&b, "//line %s:%d:1\n%s\n", unitFile(e.home), e.line, e.text)
	}
	u.vars = b.Len()
	b.WriteString(vars.String())
	u.run = b.Len()
	fmt.Fprintf(&b, "func %s() (values۰ []interface{}) {\n//line %s:1:1\n", cell.RunFunc, unitFile(u.n))
	u.body = b.Len()
	b.WriteString(u.statements())
	if u.defined["main"] && u.src.empty {
		b.WriteString("\nmain()") // a program that was pasted whole
	}
	b.WriteString("\nreturn\n}\n")
	u.runEnd = b.Len()
	u.text = b.String()
}

// separated puts a semicolon after each declaration that shares its last line
// with what follows.
func separated(decls string, spans []span) string {
	b := []byte(decls)
	for _, sp := range spans {
		if sp.end < len(b) && b[sp.end] == ' ' {
			b[sp.end] = ';'
		}
	}
	return string(b)
}

// emptyTypes removes the keyword of type declarations that were skipped alone.
func (u *unit) emptyTypes(decls string, keep []span) string {
	for i, d := range u.src.decls {
		if !u.skipped[i] || d.kind != token.TYPE {
			continue
		}
		rest := strings.TrimSpace(decls[d.whole.start:d.whole.end])
		if rest == "type" {
			decls = masked(decls, []span{d.whole}, false)
		}
	}
	return decls
}

func (u *unit) hasMethod(recv, name string) bool {
	for _, d := range u.src.decls {
		if d.recv == recv && d.names[0] == name {
			return true
		}
	}
	return false
}

// writeVars writes what gives the cell's variables their types.
func (u *unit) writeVars(b *strings.Builder) {
	seen := map[string]bool{}
	for _, v := range u.src.vars {
		names := make([]string, len(v.names))
		some := false
		for i, name := range v.names {
			names[i] = name
			if name == "_" || seen[name] {
				names[i] = "_"
				continue
			}
			seen[name] = true
			some = true
		}
		if !some && v.values == nil {
			continue
		}
		p := u.src.position(v.start)
		fmt.Fprintf(b, "//line %s:%d:%d\nvar %s", unitFile(u.n), p.Line, p.Column, strings.Join(names, ", "))
		if v.typ != nil {
			b.WriteString(" " + u.src.text[v.typ.start:v.typ.end])
		}
		if v.values != nil {
			p := u.src.position(v.values.start)
			fmt.Fprintf(b, " = /*line %s:%d:%d*/%s", unitFile(u.n), p.Line, p.Column, u.aliased(u.src.text, *v.values))
		}
		b.WriteString("\n")
	}
	for _, v := range u.retyped {
		fmt.Fprintf(b, "var %s %s\n", v.name, types.TypeString(v.obj.Type(), u.qualifier))
	}
}

// qualifier writes package names in the checked text, where cells have none.
func (u *unit) qualifier(p *types.Package) string {
	if p.Path() == cellPath {
		return ""
	}
	for name, path := range u.imports {
		if path == p.Path() {
			return name
		}
	}
	name := fmt.Sprintf("pkg۰%d", len(u.imports))
	u.imports[name] = p.Path()
	return name
}

// aliased returns a part of a text in which names that the cell takes for new
// variables still mean the old ones, where they stand before the new ones.
func (u *unit) aliased(text string, sp span) string {
	return insert(text, sp, u.aliasPlaces())
}

func (u *unit) aliasPlaces() map[int]string {
	at := map[int]string{}
	for _, name := range slices.AppendSeq(slices.Clone(u.shadowed), maps.Keys(u.aliases)) {
		for _, p := range u.src.free[name] {
			at[p+len(name)] = aliasSuffix
		}
	}
	return at
}

// insert returns text[sp] with insertions before the given offsets.
func insert(text string, sp span, at map[int]string) string {
	var b strings.Builder
	prev := sp.start
	for _, p := range slices.Sorted(maps.Keys(at)) {
		if p >= sp.start && p <= sp.end {
			b.WriteString(text[prev:p] + at[p])
			prev = p
		}
	}
	b.WriteString(text[prev:sp.end])
	return b.String()
}

// statements is the body of run۰.
func (u *unit) statements() string {
	drop := slices.Clone(u.src.hidden)
	for _, d := range u.src.decls {
		drop = append(drop, d.whole)
	}
	b := []byte(masked(u.src.text, drop, false))
	at := u.aliasPlaces()
	for _, v := range u.src.vars {
		if v.define >= 0 {
			copy(b[v.define:], " =")
		}
		for _, m := range v.mask {
			for i := m.start; i < m.end; i++ {
				if b[i] != '\n' && b[i] != ';' {
					b[i] = ' '
				}
			}
		}
		if v.typ != nil && v.values != nil {
			// The type goes. When it has several lines, the names go after it,
			// so that names and values are one statement.
			head := span{v.typ.start, v.typ.end}
			if strings.Contains(u.src.text[v.typ.start:v.typ.end], "\n") {
				head = span{v.start, v.values.start}
				p := u.src.position(v.values.start)
				at[v.values.start] += fmt.Sprintf("%s = /*line %s:%d:%d*/", strings.Join(v.names, ", "), unitFile(u.n), p.Line, p.Column)
			}
			copy(b[head.start:], masked(string(b), []span{head}, false)[head.start:head.end])
		}
		if v.values == nil {
			for _, name := range v.names {
				if name != "_" {
					at[v.start] += cellImport + ".Zero(&" + name + "); "
				}
			}
		}
	}
	return insert(string(b), span{0, len(b)}, at)
}
