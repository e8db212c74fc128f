package engine

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestMagics runs cells with magics in one session, and compares all that they
// show with what a user is to read: a pattern.
func TestMagics(t *testing.T) {
	b := newBench(t)
	if err := os.WriteFile(filepath.Join(b.cfg.Dir, "some cell.go"), []byte("y := 2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ cell, want string }{
		{"%who", `nothing is declared yet`},
		{`x := []float64{1, 2, 3}
m := map[string]int{"k": 1}
type P struct{ a int; b string }
p := &P{1, "é"}
func f(n int) int { return n * n }
func burn() (s float64) { for i := range 60_000_000 { s += float64(i&7) }; return s }
big := make([]byte, 3<<20)
func h() int { return len(big) }`, ``},
		{"%who", `(?s)name +what +value +size +declared in\nbig +\[\]byte +len 3145728 .*3\.15 MB +Cell\[2\]\nm .*len 1.*p +\*P +&\{a:1 b:"é"\}.*x +\[\]float64 +\[1 2 3\] +48 B +Cell\[2\]\nP +type P struct.*f +func f\(n int\) int.*h +func h\(\) int`},
		{"%time z := f(2)\n%who\nz + 1", `(?s)wall \S+  cpu .*allocations.*z +int +4 .*= 5$`},
		{"%timeit f(3)", `^stdout: \S+ .s ± \S+ .s \(mean ± sd of 7 runs of [\d,]+\), least \S+ ns; 0 allocations, 0 B\n$`},
		{"%%timeit\nfunc g() []int { return make([]int, 1000) }\nu := g()\n_ = u", `(?s)mean ± sd.*; [01] allocations`},
		{"g()[0]", `= 0$`},
		{"%timeit\nundefined1(2)", `Cell\[\d+\]:2:1: undefined: undefined1`},
		{"%%time\n%%prof\nburn()", `(?s)wall.*of processor time, \d+ samples\n\nown time +with what it calls +function\n.*Cell\[2\] burn.*Cell\[\d+\]:3 +burn\(\)`},
		{"%mem", `(?s)heap in use +\S+ MB\n.*compiled cells.*session process, resident.*\nbig +3\.15 MB`},
		{"%reset bg", `%reset: nothing is called bg: did you mean big\? Nothing was forgotten`},
		{"%reset big", `forgotten: big. Zero from now on in h, which names it`},
		{"h()", `= 0$`},
		{"big", `undefined: big`},
		{"%seed", `there is no Seed: %seed 42 declares one`},
		{"%seed x", `%seed: "x" is no seed: a whole number from 0 to`},
		{"%seed 42", `Seed = 42, for cells`},
		{"Seed + 1", `= 43$`},
		{"%seed 43\n%seed", `Seed = 43$`},
		{"%load some cell.go", `next: y := 2$`},
		{"%load some sell.go", `some sell.go: no such file or directory: did you mean some cell.go\?`},
		{"%load", `%load: no file is named`},
		{"%%writefile new.txt\na\n%time\n  \"", `wrote 3 lines to .*new.txt$`},
		{"%%writefile -a new.txt\nb", `added 1 line to`},
		{"!cat new.txt", "^stdout: a\n%time\n  \"\nb\n$"},
		{"%writefile x", `%writefile: it takes the rest of the cell: write %%writefile`},
		{"%help timeit", "page: `%timeit \\[statement\\]`: how long"},
		{"?f", `(?s)page: .*func f\(n int\) int`},
		{"?brun", `^\x1b\[31mnothing is known of brun: did you mean burn\?`},
		{"%help", `(?s)page: .*%%writefile.*%cite`},
		{"%reset", `forgotten: \d+ names`},
		{"x", `undefined: x`},
	} {
		out, res := b.do(c.cell)
		got := strings.Join(out.log, "\n")
		switch {
		case res.Error != nil:
			got += strings.Join(res.Error.Traceback, "\n")
		case res.Page != nil:
			got += "page: " + res.Page.Data["text/plain"].(string)
		case res.NextInput != "":
			got += "next: " + res.NextInput
		case res.Value != nil:
			got += "= " + res.Value.Data["text/plain"].(string)
		}
		if !regexp.MustCompile(c.want).MatchString(got) || c.want == "" && got != "" {
			t.Errorf("cell %d, %q:\n%s\nwant %s", b.n, c.cell, got, c.want)
		}
	}
}
