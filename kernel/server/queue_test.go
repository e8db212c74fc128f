package server

import (
	"testing"

	"glassy/kernel/wire"
)

func asked(typ string) *request {
	return &request{Message: &wire.Message{Header: wire.Header{ID: "1", Type: typ}}}
}

// Wherever an interrupt meets a cell, it is either told to go to the engine or
// keeps the cell from getting there.
func TestQueueInterrupt(t *testing.T) {
	q := newQueue()
	early, late := asked("execute_request"), asked("execute_request")
	q.push(early)
	q.push(late)
	q.push(asked("complete_request"))

	q.pop()
	if cancel, tell := q.interrupt(); tell || cancel != nil {
		t.Error("the engine is interrupted for a cell that it does not have")
	}
	ended := 0
	end := func() { ended++ }
	if q.enter(early, end) {
		t.Error("a cell interrupted before the engine got it still goes there")
	}
	q.finish(early)

	if q.pop(); !q.enter(late, end) {
		t.Error("an interrupt of one cell keeps the next from the engine")
	}
	if cancel, tell := q.interrupt(); !tell || cancel == nil {
		t.Error("the engine is not interrupted for the cell that it has")
	} else if cancel(); ended != 1 {
		t.Error("the context of the cell was not ended")
	}
	q.finish(late)

	waiting := asked("execute_request")
	q.push(waiting)
	q.finish(q.pop()) // the complete_request
	if cancel, tell := q.interrupt(); cancel != nil || !tell || !waiting.aborted {
		t.Errorf("an interrupt between cells must abort those that wait and reach the engine: aborted %v, told %v", waiting.aborted, tell)
	}
	if q.push(asked("execute_request")); !q.push(asked("comm_msg")) {
		t.Error("an open queue takes no request")
	}
	q.close()
	if r := q.pop(); r == nil || r != waiting {
		t.Errorf("a closed queue gives %v, want the cell that waits, to be answered", r)
	}
	if r := q.pop(); r == nil || !r.aborted {
		t.Errorf("a closed queue gives %v, want a cell to be aborted", r)
	}
	if q.push(asked("execute_request")) {
		t.Error("a closed queue takes a request")
	}
	if r := q.pop(); r != nil {
		t.Errorf("a closed queue gives %v", r)
	}
}
