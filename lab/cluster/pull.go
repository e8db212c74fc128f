package cluster

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A worker that does tasks in a millisecond would wait for the network as long as
// it works: it has as many of them sent at a time as it does in ahead. A task of a
// second is not sent before it is free, and goes to who is.
const (
	ahead     = 50 * time.Millisecond
	mostAhead = 64
)

// patience is how long one request for tasks waits.
const patience = 5 * time.Second

// A hand holds the messages that a worker is responsible for, and says so to the
// server, which would give them to another.
type hand struct {
	mu   sync.Mutex
	held map[*nats.Msg]bool
}

func (h *hand) hold(m *nats.Msg) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.held[m] = true
}

func (h *hand) let(m *nats.Msg) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.held, m)
}

// beat says that the worker is there, until the context is done.
func (h *hand) beat(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			h.mu.Lock()
			for m := range h.held {
				_ = m.InProgress() // not heard, the task may be done twice, and counts once
			}
			h.mu.Unlock()
		}
	}
}

// A puller gets a worker's tasks from the queue.
type puller struct {
	w     *worker
	tasks jetstream.Consumer // where they come from
	next  chan *nats.Msg
	free  chan struct{} // the worker waits
	busy  bool          // it was, when the last was to be handed over
}

// pull has tasks sent until the context is done.
func (p *puller) pull(ctx context.Context) error {
	for ctx.Err() == nil {
		n := p.w.several()
		if p.busy {
			n = 1
		}
		if n == 1 {
			select {
			case <-p.free:
			case <-ctx.Done():
				return nil
			}
		}
		if err := again(ctx, func() error { return p.batch(ctx, n) }); err != nil && ctx.Err() == nil {
			return fmt.Errorf("cluster: wait for tasks: %w", err)
		}
	}
	return nil
}

// batch asks for up to n tasks, waits a while for them, and hands them over.
func (p *puller) batch(ctx context.Context, n int) (err error) {
	c := p.w.c
	if p.tasks == nil {
		p.tasks, err = c.js.CreateOrUpdateConsumer(ctx, workStream, jetstream.ConsumerConfig{
			Durable: "workers-" + c.version, FilterSubject: workSubject + c.version + ".>",
			AckPolicy: jetstream.AckExplicitPolicy, AckWait: c.options.Lost, MaxAckPending: 10_000,
			InactiveThreshold: day,
		})
		if err != nil {
			return err
		}
	}
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	batch, err := p.tasks.Fetch(n, jetstream.FetchContext(wait), jetstream.FetchHeartbeat(patience/4))
	if err != nil {
		p.tasks = nil // it may have gone with the server
		return err
	}
	for got := range batch.Messages() {
		m := &nats.Msg{Subject: got.Subject(), Reply: got.Reply(), Header: got.Headers(), Data: got.Data(), Sub: p.w.passed}
		if p.w.passOn(ctx, m) || p.w.mine(m) {
			continue
		}
		p.w.hand.hold(m)
		most := 2 * ahead
		switch {
		case deliveries(m) > mostDeliveries/2: // else it would count as begun too often
			most = math.MaxInt64
		case p.busy:
			most = 0
		}
		select {
		case p.next <- m:
			p.busy = false
			continue
		case <-time.After(most): // others may be free
			p.busy = true
		case <-ctx.Done():
		}
		p.w.hand.let(m)
		_ = m.Nak()
	}
	err = batch.Error()
	if wait.Err() != nil || errors.Is(err, nats.ErrTimeout) {
		return nil
	}
	if err != nil {
		p.tasks = nil
	}
	return err
}

// deliveries is how often a message was given to workers.
func deliveries(m *nats.Msg) int {
	meta, err := m.Metadata()
	if err != nil {
		return 0
	}
	return int(meta.NumDelivered)
}

// several is how many tasks the worker does in ahead, as far as is known.
func (w *worker) several() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.mean == 0 {
		return 1
	}
	return max(1, min(mostAhead, int(ahead/w.mean)))
}

// took takes note of how long a task was.
func (w *worker) took(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mean = max(1, (3*w.mean+d)/4)
}

// Some tasks go on with what a worker has: a replica, from the round before. Who
// is sent such a task passes it on to whoever has it, if that one is there and
// takes it; the message's acknowledgement goes with it, so that a task that was
// passed on and is not done is given to another as any other is.
const (
	passSubject  = "glassy.pass."   // a member
	holderHeader = "Glassy-Holder"  // who has what the task goes on with
	partHeader   = "Glassy-Part"    // what that is
	shareHeader  = "Glassy-Share"   // how many of them one worker should have
	memberHeader = "Glassy-Member"  // who has done a task
	ackHeader    = "Glassy-Receipt" // where a task that was passed on is acknowledged
)

// passOn passes a task on to who has what it goes on with, and says whether that
// one has taken it.
func (w *worker) passOn(ctx context.Context, m *nats.Msg) bool {
	holder := m.Header.Get(holderHeader)
	if holder == "" || holder == w.self.ID {
		return false
	}
	to := nats.NewMsg(passSubject + holder)
	maps.Copy(to.Header, m.Header)
	to.Header.Set(ackHeader, m.Reply)
	to.Data = m.Data
	ctx, cancel := context.WithTimeout(ctx, w.c.options.Lost/4)
	defer cancel()
	answer, err := w.c.conn.RequestMsgWithContext(ctx, to)
	return err == nil && answer.Header.Get(errorHeader) == ""
}

// passedOn answers who passes a task on.
func (w *worker) passedOn(m *nats.Msg) {
	task := &nats.Msg{Subject: m.Subject, Reply: m.Header.Get(ackHeader), Header: m.Header, Data: m.Data, Sub: m.Sub}
	if !w.mine(task) {
		refuse(m, errors.New("not here"))
		return
	}
	_ = m.Respond(nil) // unheard, the task is done twice, and counts once
}

// keeps says that tasks can go on with that part, and forget that with none.
func (w *worker) keeps(part string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.has[part] = true
}

func (w *worker) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.has)
}

func (w *worker) still(part string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.has[part]
}

// mine takes a task that goes on with what the worker has, unless it has more
// than its share.
func (w *worker) mine(m *nats.Msg) bool {
	part := m.Header.Get(partHeader)
	share, _ := strconv.Atoi(m.Header.Get(shareHeader))
	w.mu.Lock()
	defer w.mu.Unlock()
	if part == "" || !w.has[part] {
		return false
	}
	if len(w.has) > share {
		delete(w.has, part)
		return false
	}
	select {
	case w.own <- m:
		w.hand.hold(m)
		return true
	default:
		return false
	}
}
