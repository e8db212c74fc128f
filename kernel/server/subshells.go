package server

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/google/uuid"
)

// subshells are the shells beside the main one (JEP 91), each with a queue and a
// loop of its own. A message names its subshell in the header.
type subshells struct {
	mu     sync.Mutex
	queues map[string]*queue
	loops  sync.WaitGroup
	closed bool
}

func newSubshells() *subshells { return &subshells{queues: make(map[string]*queue)} }

// open starts a subshell, whose loop is serve.
func (ss *subshells) open(serve func(*queue)) (id string, err error) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if ss.closed {
		return "", fmt.Errorf("the kernel is shutting down")
	}
	id = uuid.NewString()
	q := newQueue()
	ss.queues[id] = q
	ss.loops.Go(func() { serve(q) })
	return id, nil
}

// find returns the queue of a subshell.
func (ss *subshells) find(id string) (*queue, error) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if q := ss.queues[id]; q != nil {
		return q, nil
	}
	return nil, fmt.Errorf("there is no subshell %q: it was deleted, or is another kernel's", id)
}

// remove takes a subshell out of the list.
func (ss *subshells) remove(id string) (*queue, error) {
	q, err := ss.find(id)
	if err != nil {
		return nil, err
	}
	ss.mu.Lock()
	defer ss.mu.Unlock()
	delete(ss.queues, id)
	return q, nil
}

// list returns the ids.
func (ss *subshells) list() []string {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ids := slices.AppendSeq([]string{}, maps.Keys(ss.queues))
	slices.Sort(ids)
	return ids
}

// close ends all, and lets no other start.
func (ss *subshells) close() []*queue {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.closed = true
	queues := slices.Collect(maps.Values(ss.queues))
	clear(ss.queues)
	return queues
}

// queueOf finds the shell that a request is for.
func (s *Server) queueOf(r *request) (*queue, error) {
	if r.Header.Subshell == "" {
		return s.queue, nil
	}
	return s.subshells.find(r.Header.Subshell)
}

// createSubshell answers create_subshell_request.
func (s *Server) createSubshell(ctx context.Context, _ *request) (*reply, error) {
	id, err := s.subshells.open(func(q *queue) { s.shell(ctx, q) })
	if err != nil {
		return nil, err
	}
	return &reply{content: map[string]any{"status": "ok", "subshell_id": id}}, nil
}

// deleteSubshell answers delete_subshell_request: what the subshell runs is
// interrupted, and what waits there is aborted.
func (s *Server) deleteSubshell(_ context.Context, r *request) (*reply, error) {
	var content struct {
		ID string `json:"subshell_id"`
	}
	if err := decode(r, &content); err != nil {
		return nil, err
	}
	q, err := s.subshells.remove(content.ID)
	if err != nil {
		return nil, err
	}
	q.close()
	s.interrupt(q)
	return &reply{content: map[string]any{"status": "ok"}}, nil
}

// listSubshells answers list_subshell_request.
func (s *Server) listSubshells(context.Context, *request) (*reply, error) {
	return &reply{content: map[string]any{"status": "ok", "subshell_id": s.subshells.list()}}, nil
}
