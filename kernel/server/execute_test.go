package server_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"glassy/kernel/display"
	"glassy/kernel/engine"
	"glassy/kernel/server"
	"glassy/kernel/wire"
	"glassy/kernel/wire/wiretest"
)

func TestExecute(t *testing.T) {
	f := connect(t, start(t, server.Config{Engine: newFake()}))
	r := f.run("value 42", map[string]any{"user_expressions": map[string]string{"a": "x", "b": "bad", "c": "panic"}})
	want(t, r.Reply, "status", "ok", "execution_count", 1.0)
	if got := types(r); got != "busy execute_input execute_result idle" {
		t.Errorf("iopub: %s", got)
	}
	want(t, r.IOPub[1], "code", "value 42", "execution_count", 1.0)
	want(t, r.IOPub[2], "execution_count", 1.0)
	if data := wiretest.Content(r.IOPub[2])["data"].(map[string]any); data["text/plain"] != "42" {
		t.Errorf("data %v", data)
	}
	if _, ok := wiretest.Content(r.IOPub[2])["metadata"].(map[string]any); !ok {
		t.Error("execute_result has no metadata")
	}
	exprs := wiretest.Content(r.Reply)["user_expressions"].(map[string]any)
	for name, status := range map[string]string{"a": "ok", "b": "error", "c": "error"} {
		if got := exprs[name].(map[string]any)["status"]; got != status {
			t.Errorf("user expression %s: status %v, want %s", name, got, status)
		}
	}
	if got := exprs["a"].(map[string]any)["data"].(map[string]any)["text/plain"]; got != "<x>" {
		t.Errorf("user expression a is %v", got)
	}
	if !strings.Contains(string(r.Reply.Metadata), "started") {
		t.Errorf("reply metadata %s has no started", r.Reply.Metadata)
	}

	r = f.run("nothing")
	want(t, r.Reply, "status", "ok", "execution_count", 2.0)
	if got := types(r); got != "busy execute_input idle" {
		t.Errorf("iopub of a cell with no value: %s", got)
	}
}

func TestSilentAndUnstored(t *testing.T) {
	e := newFake()
	e.scripts["noisy"] = func(_ context.Context, _ <-chan struct{}, _ string, out engine.Output) engine.Result {
		out.Stream("stdout", "x")
		out.Display(display.Text("x"), "", false)
		out.Clear(false)
		return engine.Result{Value: text("x")}
	}
	f := connect(t, start(t, server.Config{Engine: e}))
	f.run("value 1")
	for _, code := range []string{"noisy", "fail"} {
		r := f.run(code, map[string]any{"silent": true})
		want(t, r.Reply, "execution_count", 1.0)
		if got := types(r); got != "busy idle" {
			t.Errorf("silent %s brought %s", code, got)
		}
	}
	r := f.run("value 2", map[string]any{"store_history": false})
	want(t, r.Reply, "execution_count", 1.0, "status", "ok")
	if got := types(r); got != "busy execute_input execute_result idle" {
		t.Errorf("iopub: %s", got)
	}
	want(t, f.run("value 3").Reply, "execution_count", 2.0)
	h := f.do(wire.Shell, "history_request", map[string]any{"hist_access_type": "tail", "n": 10, "output": false, "raw": true})
	if got := fmt.Sprint(wiretest.Content(h.Reply)["history"]); got != "[[1 1 value 1] [1 2 value 3]]" {
		t.Errorf("history %s", got)
	}
}

// A failure is one error message, and a reply with the same fields. A panic of
// the engine is a failure of the cell alone.
func TestErrors(t *testing.T) {
	f := connect(t, start(t, server.Config{Engine: newFake()}))
	for code, name := range map[string]string{"fail": "Panic", "panic": "KernelPanic", "odd": "NoScript"} {
		r := f.run(code)
		want(t, r.Reply, "status", "error", "ename", name)
		if n, ok := wiretest.Content(r.Reply)["execution_count"].(float64); !ok || n < 1 {
			t.Errorf("%s: execution_count is %v", code, n)
		}
		if got := types(r); got != "busy execute_input error idle" {
			t.Errorf("%s: iopub %s", code, got)
		}
		want(t, r.IOPub[2], "ename", name, "evalue", wiretest.Content(r.Reply)["evalue"])
		if tb, ok := wiretest.Content(r.IOPub[2])["traceback"].([]any); !ok || len(tb) == 0 {
			t.Errorf("%s: traceback %v", code, tb)
		}
	}
	// Signed, but not what an execute_request is.
	r := f.do(wire.Shell, "execute_request", map[string]any{"code": 5})
	want(t, r.Reply, "status", "error", "ename", "BadRequest", "execution_count", 3.0)
	want(t, f.run("value 1").Reply, "status", "ok")
}

func TestPager(t *testing.T) {
	e := newFake()
	e.scripts["help"] = func(context.Context, <-chan struct{}, string, engine.Output) engine.Result {
		return engine.Result{Page: text("how to")}
	}
	r := connect(t, start(t, server.Config{Engine: e})).run("help")
	payload := wiretest.Content(r.Reply)["payload"].([]any)
	if got := fmt.Sprint(payload); got != "[map[data:map[text/plain:how to] source:page start:0]]" {
		t.Errorf("payload %s", got)
	}
	if got := types(r); got != "busy execute_input idle" {
		t.Errorf("iopub: %s", got)
	}
}

// The text that is to take the cell's place is a payload of the reply.
func TestNextInput(t *testing.T) {
	e := newFake()
	e.scripts["load"] = func(context.Context, <-chan struct{}, string, engine.Output) engine.Result {
		return engine.Result{NextInput: "x := 1", Page: text("both")}
	}
	r := connect(t, start(t, server.Config{Engine: e})).run("load")
	payload := wiretest.Content(r.Reply)["payload"].([]any)
	if got := fmt.Sprint(payload); got != "[map[data:map[text/plain:both] source:page start:0] map[replace:true source:set_next_input text:x := 1]]" {
		t.Errorf("payload %s", got)
	}
}

// Streams, displays and clears come in the order in which they were made, text
// of one stream in quick succession as one message, and all before the reply.
func TestOrderOfOutputs(t *testing.T) {
	e := newFake()
	e.scripts["show"] = func(_ context.Context, _ <-chan struct{}, _ string, out engine.Output) engine.Result {
		for range 100 {
			out.Stream("stdout", "a")
		}
		out.Stream("stderr", "b")
		out.Stream("stdout", "c")
		out.Display(display.Text("d"), "id1", false)
		out.Stream("stdout", "e\xe2") // a euro sign in three pieces
		out.Stream("stdout", "\x82")
		out.Stream("stdout", "\xac")
		out.Display(display.Text("f"), "id1", true)
		out.Clear(true)
		out.Stream("stderr", "g")
		return engine.Result{Value: text("h")}
	}
	r := connect(t, start(t, server.Config{Engine: e})).run("show")
	var got []string
	for _, m := range r.IOPub[2 : len(r.IOPub)-1] {
		c := wiretest.Content(m)
		switch m.Header.Type {
		case "stream":
			got = append(got, fmt.Sprint(c["name"], " ", c["text"]))
		case "clear_output":
			got = append(got, fmt.Sprint("clear ", c["wait"]))
		default:
			got = append(got, fmt.Sprint(m.Header.Type, " ", c["data"].(map[string]any)["text/plain"], c["transient"]))
		}
	}
	list := []string{
		"stdout " + strings.Repeat("a", 100), "stderr b", "stdout c",
		"display_data d" + "map[display_id:id1]", "stdout e€", "update_display_data fmap[display_id:id1]",
		"clear true", "stderr g", "execute_result h<nil>",
	}
	if fmt.Sprint(got) != fmt.Sprint(list) {
		t.Errorf("got  %q\nwant %q", got, list)
	}
}

// Text shows while the cell runs, soon; much text comes in few messages.
func TestStreamsWhileRunning(t *testing.T) {
	e := newFake()
	e.scripts["flood"] = func(_ context.Context, _ <-chan struct{}, _ string, out engine.Output) engine.Result {
		for i := range 100000 {
			out.Stream("stdout", fmt.Sprintln(i))
		}
		return engine.Result{}
	}
	f := connect(t, start(t, server.Config{Engine: e}))
	sent := time.Now()
	id := f.send(wire.Shell, "execute_request", wiretest.Execute("loop"))
	if _, err := f.Await(f.ctx, wire.IOPub, "stream", id); err != nil {
		t.Fatal(err)
	}
	t.Logf("text of a running cell after %v", time.Since(sent).Round(time.Millisecond))
	f.do(wire.Control, "interrupt_request", struct{}{})
	f.collect(id)

	r := f.run("flood")
	var all strings.Builder
	for i := range 100000 {
		fmt.Fprintln(&all, i)
	}
	if got := r.Text("stdout"); got != all.String() {
		t.Errorf("%d bytes of text, want %d", len(got), all.Len())
	}
	if n := len(r.Of("stream")); n > 100 {
		t.Errorf("%d bytes came in %d messages", all.Len(), n)
	}
}

// A goroutine that prints after its cell keeps the cell as its parent, also
// while another runs.
func TestLateOutput(t *testing.T) {
	e := newFake()
	next := make(chan struct{})
	asked := make(chan error, 1)
	e.scripts["go"] = func(_ context.Context, _ <-chan struct{}, _ string, out engine.Output) engine.Result {
		go func() {
			<-next
			out.Stream("stdout", "late")
			_, err := out.Input(context.Background(), "?", false)
			asked <- err
		}()
		return engine.Result{}
	}
	f := connect(t, start(t, server.Config{Engine: e}))
	first := f.run("go")
	second := f.busy("loop")
	close(next)
	for {
		m, err := f.Await(f.ctx, wire.IOPub, "stream", "")
		if err != nil {
			t.Fatal(err)
		}
		if wiretest.Content(m)["text"] == "late" {
			if m.ParentID() != first.ID {
				t.Errorf("late text has parent %s, want the cell that started it, %s (the one running is %s)", m.ParentID(), first.ID, second)
			}
			break
		}
	}
	if err := <-asked; err != server.ErrCellEnded {
		t.Errorf("input after the cell: %v, want %v", err, server.ErrCellEnded)
	}
	f.do(wire.Control, "interrupt_request", struct{}{})
	f.collect(second)
}

// What JSON cannot hold is left out with a word, and the rest is shown.
func TestUnencodableValue(t *testing.T) {
	e := newFake()
	e.scripts["nan"] = func(context.Context, <-chan struct{}, string, engine.Output) engine.Result {
		return engine.Result{Value: &display.Bundle{
			Data:     map[string]any{"text/plain": "NaN", "application/json": math.NaN(), "image/png": []byte{1, 2}},
			Metadata: map[string]any{"image/png": math.Inf(1)},
		}}
	}
	r := connect(t, start(t, server.Config{Engine: e})).run("nan")
	want(t, r.Reply, "status", "ok")
	if got := fmt.Sprint(wiretest.Content(r.Of("execute_result")[0])["data"]); got != "map[image/png:AQI= text/plain:NaN]" {
		t.Errorf("data %s", got)
	}
}

// Cells that wait when one fails are aborted, in order; other requests among
// them are answered; what is sent after the reply runs.
func TestQueueAbortedAfterError(t *testing.T) {
	e := newFake()
	f := connect(t, start(t, server.Config{Engine: e}))
	var ids []string
	for _, code := range []string{"value 1", "fail", "value 2", "value 3"} {
		ids = append(ids, f.send(wire.Shell, "execute_request", wiretest.Execute(code)))
	}
	info := f.send(wire.Shell, "kernel_info_request", struct{}{})
	for i, status := range []string{"ok", "error", "aborted", "aborted"} {
		r := f.collect(ids[i])
		want(t, r.Reply, "status", status)
		if _, ok := wiretest.Content(r.Reply)["execution_count"]; !ok {
			t.Errorf("cell %d has no execution_count", i)
		}
		if status == "aborted" && types(r) != "busy idle" {
			t.Errorf("an aborted cell brought %s", types(r))
		}
	}
	want(t, f.collect(info).Reply, "status", "ok")
	want(t, f.run("value 4").Reply, "status", "ok", "execution_count", 3.0)
	if got := fmt.Sprint(e.cells()); got != "[value 1 fail value 4]" {
		t.Errorf("the engine ran %s", got)
	}

	// stop_on_error false: the queue goes on.
	go1 := f.send(wire.Shell, "execute_request", wiretest.Execute("fail", map[string]any{"stop_on_error": false}))
	go2 := f.send(wire.Shell, "execute_request", wiretest.Execute("value 5"))
	want(t, f.collect(go1).Reply, "status", "error")
	want(t, f.collect(go2).Reply, "status", "ok")
}
