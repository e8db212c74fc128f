package server_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"glassy/kernel/server"
	"glassy/kernel/wire"
	"glassy/kernel/wire/wiretest"
)

// debugged is an engine with a debugger: it stops at once when it is asked to
// pause, and tells what it is asked.
type debugged struct {
	*fake
	asked chan string
}

func (d *debugged) Debug(_ context.Context, request json.RawMessage, events func(any)) any {
	var q struct {
		Command string `json:"command"`
		Seq     int    `json:"seq"`
	}
	if err := json.Unmarshal(request, &q); err != nil {
		panic(err)
	}
	if q.Command == "pause" {
		events(map[string]any{"type": "event", "event": "stopped"})
	}
	d.asked <- q.Command
	return map[string]any{"type": "response", "request_seq": q.Seq, "success": true, "command": q.Command}
}

func TestDebug(t *testing.T) {
	d := &debugged{newFake(), make(chan string, 10)}
	f := connect(t, start(t, server.Config{Engine: d}))
	info := wiretest.Content(f.do(wire.Control, "kernel_info_request", struct{}{}).Reply)
	if features, ok := info["supported_features"].([]any); !ok || !contains(features, "debugger") || info["debugger"] != true {
		t.Errorf("kernel_info: %v, %v", info["supported_features"], info["debugger"])
	}
	cell := f.busy("loop")
	r := f.do(wire.Control, "debug_request", map[string]any{"type": "request", "seq": 3, "command": "pause"})
	want(t, r.Reply, "request_seq", 3., "command", "pause", "success", true)
	if got := types(r); got != "busy debug_event idle" {
		t.Errorf("iopub: %s", got)
	}
	f.do(wire.Control, "interrupt_request", struct{}{})
	f.collect(cell)
}

func contains(list []any, want string) bool {
	for _, v := range list {
		if v == want {
			return true
		}
	}
	return false
}

// A debugger whose front ends have all gone is disconnected.
func TestDebugUnattended(t *testing.T) {
	d := &debugged{newFake(), make(chan string, 1000)}
	k := start(t, server.Config{Engine: d, Unattended: 50 * time.Millisecond})
	f := connect(t, k)
	f.do(wire.Control, "debug_request", map[string]any{"type": "request", "seq": 1, "command": "attach"})
	if got := <-d.asked; got != "attach" {
		t.Fatal(got)
	}
	f.Close()
	select {
	case got := <-d.asked:
		if got != "disconnect" {
			t.Errorf("asked is %s, want disconnect", got)
		}
	case <-time.After(time.Minute):
		t.Error("the debugger stays")
	}
}
