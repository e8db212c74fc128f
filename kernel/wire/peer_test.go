package wire

import "testing"

// What waits for a peer that does not read is bounded, and a message that must
// not be lost finds room after droppable ones have stopped.
func TestBacklog(t *testing.T) {
	p := &peer{wake: make(chan struct{}, 1), topics: map[string]int{}}
	frame := [][]byte{make([]byte, 1<<20)}
	count := func(droppable bool) int {
		n := 0
		for p.send(droppable, frame) {
			n++
		}
		return n
	}
	if n := count(true); n != 32 {
		t.Errorf("%d droppable messages of 1 MB were queued, want 32", n)
	}
	if n := count(false); n != 96 {
		t.Errorf("%d further messages of 1 MB were queued, want 96", n)
	}
	if n := p.takeDropped(); n != 0 {
		t.Errorf("%d messages reported dropped before there is room", n)
	}
	p.size = 0
	if n := p.takeDropped(); n != 2 {
		t.Errorf("%d messages reported dropped, want 2", n)
	}
	p.finish()
	if p.send(false, frame) {
		t.Error("a message was queued after the end")
	}
}

func TestSubscriptions(t *testing.T) {
	p := &peer{topics: map[string]int{}}
	say := func(s string) { p.subscription([][]byte{[]byte(s)}) }
	if p.subscribed("a") {
		t.Error("subscribed to nothing, got a")
	}
	say("\x01ab")
	say("\x01ab")
	if !p.subscribed("abc") || p.subscribed("a") {
		t.Error("a subscription to ab takes abc and leaves a")
	}
	say("\x00ab")
	if !p.subscribed("abc") {
		t.Error("subscribed twice and unsubscribed once must stay")
	}
	say("\x00ab")
	say("\x00ab")
	if p.subscribed("abc") || len(p.topics) != 0 {
		t.Error("unsubscribed but still there")
	}
	for i := range 2 * maxTopics {
		say("\x01" + string(rune(i+1000)))
	}
	if len(p.topics) != maxTopics {
		t.Errorf("%d topics, want %d", len(p.topics), maxTopics)
	}
}
