package cluster

import (
	"bytes"
	"context"
	"encoding/gob"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
)

// A Task is a function with a name, by which one process asks another to call
// it. What goes in and comes out travels as encoding/gob has it: exported fields,
// floating-point numbers bit by bit.
type Task[In, Out any] struct {
	name string
	do   func(context.Context, In) (Out, error)
}

// NewTask names a function. All processes of a cluster give the name to the same
// function; it stops when its context is done, and depends on its input alone,
// since it may be called twice.
func NewTask[In, Out any](name string, do func(context.Context, In) (Out, error)) *Task[In, Out] {
	if name == "" || strings.ContainsAny(name, "\r\n") {
		panic(fmt.Sprintf("cluster: NewTask: name is %q, expected one line", name))
	}
	return &Task[In, Out]{name, do}
}

// Name is what the task is called.
func (t *Task[In, Out]) Name() string { return t.name }

// Work is what a worker can do: a [Task] or a [Training] of any type.
type Work interface {
	Name() string
	call(ctx context.Context, w *worker, in []byte) (out []byte, err error)
}

func (t *Task[In, Out]) call(ctx context.Context, _ *worker, in []byte) (out []byte, err error) {
	var x In
	if err := decode(in, &x); err != nil {
		return nil, err
	}
	y, err := recovered(ctx, t.do, x)
	if err != nil {
		return nil, err
	}
	return encode(y)
}

// recovered calls do, with a panic of its goroutine as an error.
func recovered[In, Out any](ctx context.Context, do func(context.Context, In) (Out, error), x In) (y Out, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return do(ctx, x)
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(v); err != nil {
		return nil, fmt.Errorf("cluster: encode %T: %w", v, err)
	}
	return b.Bytes(), nil
}

// decode reads one value and nothing more. A message may come from anybody.
func decode(b []byte, v any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("cluster: decode %T: %v", v, p)
		}
	}()
	r := bytes.NewReader(b)
	if err := gob.NewDecoder(r).Decode(v); err != nil {
		return fmt.Errorf("cluster: decode %T of %d bytes: %w", v, len(b), err)
	}
	if n, _ := io.Copy(io.Discard, r); n > 0 {
		return fmt.Errorf("cluster: decode %T: %d bytes after it", v, n)
	}
	return nil
}
