package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestComplete asks at the bar in a cell and looks for candidates.
func TestComplete(t *testing.T) {
	b := newBench(t)
	b.ok("type inner struct{ depth int; Name string }\ntype box struct {\n\tinner\n\titems []inner\n\tm map[string]*inner\n}\n// Open opens it.\nfunc (b *box) Open(n int) (int, error) { return n, nil }\nbx := box{}\npb := &bx\nΔx := 1.5\nγs := []box{}")
	b.ok("bx.m = map[string]*inner{\"key\": nil, \"other\": nil}\nages := map[int]string{12: \"a\", 17: \"b\"}")
	if err := os.MkdirAll(filepath.Join(b.cfg.Dir, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.cfg.Dir, "data", "one.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	b.ok("type Gen[T any] struct{ val T }\nfunc (g Gen[T]) Get() T { return g.val }\ngi := Gen[inner]{}")
	for _, c := range []struct{ cell, want string }{
		{"bx.|", "Name Open depth inner items m"},
		{"pb.|", "Name Open depth inner items m"},
		{"bx.it|", "items"},
		{"fmt.Println(bx.items[0].dep|, 3)", "depth"},
		{"bx.m[\"k\"].|", "Name depth"},
		{"γs[0].inner.|", "Name depth"},
		{"Δ|", "Δx"},
		{"gi.|", "Get val"},
		{"gi.Get().|", "Name depth"},
		{"func f(p box) {\n\tloc := p.items\n\tfor _, it := range loc {\n\t\tit.|", "Name depth"},
		{"func (b *box) foo() { b.|", "Name Open depth foo inner items m"},
		{"go func() { bx.i|", "inner items"},
		{"if x := bx; x.i|", "inner items"},
		{"type T struct { y box }\nvar t T\nt.y.i|", "inner items"},
		{"x := bx.i|\nfmt.Println(x)", "inner items"},
		{"loc := 5\nlo|", "loc"},
		{"func g() { abc := 1; ab|", "abc"},
		{"a, err := pb.Open(1); er|", "err error errors"},
		{"math.Sqr|", "Sqrt Sqrt2 SqrtE SqrtPhi SqrtPi"},
		{"import \"encoding/he|", "encoding/hex"},
		{"import (\n\t\"fmt\"\n\t\"encoding/he|", "encoding/hex"},
		{"ret|", "return"},
		{"var q bo|", "bool box"},
		{"%ti|", "time timeit"},
		{"%%wr|", "writefile"},
		{"%help ti|", "time timeit"},
		{"%reset bx p|", "bx\u00a0pb"},
		{"%time bx.it|", "items"},
		{"%device\nbx.it|", "items"},
		{"!ls\nbx.it|", "items"},
		{"box{|", "inner:\u00a0 items:\u00a0 m:\u00a0"},
		{"box{items: nil, m|}", "m:\u00a0"},
		{"q := []*box{{it|", "items:\u00a0"},
		{"q := box{\n\titems: nil,\n\t|\n}", "m:\u00a0"},
		{"time.Ticker{|", "C:\u00a0"},
		{"box{items: γ|", "γs"},
		{"bx.m[\"k|", "\"key\""},
		{"bx.m[|]", "\"key\""},
		{"ages[1|", "12 17"},
		{"ages[bx|", "bx"},
		{"os.ReadFile(\"da|", "data/"},
		{"os.ReadFile(\"data/o|\")", "data/one.txt"},
		{"fmt.Println(\"da|", ""},
		{"%load da|", "data/"},
		{"s := \"bx.|", ""},
		{"// bx.|", ""},
	} {
		i := strings.Index(c.cell, "|")
		code := c.cell[:i] + c.cell[i+1:]
		got := b.Complete(code, i)
		texts := map[string]bool{}
		for _, it := range got.Items {
			texts[it.Text] = true
			if it.Kind == "" {
				t.Errorf("%q: %s has no kind", c.cell, it.Text)
			}
			if p := code[got.Start:got.End]; !hasPrefixFold(it.Text, p) {
				t.Errorf("%q: %s would replace %q", c.cell, it.Text, p)
			}
		}
		for _, w := range strings.Split(c.want, " ") {
			if w != "" && !texts[strings.ReplaceAll(w, "\u00a0", " ")] {
				t.Errorf("%q: %v, want %s among them", c.cell, got.Items, w)
			}
		}
		if c.want == "" && len(got.Items) > 0 {
			t.Errorf("%q: %v, want nothing", c.cell, got.Items)
		}
	}
}

// TestInspect asks at the bar in a cell and looks into the text.
func TestInspect(t *testing.T) {
	b := newBench(t)
	b.ok("// Twice doubles x.\nfunc Twice(x int) int {\n\treturn 2 * x\n}\ntype box struct{ n int }\n// Open opens it.\nfunc (b *box) Open() {}\nbx := box{}")
	for _, c := range []struct {
		cell   string
		detail int
		want   string // parts of the text; empty when there is nothing to say
	}{
		{"Twi|ce(3)", 0, "func Twice(x int) int|Twice doubles x."},
		{"Twice(|", 0, "func Twice(x int) int"},
		{"fmt.Println(Twice(|2), 3)", 0, "func Twice(x int) int"},
		{"Twice|", 1, "return 2 * x"},
		{"bx.Op|en()", 0, "Open()|Open opens it."},
		{"math.Sqrt|", 0, "func math.Sqrt(x float64) float64|square root"},
		{"ma|th.Sqrt", 0, "package math|mathematical functions"},
		{"bx|", 0, "var bx box|bx = {n:0} // 8 B"},
		{"box|", 0, "type box struct{ n int }|func (*box).Open()"},
		{"bx.Op|en()", 1, "func (b *box) Open() {}"},
		{"%time Twi|ce(3)", 0, "func Twice(x int) int"},
		{"strings.ToUp|per(x)", 1, "func strings.ToUpper(s string) string|returns s with all|func ToUpper(s string) string {\n|utf8.RuneSelf"},
		{"strings.Builder|", 0, "type Builder struct {|func (*strings.Builder).WriteString(s string)|is used to efficiently build"},
		{"smtp.Client|", 0, ""},
		{"glass.New|", 1, "func glass.New(p int, n int, opts ...glass.Option) *glass.Glass|draws a spherical|func New("},
		{"glass.Comp|lexity", 0, "glass.Complexity("},
		{"func f() { loc := 1; lo|c++ }", 0, "var loc int"},
		{"math.Pi|", 0, "3.14159"},
		{"len|", 0, "builtin len|length of v"},
		{"unknown|", 0, ""},
		{"|", 0, ""},
		{"\"str|\"", 0, ""},
	} {
		i := strings.Index(c.cell, "|")
		got, ok := b.Inspect(c.cell[:i]+c.cell[i+1:], i, c.detail)
		if ok != (c.want != "") {
			t.Errorf("%q: found is %v: %v", c.cell, ok, got)
			continue
		}
		for _, w := range strings.Split(c.want, "|") {
			if !strings.Contains(fmt.Sprint(got.Data["text/plain"]), w) {
				t.Errorf("%q: %q, want %q in it", c.cell, got.Data["text/plain"], w)
			}
		}
	}
}

// TestCompleteness: whole cells, cells to go on with, and wrong ones.
func TestCompleteness(t *testing.T) {
	s := &Session{scope: newScope()}
	for _, c := range []struct {
		cell   string
		want   Completeness
		indent string
	}{
		{"", Complete, ""}, {"x := 1", Complete, ""}, {"func f() {\n}", Complete, ""}, {"// c", Complete, ""},
		{"%time", Complete, ""}, {"%time for {", Incomplete, "\t"}, {"%%writefile f\n{", Complete, ""}, {"%who\nx :=", Incomplete, "\t"}, {"?x", Complete, ""}, {"x++", Complete, ""},
		{"return", Complete, ""}, {"x := 1 // {", Complete, ""}, {"\"{\"", Complete, ""}, {"'`'", Complete, ""},
		{"for {", Incomplete, "\t"}, {"if x {\n\tif y {", Incomplete, "\t\t"}, {"f(", Incomplete, "\t"},
		{"x := `raw", Incomplete, ""}, {"/* c", Incomplete, ""}, {"a +", Incomplete, "\t"}, {"a, b :=", Incomplete, "\t"},
		{"x.", Incomplete, "\t"}, {"if x {\n} else", Incomplete, ""}, {"var", Incomplete, ""}, {"foo(1,\n2,", Incomplete, "\t"},
		{"}", Invalid, ""}, {"x = )", Invalid, ""}, {"\"abc", Invalid, ""}, {"1 2", Invalid, ""},
	} {
		if got, indent := s.Completeness(c.cell); got != c.want || indent != c.indent {
			t.Errorf("%q: %s, %q; want %s, %q", c.cell, got, indent, c.want, c.indent)
		}
	}
}
