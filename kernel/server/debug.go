package server

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"time"

	"glassy/kernel/wire"
)

// Debugger is an [Engine] that speaks the debug adapter protocol with Jupyter's
// additions. Debug answers one request, also while a cell runs; what happens
// until the next is told to events.
type Debugger interface {
	Debug(ctx context.Context, request json.RawMessage, events func(event any)) (reply any)
}

// debug answers debug_request. Events are broadcast as children of the request
// that came last.
func (s *Server) debug(ctx context.Context, r *request) (*reply, error) {
	d, ok := s.engine.(Debugger)
	if !ok {
		return nil, errors.New("this kernel has no debugger")
	}
	s.watch.Do(func() { go s.watchDebugger(ctx, d) })
	return &reply{content: d.Debug(ctx, r.Content, func(event any) {
		s.out.send(r.Message, wire.Outgoing{Type: "debug_event", Content: event})
	})}, nil
}

// unattended is how long code may stay stopped where no front end listens.
const unattended = 30 * time.Second

// watchDebugger ends debugging when all front ends have gone: nobody is left to
// let a stopped cell go on. A server that keeps its connections for a reader who
// comes back is a front end.
func (s *Server) watchDebugger(ctx context.Context, d Debugger) {
	patience := cmp.Or(s.unattended, unattended)
	tick := time.NewTicker(patience / 10)
	defer tick.Stop()
	last := time.Now() // when somebody listened
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			switch {
			case s.sockets.Listeners() > 0:
				last = now
			case now.Sub(last) > patience:
				s.log.Warn("no front end listens; the debugger is disconnected")
				s.guarded("disconnecting the debugger", func() {
					d.Debug(ctx, json.RawMessage(`{"type": "request", "command": "disconnect"}`), func(any) {})
				})
				last = now
			}
		}
	}
}

// features are the optional parts of the protocol that the engine has.
func (s *Server) features() []string {
	features := []string{"kernel subshells"}
	if _, ok := s.engine.(Debugger); ok {
		features = append(features, "debugger")
	}
	return features
}
