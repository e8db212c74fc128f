package cluster

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// mostDeliveries is how often a task is begun: one that has ended so many workers
// is not given to another.
const mostDeliveries = 20

// A Worker says who works.
type Worker struct {
	Device string  // what it computes on
	Speed  float64 // GFLOP/s of that, for who looks; 0: not measured
}

// worker is one at work. It does one task at a time.
type worker struct {
	c      *Cluster
	self   Member
	tasks  map[string]Work
	runs   runs
	parts  parts // of trainings, which go on where they were
	hand   hand
	own    chan *nats.Msg     // tasks that go on with what this worker has
	passed *nats.Subscription // of tasks that others pass on

	ending sync.WaitGroup // results under way
	rooms  chan struct{}  // for them

	mu      sync.Mutex
	current string
	mean    time.Duration   // of the tasks
	has     map[string]bool // what tasks can go on with
}

// mostEnding is how many results may be under way while the next task is done.
const mostEnding = 32

// runs are the runs that were stopped, and how to stop that of the task at work.
type runs struct {
	mu      sync.Mutex
	stopped map[string]bool
	now     string
	cancel  context.CancelCauseFunc
}

var errRunStopped = errors.New("the run was stopped")

func (r *runs) begin(run string, cancel context.CancelCauseFunc) (stopped bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now, r.cancel = run, cancel
	return r.stopped[run]
}

func (r *runs) stop(run string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.stopped) > 1000 { // a run that old has no tasks left
		clear(r.stopped)
	}
	r.stopped[run] = true
	if r.now == run && r.cancel != nil {
		r.cancel(errRunStopped)
	}
}

// Work takes tasks and does them, one at a time, until the context is done. A
// task that panics, is not known, or cannot be read has failed; the worker goes
// on. It is an error to come with another version of the code than those who have
// work have.
func (c *Cluster) Work(ctx context.Context, who Worker, tasks ...Work) error {
	w := &worker{
		c: c, tasks: map[string]Work{}, runs: runs{stopped: map[string]bool{}}, has: map[string]bool{},
		hand: hand{held: map[*nats.Msg]bool{}}, own: make(chan *nats.Msg, 1000), rooms: make(chan struct{}, mostEnding),
	}
	for _, t := range tasks {
		w.tasks[t.Name()] = t
	}
	if err := c.sameVersion(ctx); err != nil {
		return err
	}
	sub, err := c.conn.Subscribe(stopSubject+"*", func(m *nats.Msg) { w.runs.stop(strings.TrimPrefix(m.Subject, stopSubject)) })
	if err != nil {
		return fmt.Errorf("cluster: work: %w", err)
	}
	defer sub.Unsubscribe()
	w.self = c.member(true)
	w.self.Device, w.self.Speed = who.Device, who.Speed
	if w.passed, err = c.conn.Subscribe(passSubject+w.self.ID, w.passedOn); err != nil {
		return fmt.Errorf("cluster: work: %w", err)
	}
	defer w.passed.Unsubscribe()

	ctx, cancel := context.WithCancelCause(ctx)
	var around sync.WaitGroup
	defer around.Wait()
	defer cancel(nil)
	around.Go(func() { c.announce(ctx, w.member) })
	held, release := context.WithCancel(context.WithoutCancel(ctx)) // to the last result
	defer release()
	around.Go(func() { w.hand.beat(held, c.options.Lost/4) })
	p := &puller{w: w, next: make(chan *nats.Msg), free: make(chan struct{})}
	around.Go(func() { cancel(p.pull(ctx)) })

	for ctx.Err() == nil {
		select {
		case m := <-w.own:
			w.do(ctx, m)
			continue
		default:
		}
		select {
		case m := <-w.own:
			w.do(ctx, m)
		case m := <-p.next:
			w.do(ctx, m)
		case p.free <- struct{}{}:
		case <-ctx.Done():
		}
	}
	w.ending.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

func (w *worker) member() Member {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := w.self
	m.Task = w.current
	return m
}

// do does a task; what it has come to is stored, and only then acknowledged,
// while the next is done.
func (w *worker) do(ctx context.Context, m *nats.Msg) {
	run := m.Header.Get(runHeader)
	at, cancel := context.WithCancelCause(ctx)
	drop := func(how func(...nats.AckOpt) error) {
		cancel(nil)
		w.hand.let(m)
		_ = how() // unheard, it comes again
	}
	if w.runs.begin(run, cancel) { // nobody waits for it
		drop(m.Term)
		return
	}
	w.at(m.Header.Get(taskHeader))
	defer w.at("")

	begun := time.Now()
	out, err := w.call(at, m)
	took := time.Since(begun)
	w.took(took)
	switch {
	case errors.Is(context.Cause(at), errRunStopped):
		drop(m.Term)
		return
	case ctx.Err() != nil: // the worker is to end: the task is for another
		drop(m.Nak)
		return
	case errors.Is(err, errAway): // perhaps it comes back
		drop(func(...nats.AckOpt) error { return m.NakWithDelay(w.c.options.Lost) })
		return
	}
	w.rooms <- struct{}{}
	w.ending.Go(func() {
		defer func() { <-w.rooms }()
		if w.answer(at, m.Header, out, err, took) == nil {
			drop(m.Ack) // lost, the task is done again, and its result not counted again
		} else {
			drop(m.Nak)
		}
	})
}

// at says which task is at work, "" for none.
func (w *worker) at(task string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.current = task
}

// call is the task itself.
func (w *worker) call(ctx context.Context, m *nats.Msg) ([]byte, error) {
	h := m.Header
	if deliveries(m) > mostDeliveries {
		return nil, fmt.Errorf("%d workers have begun it and none has ended it", mostDeliveries)
	}
	t := w.tasks[h.Get(taskHeader)]
	if t == nil {
		return nil, fmt.Errorf("this worker knows no such task")
	}
	in := m.Data
	if name := h.Get(bodyHeader); name != "" {
		var err error
		if in, err = w.c.fetch(ctx, h.Get(runHeader), name, nil); err != nil {
			return nil, err
		}
	}
	return t.call(ctx, w, in)
}

// answer stores the result.
func (w *worker) answer(ctx context.Context, h nats.Header, out []byte, failed error, took time.Duration) error {
	run, index := h.Get(runHeader), h.Get(indexHeader)
	if run == "" || strings.ContainsAny(run, ".*> ") || index == "" {
		return nil // no task of ours: nobody to answer
	}
	m := nats.NewMsg(doneSubject + run)
	m.Header.Set(indexHeader, index)
	m.Header.Set(workerHeader, w.self.Name)
	m.Header.Set(memberHeader, w.self.ID)
	m.Header.Set(secondsHeader, strconv.FormatFloat(took.Seconds(), 'g', -1, 64))
	if body := index + "/out"; failed == nil && attach(m, body, out) {
		if err := w.c.deliver(ctx, run, body, out); err != nil {
			return err
		}
	}
	if failed != nil {
		m.Header.Set(errorHeader, "1")
		m.Data = []byte(failed.Error())[:min(len(failed.Error()), inline)]
	}
	return again(ctx, func() error {
		_, err := w.c.js.PublishMsg(ctx, m, jetstream.WithMsgID(run+"/"+index+"/out"))
		return err
	})
}
