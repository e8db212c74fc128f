package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/google/uuid"
)

// ErrGone says that the front end which a message is for is not connected, or
// has long stopped reading.
var ErrGone = errors.New("front end is not connected or does not read")

// Sockets are the five bound sockets of a kernel. Sending is safe for
// concurrent use and never blocks: a front end that does not read loses
// messages of its own once 128 MiB wait for it (32 MiB for droppable ones).
//
// Listeners is how many connections there are to iopub.
func (s *Sockets) Listeners() int { return len(s.iopub.all()) }

// Requests must be received from all three channels, or their front ends wait.
type Sockets struct {
	conn    Connection
	codec   *Codec
	log     *slog.Logger
	greet   func() *Outgoing
	session string
	count   atomic.Uint64

	shell, control, stdin, iopub, heartbeat *listener

	requests map[Channel]chan *Message
	done     chan struct{}
	end      sync.Once
}

// Outgoing is a message to send. Content and Metadata are anything that encodes
// to a JSON object; nil is the empty one.
type Outgoing struct {
	Type      string
	Content   any
	Metadata  any
	Buffers   [][]byte
	Droppable bool // may be lost to a front end that is far behind
}

// Listen binds the five sockets of c. A tcp port of 0 takes a free one; see
// [Sockets.Connection]. What greet returns is sent to each new subscriber of
// iopub right behind its iopub_welcome; greet may be nil, and may return nil.
func Listen(c Connection, log *slog.Logger, greet func() *Outgoing) (*Sockets, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("connection: %w", err)
	}
	s := &Sockets{
		conn:    c,
		codec:   NewCodec(c.Key),
		log:     log,
		greet:   greet,
		session: uuid.NewString(),
		requests: map[Channel]chan *Message{
			Shell:   make(chan *Message),
			Control: make(chan *Message),
			Stdin:   make(chan *Message),
		},
		done: make(chan struct{}),
	}
	for _, b := range []struct {
		channel Channel
		kind    zmq4.SocketType
		receive func(*peer, [][]byte)
		to      **listener
	}{
		{Shell, zmq4.Router, s.request(Shell), &s.shell},
		{Control, zmq4.Router, s.request(Control), &s.control},
		{Stdin, zmq4.Router, s.request(Stdin), &s.stdin},
		{IOPub, zmq4.XPub, s.subscribe, &s.iopub},
		{Heartbeat, zmq4.Router, func(p *peer, frames [][]byte) { p.send(false, frames) }, &s.heartbeat},
	} {
		l, err := listen(s.conn, b.channel, b.kind, log, b.receive)
		if err != nil {
			s.Close()
			return nil, err
		}
		*b.to = l
		if a, ok := l.net.Addr().(*net.TCPAddr); ok {
			s.conn.setPort(b.channel, a.Port)
		}
	}
	return s, nil
}

// Connection is where the sockets are bound.
func (s *Sockets) Connection() Connection { return s.conn }

// Session is the session id in the headers that s sends.
func (s *Sockets) Session() string { return s.session }

// Requests delivers the good messages of shell, control or stdin, in the order
// in which each front end sent them. It is never closed.
func (s *Sockets) Requests(ch Channel) <-chan *Message { return s.requests[ch] }

// request receives for a channel of requests.
func (s *Sockets) request(ch Channel) func(*peer, [][]byte) {
	return func(p *peer, frames [][]byte) {
		m, err := s.codec.Decode(frames)
		if err != nil {
			s.log.Warn("message dropped", "socket", string(ch), "err", err)
			return
		}
		m.peer = p
		select {
		case s.requests[ch] <- m:
		case <-s.done:
		}
	}
}

// subscribe receives for iopub. A new subscription is answered with
// iopub_welcome (JEP 65), so that the front end knows from when on it misses
// nothing.
func (s *Sockets) subscribe(p *peer, frames [][]byte) {
	topic, on := p.subscription(frames)
	if !on {
		return
	}
	greetings := []Outgoing{{Type: "iopub_welcome", Content: map[string]string{"subscription": topic}}}
	if s.greet != nil {
		if o := s.greet(); o != nil {
			greetings = append(greetings, *o)
		}
	}
	var messages [][][]byte
	for _, o := range greetings {
		m, err := s.frames(nil, [][]byte{[]byte(topic)}, o)
		if err != nil {
			s.log.Error("greeting not sent", "type", o.Type, "err", err)
			return
		}
		messages = append(messages, m)
	}
	p.send(false, messages...)
}

// Reply answers req on the socket and to the front end that it came from.
func (s *Sockets) Reply(channel Channel, req *Message, o Outgoing) error {
	l := s.shell
	switch channel {
	case Control:
		l = s.control
	case Stdin:
		l = s.stdin
	}
	_, err := s.route(l, req, o)
	return err
}

// Ask sends a message on stdin to the front end that sent req on another
// channel, and returns the message's id.
func (s *Sockets) Ask(req *Message, o Outgoing) (id string, err error) {
	return s.route(s.stdin, req, o)
}

func (s *Sockets) route(l *listener, req *Message, o Outgoing) (string, error) {
	m, err := s.message(req, req.Identities, o)
	if err != nil {
		return "", err
	}
	frames, err := s.codec.Encode(m)
	if err != nil {
		return "", err
	}
	p := l.find(req.peer)
	if p == nil || !p.send(o.Droppable, frames) {
		return "", fmt.Errorf("sending %s on %s: %w", o.Type, l.channel, ErrGone)
	}
	return m.Header.ID, nil
}

// Publish broadcasts on iopub. Parent is the request that caused the message,
// nil for none.
func (s *Sockets) Publish(parent *Message, o Outgoing) error {
	topic := "kernel." + s.session + "." + o.Type
	frames, err := s.frames(parent, [][]byte{[]byte(topic)}, o)
	if err != nil {
		return err
	}
	for _, p := range s.iopub.all() {
		if !p.subscribed(topic) {
			continue
		}
		if p.send(o.Droppable, frames) {
			if n := p.takeDropped(); n > 0 {
				s.log.Warn("a front end reads too slowly: messages dropped", "messages", n)
			}
		}
	}
	return nil
}

func (s *Sockets) frames(parent *Message, ids [][]byte, o Outgoing) ([][]byte, error) {
	m, err := s.message(parent, ids, o)
	if err != nil {
		return nil, err
	}
	return s.codec.Encode(m)
}

// message fills in the header.
func (s *Sockets) message(parent *Message, ids [][]byte, o Outgoing) (*Message, error) {
	m := &Message{
		Identities: ids,
		Header: Header{
			ID:       s.session + "_" + strconv.FormatUint(s.count.Add(1), 10),
			Session:  s.session,
			Username: "kernel",
			Date:     time.Now().UTC().Format("2006-01-02T15:04:05.000000Z07:00"),
			Type:     o.Type,
			Version:  ProtocolVersion,
		},
		Buffers: o.Buffers,
	}
	var err error
	if parent != nil {
		if m.Parent, err = parent.RawHeader(); err != nil {
			return nil, fmt.Errorf("encoding the parent of a %s: %w", o.Type, err)
		}
	}
	if m.Content, err = object(o.Content); err != nil {
		return nil, fmt.Errorf("encoding the content of a %s: %w", o.Type, err)
	}
	if m.Metadata, err = object(o.Metadata); err != nil {
		return nil, fmt.Errorf("encoding the metadata of a %s: %w", o.Type, err)
	}
	return m, nil
}

func object(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	data, err := encode(v)
	if err != nil {
		return nil, err
	}
	if string(data) == "null" { // a nil map or an absent raw message
		return nil, nil
	}
	if len(data) == 0 || data[0] != '{' {
		return nil, fmt.Errorf("%T is not a JSON object", v)
	}
	return data, nil
}

// Close sends what is queued, for at most a second, and closes the sockets.
func (s *Sockets) Close() error {
	var err error
	s.end.Do(func() { err = s.close() })
	return err
}

func (s *Sockets) close() error {
	close(s.done)
	deadline := make(chan time.Time)
	timer := time.AfterFunc(linger, func() { close(deadline) })
	defer timer.Stop()
	var errs []error
	for _, l := range []*listener{s.shell, s.control, s.stdin, s.iopub, s.heartbeat} {
		if l != nil {
			errs = append(errs, l.close(deadline))
		}
	}
	return errors.Join(errs...)
}
