package engine

import (
	"context"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"glassy/kernel/display"
	"glassy/kernel/engine/cell"
	"glassy/kernel/engine/host"
)

var cellPlace = regexp.MustCompile(cell.FilePrefix + `\d+:\d+`)

// printed is what was printed, with cells by their names.
func (s *Session) printed(name, text string) string {
	if name == "stderr" && strings.Contains(text, cell.FilePrefix) { // of a panic in a goroutine
		text = cellPlace.ReplaceAllStringFunc(text, func(place string) string {
			unit, line, _ := strings.Cut(place[len(cell.FilePrefix):], ":")
			n, err := strconv.Atoi(unit)
			if err != nil {
				return place
			}
			return s.cellName(n) + ":" + line
		})
	}
	return text
}

// stream implements sink.
func (s *Session) stream(name, text string) {
	text = s.printed(name, text)
	const most = 4096 // bytes
	s.mu.Lock()
	out := s.out
	if out == nil && name == "stderr" && len(s.early) < most {
		s.early += text
	}
	s.mu.Unlock()
	if out != nil && text != "" {
		out.Stream(name, text)
	}
}

func (s *Session) output() Output {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out
}

// message implements sink.
func (s *Session) message(p *process, m host.Message) {
	ctx, out := s.outputOf(m.Run)
	switch m.Op {
	case "stream":
		if out != nil {
			out.Stream(m.Name, s.printed(m.Name, cell.Unmark(m.Text)))
		}
	case "display":
		if out != nil {
			out.Display(unmarkBundle(*m.Bundle), m.ID, m.Update)
		}
		_ = p.send(host.Request{Op: "ack"})
	case "clear":
		if out != nil {
			out.Clear(m.Wait)
		}
		_ = p.send(host.Request{Op: "ack"})
	case "left":
		s.mu.Lock()
		s.zombies = max(0, s.zombies-1)
		s.mu.Unlock()
	case "input":
		go s.input(ctx, p, out, m)
	case "failures":
		s.mu.Lock()
		s.failIn = m.ID
		s.mu.Unlock()
	case "debug":
		s.debugMessage(*m.Debug)
	case "comm":
		s.noteComm(*m.Comm)
		if out != nil {
			out.Comm(*m.Comm)
		}
	}
}

func (s *Session) input(ctx context.Context, p *process, out Output, m host.Message) {
	q := host.Request{Op: "input", Run: m.Run}
	if out == nil {
		q.Err = "no front end to ask"
	} else {
		text, err := out.Input(ctx, m.Prompt, m.Password)
		switch {
		case errors.Is(err, io.EOF):
			q.Err = "EOF"
		case err != nil:
			q.Err = err.Error()
			select { // an interrupt ends the question and the cell, in either order
			case <-ctx.Done():
				q.Err = host.Stopped
			case <-time.After(100 * time.Millisecond):
			}
		default:
			q.Text = text
		}
	}
	_ = p.send(q)
}

func unmarkBundle(b display.Bundle) display.Bundle {
	for k, v := range b.Data {
		if text, ok := v.(string); ok && strings.Contains(text, "\xf0\x90\x90") {
			b.Data[k] = cell.Unmark(text)
		}
	}
	return b
}
