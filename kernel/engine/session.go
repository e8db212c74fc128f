package engine

import (
	"context"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"glassy/kernel/display"
	"glassy/kernel/engine/cell"
	"glassy/kernel/engine/host"
)

// Config says where a session finds what it needs. Empty fields take the
// defaults of [Config.Defaults].
type Config struct {
	Home  string // holds src, the source of this module that cells are compiled against
	Cache string // holds what is compiled once
	Dir   string // working directory of the cells
	Log   *slog.Logger
}

// Defaults fills the empty fields of c: the user's data and cache folders, and
// the current directory.
func (c Config) Defaults() (Config, error) {
	home, err := os.UserHomeDir()
	if err != nil && (c.Home == "" || c.Cache == "") {
		return c, fmt.Errorf("finding the user's folders: %w", err)
	}
	pick := func(env, fallback string) string {
		if d := os.Getenv(env); filepath.IsAbs(d) {
			return filepath.Join(d, "glassy")
		}
		return filepath.Join(home, fallback, "glassy")
	}
	if c.Home == "" {
		c.Home = pick("XDG_DATA_HOME", ".local/share")
	}
	if c.Cache == "" {
		c.Cache = pick("XDG_CACHE_HOME", ".cache")
	}
	if c.Dir == "" {
		if c.Dir, err = os.Getwd(); err != nil {
			return c, fmt.Errorf("finding the current directory: %w", err)
		}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

func (c Config) source() string { return filepath.Join(c.Home, "src") }

// Prepare builds ahead of time what sessions need, and tells progress about it.
func Prepare(ctx context.Context, cfg Config, progress io.Writer) error {
	cfg, err := cfg.Defaults()
	if err != nil {
		return err
	}
	_, err = openWorkshop(ctx, cfg.source(), cfg.Cache, progress)
	return err
}

// Session is a notebook's live Go session. Its methods may be called from any
// goroutine; cells run one at a time.
type Session struct {
	cfg  Config
	shop *workshop
	imp  types.Importer
	dir  string // of this session's compiled cells

	release func() // lets go of the folders in the cache

	running sync.Mutex // held while a cell is compiled and runs

	mu       sync.Mutex // guards what follows
	scope    *scope
	packages map[string]archive
	byName   map[string]string // package name → path, for imports without an import line
	module   string            // this session's own module, once a cell has fetched one
	units    []*compiled       // in order of their first run
	count    int
	proc     *process
	out      Output          // of the running cell, or the last one
	ctx      context.Context // of the running cell, or the last one
	cancel   context.CancelFunc
	zombies  bool // a cell was abandoned and may still run
	counts   map[int]int
	texts    map[int]string
	docs     docCache
}

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

// New starts a session with its session process.
func New(ctx context.Context, cfg Config) (*Session, error) {
	cfg, err := cfg.Defaults()
	if err != nil {
		return nil, err
	}
	shop, err := openWorkshop(ctx, cfg.source(), cfg.Cache, logWriter{cfg.Log})
	if err != nil {
		return nil, err
	}
	dir, release, err := sessionDir(cfg.Cache, shop)
	if err != nil {
		return nil, fmt.Errorf("making a folder for the compiled cells: %w", err)
	}
	s := &Session{
		cfg: cfg, shop: shop, dir: dir, scope: newScope(), packages: maps.Clone(shop.packages),
		counts: map[int]int{}, texts: map[int]string{},
	}
	s.imp = s.newImporter()
	s.nameCommon()
	if s.proc, err = startProcess(shop.binary(), cfg.Dir, s); err != nil {
		os.RemoveAll(dir)
		release()
		return nil, err
	}
	s.release = release
	return s, nil
}

// sessionDir makes the folder of a new session, and removes those of kernels
// that were killed.
func sessionDir(cache string, shop *workshop) (dir string, release func(), err error) {
	unlock, err := lock(filepath.Join(cache, "session.lock")) // nobody sweeps a folder that is not held yet
	if err != nil {
		return "", nil, err
	}
	defer unlock()
	sweep(cache, "session-", "")
	if dir, err = os.MkdirTemp(cache, "session-"); err != nil {
		return "", nil, err
	}
	r1, err := hold(dir)
	if err != nil {
		return "", nil, err
	}
	r2, err := hold(shop.dir)
	if err != nil {
		r1()
		return "", nil, err
	}
	return dir, func() { r1(); r2() }, nil
}

type logWriter struct{ log *slog.Logger }

func (w logWriter) Write(p []byte) (int, error) {
	w.log.Info(strings.TrimSpace(string(p)))
	return len(p), nil
}

// Close ends the session process and removes the compiled cells.
func (s *Session) Close() error {
	s.mu.Lock()
	if s.cancel != nil {
		s.cancel()
	}
	p := s.proc
	s.mu.Unlock()
	if p != nil {
		p.kill()
	}
	defer s.release()
	return os.RemoveAll(s.dir)
}

// nameCommon learns which package a cell means by a name that it did not
// import: the lab's and the standard library's first.
func (s *Session) nameCommon() {
	rank := func(a archive) int {
		switch {
		case strings.HasPrefix(a.ImportPath, "glassy/lab/"), a.ImportPath == "glassy/kernel/display":
			return 0
		case a.ImportPath == "math/rand/v2", a.ImportPath == "text/template":
			return 1
		case a.Standard && !strings.Contains(a.ImportPath, "internal") && !strings.Contains(a.ImportPath, "vendor/"):
			return 2 + strings.Count(a.ImportPath, "/")
		case strings.HasPrefix(a.ImportPath, "gonum.org/v1/plot"), strings.HasPrefix(a.ImportPath, "gonum.org/v1/gonum"):
			if !strings.Contains(a.ImportPath, "internal") {
				return 10 + strings.Count(a.ImportPath, "/")
			}
		}
		return 100
	}
	s.byName = map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(s.packages)) {
		a := s.packages[path]
		if rank(a) >= 100 {
			continue
		}
		if old, ok := s.byName[a.Name]; !ok || rank(a) < rank(s.packages[old]) {
			s.byName[a.Name] = path
		}
	}
}

// newImporter is the type checker's view of compiled packages. A session has
// one, so that a type is the same type in all its cells.
func (s *Session) newImporter() types.Importer {
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		a, ok := s.packages[path]
		if !ok || a.Export == "" {
			return nil, fmt.Errorf("package %s is not compiled", path)
		}
		return os.Open(a.Export)
	})
}

// stream implements sink.
func (s *Session) stream(name, text string) {
	if out := s.output(); out != nil && text != "" {
		out.Stream(name, text)
	}
}

func (s *Session) output() Output {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out
}

// message implements sink.
func (s *Session) message(p *process, m host.Message) {
	out := s.output()
	switch m.Op {
	case "display":
		if out != nil {
			out.Display(unmarkBundle(*m.Bundle), m.ID, m.Update)
		}
		_ = p.send(host.Request{Op: "ack"})
	case "clear":
		if out != nil {
			out.Clear(m.Wait)
		}
		_ = p.send(host.Request{Op: "ack"})
	case "input":
		go s.input(p, out, m)
	case "comm":
		if out != nil {
			out.Comm(*m.Comm)
		}
	}
}

func (s *Session) input(p *process, out Output, m host.Message) {
	q := host.Request{Op: "input"}
	if out == nil {
		q.Err = "no front end to ask"
	} else {
		s.mu.Lock()
		ctx := s.ctx
		s.mu.Unlock()
		text, err := out.Input(ctx, m.Prompt, m.Password)
		switch {
		case errors.Is(err, io.EOF):
			q.Err = "EOF"
		case err != nil:
			q.Err = err.Error()
		default:
			q.Text = text
		}
	}
	_ = p.send(q)
}

func unmarkBundle(b display.Bundle) display.Bundle {
	for k, v := range b.Data {
		if text, ok := v.(string); ok && strings.Contains(text, "\xf0\x90\x90") {
			b.Data[k] = cell.Unmark(text)
		}
	}
	return b
}

// Execute compiles and runs one cell.
func (s *Session) Execute(ctx context.Context, c Cell, out Output) Result {
	s.running.Lock()
	defer s.running.Unlock()
	ctx, done := s.begin(ctx, out)
	defer done()
	return s.execute(ctx, c, out)
}

// begin makes out the place for output, and the context one that Interrupt ends.
func (s *Session) begin(ctx context.Context, out Output) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	s.out, s.ctx, s.cancel = out, ctx, cancel
	s.mu.Unlock()
	return ctx, func() {
		s.mu.Lock()
		s.cancel = nil
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
	u.resolve(func(name string) (string, bool) { p, ok := s.byName[name]; return p, ok })
	u.write()
	ds := u.check(s.imp, s.shop.tool.lang, false)
	if len(ds) > 0 && len(u.again) > 0 {
		// An older declaration does not go with the new ones: leave those alone
		// that the cell does not change itself.
		v := newUnit(n, src, s.scope)
		v.leaveDependents()
		v.resolve(func(name string) (string, bool) { p, ok := s.byName[name]; return p, ok })
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
	if err := s.load(done.so); err != nil {
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
func (s *Session) load(so string) error {
	if s.dead() {
		s.restart()
	}
	if err := s.proc.send(host.Request{Op: "load", Path: so}); err != nil {
		return fmt.Errorf("the session process does not listen: %w", err)
	}
	m, ok := <-s.proc.messages
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

func (s *Session) dead() bool {
	select {
	case <-s.proc.gone:
		return true
	default:
		return false
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

// run runs a loaded cell and waits for its end.
func (s *Session) run(ctx context.Context, u *compiled, timed bool, out Output) Result {
	return s.ask(ctx, host.Request{Op: "run", Unit: u.n, Time: timed}, out)
}

// ask has the session process run something and waits for its end. When ctx
// ends before, the process is asked to stop.
func (s *Session) ask(ctx context.Context, q host.Request, out Output) Result {
	if s.dead() {
		s.restart()
	}
	p := s.proc
	if err := p.send(q); err != nil {
		return s.died(p)
	}
	defer context.AfterFunc(ctx, func() { _ = p.send(host.Request{Op: "interrupt"}) })()
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

// died tells of the end of the session process in the middle of a cell, and
// starts another one.
func (s *Session) died(p *process) Result {
	reason := p.death()
	s.mu.Lock()
	byUser := s.zombies
	s.mu.Unlock()
	lost := s.restart()
	msg := "the session process died: " + reason
	name := "SessionDied"
	if byUser {
		msg, name = "the session process was restarted", "Interrupted"
	}
	lines := []string{red(msg), "The kernel is up. Imports, types and functions are kept."}
	if len(lost) > 0 {
		lines = append(lines, "These variables are lost; run the cells that set them again: "+strings.Join(lost, ", "))
	}
	return Result{Error: &Error{Name: name, Value: msg, Traceback: lines, Interrupted: byUser}}
}

// restart starts a session process with all definitions, and returns the names
// of the variables that are lost.
func (s *Session) restart() (lost []string) {
	s.proc.kill()
	for name, e := range s.scope.live {
		if e.kind == token.VAR {
			delete(s.scope.live, name)
			s.scope.lost[name] = e
			lost = append(lost, name)
		}
	}
	slices.Sort(lost)
	s.mu.Lock()
	s.zombies = false
	s.mu.Unlock()
	p, err := startProcess(s.shop.binary(), s.cfg.Dir, s)
	if err != nil {
		s.cfg.Log.Error("restarting the session process", "error", err)
		return lost
	}
	s.mu.Lock()
	s.proc = p
	s.mu.Unlock()
	byAge := slices.Clone(s.units)
	slices.SortFunc(byAge, func(a, b *compiled) int { return a.n - b.n })
	for _, u := range byAge {
		if err := s.load(u.so); err != nil {
			s.cfg.Log.Error("loading a cell again", "unit", u.n, "error", err)
		}
	}
	for _, u := range s.units {
		_ = p.send(host.Request{Op: "define", Unit: u.n})
	}
	return lost
}

// refusesLost refuses a cell that works on a variable that died with a session
// process, also through the functions it calls: it would read zero.
func (s *Session) refusesLost(u *compiled, count int) *Error {
	if len(s.scope.lost) == 0 {
		return nil
	}
	seen := map[*entity]bool{}
	var find func(e *entity) (via, lost string)
	find = func(e *entity) (string, string) {
		if seen[e] {
			return "", ""
		}
		seen[e] = true
		for name, used := range e.uses {
			if l := s.scope.lost[name]; l != nil && sameStorage(l, used) && u.defs[name] == nil {
				return e.name, name
			}
			if via, lost := find(used); lost != "" {
				return via, lost
			}
		}
		return "", ""
	}
	for _, name := range slices.Sorted(maps.Keys(u.uses)) {
		e := u.uses[name]
		if l := s.scope.lost[name]; l != nil && sameStorage(l, e) && u.defs[name] == nil {
			return s.compileError(diagnostics{{unit: u.n, msg: name + " was lost when the session process died: run the cell that sets it again"}})
		}
		if via, lost := find(e); lost != "" {
			return s.compileError(diagnostics{{unit: u.n, msg: fmt.Sprintf("%s uses %s, which was lost when the session process died: run the cell that sets it again", via, lost)}})
		}
	}
	return nil
}

// Interrupt stops the running cell. When a cell was left behind because it
// would not stop, or does not stop now, a second interrupt restarts the session
// process.
func (s *Session) Interrupt() {
	s.mu.Lock()
	cancel, zombies, p := s.cancel, s.zombies, s.proc
	again := false
	if cancel == nil && zombies {
		again = true
	}
	s.mu.Unlock()
	if cancel != nil {
		cancel()
		return
	}
	if again && s.running.TryLock() {
		defer s.running.Unlock()
		_ = p
		lost := s.restart()
		if out := s.output(); out != nil {
			out.Stream("stderr", "the session process was restarted; types and functions are kept, these variables are lost: "+strings.Join(lost, ", ")+"\n")
		}
	}
}

// Comm hands a comm message of the front end to the cell that handles it, and
// returns when that is done. What the handler prints goes to out.
func (s *Session) Comm(m CommMessage, out Output) {
	s.running.Lock()
	defer s.running.Unlock()
	ctx, done := s.begin(context.Background(), out)
	defer done()
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
