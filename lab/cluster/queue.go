package cluster

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The headers of tasks and results.
const (
	taskHeader    = "Glassy-Task"
	runHeader     = "Glassy-Run"
	indexHeader   = "Glassy-Index"
	errorHeader   = "Glassy-Error"
	workerHeader  = "Glassy-Worker"
	secondsHeader = "Glassy-Seconds"
)

// A queue is the tasks of one run. Tasks are known by their index, and each has
// one result.
type queue struct {
	c       *Cluster
	run     string
	task    string
	reader  jetstream.Consumer // of the results, as the server knows it
	results jetstream.MessagesContext
	seen    map[int]bool
	desk    *desk
	self    Member
	leave   func() // the table of members
}

// A result is what one task has come to.
type result struct {
	index   int
	body    []byte
	err     error // what the task has returned, or that nobody could do it
	worker  string
	member  string  // the same, as others know it
	seconds float64 // that the task took
}

// A TaskError is the failure of one task; the others are not touched.
type TaskError struct {
	Task   string
	Index  int
	Worker string
	Reason string
}

func (e *TaskError) Error() string {
	return fmt.Sprintf("cluster: task %s %d on %s: %s", e.Task, e.Index, e.Worker, e.Reason)
}

// start begins a run.
func (c *Cluster) start(ctx context.Context, task string) (*queue, error) {
	q := &queue{c: c, run: uuid.NewString(), task: task, seen: map[int]bool{}}
	err := again(ctx, func() (err error) {
		q.reader, err = c.js.OrderedConsumer(ctx, doneStream, jetstream.OrderedConsumerConfig{
			FilterSubjects: []string{doneSubject + q.run},
		})
		return err
	})
	if err == nil {
		q.results, err = q.reader.Messages()
	}
	if err == nil {
		q.desk, err = c.openDesk(q.run)
	}
	if err != nil {
		return nil, fmt.Errorf("cluster: results of %s: %w", task, err)
	}
	q.self = c.member(false)
	announced, leave := context.WithCancel(context.WithoutCancel(ctx))
	left := make(chan struct{})
	go func() { defer close(left); c.announce(announced, func() Member { return q.self }) }()
	q.leave = func() { leave(); <-left }
	return q, nil
}

// put asks for a task, with headers beside its own. Put twice, it counts once.
func (q *queue) put(ctx context.Context, index int, in []byte, with nats.Header) error {
	m := nats.NewMsg(workSubject + q.c.version + "." + q.run)
	maps.Copy(m.Header, with)
	m.Header.Set(taskHeader, q.task)
	m.Header.Set(runHeader, q.run)
	m.Header.Set(indexHeader, strconv.Itoa(index))
	name := q.run + "/" + strconv.Itoa(index)
	if body := bodyOf(index, "in"); attach(m, body, in) {
		q.desk.offer(body, in)
	}
	err := again(ctx, func() error {
		_, err := q.c.js.PublishMsg(ctx, m, jetstream.WithMsgID(name))
		return err
	})
	if err != nil {
		return fmt.Errorf("cluster: ask for %s %d: %w", q.task, index, err)
	}
	return nil
}

// next waits for a result that was not seen before. While there is none it looks
// now and then whether anybody is there who could do the work: it gives up when
// every look of three times what a worker may be silent finds nobody.
func (q *queue) next(ctx context.Context) (result, error) {
	var lonely time.Time // since the first such look; zero: none
	for {
		short, cancel := context.WithTimeout(ctx, time.Second)
		m, err := q.results.Next(jetstream.NextContext(short))
		cancel()
		switch {
		case ctx.Err() != nil:
			return result{}, context.Cause(ctx)
		case errors.Is(err, jetstream.ErrMsgIteratorClosed):
			return result{}, fmt.Errorf("cluster: results of %s: %w", q.task, err)
		case err != nil: // nothing in this second, or the server is away
			n, known, err := q.look(ctx)
			switch {
			case err != nil:
				return result{}, err
			case n > 0 || !known:
				lonely = time.Time{}
			case lonely.IsZero():
				lonely = time.Now()
			case time.Since(lonely) > 3*q.c.options.Lost:
				return result{}, q.nobody(ctx)
			}
			continue
		}
		r, ok := q.read(m)
		if ok && !q.seen[r.index] {
			q.seen[r.index] = true
			q.desk.withdraw(bodyOf(r.index, "in"))
			return r, nil
		}
	}
}

// read is a result as it was sent; what is no result is passed over.
func (q *queue) read(m jetstream.Msg) (result, bool) {
	h := m.Headers()
	index, err := strconv.Atoi(h.Get(indexHeader))
	if err != nil {
		return result{}, false
	}
	r := result{index: index, worker: h.Get(workerHeader), member: h.Get(memberHeader)}
	r.seconds, _ = strconv.ParseFloat(h.Get(secondsHeader), 64)
	if reason := h.Get(errorHeader); reason != "" {
		r.err = &TaskError{q.task, index, r.worker, string(m.Data())}
		return r, true
	}
	r.body = m.Data()
	if name := h.Get(bodyHeader); name != "" {
		if r.body, err = q.desk.collect(name); err != nil {
			r.err = &TaskError{q.task, index, r.worker, err.Error()}
		}
	}
	return r, true
}

// look is how many workers there are, where that can be known: a server that does
// not keep now what it is told has not heard of workers either, and is waited for.
// One that is full is an error.
func (q *queue) look(ctx context.Context) (workers int, known bool, err error) {
	if err := q.c.say(ctx, q.self); err != nil {
		if final(err) {
			return 0, false, fmt.Errorf("cluster: results of %s: %w", q.task, err)
		}
		return 0, false, nil
	}
	workers, err = q.workers(ctx)
	return workers, err == nil, nil
}

// workers is how many of this version are there.
func (q *queue) workers(ctx context.Context) (int, error) {
	members, err := q.c.Members(ctx)
	n := 0
	for _, m := range members {
		if m.Worker && m.Version == q.c.options.Version {
			n++
		}
	}
	return n, err
}

// nobody is the error that nobody does the work.
func (q *queue) nobody(ctx context.Context) error {
	members, _ := q.c.Members(ctx)
	others := ""
	for _, m := range members {
		if m.Worker {
			others = fmt.Sprintf("; there are workers of version %q", m.Version)
		}
	}
	return fmt.Errorf("cluster: no worker of version %q is there to do %s%s: start one with glassy worker --nats %s", q.c.options.Version, q.task, others, q.c.URL())
}

// end takes away what the run has left: tasks that nobody has begun, and results;
// workers that are at its tasks are told to stop.
func (q *queue) end() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	q.results.Stop()
	q.desk.end()
	// The server would keep it for minutes, and it keeps no more than a thousand.
	if info := q.reader.CachedInfo(); info != nil {
		_ = q.c.js.DeleteConsumer(ctx, doneStream, info.Name)
	}
	_ = q.c.conn.Publish(stopSubject+q.run, nil)
	// What cannot be taken away now goes when its time is over.
	if s, err := q.c.js.Stream(ctx, workStream); err == nil {
		_ = s.Purge(ctx, jetstream.WithPurgeSubject(workSubject+q.c.version+"."+q.run))
	}
	if s, err := q.c.js.Stream(ctx, doneStream); err == nil {
		_ = s.Purge(ctx, jetstream.WithPurgeSubject(doneSubject+q.run))
	}
	q.leave()
}
