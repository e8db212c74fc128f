package engine

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestVerify(t *testing.T) {
	p := &book{newBench(t), map[string]string{}}
	other := func(code string, stdin ...string) { // a cell without an id
		p.n++
		p.Execute(t.Context(), Cell{Code: code, Count: p.n}, &recorder{stdin: stdin})
	}
	p.fails("%verify", "no cell was run yet")
	p.fails("%verify much", `"much" is no tolerance`)
	p.run("a", "x := 1.5")
	p.run("b", "x / 3")
	p.run("c", "fmt.Println(rand.Float64()); display.Show(time.Now().Year())")
	other("x +")
	other("var s string; fmt.Scan(&s); s", "typed")
	p.run("d", "%checkpoint x")
	file := filepath.Join(p.cfg.Dir, "session.checkpoint")
	before, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	p.run("a", "x := 1.5000001") // b keeps what it gave before
	said := p.ok("%verify")
	for _, want := range []string{
		"In[4] differs: 0.5 became 0.5000000333333",
		"In[5] not comparable: two runs in fresh sessions differ",
		"In[8] not comparable: it tells of a file",
		"3 equal, 1 differ, 2 not comparable",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("it said\n%s\nwant %q", said, want)
		}
	}
	if after, err := os.Stat(file); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Error("a verification has written the session's checkpoint")
	}
	p.want("x", "1.5000001")
}

func TestVerifyStops(t *testing.T) {
	b := newBench(t)
	b.ok("const far = 60")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := make(chan struct{})
	first := &recorder{seen: seen}
	go func() {
		<-seen
		cancel()
	}()
	b.Execute(ctx, Cell{Code: "println(1); time.Sleep(far*time.Second)", Count: 2}, first)
	b.n = 2
	done := make(chan Result)
	go func() {
		done <- b.Execute(context.Background(), Cell{Code: "%verify", Count: 3}, &recorder{})
	}()
	for {
		select {
		case r := <-done:
			if r.Error == nil || !r.Error.Interrupted {
				t.Errorf("%%verify that was interrupted: %+v", r.Error)
			}
			b.want("1", "1")
			return
		default:
			b.Interrupt()
		}
	}
}
