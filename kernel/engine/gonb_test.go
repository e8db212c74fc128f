package engine

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// gonbui as it is, in a cell, shows things in the order in which the cell says so.
func TestGonbui(t *testing.T) {
	b := newBench(t)
	r, res := b.do(`import "github.com/janpfeifer/gonb/gonbui"
fmt.Println("before")
gonbui.DisplayHTML("<b>1</b>")
fmt.Println("between")
gonbui.UpdateHTML("id", "2")
display.Show("ours")
gonbui.UpdateHTML("id", "3")
gonbui.Sync()
fmt.Fprintln(os.Stderr, "after")
gonbui.DisplayMarkdown("*last*")`)
	want := []string{"stdout: before\n", "display: <b>1</b>", "stdout: between\n", "display: 2", "display: ours", "display: 3", "stderr: after\n", "display: *last*"}
	if strings.Contains(r.log[0], "fetching") {
		t.Errorf("the module is not at hand: %q", r.log[0])
	}
	if res.Error != nil || !slices.Equal(r.log, want) {
		t.Fatalf("%v: shows %q, expected %q", res.Error, r.log, want)
	}

	// What it asks for is asked when the cell reads.
	in := &recorder{stdin: []string{"Ada"}}
	if res := b.Execute(t.Context(), Cell{Code: `gonbui.RequestInput("name?", false)
var name string
fmt.Scanln(&name)
fmt.Print("hello ", name)`, Count: 2}, in); res.Error != nil || in.text() != "hello Ada" {
		t.Errorf("%v: answers %q", res.Error, in.text())
	}

	// A value of the page arrives while the cell runs.
	b.CommBeside(CommMessage{Type: "comm_open", ID: "page", Target: "gonb_comm", Data: json.RawMessage("{}")})
	out := &recorder{seen: make(chan struct{})}
	seen := out.seen
	go func() {
		<-seen
		b.CommBeside(CommMessage{Type: "comm_msg", ID: "page", Data: json.RawMessage(`{"address":"/x","value":0}`)})
	}()
	res = b.Execute(t.Context(), Cell{Code: `import "github.com/janpfeifer/gonb/gonbui/comms"
c := comms.Listen[int]("/x").WithBuffer(1)
gonbui.Sync()
fmt.Println("listening")
fmt.Println("value", <-c.C)`, Count: 3}, out)
	if res.Error != nil || !strings.HasSuffix(out.text(), "value 0\n") {
		t.Errorf("%v: says %q", res.Error, out.text())
	}

	// The session process dies and comes back, and gonbui with it.
	b.do("syscall.Kill(syscall.Getpid(), syscall.SIGKILL)")
	r, res = b.do(`gonbui.DisplayHTML("again")`)
	if res.Error != nil || !slices.Contains(r.log, "display: again") {
		t.Errorf("after a restart: %v, %q", res.Error, r.log)
	}
}
