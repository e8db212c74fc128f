package server_test

import (
	"reflect"
	"testing"

	"glassy/kernel/server"
	"glassy/kernel/wire"
	"glassy/kernel/wire/wiretest"
)

// in sends a request to a subshell and returns its id.
func (f *front) in(shell string, ch wire.Channel, typ string, content any) string {
	f.t.Helper()
	id, err := f.SendMessage(ch, wire.Message{Header: wire.Header{Subshell: shell}}, typ, content)
	if err != nil {
		f.t.Fatal(err)
	}
	return id
}

func (f *front) createSubshell() string {
	f.t.Helper()
	r := f.do(wire.Control, "create_subshell_request", struct{}{})
	want(f.t, r.Reply, "status", "ok")
	return wiretest.Content(r.Reply)["subshell_id"].(string)
}

func (f *front) subshells() []any {
	f.t.Helper()
	r := f.do(wire.Control, "list_subshell_request", struct{}{})
	return wiretest.Content(r.Reply)["subshell_id"].([]any)
}

// A subshell answers while a cell runs in the main shell, and the other way
// round; each is interrupted by itself, and aborts its own cells only.
func TestSubshell(t *testing.T) {
	f := connect(t, start(t, server.Config{Engine: newFake()}))
	shell := f.createSubshell()
	if got := f.subshells(); !reflect.DeepEqual(got, []any{shell}) {
		t.Fatalf("subshells are %v, want %s", got, shell)
	}

	main := f.busy("loop")
	r := f.collect(f.in(shell, wire.Shell, "execute_request", wiretest.Execute("print aside")))
	want(t, r.Reply, "status", "ok", "execution_count", 2.0)
	if got := r.Text("stdout"); got != "aside" {
		t.Errorf("the subshell's cell printed %q", got)
	}
	for _, typ := range []string{"kernel_info_request", "inspect_request", "comm_info_request"} {
		want(t, f.collect(f.in(shell, wire.Shell, typ, map[string]any{"code": "x"})).Reply, "status", "ok")
	}

	aside := f.in(shell, wire.Shell, "execute_request", wiretest.Execute("loop"))
	if _, err := f.Await(f.ctx, wire.IOPub, "execute_input", aside); err != nil {
		t.Fatal(err)
	}
	later := f.in(shell, wire.Shell, "execute_request", wiretest.Execute("value 1"))
	f.in(shell, wire.Control, "interrupt_request", struct{}{})
	want(t, f.collect(aside).Reply, "status", "error")
	want(t, f.collect(later).Reply, "status", "aborted")
	want(t, f.after("interrupt_request", main).Reply, "status", "error")
	want(t, f.run("value 1").Reply, "status", "ok")
}

// after asks on control and collects what an earlier request came to.
func (f *front) after(typ, id string) wiretest.Result {
	f.t.Helper()
	f.send(wire.Control, typ, struct{}{})
	return f.collect(id)
}

// A subshell that is deleted interrupts what it runs, aborts what waits, and is
// unknown from then on.
func TestSubshellDeleted(t *testing.T) {
	f := connect(t, start(t, server.Config{Engine: newFake()}))
	shell, other := f.createSubshell(), f.createSubshell()
	running := f.in(shell, wire.Shell, "execute_request", wiretest.Execute("loop"))
	if _, err := f.Await(f.ctx, wire.IOPub, "execute_input", running); err != nil {
		t.Fatal(err)
	}
	waiting := f.in(shell, wire.Shell, "execute_request", wiretest.Execute("value 1"))
	f.collect(f.in(other, wire.Shell, "kernel_info_request", struct{}{})) // the shell socket keeps order: it waits there
	f.send(wire.Control, "delete_subshell_request", map[string]string{"subshell_id": shell})
	want(t, f.collect(running).Reply, "status", "error")
	want(t, f.collect(waiting).Reply, "status", "aborted")
	if got := f.subshells(); !reflect.DeepEqual(got, []any{other}) {
		t.Errorf("subshells are %v, want %s", got, other)
	}
	want(t, f.collect(f.in(shell, wire.Shell, "execute_request", wiretest.Execute("value 1"))).Reply, "status", "error")
	want(t, f.do(wire.Control, "delete_subshell_request", map[string]string{"subshell_id": shell}).Reply, "status", "error")
	want(t, f.run("value 1").Reply, "status", "ok")
}

// Shutdown ends what subshells run.
func TestShutdownWithSubshells(t *testing.T) {
	k := start(t, server.Config{Engine: newFake()})
	f := connect(t, k)
	shell := f.createSubshell()
	running := f.in(shell, wire.Shell, "execute_request", wiretest.Execute("loop"))
	if _, err := f.Await(f.ctx, wire.IOPub, "execute_input", running); err != nil {
		t.Fatal(err)
	}
	want(t, f.do(wire.Control, "shutdown_request", map[string]bool{"restart": false}).Reply, "status", "ok")
	k.ended(t)
}
