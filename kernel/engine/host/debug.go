package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"glassy/kernel/display"
	"glassy/kernel/engine/cell"
	"glassy/kernel/engine/cell/debug"
	"glassy/kernel/engine/host/inspect"
)

// DebugRequest is a debugger's. Commands and what they take and give are those
// of the debug adapter protocol, but for configure, globals and rich.
type DebugRequest struct {
	ID      int             `json:"id"`
	Command string          `json:"command"`
	Args    json.RawMessage `json:"args,omitempty"`
	Globals []Variable      `json:"globals,omitempty"`
}

// DebugMessage is the answer to a request, or an event.
type DebugMessage struct {
	ID    int             `json:"id,omitempty"`
	Event string          `json:"event,omitempty"` // stopped, continued
	Body  json.RawMessage `json:"body,omitempty"`
	Err   string          `json:"err,omitempty"`
}

// debugging is the state of the debugger.
var debugging struct {
	sync.Mutex
	tree    inspect.Tree
	first   int        // the id of the innermost frame: no two stops share one
	frames  int        // how many there are
	globals []Variable // as last told
}

// maxFrames are listed of a stack.
const maxFrames = 200

// patience is how long a value may take to make its rich form.
const patience = 2 * time.Second

func (s *session) connectDebugger() {
	event := func(name string, body any) {
		raw, err := json.Marshal(body)
		if err != nil {
			panic(err) // of strings and numbers
		}
		s.send(Message{Op: "debug", Debug: &DebugMessage{Event: name, Body: raw}})
	}
	debug.Connect(debug.Host{
		Stopped: func(st debug.Stopped) {
			_, frames := debug.Where()
			debugging.Lock()
			debugging.tree.Forget()
			debugging.first += debugging.frames
			debugging.frames = len(frames)
			debugging.Unlock()
			flush() // what was printed before shows
			event("stopped", map[string]any{"reason": st.Reason, "description": st.Text, "text": st.Text, "threadId": st.Thread, "allThreadsStopped": false})
		},
		Continued: func(thread int64) {
			event("continued", map[string]any{"threadId": thread, "allThreadsContinued": true})
		},
		Holds: func(condition string, f *debug.Frame) (bool, error) {
			return inspect.Holds(condition, func(name string) (reflect.Value, bool) { return lookup(f, name) })
		},
	})
}

// lookup finds a variable in sight of a frame.
func lookup(f *debug.Frame, name string) (reflect.Value, bool) {
	for _, l := range locals(f) {
		if l.Name == name {
			return l.Value, true
		}
	}
	debugging.Lock()
	globals := debugging.globals
	debugging.Unlock()
	for _, g := range globals {
		if g.Name == name {
			if p := g.pointer(); p.IsValid() {
				return p.Elem(), true
			}
		}
	}
	return reflect.Value{}, false
}

// locals are the variables of a frame that are not hidden.
func locals(f *debug.Frame) []inspect.Named {
	var list []inspect.Named
	last := map[string]int{}
	for i, l := range f.Locals {
		last[l.Name] = i
	}
	for i, l := range f.Locals {
		if last[l.Name] == i {
			list = append(list, inspect.Named{Name: l.Name, Value: reflect.ValueOf(l.Ptr).Elem()})
		}
	}
	return list
}

func globals() []inspect.Named {
	debugging.Lock()
	defer debugging.Unlock()
	var list []inspect.Named
	for _, g := range debugging.globals {
		if p := g.pointer(); p.IsValid() {
			list = append(list, inspect.Named{Name: g.Name, Value: p.Elem()})
		}
	}
	return list
}

// frame is the frame that an id means; 0 is the innermost.
func frame(id int) (*debug.Frame, error) {
	_, frames := debug.Where()
	debugging.Lock()
	defer debugging.Unlock()
	if id == 0 {
		id = debugging.first
	}
	if i := id - debugging.first; i >= 0 && i < len(frames) {
		return frames[i], nil
	}
	return nil, fmt.Errorf("frame %d is none of what is stopped", id)
}

// debug answers a debugger's request. What panics in it is its answer.
func (s *session) debug(q DebugRequest) {
	m := DebugMessage{ID: q.ID}
	func() {
		defer func() {
			if x := recover(); x != nil {
				m.Err = cell.PanicText(x)
			}
		}()
		if q.Globals != nil {
			debugging.Lock()
			debugging.globals = q.Globals
			debugging.Unlock()
		}
		body, err := s.debugCommand(q)
		if err == nil {
			m.Body, err = json.Marshal(body)
		}
		if err != nil {
			m.Err = err.Error()
		}
	}()
	s.send(Message{Op: "debug", Debug: &m})
}

func (s *session) debugCommand(q DebugRequest) (any, error) {
	var a struct {
		Config     *debug.Config `json:"config"`
		Frame      int           `json:"frameId"`
		Ref        int           `json:"variablesReference"`
		Start      int           `json:"start"`
		Count      int           `json:"count"`
		StartFrame int           `json:"startFrame"`
		Levels     int           `json:"levels"`
		Expression string        `json:"expression"`
		Name       string        `json:"variableName"`
	}
	if len(q.Args) > 0 {
		if err := json.Unmarshal(q.Args, &a); err != nil {
			return nil, fmt.Errorf("arguments of %s: %w", q.Command, err)
		}
	}
	done := struct{}{}
	switch q.Command {
	case "configure":
		if a.Config == nil {
			debug.Detach()
		} else {
			debug.Attach(*a.Config)
		}
		return done, nil
	case "continue":
		return map[string]bool{"allThreadsContinued": true}, debug.Continue(debug.Run)
	case "next":
		return done, debug.Continue(debug.Over)
	case "stepIn":
		return done, debug.Continue(debug.Into)
	case "stepOut":
		return done, debug.Continue(debug.Out)
	case "pause":
		s.runMu.Lock()
		defer s.runMu.Unlock()
		if len(s.running) == 0 {
			return nil, errors.New("no cell runs")
		}
		debug.Pause()
		return done, nil
	case "threads":
		return map[string]any{"threads": debugThreads()}, nil
	case "stackTrace":
		return stackTrace(a.StartFrame, a.Levels), nil
	case "scopes":
		f, err := frame(a.Frame)
		if err != nil {
			return nil, err
		}
		return map[string]any{"scopes": scopes(f)}, nil
	case "variables":
		vs, err := debugging.tree.Parts(a.Ref, a.Start, a.Count)
		return map[string]any{"variables": vs}, err
	case "globals":
		if _, frames := debug.Where(); frames == nil {
			debugging.tree.Forget()
		}
		vs, err := debugging.tree.Parts(debugging.tree.List(globals()), 0, 0)
		return map[string]any{"variables": vs}, err
	case "evaluate":
		return evaluate(a.Frame, a.Expression)
	case "rich":
		return rich(a.Frame, a.Name)
	}
	return nil, fmt.Errorf("%s is no command of the debugger", q.Command)
}

func debugThreads() []any {
	list := []any{}
	id, frames := debug.Where()
	for _, n := range debug.Threads() {
		name := fmt.Sprintf("goroutine %d", n)
		if n == id && frames[len(frames)-1].Name == "" {
			name = "cell"
		}
		list = append(list, map[string]any{"id": n, "name": name})
	}
	return list
}

// Frame is one of a stack trace; the kernel knows its source.
type Frame struct {
	ID     int    `json:"id"`
	Unit   int    `json:"unit"`
	Name   string `json:"name"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// StackTrace is a stack, innermost frame first.
type StackTrace struct {
	Frames []Frame `json:"stackFrames"`
	Total  int     `json:"totalFrames"`
}

func stackTrace(start, levels int) StackTrace {
	_, frames := debug.Where()
	debugging.Lock()
	defer debugging.Unlock()
	if levels <= 0 || levels > maxFrames {
		levels = maxFrames
	}
	list := []Frame{}
	for i := max(start, 0); i < len(frames) && len(list) < levels; i++ {
		f := frames[i]
		list = append(list, Frame{debugging.first + i, f.Unit, f.Name, f.Line, 1})
	}
	return StackTrace{list, len(frames)}
}

func scopes(f *debug.Frame) []any {
	of := func(name string, list []inspect.Named) any {
		return map[string]any{"name": name, "variablesReference": debugging.tree.List(list), "namedVariables": len(list), "expensive": false}
	}
	list := []any{of("Globals", globals())}
	if ls := locals(f); f.Name != "" || len(ls) > 0 { // a cell's own statements have few
		list = append([]any{of("Locals", ls)}, list...)
	}
	return list
}

func evaluate(id int, expr string) (any, error) {
	f, err := frame(id)
	if err != nil {
		return nil, err
	}
	v, err := inspect.Eval(expr, func(name string) (reflect.Value, bool) { return lookup(f, name) })
	if err != nil {
		return nil, err
	}
	shown := debugging.tree.Show(expr, v)
	return map[string]any{"result": shown.Value, "type": shown.Type, "variablesReference": shown.Ref,
		"namedVariables": shown.Named, "indexedVariables": shown.Indexed}, nil
}

// rich is what display makes of a variable. That may call the user's methods,
// which are not waited for for ever.
func rich(id int, name string) (any, error) {
	f, err := frame(id)
	if err != nil {
		return nil, err
	}
	v, err := inspect.Eval(name, func(name string) (reflect.Value, bool) { return lookup(f, name) })
	if err != nil {
		return nil, err
	}
	text := display.Text(inspect.Text(v))
	if !v.IsValid() || !v.CanInterface() {
		return text, nil
	}
	made := make(chan display.Bundle, 1)
	go debug.Quietly(func() {
		defer func() {
			if recover() != nil {
				made <- text
			}
		}()
		made <- display.Of(v.Interface())
	})
	select {
	case b := <-made:
		return b, nil
	case <-time.After(patience):
		return text, nil
	}
}
