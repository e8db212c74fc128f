package inspect

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
)

type point struct {
	X    int
	name string
	next *point
}

func scope() map[string]any {
	p := &point{1, "a", nil}
	p.next = &point{2, "b", p} // a ring
	return map[string]any{
		"n": 7, "u": uint8(200), "x": 2.5, "s": "héllo", "yes": true, "p": p, "nan": math.NaN(),
		"xs": []float64{1, 2, 3}, "m": map[string]int{"a": 1}, "byInt": map[int]string{3: "c"},
		"e": errors.New("boom"), "none": (*point)(nil), "a": [2]int{4, 5}, "any": []any{1, "two", nil},
		"ch": make(chan int, 3), "f": strings.ToUpper, "empty": []int(nil),
	}
}

func lookup(name string) (reflect.Value, bool) {
	v, ok := scope()[name]
	return reflect.ValueOf(v), ok
}

func TestEval(t *testing.T) {
	for expr, want := range map[string]string{
		"n": "7", "n + 1": "8", "n/2": "3", "x*2": "5", "-n": "-7", "n%4 == 3": "true", "(n) > 6 && yes": "true",
		"n << 2": "28", "!yes || n != 7": "false", "p.X": "1", "p.next.name": `"b"`, "p.next.next.X": "1", "*p.next": `{X: 2 name: "b" next: &{X: 1 name: "a" next: …}}`,
		"xs[1]": "2", "m[\"a\"]": "1", "m[\"z\"]": "0", "byInt[3]": `"c"`, "a[1]": "5", "any[1]": `"two"`, "len(any[1])": "3", "s[1]": "195",
		"len(xs) + cap(ch)": "6", "len(s)": "6", "none == nil": "true", "p != nil": "true", "s + \"!\"": `"héllo!"`,
		"u + 100": "300", "'a'": "97", "s < \"i\"": "true", "f": "func(string) string", "empty": "nil",
	} {
		v, err := Eval(expr, lookup)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
		} else if got := Text(v); got != want && !strings.HasPrefix(expr, "*") {
			t.Errorf("%s is %s, want %s", expr, got, want)
		}
	}
	for expr, want := range map[string]string{
		"zzz": "no variable zzz here", "n +": "is no expression", "n / 0": "division by zero", "xs[3]": "index 3 of 3", "p.zzz": "has no field zzz",
		"n.X": "no fields", "f(1)": "not called", "func() {}": "not evaluated", "n && yes": "", "s + n": "", "none.X": "no fields",
		"xs[\"a\"]": "whole number", "m[1.5]": "", "*n": "no pointer", "nan + 1": "calculated", "1 << 9999": "shift", "-s": "", "cap(s)": "cap of a string",
	} {
		if v, err := Eval(expr, lookup); err == nil {
			t.Errorf("%s is %s, want an error", expr, Text(v))
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", expr, err, want)
		}
	}
	if ok, err := Holds("n == 7", lookup); !ok || err != nil {
		t.Error(ok, err)
	}
	if _, err := Holds("n", lookup); err == nil {
		t.Error("a number is a condition")
	}
}

// Whatever is typed, Eval returns, and Text writes what it returned.
func FuzzEval(f *testing.F) {
	for _, expr := range []string{"n + 1", "p.next.name", "xs[len(xs)-1]", "m[\"a\"] == 1 || !yes", "*p", "any[1]", "1 << 60", "-x/0.5", "'x' + 1i"} {
		f.Add(expr)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		v, err := Eval(expr, lookup)
		if err == nil {
			_ = Text(v)
		}
	})
}

func TestText(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	deep := any(nil)
	for range 1000 {
		deep = []any{deep}
	}
	for name, v := range map[string]any{
		"string": long, "slice": make([]int, 1e6), "strings": []string{long, long}, "deep": deep, "ring": scope()["p"],
		"map": map[string]string{long: long}, "struct": struct{ A, B, C string }{long, long, long},
	} {
		if text := Text(reflect.ValueOf(v)); len(text) > 5*width {
			t.Errorf("%s: a line of %d bytes", name, len(text))
		}
	}
	tree := &Tree{}
	for name, v := range scope() { // values out of structs and maps cannot be taken by Interface
		shown := tree.Show(name, reflect.ValueOf(v))
		if shown.Ref == 0 {
			continue
		}
		parts, err := tree.Parts(shown.Ref, 0, 0)
		if err != nil || len(parts) != shown.Named+shown.Indexed {
			t.Errorf("%s: %d parts of %d, %v", name, len(parts), shown.Named+shown.Indexed, err)
		}
	}
	ref := tree.List([]Named{{"n", reflect.ValueOf(1)}})
	tree.Forget()
	if _, err := tree.Parts(ref, 0, 0); err == nil {
		t.Error("a forgotten reference has parts")
	}
	if again := tree.List(nil); again == ref {
		t.Error("a reference is given twice")
	}
}

func TestPages(t *testing.T) {
	tree := &Tree{}
	m := map[int]int{}
	for i := range 250 {
		m[i] = -i
	}
	groups, err := tree.Parts(tree.Show("m", reflect.ValueOf(m)).Ref, 0, 0)
	if err != nil || len(groups) != 3 || groups[2].Name != "[200 … 249]" {
		t.Fatalf("%v, %v", groups, err)
	}
	last, err := tree.Parts(groups[2].Ref, 0, 0)
	if err != nil || len(last) != 50 || last[49].Name != "[249]" || last[49].Value != "-249" {
		t.Errorf("%v, %v", last, err)
	}
	for _, page := range [][3]int{{0, 10, 10}, {245, 10, 5}, {1000, 10, 0}, {-5, 3, 3}} {
		parts, err := tree.Parts(tree.Show("m", reflect.ValueOf(m)).Ref, page[0], page[1])
		if err != nil || len(parts) != page[2] {
			t.Errorf("%d from %d: %d parts, %v", page[1], page[0], len(parts), err)
		}
	}
	big := make([]byte, 3_000_000)
	groups, _ = tree.Parts(tree.Show("big", reflect.ValueOf(big)).Ref, 0, 0)
	if len(groups) != 3 {
		t.Errorf("%d groups of %s", len(groups), fmt.Sprint(len(big)))
	}
}
