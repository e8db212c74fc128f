package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"glassy/kernel/display"
	"glassy/kernel/engine"
	"glassy/kernel/wire"
)

// Engine runs cells. All methods may be called concurrently; Execute is called
// for one cell at a time, but for those that are told to run beside that one.
// *engine.Session is one.
type Engine interface {
	Execute(ctx context.Context, c engine.Cell, out engine.Output) engine.Result
	Evaluate(ctx context.Context, expr engine.Cell) (display.Bundle, *engine.Error)
	Complete(code string, cursor int) engine.Completion // offsets in bytes
	Inspect(code string, cursor, detail int) (display.Bundle, bool)
	Completeness(code string) (engine.Completeness, string)
	// Interrupt ends the cell that runs, or what a comm message set going, and
	// does not wait for the end. The context of the cell is cancelled besides,
	// so that an interrupt at the very start of Execute is not lost. It is
	// called between cells too: a cell that was left behind is the engine's to
	// deal with.
	Interrupt()
	Comm(m engine.CommMessage, out engine.Output)
	// CommBeside does not wait for the running cell, whose output it is that
	// comes of it.
	CommBeside(m engine.CommMessage)
}

// Config is what a kernel is made of.
type Config struct {
	ConnectionFile string          // path of the connection file; "" to use Connection
	Connection     wire.Connection // where to listen when there is no file; port 0 takes a free one
	Engine         Engine
	HistoryFile    string           // inputs and outputs of all sessions; "" keeps them in memory
	Log            *slog.Logger     // nil drops what is logged
	Version        string           // of the kernel, for kernel_info
	Interrupts     <-chan os.Signal // each value interrupts the running cell; may be nil

	// Unattended is how long a debugger waits for a front end to listen again
	// before it lets stopped code go on; 0 is half a minute.
	Unattended time.Duration
}

// How long Run waits at the end for a cell: first after interrupting it, then
// after cancelling its context.
const grace = time.Second

// Server is a kernel whose sockets are bound.
type Server struct {
	log     *slog.Logger
	engine  Engine
	version string
	signals <-chan os.Signal
	sockets *wire.Sockets
	out     *outbox
	queue   *queue // of the main shell
	stdin   *stdin
	history *history
	comms   *comms

	subshells *subshells

	count   atomic.Int64 // execution count; the shell loop writes it
	stop    chan struct{}
	stopped sync.Once

	unattended time.Duration // how long the debugger waits for a front end
	watch      sync.Once     // over that
}

// New binds the sockets. Call Run next.
func New(cfg Config) (*Server, error) {
	if cfg.Engine == nil {
		return nil, errors.New("server: Config.Engine is nil, want an engine")
	}
	log := cfg.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	c := cfg.Connection
	if cfg.ConnectionFile != "" {
		var err error
		if c, err = wire.ReadConnection(cfg.ConnectionFile); err != nil {
			return nil, err
		}
	}
	out := &outbox{log: log}
	sockets, err := wire.Listen(c, log, out.greeting)
	if err != nil {
		return nil, err
	}
	out.publish = sockets.Publish
	return &Server{
		log:     log,
		engine:  cfg.Engine,
		version: cfg.Version,
		signals: cfg.Interrupts,
		sockets: sockets,
		out:     out,
		queue:   newQueue(),
		stdin:   newStdin(sockets.Ask, log),
		history: openHistory(cfg.HistoryFile, log),
		comms:   newComms(),

		subshells: newSubshells(),

		unattended: cfg.Unattended,
		stop:       make(chan struct{}),
	}, nil
}

// Run is New and [Server.Run] in one.
func Run(ctx context.Context, cfg Config) error {
	s, err := New(cfg)
	if err != nil {
		return err
	}
	return s.Run(ctx)
}

// Connection is where the kernel listens.
func (s *Server) Connection() wire.Connection { return s.sockets.Connection() }

// Interrupt does what interrupt_request does for the main shell: it interrupts
// the running cell, or, between cells, aborts those that wait, and tells the
// engine either way. It may be called at any time.
func (s *Server) Interrupt() { s.interrupt(s.queue) }

// interrupt interrupts a shell. The engine's Interrupt is for the main one; what
// runs beside it ends with its context.
func (s *Server) interrupt(q *queue) {
	cancel, tell := q.interrupt()
	if tell && q == s.queue {
		s.guarded("interrupting", s.engine.Interrupt)
	}
	if cancel != nil {
		cancel()
	}
}

// Run serves requests until a front end asks for shutdown or ctx ends, both of
// which are a nil error: the kernel has stopped as asked. A cell that still
// runs then is interrupted, waited for briefly, and left behind: the owner of
// the engine closes it.
func (s *Server) Run(ctx context.Context) error {
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	var beside sync.WaitGroup
	beside.Go(func() { s.control(life) })
	beside.Go(func() { s.takeShell(life) })
	beside.Go(func() { s.stdin.take(life, s.sockets.Requests(wire.Stdin)) })
	beside.Go(func() { s.takeSignals(life) })

	shells := make(chan struct{})
	go func() {
		defer close(shells)
		defer s.subshells.loops.Wait()
		s.shell(life, s.queue)
	}()

	select {
	case <-ctx.Done():
	case <-s.stop:
	}
	queues := append(s.subshells.close(), s.queue)
	for _, q := range queues {
		q.close()
		s.interrupt(q)
	}
	if !within(grace, shells) {
		cancel()
		if !within(grace, shells) {
			s.log.Warn("the running cell did not end; leaving it behind")
		}
	}
	cancel()
	beside.Wait()
	s.out.flush()
	if err := s.sockets.Close(); err != nil {
		return fmt.Errorf("closing the sockets: %w", err)
	}
	return nil
}

func within(d time.Duration, done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	case <-time.After(d):
		return false
	}
}

func (s *Server) takeSignals(ctx context.Context) {
	for {
		select {
		case _, ok := <-s.signals:
			if !ok {
				return
			}
			s.Interrupt()
		case <-ctx.Done():
			return
		}
	}
}

// takeShell moves shell requests to their queues, so that what is to be aborted is
// known while a cell runs.
func (s *Server) takeShell(ctx context.Context) {
	for {
		select {
		case m := <-s.sockets.Requests(wire.Shell):
			s.arrive(&request{Message: m, channel: wire.Shell})
		case <-ctx.Done():
			return
		}
	}
}

// arrive gives a request to the shell that it names. Where there is none, that is
// the answer.
func (s *Server) arrive(r *request) {
	q, err := s.queueOf(r)
	if err == nil && !q.push(r) {
		err = fmt.Errorf("the subshell %q is being deleted", r.Header.Subshell)
	}
	if err != nil {
		s.respond(r, func() *reply { return s.refuse(r, err) })
	}
}

// shell handles a queue, one request at a time.
func (s *Server) shell(ctx context.Context, q *queue) {
	for {
		r := q.pop()
		if r == nil {
			return
		}
		s.handle(ctx, r, shellHandlers)
		q.finish(r)
	}
}

func (s *Server) control(ctx context.Context) {
	for {
		select {
		case m := <-s.sockets.Requests(wire.Control):
			s.handle(ctx, &request{Message: m, channel: wire.Control}, controlHandlers)
		case <-ctx.Done():
			return
		}
	}
}

// reply is the answer to a request.
type reply struct {
	content  any
	metadata any
	then     func() // after all is sent
}

// A handler answers one request: nil is no reply at all, an error is a reply
// with status error.
type handler func(s *Server, ctx context.Context, r *request) (*reply, error)

var shellHandlers = map[string]handler{
	"execute_request":     (*Server).execute,
	"complete_request":    (*Server).complete,
	"inspect_request":     (*Server).inspect,
	"is_complete_request": (*Server).isComplete,
	"history_request":     (*Server).historyRequest,
	"comm_info_request":   (*Server).commInfo,
	"kernel_info_request": (*Server).kernelInfo,
	"shutdown_request":    (*Server).shutdown,
	"comm_open":           (*Server).commMessage,
	"comm_msg":            (*Server).commMessage,
	"comm_close":          (*Server).commMessage,
	"interrupt_request":   (*Server).interruptRequest,
	"debug_request":       (*Server).debug,
}

// controlHandlers are those that need not wait for a cell.
var controlHandlers = map[string]handler{
	"kernel_info_request": (*Server).kernelInfo,
	"interrupt_request":   (*Server).interruptRequest,
	"shutdown_request":    (*Server).shutdown,
	"debug_request":       (*Server).debug,
	"comm_info_request":   (*Server).commInfo,
	"history_request":     (*Server).historyRequest,
	"comm_open":           (*Server).commMessage,
	"comm_msg":            (*Server).commMessage,
	"comm_close":          (*Server).commMessage,

	"create_subshell_request": (*Server).createSubshell,
	"delete_subshell_request": (*Server).deleteSubshell,
	"list_subshell_request":   (*Server).listSubshells,

	"execute_request":     wrongChannel,
	"complete_request":    wrongChannel,
	"inspect_request":     wrongChannel,
	"is_complete_request": wrongChannel,
}

func wrongChannel(_ *Server, _ context.Context, r *request) (*reply, error) {
	return nil, fmt.Errorf("%s came on the control channel; send it on shell", r.Header.Type)
}

// handle is the life of one request: busy, what the handler brings, reply,
// idle.
func (s *Server) handle(ctx context.Context, r *request, handlers map[string]handler) {
	s.respond(r, func() *reply { return s.answer(ctx, r, handlers) })
}

func (s *Server) respond(r *request, answer func() *reply) {
	s.out.status(r.Message, "busy")
	rep := answer()
	if rep != nil {
		s.out.flush()
		o := wire.Outgoing{Type: strings.TrimSuffix(r.Header.Type, "_request") + "_reply", Content: rep.content, Metadata: rep.metadata}
		if err := s.sockets.Reply(r.channel, r.Message, o); err != nil {
			s.log.Warn("reply not sent", "type", o.Type, "err", err)
		}
	}
	s.out.status(r.Message, "idle")
	if rep != nil && rep.then != nil {
		rep.then()
	}
}

// answer calls the handler. What goes wrong in it becomes an error reply.
func (s *Server) answer(ctx context.Context, r *request, handlers map[string]handler) (rep *reply) {
	h, ok := handlers[r.Header.Type]
	if !ok {
		s.log.Warn("unknown message type", "type", r.Header.Type, "socket", string(r.channel))
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("panic in a handler", "type", r.Header.Type, "panic", p, "stack", string(debug.Stack()))
			rep = s.failure(r, "KernelPanic", fmt.Sprint(p))
		}
	}()
	rep, err := h(s, ctx, r)
	if err != nil {
		return s.refuse(r, err)
	}
	return rep
}

func (s *Server) refuse(r *request, err error) *reply {
	s.log.Warn("request refused", "type", r.Header.Type, "err", err)
	return s.failure(r, "BadRequest", err.Error())
}

// failure is a reply with status error; nil for a message that takes none.
func (s *Server) failure(r *request, name, value string) *reply {
	if !strings.HasSuffix(r.Header.Type, "_request") {
		return nil
	}
	content := errorContent(&engine.Error{Name: name, Value: value})
	content["status"] = "error"
	if r.Header.Type == "execute_request" {
		content["execution_count"] = s.count.Load()
	}
	return &reply{content: content}
}

// errorContent is the common part of replies with status error and of iopub's
// error message.
func errorContent(e *engine.Error) map[string]any {
	traceback := e.Traceback
	if len(traceback) == 0 {
		traceback = []string{e.Error()}
	}
	return map[string]any{"ename": e.Name, "evalue": e.Value, "traceback": traceback}
}

// decode takes the content of a request apart.
func decode(r *request, into any) error {
	if err := json.Unmarshal(r.Content, into); err != nil {
		return fmt.Errorf("content of %s: %w", r.Header.Type, err)
	}
	return nil
}

// guarded calls f and logs a panic instead of passing it on.
func (s *Server) guarded(what string, f func()) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("panic in the engine", "while", what, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	f()
}
