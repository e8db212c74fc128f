package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"glassy/kernel/display"
	"glassy/kernel/engine/host"
)

// compiled is a unit that has been compiled, with what makes it reusable.
type compiled struct {
	n       int
	text    string // the cell
	load    host.Request
	defs    map[string]*entity
	keep    map[string]*entity // declarations it left as they were
	uses    map[string]*entity
	imports map[string]string // of the cell's own import lines
	dots    []string
	pkgs    map[string]string // package names it used
	copied  []*memory         // variables that its loops copy
	flow    flow
}

// Execute compiles and runs one cell.
func (s *Session) Execute(ctx context.Context, c Cell, out Output) Result {
	if c.Beside {
		s.front.Lock()
		defer s.front.Unlock()
		s.revive()
		return s.execute(runBeside(ctx), c, out)
	}
	s.running.Lock()
	defer s.running.Unlock()
	s.front.Lock()
	defer s.front.Unlock()
	kept := s.history.begin(c, out)
	ctx, done := s.begin(ctx, kept, c.Silent)
	defer done()
	s.revive()
	s.tracker.begin(c.Gone)
	s.beginRecord()
	r := s.execute(ctx, c, kept)
	s.history.end(c, kept, r)
	record := s.Record()
	r.Record = &record
	if note := s.tracker.end(c); note != "" && out != nil {
		out.Stream("stderr", note+"\n")
	}
	s.checkpointIfDue(ctx, out)
	return r
}

// begin makes out the place for output, in passing or for good, and the context
// one that Interrupt ends.
func (s *Session) begin(ctx context.Context, out Output, passing bool) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	before := s.out
	s.out, s.ctx, s.cancel, s.failIn = out, ctx, cancel, ""
	early := s.early
	if out != nil {
		s.early = ""
	}
	s.mu.Unlock()
	if out != nil && early != "" {
		out.Stream("stderr", early)
	}
	return ctx, func() {
		s.mu.Lock()
		s.cancel = nil
		if passing && before != nil {
			s.out = before
		}
		s.mu.Unlock()
		cancel()
	}
}

func (s *Session) execute(ctx context.Context, c Cell, out Output) Result {
	parts, err := s.parts(c.Code)
	if err != nil {
		return magicError(err)
	}
	return s.executeParts(ctx, parts, c, out)
}

// executeGo compiles and runs a part of a cell.
func (s *Session) executeGo(ctx context.Context, p part, c Cell, out Output) Result {
	s.scope.debug = s.debug.isAttached()
	u := s.cached(p.text)
	if u == nil {
		var fail *Error
		if u, fail = s.build(ctx, p.text, c, out); fail != nil {
			return Result{Error: fail}
		}
		if u == nil {
			return Result{} // nothing to run
		}
	}
	s.mu.Lock()
	s.counts[u.n] = c.Count
	s.mu.Unlock()
	if fail := s.refusesLost(u, c.Count); fail != nil {
		return Result{Error: fail}
	}
	s.commit(u)
	if !c.Beside {
		s.tracker.add(u.flow, s.scope)
		s.recordUse(u)
	}
	s.prepareDebug(ctx)
	return s.run(ctx, u, c.ID, p.measure, out)
}

// Evaluate is the value of a cell that is an expression, for a front end that
// asks.
func (s *Session) Evaluate(ctx context.Context, c Cell) (display.Bundle, *Error) {
	if c.Beside {
		ctx = runBeside(ctx)
	} else {
		s.running.Lock()
		defer s.running.Unlock()
	}
	s.front.Lock()
	defer s.front.Unlock()
	s.revive()
	r := s.execute(ctx, c, s.output())
	switch {
	case r.Error != nil:
		return display.Bundle{}, r.Error
	case r.Value == nil:
		return display.Text(""), nil
	}
	return *r.Value, nil
}

// cached finds a compiled cell with the same text, if all that it names is
// still what it was.
func (s *Session) cached(text string) *compiled {
	for i := len(s.units) - 1; i >= 0; i-- {
		u := s.units[i]
		if u.text != text {
			continue
		}
		for _, m := range u.copied {
			if m.shared { // by a later cell
				return nil
			}
		}
		for name, was := range u.uses {
			if u.defs[name] == was {
				continue
			}
			now := s.scope.live[name]
			if now == nil {
				now = s.scope.lost[name]
			}
			if now == nil || !sameStorage(now, was) {
				return nil
			}
		}
		for name, e := range u.keep {
			if !sameStorage(s.scope.live[name], e) {
				return nil
			}
		}
		for name, e := range u.defs {
			// A variable that took an older one's place needs that place.
			if now := s.scope.live[name]; e.unit != u.n && now != nil && !sameStorage(now, e) {
				return nil
			}
		}
		for name, path := range u.pkgs {
			if s.scope.live[name] != nil && u.defs[name] == nil {
				return nil
			}
			if p := s.scope.imports[name]; p != "" && p != path {
				return nil
			}
		}
		return u
	}
	return nil
}

// checked type-checks a cell as a new unit, and returns it with the imports of
// its own lines; nil for a cell with nothing in it.
func (s *Session) checked(ctx context.Context, text string, c Cell, out Output) (*unit, map[string]string, *Error) {
	s.count++
	n := s.count
	s.mu.Lock()
	s.texts[n], s.counts[n] = c.Code, c.Count
	s.mu.Unlock()
	src, err := parseSource(text)
	if err != nil {
		return nil, nil, s.compileError(syntaxErrors(n, err))
	}
	if src.empty && len(src.decls) == 0 && len(src.imports) == 0 {
		return nil, nil, nil
	}
	if ds := refuse(n, src); len(ds) > 0 {
		return nil, nil, s.compileError(ds)
	}
	own := map[string]string{}
	for i, im := range src.imports {
		name, err := s.importFor(ctx, im, out)
		if ctx.Err() != nil {
			return nil, nil, interruptedError("fetching packages was stopped")
		}
		if err != nil {
			p := src.position(im.at)
			return nil, nil, s.compileError(diagnostics{{n, p.Line, p.Column, err.Error()}})
		}
		if im.name == "" {
			src.imports[i].name = name
		}
		if name := src.imports[i].name; name != "." && name != "_" {
			own[name] = im.path
		}
	}
	u := newUnit(n, src, s.scope)
	u.packages = s.byName
	u.resolve(s.known(text))
	for _, path := range slices.Sorted(maps.Values(u.imports)) { // named without an import line
		if _, err := s.importFor(ctx, importSpec{path: path}, out); err != nil {
			return nil, nil, s.compileError(diagnostics{{unit: n, msg: err.Error()}})
		}
	}
	u.write()
	ds := u.check(s.imp, s.back.goVersion(), false)
	if len(ds) > 0 && len(u.again) > 0 {
		// An older declaration does not go with the new ones: leave those alone
		// that the cell does not change itself.
		v := newUnit(n, src, s.scope)
		v.leaveDependents()
		v.resolve(s.known(text))
		v.write()
		if ds2 := v.check(s.imp, s.back.goVersion(), false); len(ds2) == 0 {
			u, ds = v, nil
		}
	}
	if len(ds) > 0 {
		return nil, nil, s.compileError(ds)
	}
	return u, own, nil
}

// build compiles a cell. It returns nil, nil for a cell with nothing in it.
func (s *Session) build(ctx context.Context, text string, c Cell, out Output) (*compiled, *Error) {
	if err := s.back.present(); err != nil {
		return nil, &Error{Name: "CacheRemoved", Value: err.Error(), Traceback: []string{red(err.Error())}}
	}
	u, own, fail := s.checked(ctx, text, c, out)
	if u == nil {
		return nil, fail
	}
	n, src := u.n, u.src
	u.declare()
	u.noteFlow()
	code, err := u.compiled()
	if err != nil {
		return nil, s.compileError(diagnostics{{unit: n, msg: err.Error()}})
	}
	load, err := s.back.build(ctx, u, code)
	if err != nil {
		if ctx.Err() != nil {
			return nil, interruptedError("compiling was stopped")
		}
		return nil, s.compileError(s.compilerDiagnostics(n, err))
	}
	done := &compiled{n: n, text: text, load: load, defs: u.newDefs, keep: u.restored, uses: u.uses, imports: own, pkgs: u.usedPkgs, copied: u.copied, flow: u.flow}
	for _, im := range src.imports {
		if im.name == "." {
			done.dots = append(done.dots, im.path)
		}
	}
	if err := s.load(ctx, done.load); err != nil {
		if ctx.Err() != nil {
			return nil, interruptedError("loading the cell was stopped: " + err.Error())
		}
		return nil, s.loadError(n, err)
	}
	s.units = append(s.units, done)
	return done, nil
}

// load opens a compiled cell in the session process, which is started again if
// it has died since the last cell. That it has may show only when it does not
// answer; a cell that two processes die of is to blame itself.
func (s *Session) load(ctx context.Context, q host.Request) error {
	s.revive()
	for again := false; ; again = true {
		m, ok, err := s.open(ctx, q)
		switch {
		case err != nil:
			return err
		case ok && m.Err != "":
			return fmt.Errorf("loading the compiled cell: %s", m.Err)
		case ok:
			return nil
		}
		reason := s.proc.death()
		lost := s.restart()
		if again {
			return fmt.Errorf("the session process died while it loaded the cell: %s", reason)
		}
		s.tellRestart("the session process died: "+reason, lost)
	}
}

// open asks the session process to open a compiled cell; it is not ok if the
// process died.
func (s *Session) open(ctx context.Context, q host.Request) (m host.Message, ok bool, err error) {
	if s.proc.send(q) != nil {
		return m, false, nil
	}
	select {
	case m, ok = <-s.proc.messages:
		return m, ok, nil
	case <-ctx.Done(): // an imported package begins and does not end
		lost := s.restart()
		return m, false, fmt.Errorf("a package that it imports does not come back from its init; the session process was restarted, and these variables are lost: %s", strings.Join(lost, ", "))
	}
}

// commit makes a cell's declarations the session's.
func (s *Session) commit(u *compiled) {
	for name, path := range u.imports {
		s.scope.imports[name] = path
		if u.defs[name] == nil {
			delete(s.scope.live, name)
		}
	}
	for _, p := range u.dots {
		if !slices.Contains(s.scope.dots, p) {
			s.scope.dots = append(s.scope.dots, p)
		}
	}
	for name, path := range u.pkgs {
		if s.scope.imports[name] == "" {
			s.scope.imports[name] = path
		}
	}
	for name, e := range u.defs {
		s.scope.live[name] = e
		s.scope.byObj[e.obj] = e
		delete(s.scope.imports, name)
		delete(s.scope.lost, name)
	}
	for i, x := range s.units { // reload in order of the last run
		if x == u {
			s.units = append(append(s.units[:i:i], s.units[i+1:]...), u)
			break
		}
	}
}

// run runs a loaded cell, which the front end calls id, and waits for its end.
func (s *Session) run(ctx context.Context, u *compiled, id string, how measure, out Output) Result {
	return s.ask(ctx, host.Request{Op: "run", Unit: u.n, Cell: id, Time: how.time, Profile: how.profile}, out)
}

func timingText(t *host.Timing) string {
	d := func(s float64) time.Duration {
		return time.Duration(s * float64(time.Second)).Round(time.Microsecond)
	}
	return fmt.Sprintf("wall %v  cpu %v  %d allocations, %.1f kB\n", d(t.Wall), d(t.CPU), t.Allocs, float64(t.AllocBytes)/1e3)
}
