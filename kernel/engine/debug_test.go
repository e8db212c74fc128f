package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// dap is a front end with a debugger.
type dap struct {
	*bench
	events chan map[string]any
	ended  chan Result
}

func newDAP(t *testing.T) *dap {
	d := &dap{newBench(t), make(chan map[string]any, 1000), make(chan Result, 1)}
	d.must("initialize", nil)
	d.must("attach", nil)
	d.await("initialized")
	return d
}

// jsonOf is v as a front end gets it.
func jsonOf(v any) map[string]any {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		panic(err)
	}
	return m
}

func (d *dap) ask(command string, args any) map[string]any {
	d.t.Helper()
	raw, err := json.Marshal(map[string]any{"type": "request", "seq": 7, "command": command, "arguments": args})
	if err != nil {
		d.t.Fatal(err)
	}
	r := jsonOf(d.Debug(context.Background(), raw, func(e any) { d.events <- jsonOf(e) }))
	if r["type"] != "response" || r["request_seq"] != 7. || r["command"] != command {
		d.t.Errorf("the reply to %s is %v", command, r)
	}
	return r
}

// must asks what is to succeed, and returns the body.
func (d *dap) must(command string, args any) map[string]any {
	d.t.Helper()
	r := d.ask(command, args)
	if r["success"] != true {
		d.t.Fatalf("%s: %v", command, r["message"])
	}
	body, _ := r["body"].(map[string]any)
	return body
}

// await waits for an event.
func (d *dap) await(name string) map[string]any {
	d.t.Helper()
	for {
		select {
		case e := <-d.events:
			if e["event"] == name {
				body, _ := e["body"].(map[string]any)
				return body
			}
			if e["event"] == "stopped" {
				d.t.Fatalf("stopped, waiting for %s: %v at %v", name, e["body"], d.stack())
			}
		case r := <-d.ended:
			d.t.Fatalf("the cell ended, waiting for %s: %+v", name, r)
		case <-time.After(time.Minute):
			d.t.Fatalf("no event %s", name)
		}
	}
}

// begin runs a cell that will stop.
func (d *dap) begin(code string) {
	d.n++
	n := d.n
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		d.ended <- d.Execute(ctx, Cell{Code: code, Count: n}, &recorder{})
	}()
}

// end waits for a cell.
func (d *dap) end() Result {
	d.t.Helper()
	select {
	case r := <-d.ended:
		return r
	case <-time.After(time.Minute):
		d.t.Fatal("the cell does not end")
		return Result{}
	}
}

// breakAt sets the breakpoints of a cell, and returns where they came to be.
func (d *dap) breakAt(code string, lines ...int) []int {
	d.t.Helper()
	path := d.must("dumpCell", map[string]any{"code": code})["sourcePath"]
	list := []any{}
	for _, l := range lines {
		list = append(list, map[string]any{"line": l})
	}
	body := d.must("setBreakpoints", map[string]any{"source": map[string]any{"path": path}, "breakpoints": list})
	var at []int
	for _, b := range body["breakpoints"].([]any) {
		at = append(at, int(b.(map[string]any)["line"].(float64)))
	}
	return at
}

func (d *dap) frames() []any {
	return d.must("stackTrace", map[string]any{"threadId": 1})["stackFrames"].([]any)
}

// stack is the stack in words, innermost first: "name:line".
func (d *dap) stack() string {
	var list []string
	for _, f := range d.frames() {
		f := f.(map[string]any)
		list = append(list, fmt.Sprintf("%v:%v", f["name"], f["line"]))
	}
	return strings.Join(list, " ")
}

// at checks where code is stopped.
func (d *dap) at(reason, stack string) {
	d.t.Helper()
	if got := d.await("stopped")["reason"]; got != reason {
		d.t.Errorf("stopped for %v, want %s", got, reason)
	}
	if got := d.stack(); got != stack {
		d.t.Errorf("stopped at %q, want %q", got, stack)
	}
}

func inWords(vs []any) string {
	var list []string
	for _, v := range vs {
		v := v.(map[string]any)
		list = append(list, fmt.Sprintf("%v=%v", v["name"], v["value"]))
	}
	return strings.Join(list, " ")
}

// scope is the variables of a scope of the i-th frame.
func (d *dap) scope(i int, name string) []any {
	d.t.Helper()
	id := d.frames()[i].(map[string]any)["id"]
	for _, s := range d.must("scopes", map[string]any{"frameId": id})["scopes"].([]any) {
		if s := s.(map[string]any); s["name"] == name {
			return d.must("variables", map[string]any{"variablesReference": s["variablesReference"]})["variables"].([]any)
		}
	}
	return nil
}

func (d *dap) locals(i int, want string) {
	d.t.Helper()
	if got := inWords(d.scope(i, "Locals")); got != want {
		d.t.Errorf("locals of frame %d are %q, want %q", i, got, want)
	}
}

func (d *dap) value(expr, want string) {
	d.t.Helper()
	r := d.ask("evaluate", map[string]any{"expression": expr})
	if body, _ := r["body"].(map[string]any); body["result"] != want {
		d.t.Errorf("%s is %v %v, want %s", expr, body["result"], r["message"], want)
	}
}

func TestDebugStops(t *testing.T) {
	d := newDAP(t)
	code := "total := 0\nfor i := range 3 {\n\tsq := i * i\n\ttotal += sq\n}\ntotal"
	if at := d.breakAt(code, 4); fmt.Sprint(at) != "[4]" {
		t.Fatalf("the breakpoint is at %v", at)
	}
	d.begin(code)
	d.at("breakpoint", "cell:4")
	d.locals(0, "i=0 sq=0")
	if got := inWords(d.scope(0, "Globals")); got != "total=0" {
		t.Errorf("globals %q", got)
	}
	d.must("next", map[string]any{"threadId": 1})
	d.await("continued")
	d.at("step", "cell:3")
	d.must("continue", map[string]any{"threadId": 1})
	d.at("breakpoint", "cell:4")
	d.locals(0, "i=1 sq=1")
	d.value("total + 10*sq", "10")
	d.breakAt(code)
	d.must("continue", nil)
	if r := d.end(); r.Error != nil || r.Value.Data["text/plain"] != "5" {
		t.Errorf("the cell ended with %+v", r)
	}
}

func TestDebugSteps(t *testing.T) {
	d := newDAP(t)
	d.must("disconnect", nil)
	// Compiled before a debugger looks: functions still stop.
	fib := "func fib(n int) int {\n\tif n < 2 {\n\t\treturn n\n\t}\n\ta := fib(n - 1)\n\treturn a + fib(n-2)\n}"
	d.ok(fib)
	d.ok("type P struct{ X, y int }\nfunc (p *P) Sum() int {\n\ts := p.X + p.y\n\treturn s\n}\np := P{1, 2}")
	d.must("attach", nil)
	d.await("initialized")
	if at := d.breakAt(fib, 1, 4); fmt.Sprint(at) != "[2 5]" {
		t.Errorf("breakpoints at %v", at)
	}
	d.breakAt(fib, 3)
	d.begin("fib(3)")
	d.at("breakpoint", "fib:3 fib:5 fib:5 cell:1")
	d.locals(0, "n=1")
	d.locals(1, "n=2")
	d.breakAt(fib)
	d.must("stepOut", nil)
	d.at("step", "fib:6 fib:5 cell:1")
	d.locals(0, "n=2 a=1")
	d.must("stepIn", nil)
	d.at("step", "fib:2 fib:6 fib:5 cell:1")
	d.must("stepOut", nil)
	d.at("step", "fib:6 cell:1")
	d.must("next", nil)
	if r := d.end(); r.Error != nil || r.Value.Data["text/plain"] != "2" {
		t.Errorf("the cell ended with %+v", r)
	}

	// A method stops once its cell has run again.
	code := "type P struct{ X, y int }\nfunc (p *P) Sum() int {\n\ts := p.X + p.y\n\treturn s\n}\np := P{1, 2}\np.Sum()"
	d.breakAt(code, 4)
	d.begin(code)
	d.at("breakpoint", "P.Sum:4 cell:7")
	d.locals(0, "p=&{X: 1 y: 2} s=3")
	d.value("p.y*s", "6")
	d.value("p", "&{X: 1 y: 2}")
	if r := d.ask("evaluate", map[string]any{"expression": "q"}); r["success"] != false || !strings.Contains(fmt.Sprint(r["message"]), "no variable q") {
		t.Errorf("an unknown name: %v", r)
	}
	d.must("continue", nil)
	d.end()
	d.breakAt(code)

	// Closures see what they share; the heads of statements are in sight.
	code = "f := func(k int) (sum int) {\n\tfor i, x := range []int{5, 6} {\n\t\tif y := x + k; y > 6 {\n\t\t\tdefer func() {\n\t\t\t\tsum += i + y\n\t\t\t}()\n\t\t}\n\t}\n\tvar v any = k\n\tswitch v := v.(type) {\n\tcase int:\n\t\tsum += v\n\t}\n\treturn\n}\nf(1)"
	d.breakAt(code, 5, 12)
	d.begin(code)
	d.at("breakpoint", "func:12 cell:16")
	d.locals(0, "k=1 sum=0 v=1")
	d.must("continue", nil)
	d.at("breakpoint", "func.func:5 func:14 cell:16")
	d.locals(0, "sum=1 i=1 y=7")
	d.must("continue", nil)
	if r := d.end(); r.Error != nil || r.Value.Data["text/plain"] != "9" {
		t.Errorf("the cell ended with %+v", r)
	}

	// Without a debugger code is what it was.
	d.must("disconnect", nil)
	d.want("fib(10) + p.Sum()", "58")
	if d.overlay != nil {
		t.Error("functions keep their debug form")
	}
}

func TestDebugPanic(t *testing.T) {
	d := newDAP(t)
	d.must("setExceptionBreakpoints", map[string]any{"filters": []string{"panic"}})
	d.begin("func at(xs []int, i int) int {\n\treturn xs[i]\n}\nat([]int{1, 2}, 5)")
	d.at("exception", "at:2 cell:4")
	d.locals(0, "xs=[1 2] i=5")
	d.must("continue", nil)
	if r := d.end(); r.Error == nil || r.Error.Name != "Panic" || !strings.Contains(strings.Join(r.Error.Traceback, "\n"), "Cell[1]:2") {
		t.Errorf("the cell ended with %+v", r.Error)
	}
	// A panic in a goroutine stops there too, and does not end the process.
	d.begin("done := make(chan bool)\ngo func() {\n\tdefer close(done)\n\tvar m map[string]int\n\tm[\"x\"] = 1\n}()\n<-done")
	d.at("exception", "func:5")
	d.locals(0, "m=nil")
	d.must("continue", nil)
	d.end()
	// An interrupt is not one.
	d.begin("for {\n}")
	for {
		time.Sleep(10 * time.Millisecond)
		if !d.running.TryLock() {
			break
		}
		d.running.Unlock()
	}
	d.Interrupt()
	if r := d.end(); r.Error == nil || !r.Error.Interrupted {
		t.Errorf("the cell ended with %+v", r.Error)
	}
	d.must("setExceptionBreakpoints", map[string]any{"filters": []string{}})
	if r := d.ask("setExceptionBreakpoints", map[string]any{"filters": []string{"raised"}}); r["success"] != false {
		t.Error("an unknown filter is taken")
	}
}

func TestDebugEnds(t *testing.T) {
	d := newDAP(t)
	code := "n := 0\nfor {\n\tn++\n}"
	d.breakAt(code, 3)
	// Interrupted while stopped.
	d.begin(code)
	d.at("breakpoint", "cell:3")
	d.Interrupt()
	d.await("continued")
	if r := d.end(); r.Error == nil || !r.Error.Interrupted {
		t.Errorf("the cell ended with %+v", r.Error)
	}
	d.want("n", "0")
	// Detached while stopped: it runs on.
	code = "for i := range 1000 {\n\tn = i\n}\nn"
	d.breakAt(code, 2)
	d.begin(code)
	d.at("breakpoint", "cell:2")
	if r := d.ask("evaluate", map[string]any{"expression": "len(\"x\") > 0 && i == 0"}); jsonOf(r["body"])["result"] != "true" {
		t.Errorf("evaluate: %v", r)
	}
	d.must("disconnect", nil)
	if r := d.end(); r.Error != nil || r.Value.Data["text/plain"] != "999" {
		t.Errorf("the cell ended with %+v", r)
	}
	// The process dies while stopped.
	d.must("attach", nil)
	d.await("initialized")
	d.breakAt(code, 2)
	d.begin(code)
	d.at("breakpoint", "cell:2")
	if stopped := d.must("debugInfo", nil)["stoppedThreads"].([]any); len(stopped) != 1 {
		t.Errorf("stopped are %v", stopped)
	}
	d.proc.kill()
	d.await("continued")
	if r := d.end(); r.Error == nil || r.Error.Name != "SessionDied" {
		t.Errorf("the cell ended with %+v", r.Error)
	}
	if r := d.ask("continue", nil); r["success"] != false {
		t.Error("what is dead continues")
	}
	// And another one stops as before.
	d.ok("n := 0")
	d.begin(code)
	d.at("breakpoint", "cell:2")
	d.must("disconnect", nil)
	d.end()
}

func TestDebugConditionsAndGoroutines(t *testing.T) {
	d := newDAP(t)
	code := "var wg sync.WaitGroup\nfor i := range 8 {\n\twg.Go(func() {\n\t\tx := i * i\n\t\t_ = x\n\t})\n}\nwg.Wait()"
	path := d.must("dumpCell", map[string]any{"code": code})["sourcePath"]
	d.must("setBreakpoints", map[string]any{"source": map[string]any{"path": path}, "breakpoints": []any{map[string]any{"line": 5, "condition": "x == 25"}}})
	d.begin(code)
	d.at("breakpoint", "func:5")
	d.value("i", "5")
	d.must("continue", nil)
	if r := d.end(); r.Error != nil {
		t.Error(r.Error)
	}
	// All of them stop, one at a time.
	d.breakAt(code, 5)
	d.begin(code)
	for range 8 {
		d.at("breakpoint", "func:5")
		d.must("continue", nil)
	}
	if r := d.end(); r.Error != nil {
		t.Error(r.Error)
	}
}

func TestVariables(t *testing.T) {
	d := &dap{newBench(t), make(chan map[string]any, 1000), make(chan Result, 1)} // nobody attaches
	d.ok("type point struct{ x, Y float64 }\nps := []point{{1, 2}, {3, 4}}\nm := map[string]int{\"b\": 2, \"a\": 1}\nbig := make([]int, 100_000)\nvar e error\nn := 7")
	vs := func(body map[string]any) []any { return body["variables"].([]any) }
	all := vs(d.must("inspectVariables", nil))
	if got := inWords(all); got != "big=[0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 …] (100000) e=nil m=map[string]int (2) n=7 ps=[{x: 1 Y: 2} {x: 3 Y: 4}]" {
		t.Errorf("variables %q", got)
	}
	parts := func(v any, more ...any) []any {
		args := map[string]any{"variablesReference": v.(map[string]any)["variablesReference"]}
		for i := 0; i+1 < len(more); i += 2 {
			args[more[i].(string)] = more[i+1]
		}
		return vs(d.must("variables", args))
	}
	if got := inWords(parts(all[2])); got != `["a"]=1 ["b"]=2` {
		t.Errorf("a map: %q", got)
	}
	if v := all[4].(map[string]any); v["type"] != "[]point" || v["indexedVariables"] != 2. {
		t.Errorf("a slice: %v", v)
	}
	if got := inWords(parts(parts(all[4])[1])); got != "x=3 Y=4" {
		t.Errorf("a struct in a slice: %q", got)
	}
	if got := inWords(parts(all[0], "start", 99_998, "count", 10)); got != "[99998]=0 [99999]=0" {
		t.Errorf("a page: %q", got)
	}
	groups := parts(all[0])
	if len(groups) != 10 {
		t.Fatalf("%d groups", len(groups))
	}
	last := parts(groups[9])
	if got := inWords(parts(last[99])[99:]); len(last) != 100 || got != "[99999]=0" {
		t.Errorf("in a group: %q", got)
	}
	if r := d.ask("variables", map[string]any{"variablesReference": 12345}); r["success"] != false {
		t.Error("a reference that was never given has parts")
	}
	// While a cell runs, the last answer stands: nobody reads what it writes.
	d.begin("for {\n\tm[\"a\"]++\n}")
	for d.running.TryLock() {
		d.running.Unlock()
		time.Sleep(time.Millisecond)
	}
	if got := len(vs(d.must("inspectVariables", nil))); got != 5 {
		t.Errorf("%d variables while a cell runs", got)
	}
	d.Interrupt()
	d.end()
	body := d.must("richInspectVariables", map[string]any{"variableName": "n"})
	if got := body["data"].(map[string]any)["text/plain"]; got != "7" {
		t.Errorf("n is shown as %v", got)
	}
	if r := d.ask("richInspectVariables", map[string]any{"variableName": "n + 1"}); r["success"] != false {
		t.Error("an expression is a name")
	}
	d.value("n * len(ps)", "14")
}

func TestMurmur2(t *testing.T) {
	for text, want := range map[string]uint32{ // as ipykernel computes them
		"": 3990065800, "a": 2167009006, "x := 1": 2984684956, "γ := 0.5": 3253055722, "abc": 3350977461,
	} {
		if got := murmur2([]byte(text), hashSeed); got != want {
			t.Errorf("murmur2(%q) is %d, want %d", text, got, want)
		}
	}
}
