package engine

import (
	"context"
	"strings"
	"testing"
	"time"
)

// beside runs a cell beside the one that runs.
func (b *bench) beside(ctx context.Context, code string) (*recorder, Result) {
	r := &recorder{}
	return r, b.Execute(ctx, Cell{Code: code, Count: 99, Beside: true}, r)
}

// begun starts a cell and returns its output, and its result, once it has
// printed something.
func (b *bench) begun(ctx context.Context, code string) (*recorder, <-chan Result) {
	b.t.Helper()
	started := make(chan struct{})
	r := &recorder{seen: started}
	result := make(chan Result, 1)
	b.n++
	n := b.n
	go func() { result <- b.Execute(ctx, Cell{Code: code, Count: n}, r) }()
	select {
	case <-started:
	case res := <-result:
		b.t.Fatalf("the cell ended before it printed: %v", res.Error)
	case <-time.After(time.Minute):
		b.t.Fatal("the cell prints nothing")
	}
	return r, result
}

// While a cell runs, another asks for its variables, declares, shows, prints and
// fails; each has its own output, and the front end answers.
func TestBeside(t *testing.T) {
	b := newBench(t)
	b.ok("n := 41\nquit := make(chan int)\ngoOn := func() { quit <- 1 }")
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	out, result := b.begun(ctx, "fmt.Println(\"main\")\n<-quit\nfmt.Println(\"end\")\nn")

	if c := b.Complete("strings.TrimLe", 14); len(c.Items) == 0 {
		t.Error("no completion while a cell runs")
	}
	if _, ok := b.Inspect("n", 1, 0); !ok {
		t.Error("no inspection while a cell runs")
	}
	if bundle, err := b.Evaluate(ctx, Cell{Code: "n + 1", Beside: true}); err != nil || bundle.Data["text/plain"] != "42" {
		t.Errorf("n + 1 is %v, %v", bundle.Data, err)
	}
	aside, r := b.beside(ctx, `func twice(x int) int { return 2 * x }
fmt.Println("aside", n)
fmt.Fprintln(os.Stderr, "err")
log.SetFlags(0)
log.Print("logged")
display.Show("shown")
n++
twice(n)`)
	if r.Error != nil || r.Value == nil || r.Value.Data["text/plain"] != "84" {
		t.Fatalf("beside: %v, %v", r.Value, r.Error)
	}
	if got := strings.Join(aside.log, "|"); got != "stdout: aside 41\n|stderr: err\nlogged\n|display: shown" {
		t.Errorf("beside shows %q", got)
	}
	if _, r = b.beside(ctx, `panic("aside")`); r.Error == nil || r.Error.Name != "Panic" {
		t.Errorf("a panic beside: %v", r.Error)
	}
	if _, r = b.beside(ctx, "goOn()"); r.Error != nil {
		t.Errorf("beside: %v", r.Error)
	}
	if res := <-result; res.Error != nil || res.Value.Data["text/plain"] != "42" {
		t.Errorf("the main cell: %v, %v", res.Value, res.Error)
	}
	if got := out.text(); got != "main\nend\n" {
		t.Errorf("the main cell's output is %q", got)
	}
	if got := b.ok("twice(n)"); got != "84" {
		t.Errorf("what was declared beside gives %s", got)
	}
}

// An interrupt reaches the cell that it is for.
func TestBesideInterrupt(t *testing.T) {
	b := newBench(t)
	b.ok("k := 1")
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	_, main := b.begun(ctx, "fmt.Println(\"main\")\nfor {\n}")

	asideCtx, stop := context.WithCancel(ctx)
	aside := &recorder{seen: make(chan struct{})}
	seen := aside.seen
	ended := make(chan Result, 1)
	go func() {
		ended <- b.Execute(asideCtx, Cell{Code: "k++\nfmt.Println(\"aside\")\nfor {\n\tk++\n}", Beside: true}, aside)
	}()
	<-seen
	stop()
	if r := <-ended; r.Error == nil || !r.Error.Interrupted {
		t.Errorf("the cell beside: %v", r.Error)
	}
	select {
	case r := <-main:
		t.Fatalf("the main cell ended too: %v", r.Error)
	default:
	}
	b.Interrupt()
	if r := <-main; r.Error == nil || !r.Error.Interrupted {
		t.Errorf("the main cell: %v", r.Error)
	}
	if b.ok("k > 1") != "true" {
		t.Error("the variable is lost")
	}
}

// The death of the session process ends all that runs, and is told to each.
func TestBesideDeath(t *testing.T) {
	b := newBench(t)
	b.ok("v := 7\nfunc double(x int) int { return 2 * x }")
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	_, main := b.begun(ctx, "fmt.Println(\"main\")\nfor {\n}")
	_, r := b.beside(ctx, "syscall.Kill(os.Getpid(), syscall.SIGKILL)\nfor {\n}")
	for i, r := range []Result{r, <-main} {
		if r.Error == nil || r.Error.Name != "SessionDied" || !strings.Contains(strings.Join(r.Error.Traceback, "\n"), "run the cells that set them again: v") {
			t.Errorf("cell %d of 2 ended with %v: %v", i+1, r.Error, r.Error.Traceback)
		}
	}
	if got := b.ok("double(21)"); got != "42" {
		t.Errorf("double(21) is %s", got)
	}
}
