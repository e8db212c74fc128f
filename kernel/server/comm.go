package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"

	"glassy/kernel/engine"
	"glassy/kernel/wire"
)

// comms knows which comms are open, whoever opened them.
type comms struct {
	mu   sync.Mutex
	open map[string]string // id to target
}

func newComms() *comms { return &comms{open: make(map[string]string)} }

// note follows a message of a comm, either way.
func (c *comms) note(m engine.CommMessage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch m.Type {
	case "comm_open":
		c.open[m.ID] = m.Target
	case "comm_close":
		delete(c.open, m.ID)
	}
}

// sent checks and follows a message of the engine.
func (c *comms) sent(m engine.CommMessage) error {
	switch {
	case m.Type != "comm_open" && m.Type != "comm_msg" && m.Type != "comm_close":
		return fmt.Errorf("type is %q, want comm_open, comm_msg or comm_close", m.Type)
	case m.ID == "":
		return errors.New("comm id is empty")
	case len(m.Data) > 0 && !json.Valid(m.Data), len(m.Metadata) > 0 && !json.Valid(m.Metadata):
		return fmt.Errorf("data or metadata of %s for %s is no JSON", m.Type, m.ID)
	}
	c.note(m)
	return nil
}

// list returns the open comms, those of one target unless it is "".
func (c *comms) list(target string) map[string]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	open := maps.Clone(c.open)
	maps.DeleteFunc(open, func(_, t string) bool { return target != "" && t != target })
	return open
}

// commMessage hands a comm's message to the engine.
func (s *Server) commMessage(_ context.Context, r *request) (*reply, error) {
	var content struct {
		ID     string          `json:"comm_id"`
		Target string          `json:"target_name"`
		Data   json.RawMessage `json:"data"`
	}
	if err := decode(r, &content); err != nil {
		return nil, err
	}
	if content.ID == "" {
		return nil, fmt.Errorf("%s without comm_id", r.Header.Type)
	}
	m := engine.CommMessage{Type: r.Header.Type, ID: content.ID, Target: content.Target,
		Data: content.Data, Metadata: r.Metadata, Buffers: r.Buffers}
	s.comms.note(m)
	if r.channel == wire.Control {
		s.engine.CommBeside(m)
		return nil, nil
	}
	out := s.newOutput(r)
	defer close(out.ended)
	for _, old := range r.taken { // each message has its busy and its idle
		s.out.status(old.Message, "busy")
		defer s.out.status(old.Message, "idle")
	}
	s.engine.Comm(m, out)
	out.end()
	return nil, nil
}

// commInfo answers comm_info_request.
func (s *Server) commInfo(_ context.Context, r *request) (*reply, error) {
	var content struct {
		Target string `json:"target_name"`
	}
	if err := decode(r, &content); err != nil {
		return nil, err
	}
	info := make(map[string]any)
	for id, target := range s.comms.list(content.Target) {
		info[id] = map[string]string{"target_name": target}
	}
	return &reply{content: map[string]any{"status": "ok", "comms": info}}, nil
}
