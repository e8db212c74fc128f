package engine

import (
	"context"
	"strings"
	"testing"
)

// book is a notebook in a front end: cells with ids that are run again.
type book struct {
	*bench
	id map[string]string
}

// run runs the cell called id, with a new text or the one it has, and returns
// what it told of stale cells.
func (p *book) run(id string, text ...string) string {
	p.t.Helper()
	if len(text) > 0 {
		p.id[id] = text[0]
	}
	p.n++
	r := &recorder{}
	res := p.Execute(context.Background(), Cell{Code: p.id[id], Count: p.n, ID: id}, r)
	if res.Error != nil {
		p.t.Fatalf("cell %q: %s", p.id[id], strings.Join(res.Error.Traceback, "\n"))
	}
	return strings.TrimSuffix(r.text(), "\n")
}

func (p *book) says(want, id string, text ...string) {
	p.t.Helper()
	if got := p.run(id, text...); got != want {
		p.t.Errorf("In[%d], cell %s: it said %q, want %q", p.n, id, got, want)
	}
}

func TestStaleFunctions(t *testing.T) {
	p := &book{newBench(t), map[string]string{}}
	for _, c := range [][2]string{
		{"a", "func f(x int) int { return x }\nfunc g(x int) int { return f(x) }\nfunc h() int { return 1 }"},
		{"b", "f(1)"}, {"c", "g(2)"}, {"d", "h()"}, {"e", "type t struct{ a int }\nfunc (v t) get() int { return v.a }\nconst k = 1"},
		{"f", "t{3}.get()"}, {"g", "k"},
	} {
		p.says("", c[0], c[1])
	}
	p.says("", "a")
	p.says("", "a", "// a comment\nfunc f(x int) int { return x }\n\nfunc g(x int) int { return f(x) }\nfunc h() int { return 1 } // another")
	p.says("stale: In[2], In[3] use f, which has changed", "a", "func f(x int) int { return 2*x }\nfunc g(x int) int { return f(x) }\nfunc h() int { return 1 }")
	p.says("", "a")
	p.says("", "b")
	p.want("%stale", "In[3] uses f, which has changed")
	p.says("", "a", "func f(x int) int { return 2*x }\nfunc g(x int) int { return 3*f(x) }\nfunc h() int { return 1 }") // c was told
	p.says("stale: In[6] uses t, which has changed; In[7] uses k, which has changed", "e", "type t struct{ a int }\nfunc (v t) get() int { return -v.a }\nconst k = 2")
	for _, id := range []string{"c", "f", "g"} {
		p.says("", id)
	}
	p.want("%stale", "no output is stale")
}

func TestStaleVariables(t *testing.T) {
	p := &book{newBench(t), map[string]string{}}
	for _, c := range [][2]string{
		{"a", "x := 1\ny := 2\nz := x + 1"}, {"b", "x"}, {"c", "y"}, {"d", "z"}, {"e", "w := 10 * z"}, {"f", "w"},
		{"g", "m := map[string]int{}\nfunc put(v int) { m[\"a\"] = v }"}, {"h", "put(3)"}, {"i", "m[\"a\"]"},
		{"j", "n := 0\nn++"}, {"k", "n++"}, {"l", "n"},
	} {
		p.says("", c[0], c[1])
	}
	for _, id := range []string{"a", "b", "h", "k", "j", "l"} { // nothing has changed
		p.says("", id)
	}
	p.says("stale: In[3] uses y, which has changed", "a", "x := 1\ny := 5\nz := x + 1")
	p.says("", "c")
	p.says("stale: In[4], In[5] use z, which has changed; In[6] uses w of In[5], which is stale; In[14] uses x, which has changed", "a", "x := 7\ny := 5\nz := x + 1")
	p.says("", "e") // f stays stale, as it was told
	p.want("%stale", "In[4] uses z, which has changed\nIn[6] uses w, which has changed\nIn[14] uses x, which has changed")
	for _, id := range []string{"b", "d", "f"} {
		p.says("", id)
	}
	p.says("stale: In[9] uses m, which has changed", "h", "put(4)")
	p.says("stale: In[18] uses n, which has changed", "k", "n += 2")
	p.want("%stale", "In[9] uses m, which has changed\nIn[18] uses n, which has changed")
	p.n++
	p.Execute(context.Background(), Cell{Code: "1", Count: p.n, ID: "m", Gone: []string{"i", "l"}}, &recorder{})
	p.want("%stale", "no output is stale")
}

// A notebook that is run from top to bottom says nothing, whatever it declares
// again; nor do cells without an id, or with a magic.
func TestStaleSaysNothing(t *testing.T) {
	p := &book{newBench(t), map[string]string{}}
	for i, text := range []string{"x := 1", "x + 1", "x := 2", "x = 3", "func f() int { return x }", "f()", "func f() int { return 4 }", "f() + x", "%time x"} {
		if got := p.run(string(rune('a'+i)), text); strings.Contains(got, "stale") {
			t.Errorf("cell %q: %q", text, got)
		}
	}
	p.ok("y := 1")
	p.ok("y")
	r, _ := p.do("y := 2")
	if text := r.text(); text != "" {
		t.Errorf("a cell without an id said %q", text)
	}
	p.fails("%stale x", "it takes nothing")
}
