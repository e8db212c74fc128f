package display

import (
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"
)

// CommMessage is one message of a comm, either way.
type CommMessage struct {
	Type     string          `json:"type"` // comm_open, comm_msg, comm_close
	ID       string          `json:"comm_id"`
	Target   string          `json:"target_name,omitempty"`
	Data     json.RawMessage `json:"data"`
	Metadata json.RawMessage `json:"metadata,omitempty"`
	Buffers  [][]byte        `json:"buffers,omitempty"`
}

// Comm is a line to a program in the page, by which both sides send JSON: what
// sliders and other live things are made of.
type Comm struct {
	ID, Target string

	mu      sync.Mutex
	message func(data json.RawMessage, buffers [][]byte)
	closed  func()
}

var (
	commSend    atomic.Pointer[func(CommMessage)]
	commMu      sync.Mutex
	comms       = map[string]*Comm{}
	commTargets = map[string]func(*Comm, json.RawMessage){}
)

// SetCommSender registers what carries messages to the page, nil for nothing. The
// session process calls it once.
func SetCommSender(send func(CommMessage)) {
	if send == nil {
		commSend.Store(nil)
		return
	}
	commSend.Store(&send)
}

func sendComm(m CommMessage, data any) error {
	send := commSend.Load()
	if send == nil {
		return fmt.Errorf("display: comm %s: no front end to talk to", m.Target)
	}
	b, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("display: comm %s: writing its data as JSON: %w", m.Target, err)
	}
	m.Data = b
	(*send)(m)
	return nil
}

// NewComm is a comm to what the page has registered under target, not open yet.
func NewComm(target string) *Comm { return &Comm{ID: uuid.NewString(), Target: target} }

// Open opens a new comm with data and metadata that encoding/json can write, and
// binary buffers; metadata may be nil.
func (c *Comm) Open(data, metadata any, buffers ...[]byte) error {
	m := CommMessage{Type: "comm_open", ID: c.ID, Target: c.Target, Buffers: buffers}
	if metadata != nil {
		b, err := json.Marshal(metadata)
		if err != nil {
			return fmt.Errorf("display: comm %s: writing its metadata as JSON: %w", c.Target, err)
		}
		m.Metadata = b
	}
	commMu.Lock()
	comms[c.ID] = c
	commMu.Unlock()
	if err := sendComm(m, data); err != nil {
		c.forget()
		return err
	}
	return nil
}

// OpenComm opens a comm to what the page has registered under target, with
// data that encoding/json can write.
func OpenComm(target string, data any) (*Comm, error) {
	c := NewComm(target)
	if err := c.Open(data, nil); err != nil {
		return nil, err
	}
	return c, nil
}

// HandleComms makes opened answer the comms that the page opens to target; data
// is what came with the opening. A nil function answers no longer.
func HandleComms(target string, opened func(c *Comm, data json.RawMessage)) {
	commMu.Lock()
	defer commMu.Unlock()
	if opened == nil {
		delete(commTargets, target)
		return
	}
	commTargets[target] = opened
}

// OnMessage makes f take the messages of the page.
func (c *Comm) OnMessage(f func(data json.RawMessage, buffers [][]byte)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.message = f
}

// OnClose makes f hear that the page has closed the comm.
func (c *Comm) OnClose(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = f
}

// Send sends data, as encoding/json writes it, and binary buffers to the page.
func (c *Comm) Send(data any, buffers ...[]byte) error {
	return sendComm(CommMessage{Type: "comm_msg", ID: c.ID, Target: c.Target, Buffers: buffers}, data)
}

// Close ends the comm.
func (c *Comm) Close() error {
	c.forget()
	return sendComm(CommMessage{Type: "comm_close", ID: c.ID, Target: c.Target}, struct{}{})
}

func (c *Comm) forget() {
	commMu.Lock()
	defer commMu.Unlock()
	delete(comms, c.ID)
}

// ReceiveComm hands a message of the page to its comm. A comm to a target that
// nobody handles is closed at once, as Jupyter asks.
func ReceiveComm(m CommMessage) {
	commMu.Lock()
	c, target := comms[m.ID], commTargets[m.Target]
	if m.Type == "comm_open" && target != nil {
		c = &Comm{ID: m.ID, Target: m.Target}
		comms[m.ID] = c
	}
	commMu.Unlock()
	switch {
	case m.Type == "comm_open" && target == nil:
		_ = sendComm(CommMessage{Type: "comm_close", ID: m.ID, Target: m.Target}, struct{}{})
	case m.Type == "comm_open":
		target(c, m.Data)
	case c == nil:
	case m.Type == "comm_msg":
		c.mu.Lock()
		f := c.message
		c.mu.Unlock()
		if f != nil {
			f(m.Data, m.Buffers)
		}
	case m.Type == "comm_close":
		c.forget()
		c.mu.Lock()
		f := c.closed
		c.mu.Unlock()
		if f != nil {
			f()
		}
	}
}
