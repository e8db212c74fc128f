package engine

import (
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

// stream implements sink.
func (s *Session) stream(name, text string) {
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
	out := s.output()
	switch m.Op {
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
		go s.input(p, out, m)
	case "comm":
		s.noteComm(*m.Comm)
		if out != nil {
			out.Comm(*m.Comm)
		}
	}
}

func (s *Session) input(p *process, out Output, m host.Message) {
	q := host.Request{Op: "input"}
	if out == nil {
		q.Err = "no front end to ask"
	} else {
		s.mu.Lock()
		ctx := s.ctx
		s.mu.Unlock()
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
