package server

import (
	"context"
	"fmt"

	"glassy/kernel/engine"
	"glassy/kernel/wire"
)

// at is the common part of complete_request and inspect_request.
type at struct {
	Code   string `json:"code"`
	Cursor *int   `json:"cursor_pos"` // in code points; absent: the end
	Detail int    `json:"detail_level"`
}

// offset is the cursor in bytes.
func (a at) offset() int {
	if a.Cursor == nil {
		return len(a.Code)
	}
	return toBytes(a.Code, *a.Cursor)
}

// complete answers complete_request.
func (s *Server) complete(_ context.Context, r *request) (*reply, error) {
	var a at
	if err := decode(r, &a); err != nil {
		return nil, err
	}
	c := s.engine.Complete(a.Code, a.offset())
	start, end := toPoints(a.Code, c.Start), toPoints(a.Code, c.End)
	matches := make([]string, 0, len(c.Items))
	types := make([]map[string]any, 0, len(c.Items))
	for _, item := range c.Items {
		matches = append(matches, item.Text)
		types = append(types, map[string]any{
			"text": item.Text, "type": item.Kind, "signature": item.Signature, "start": start, "end": end,
		})
	}
	return &reply{content: map[string]any{
		"status": "ok", "matches": matches, "cursor_start": start, "cursor_end": end,
		"metadata": map[string]any{"_jupyter_types_experimental": types},
	}}, nil
}

// inspect answers inspect_request.
func (s *Server) inspect(_ context.Context, r *request) (*reply, error) {
	var a at
	if err := decode(r, &a); err != nil {
		return nil, err
	}
	b, found := s.engine.Inspect(a.Code, a.offset(), a.Detail)
	data, metadata := forms(s.log, b)
	return &reply{content: map[string]any{"status": "ok", "found": found, "data": data, "metadata": metadata}}, nil
}

// isComplete answers is_complete_request.
func (s *Server) isComplete(_ context.Context, r *request) (*reply, error) {
	var a at
	if err := decode(r, &a); err != nil {
		return nil, err
	}
	status, indent := s.engine.Completeness(a.Code)
	content := map[string]any{"status": string(status)}
	if status == engine.Incomplete {
		content["indent"] = indent
	}
	return &reply{content: content}, nil
}

// historyRequest answers history_request.
func (s *Server) historyRequest(_ context.Context, r *request) (*reply, error) {
	q := struct {
		Access  string `json:"hist_access_type"`
		Output  bool   `json:"output"`
		Session int    `json:"session"`
		Start   *int   `json:"start"`
		Stop    *int   `json:"stop"`
		N       *int   `json:"n"`
		Pattern string `json:"pattern"`
		Unique  bool   `json:"unique"`
	}{Pattern: "*"}
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	var found []entry
	switch q.Access {
	case "tail":
		found = s.history.tail(q.N)
	case "range":
		found = s.history.span(q.Session, q.Start, q.Stop)
	case "search":
		found = s.history.search(q.Pattern, q.N, q.Unique)
	default:
		return nil, fmt.Errorf("hist_access_type is %q, want tail, range or search", q.Access)
	}
	list := make([][3]any, len(found))
	for i, e := range found {
		list[i] = [3]any{e.Session, e.Line, e.Input}
		if q.Output {
			list[i][2] = [2]any{e.Input, e.Output}
		}
	}
	return &reply{content: map[string]any{"status": "ok", "history": list}}, nil
}

// interruptRequest answers interrupt_request: it is for the shell that its header
// names.
func (s *Server) interruptRequest(_ context.Context, r *request) (*reply, error) {
	q, err := s.queueOf(r)
	if err != nil {
		return nil, err
	}
	s.interrupt(q)
	return &reply{content: map[string]any{"status": "ok"}}, nil
}

// shutdown answers shutdown_request, tells all other front ends, and ends Run.
// Starting anew is the front end's part.
func (s *Server) shutdown(_ context.Context, r *request) (*reply, error) {
	var q struct {
		Restart bool `json:"restart"`
	}
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	content := map[string]any{"status": "ok", "restart": q.Restart}
	s.out.send(r.Message, wire.Outgoing{Type: "shutdown_reply", Content: content})
	return &reply{content: content, then: func() { s.stopped.Do(func() { close(s.stop) }) }}, nil
}
