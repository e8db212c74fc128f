package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"maps"
	"slices"
	"sync"
	"time"

	"glassy/kernel/display"
	"glassy/kernel/engine/cell/debug"
	"glassy/kernel/engine/host"
)

// debugger is this process's half of the debugger: it speaks the debug adapter
// protocol with Jupyter's additions, and knows cells and their paths. The other
// half is in the session process (host/debug.go), next to what it looks at.
type debugger struct {
	mu          sync.Mutex
	events      func(event any) // to the front end that asked last
	attached    bool
	quiet       bool                           // for a while, nothing stops
	panics      bool                           // stop at them
	sources     map[string]string              // cells by path
	breakpoints map[string][]breakpoint        // by path
	stopped     int64                          // the goroutine that is, or 0
	globals     []host.Variable                // when the running cell began
	shown       any                            // inspectVariables' last answer
	asked       map[int]chan host.DebugMessage // requests of the session process under way
	last        int                            // of their ids
}

// breakpoint is one of a front end's.
type breakpoint struct {
	Line      int    `json:"line"`
	Condition string `json:"condition,omitempty"`
}

// debugRequest is a request of the debug adapter protocol.
type debugRequest struct {
	Seq     int             `json:"seq"`
	Type    string          `json:"type"`
	Command string          `json:"command"`
	Args    json.RawMessage `json:"arguments"`
}

// debugReply is the answer.
type debugReply struct {
	Type    string `json:"type"`
	Seq     int    `json:"seq"`
	For     int    `json:"request_seq"`
	Success bool   `json:"success"`
	Command string `json:"command"`
	Message string `json:"message,omitempty"`
	Body    any    `json:"body"`
}

type debugEvent struct {
	Type  string `json:"type"`
	Seq   int    `json:"seq"`
	Event string `json:"event"`
	Body  any    `json:"body,omitempty"`
}

// Debug answers one request of the debug adapter protocol. Events of the
// debugger go to events, until the next request.
func (s *Session) Debug(ctx context.Context, request json.RawMessage, events func(event any)) (reply any) {
	var q debugRequest
	err := json.Unmarshal(request, &q)
	d := &s.debug
	d.mu.Lock()
	d.events = events
	d.mu.Unlock()
	r := debugReply{Type: "response", For: q.Seq, Command: q.Command, Success: true, Body: struct{}{}}
	if err == nil {
		answer, ok := debugAnswers[q.Command]
		if !ok {
			answer = forwarded
		}
		var body any
		if body, err = answer(s, ctx, q); body != nil {
			r.Body = body
		}
	}
	if err != nil {
		r.Success, r.Message = false, err.Error()
	}
	return r
}

// debugAnswers are the commands that this process answers. The others are the
// session process's.
var debugAnswers map[string]func(*Session, context.Context, debugRequest) (any, error)

func init() { // they refer to the session, and it to them
	debugAnswers = map[string]func(*Session, context.Context, debugRequest) (any, error){
		"initialize":              (*Session).debugInitialize,
		"attach":                  (*Session).debugAttach,
		"disconnect":              (*Session).debugDisconnect,
		"configurationDone":       func(*Session, context.Context, debugRequest) (any, error) { return nil, nil },
		"debugInfo":               (*Session).debugInfo,
		"dumpCell":                (*Session).debugDumpCell,
		"source":                  (*Session).debugSource,
		"modules":                 (*Session).debugModules,
		"setBreakpoints":          (*Session).debugSetBreakpoints,
		"setExceptionBreakpoints": (*Session).debugSetExceptionBreakpoints,
		"stackTrace":              (*Session).debugStackTrace,
		"inspectVariables":        (*Session).debugInspectVariables,
		"richInspectVariables":    (*Session).debugRichInspect,
		"evaluate":                (*Session).debugEvaluate,
	}
}

const panicFilter = "panic"

func (s *Session) debugInitialize(context.Context, debugRequest) (any, error) {
	if _, ok := s.back.(*native); !ok {
		return nil, errors.New("cells are stopped in by the native engine only: choose the kernel that compiles them; variables can be inspected here")
	}
	return map[string]any{
		"supportsConfigurationDoneRequest": true,
		"supportsConditionalBreakpoints":   true,
		"supportsEvaluateForHovers":        true,
		"supportsModulesRequest":           true,
		"supportsDelayedStackTraceLoading": true,
		"exceptionBreakpointFilters": []any{
			map[string]any{"filter": panicFilter, "label": "Panics", "default": false,
				"description": "stop where a function is left by a panic"},
		},
	}, nil
}

func (s *Session) debugAttach(context.Context, debugRequest) (any, error) {
	d := &s.debug
	d.mu.Lock()
	d.attached = true
	d.mu.Unlock()
	d.event("initialized", nil)
	return nil, s.configureDebugger()
}

// debugDisconnect lets everything run, at native speed when it is compiled next.
func (s *Session) debugDisconnect(context.Context, debugRequest) (any, error) {
	d := &s.debug
	d.mu.Lock()
	d.attached, d.panics = false, false
	d.breakpoints = nil
	d.mu.Unlock()
	return nil, s.configureDebugger()
}

func (s *Session) debugInfo(context.Context, debugRequest) (any, error) {
	d := &s.debug
	d.mu.Lock()
	defer d.mu.Unlock()
	breakpoints, stopped := []any{}, []int64{}
	for _, path := range slices.Sorted(maps.Keys(d.breakpoints)) {
		breakpoints = append(breakpoints, map[string]any{"source": path, "breakpoints": d.breakpoints[path]})
	}
	if d.stopped != 0 {
		stopped = append(stopped, d.stopped)
	}
	return map[string]any{
		"isStarted":      d.attached,
		"hashMethod":     hashMethod,
		"hashSeed":       hashSeed,
		"tmpFilePrefix":  pathPrefix,
		"tmpFileSuffix":  pathSuffix,
		"breakpoints":    breakpoints,
		"stoppedThreads": stopped,
		"richRendering":  true,
		"exceptionPaths": []string{},
		"copyToGlobals":  false,
	}, nil
}

func (s *Session) debugDumpCell(_ context.Context, q debugRequest) (any, error) {
	var a struct {
		Code string `json:"code"`
	}
	if err := q.arguments(&a); err != nil {
		return nil, err
	}
	path := cellPathOf(a.Code)
	d := &s.debug
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.sources == nil {
		d.sources = map[string]string{}
	}
	d.sources[path] = a.Code
	return map[string]string{"sourcePath": path}, nil
}

// codeAt is the cell of a path.
func (s *Session) codeAt(path string) (code string, ok bool) {
	s.debug.mu.Lock()
	code, ok = s.debug.sources[path]
	s.debug.mu.Unlock()
	if ok {
		return code, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, code := range s.texts {
		if cellPathOf(code) == path {
			return code, true
		}
	}
	return "", false
}

func (s *Session) debugSource(_ context.Context, q debugRequest) (any, error) {
	var a struct {
		Source struct {
			Path string `json:"path"`
		} `json:"source"`
	}
	if err := q.arguments(&a); err != nil {
		return nil, err
	}
	if code, ok := s.codeAt(a.Source.Path); ok {
		return map[string]string{"content": code, "mimeType": "text/x-go"}, nil
	}
	return nil, fmt.Errorf("%s is the path of no cell that this kernel knows", a.Source.Path)
}

// debugModules lists the cells that ran.
func (s *Session) debugModules(context.Context, debugRequest) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []any{}
	for _, n := range slices.Sorted(maps.Keys(s.texts)) {
		if s.counts[n] > 0 {
			list = append(list, map[string]any{"id": n, "name": fmt.Sprintf("Cell[%d]", s.counts[n]), "path": cellPathOf(s.texts[n])})
		}
	}
	return map[string]any{"modules": list, "totalModules": len(list)}, nil
}

// debugSetBreakpoints moves each breakpoint to the next line that has a statement.
func (s *Session) debugSetBreakpoints(_ context.Context, q debugRequest) (any, error) {
	var a struct {
		Source struct {
			Path string `json:"path"`
		} `json:"source"`
		Breakpoints []breakpoint `json:"breakpoints"`
	}
	if err := q.arguments(&a); err != nil {
		return nil, err
	}
	var lines []int
	if code, ok := s.codeAt(a.Source.Path); ok {
		lines = stops(code)
	}
	set, kept := []any{}, []breakpoint{}
	for _, b := range a.Breakpoints {
		b.Line = stopAt(lines, b.Line)
		kept = append(kept, b)
		set = append(set, map[string]any{"verified": true, "line": b.Line, "source": map[string]string{"path": a.Source.Path}})
	}
	d := &s.debug
	d.mu.Lock()
	if d.breakpoints == nil {
		d.breakpoints = map[string][]breakpoint{}
	}
	if d.breakpoints[a.Source.Path] = kept; len(kept) == 0 {
		delete(d.breakpoints, a.Source.Path)
	}
	d.mu.Unlock()
	return map[string]any{"breakpoints": set}, s.configureDebugger()
}

func (s *Session) debugSetExceptionBreakpoints(_ context.Context, q debugRequest) (any, error) {
	var a struct {
		Filters []string `json:"filters"`
	}
	if err := q.arguments(&a); err != nil {
		return nil, err
	}
	for _, f := range a.Filters {
		if f != panicFilter {
			return nil, fmt.Errorf("exception filter is %q; %q is known", f, panicFilter)
		}
	}
	d := &s.debug
	d.mu.Lock()
	d.panics = len(a.Filters) > 0
	d.mu.Unlock()
	return nil, s.configureDebugger()
}

// debugStackTrace adds the paths of the cells to the session process's answer.
func (s *Session) debugStackTrace(ctx context.Context, q debugRequest) (any, error) {
	raw, err := s.askDebugger(ctx, q.Command, q.Args)
	if err != nil {
		return nil, err
	}
	var t host.StackTrace
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, err
	}
	frames := []any{}
	for _, f := range t.Frames {
		s.mu.Lock()
		path := cellPathOf(s.texts[f.Unit])
		s.mu.Unlock()
		name := f.Name
		if name == "" {
			name = "cell"
		}
		frames = append(frames, map[string]any{"id": f.ID, "name": name, "line": f.Line, "column": f.Column,
			"source": map[string]string{"name": s.cellName(f.Unit), "path": path}})
	}
	return map[string]any{"stackFrames": frames, "totalFrames": t.Total}, nil
}

// debugInspectVariables lists the variables of the session. While a cell runs
// nobody may look at them but where it is stopped, so the last answer stands.
func (s *Session) debugInspectVariables(ctx context.Context, _ debugRequest) (any, error) {
	d := &s.debug
	if s.running.TryLock() {
		defer s.running.Unlock()
		s.front.Lock()
		d.setGlobals(s.globals())
		s.front.Unlock()
	} else if shown, stopped := d.state(); !stopped {
		return shown, nil
	}
	raw, err := s.askDebugger(ctx, "globals", nil)
	if err != nil { // no process: no variables
		raw = json.RawMessage(`{"variables": []}`)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shown = raw
	return raw, nil
}

// debugRichInspect shows a variable as a cell would.
func (s *Session) debugRichInspect(ctx context.Context, q debugRequest) (any, error) {
	var a struct {
		Name string `json:"variableName"`
	}
	if err := q.arguments(&a); err != nil {
		return nil, err
	}
	none := map[string]any{"data": map[string]any{}, "metadata": map[string]any{}}
	if !token.IsIdentifier(a.Name) {
		return none, fmt.Errorf("%q is no name of a variable", a.Name)
	}
	var b display.Bundle
	if _, stopped := s.debug.state(); stopped {
		raw, err := s.askDebugger(ctx, "rich", q.Args)
		if err != nil {
			return none, err
		}
		if err := json.Unmarshal(raw, &b); err != nil {
			return none, err
		}
	} else {
		var err error
		if b, err = s.evaluateIdle(ctx, a.Name); err != nil {
			return none, err
		}
	}
	data, metadata := b.Data, b.Metadata
	if metadata == nil {
		metadata = map[string]any{}
	}
	return map[string]any{"data": data, "metadata": metadata}, nil
}

// debugEvaluate evaluates in the frame that is stopped, or in the session.
func (s *Session) debugEvaluate(ctx context.Context, q debugRequest) (any, error) {
	if _, stopped := s.debug.state(); stopped {
		return forwarded(s, ctx, q)
	}
	var a struct {
		Expression string `json:"expression"`
	}
	if err := q.arguments(&a); err != nil {
		return nil, err
	}
	b, err := s.evaluateIdle(ctx, a.Expression)
	if err != nil {
		return nil, err
	}
	text, _ := b.Data["text/plain"].(string)
	return map[string]any{"result": text, "variablesReference": 0}, nil
}

// evaluateIdle runs an expression where no cell runs. The debugger waits for it,
// so it is not stopped at breakpoints, and not waited for for ever.
func (s *Session) evaluateIdle(ctx context.Context, expr string) (b display.Bundle, err error) {
	if !s.running.TryLock() {
		return b, errors.New("a cell runs: it can be asked when it is stopped, or has ended")
	}
	defer s.running.Unlock()
	s.front.Lock()
	defer s.front.Unlock()
	d := &s.debug
	quiet := func(on bool) {
		d.mu.Lock()
		d.quiet = on
		d.mu.Unlock()
		_ = s.configureDebugger() // fails where the next request does
	}
	quiet(true)
	defer quiet(false)
	ctx, cancel := context.WithTimeout(ctx, debugPatience)
	defer cancel()
	out := s.output()
	ctx, done := s.begin(ctx, out, true)
	defer done()
	r := s.execute(ctx, Cell{Code: expr, Silent: true}, out)
	switch {
	case r.Error != nil:
		return b, r.Error
	case r.Value == nil:
		return display.Text(""), nil
	}
	return *r.Value, nil
}

// forwarded asks the session process.
func forwarded(s *Session, ctx context.Context, q debugRequest) (any, error) {
	raw, err := s.askDebugger(ctx, q.Command, q.Args)
	if err != nil {
		return nil, err
	}
	return raw, nil
}

func (q debugRequest) arguments(into any) error {
	if err := json.Unmarshal(q.Args, into); err != nil {
		return fmt.Errorf("arguments of %s: %w", q.Command, err)
	}
	return nil
}

// debugPatience is how long the debugger's requests may take.
const debugPatience = 10 * time.Second

// askDebugger asks the session process, and waits for the answer.
func (s *Session) askDebugger(ctx context.Context, command string, args any) (json.RawMessage, error) {
	raw, err := json.Marshal(args)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	p := s.proc
	s.mu.Unlock()
	d := &s.debug
	answer := make(chan host.DebugMessage, 1)
	d.mu.Lock()
	d.last++
	id := d.last
	if d.asked == nil {
		d.asked = map[int]chan host.DebugMessage{}
	}
	d.asked[id] = answer
	globals := d.globals
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		delete(d.asked, id)
		d.mu.Unlock()
	}()
	if err := p.send(host.Request{Op: "debug", Debug: &host.DebugRequest{ID: id, Command: command, Args: raw, Globals: globals}}); err != nil {
		return nil, fmt.Errorf("the session process does not listen: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, debugPatience)
	defer cancel()
	select {
	case m := <-answer:
		if m.Err != "" {
			return nil, errors.New(m.Err)
		}
		return m.Body, nil
	case <-p.gone:
		return nil, errors.New("the session process died")
	case <-ctx.Done():
		return nil, fmt.Errorf("%s was not answered within %v", command, debugPatience)
	}
}

// debugMessage takes what the session process says.
func (s *Session) debugMessage(m host.DebugMessage) {
	d := &s.debug
	if m.Event == "" {
		d.mu.Lock()
		answer := d.asked[m.ID]
		d.mu.Unlock()
		if answer != nil {
			answer <- m
		}
		return
	}
	var b struct {
		Thread int64 `json:"threadId"`
	}
	if err := json.Unmarshal(m.Body, &b); err != nil {
		s.cfg.Log.Error("an event of the debugger", "error", err)
		return
	}
	d.mu.Lock()
	if d.stopped = b.Thread; m.Event != "stopped" {
		d.stopped = 0
	}
	d.mu.Unlock()
	d.event(m.Event, m.Body)
}

func (d *debugger) event(name string, body any) {
	d.mu.Lock()
	events := d.events
	d.mu.Unlock()
	if events != nil {
		events(debugEvent{Type: "event", Event: name, Body: body})
	}
}

// state is the last answer of inspectVariables, and whether code is stopped.
func (d *debugger) state() (shown any, stopped bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shown == nil {
		d.shown = map[string]any{"variables": []any{}}
	}
	return d.shown, d.stopped != 0
}

// died notes that the session process is gone, and what was stopped in it.
func (d *debugger) died() {
	d.mu.Lock()
	thread := d.stopped
	d.stopped = 0
	d.mu.Unlock()
	if thread != 0 {
		d.event("continued", map[string]any{"threadId": thread, "allThreadsContinued": true})
	}
}

func (d *debugger) isAttached() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.attached && !d.quiet
}

func (d *debugger) isQuiet() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.quiet
}

func (d *debugger) setGlobals(gs []host.Variable) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.globals = gs
}

// globals are the variables of the session, by name. The caller holds front.
func (s *Session) globals() []host.Variable {
	list := []host.Variable{}
	for _, e := range s.ofKind(token.VAR) {
		list = append(list, e.place())
	}
	return list
}

// configureDebugger tells the session process what to stop at.
func (s *Session) configureDebugger() error {
	s.mu.Lock()
	texts := maps.Clone(s.texts)
	p := s.proc
	s.mu.Unlock()
	d := &s.debug
	d.mu.Lock()
	var c *debug.Config
	if d.attached && !d.quiet {
		c = &debug.Config{Breakpoints: map[int]map[int]debug.Breakpoint{}, Panics: d.panics}
		for n, code := range texts {
			if len(d.breakpoints) == 0 {
				break
			}
			for _, b := range d.breakpoints[cellPathOf(code)] {
				if c.Breakpoints[n] == nil {
					c.Breakpoints[n] = map[int]debug.Breakpoint{}
				}
				c.Breakpoints[n][b.Line] = debug.Breakpoint{Condition: b.Condition}
			}
		}
	}
	globals := d.globals
	d.mu.Unlock()
	raw, err := json.Marshal(map[string]any{"config": c})
	if err != nil {
		return err
	}
	if err := p.send(host.Request{Op: "debug", Debug: &host.DebugRequest{Command: "configure", Args: raw, Globals: globals}}); err != nil {
		return fmt.Errorf("the session process does not listen: %w", err)
	}
	return nil
}

// prepareDebug brings a cell that is about to run under the debugger, if one is
// attached: functions of earlier cells get their debug form, and what to stop
// at is told. The caller holds front.
func (s *Session) prepareDebug(ctx context.Context) {
	attached := s.debug.isAttached()
	switch {
	case attached:
		if err := s.overlayFunctions(ctx); err != nil {
			s.cfg.Log.Warn("functions of earlier cells are not seen by the debugger", "error", err)
		}
		s.debug.setGlobals(s.globals())
		if err := s.configureDebugger(); err != nil {
			s.cfg.Log.Warn("the debugger does not hear what to stop at", "error", err)
		}
	case s.overlay != nil && !s.debug.isQuiet():
		for _, u := range s.units {
			_ = s.proc.send(host.Request{Op: "define", Unit: u.n})
		}
		s.overlay = nil
	}
}

// overlayFunctions compiles the functions of earlier cells once more, in debug
// form, and points what calls them there. To the session they stay what they
// are. Methods cannot be changed under live values: they get their debug form
// when their cell runs again.
func (s *Session) overlayFunctions(ctx context.Context) error {
	var again []*entity
	fresh := false
	for _, name := range slices.Sorted(maps.Keys(s.scope.live)) {
		if e := s.scope.live[name]; e.kind == token.FUNC && !e.debug && e.text != "" {
			again = append(again, e)
			fresh = fresh || !s.overlay[e]
		}
	}
	if !fresh {
		return nil
	}
	s.count++
	src, err := parseSource("")
	if err != nil {
		return err
	}
	u := newUnit(s.count, src, s.scope)
	u.again = again
	for _, e := range again {
		u.defined[e.name] = true
	}
	u.resolve(s.known(""))
	u.write()
	if ds := u.check(s.imp, s.back.goVersion(), false); len(ds) > 0 {
		return ds
	}
	u.declare()
	code, err := u.compiled()
	if err != nil {
		return err
	}
	load, err := s.back.build(ctx, u, code)
	if err != nil {
		return err
	}
	if err := s.load(ctx, load); err != nil {
		return err
	}
	s.overlay = map[*entity]bool{}
	for _, e := range again {
		s.overlay[e] = true
	}
	return s.proc.send(host.Request{Op: "define", Unit: u.n})
}
