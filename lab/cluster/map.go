package cluster

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"glassy/lab/run"
)

// A Mapped is what Map has got by its end.
type Mapped[Out any] struct {
	Values  []Out   // in the order of the inputs; zero where Errors is not nil
	Errors  []error // of each input: nil, a *TaskError, or ErrNotDone
	Done    int     // how many values there are
	Seconds float64 // that workers have spent on them, together
	Err     error   // nil, or why the rest is not done
}

// ErrNotDone is the error of an input that nobody has got to.
var ErrNotDone = errors.New("cluster: not done: the run was stopped before")

// mostPuts is how many tasks are under way to the server at a time.
const mostPuts = 16

// Map does the task at every input, on whatever workers there are. It reports its
// progress, and stops when the context does, with what was done by then: workers
// are told to drop the rest. A task that fails leaves the others alone.
func Map[In, Out any](ctx context.Context, c *Cluster, t *Task[In, Out], inputs []In) *Mapped[Out] {
	n := len(inputs)
	out := &Mapped[Out]{Values: make([]Out, n), Errors: make([]error, n)}
	for i := range out.Errors {
		out.Errors[i] = ErrNotDone
	}
	if n == 0 {
		return out
	}
	loop := run.Start(ctx, t.name, n)
	defer loop.End()
	q, err := c.start(ctx, t.name)
	if err != nil {
		out.Err = err
		return out
	}
	defer q.end()

	// Tasks are put while results come: with many of them the first are done by
	// the time the last is put.
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		puts, ctx := errgroup.WithContext(ctx)
		puts.SetLimit(mostPuts)
		for i, in := range inputs {
			if ctx.Err() != nil {
				break
			}
			puts.Go(func() error {
				b, err := encode(in)
				if err == nil {
					err = q.put(ctx, i, b, nil)
				}
				return err
			})
		}
		if err := puts.Wait(); err != nil {
			cancel(err)
		}
	}()
	for range n {
		r, err := q.next(ctx)
		if err != nil {
			out.Err = err
			break
		}
		if r.index < 0 || r.index >= n {
			out.Err = fmt.Errorf("cluster: a result of %s %d, expected 0 ≤ index < %d", t.name, r.index, n)
			break
		}
		if r.err == nil {
			r.err = decode(r.body, &out.Values[r.index])
		}
		if out.Errors[r.index] = r.err; r.err == nil {
			out.Done++
			out.Seconds += r.seconds
		}
		loop.Add(1)
	}
	return out
}

// String is one line.
func (m *Mapped[Out]) String() string {
	s := fmt.Sprintf("%d of %d done", m.Done, len(m.Values))
	for _, err := range m.Errors {
		var failed *TaskError
		if errors.As(err, &failed) {
			s += "; first failure: " + failed.Error()
			break
		}
	}
	if m.Err != nil {
		s += fmt.Sprintf("; %v", m.Err)
	}
	return s
}
