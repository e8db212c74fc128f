package wiretest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/google/uuid"

	"glassy/kernel/wire"
)

// Client is a connected front end. Its methods are safe for concurrent use.
type Client struct {
	conn    wire.Connection
	codec   *wire.Codec
	session string
	cancel  context.CancelFunc

	sockets  map[wire.Channel]zmq4.Socket
	messages map[wire.Channel]chan *wire.Message
	beats    chan []byte
	send     sync.Mutex // zmq4's sockets send one at a time

	mu   sync.Mutex
	idle map[string]*wire.Message // of requests that ended while another was collected
}

// backlog is how many unread messages a channel of the client holds.
const backlog = 1 << 16

// Dial connects the five sockets to a kernel and subscribes to all of iopub.
// It waits for iopub_welcome, so that nothing that comes later is missed; ctx
// bounds the wait. Close ends it.
func Dial(ctx context.Context, c wire.Connection) (*Client, error) {
	id := uuid.NewString()
	life, cancel := context.WithCancel(context.Background())
	quiet := zmq4.WithLogger(log.New(io.Discard, "", 0))
	as := zmq4.WithID(zmq4.SocketIdentity(id))
	cl := &Client{
		conn:    c,
		codec:   wire.NewCodec(c.Key),
		session: id,
		cancel:  cancel,
		sockets: map[wire.Channel]zmq4.Socket{
			wire.Shell:     zmq4.NewDealer(life, as, quiet),
			wire.Control:   zmq4.NewDealer(life, as, quiet),
			wire.Stdin:     zmq4.NewDealer(life, as, quiet),
			wire.IOPub:     zmq4.NewSub(life, quiet),
			wire.Heartbeat: zmq4.NewReq(life, quiet),
		},
		messages: make(map[wire.Channel]chan *wire.Message),
		idle:     make(map[string]*wire.Message),
		beats:    make(chan []byte, backlog),
	}
	for ch, s := range cl.sockets {
		if err := s.Dial(c.Endpoint(ch)); err != nil {
			cl.Close()
			return nil, fmt.Errorf("dialling %s at %s: %w", ch, c.Endpoint(ch), err)
		}
		if ch != wire.Heartbeat {
			cl.messages[ch] = make(chan *wire.Message, backlog)
		}
	}
	for ch, s := range cl.sockets {
		go cl.receive(life, ch, s)
	}
	if err := cl.sockets[wire.IOPub].SetOption(zmq4.OptionSubscribe, ""); err != nil {
		cl.Close()
		return nil, fmt.Errorf("subscribing to iopub: %w", err)
	}
	if _, err := cl.Await(ctx, wire.IOPub, "iopub_welcome", ""); err != nil {
		cl.Close()
		return nil, err
	}
	return cl, nil
}

// receive decodes what comes on one socket. Messages that do not decode are
// kept out of sight: a test that waits for them fails with a timeout.
func (c *Client) receive(ctx context.Context, ch wire.Channel, s zmq4.Socket) {
	for {
		m, err := s.Recv()
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				return
			}
			time.Sleep(time.Millisecond)
			continue
		}
		if ch == wire.Heartbeat {
			c.beats <- m.Bytes()
			continue
		}
		if d, err := c.codec.Decode(m.Frames); err == nil {
			c.messages[ch] <- d
		}
	}
}

// Close disconnects.
func (c *Client) Close() {
	c.cancel()
	for _, s := range c.sockets {
		s.Close()
	}
}

// Send sends a message and returns its id.
func (c *Client) Send(ch wire.Channel, typ string, content any) (string, error) {
	return c.SendMessage(ch, wire.Message{}, typ, content)
}

// SendMessage is Send with the parent, metadata, buffers and subshell of m.
func (c *Client) SendMessage(ch wire.Channel, m wire.Message, typ string, content any) (string, error) {
	data, err := json.Marshal(content)
	if err != nil {
		return "", fmt.Errorf("encoding %s: %w", typ, err)
	}
	m.Content = data
	m.Header = wire.Header{
		ID:       uuid.NewString(),
		Session:  c.session,
		Username: "test",
		Date:     time.Now().UTC().Format(time.RFC3339Nano),
		Type:     typ,
		Version:  wire.ProtocolVersion,
		Subshell: m.Header.Subshell,
	}
	frames, err := c.codec.Encode(&m)
	if err != nil {
		return "", err
	}
	return m.Header.ID, c.SendFrames(ch, frames)
}

// SendFrames sends frames as they are.
func (c *Client) SendFrames(ch wire.Channel, frames [][]byte) error {
	c.send.Lock()
	defer c.send.Unlock()
	if err := c.sockets[ch].Send(zmq4.NewMsgFrom(frames...)); err != nil {
		return fmt.Errorf("sending on %s: %w", ch, err)
	}
	return nil
}

// Recv returns the next message of a channel.
func (c *Client) Recv(ctx context.Context, ch wire.Channel) (*wire.Message, error) {
	select {
	case m := <-c.messages[ch]:
		return m, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for a message on %s: %w", ch, ctx.Err())
	}
}

// Await skips messages of a channel up to one of type typ that answers the
// message with id parent; with parent "" any of that type does.
func (c *Client) Await(ctx context.Context, ch wire.Channel, typ, parent string) (*wire.Message, error) {
	for {
		m, err := c.Recv(ctx, ch)
		if err != nil {
			return nil, fmt.Errorf("awaiting %s: %w", typ, err)
		}
		if m.Header.Type == typ && (parent == "" || m.ParentID() == parent) {
			return m, nil
		}
	}
}

// AwaitStatus skips iopub messages up to a status of the request parent.
func (c *Client) AwaitStatus(ctx context.Context, parent, state string) error {
	for {
		m, err := c.Await(ctx, wire.IOPub, "status", parent)
		if err != nil {
			return fmt.Errorf("awaiting status %s: %w", state, err)
		}
		if Content(m)["execution_state"] == state {
			return nil
		}
	}
}

// Result is what one request brought about.
type Result struct {
	ID    string
	Reply *wire.Message
	IOPub []*wire.Message // those of the request, from busy to idle
}

// Of returns the iopub messages of one type.
func (r Result) Of(typ string) []*wire.Message {
	var ms []*wire.Message
	for _, m := range r.IOPub {
		if m.Header.Type == typ {
			ms = append(ms, m)
		}
	}
	return ms
}

// Text joins the text of one stream.
func (r Result) Text(stream string) string {
	text := ""
	for _, m := range r.Of("stream") {
		if c := Content(m); c["name"] == stream {
			text += c["text"].(string)
		}
	}
	return text
}

// Do sends a request and collects its reply and its iopub messages up to idle.
// Messages of other requests that come in between are skipped: one Do at a
// time, unless the messages of others are of no interest.
func (c *Client) Do(ctx context.Context, ch wire.Channel, typ string, content any) (Result, error) {
	id, err := c.Send(ch, typ, content)
	if err != nil {
		return Result{}, err
	}
	return c.Collect(ctx, ch, id)
}

// Collect is the second half of Do, for a request that was sent with Send.
func (c *Client) Collect(ctx context.Context, ch wire.Channel, id string) (Result, error) {
	r := Result{ID: id}
	for r.Reply == nil {
		m, err := c.Recv(ctx, ch)
		if err != nil {
			return r, err
		}
		if m.ParentID() == id {
			r.Reply = m
		}
	}
	err := c.collect(ctx, &r)
	return r, err
}

// CollectIOPub collects the iopub messages of the request id up to idle, for
// messages that have no reply.
func (c *Client) CollectIOPub(ctx context.Context, id string) (Result, error) {
	r := Result{ID: id}
	err := c.collect(ctx, &r)
	return r, err
}

func (c *Client) collect(ctx context.Context, r *Result) error {
	c.mu.Lock()
	ended := c.idle[r.ID]
	c.mu.Unlock()
	if ended != nil {
		r.IOPub = append(r.IOPub, ended)
		return nil
	}
	for {
		m, err := c.Recv(ctx, wire.IOPub)
		if err != nil {
			return err
		}
		idle := m.Header.Type == "status" && Content(m)["execution_state"] == "idle"
		if m.ParentID() == r.ID {
			r.IOPub = append(r.IOPub, m)
			if idle {
				return nil
			}
		} else if idle {
			c.mu.Lock()
			c.idle[m.ParentID()] = m
			c.mu.Unlock()
		}
	}
}

// Beat sends a heartbeat and returns how long its echo took.
func (c *Client) Beat(ctx context.Context) (time.Duration, error) {
	start := time.Now()
	beat := []byte(uuid.NewString())
	if err := c.SendFrames(wire.Heartbeat, [][]byte{beat}); err != nil {
		return 0, err
	}
	select {
	case echo := <-c.beats:
		if string(echo) != string(beat) {
			return 0, fmt.Errorf("heartbeat sent %q, came back as %q", beat, echo)
		}
		return time.Since(start), nil
	case <-ctx.Done():
		return 0, fmt.Errorf("waiting for a heartbeat: %w", ctx.Err())
	}
}

// Content decodes the content of m, nil when it is no JSON object.
func Content(m *wire.Message) map[string]any {
	var v map[string]any
	if json.Unmarshal(m.Content, &v) != nil {
		return nil
	}
	return v
}

// Execute is the content of an execute_request as front ends send it. More
// fields, or other values, come from with.
func Execute(code string, with ...map[string]any) map[string]any {
	content := map[string]any{
		"code": code, "silent": false, "store_history": true,
		"user_expressions": map[string]string{}, "allow_stdin": true, "stop_on_error": true,
	}
	for _, w := range with {
		for k, v := range w {
			content[k] = v
		}
	}
	return content
}
