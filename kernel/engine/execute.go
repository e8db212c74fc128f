package engine

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
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
	so      string
	defs    map[string]*entity
	keep    map[string]*entity // declarations it left as they were
	uses    map[string]*entity
	imports map[string]string // of the cell's own import lines
	dots    []string
	pkgs    map[string]string // package names it used
	copied  []*memory         // variables that its loops copy
}

// Execute compiles and runs one cell.
func (s *Session) Execute(ctx context.Context, c Cell, out Output) Result {
	s.running.Lock()
	defer s.running.Unlock()
	ctx, done := s.begin(ctx, out, c.Silent)
	defer done()
	return s.execute(ctx, c, out)
}

// begin makes out the place for output, in passing or for good, and the context
// one that Interrupt ends.
func (s *Session) begin(ctx context.Context, out Output, passing bool) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	before := s.out
	s.out, s.ctx, s.cancel = out, ctx, cancel
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
	text, m, err := s.magics(c.Code)
	if err != nil {
		return Result{Error: &Error{Name: "MagicError", Value: err.Error(), Traceback: []string{err.Error()}}}
	}
	if m.page != nil {
		return Result{Page: m.page}
	}
	u := s.cached(text)
	if u == nil {
		var fail *Error
		if u, fail = s.build(ctx, text, c, out); fail != nil {
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
	return s.run(ctx, u, m.time, out)
}

// Evaluate is the value of an expression, for a front end that asks.
func (s *Session) Evaluate(ctx context.Context, expr string) (display.Bundle, *Error) {
	s.running.Lock()
	defer s.running.Unlock()
	s.mu.Lock()
	out := s.out
	s.mu.Unlock()
	r := s.execute(ctx, Cell{Code: expr}, out)
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

// build compiles a cell. It returns nil, nil for a cell with nothing in it.
func (s *Session) build(ctx context.Context, text string, c Cell, out Output) (*compiled, *Error) {
	if err := s.shop.present(); err != nil {
		return nil, &Error{Name: "CacheRemoved", Value: err.Error(), Traceback: []string{red(err.Error())}}
	}
	s.count++
	n := s.count
	s.mu.Lock()
	s.texts[n], s.counts[n] = c.Code, c.Count
	s.mu.Unlock()
	src, err := parseSource(text)
	if err != nil {
		return nil, s.compileError(syntaxErrors(n, err))
	}
	if src.empty && len(src.decls) == 0 && len(src.imports) == 0 {
		return nil, nil
	}
	if ds := refuse(n, src); len(ds) > 0 {
		return nil, s.compileError(ds)
	}
	own := map[string]string{}
	for i, im := range src.imports {
		name, err := s.importFor(ctx, im, out)
		if ctx.Err() != nil {
			return nil, interruptedError("fetching packages was stopped")
		}
		if err != nil {
			p := src.position(im.at)
			return nil, s.compileError(diagnostics{{n, p.Line, p.Column, err.Error()}})
		}
		if im.name == "" {
			src.imports[i].name = name
		}
		if name := src.imports[i].name; name != "." && name != "_" {
			own[name] = im.path
		}
	}
	u := newUnit(n, src, s.scope)
	u.resolve(s.known(text))
	for _, path := range slices.Sorted(maps.Values(u.imports)) { // named without an import line
		if _, err := s.importFor(ctx, importSpec{path: path}, out); err != nil {
			return nil, s.compileError(diagnostics{{unit: n, msg: err.Error()}})
		}
	}
	u.write()
	ds := u.check(s.imp, s.shop.tool.lang, false)
	if len(ds) > 0 && len(u.again) > 0 {
		// An older declaration does not go with the new ones: leave those alone
		// that the cell does not change itself.
		v := newUnit(n, src, s.scope)
		v.leaveDependents()
		v.resolve(s.known(text))
		v.write()
		if ds2 := v.check(s.imp, s.shop.tool.lang, false); len(ds2) == 0 {
			u, ds = v, nil
		}
	}
	if len(ds) > 0 {
		return nil, s.compileError(ds)
	}
	u.declare()
	code, err := u.compiled()
	if err != nil {
		return nil, s.compileError(diagnostics{{unit: n, msg: err.Error()}})
	}
	so, err := s.compileUnit(ctx, n, code)
	if err != nil {
		if ctx.Err() != nil {
			return nil, interruptedError("compiling was stopped")
		}
		return nil, s.compileError(s.compilerDiagnostics(n, err))
	}
	done := &compiled{n: n, text: text, so: so, defs: u.newDefs, keep: u.restored, uses: u.uses, imports: own, pkgs: u.usedPkgs, copied: u.copied}
	for _, im := range src.imports {
		if im.name == "." {
			done.dots = append(done.dots, im.path)
		}
	}
	if err := s.load(ctx, done.so); err != nil {
		if ctx.Err() != nil {
			return nil, interruptedError("loading the cell was stopped: " + err.Error())
		}
		return nil, &Error{Name: "LoadError", Value: err.Error(), Traceback: []string{err.Error()}}
	}
	s.units = append(s.units, done)
	return done, nil
}

func (s *Session) compileUnit(ctx context.Context, n int, code string) (string, error) {
	dir := filepath.Join(s.dir, fmt.Sprint(n))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	packages := map[string]string{}
	for path, a := range s.packages {
		if a.Export != "" {
			packages[path] = a.Export
		}
	}
	for _, u := range s.units {
		packages[unitPath(u.n)] = filepath.Join(filepath.Dir(u.so), "cell.a")
	}
	cfg := filepath.Join(dir, "importcfg")
	if err := importcfg(cfg, packages); err != nil {
		return "", err
	}
	t := s.shop.tool
	obj, err := t.compile(ctx, dir, n, code, cfg)
	if err != nil {
		return "", err
	}
	return t.link(ctx, dir, n, obj, cfg)
}

// load opens a compiled cell in the session process, which is started again if
// it has died since the last cell.
func (s *Session) load(ctx context.Context, so string) error {
	s.revive()
	if err := s.proc.send(host.Request{Op: "load", Path: so}); err != nil {
		return fmt.Errorf("the session process does not listen: %w", err)
	}
	var m host.Message
	var ok bool
	select {
	case m, ok = <-s.proc.messages:
	case <-ctx.Done(): // an imported package begins and does not end
		lost := s.restart()
		return fmt.Errorf("a package that it imports does not come back from its init; the session process was restarted, and these variables are lost: %s", strings.Join(lost, ", "))
	}
	if !ok {
		reason := s.proc.death()
		s.restart()
		return fmt.Errorf("the session process died while it loaded the cell: %s", reason)
	}
	if m.Err != "" {
		return fmt.Errorf("loading the compiled cell: %s", m.Err)
	}
	return nil
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

// run runs a loaded cell and waits for its end.
func (s *Session) run(ctx context.Context, u *compiled, timed bool, out Output) Result {
	return s.ask(ctx, host.Request{Op: "run", Unit: u.n, Time: timed}, out)
}

// ask has the session process run something and waits for its end. When ctx
// ends before, the process is asked to stop.
func (s *Session) ask(ctx context.Context, q host.Request, out Output) Result {
	s.revive()
	p := s.proc
	s.runs++
	q.Run = s.runs
	if err := p.send(q); err != nil {
		return s.died(p)
	}
	defer context.AfterFunc(ctx, func() { _ = p.send(host.Request{Op: "interrupt", Run: q.Run}) })()
	for {
		m, ok := <-p.messages
		if !ok {
			return s.died(p)
		}
		if m.Op != "result" {
			continue
		}
		if m.Timing != nil && out != nil {
			out.Stream("stdout", timingText(m.Timing))
		}
		if m.Fail != nil {
			return Result{Error: s.failure(m.Fail)}
		}
		if m.Value != nil {
			b := unmarkBundle(*m.Value)
			return Result{Value: &b}
		}
		return Result{}
	}
}

// Comm hands a comm message of the front end to the cell that handles it, and
// returns when that is done. What the handler prints goes to out.
func (s *Session) Comm(m CommMessage, out Output) {
	s.running.Lock()
	defer s.running.Unlock()
	ctx, done := s.begin(context.Background(), out, true)
	defer done()
	s.noteComm(m)
	r := s.ask(ctx, host.Request{Op: "comm", Comm: &m}, out)
	if r.Error != nil {
		out.Stream("stderr", strings.Join(r.Error.Traceback, "\n")+"\n")
	}
}

func timingText(t *host.Timing) string {
	d := func(s float64) time.Duration {
		return time.Duration(s * float64(time.Second)).Round(time.Microsecond)
	}
	return fmt.Sprintf("wall %v  cpu %v  %d allocations, %.1f kB\n", d(t.Wall), d(t.CPU), t.Allocs, float64(t.AllocBytes)/1e3)
}
