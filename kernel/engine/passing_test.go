package engine

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// What a front end asks in passing does not take the output of goroutines.
func TestSilentCellsLeaveOutputWhereItIs(t *testing.T) {
	b := newBench(t)
	r, res := b.do(`go func() { for i := range 10 { time.Sleep(50*time.Millisecond); fmt.Println("tick", i) } }()`)
	if res.Error != nil {
		t.Fatal(res.Error)
	}
	silent := &recorder{}
	b.Execute(t.Context(), Cell{Code: "1 + 1", Silent: true}, silent)
	time.Sleep(700 * time.Millisecond)
	if !strings.Contains(r.text(), "tick 9") || strings.Contains(silent.text(), "tick 9") {
		t.Errorf("the cell got %q, the silent one %q", r.text(), silent.text())
	}
}

func TestBytesThatAreNoText(t *testing.T) {
	b := newBench(t)
	r, _ := b.do(`os.Stdout.Write([]byte("a\xff"))`)
	if r.text() != "a\xff" {
		t.Errorf("got %q, want the byte in its own cell", r.text())
	}
	if r, _ = b.do(`os.Stdout.Write([]byte("b\xc3"))`); r.text() != "b\xc3" {
		t.Errorf("got %q, want the byte in its own cell", r.text())
	}
	if r, _ = b.do(`os.Stdout.Write([]byte("\xc3")); time.Sleep(50*time.Millisecond); os.Stdout.Write([]byte("\xa9\n"))`); r.text() != "é\n" {
		t.Errorf("got %q, want a whole character", r.text())
	}
}

func TestCommsOfCells(t *testing.T) {
	b := newBench(t)
	b.ok(`import "encoding/json"
display.HandleComms("echo", func(c *display.Comm, data json.RawMessage) {
	c.OnMessage(func(data json.RawMessage, _ [][]byte) { fmt.Println("got", string(data)); c.Send(data) })
})`)
	r := &recorder{}
	b.Comm(CommMessage{Type: "comm_open", ID: "1", Target: "echo", Data: json.RawMessage("{}")}, r)
	b.Comm(CommMessage{Type: "comm_msg", ID: "1", Data: json.RawMessage("[7]")}, r)
	b.Comm(CommMessage{Type: "comm_open", ID: "2", Target: "nobody", Data: json.RawMessage("{}")}, r)
	if r.text() != "got [7]\n" || len(r.comms) != 2 || string(r.comms[0].Data) != "[7]" || r.comms[1].Type != "comm_close" || r.comms[1].ID != "2" {
		t.Errorf("printed %q, sent %+v", r.text(), r.comms)
	}
	// The page hears that the other end is gone.
	last, res := b.do("runtime.GC(); syscall.Kill(os.Getpid(), syscall.SIGKILL)")
	if res.Error == nil || len(last.comms) != 1 || last.comms[0].Type != "comm_close" || last.comms[0].ID != "1" {
		t.Errorf("ended with %v, sent %+v", res.Error, last.comms)
	}
}

func TestCacheRemoved(t *testing.T) {
	cfg := testConfig(t)
	w, release, err := openWorkshop(t.Context(), cfg.source(), cfg.Cache, logWriter{newSession(t).cfg.Log})
	if err != nil {
		t.Fatal(err)
	}
	release()
	w.dir = t.TempDir()
	if err := w.present(); err == nil || !strings.Contains(err.Error(), "restart the kernel") {
		t.Errorf("present() = %v, want what to do", err)
	}
}
