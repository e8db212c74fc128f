package engine

import (
	"crypto/sha256"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// flow is what a cell takes from the session and gives to it, as far as its text
// tells: names that it uses, and a digest for each that it declares or assigns.
// Two digests of a name differ when the texts differ that make it.
type flow struct {
	reads   map[string]*entity
	digests map[string]digest
}

type digest struct {
	sum      [sha256.Size]byte
	variable bool // made by running statements
}

// noteFlow finds the flow of u's statements, and what its functions assign.
func (u *unit) noteFlow() {
	written := map[string]int{} // by the statements: how often
	for _, d := range u.file.Decls {
		fd, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if u.offset(fd.Pos()) >= u.run {
			u.eachWrite(fd, func(e *entity) { written[e.name]++ })
			continue
		}
		name := fd.Name.Name
		if fd.Recv != nil && len(fd.Recv.List) == 1 {
			name = receiverType(fd.Recv.List[0].Type)
		}
		if e := u.newDefs[name]; e != nil {
			u.eachWrite(fd, func(to *entity) {
				if e.writes == nil {
					e.writes = map[string]bool{}
				}
				e.writes[to.name] = true
			})
		}
	}
	u.flow = flow{reads: map[string]*entity{}, digests: map[string]digest{}}
	for name, e := range u.uses {
		if !u.declares(name) || u.aliases[name] != nil {
			u.flow.reads[name] = e
		}
	}
	for name := range u.writesThrough() {
		written[name]++
	}
	u.digestDeclarations()
	u.digestVariables(written)
}

// declares reports whether the cell itself declares a name.
func (u *unit) declares(name string) bool {
	return u.definesVar(name) || slices.ContainsFunc(u.src.decls, func(d declaration) bool { return !d.isMethod() && slices.Contains(d.names, name) })
}

// writesThrough are the variables that functions assign which the cell uses.
func (u *unit) writesThrough() map[string]bool {
	names := map[string]bool{}
	now := func(name string) *entity {
		if e := u.newDefs[name]; e != nil {
			return e
		}
		return u.session.live[name]
	}
	eachUsed(u.uses, now, func(e *entity) { maps.Copy(names, e.writes) })
	return names
}

// eachUsed calls f for all entities that some use, also through functions and
// types, as now knows them.
func eachUsed(uses map[string]*entity, now func(name string) *entity, f func(*entity)) {
	seen := map[string]bool{}
	var in func(uses map[string]*entity)
	in = func(uses map[string]*entity) {
		for name, e := range uses {
			if seen[name] {
				continue
			}
			seen[name] = true
			if n := now(name); n != nil {
				e = n
			}
			f(e)
			in(e.uses)
		}
	}
	in(uses)
}

// eachWrite calls f for each place that assigns a variable of the session, its
// fields or its elements, or takes its address.
func (u *unit) eachWrite(n ast.Node, f func(*entity)) {
	var stack []ast.Node
	target := func(x ast.Expr) {
		if e := u.rootOf(x); e != nil && e.kind == token.VAR {
			f(e)
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				target(l)
			}
		case *ast.IncDecStmt:
			target(n.X)
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				target(n.Key)
				target(n.Value)
			}
		case *ast.Ident:
			if e := u.entityOf(u.info.Uses[n]); e != nil && e.kind == token.VAR && u.addressed(stack) {
				f(e)
			}
		}
		return true
	})
}

// rootOf is the session's variable that x is a part of.
func (u *unit) rootOf(x ast.Expr) *entity {
	for {
		switch y := x.(type) {
		case *ast.ParenExpr:
			x = y.X
		case *ast.SelectorExpr:
			x = y.X
		case *ast.IndexExpr:
			x = y.X
		case *ast.StarExpr:
			x = y.X
		case *ast.Ident:
			return u.entityOf(u.info.Uses[y])
		default:
			return nil
		}
	}
}

func (u *unit) digestDeclarations() {
	texts := map[string]string{}
	for _, d := range u.src.decls {
		name := d.names[0]
		switch {
		case d.isMethod():
			name = d.recv
		case d.kind == token.CONST:
			for _, name := range d.names {
				if c, ok := u.pkg.Scope().Lookup(name).(*types.Const); ok {
					texts[name] = constText(c)
				}
			}
			continue
		}
		texts[name] += "\n" + bare(u.src.declText(d))
	}
	for name, text := range texts {
		u.flow.digests[name] = digest{sum: sha256.Sum256([]byte(text))}
	}
}

// digestVariables digests a variable that is set once, where it is declared, by
// what it is declared with, and others by all statements.
func (u *unit) digestVariables(written map[string]int) {
	hidden := slices.Clone(u.src.hidden)
	for _, d := range u.src.decls {
		hidden = append(hidden, d.whole)
	}
	all := digest{sha256.Sum256([]byte(bare(masked(u.src.text, hidden, false)))), true}
	times := map[string]int{} // that the cell declares it
	with := map[string]variables{}
	for _, v := range u.src.vars {
		for _, name := range v.names {
			times[name]++
			with[name] = v
		}
	}
	done := map[string]digest{}
	var of func(name string) digest
	of = func(name string) digest {
		if d, ok := done[name]; ok {
			return d
		}
		done[name] = all // of names that need each other
		v, declared := with[name]
		sets := 1
		if v.values == nil {
			sets = 0
		}
		if !declared || times[name] != 1 || written[name] != sets {
			return all
		}
		text := bare(u.src.text[v.start:v.end])
		sums := ""
		eachToken(text, func(_ int, t token.Token, used string) {
			if t != token.IDENT || slices.Contains(v.names, used) {
				return
			}
			d := u.flow.digests[used] // of a declaration of the cell
			if times[used] > 0 || written[used] > 0 {
				d = of(used)
			}
			sums += string(d.sum[:])
		})
		done[name] = digest{sha256.Sum256([]byte(text + sums)), true}
		return done[name]
	}
	for name := range times {
		if name != "_" {
			u.flow.digests[name] = of(name)
		}
	}
	for name := range written {
		if times[name] == 0 {
			u.flow.digests[name] = all
		}
	}
}

// bare is a text without comments and blanks that mean nothing.
func bare(text string) string {
	var b strings.Builder
	eachToken(text, func(_ int, t token.Token, lit string) {
		switch {
		case t == token.COMMENT:
			return
		case t == token.SEMICOLON:
			b.WriteByte(';')
		case lit != "":
			b.WriteString(lit)
		default:
			b.WriteString(t.String())
		}
		b.WriteByte(' ')
	})
	return b.String()
}
