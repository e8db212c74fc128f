package engine

import (
	"fmt"
	"go/scanner"
	"strings"
	"testing"
)

// TestParseSource takes cells apart and looks at the parts.
func TestParseSource(t *testing.T) {
	for _, c := range []struct {
		cell, imports, decls, vars, last string
	}{
		{"x := 1\nx + 1", "", "", "x", "x + 1"},
		{"x := 1; func f() int { return 9 }; type T struct{ v int }; const K, L = 3, 4; f()", "", "f T K,L", "x", "f()"},
		{"import (\n\tm \"math\"; \"os\"\n)\nm.Pi", "m=math =os", "", "", "m.Pi"},
		{"package main\nimport \"fmt\"\nfunc main() {}", "=fmt", "main", "", ""},
		{"s := `\nimport \"no\"\nfunc f() {}\n`", "", "", "s", ""},
		{"// import \"no\"\n/* func f() {} */", "", "", "", ""},
		{"func (t *T[K]) m() {}\nfunc() {}()", "", "T.m", "", "func() {}()"},
		{"var (\n\ta, b int\n\tc = 2; _ = a\n)\nfor i := 0; i < 2; i++ { d := i }", "", "", "a,b c _", ""},
		{"a, b := 1, 2;", "", "", "a,b", ""},
		{"γ := 1 // é\nγ", "", "", "γ", "γ"},
		{"x;", "", "", "", "x"},
		{"if x := 1; x > 0 { y := 2 }", "", "", "", ""},
	} {
		s, err := parseSource(c.cell)
		if err != nil {
			t.Errorf("%q: %v", c.cell, err)
			continue
		}
		var imports, decls, vars []string
		for _, im := range s.imports {
			imports = append(imports, im.name+"="+im.path)
		}
		for _, d := range s.decls {
			name := strings.Join(d.names, ",")
			if d.isMethod() {
				name = d.recv + "." + name
			}
			decls = append(decls, name)
		}
		for _, v := range s.vars {
			vars = append(vars, strings.Join(v.names, ","))
		}
		last := ""
		if s.last != nil {
			last = c.cell[s.last.start:s.last.end]
		}
		got := [4]string{strings.Join(imports, " "), strings.Join(decls, " "), strings.Join(vars, " "), last}
		if want := [4]string{c.imports, c.decls, c.vars, c.last}; got[0] != want[0] || !sameWords(got[1], want[1]) || got[2] != want[2] || got[3] != want[3] {
			t.Errorf("%q: %q, want %q", c.cell, got, want)
		}
	}
}

func sameWords(a, b string) bool {
	x, y := map[string]int{}, map[string]int{}
	for _, w := range strings.Fields(a) {
		x[w]++
	}
	for _, w := range strings.Fields(b) {
		y[w]++
	}
	return fmt.Sprint(x) == fmt.Sprint(y)
}

// TestParseSourceErrors: places and words of syntax errors.
func TestParseSourceErrors(t *testing.T) {
	for _, c := range []struct{ cell, want string }{
		{"x := 1 +", "1:9: expected operand, found the end of the cell"},
		{"for {\n\tf()", "2:5: expected '}', found the end of the cell"},
		{"}", "1:1: unexpected '}'"},
		{"f(1))\n", "1:5: unexpected ')'"},
		{"a.b := 1", "1:1: non-name on left side of :="},
		{"x, x := 1, 2", "1:4: x repeated on left side of :="},
		{"x := 1\n\nfunc f( {\n}", "3:9: expected ')', found '{'"},
		{"\"abc", "1:1: string literal not terminated"},
	} {
		_, err := parseSource(c.cell)
		list, ok := err.(scanner.ErrorList)
		if !ok {
			t.Errorf("%q: error %v, want a list of syntax errors", c.cell, err)
			continue
		}
		if got := list[0].Error(); got != c.want {
			t.Errorf("%q: %q, want %q", c.cell, got, c.want)
		}
	}
}

// FuzzParseSource: the splitter takes any text, its parts lie in the text, and
// copies with parts blanked out keep every line where it was.
func FuzzParseSource(f *testing.F) {
	f.Add("x := 1\nfunc f() {}\n`a\nb`")
	f.Add("import (\n\"a\"; b \"c\")\nvar x, y = 1, 2; type T struct{}")
	f.Add("package p; func (t T) m[")
	f.Add("/* é */ γ, _ := <-c // d\n;;")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseSource(text)
		if err != nil {
			if list, ok := err.(scanner.ErrorList); ok && len(list) == 0 {
				t.Fatalf("%q: refused without an error", text)
			}
			return
		}
		within := func(what string, sp span) {
			if sp.start < 0 || sp.start > sp.end || sp.end > len(text) {
				t.Fatalf("%q: %s lies at %v", text, what, sp)
			}
		}
		var spans []span
		for _, h := range s.hidden {
			within("an import", h)
			spans = append(spans, h)
		}
		for _, d := range s.decls {
			within(d.names[0], d.span)
			within(d.names[0], d.whole)
			spans = append(spans, d.whole)
		}
		for _, v := range s.vars {
			within("a variable", v.span)
			for i, at := range v.at {
				if !strings.HasPrefix(text[at:], v.names[i]) {
					t.Fatalf("%q: %s is not at %d", text, v.names[i], at)
				}
			}
			if v.values != nil {
				within("values", *v.values)
			}
		}
		if s.last != nil {
			within("the last expression", *s.last)
		}
		for _, inside := range []bool{true, false} {
			m := masked(text, spans, inside)
			if len(m) != len(text) {
				t.Fatalf("%q: masked to %q, of another length", text, m)
			}
			for i := range m {
				if (m[i] == '\n') != (text[i] == '\n') {
					t.Fatalf("%q: masked to %q, with other lines", text, m)
				}
			}
		}
		u := newUnit(1, s, newScope())
		u.resolve(func(string) (string, bool) { return "", false })
		u.write()
	})
}
