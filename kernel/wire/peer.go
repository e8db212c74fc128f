package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
	"github.com/google/uuid"
)

const (
	// What may wait for one peer. Droppable messages (streams) stop at the
	// first mark, so that the rest, a status above all, still finds room.
	droppableBacklog = 32 << 20  // bytes
	maxBacklog       = 128 << 20 // bytes
	frameOverhead    = 64        // bytes of bookkeeping that a queued frame is counted for
)

// peer is one connected front end. Sending never blocks: messages go to a
// queue that a goroutine of the peer's own writes out.
type peer struct {
	id   string // ZeroMQ identity; given by us when the front end has none
	conn *zmq4.Conn
	wire *guard

	mu      sync.Mutex
	queue   [][][]byte
	size    int  // bytes in queue
	closing bool // take no more; write what is there and stop
	dropped int
	topics  map[string]int // subscriptions, counted

	wake    chan struct{} // there is something to write
	written chan struct{} // closed when the writer has stopped
}

// handshake makes a peer of a fresh connection. It fails, and closes c, when
// the other side does not speak ZMTP within the timeout.
func handshake(c net.Conn, kind zmq4.SocketType, timeout time.Duration) (p *peer, err error) {
	defer func() {
		// zmq4 panics on some malformed handshakes.
		if r := recover(); r != nil {
			err = fmt.Errorf("handshake: %v", r)
		}
		if err != nil {
			c.Close()
		}
	}()
	if err := c.SetDeadline(time.Now().Add(timeout)); err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}
	g := newGuard(c)
	conn, err := zmq4.Open(g, null.Security(), kind, nil, true, nil)
	if err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}
	if err := c.SetDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}
	g.handshake, g.last = false, 0
	p = &peer{
		id:      conn.Peer.Meta["Identity"],
		conn:    conn,
		wire:    g,
		topics:  make(map[string]int),
		wake:    make(chan struct{}, 1),
		written: make(chan struct{}),
	}
	if p.id == "" {
		p.id = "\x00" + uuid.NewString()
	}
	return p, nil
}

// read hands every message to receive until the connection ends. The error is
// nil at an orderly end.
func (p *peer) read(receive func(*peer, [][]byte)) (err error) {
	defer p.wire.release()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("reading: %v", r)
		}
	}()
	for {
		m, err := p.conn.RecvMsg()
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed), errors.Is(err, zmq4.ErrClosedConn):
			return nil
		case err != nil:
			return fmt.Errorf("reading: %w", err)
		case m.Type == zmq4.CmdMsg:
			continue // zmq4 has answered the PING
		}
		receive(p, m.Frames)
	}
}

// send queues messages in a row and reports whether there was room.
func (p *peer) send(droppable bool, messages ...[][]byte) bool {
	limit := maxBacklog
	if droppable {
		limit = droppableBacklog
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing {
		return false
	}
	if p.size > limit {
		p.dropped += len(messages)
		return false
	}
	for _, frames := range messages {
		p.queue = append(p.queue, frames)
		p.size += sizeOf(frames)
	}
	p.signal()
	return true
}

func (p *peer) signal() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// write sends what is queued until the connection ends or finish is called.
func (p *peer) write() {
	defer close(p.written)
	for {
		p.mu.Lock()
		batch, closing := p.queue, p.closing
		p.queue = nil
		p.mu.Unlock()
		for _, frames := range batch {
			err := p.wire.message(func() error { return p.conn.SendMsg(zmq4.NewMsgFrom(frames...)) })
			if err != nil {
				p.conn.Close() // ends the reader, which removes the peer
				return
			}
			p.mu.Lock()
			p.size -= sizeOf(frames)
			p.mu.Unlock()
		}
		if len(batch) > 0 {
			continue
		}
		if closing {
			return
		}
		<-p.wake
	}
}

// finish takes no more messages and lets the writer end.
func (p *peer) finish() {
	p.mu.Lock()
	p.closing = true
	p.signal()
	p.mu.Unlock()
}

// takeDropped returns how many messages found no room since it was last asked,
// once there is room again.
func (p *peer) takeDropped() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.size > droppableBacklog {
		return 0
	}
	n := p.dropped
	p.dropped = 0
	return n
}

// subscription applies a SUB's message: 1 or 0, then the topic. It returns the
// topic and whether it was subscribed to.
func (p *peer) subscription(frames [][]byte) (topic string, on bool) {
	if len(frames) != 1 || len(frames[0]) == 0 {
		return "", false
	}
	topic = string(frames[0][1:])
	p.mu.Lock()
	defer p.mu.Unlock()
	switch frames[0][0] {
	case 1:
		if len(p.topics) >= maxTopics {
			return "", false
		}
		p.topics[topic]++
		return topic, true
	case 0:
		if p.topics[topic]--; p.topics[topic] <= 0 {
			delete(p.topics, topic)
		}
	}
	return topic, false
}

// maxTopics is how many topics one peer may subscribe to.
const maxTopics = 1024

// subscribed reports whether the peer wants messages with this first frame.
func (p *peer) subscribed(topic string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for prefix := range p.topics {
		if strings.HasPrefix(topic, prefix) {
			return true
		}
	}
	return false
}

func sizeOf(frames [][]byte) int {
	n := 0
	for _, f := range frames {
		n += len(f) + frameOverhead
	}
	return n
}
