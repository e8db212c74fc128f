package server

import (
	"slices"
	"strings"
	"sync"

	"glassy/kernel/wire"
)

// request is a message to be handled.
type request struct {
	*wire.Message
	channel wire.Channel

	// The queue's.
	queue       *queue // set when it is pushed
	aborted     bool   // came before an error that stops the queue
	interrupted bool
	entered     bool   // the engine has it
	cancel      func() // ends the context that the engine has it with

	update *update    // that it is, or nil
	taken  []*request // updates that have become part of it
}

func (r *request) isCell() bool { return r.Header.Type == "execute_request" }

// beside reports whether the request may run beside those of the main shell.
func (r *request) beside() bool { return r.Header.Subshell != "" }

// isComm reports whether the request may run the user's code like a cell does:
// a widget's callback.
func (r *request) isComm() bool {
	return strings.HasPrefix(r.Header.Type, "comm_") && !strings.HasSuffix(r.Header.Type, "_request")
}

// queue holds the shell requests that wait, and knows the cell that runs. All
// that decides between running, aborting and interrupting happens under its
// lock, so that no interrupt falls between two chairs.
type queue struct {
	mu      sync.Mutex
	change  *sync.Cond
	waiting []*request
	current *request // the cell or comm message being handled, nil between them
	closed  bool
}

func newQueue() *queue {
	q := &queue{}
	q.change = sync.NewCond(&q.mu)
	return q
}

// push adds a request; it reports false for a queue that is closed.
func (q *queue) push(r *request) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	r.queue = q
	q.waiting = coalesce(q.waiting, r)
	q.change.Signal()
	return true
}

// pop waits for the next request. It returns nil once the queue is closed and
// empty.
func (q *queue) pop() *request {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && !q.closed {
		q.change.Wait()
	}
	if len(q.waiting) == 0 {
		return nil
	}
	r := q.waiting[0]
	q.waiting[0] = nil
	q.waiting = q.waiting[1:]
	if r.isCell() && !r.aborted || r.isComm() {
		q.current = r
		r.entered = r.isComm()
	}
	return r
}

// enter notes that the engine gets the cell r now, with a context that cancel
// ends. It reports false when r was interrupted before.
func (q *queue) enter(r *request, cancel func()) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	r.entered, r.cancel = !r.interrupted, cancel
	return r.entered
}

// finish notes that r is done with.
func (q *queue) finish(r *request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.current == r {
		q.current = nil
	}
}

// interrupt marks the cell being handled; between cells it aborts those that
// wait. It returns how to end the context of the cell, nil when the engine has
// none, and whether the engine is to hear of the interrupt: it is not when it
// would take it for idle but is about to get the cell.
func (q *queue) interrupt() (cancel func(), tell bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	r := q.current
	if r == nil || !r.isCell() {
		q.abortLocked()
	}
	if r == nil {
		return nil, true
	}
	r.interrupted = true
	return r.cancel, r.entered
}

// abort marks the cells that wait, for an aborted reply each.
func (q *queue) abort() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.abortLocked()
}

func (q *queue) abortLocked() {
	for _, r := range q.waiting {
		if r.isCell() {
			r.aborted = true
		}
	}
}

// close aborts the cells that wait, drops the messages of comms, and lets nothing
// else in.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.abortLocked()
	q.waiting = slices.DeleteFunc(q.waiting, (*request).isComm)
	q.change.Broadcast()
}
