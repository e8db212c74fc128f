package server_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"glassy/kernel/display"
	"glassy/kernel/engine"
	"glassy/kernel/server"
	"glassy/kernel/wire"
	"glassy/kernel/wire/wiretest"
)

// fake is an engine whose cells are scripted: the first word of the code names
// the script.
type fake struct {
	mu        sync.Mutex
	stop      chan struct{} // closed by Interrupt; nil when no cell runs that waits for its turn
	scripts   map[string]script
	ran       []engine.Cell
	comms     []engine.CommMessage
	beside    []engine.CommMessage
	slow      time.Duration // from the begin of Execute until Interrupt works
	completed func(code string, cursor int) engine.Completion
}

type script func(ctx context.Context, stop <-chan struct{}, code string, out engine.Output) engine.Result

func text(s string) *display.Bundle {
	b := display.Text(s)
	return &b
}

func failed(name, value string) engine.Result {
	return engine.Result{Error: &engine.Error{Name: name, Value: value, Traceback: []string{name + ": " + value}}}
}

// newFake has the scripts that most tests use; each test may add its own.
func newFake() *fake {
	return &fake{scripts: map[string]script{
		"value": func(_ context.Context, _ <-chan struct{}, code string, _ engine.Output) engine.Result {
			return engine.Result{Value: text(strings.TrimPrefix(code, "value "))}
		},
		"nothing": func(context.Context, <-chan struct{}, string, engine.Output) engine.Result { return engine.Result{} },
		"print": func(_ context.Context, _ <-chan struct{}, code string, out engine.Output) engine.Result {
			out.Stream("stdout", strings.TrimPrefix(code, "print "))
			return engine.Result{}
		},
		"fail": func(context.Context, <-chan struct{}, string, engine.Output) engine.Result {
			return failed("Panic", "it failed")
		},
		"panic": func(context.Context, <-chan struct{}, string, engine.Output) engine.Result { panic("engine bug") },
		"loop": func(ctx context.Context, stop <-chan struct{}, _ string, out engine.Output) engine.Result {
			out.Stream("stdout", "looping")
			select {
			case <-stop:
			case <-ctx.Done():
			}
			r := failed("Interrupted", "stopped")
			r.Error.Interrupted = true
			return r
		},
		"sleep": func(_ context.Context, _ <-chan struct{}, code string, _ engine.Output) engine.Result {
			d, err := time.ParseDuration(strings.TrimPrefix(code, "sleep "))
			if err != nil {
				return failed("BadScript", err.Error())
			}
			time.Sleep(d)
			return engine.Result{}
		},
	}}
}

func (f *fake) Execute(ctx context.Context, c engine.Cell, out engine.Output) engine.Result {
	stop := make(chan struct{})
	time.Sleep(f.slow)
	f.mu.Lock()
	f.ran = append(f.ran, c)
	if !c.Beside {
		f.stop = stop
	}
	word, _, _ := strings.Cut(c.Code, " ")
	run, ok := f.scripts[word]
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if !c.Beside {
			f.stop = nil
		}
	}()
	if !ok {
		return failed("NoScript", c.Code)
	}
	return run(ctx, stop, c.Code, out)
}

func (f *fake) Interrupt() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stop != nil {
		close(f.stop)
		f.stop = nil
	}
}

func (f *fake) Evaluate(_ context.Context, c engine.Cell) (display.Bundle, *engine.Error) {
	switch c.Code {
	case "bad":
		return display.Bundle{}, failed("CompileError", "undefined: bad").Error
	case "panic":
		panic("engine bug")
	}
	return display.Text("<" + c.Code + ">"), nil
}

func (f *fake) Complete(code string, cursor int) engine.Completion {
	if f.completed == nil {
		panic("engine bug")
	}
	return f.completed(code, cursor)
}

func (f *fake) Inspect(code string, cursor, detail int) (display.Bundle, bool) {
	if cursor == 0 {
		return display.Bundle{}, false
	}
	return display.Text(code[:cursor] + strings.Repeat("!", detail)), true
}

func (f *fake) Completeness(code string) (engine.Completeness, string) {
	if strings.HasSuffix(code, "{") {
		return engine.Incomplete, "\t"
	}
	return engine.Complete, ""
}

func (f *fake) Comm(m engine.CommMessage, out engine.Output) {
	stop := make(chan struct{})
	f.mu.Lock()
	f.stop = stop
	f.comms = append(f.comms, m)
	f.mu.Unlock()
	switch string(m.Data) {
	case `{"ask":"loop"}`:
		<-stop
	case `{"ask":"echo"}`:
		out.Comm(engine.CommMessage{Type: "comm_msg", ID: m.ID, Data: m.Data, Buffers: m.Buffers})
	case `{"ask":"open"}`:
		out.Comm(engine.CommMessage{Type: "comm_open", ID: "ours", Target: "jupyter.widget", Data: []byte(`{"n":1}`)})
		out.Comm(engine.CommMessage{Type: "comm_odd", ID: "ours"})
		out.Comm(engine.CommMessage{Type: "comm_msg", ID: "ours", Data: []byte(`{`)})
	case `{"ask":"panic"}`:
		panic("engine bug")
	}
}

func (f *fake) CommBeside(m engine.CommMessage) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.beside = append(f.beside, m)
}

// received is how many comm messages have come.
func (f *fake) received() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.comms)
}

func (f *fake) cells() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var codes []string
	for _, c := range f.ran {
		codes = append(codes, c.Code)
	}
	return codes
}

// kernel is a running server and how to stop it.
type kernel struct {
	*server.Server
	done chan error
	stop context.CancelFunc
}

// start runs a kernel on local ports until the test ends.
func start(t testing.TB, cfg server.Config) *kernel {
	t.Helper()
	if cfg.ConnectionFile == "" && cfg.Connection == (wire.Connection{}) {
		cfg.Connection = wiretest.Local()
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s, err := server.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	k := &kernel{Server: s, done: make(chan error, 1), stop: cancel}
	go func() { k.done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		k.ended(t)
	})
	return k
}

// ended waits for Run to return, without an error.
func (k *kernel) ended(t testing.TB) {
	t.Helper()
	select {
	case err := <-k.done:
		if err != nil {
			t.Errorf("Run: %v", err)
		}
		k.done <- nil // for the next to ask
	case <-time.After(10 * time.Second):
		t.Error("Run does not return")
	}
}

// front is a front end, and a test that is in a hurry.
type front struct {
	*wiretest.Client
	t   testing.TB
	ctx context.Context
}

func connect(t testing.TB, k *kernel) *front {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	c, err := wiretest.Dial(ctx, k.Connection())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return &front{c, t, ctx}
}

func (f *front) do(ch wire.Channel, typ string, content any) wiretest.Result {
	f.t.Helper()
	r, err := f.Do(f.ctx, ch, typ, content)
	if err != nil {
		f.t.Fatalf("%s: %v", typ, err)
	}
	return r
}

func (f *front) send(ch wire.Channel, typ string, content any) string {
	f.t.Helper()
	id, err := f.Send(ch, typ, content)
	if err != nil {
		f.t.Fatalf("%s: %v", typ, err)
	}
	return id
}

func (f *front) run(code string, with ...map[string]any) wiretest.Result {
	f.t.Helper()
	return f.do(wire.Shell, "execute_request", wiretest.Execute(code, with...))
}

// busy sends a cell and returns its id once it runs.
func (f *front) busy(code string) string {
	f.t.Helper()
	id := f.send(wire.Shell, "execute_request", wiretest.Execute(code))
	if _, err := f.Await(f.ctx, wire.IOPub, "execute_input", id); err != nil {
		f.t.Fatal(err)
	}
	return id
}

func (f *front) collect(id string) wiretest.Result {
	f.t.Helper()
	r, err := f.Collect(f.ctx, wire.Shell, id)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// want checks fields of a message's content: each pair is a name and the value
// that JSON gives.
func want(t testing.TB, m *wire.Message, pairs ...any) {
	t.Helper()
	content := wiretest.Content(m)
	for i := 0; i+1 < len(pairs); i += 2 {
		if got := content[pairs[i].(string)]; got != pairs[i+1] {
			t.Errorf("%s: %s is %v, want %v", m.Header.Type, pairs[i], got, pairs[i+1])
		}
	}
}

// logs is a log that may be read while it is written.
type logs struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// types lists the iopub messages of a request.
func types(r wiretest.Result) string {
	var list []string
	for _, m := range r.IOPub {
		if m.Header.Type == "status" {
			list = append(list, wiretest.Content(m)["execution_state"].(string))
		} else {
			list = append(list, m.Header.Type)
		}
	}
	return strings.Join(list, " ")
}
