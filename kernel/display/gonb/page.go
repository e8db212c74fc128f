package gonb

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"glassy/kernel/display"
)

// target is what the page opens its comm to.
const target = "gonb_comm"

// Addresses of the protocol itself, between the page and here.
const (
	addressOpened = "#comm_open_ack"
	addressPing   = "#heartbeat/ping"
	addressPong   = "#heartbeat/pong"
)

//go:embed comm.js
var script string

// page is the other side of gonbui's values: the pages that show the notebook.
type page struct {
	server *Server

	mu         sync.Mutex
	comms      []*display.Comm // of the pages
	subscribed map[string]bool // addresses that gonbui listens to
	waiting    []message       // for the first page
	run        int             // of the cell that brought the script last
	script     string          // the id of its display
	brought    bool
}

// message is what goes over the comm, either way.
type message struct {
	Address string `json:"address"`
	Value   any    `json:"value"` // 0, false and "" are values
	Read    bool   `json:"read_request,omitempty"`
}

// install brings the script to the page, once in a cell: a page that was loaded
// again has lost it, and one that has it goes on with it.
func (p *page) install() {
	run := p.server.place.Run()
	p.mu.Lock()
	if p.brought && p.run == run {
		p.mu.Unlock()
		return
	}
	p.run, p.brought, p.script = run, true, display.NewID()
	id := p.script
	p.mu.Unlock()
	kernel, err := json.Marshal(os.Getenv(protocol.GONB_JUPYTER_KERNEL_ID_ENV))
	if err != nil {
		return // a string is always JSON
	}
	p.server.place.Show(bare("<script>"+strings.Replace(script, "KERNEL_ID", string(kernel), 1)+"</script>"), id, false)
}

// bare is HTML that no notebook keeps as text.
func bare(html string) display.Bundle {
	return display.Bundle{Data: map[string]any{"text/html": html, "text/plain": ""}}
}

func (p *page) subscribe(address string, on bool) {
	p.mu.Lock()
	if p.subscribed == nil {
		p.subscribed = map[string]bool{}
	}
	if on {
		p.subscribed[address] = true
	} else {
		delete(p.subscribed, address)
	}
	p.mu.Unlock()
	if on {
		p.install()
	}
}

func (p *page) send(address string, value any) { p.post(message{Address: address, Value: value}) }
func (p *page) ask(address string)             { p.post(message{Address: address, Read: true}) }

// maxWaiting bounds what is kept for a page that may never come.
const maxWaiting = 1000

// post sends m to all pages, or keeps it for the first one.
func (p *page) post(m message) {
	p.install()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.comms) == 0 {
		if len(p.waiting) == maxWaiting {
			p.waiting = p.waiting[1:]
		}
		p.waiting = append(p.waiting, m)
		return
	}
	for _, c := range p.comms {
		p.to(c, m)
	}
}

func (p *page) to(c *display.Comm, m message) {
	if err := c.Send(m); err != nil {
		p.server.place.Fail(fmt.Errorf("gonb: value for %s: %w", m.Address, err))
	}
}

// opened takes the comm of a page.
func (p *page) opened(c *display.Comm, _ json.RawMessage) {
	c.OnMessage(func(data json.RawMessage, _ [][]byte) { p.received(c, data) })
	c.OnClose(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for i := range p.comms {
			if p.comms[i] == c {
				p.comms = append(p.comms[:i:i], p.comms[i+1:]...)
				break
			}
		}
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.to(c, message{Address: addressOpened, Value: true})
	p.comms = append(p.comms, c)
	for _, m := range p.waiting {
		p.to(c, m)
	}
	p.waiting = nil
	if id := p.script; id != "" {
		p.script = ""
		// Not from here: who shows waits for the process that tells us of comms.
		go p.server.place.Show(bare(""), id, true)
	}
}

// received takes a value of a page.
func (p *page) received(c *display.Comm, data json.RawMessage) {
	var m message
	if err := json.Unmarshal(data, &m); err != nil || m.Address == "" {
		p.server.place.Fail(fmt.Errorf("gonb: %.200s came from the page, expected {\"address\": …, \"value\": …}", data))
		return
	}
	switch m.Address {
	case addressPing:
		p.to(c, message{Address: addressPong, Value: true})
		return
	case addressPong:
		return
	}
	p.mu.Lock()
	heard := p.subscribed[m.Address]
	p.mu.Unlock()
	// gonbui stops for good at a value that nobody there listens to.
	if v := valueOf(m.Value); heard && v != nil {
		p.server.tell(protocol.CommValue{Address: m.Address, Value: v})
	}
}

// valueOf is a value of JSON as one of gonbui's types; nil stands for null.
func valueOf(v any) any {
	switch x := v.(type) {
	case bool: // which gonbui has no type for
		if x {
			return 1
		}
		return 0
	case []any:
		if numbers, ok := all[float64](x); ok {
			return numbers
		}
		if texts, ok := all[string](x); ok {
			return texts
		}
	case map[string]any:
		if numbers, ok := allOf[float64](x); ok {
			return numbers
		}
		if texts, ok := allOf[string](x); ok {
			return texts
		}
	default: // nil, float64, string
		return v
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil // it was JSON a moment ago
	}
	return string(text)
}

// all are the elements of x, if each is a T.
func all[T any](x []any) ([]T, bool) {
	out := make([]T, len(x))
	for i, v := range x {
		t, ok := v.(T)
		if !ok {
			return nil, false
		}
		out[i] = t
	}
	return out, true
}

func allOf[T any](x map[string]any) (map[string]T, bool) {
	out := make(map[string]T, len(x))
	for k, v := range x {
		t, ok := v.(T)
		if !ok {
			return nil, false
		}
		out[k] = t
	}
	return out, true
}
