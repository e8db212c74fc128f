package engine

import (
	"slices"
	"strings"
	"testing"
)

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "ab", 2}, {"Nwe", "New", 1}, {"tiem", "time", 1}, {"sitting", "kitten", 3}, {"Δx", "x", 1}, {"abc", "cab", 2},
	} {
		if got := editDistance(c.a, c.b); got != c.want {
			t.Errorf("from %q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
		if got := editDistance(c.b, c.a); got != c.want {
			t.Errorf("from %q to %q: %d, want %d", c.b, c.a, got, c.want)
		}
	}
	if got := nearest("x", slices.Values([]string{"y"})); got != "" {
		t.Errorf("%q is taken for x", got)
	}
}

// TestNearest: an unknown name is told with the one that was meant.
func TestNearest(t *testing.T) {
	b := newBench(t)
	b.ok("type box struct{ items []int; inner struct{ Depth int } }\nfunc (b *box) Open() {}\ncounter := 1\nbx := &box{}")
	for _, c := range []struct{ cell, want string }{
		{"conuter + 1", "undefined: conuter (did you mean counter?)"},
		{"glass.Nwe(3, 100)", "undefined: glass.Nwe (did you mean glass.New?)"},
		{"x := strings.ToUper(\"a\")", "undefined: strings.ToUper (did you mean strings.ToUpper?)"},
		{"opitm.Descend(nil, 1)", "undefined: opitm (did you mean optim?)"},
		{"bx.Oepn()", "bx.Oepn undefined (type *box has no field or method Oepn) (did you mean Open?)"},
		{"bx.inner.Dept", "has no field or method Dept) (did you mean Depth?)"},
		{"bx.open()", "but does have method Open)"},
		{"q := box{itmes: nil}", "unknown field itmes in struct literal of type box (did you mean items?)"},
		{"func f(number int) int { return numbr }", "undefined: numbr (did you mean number?)"},
		{"lenn(bx.items)", "undefined: lenn (did you mean len?)"},
		{"var q strnig", "undefined: strnig (did you mean string?)"},
		{"completely_else", "undefined: completely_else"},
		{"fmt.Qqqqq()", "undefined: fmt.Qqqqq"},
	} {
		err := b.fails(c.cell, c.want)
		if len(err.Value) > len("Cell[10]:1:10: ")+len(c.want) && !slices.Contains([]string{"bx.inner.Dept", "bx.open()"}, c.cell) {
			t.Errorf("cell %q: %q, want no more than %q", c.cell, err.Value, c.want)
		}
	}
}

// TestUnused: what nobody uses is no error, in any form.
func TestUnused(t *testing.T) {
	b := newBench(t)
	b.ok("type T struct{ n int }\nc := make(chan int, 9)\nc <- 1\nc <- 2\nc <- 3\nm := map[int]int{1: 2}\nvar a any = 1")
	cells := [][]string{{
		"import \"encoding/csv\"",
		"import other \"encoding/csv\"",
		"import _ \"encoding/csv\"",
		"import . \"encoding/ascii85\"",
		"import (\n\t\"encoding/csv\"\n\t\"encoding/xml\"\n)",
	}, {
		"func f1() { x := 1 }",
		"func f2() { var x int }",
		"func f3() { var x, y = 1, 2; var (z int) }",
		"func f4() { x, y := 1, 2; _ = x }",
		"func f5() { for i := 0; i < 3; i++ { y := i } }",
		"func f6() { for i, v := range []int{1} { } }",
		"func f7() { for i, v := range m { y := 2 } }",
		"func f8() { for v := range c { return } }",
		"func f9() { if x := 1; true { } }",
		"func f10() { if x, ok := m[1]; true { } else if y := 2; false { } }",
		"func f11() { switch x := 1; { } }",
		"func f12() { switch x := a.(type) { case int: case string: y := 1 } }",
		"func f13() { switch { case true: x := 1 } }",
		"func f14() { select { case x := <-c: default: } }",
		"func f15() { select { case x, ok := <-c: y := 1; default: } }",
		"func f16() { g := func() { x := 1 } }",
		"func f17() { x, err := 1, error(nil); x, z := 2, 3 }",
		"func f18() { const k = 1; type L struct{} }",
		"func f19() { var t T; t.n = 1; var p *T }",
		"func f20() { x := 1; x = 2 }",
		"func f21() { x := func(a int) int { return a } }",
		"func f22[P any](p P) { var q P }",
		"func f23() (r int) { x := 1; return }",
		"func (t T) m1() { x := 1 }",
		"func f24() { for range 3 { x := 1; { y := 2 } } }",
		"func f25() { go func() { x := 1 }(); defer func() { y := 1 }() }",
		"func f26() { var f = func() { x := 1 } }",
		"func f27() { for i := range 3 { } }",
		"func f28() { if v, ok := a.(int); ok { } }",
		"func f29() { for x := 1; ; { break } }",
	}, {
		"x := 1",
		"{ x := 1 }",
		"if x := 1; true { y := 2 }",
		"for i := range 3 { y := 1 }",
		"switch x := a.(type) { case int: }",
		"select { case x := <-c: }",
		"func() { x := 1 }()",
		"var gg = func() { x := 1 }",
	}}
	for _, forms := range cells {
		if _, res := b.do(strings.Join(forms, "\n")); res.Error != nil {
			t.Errorf("%s", strings.Join(res.Error.Traceback, "\n"))
		}
	}
}
