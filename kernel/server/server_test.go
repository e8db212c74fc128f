package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"glassy/kernel/display"
	"glassy/kernel/engine"
	"glassy/kernel/server"
	"glassy/kernel/wire"
	"glassy/kernel/wire/wiretest"
)

func TestKernelInfo(t *testing.T) {
	f := connect(t, start(t, server.Config{Engine: newFake(), Version: "1.2.3"}))
	for _, ch := range []wire.Channel{wire.Shell, wire.Control} {
		r := f.do(ch, "kernel_info_request", struct{}{})
		want(t, r.Reply, "status", "ok", "protocol_version", "5.4", "implementation", "glassy", "implementation_version", "1.2.3")
		lang := wiretest.Content(r.Reply)["language_info"].(map[string]any)
		for k, v := range map[string]any{"name": "go", "version": strings.TrimPrefix(runtime.Version(), "go"), "mimetype": "text/x-go",
			"file_extension": ".go", "pygments_lexer": "go", "codemirror_mode": "go"} {
			if lang[k] != v {
				t.Errorf("language_info.%s is %v, want %v", k, lang[k], v)
			}
		}
		if features, ok := wiretest.Content(r.Reply)["supported_features"].([]any); !ok || !slices.Contains(features, any("kernel subshells")) {
			t.Errorf("supported_features is %v, want kernel subshells among them", features)
		}
		if got := types(r); got != "busy idle" {
			t.Errorf("iopub: %s", got)
		}
	}
}

// The first front end hears that the kernel comes up, right after its welcome;
// one that comes after work was done does not.
func TestStarting(t *testing.T) {
	k := start(t, server.Config{Engine: newFake()})
	f := connect(t, k)
	m, err := f.Recv(f.ctx, wire.IOPub)
	if err != nil {
		t.Fatal(err)
	}
	want(t, m, "execution_state", "starting")
	if string(m.Parent) != "{}" {
		t.Errorf("parent %s", m.Parent)
	}
	f.run("nothing")
	later := connect(t, k)
	id := later.send(wire.Shell, "kernel_info_request", struct{}{})
	if m, err = later.Recv(later.ctx, wire.IOPub); err != nil {
		t.Fatal(err)
	}
	if m.ParentID() != id {
		t.Errorf("a late front end first hears %s %s", m.Header.Type, m.Content)
	}
}

// Control is answered while a cell runs, on control; shell waits its turn.
func TestControlWhileBusy(t *testing.T) {
	f := connect(t, start(t, server.Config{Engine: newFake()}))
	id := f.busy("loop")
	waiting := f.send(wire.Shell, "kernel_info_request", struct{}{})
	for _, typ := range []string{"kernel_info_request", "comm_info_request"} {
		r := f.do(wire.Control, typ, struct{}{})
		want(t, r.Reply, "status", "ok")
		if got := types(r); got != "busy idle" {
			t.Errorf("%s: iopub %s", typ, got)
		}
	}
	if d, err := f.Beat(f.ctx); err != nil || d > time.Second {
		t.Errorf("heartbeat while busy: %v, %v", d, err)
	}
	for typ, name := range map[string]string{"debug_request": "BadRequest", "execute_request": "BadRequest"} {
		r := f.do(wire.Control, typ, struct{}{})
		want(t, r.Reply, "status", "error", "ename", name)
	}
	want(t, f.do(wire.Control, "interrupt_request", struct{}{}).Reply, "status", "ok")
	// Shell replies come in the order of the requests.
	want(t, f.collect(id).Reply, "status", "error", "ename", "Interrupted")
	want(t, f.collect(waiting).Reply, "status", "ok")
}

func TestUnknownMessage(t *testing.T) {
	f := connect(t, start(t, server.Config{Engine: newFake()}))
	id := f.send(wire.Shell, "teleport_request", struct{}{})
	r, err := f.CollectIOPub(f.ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if got := types(r); got != "busy idle" {
		t.Errorf("iopub: %s", got)
	}
	want(t, f.run("value 1").Reply, "status", "ok")
}

// Fifty cells are interrupted one after another, each while it runs, by
// message and by signal in turn; the queue behind each is aborted.
func TestInterruptFifty(t *testing.T) {
	signals := make(chan os.Signal)
	f := connect(t, start(t, server.Config{Engine: newFake(), Interrupts: signals}))
	slowest := time.Duration(0)
	for i := range 50 {
		id := f.busy("loop")
		next := f.send(wire.Shell, "execute_request", wiretest.Execute("value 1"))
		f.do(wire.Control, "kernel_info_request", struct{}{}) // what was sent before it has come, too
		sent := time.Now()
		if i%2 == 0 {
			want(t, f.do(wire.Control, "interrupt_request", struct{}{}).Reply, "status", "ok")
		} else {
			signals <- os.Interrupt
		}
		r := f.collect(id)
		slowest = max(slowest, time.Since(sent))
		want(t, r.Reply, "status", "error", "ename", "Interrupted")
		if n := len(r.Of("error")); n != 1 {
			t.Errorf("interrupt %d: %d error messages", i, n)
		}
		want(t, f.collect(next).Reply, "status", "aborted")
	}
	if slowest > time.Second {
		t.Errorf("the slowest interrupt took %v", slowest)
	}
	t.Logf("slowest of 50 interrupts: %v", slowest.Round(time.Millisecond))
	want(t, f.run("value 1").Reply, "status", "ok", "execution_count", 51.0)
}

// An interrupt right behind a request is not lost, however the two meet, even
// by an engine that is slow to listen.
func TestInterruptRace(t *testing.T) {
	e := newFake()
	e.slow = 5 * time.Millisecond
	f := connect(t, start(t, server.Config{Engine: e}))
	for range 50 {
		id := f.send(wire.Shell, "execute_request", wiretest.Execute("loop"))
		if err := f.AwaitStatus(f.ctx, id, "busy"); err != nil {
			t.Fatal(err)
		}
		f.send(wire.Control, "interrupt_request", struct{}{})
		want(t, f.collect(id).Reply, "status", "error", "ename", "Interrupted")
	}
	f.do(wire.Control, "interrupt_request", struct{}{}) // nothing runs: nothing happens
	want(t, f.run("value 1").Reply, "status", "ok")
}

// A widget's callback that does not end is interrupted like a cell.
func TestInterruptComm(t *testing.T) {
	e := newFake()
	f := connect(t, start(t, server.Config{Engine: e}))
	id := f.send(wire.Shell, "comm_msg", map[string]any{"comm_id": "c", "data": map[string]string{"ask": "loop"}})
	if err := f.AwaitStatus(f.ctx, id, "busy"); err != nil {
		t.Fatal(err)
	}
	for e.received() == 0 && f.ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	f.send(wire.Control, "interrupt_request", struct{}{})
	if err := f.AwaitStatus(f.ctx, id, "idle"); err != nil {
		t.Fatal(err)
	}
	want(t, f.run("value 1").Reply, "status", "ok")
}

// What a slider sends while a cell runs comes to the engine as little as one
// message with the last value; each message is told busy and idle all the same.
func TestDragDuringACell(t *testing.T) {
	e := newFake()
	f := connect(t, start(t, server.Config{Engine: e}))
	f.busy("sleep 500ms")
	const moves = 50
	var ids []string
	for i := range moves {
		ids = append(ids, f.send(wire.Shell, "comm_msg", map[string]any{"comm_id": "c",
			"data": map[string]any{"method": "update", "state": map[string]int{"value": i}, "buffer_paths": []any{}}}))
	}
	states := map[string]string{} // by message, in the order in which they were told
	for states[ids[moves-1]] != "busy idle" {
		m, err := f.Recv(f.ctx, wire.IOPub)
		if err != nil {
			t.Fatal(err)
		}
		var parent wire.Header
		if err := json.Unmarshal(m.Parent, &parent); err != nil {
			t.Fatal(err)
		}
		states[parent.ID] = strings.TrimSpace(fmt.Sprint(states[parent.ID], " ", wiretest.Content(m)["execution_state"]))
	}
	for i, id := range ids {
		if states[id] != "busy idle" {
			t.Errorf("iopub of move %d is %q", i, states[id])
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if n := len(e.comms); n == 0 || n >= moves || !strings.Contains(string(e.comms[n-1].Data), `"state":{"value":49}`) {
		t.Errorf("%d messages of %d came to the engine, the last %s", n, moves, e.comms[max(n-1, 0)].Data)
	}
}

func TestStdin(t *testing.T) {
	e := newFake()
	e.scripts["ask"] = func(ctx context.Context, _ <-chan struct{}, _ string, out engine.Output) engine.Result {
		out.Stream("stdout", "first ")
		name, err := out.Input(ctx, "name? ", false)
		if err != nil {
			return failed("InputError", err.Error())
		}
		secret, err := out.Input(ctx, "secret? ", true)
		if err != nil {
			return failed("InputError", err.Error())
		}
		return engine.Result{Value: text(name + "/" + secret)}
	}
	var log logs
	k := start(t, server.Config{Engine: e, Log: slog.New(slog.NewTextHandler(&log, nil))})
	f, other := connect(t, k), connect(t, k)
	// A reply to no question is dropped. Sockets have no order among them: wait
	// until it is.
	f.send(wire.Stdin, "input_reply", map[string]string{"value": "stale"})
	for !strings.Contains(log.String(), "no question") && f.ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	id := f.send(wire.Shell, "execute_request", wiretest.Execute("ask"))
	for i, q := range []struct {
		prompt   string
		password bool
	}{{"name? ", false}, {"secret? ", true}} {
		m, err := f.Await(f.ctx, wire.Stdin, "input_request", id)
		if err != nil {
			t.Fatal(err)
		}
		want(t, m, "prompt", q.prompt, "password", q.password)
		answer := map[string]string{"value": fmt.Sprint("answer ", i)}
		if i == 0 { // with no parent, as jupyter_client sends it
			f.send(wire.Stdin, "input_reply", answer)
			continue
		}
		header, err := m.RawHeader()
		if err != nil {
			t.Fatal(err)
		}
		other := wire.Message{Parent: json.RawMessage(`{"msg_id":"another question"}`)}
		if _, err := f.SendMessage(wire.Stdin, other, "input_reply", map[string]string{"value": "wrong"}); err != nil {
			t.Fatal(err)
		}
		if _, err := f.SendMessage(wire.Stdin, wire.Message{Parent: header}, "input_reply", answer); err != nil {
			t.Fatal(err)
		}
	}
	r := f.collect(id)
	want(t, r.Reply, "status", "ok")
	if got := fmt.Sprint(wiretest.Content(r.Of("execute_result")[0])["data"]); got != "map[text/plain:answer 0/answer 1]" {
		t.Errorf("the cell saw %s", got)
	}
	short, cancel := context.WithTimeout(f.ctx, 50*time.Millisecond)
	defer cancel()
	if m, err := other.Recv(short, wire.Stdin); err == nil {
		t.Errorf("another front end was asked: %s", m.Content)
	}

	// Nobody to ask.
	r = f.run("ask", map[string]any{"allow_stdin": false})
	want(t, r.Reply, "status", "error", "evalue", server.ErrNoStdin.Error())

	// Interrupted while waiting.
	id = f.send(wire.Shell, "execute_request", wiretest.Execute("ask"))
	if _, err := f.Await(f.ctx, wire.Stdin, "input_request", id); err != nil {
		t.Fatal(err)
	}
	f.do(wire.Control, "interrupt_request", struct{}{})
	want(t, f.collect(id).Reply, "status", "error", "evalue", server.ErrInterrupted.Error())
}

// Shutdown on either channel is answered there, told to all, and ends Run with
// a cell running or not; the same ports then serve the next kernel.
func TestShutdownAndRestart(t *testing.T) {
	connection := wiretest.Local()
	for i, c := range []struct {
		channel wire.Channel
		restart bool
		busy    bool
	}{{wire.Control, true, false}, {wire.Shell, false, false}, {wire.Control, true, true}, {wire.Control, false, false}} {
		k := start(t, server.Config{Engine: newFake(), Connection: connection})
		connection = k.Connection()
		f, other := connect(t, k), connect(t, k)
		want(t, f.run("value 1").Reply, "execution_count", 1.0)
		if c.busy {
			f.busy("loop")
		}
		id := f.send(c.channel, "shutdown_request", map[string]bool{"restart": c.restart})
		r, err := f.Collect(f.ctx, c.channel, id)
		if err != nil {
			t.Fatalf("shutdown %d: %v", i, err)
		}
		want(t, r.Reply, "status", "ok", "restart", c.restart)
		if got := types(r); got != "busy shutdown_reply idle" {
			t.Errorf("shutdown %d: iopub %s", i, got)
		}
		if m, err := other.Await(other.ctx, wire.IOPub, "shutdown_reply", id); err != nil {
			t.Error(err)
		} else {
			want(t, m, "restart", c.restart)
		}
		k.ended(t)
		network, address := k.Connection().Address(wire.Shell)
		if conn, err := net.Dial(network, address); err == nil {
			conn.Close()
			t.Errorf("shutdown %d: the shell socket still listens", i)
		}
	}
}

// A cell that obeys nothing does not keep Run from returning.
func TestRunEndsWithAStuckCell(t *testing.T) {
	e := newFake()
	release := make(chan struct{})
	defer close(release)
	e.scripts["stuck"] = func(context.Context, <-chan struct{}, string, engine.Output) engine.Result {
		<-release
		return engine.Result{}
	}
	k := start(t, server.Config{Engine: e})
	connect(t, k).busy("stuck")
	began := time.Now()
	k.stop()
	k.ended(t)
	if d := time.Since(began); d > 5*time.Second {
		t.Errorf("Run took %v to end", d)
	}
}

// A front end that vanishes in the middle of a cell costs nothing: the cell
// ends, and the next front end is served.
func TestFrontEndGone(t *testing.T) {
	e := newFake()
	ended := make(chan struct{})
	e.scripts["long"] = func(_ context.Context, _ <-chan struct{}, _ string, out engine.Output) engine.Result {
		defer close(ended)
		for i := range 20 {
			out.Stream("stdout", fmt.Sprintln(i))
			out.Display(display.Text("x"), "", false)
			time.Sleep(5 * time.Millisecond)
		}
		return engine.Result{Value: text("done")}
	}
	k := start(t, server.Config{Engine: e})
	f := connect(t, k)
	f.busy("long")
	f.Close()
	<-ended
	next := connect(t, k)
	want(t, next.run("value 1").Reply, "status", "ok", "execution_count", 2.0)
}

func TestTenKernels(t *testing.T) {
	var all sync.WaitGroup
	dir := t.TempDir()
	for i := range 10 {
		k := start(t, server.Config{Engine: newFake(), HistoryFile: filepath.Join(dir, "history.jsonl")})
		f := connect(t, k)
		all.Go(func() {
			for j := range 20 {
				code := fmt.Sprintf("value %d.%d", i, j)
				r, err := f.Do(f.ctx, wire.Shell, "execute_request", wiretest.Execute(code))
				if err != nil {
					t.Error(err)
					return
				}
				want(t, r.Reply, "status", "ok", "execution_count", float64(j+1))
			}
		})
	}
	all.Wait()
	// One more kernel sees all that the ten have written to their one file.
	f := connect(t, start(t, server.Config{Engine: newFake(), HistoryFile: filepath.Join(dir, "history.jsonl")}))
	r := f.do(wire.Shell, "history_request", map[string]any{"hist_access_type": "search", "pattern": "value *", "output": true})
	list := wiretest.Content(r.Reply)["history"].([]any)
	sessions := make(map[any]int)
	for _, e := range list {
		sessions[e.([]any)[0]]++
		if io := e.([]any)[2].([]any); io[0] != fmt.Sprint("value ", io[1]) {
			t.Errorf("input %v has output %v", io[0], io[1])
		}
	}
	if len(list) != 200 || len(sessions) != 10 {
		t.Errorf("%d entries in %d sessions, want 200 in 10", len(list), len(sessions))
	}
}

func TestSmallRequests(t *testing.T) {
	e := newFake()
	e.completed = func(code string, cursor int) engine.Completion {
		start := strings.LastIndex(code[:cursor], " ") + 1
		return engine.Completion{Start: start, End: cursor, Items: []engine.CompletionItem{
			{Text: code[start:cursor] + "ln", Kind: "function", Signature: "(a ...any)"}}}
	}
	f := connect(t, start(t, server.Config{Engine: e}))

	// Positions are code points outside and bytes inside: "h€llo 😀 Pr" has 10
	// and 15.
	code := "h€llo 😀 Pr rest"
	r := f.do(wire.Shell, "complete_request", map[string]any{"code": code, "cursor_pos": 10})
	want(t, r.Reply, "status", "ok", "cursor_start", 8.0, "cursor_end", 10.0)
	if got := fmt.Sprint(wiretest.Content(r.Reply)["matches"]); got != "[Prln]" {
		t.Errorf("matches %s", got)
	}
	if got := fmt.Sprint(wiretest.Content(r.Reply)["metadata"]); got !=
		"map[_jupyter_types_experimental:[map[end:10 signature:(a ...any) start:8 text:Prln type:function]]]" {
		t.Errorf("metadata %s", got)
	}
	for pos, end := range map[int]float64{-5: 0, 1000: 15} {
		r := f.do(wire.Shell, "complete_request", map[string]any{"code": code, "cursor_pos": pos})
		want(t, r.Reply, "status", "ok", "cursor_end", end)
	}
	r = f.do(wire.Shell, "inspect_request", map[string]any{"code": "€x", "cursor_pos": 1, "detail_level": 1})
	want(t, r.Reply, "status", "ok", "found", true)
	if got := fmt.Sprint(wiretest.Content(r.Reply)["data"]); got != "map[text/plain:€!]" {
		t.Errorf("inspected %s", got)
	}
	want(t, f.do(wire.Shell, "inspect_request", map[string]any{"code": "x", "cursor_pos": 0}).Reply, "status", "ok", "found", false)
	want(t, f.do(wire.Shell, "is_complete_request", map[string]any{"code": "func f() {"}).Reply, "status", "incomplete", "indent", "\t")
	want(t, f.do(wire.Shell, "is_complete_request", map[string]any{"code": "x"}).Reply, "status", "complete", "indent", nil)
	want(t, f.do(wire.Shell, "history_request", map[string]any{"hist_access_type": "sideways"}).Reply, "status", "error")

	// The engine panics: the request fails, the kernel goes on.
	e.completed = nil
	want(t, f.do(wire.Shell, "complete_request", map[string]any{"code": "x", "cursor_pos": 1}).Reply, "status", "error", "ename", "KernelPanic")
	want(t, f.run("value 1").Reply, "status", "ok")
}

// On the control channel a comm's messages do not wait for the cell that runs.
func TestCommsBesideACell(t *testing.T) {
	e := newFake()
	f := connect(t, start(t, server.Config{Engine: e}))
	cell := f.send(wire.Shell, "comm_msg", map[string]any{"comm_id": "c", "data": map[string]string{"ask": "loop"}})
	for e.received() == 0 {
		time.Sleep(time.Millisecond)
	}
	id := f.send(wire.Control, "comm_msg", map[string]any{"comm_id": "c", "data": map[string]int{"value": 0}})
	if _, err := f.CollectIOPub(f.ctx, id); err != nil {
		t.Fatal(err)
	}
	e.mu.Lock()
	if len(e.beside) != 1 || string(e.beside[0].Data) != `{"value":0}` || len(e.comms) != 1 {
		t.Errorf("beside the cell came %v, after it would come %v", e.beside, e.comms)
	}
	e.mu.Unlock()
	f.do(wire.Control, "interrupt_request", map[string]any{})
	if _, err := f.CollectIOPub(f.ctx, cell); err != nil {
		t.Fatal(err)
	}
}

func TestComms(t *testing.T) {
	e := newFake()
	f := connect(t, start(t, server.Config{Engine: e}))
	say := func(typ string, content any, buffers ...[]byte) wiretest.Result {
		t.Helper()
		id, err := f.SendMessage(wire.Shell, wire.Message{Buffers: buffers, Metadata: json.RawMessage(`{"m":1}`)}, typ, content)
		if err != nil {
			t.Fatal(err)
		}
		r, err := f.CollectIOPub(f.ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	open := func(target string) string {
		t.Helper()
		content := map[string]string{}
		if target != "" {
			content["target_name"] = target
		}
		return fmt.Sprint(wiretest.Content(f.do(wire.Control, "comm_info_request", content).Reply)["comms"])
	}
	say("comm_open", map[string]any{"comm_id": "c1", "target_name": "a", "data": map[string]int{"x": 1}})
	if got := open(""); got != "map[c1:map[target_name:a]]" {
		t.Errorf("open comms %s", got)
	}
	r := say("comm_msg", map[string]any{"comm_id": "c1", "data": map[string]string{"ask": "echo"}}, []byte{1, 2, 3})
	if got := types(r); got != "busy comm_msg idle" {
		t.Fatalf("iopub: %s", got)
	}
	want(t, r.IOPub[1], "comm_id", "c1")
	if b := r.IOPub[1].Buffers; len(b) != 1 || string(b[0]) != "\x01\x02\x03" {
		t.Errorf("buffers %v", b)
	}
	r = say("comm_msg", map[string]any{"comm_id": "c1", "data": map[string]string{"ask": "open"}})
	if got := types(r); got != "busy comm_open idle" { // the two bad messages are dropped
		t.Errorf("iopub: %s", got)
	}
	want(t, r.IOPub[1], "comm_id", "ours", "target_name", "jupyter.widget")
	if got := open("jupyter.widget"); got != "map[ours:map[target_name:jupyter.widget]]" {
		t.Errorf("open comms of one target %s", got)
	}
	say("comm_msg", map[string]any{"comm_id": "c1", "data": map[string]string{"ask": "panic"}})
	say("comm_msg", map[string]any{"data": 1})
	say("comm_close", map[string]any{"comm_id": "c1"})
	say("comm_close", map[string]any{"comm_id": "ours"})
	if got := open(""); got != "map[]" {
		t.Errorf("open comms at the end %s", got)
	}
	if n := len(e.comms); n != 6 {
		t.Errorf("the engine got %d messages, want 6", n)
	}
	if m := e.comms[0]; m.Target != "a" || string(m.Data) != `{"x":1}` || string(m.Metadata) != `{"m":1}` {
		t.Errorf("the engine got %+v", m)
	}
}

// Everything that is broken, below and above ZMTP, is sent to each socket of a
// kernel that runs a cell.
func TestGarbage(t *testing.T) {
	k := start(t, server.Config{Engine: newFake()})
	f := connect(t, k)
	id := f.busy("loop")
	for i, ch := range []wire.Channel{wire.Shell, wire.Control, wire.Stdin, wire.IOPub, wire.Heartbeat} {
		silent, err := wiretest.Garbage(k.Connection(), ch, uint64(i))
		for _, c := range silent {
			defer c.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	// Well signed, but odd.
	for _, content := range []any{map[string]any{"code": nil}, map[string]any{"user_expressions": []int{1}}, map[string]any{"cursor_pos": "x"}} {
		for _, typ := range []string{"complete_request", "inspect_request", "is_complete_request", "history_request", "comm_open", "shutdown_request_", ""} {
			f.send(wire.Shell, typ, content)
		}
	}
	f.do(wire.Control, "interrupt_request", struct{}{})
	want(t, f.collect(id).Reply, "ename", "Interrupted")
	want(t, connect(t, k).run("value 1").Reply, "status", "ok")
}

func TestBadConfig(t *testing.T) {
	if _, err := server.New(server.Config{}); err == nil || !strings.Contains(err.Error(), "Engine") {
		t.Errorf("no engine: error %v", err)
	}
	err := server.Run(context.Background(), server.Config{Engine: newFake(), ConnectionFile: "/no/such/file"})
	if err == nil || !strings.Contains(err.Error(), "/no/such/file") {
		t.Errorf("no connection file: error %v", err)
	}
}
