package server

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"glassy/kernel/wire"
)

// sent collects what an outbox broadcasts.
type sent struct {
	mu   sync.Mutex
	list []string
}

func (s *sent) publish(_ *wire.Message, o wire.Outgoing) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := o.Content.(map[string]string); ok && o.Type == "stream" {
		s.list = append(s.list, c["name"]+":"+c["text"])
	} else {
		s.list = append(s.list, o.Type)
	}
	return nil
}

func (s *sent) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.list
	s.list = nil
	return list
}

func (s *sent) await(t *testing.T, n int) []string {
	t.Helper()
	var all []string
	for end := time.Now().Add(5 * time.Second); len(all) < n && time.Now().Before(end); time.Sleep(time.Millisecond) {
		all = append(all, s.take()...)
	}
	return all
}

func TestOutboxWaitsForMoreText(t *testing.T) {
	var s sent
	b := &outbox{log: quiet(), publish: s.publish}
	p := &wire.Message{}
	b.stream(p, "stdout", "a")
	b.stream(p, "stdout", "")
	b.stream(p, "stdout", "b")
	if got := s.take(); len(got) != 0 {
		t.Errorf("sent at once: %q", got)
	}
	if got := s.await(t, 1); fmt.Sprint(got) != "[stdout:ab]" {
		t.Errorf("sent after a while: %q", got)
	}
	b.stream(p, "stdout", "c")
	b.stream(&wire.Message{}, "stdout", "d") // another cell
	b.send(p, wire.Outgoing{Type: "display_data"})
	if got := s.take(); fmt.Sprint(got) != "[stdout:c stdout:d display_data]" {
		t.Errorf("pushed out: %q", got)
	}
	b.stream(p, "stdout", strings.Repeat("x", streamLimit))
	if got := s.take(); len(got) != 1 {
		t.Errorf("a full batch was sent as %d messages at once, want 1", len(got))
	}
	time.Sleep(3 * streamDelay)
	if got := s.take(); len(got) != 0 {
		t.Errorf("%q was sent with nothing to send", got)
	}
}

// A character cut between two writes arrives whole, as long as the other half
// comes soon.
func TestOutboxKeepsCharactersWhole(t *testing.T) {
	var s sent
	b := &outbox{log: quiet(), publish: s.publish}
	p := &wire.Message{}
	b.stream(p, "stdout", "a\xf0\x9f")
	if got := s.await(t, 1); got[0] != "stdout:a" {
		t.Errorf("the whole part: %q", got)
	}
	b.stream(p, "stdout", "\x98\x80b")
	if got := s.await(t, 1); got[0] != "stdout:😀b" {
		t.Errorf("the other half: %q", got)
	}
	b.stream(p, "stdout", "\xf0\x9f")
	if got := s.await(t, 1); got[0] != "stdout:\xf0\x9f" {
		t.Errorf("a half that stays alone: %q", got)
	}
}

func TestCutRune(t *testing.T) {
	for text, want := range map[string]int{"": 0, "a": 0, "€": 0, "a\xe2": 1, "a\xe2\x82": 2, "\xf0\x9f\x98": 3,
		"\x80": 0, "\x80\x80\x80\x80": 0, "a\xff": 0} {
		if got := cutRune([]byte(text)); got != want {
			t.Errorf("%q: %d bytes cut, want %d", text, got, want)
		}
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("h€llo", 3)
	f.Fuzz(func(t *testing.T, text string, n int) {
		at := toBytes(text, n)
		if at < 0 || at > len(text) {
			t.Fatalf("offset %d in %d bytes", at, len(text))
		}
		back := toPoints(text, at)
		if want := min(max(n, 0), utf8.RuneCountInString(text)); back != want {
			t.Fatalf("%q: code point %d is byte %d is code point %d, want %d", text, n, at, back, want)
		}
		toPoints(text, n)
	})
}
