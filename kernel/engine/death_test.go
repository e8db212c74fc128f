package engine

import (
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestPanicNamesTheCellsLines(t *testing.T) {
	b := newBench(t)
	b.ok("x := 1\nfunc third(xs []int) int {\n\treturn xs[3]\n}")
	e := b.fails("x = 2\n\nthird([]int{1})", "index out of range [3] with length 1")
	all := strings.Join(e.Traceback, "\n")
	for _, want := range []string{"panic: runtime error", "Cell[1]:3 in third", "return xs[3]", "Cell[2]:3", "third([]int{1})"} {
		if !strings.Contains(all, want) {
			t.Errorf("the traceback has no %q:\n%s", want, all)
		}
	}
	b.want("x", "2")
}

func TestPanics(t *testing.T) {
	b := newBench(t)
	for code, want := range map[string]string{
		`panic("boom")`:                      "boom",
		`panic(fmt.Errorf("wrapped %d", 3))`: "wrapped 3",
		"var m map[string]int\nm[\"a\"] = 1": "assignment to entry in nil map",
		"var p *struct{ X int }\np.X":        "nil pointer dereference",
		"zero := 0\n1 / zero":                "integer divide by zero",
		"var v any = 1\nv.(string)":          "interface conversion",
		"os.Exit(3)":                         "os.Exit(3)",
		`log.Fatal("enough")`:                "os.Exit(1)",
		"runtime.Goexit()":                   "Goexit",
	} {
		b.fails(code, want)
	}
	r, res := b.do("go func() { panic(\"in a goroutine\") }(); go println(); time.Sleep(20*time.Millisecond)")
	if res.Error != nil || !strings.Contains(r.text(), "panic in a goroutine: in a goroutine") || !strings.Contains(r.text(), "Cell[") {
		t.Errorf("a goroutine's panic: %q, %v", r.text(), res.Error)
	}
}

func TestPanicsOfGoroutinesEndNoSession(t *testing.T) {
	b := newBench(t)
	b.ok("x := 7\nfunc crash[T any](v T) { panic(fmt.Sprint(v)) }\nfunc with(n int) int { panic(n) }")
	for _, code := range []string{"go crash(1)", "go crash[string](\"a\")", "go panic(\"x\")", "go with(3)", "go func(n int) { panic(n) }(4)"} {
		r, res := b.do(code + "; time.Sleep(30*time.Millisecond)")
		if res.Error != nil || !strings.Contains(r.text(), "panic in a goroutine: ") {
			t.Errorf("%s: %q, %v", code, r.text(), res.Error)
		}
	}
	b.want("x", "7")
}

func TestDeathKeepsDefinitions(t *testing.T) {
	for _, c := range []struct{ name, code, reason string }{
		{"stack overflow", "func inf(n int) int { return inf(n+1) + 1 }\ninf(0)", "stack overflow"},
		{"concurrent map writes", "m := map[int]int{}\nfor k := range 4 { go func() { for i := range 10000000 { m[i%100] = k } }() }\ntime.Sleep(10*time.Second)", "concurrent map"},
		{"kill -9", "", "killed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.ok("type P struct{ x float64 }\nfunc (p P) Twice() float64 { return 2*p.x }\np := P{3}\nscale := 2.0\nfunc scaled(x float64) float64 { return scale*x }")
			if c.code == "" {
				if err := syscall.Kill(b.proc.cmd.Process.Pid, syscall.SIGKILL); err != nil {
					t.Fatal(err)
				}
				<-b.proc.gone
				r, res := b.do("1 + 1")
				if res.Error != nil || !strings.Contains(r.text(), "killed") || !strings.Contains(r.text(), "p, scale") {
					t.Errorf("the next cell told %q, %v", r.text(), res.Error)
				}
			} else {
				e := b.fails(c.code, c.reason)
				all := strings.Join(e.Traceback, "\n")
				if !strings.Contains(all, "p, scale") {
					t.Errorf("the message does not name what is lost:\n%s", all)
				}
				if !strings.Contains(all, "Cell[2]") || len(e.Traceback) > 20 {
					t.Errorf("the message does not name the cell's line, or says much more:\n%s", all)
				}
			}
			b.fails("p.Twice()", "p was lost")
			b.fails("scaled(2)", "scaled uses scale, which was lost")
			b.want("q := P{4}\nq.Twice()", "8")
			b.ok("scale := 3.0")
			b.want("scaled(2)", "6") // the function sees the variable that was set again
		})
	}
}

// A text that looks like a death is shown when the process lives on.
func TestLastWordsOfTheLiving(t *testing.T) {
	b := newBench(t)
	r, res := b.do("fmt.Fprintln(os.Stderr, \"before\\npanic: not really\"); time.Sleep(700*time.Millisecond)\nfmt.Fprintln(os.Stderr, \"after\")")
	if res.Error != nil || r.text() != "before\npanic: not really\nafter\n" {
		t.Errorf("got %q, %v", r.text(), res.Error)
	}
	r, res = b.do("fmt.Fprintln(os.Stderr, \"panic: at the end\")")
	if res.Error != nil || r.text() != "panic: at the end\n" {
		t.Errorf("got %q, %v", r.text(), res.Error)
	}
}

func TestOrderOfOutput(t *testing.T) {
	b := newBench(t)
	r, res := b.do(`for i := range 20 {
	fmt.Println("out", i)
	fmt.Fprintln(os.Stderr, "err", i)
	log.Print("log")
	println("built in")
	if i == 10 { display.Show("shown") }
}
display.Clear(true)
fmt.Print("end")`)
	if res.Error != nil {
		t.Fatal(res.Error)
	}
	var want []string
	for i := range 20 {
		want = append(want, "stdout", "stderr")
		if i == 10 {
			want = append(want, "display")
		}
	}
	want = append(want, "clear", "stdout")
	var got []string
	for _, l := range r.log {
		kind, _, _ := strings.Cut(l, ":")
		got = append(got, kind)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("order of output:\n%v, want\n%v", got, want)
	}
}

// Out of memory ends the session process, and says so; the definitions are kept.
func TestOutOfMemory(t *testing.T) {
	b := newBench(t)
	b.ok("func double(x int) int { return 2 * x }\nkept := 1")
	limit := unix.Rlimit{Cur: 8 << 30, Max: 8 << 30}
	if err := unix.Prlimit(b.proc.cmd.Process.Pid, unix.RLIMIT_AS, &limit, nil); err != nil {
		t.Fatal(err)
	}
	_, r := b.do("big := make([]byte, 16<<30)\nlen(big)")
	if r.Error == nil || r.Error.Name != "SessionDied" || !strings.Contains(r.Error.Value, "out of memory") {
		t.Errorf("the cell ended with %+v", r.Error)
	}
	if got := b.ok("double(21)"); got != "42" {
		t.Errorf("double(21) is %s", got)
	}
}
