package engine

import (
	"context"
	"strings"

	"glassy/kernel/display"
	"glassy/kernel/engine/host"
)

// CommBeside hands a comm message over at once, beside the cell that runs, and does
// not wait. What is shown then belongs to that cell.
func (s *Session) CommBeside(m CommMessage) {
	s.noteComm(m)
	s.mu.Lock()
	p := s.proc
	s.mu.Unlock()
	_ = p.send(host.Request{Op: "beside", Comm: &m}) // a process that is gone has no comms
}

// Comm hands a comm message of the front end to the cell that handles it, and
// returns when that is done. What the handler prints goes to out; how it fails,
// too, or to the display that it has named for that. Handlers and cells share
// variables, so they wait for each other, in whatever shell the message came.
func (s *Session) Comm(m CommMessage, out Output) {
	s.running.Lock()
	defer s.running.Unlock()
	s.front.Lock()
	defer s.front.Unlock()
	ctx, done := s.begin(context.Background(), out, true)
	defer done()
	s.noteComm(m)
	r := s.ask(ctx, host.Request{Op: "comm", Comm: &m}, out)
	if r.Error == nil {
		return
	}
	text := strings.Join(r.Error.Traceback, "\n")
	s.mu.Lock()
	id := s.failIn
	s.mu.Unlock()
	if id != "" {
		out.Display(display.Text(text), id, true)
	} else {
		out.Stream("stderr", text+"\n")
	}
}
