package engine

import (
	"strings"
	"testing"
)

// TestErrorPlaces: each error of a cell with its place, once, in order.
func TestErrorPlaces(t *testing.T) {
	b := newBench(t)
	b.ok("type P struct{ a int }\np := P{}\nfunc two() (int, int) { return 1, 2 }")
	for _, c := range []struct {
		cell string
		want string // places and words, after the cell's name
	}{
		{"x := 1\ny := undefA + undefB", "2:6: undefined: undefA|2:15: undefined: undefB"},
		{"var s []int = map[string]int{}", "1:15: cannot use"},
		{"func f() int { return \"no\" }\nz := nope()", "1:23: cannot use|2:6: undefined: nope"},
		{"func lab() {\nlab:\n\tfor { break }\n}", "2:1: label lab defined and not used"},
		{"import m \"math\"\nm.Nope(1)", "2:3: undefined: m.Nope"},
		{"a := two()", "1:6: assignment mismatch"},
		{"p.b = 1", "1:3: p.b undefined (type P has no field or method b"},
		{"/* é */ été := undefÉ", "1:19: undefined: undefÉ"},
		{"var g interface {\n\tM()\n} = 5", "3:5: cannot use 5"},
		{"type P struct{ b int }\np = P{1}", "2:5: cannot use P{…} (value of struct type P) as P value in assignment (P was declared again"},
		{"return 5", "1:8: a cell returns nothing"},
		{"func (q P) m() {}\nfunc (q P) m() {}", "2:12: method P.m already declared at Cell"},
		{"func init() {}", "1:1: func init is not for cells"},
		{"import \"C\"", "1:8: import \"C\" is not for cells"},
		{"var big [1 << 33]byte", "big: symbol too large"},
	} {
		_, res := b.do(c.cell)
		if res.Error == nil {
			t.Errorf("%q is accepted", c.cell)
			continue
		}
		var heads []string
		for _, l := range res.Error.Traceback {
			if strings.HasPrefix(l, "\x1b[31m") {
				heads = append(heads, l)
			}
		}
		want := strings.Split(c.want, "|")
		if len(heads) != len(want) {
			t.Errorf("%q: %d errors, want %d: %q", c.cell, len(heads), len(want), heads)
			continue
		}
		for i, w := range want {
			if !strings.Contains(heads[i], w) {
				t.Errorf("%q: error %q, want %q", c.cell, heads[i], w)
			}
		}
		if strings.Contains(res.Error.Value, "cell۰") || strings.Contains(res.Error.Value, "unit۰") || strings.Contains(res.Error.Value, "/cell/") {
			t.Errorf("%q: the message %q has names of ours", c.cell, res.Error.Value)
		}
	}
}

// TestErrorKeepsNothing: of a cell that is refused nothing runs and nothing is
// kept.
func TestErrorKeepsNothing(t *testing.T) {
	b := newBench(t)
	b.ok("x := 1\nfunc f() int { return x }")
	b.fails("x = 2\nfunc f() string { return undefined }", "undefined: undefined")
	b.want("f() + x", "2")
}

// TestLastExpression: what a cell shows.
func TestLastExpression(t *testing.T) {
	b := newBench(t)
	b.ok("x := 5\nfunc two() (int, string) { return 1, \"s\" }\nfunc fe(bad bool) (int, error) { if bad { return 0, fmt.Errorf(\"bad\") }; return 7, nil }\nconst big = 1 << 70\nfunc none() {}")
	for _, c := range []struct{ cell, want string }{
		{"1 + 2", "3"},
		{"x // comment", "5"},
		{"x;", ""},
		{"len(\"abc\") ; // c", ""},
		{"two()", "1 s"},
		{"fe(true)", "0 bad"},
		{"none()", ""},
		{"nil", "<nil>"},
		{"1 << 100", "1267650600228229401496703205376"},
		{"big", "1180591620717411303424"},
		{"big >> 60", "1024"},
		{"math.MaxUint64", "18446744073709551615"},
		{"x > 3 &&\nx < 10", "true"},
		{"!true", "false"},
		{"error(nil)", "<nil>"},
		{"fmt.Println(x)", ""},
		{"struct{ a int; B string }{1, \"x\"}", "{a:1 B:x}"},
		{"c := make(chan int, 1); c <- 4\n<-c", "4"},
		{"x++", ""},
		{"time.Duration(1500) * time.Millisecond", "1.5s"},
	} {
		b.want(c.cell, c.want)
	}
}
