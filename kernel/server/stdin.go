package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"glassy/kernel/wire"
)

// ErrInterrupted is what a cell gets that waits for input when it is
// interrupted.
var ErrInterrupted = errors.New("interrupted while waiting for input")

// How long a question waits for the front end's stdin socket to be connected.
const stdinPatience = time.Second

// stdin asks the front end for lines, one question at a time.
type stdin struct {
	send func(req *wire.Message, o wire.Outgoing) (id string, err error)
	log  *slog.Logger
	turn chan struct{} // holds one token

	mu      sync.Mutex
	pending *question
}

// question is an input_request without its reply.
type question struct {
	id    string
	reply chan string // holds one
}

func newStdin(send func(*wire.Message, wire.Outgoing) (string, error), log *slog.Logger) *stdin {
	s := &stdin{send: send, log: log, turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	return s
}

// ask sends an input_request to the front end that sent req and waits for the
// reply, the end of ctx, which an interrupt brings, or the end of the cell.
func (s *stdin) ask(ctx context.Context, ended <-chan struct{}, req *wire.Message, prompt string, password bool) (string, error) {
	q := &question{reply: make(chan string, 1)}
	select {
	case <-ended: // do not race with the turn
		return "", ErrCellEnded
	default:
	}
	select {
	case <-s.turn:
		defer func() { s.turn <- struct{}{} }()
	case <-ctx.Done():
		return "", ErrInterrupted
	case <-ended:
		return "", ErrCellEnded
	}
	s.set(q)
	defer s.set(nil)
	if err := s.put(ctx, q, req, prompt, password); err != nil {
		return "", err
	}
	select {
	case line := <-q.reply:
		return line, nil
	case <-ctx.Done():
		return "", ErrInterrupted
	case <-ended:
		return "", ErrCellEnded
	}
}

// put sends the question. The front end's sockets connect in any order, so its
// stdin is given a moment to be there.
func (s *stdin) put(ctx context.Context, q *question, req *wire.Message, prompt string, password bool) error {
	o := wire.Outgoing{Type: "input_request", Content: map[string]any{"prompt": prompt, "password": password}}
	patience, cancel := context.WithTimeout(ctx, stdinPatience)
	defer cancel()
	for {
		// Under the lock, so that the reply finds the id.
		s.mu.Lock()
		id, err := s.send(req, o)
		q.id = id
		s.mu.Unlock()
		if err == nil || !errors.Is(err, wire.ErrGone) {
			return err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return ErrInterrupted
		case <-patience.Done():
			return fmt.Errorf("asking for input: %w", err)
		}
	}
}

func (s *stdin) set(q *question) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = q
}

// take delivers replies until ctx ends.
func (s *stdin) take(ctx context.Context, replies <-chan *wire.Message) {
	for {
		select {
		case m := <-replies:
			s.deliver(m)
		case <-ctx.Done():
			return
		}
	}
}

// deliver gives a reply to the question that waits for it. Some front ends
// leave the parent of the reply empty; one that names another question is the
// late reply to that.
func (s *stdin) deliver(m *wire.Message) {
	var content struct {
		Value string `json:"value"`
	}
	if m.Header.Type != "input_reply" {
		s.log.Warn("unknown message type", "type", m.Header.Type, "socket", "stdin")
		return
	}
	if err := json.Unmarshal(m.Content, &content); err != nil {
		s.log.Warn("input_reply dropped", "err", err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.pending
	if q == nil || q.id == "" || (m.ParentID() != "" && m.ParentID() != q.id) {
		s.log.Warn("input_reply to no question dropped", "parent", m.ParentID())
		return
	}
	select {
	case q.reply <- content.Value:
	default:
		s.log.Warn("second input_reply to one question dropped")
	}
}
