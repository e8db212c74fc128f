package engine

import (
	"context"
	"strings"
	"testing"
	"time"
)

// interruptAfter runs a cell, interrupts it once it has printed, and returns its
// result and how long it took to stop.
func (b *bench) interruptAfter(code string) (Result, time.Duration) {
	b.t.Helper()
	b.n++
	r := &recorder{seen: make(chan struct{})}
	seen := r.seen
	at := make(chan time.Time, 1)
	go func() {
		<-seen
		time.Sleep(50 * time.Millisecond)
		at <- time.Now()
		b.Interrupt()
	}()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	res := b.Execute(ctx, Cell{Code: code, Count: b.n}, r)
	return res, time.Since(<-at)
}

// soon is the time in which an interrupt has to be felt. On an idle machine it
// takes under 5 ms.
const soon = 200 * time.Millisecond

func TestInterruptKeepsVariables(t *testing.T) {
	b := newBench(t)
	b.ok("x := 0\nimport \"glassy/kernel/engine/testdata/lab\"")
	for _, c := range []struct{ name, code string }{
		{"tight loop", `fmt.Println("go"); for { x++ }`},
		{"loop in a function", "func spin() { for { x++ } }\nfmt.Println(\"go\"); spin()"},
		{"sleep", `x++; fmt.Println("go"); time.Sleep(time.Hour)`},
		{"receive", `x++; fmt.Println("go"); <-make(chan int)`},
		{"receive two", `x++; fmt.Println("go"); v, ok := <-make(chan int); _, _ = v, ok`},
		{"send", `x++; fmt.Println("go"); make(chan int) <- 1`},
		{"select", `x++; fmt.Println("go"); select { case <-make(chan int): }`},
		{"empty select", `x++; fmt.Println("go"); select {}`},
		{"range over a channel", `x++; fmt.Println("go"); for range make(chan int) {}`},
		{"wait group", "var wg sync.WaitGroup\nwg.Add(1); x++; fmt.Println(\"go\"); wg.Wait()"},
		{"recursion", "func down(n int) int { if n == 0 { return 1 }; return down(n-1) + down(n-1) }\nx++; fmt.Println(\"go\"); down(60)"},
		{"recovering closure", `x++; fmt.Println("go"); for { func() { defer func() { recover() }(); for { x++ } }() }`},
		{"lab call that hears", `x++; fmt.Println("go"); lab.BlockCtx(run.Context(), time.Hour)`},
		{"shell", `x++
!echo go; sleep 3600`},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, took := b.interruptAfter(c.code)
			if c.name != "lab call that hears" && (res.Error == nil || !res.Error.Interrupted) {
				t.Fatalf("ended with %+v, want an interrupt", res.Error)
			}
			if took > soon {
				t.Errorf("took %v to stop, want at most %v", took, soon)
			}
			if got := b.ok("x > 0"); got != "true" {
				t.Errorf("x is lost")
			}
		})
	}
}

func TestInterruptMany(t *testing.T) {
	b := newBench(t)
	b.ok("n := 0")
	for range 50 {
		if res, _ := b.interruptAfter(`fmt.Println("go"); for { n++ }`); res.Error == nil || !res.Error.Interrupted {
			t.Fatalf("ended with %+v, want an interrupt", res.Error)
		}
	}
	b.want("n > 50", "true")
}

func TestInterruptLeavesOtherCellsGoroutines(t *testing.T) {
	b := newBench(t)
	b.ok("import \"sync/atomic\"\nvar ticks atomic.Int64\ngo func() { for { ticks.Add(1); time.Sleep(time.Millisecond) } }()")
	res, _ := b.interruptAfter(`fmt.Println("go"); for {}`)
	if res.Error == nil {
		t.Fatal("not interrupted")
	}
	b.want("before := ticks.Load(); time.Sleep(50*time.Millisecond); ticks.Load() > before", "true")
}

func TestInterruptEndsTheCellsGoroutines(t *testing.T) {
	b := newBench(t)
	b.ok("import \"sync/atomic\"\nvar ticks atomic.Int64\nfunc tick() { for { ticks.Add(1); time.Sleep(time.Millisecond) } }")
	res, _ := b.interruptAfter(`go tick(); go func() { for { ticks.Add(1) } }(); fmt.Println("go"); for {}`)
	if res.Error == nil {
		t.Fatal("not interrupted")
	}
	b.want("time.Sleep(20*time.Millisecond); before := ticks.Load(); time.Sleep(50*time.Millisecond); ticks.Load() == before", "true")
}

func TestCallThatDoesNotStop(t *testing.T) {
	b := newBench(t)
	b.ok("import \"glassy/kernel/engine/testdata/lab\"\nx := 7")
	res, took := b.interruptAfter(`fmt.Println("go"); lab.Block(3*time.Second); x = 0`)
	if res.Error == nil || !res.Error.Interrupted || !strings.Contains(res.Error.Value, "lab.Block") {
		t.Fatalf("ended with %+v, want an interrupt that names lab.Block", res.Error)
	}
	if took > 2*time.Second {
		t.Errorf("was abandoned after %v, want a second", took)
	}
	b.want("x", "7")
	b.ok("s := 0; for i := range 1000 { s += i }") // later cells run while it is left behind
	b.ok("time.Sleep(3*time.Second)")
	b.want("x", "7") // what stood after the call never ran
	b.Interrupt()    // between cells, when nothing is left behind any more
	b.want("x", "7")
	res, _ = b.interruptAfter(`fmt.Println("go"); lab.Spin(time.Hour)`)
	if res.Error == nil {
		t.Fatal("not interrupted")
	}
	b.Interrupt() // the second: restart
	b.fails("x", "lost")
}

// A wait on a nil channel is told at once, with its line, and can be interrupted.
func TestWaitWithoutEndIsTold(t *testing.T) {
	b := newBench(t)
	b.ok("var none chan int")
	for _, c := range []struct{ code, told string }{
		{"x := 1\n<-none", "Cell[2]:2 receives from a nil channel"},
		{"func give() { none <- x }\ngive()", "Cell[3]:1 give sends to a nil channel"},
		{"for range none {\n}", "Cell[4]:1 receives from a nil channel"},
	} {
		out, result := b.begun(t.Context(), c.code)
		b.Interrupt()
		if res := <-result; res.Error == nil || !res.Error.Interrupted {
			t.Errorf("%q: ended with %+v, expected an interrupt", c.code, res.Error)
		}
		if !strings.Contains(out.text(), c.told) {
			t.Errorf("%q: said %q, expected %q", c.code, out.text(), c.told)
		}
	}
}

// asking is an Output whose user never answers.
type asking struct {
	recorder
	asked chan struct{}
}

func (a *asking) Input(ctx context.Context, prompt string, password bool) (string, error) {
	close(a.asked)
	<-ctx.Done()
	return "", ctx.Err()
}

func TestInterruptWhileItAsks(t *testing.T) {
	b := newBench(t)
	b.ok("x := 7\nvar s string")
	for _, code := range []string{"fmt.Scanln(&s); x = 0", "in := os.Stdin; bufio.NewReader(in).ReadString('\\n'); x = 0"} {
		out := &asking{asked: make(chan struct{})}
		go func() {
			<-out.asked
			b.Interrupt()
		}()
		res := b.Execute(t.Context(), Cell{Code: code, Count: 2}, out)
		if res.Error == nil || !res.Error.Interrupted {
			t.Errorf("%s: ended with %+v, want an interrupt", code, res.Error)
		}
		b.want("x", "7")
	}
}
