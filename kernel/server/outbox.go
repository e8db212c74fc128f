package server

import (
	"log/slog"
	"sync"
	"time"
	"unicode/utf8"

	"glassy/kernel/wire"
)

const (
	streamDelay = 15 * time.Millisecond // stream text waits this long for more
	streamLimit = 64 << 10              // or until this many bytes are there
)

// outbox is iopub: everything that is broadcast goes through it, in order.
// Text of one stream that comes in quick succession leaves as one message;
// anything else that is sent pushes waiting text out before itself.
type outbox struct {
	publish func(parent *wire.Message, o wire.Outgoing) error // set before the first use
	log     *slog.Logger

	mu     sync.Mutex
	parent *wire.Message // of the waiting text
	name   string
	text   []byte
	timer  *time.Timer // runs while text waits
	used   bool        // a request has been announced
}

// send broadcasts one message.
func (b *outbox) send(parent *wire.Message, o wire.Outgoing) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.flushLocked(false)
	b.sendLocked(parent, o)
}

func (b *outbox) sendLocked(parent *wire.Message, o wire.Outgoing) {
	if err := b.publish(parent, o); err != nil {
		b.log.Error("message not broadcast", "type", o.Type, "err", err)
	}
}

// status announces busy or idle.
func (b *outbox) status(parent *wire.Message, state string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used = true
	b.flushLocked(false)
	b.sendLocked(parent, wire.Outgoing{Type: "status", Content: map[string]string{"execution_state": state}})
}

// greeting tells a new subscriber that the kernel comes up; once a request has
// been announced that is old news.
func (b *outbox) greeting() *wire.Outgoing {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used {
		return nil
	}
	return &wire.Outgoing{Type: "status", Content: map[string]string{"execution_state": "starting"}}
}

// stream broadcasts text, soon.
func (b *outbox) stream(parent *wire.Message, name, text string) {
	if text == "" {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.text) > 0 && (b.parent != parent || b.name != name) {
		b.flushLocked(false)
	}
	b.parent, b.name = parent, name
	b.text = append(b.text, text...)
	if len(b.text) >= streamLimit {
		b.flushLocked(true)
	}
	b.wait()
}

// flush sends waiting text now.
func (b *outbox) flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.flushLocked(false)
}

// wait sets the timer when text waits and none is set.
func (b *outbox) wait() {
	if len(b.text) == 0 || b.timer != nil {
		return
	}
	var t *time.Timer
	t = time.AfterFunc(streamDelay, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.timer == t { // else it was flushed meanwhile
			b.flushLocked(true)
			b.wait()
		}
	})
	b.timer = t
}

// flushLocked sends waiting text. With more to come, a character that is cut at
// the end stays for its other half, unless it is all there is.
func (b *outbox) flushLocked(more bool) {
	if b.timer != nil {
		b.timer.Stop()
		b.timer = nil
	}
	n := len(b.text)
	if n == 0 {
		return
	}
	if more {
		if whole := n - cutRune(b.text); whole > 0 {
			n = whole
		}
	}
	b.sendLocked(b.parent, wire.Outgoing{
		Type:      "stream",
		Content:   map[string]string{"name": b.name, "text": string(b.text[:n])},
		Droppable: true,
	})
	b.text = append(b.text[:0], b.text[n:]...)
	if cap(b.text) > 4*streamLimit {
		b.text = append([]byte(nil), b.text...) // a huge write need not be kept
	}
}

// cutRune returns how many bytes at the end of text begin a character of UTF-8
// without ending it.
func cutRune(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		tail := text[len(text)-n:]
		if utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}
