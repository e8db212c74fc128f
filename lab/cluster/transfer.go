package cluster

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// What is too large for a message goes from memory to memory, as a sequence of
// chunks that are plain NATS messages: the server passes them on and keeps none.
// A few are on their way at a time, and the receiver answers each. When an answer
// fails to come, because a connection or the server has gone, all is sent again.

const (
	chunk  = 512 << 10 // fits a core's cache on its way, and every server's limit of 1 MiB
	window = 4         // chunks on their way

	inline = 64 << 10 // a message carries up to that many bytes itself
)

const (
	bodyHeader  = "Glassy-Body"  // the name of what is transferred
	chunkHeader = "Glassy-Chunk" // where it starts, of how many bytes, CRC-32
)

// errAway is the error of a transfer whose other side is not there.
var errAway = errors.New("cluster: who gave the task does not answer")

// send transfers b to who listens on the subject, under a name. It returns when
// all has arrived.
func (c *Cluster) send(ctx context.Context, to, name string, b []byte) error {
	back := c.conn.NewInbox()
	answers, err := c.conn.SubscribeSync(back)
	if err != nil {
		return err
	}
	defer answers.Unsubscribe()
	m := &nats.Msg{Subject: to, Reply: back, Header: nats.Header{}}
	m.Header.Set(bodyHeader, name)
	at, onTheWay := 0, 0
	for sent := false; !sent || onTheWay > 0; {
		if !sent && onTheWay < window {
			m.Data = b[at:min(len(b), at+chunk)]
			m.Header.Set(chunkHeader, fmt.Sprintf("%d/%d/%08x", at, len(b), crc32.ChecksumIEEE(m.Data)))
			if err := c.conn.PublishMsg(m); err != nil {
				return err
			}
			at += len(m.Data)
			sent = at == len(b)
			onTheWay++
			continue
		}
		if _, err := c.answer(ctx, answers); err != nil {
			return err
		}
		onTheWay--
	}
	return nil
}

// answer waits for the next message of a transfer. One that says what is wrong is
// an error.
func (c *Cluster) answer(ctx context.Context, s *nats.Subscription) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Lost)
	defer cancel()
	m, err := s.NextMsgWithContext(ctx)
	if err != nil {
		return nil, err
	}
	if reason := m.Header.Get(errorHeader); reason != "" {
		return nil, refused(reason)
	}
	return m, nil
}

// A refused is what the other side has said is wrong.
type refused string

func (r refused) Error() string { return string(r) }

// refuse tells who has sent a message what is wrong with it.
func refuse(m *nats.Msg, reason error) {
	no := nats.NewMsg(m.Reply)
	no.Header.Set(errorHeader, reason.Error())
	_ = m.RespondMsg(no) // who gets no answer asks again
}

// A parcel is what has arrived of a transfer.
type parcel struct {
	name  string
	b     []byte
	heard time.Time
}

// most is how much memory is set aside for a transfer because its first chunk
// says that it will be needed.
const most = 1 << 30

// add takes the next chunk, and says whether it was the last.
func (p *parcel) add(m *nats.Msg) (whole bool, err error) {
	var at, size int
	var sum uint32
	if _, err := fmt.Sscanf(m.Header.Get(chunkHeader), "%d/%d/%x", &at, &size, &sum); err != nil {
		return false, fmt.Errorf("chunk %q: %w", m.Header.Get(chunkHeader), err)
	}
	if at != len(p.b) || size < at+len(m.Data) {
		return false, fmt.Errorf("a chunk of %d bytes at %d of %d, expected one at %d", len(m.Data), at, size, len(p.b))
	}
	if got := crc32.ChecksumIEEE(m.Data); got != sum {
		return false, fmt.Errorf("a chunk at %d with checksum %08x, expected %08x", at, got, sum)
	}
	if p.b == nil {
		p.b = make([]byte, 0, min(size, most))
	}
	p.b = append(p.b, m.Data...)
	p.heard = time.Now()
	return len(p.b) == size, nil
}

// A desk is where who gave a run's tasks hands out what is too large for a
// message, and takes it in.
type desk struct {
	c       *Cluster
	on      *nats.Subscription
	ctx     context.Context // until it closes
	close   context.CancelFunc
	mu      sync.Mutex
	offered map[string][]byte
	arrived map[string][]byte  // nil: collected
	places  map[string][]byte  // where what is expected goes
	parcels map[string]*parcel // by where answers go
}

const deskSubject = "glassy.desk." // run

func (c *Cluster) openDesk(run string) (*desk, error) {
	d := &desk{c: c, offered: map[string][]byte{}, arrived: map[string][]byte{}, places: map[string][]byte{}, parcels: map[string]*parcel{}}
	d.ctx, d.close = context.WithCancel(context.Background())
	var err error
	d.on, err = c.conn.Subscribe(deskSubject+run, d.serve)
	return d, err
}

func (d *desk) end() {
	_ = d.on.Unsubscribe() // the connection is closed, or it works
	d.close()
}

// offer has a body ready for who asks for its name. It must not change.
func (d *desk) offer(name string, b []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.offered[name] = b
}

// withdraw ends offers.
func (d *desk) withdraw(names ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, name := range names {
		delete(d.offered, name)
	}
}

// expect says where what arrives under a name goes, if it is of that size.
func (d *desk) expect(name string, place []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.places[name] = place
}

// collect is what has arrived under a name, once; what arrives later, from who
// has done the same, is dropped.
func (d *desk) collect(name string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := d.arrived[name]
	if b == nil {
		return nil, fmt.Errorf("cluster: %s has not arrived", name)
	}
	d.arrived[name] = nil
	maps.DeleteFunc(d.parcels, func(_ string, p *parcel) bool { return p.name == name })
	return b, nil
}

// serve answers a chunk, or who asks.
func (d *desk) serve(m *nats.Msg) {
	name := m.Header.Get(bodyHeader)
	d.mu.Lock()
	defer d.mu.Unlock()
	if m.Header.Get(chunkHeader) == "" {
		b, ok := d.offered[name]
		if !ok {
			refuse(m, fmt.Errorf("cluster: there is no %q", name))
			return
		}
		go func() { _ = d.c.send(d.ctx, m.Reply, name, b) }() // who asked sees it fail
		return
	}
	p := d.parcels[m.Reply]
	if p == nil {
		maps.DeleteFunc(d.parcels, func(_ string, p *parcel) bool { return time.Since(p.heard) > 2*d.c.options.Lost }) // their senders are gone
		p = &parcel{name: name, heard: time.Now()}
		if place, ok := d.places[name]; ok {
			p.b = place[:0:len(place)]
			delete(d.places, name)
		}
		d.parcels[m.Reply] = p
	}
	whole, err := p.add(m)
	if err != nil || whole {
		delete(d.parcels, m.Reply)
	}
	if err != nil {
		refuse(m, err)
		return
	}
	if b, was := d.arrived[name]; whole && (b != nil || !was) {
		d.arrived[name] = p.b
	}
	_ = m.Respond(nil) // who gets no answer sends it again
}

// deliver transfers b to the desk of a run.
func (c *Cluster) deliver(ctx context.Context, run, name string, b []byte) error {
	return c.whileThere(ctx, func() error { return c.send(ctx, deskSubject+run, name, b) })
}

// fetch transfers what is offered under a name, to the memory of into where it
// is of that size.
func (c *Cluster) fetch(ctx context.Context, run, name string, into []byte) (b []byte, err error) {
	err = c.whileThere(ctx, func() error {
		inbox := c.conn.NewInbox()
		chunks, err := c.conn.SubscribeSync(inbox)
		if err != nil {
			return err
		}
		defer chunks.Unsubscribe()
		ask := nats.NewMsg(deskSubject + run)
		ask.Reply = inbox
		ask.Header.Set(bodyHeader, name)
		if err := c.conn.PublishMsg(ask); err != nil {
			return err
		}
		p := parcel{b: into[:0:len(into)]}
		for {
			m, err := c.answer(ctx, chunks)
			if _, no := errors.AsType[refused](err); no {
				return &finalError{err}
			}
			if errors.Is(err, nats.ErrNoResponders) { // nothing is lost yet: others have tasks
				return &finalError{fmt.Errorf("%w: %w", errAway, err)}
			}
			if err != nil {
				return err
			}
			whole, err := p.add(m)
			if err != nil {
				refuse(m, err)
				return err
			}
			_ = m.Respond(nil)
			if whole {
				b = p.b
				return nil
			}
		}
	})
	return b, err
}

// whileThere tries a transfer until it works, or the other side is not there for
// as long as a worker may be silent.
func (c *Cluster) whileThere(ctx context.Context, transfer func() error) error {
	var failing time.Time
	return again(ctx, func() error {
		err := transfer()
		switch {
		case err == nil || ctx.Err() != nil:
			return err
		case failing.IsZero():
			failing = time.Now()
		case time.Since(failing) > 2*c.options.Lost:
			return &finalError{fmt.Errorf("%w: %w", errAway, err)}
		}
		return err
	})
}

// A finalError is one that trying again does not change.
type finalError struct{ error }

func (e *finalError) Unwrap() error { return e.error }

// attach puts a body into a message, or names it there, for whoever has it to
// offer or deliver it: large says which.
func attach(m *nats.Msg, name string, body []byte) (large bool) {
	if large = len(body) > inline; large {
		m.Header.Set(bodyHeader, name)
	} else {
		m.Data = body
	}
	return large
}

func bodyOf(index int, what string) string { return strconv.Itoa(index) + "/" + what }
