package interp_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var (
	programSeed = flag.Uint64("seed", 1, "of the random programs")
	howMany     = flag.Int("programs", 40, "how many random programs")
)

// Random programs print the same interpreted as compiled. They are of one file,
// so that the compiler runs once.
func TestRandomPrograms(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("there is no compiler to compare with:", err)
	}
	var text, calls strings.Builder
	text.WriteString(randomProlog)
	for i := range *howMany {
		g := &author{r: rand.New(rand.NewPCG(*programSeed, uint64(i)))}
		fmt.Fprintf(&text, "\nfunc P%d() {\n\tdefer caught(%d)\n%s}\n", i, i, g.program())
		fmt.Fprintf(&calls, "\tP%d()\n", i)
	}
	dir := t.TempDir()
	body := text.String() + "\nfunc all() {\n" + calls.String() + "}\n"
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, []byte(body+"\nfunc main() { all() }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("go", "run", file)
	var wrong bytes.Buffer
	command.Stderr = &wrong
	want, err := command.Output()
	if err != nil {
		t.Fatalf("go run: %v\n%s", err, wrong.Bytes())
	}
	have := printed(t, func() {
		if err := newWorld().Load("main", body+"\nfunc init() { all() }\n"); err != nil {
			t.Error(err)
		}
	})
	if n := bytes.Count(want, []byte("\n")); n < 5**howMany {
		t.Errorf("%d programs print %d lines: too few to tell", *howMany, n)
	}
	compareLines(t, have, string(want))
	if t.Failed() {
		t.Logf("seed %d; the programs:\n%s", *programSeed, body)
	}
}

// randomProlog is what the programs have in common.
const randomProlog = `package main

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

type Count int32

func (c Count) Twice() Count { return 2 * c }
func (c *Count) Raise(by Count) Count { *c += by; return *c }
func (c Count) String() string { return fmt.Sprintf("#%d", int32(c)) }

type Shape interface{ Area(scale int) int }

type Inner struct{ A, B int }

func (i Inner) Area(scale int) int { return i.A*i.B + scale }
func (i *Inner) Swap() { i.A, i.B = i.B, i.A }

type Pair struct {
	Inner
	Name string
	List []int
}

func (p *Pair) Push(x int) int { p.List = append(p.List, x); return len(p.List) }

type Ring [3]int

func (r Ring) Area(scale int) int { return r[0] + scale*r[1] - r[2] }

type Op func(int) int

func (o Op) Area(scale int) int { return o(scale) }

type Text string

func (t Text) Error() string { return "text " + string(t) }

type Number interface{ ~int | ~int8 | ~uint8 | ~uint16 | ~int32 | ~uint64 | ~float64 }

func k[T any](x T) T { return x }

func sum[T Number](xs ...T) (s T) {
	for _, x := range xs {
		s += x
	}
	return s
}

func apply[A, B any](x A, f func(A) B) B { return f(x) }

func at(i, n int) int {
	if n == 0 {
		return 0
	}
	return int(uint(i) % uint(n))
}

func upTo(n int) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		for i := range n {
			if !yield(i, strings.Repeat("*", i)) {
				return
			}
		}
	}
}

type Stack[T any] struct{ items []T }

func (s *Stack[T]) Push(x T) *Stack[T] { s.items = append(s.items, x); return s }
func (s *Stack[T]) Pop() (x T, err error) {
	if len(s.items) == 0 {
		return x, errors.New("empty")
	}
	x = s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return x, nil
}

func keys(m map[string]int) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func parted(x int) (half int, rest bool, err error) {
	defer func() {
		if x < 0 {
			err = fmt.Errorf("negative %d: %w", x, Text("below"))
		}
	}()
	return x / 2, x%2 != 0, nil
}

func kind(x any) string {
	switch v := x.(type) {
	case nil:
		return "nil"
	case int, int8:
		return fmt.Sprintf("small %v", v)
	case Count:
		return "count " + v.Twice().String()
	case Shape:
		return fmt.Sprint("shape ", v.Area(2))
	case error:
		return v.Error()
	case []int:
		return fmt.Sprint("list ", len(v))
	case func(int) int:
		return fmt.Sprint("function ", v(3))
	case *int, Op, func() int:
		return fmt.Sprintf("%T", v)
	default:
		return fmt.Sprintf("%T %v", v, v)
	}
}

func caught(i int) {
	if r := recover(); r != nil {
		if err, ok := r.(error); ok {
			r = err.Error()
		}
		fmt.Println("program", i, "panics:", r)
	}
}
`

// An author writes programs whose result the language settles: no expression calls
// what changes a variable that it also reads, and at most one part may panic.
type author struct {
	r       *rand.Rand
	b       strings.Builder
	scopes  [][]variable
	names   int
	indent  int
	risk    bool // whether this statement may still have a part that may panic
	labels  int
	inLoop  bool
	nesting int
}

type variable struct {
	name, typ string
	fixed     bool // a loop's, which stays
}

var integers = []string{"int", "int8", "uint8", "uint16", "int32", "uint64", "Count"}

var allTypes = append([]string{"float64", "string", "bool", "[]int", "map[string]int", "Pair", "*Pair", "Inner", "Ring", "[3]int", "func(int) int", "any", "Shape", "error", "[]string", "Text", "complex128", "[]Inner", "*int", "Op", "rune"}, integers...)

func (g *author) pick(of ...string) string { return of[g.r.IntN(len(of))] }
func (g *author) chance(n int) bool        { return g.r.IntN(n) == 0 }

func (g *author) line(format string, args ...any) {
	g.b.WriteString(strings.Repeat("\t", g.indent+1))
	fmt.Fprintf(&g.b, format+"\n", args...)
}

func (g *author) program() string {
	g.push()
	for range 4 {
		g.declare(allTypes[g.r.IntN(len(allTypes))])
	}
	for range 6 + g.r.IntN(8) {
		g.statement()
	}
	g.show()
	return g.b.String()
}

func (g *author) push() { g.scopes = append(g.scopes, nil) }
func (g *author) pop()  { g.scopes = g.scopes[:len(g.scopes)-1] }

// show prints the variables of the innermost scope.
func (g *author) show() {
	for _, v := range g.scopes[len(g.scopes)-1] {
		switch v.typ {
		case "func(int) int", "Op":
			g.line("fmt.Println(%q, %s(5), %[2]s(-2))", v.name, v.name)
		case "*Pair":
			g.line("fmt.Printf(\"%%s %%+v\\n\", %q, *%s)", v.name, v.name)
		case "*int":
			g.line("fmt.Println(%q, *%s)", v.name, v.name)
		case "any", "Shape", "error":
			g.line("fmt.Println(%q, kind(%s))", v.name, v.name)
		case "[]int":
			g.line("fmt.Println(%q, %s, len(%[2]s), %[2]s == nil)", v.name, v.name)
		default:
			g.line("fmt.Printf(\"%%s %s %%T\\n\", %q, %s, %[3]s)", g.pick("%v", "%+v", "%#v", "%v"), v.name, v.name)
		}
	}
}

// name is a new name, now and then one that an outer scope has too.
func (g *author) name() string {
	if top := len(g.scopes) - 1; top > 1 && g.chance(4) {
		outer := g.scopes[g.r.IntN(top-1)]
		// A block's own variables may be of the same block as what is around them.
		near := slices.Concat(g.scopes[top-1], g.scopes[top])
		if len(outer) > 0 {
			v := outer[g.r.IntN(len(outer))]
			if !slices.ContainsFunc(near, func(o variable) bool { return o.name == v.name }) {
				return v.name
			}
		}
	}
	g.names++
	return fmt.Sprintf("v%d", g.names)
}

func (g *author) add(name, typ string, fixed bool) {
	top := len(g.scopes) - 1
	g.scopes[top] = append(g.scopes[top], variable{name, typ, fixed})
}

func (g *author) declare(typ string) {
	g.names++
	g.declareAs(fmt.Sprintf("v%d", g.names), typ)
}

func (g *author) declareAs(name, typ string) {
	value := g.value(typ, 3)
	switch {
	case g.chance(3):
		g.line("var %s %s = %s", name, typ, value)
	default:
		g.line("%s := %s(%s)", name, bracketed(typ), value)
	}
	g.line("_ = %s", name)
	g.add(name, typ, false)
}

func bracketed(typ string) string {
	if strings.HasPrefix(typ, "*") || strings.HasPrefix(typ, "func") {
		return "(" + typ + ")"
	}
	return typ
}

// variables are those of a type that are seen here, which a name of an inner scope
// may hide.
func (g *author) variables(typ string, assigned bool) (out []string) {
	seen := map[string]bool{}
	for i := len(g.scopes) - 1; i >= 0; i-- {
		for _, v := range g.scopes[i] {
			if !seen[v.name] && v.typ == typ && !(assigned && v.fixed) {
				out = append(out, v.name)
			}
		}
		for _, v := range g.scopes[i] {
			seen[v.name] = true
		}
	}
	return out
}

// variable is one of a type, declared if there is none.
func (g *author) variable(typ string) string {
	if vs := g.variables(typ, true); len(vs) > 0 {
		return g.pick(vs...)
	}
	g.declare(typ)
	vs := g.variables(typ, true)
	return vs[len(vs)-1]
}

func (g *author) statement() {
	g.risk = g.chance(12)
	forms := 26
	if g.nesting > 2 {
		forms = 14 // none with a block of its own
	}
	switch g.r.IntN(forms) {
	case 0:
		g.declareAs(g.name(), allTypes[g.r.IntN(len(allTypes))])
	case 1, 2:
		typ := allTypes[g.r.IntN(len(allTypes))]
		g.line("%s = %s", g.variable(typ), g.value(typ, 4))
	case 3:
		typ := g.pick(integers...)
		g.line("%s %s %s", g.variable(typ), g.pick("+=", "-=", "*=", "|=", "&=", "^=", "&^="), g.value(typ, 3))
	case 4:
		g.line("%s%s", g.variable(g.pick(append([]string{"float64"}, integers...)...)), g.pick("++", "--"))
	case 5:
		xs := g.variable("[]int")
		g.line("if n := len(%s); n > 1 {", xs)
		g.line("\t%s[at(%s, n)], %[1]s[at(%s, n)] = %[1]s[n-1], %[1]s[0]+1", xs, g.value("int", 1), g.value("int", 1))
		g.line("}")
	case 6:
		xs, from := g.variable("[]int"), g.variable("[]int")
		g.line("%s = append(%s[:at(%s, len(%[2]s)+1)], %s)", xs, from, g.value("int", 1), g.pick(g.value("int", 2), g.value("[]int", 1)+"...", "1, 2, 3"))
	case 7:
		g.line("%s[%s] %s %s", g.mapOrNil(), g.value("string", 1), g.pick("=", "+=", "-="), g.value("int", 2))
	case 8:
		g.line("%s.%s = %s", g.variable(g.pick("Pair", "*Pair", "Inner")), g.pick("A", "B"), g.value("int", 2))
	case 9:
		g.line("%s.%s", g.variable(g.pick("Pair", "*Pair", "Inner")), "Swap()")
	case 10:
		g.line("%s = %s.Push(%s)", g.variable("int"), g.variable(g.pick("Pair", "*Pair")), g.value("int", 1))
	case 11:
		g.line("%s[at(%s, 3)] += %s", g.variable(g.pick("Ring", "[3]int")), g.value("int", 1), g.value("int", 1))
	case 12:
		typ := g.pick("int", "string", "float64", "Pair", "Ring")
		a, b := g.variable(typ), g.variable(typ)
		g.line("%s, %s = %s, %s", a, b, b, g.value(typ, 2))
	case 13:
		if g.inLoop && g.chance(2) {
			g.line("if %s { %s }", g.value("bool", 2), g.pick("break", "continue"))
		} else {
			g.line("*%s = %s", g.variable("*int"), g.value("int", 2))
		}
	case 14:
		g.line("if %s {", g.value("bool", 3))
		g.block(nil, false)
		if g.chance(2) {
			g.line("} else {")
			g.block(nil, false)
		}
		g.line("}")
	case 15:
		i := g.name()
		g.line("for %s := range %d {", i, 1+g.r.IntN(4))
		g.line("\t_ = %s", i)
		g.block([]variable{{i, "int", g.chance(2)}}, true)
		g.line("}")
	case 16:
		g.names++
		i := fmt.Sprintf("v%d", g.names)
		g.labels++
		label := fmt.Sprintf("L%d", g.labels)
		g.line("%s:", label)
		g.line("for %s := 0; %[1]s < %d; %[1]s += %d {", i, 1+g.r.IntN(6), 1+g.r.IntN(2))
		g.indent++
		g.line("for range 2 {")
		g.line("\tif %s { %s %s }", g.value("bool", 2), g.pick("break", "continue"), label)
		g.line("}")
		g.indent--
		g.block([]variable{{i, "int", true}}, true)
		g.line("}")
	case 17:
		i, x := g.pair()
		over, typ := g.pick("[]int", "string", "Ring", "[]string", "[]Inner"), ""
		switch over {
		case "[]int", "Ring":
			typ = "int"
		case "string":
			typ = "rune"
		case "[]string":
			typ = "string"
		case "[]Inner":
			typ = "Inner"
		}
		g.line("for %s, %s := range %s {", i, x, g.value(over, 2))
		g.line("\t_, _ = %s, %s", i, x)
		g.block([]variable{{i, "int", false}, {x, typ, false}}, true)
		g.line("}")
	case 18:
		i, x := g.pair()
		g.line("for %s, %s := range upTo(%d) {", i, x, g.r.IntN(4))
		g.line("\t_, _ = %s, %s", i, x)
		g.block([]variable{{i, "int", false}, {x, "string", false}}, true)
		g.line("}")
	case 19:
		typ := g.pick("int", "string", "Count", "Ring", "uint8")
		g.line("switch %s {", g.value(typ, 2))
		for range 2 {
			g.line("case %s, %s:", g.value(typ, 1), g.value(typ, 2))
			g.block(nil, false)
			if g.chance(3) {
				g.line("\tfallthrough")
			}
		}
		g.line("default:")
		g.block(nil, false)
		g.line("}")
	case 20:
		x := g.name()
		g.line("switch %s := %s.(type) {", x, g.value("any", 2))
		for _, typ := range []string{"int", "string", "Pair", "Count"} {
			g.line("case %s:", typ)
			g.line("\t_ = %s", x)
			g.block([]variable{{x, typ, false}}, false)
		}
		g.line("default:")
		g.line("\tfmt.Println(kind(%s))", x)
		g.line("}")
	case 21:
		g.names++
		f := fmt.Sprintf("v%d", g.names)
		n := g.variable("int")
		g.line("%s := func(by int) (out int) {", f)
		loop := g.inLoop
		g.inLoop = false
		g.line("\t{")
		g.block([]variable{{"by", "int", false}, {"out", "int", false}}, false)
		g.line("\t}")
		g.inLoop = loop
		g.line("\t%s += by", n)
		g.line("\treturn out + %s", n)
		g.line("}")
		g.line("%s = %s(%s)", g.variable("int"), f, g.value("int", 1))
	case 22:
		g.line("func() {")
		g.line("\tdefer caught(%d)", g.r.IntN(100)+1000)
		g.line("\tdefer func(s string) { fmt.Println(\"deferred\", s, %s) }(%s)", g.value("int", 2), g.value("string", 2))
		loop := g.inLoop
		g.inLoop = false
		g.risk = g.chance(2)
		g.block(nil, false)
		if g.chance(3) {
			g.line("\tpanic(%s)", g.value(g.pick("string", "int", "error"), 1))
		}
		g.inLoop = loop
		g.line("}()")
	case 23:
		g.names++
		fs := fmt.Sprintf("v%d", g.names)
		g.line("var %s []func() int", fs)
		g.line("for i := range 3 {")
		g.line("\t%s = append(%[1]s, func() int { i += %s; return i })", fs, g.value("int", 1))
		g.line("}")
		g.line("for _, f := range %s {", fs)
		g.line("\tf()")
		g.line("\tfmt.Println(f())")
		g.line("}")
	case 24:
		g.risk = false // nobody would catch it there
		g.names++
		c := fmt.Sprintf("v%d", g.names)
		g.line("%s := make(chan %s, %d)", c, g.pick("int", "any"), g.r.IntN(3))
		g.line("go func() {")
		g.line("\tdefer close(%s)", c)
		g.line("\tfor i := range %d { %s <- i * %s }", 1+g.r.IntN(4), c, g.value("int", 2))
		g.line("}()")
		g.line("for x := range %s { fmt.Println(x) }", c)
		g.line("select {")
		g.line("case x, ok := <-%s:", c)
		g.line("\tfmt.Println(x, ok)")
		g.line("default:")
		g.line("\tpanic(\"a closed channel blocks\")")
		g.line("}")
	case 25: // a method value keeps the receiver that it had
		g.names++
		f, v := fmt.Sprintf("v%d", g.names), g.variable("Inner")
		g.line("%s := %s.Area", f, v)
		g.line("%s.Swap()", v)
		g.line("%s.A += %s", v, g.value("int", 1))
		g.line("fmt.Println(%s(1), %s.Area(1))", f, v)
	}
}

func (g *author) pair() (string, string) {
	g.names += 2
	return fmt.Sprintf("v%d", g.names-1), fmt.Sprintf("v%d", g.names)
}

func (g *author) mapOrNil() string {
	if g.risk && g.chance(3) {
		g.risk = false
		return "map[string]int(nil)"
	}
	return g.variable("map[string]int")
}

// block is statements one level down, with those variables.
func (g *author) block(with []variable, loop bool) {
	was, risk := g.inLoop, g.risk
	g.inLoop = g.inLoop || loop
	g.indent++
	g.nesting++
	g.push()
	for _, v := range with {
		g.add(v.name, v.typ, v.fixed)
	}
	g.push()
	for range 1 + g.r.IntN(3) {
		g.statement()
	}
	if g.chance(2) {
		g.show()
	}
	g.pop()
	g.pop()
	g.nesting--
	g.indent--
	g.inLoop, g.risk = was, risk
}

// value is an expression of a type, which stands by itself anywhere.
func (g *author) value(typ string, depth int) string { return "(" + g.expression(typ, depth) + ")" }

func (g *author) expression(typ string, depth int) string {
	if depth > 0 && g.chance(3) {
		if vs := g.variables(typ, false); len(vs) > 0 {
			return g.pick(vs...)
		}
	}
	deep := func(t string) string { return g.value(t, depth-1) }
	leaf := depth <= 0
	if leaf {
		if vs := g.variables(typ, false); len(vs) > 0 && !g.chance(3) {
			return g.pick(vs...)
		}
	}
	for _, t := range integers {
		if t == typ {
			return g.integer(typ, depth)
		}
	}
	switch typ {
	case "float64":
		if leaf {
			return g.pick("k(0.5)", "k(-3.25)", "k(1e10)", "k(0.0)")
		}
		return g.pick("("+deep(typ)+" "+g.pick("+", "-", "*", "/")+" "+deep(typ)+")", "float64("+deep(g.pick(integers...))+")", "max("+deep(typ)+", "+deep(typ)+")", "sum("+deep(typ)+", 1.5)", "real("+deep("complex128")+")", "-"+deep(typ))
	case "complex128":
		if leaf {
			return g.pick("k(1+2i)", "k(-0.5i)")
		}
		return g.pick("("+deep(typ)+" "+g.pick("+", "-", "*")+" "+deep(typ)+")", "complex("+deep("float64")+", "+deep("float64")+")")
	case "string":
		if leaf {
			return g.pick(`k("a")`, `k("glas€")`, `k("")`, `k("x\ty")`)
		}
		s := deep(typ)
		return g.pick("("+s+" + "+deep(typ)+")", "fmt.Sprint("+deep(g.pick("float64", "bool", "[]int", "map[string]int", "Pair", "*Pair", "Inner", "Ring", "Text", "[]Inner", "complex128"))+")", "string("+deep("rune")+")", "strings.ToUpper("+s+")", "strings.Join("+deep("[]string")+", \"-\")", deep("Pair")+".Name", "kind("+deep("any")+")", "string([]byte("+s+"))", "string("+deep("Text")+")")
	case "rune":
		if leaf {
			return g.pick("k('q')", "k('é')", "k(rune(65))")
		}
		return g.pick("("+deep(typ)+"&31 + 'a')", "rune("+deep("uint8")+"&63 + 40)")
	case "Text":
		if leaf {
			return `k(Text("t"))`
		}
		return "Text(" + deep("string") + ")"
	case "bool":
		if leaf {
			return g.pick("k(true)", "k(false)")
		}
		same := g.pick("int", "string", "float64", "Inner", "Ring", "[3]int", "any", "Count", "uint8", "rune", "complex128", "Text")
		if same == "any" { // a map or a list may be inside
			return "(kind(" + deep("any") + ") == kind(" + deep("any") + "))"
		}
		order := g.pick("int", "string", "float64", "Count", "uint64", "int8")
		return g.pick("("+deep(same)+" "+g.pick("==", "!=")+" "+deep(same)+")", "("+deep(order)+" "+g.pick("<", "<=", ">", ">=")+" "+deep(order)+")", "("+deep(typ)+" "+g.pick("&&", "||")+" "+deep(typ)+")", "!"+deep(typ), "(any("+deep("int")+") == any("+deep(g.pick("int", "Count", "string"))+"))", "("+deep("error")+" == nil)")
	case "[]int":
		if leaf {
			return g.pick("[]int{1, 2, 3}", "[]int(nil)", "[]int{4: 7}", "make([]int, 2, 5)")
		}
		return g.pick("[]int{"+deep("int")+", "+deep("int")+"}", "append("+deep(typ)+", "+deep("int")+")", deep("Pair")+".List", "func(s []int) []int { return s[at("+deep("int")+", len(s)+1):] }("+deep(typ)+")", "func(s []int, d []int) []int { copy(d, s); return d }("+deep(typ)+", make([]int, 4))", "append([]int(nil), "+deep(typ)+"...)")
	case "[]string":
		if leaf {
			return g.pick(`[]string{"p", "q"}`, "[]string{}")
		}
		return g.pick("keys("+deep("map[string]int")+")", "strings.Fields("+deep("string")+")", "append([]string{}, "+deep("string")+")")
	case "[]Inner":
		if leaf {
			return g.pick("[]Inner{{1, 2}, {A: 3}}", "[]Inner(nil)")
		}
		return "append(" + deep(typ) + ", " + deep("Inner") + ")"
	case "map[string]int":
		if leaf {
			return g.pick(`map[string]int{"a": 1, "b": 2}`, "map[string]int{}")
		}
		return `map[string]int{"z": ` + deep("int") + `, "y": ` + deep("int") + `}`
	case "Inner":
		if leaf {
			return g.pick("Inner{3, 4}", "Inner{}", "Inner{B: 9}")
		}
		return g.pick("Inner{"+deep("int")+", "+deep("int")+"}", deep("Pair")+".Inner", deep("*Pair")+".Inner", "apply("+deep("int")+", func(x int) Inner { return Inner{x, -x} })")
	case "Pair":
		if leaf {
			return g.pick(`Pair{Inner{1, 2}, "pair", nil}`, `Pair{Name: "n", List: []int{5}}`)
		}
		return g.pick("Pair{Inner: "+deep("Inner")+", Name: "+deep("string")+"}", "*"+deep("*Pair"), "Pair{List: "+deep("[]int")+"}")
	case "*Pair":
		if leaf {
			return `&Pair{Name: "p"}`
		}
		if g.risky() {
			return "(*Pair)(nil)"
		}
		return "&Pair{" + deep("Inner") + ", " + deep("string") + ", " + deep("[]int") + "}"
	case "*int":
		if leaf {
			return "new(int)"
		}
		if vs := g.variables("int", true); len(vs) > 0 && g.chance(2) {
			return "&" + g.pick(vs...)
		}
		return "&([]int{7})[0]"
	case "Ring", "[3]int":
		if leaf {
			return typ + g.pick("{1, 2, 3}", "{}", "{2: 5}")
		}
		return g.pick(typ+"{"+deep("int")+", "+deep("int")+"}", typ+"("+deep(map[string]string{"Ring": "[3]int", "[3]int": "Ring"}[typ])+")")
	case "func(int) int", "Op":
		if leaf {
			return bracketed(typ) + "(func(x int) int { return x + 1 })"
		}
		if typ == "func(int) int" && g.chance(3) {
			return g.pick(deep("Inner")+".Area", deep("Ring")+".Area", "func(x int) int { return Inner.Area("+deep("Inner")+", x) }", "Shape(Op(func(x int) int { return 2 * x })).Area")
		}
		g.push()
		g.add("x", "int", false)
		body := g.value("int", depth-1)
		g.pop()
		if vs := g.variables("int", true); len(vs) > 0 && g.chance(4) {
			return bracketed(typ) + "(func(x int) int { y := " + g.pick(vs...) + "; return y - x + (" + body + ") })"
		}
		return bracketed(typ) + "(func(x int) int { return " + body + " })"
	case "any":
		if leaf {
			return g.pick("any(nil)", "any(3)", `any("s")`, "any(Count(4))")
		}
		return "any(" + deep(allTypes[g.r.IntN(len(allTypes))]) + ")"
	case "Shape":
		if leaf {
			return "Shape(Inner{1, 1})"
		}
		return "Shape(" + deep(g.pick("Inner", "Ring", "Op", "*Pair")) + ")"
	case "error":
		if leaf {
			return g.pick("error(nil)", `error(Text("e"))`, `errors.New("new")`)
		}
		return g.pick("error("+deep("Text")+")", "func() error { _, _, err := parted("+deep("int")+"); return err }()", "fmt.Errorf(\"wrapped: %w\", "+deep("Text")+")", "errors.Join("+deep(typ)+", "+deep(typ)+")", "func() error { _, err := new(Stack[int]).Pop(); return err }()")
	}
	panic(typ)
}

func (g *author) integer(typ string, depth int) string {
	deep := func(t string) string { return g.value(t, depth-1) }
	if depth <= 0 {
		if typ[0] == 'u' {
			return "k(" + typ + g.pick("(3)", "(0)", "(200)", "(17)") + ")"
		}
		return "k(" + typ + g.pick("(3)", "(-7)", "(0)", "(100)", "(-128)") + ")"
	}
	if g.risky() {
		switch g.r.IntN(4) {
		case 0:
			return "(" + deep(typ) + " / " + deep(typ) + ")"
		case 1:
			return typ + "([]int{1, 2, 3}[" + deep("int") + "])"
		case 2:
			return deep("any") + ".(" + typ + ")"
		case 3:
			return typ + "(" + deep("[]int") + "[1:][0])"
		}
	}
	other := g.pick(integers...)
	choices := []string{
		"(" + deep(typ) + " " + g.pick("+", "-", "*", "&", "|", "^", "&^") + " " + deep(typ) + ")",
		"(" + deep(typ) + " " + g.pick("/", "%") + " (" + deep(typ) + " | 1))",
		"(" + deep(typ) + " " + g.pick("<<", ">>") + " (" + deep("uint8") + " & 15))",
		typ + "(" + deep(other) + ")",
		g.pick("-", "^", "+") + deep(typ),
		g.pick("min", "max") + "(" + deep(typ) + ", " + deep(typ) + ")",
		"sum(" + deep(typ) + ", " + deep(typ) + ")",
		"func() " + typ + " { if " + deep("bool") + " { return " + deep(typ) + " }; return " + deep(typ) + " }()",
	}
	if typ == "int" {
		choices = append(choices,
			"len("+deep(g.pick("string", "[]int", "map[string]int", "[]string"))+")",
			deep("map[string]int")+"["+deep("string")+"]",
			deep("func(int) int")+"("+deep("int")+")",
			deep(g.pick("Inner", "Pair", "*Pair"))+"."+g.pick("A", "B"),
			deep(g.pick("Inner", "Ring", "Pair", "Op"))+".Area("+deep("int")+")",
			"*"+deep("*int"),
			deep("[3]int")+"[at("+deep("int")+", 3)]",
			"func(s []int) (m int) { for i, x := range s { m += i*x }; return }("+deep("[]int")+")",
			"func() int { h, odd, _ := parted("+deep("int")+"); if odd { h++ }; return h }()",
			"func(m map[string]int) int { if v, ok := m["+deep("string")+"]; ok { return v }; return -1 }("+deep("map[string]int")+")",
			"apply("+deep("string")+", func(s string) int { return len(s) })",
			"len(new(Stack["+g.pick("int", "string")+"]).items)",
		)
	}
	if typ == "Count" {
		choices = append(choices, deep(typ)+".Twice()", "Count.Twice("+deep(typ)+")")
	}
	return g.pick(choices...)
}

// risky spends the statement's one risk.
func (g *author) risky() bool {
	if g.risk && g.chance(3) {
		g.risk = false
		return true
	}
	return false
}
