package engine

import (
	"strings"
	"testing"
)

// describe writes parts as a test does: Go as it is, {time} before what is
// measured, <name argument> for a magic.
func describe(parts []part) string {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			b.WriteString("|")
		}
		if p.magic != nil {
			b.WriteString("<" + strings.TrimSpace(p.magic.name+" "+p.magic.arg) + ">")
		}
		if p.measure.time {
			b.WriteString("{time}")
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// TestParts: what is a magic line and what is Go.
func TestParts(t *testing.T) {
	s := &Session{scope: newScope()}
	s.scope.live["done"] = &entity{name: "done"}
	for _, c := range []struct{ cell, want string }{
		{"!ls -l", shellCall + `"ls -l")`},
		{"if x {\n\t!ls\n}", "if x {\n" + shellCall + `"ls")` + "\n}"},
		{"ok := true\n!ok", "ok := true\n!ok"},
		{"!done", "!done"},
		{"f(\n\t!a(),\n)", "f(\n\t!a(),\n)"},
		{"z := []bool{\n\t!a,\n}", "z := []bool{\n\t!a,\n}"},
		{"x := 7 %\n\t3", "x := 7 %\n\t3"},
		{"s := `\n!ls\n%time\n`", "s := `\n!ls\n%time\n`"},
		{"/*\n%help\n*/ x", "/*\n%help\n*/ x"},
		{"x := 2 *\n!a", "x := 2 *\n!a"},
		{"%device", "<device>"},
		{"x := 1\n  %device cuda ", "x := 1|<device cuda>"},
		{"a()\n%device\nb()", "a()|<device>|\n\nb()"},
		{"!echo `\n%device", shellCall + "\"echo `\")|<device>"},
		{"%time x := 1", "{time}      x := 1"},
		{"%time\nx()\ny()", "{time}     \nx()\ny()"},
		{"// c\n%%time\nx()", "{time}\n      \nx()"},
		{"a()\n%time f(1,\n 2)\nb()", "a()|{time}\n      f(1,\n 2)|\n\n\nb()"},
		{"%time %time x", "{time}            x"},
		{"%time a(); b()\nc()", "{time}      a(); b()|\nc()"},
		{"?done", "<? ?done>"},
		{"x := 1\nx.y??", "x := 1|<? x.y??>"},
		{"// why?\nx", "// why?\nx"},
		{"%time?", "<? %time?>"},
	} {
		parts, err := s.parts(c.cell)
		if got := describe(parts); err != nil || got != c.want {
			t.Errorf("%q: %q, %v; want %q", c.cell, got, err, c.want)
		}
	}
	for _, c := range []struct{ cell, want string }{
		{"%tiem f()", "line 1: unknown magic %tiem: did you mean %time?"},
		{"x := 1\n%nosuch", "line 2: unknown magic %nosuch: there are %help, %time, "},
		{"%%device\nx", "line 1: %%device: it takes no cell: write it with one %"},
		{"x()\n%%time\ny()", "line 2: %%time: it is of the whole cell: write it in the first line"},
		{"for {\n\t%device\n}", "line 2: %device: a magic stands between statements, not inside brackets"},
		{"%%time\n%device\nx()", "line 2: %device: it stands in what a magic above measures: put it in another cell"},
		{"%time", "there is nothing to measure"},
	} {
		if _, err := s.parts(c.cell); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v; want %q", c.cell, err, c.want)
		}
	}
}

// FuzzParts: parts keep to their lines, whatever a cell holds.
func FuzzParts(f *testing.F) {
	for _, s := range []string{"%time x", "!ls\n%help", "a\n%time f(\n)\nb", "s := `\n%x", "x?\n%%time\n%%time", "%", "%%", "?", "%time %", "%%writefile f\nbody", "%time?", "x\n\t%time x?"} {
		f.Add(s)
	}
	s := &Session{scope: newScope()}
	f.Fuzz(func(t *testing.T, code string) {
		if only := s.onlyGo(code); len(only) != len(code) || strings.Count(only, "\n") != strings.Count(code, "\n") {
			t.Fatalf("%q without its magics is %q, of another shape", code, only)
		}
		parts, err := s.parts(code)
		if err != nil {
			return
		}
		lines := strings.Split(code, "\n")
		for _, p := range parts {
			if p.magic != nil {
				continue
			}
			for i, line := range strings.Split(p.text, "\n") {
				if line := strings.TrimSpace(line); i >= len(lines) || !strings.HasPrefix(line, shellCall) && !strings.HasSuffix(lines[i], line) && !strings.Contains(lines[i], line) {
					t.Fatalf("%q: line %d of a part is %q", code, i+1, line)
				}
			}
		}
	})
}
