package engine

import (
	"context"
	"fmt"
	"go/types"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Config says where a session finds what it needs. Empty fields take the
// defaults of [Config.Defaults].
type Config struct {
	Home  string // holds src, the source of this module that cells are compiled against
	Cache string // holds what is compiled once
	Dir   string // working directory of the cells
	Log   *slog.Logger

	Version string // of this program, for what sessions write

	again bool // the session runs the cells of another again, to compare

	// Interpreter interprets cells; nil compiles them.
	Interpreter *Interpreter
}

func (c Config) backend(ctx context.Context) (backend, error) {
	if c.Interpreter != nil {
		return newInterpreted(c.Interpreter), nil
	}
	return newNative(ctx, c)
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

// Prepare builds what sessions need, where it is not there yet, and tells progress
// about it. It returns the program of the session process, which is kept until it
// is released.
func Prepare(ctx context.Context, cfg Config, progress io.Writer) (program string, release func(), err error) {
	cfg, err = cfg.Defaults()
	if err != nil {
		return "", nil, err
	}
	shop, release, err := openWorkshop(ctx, cfg.source(), cfg.Cache, progress)
	if err != nil {
		return "", nil, err
	}
	return shop.binary(), release, nil
}

// Session is a notebook's live Go session. Its methods may be called from any
// goroutine; cells run one at a time, but for those that are told to run beside
// others. Cells are compiled one at a time.
type Session struct {
	cfg  Config
	back backend
	imp  types.Importer

	running sync.Mutex // held while a cell that waits for its turn is compiled and runs

	front    sync.Mutex // held while a cell is compiled or a question answered; guards the next
	scope    *scope
	packages map[string]archive
	byName   map[string]string // package name → path, for imports without an import line
	units    []*compiled       // in order of their last run
	count    int               // of units
	runs     int
	docs     docCache
	overlay  map[*entity]bool // functions that calls of which go to a debug form; nil: there is none

	debug debugger

	checkpoints checkpoints
	tracker     tracker
	history     history

	mu      sync.Mutex // guards the rest
	proc    *process   // also guarded by front, for whoever only reads it
	out     Output     // of the running cell, or the last one
	early   string     // what the process printed to stderr before the first cell, for that cell
	ctx     context.Context
	cancel  context.CancelFunc // nil when no cell runs
	asides  map[int]aside      // cells that run beside that one, by run
	zombies int                // cells that were left behind and still run
	counts  map[int]int        // execution counts by unit
	texts   map[int]string     // cells by unit
	comms   map[string]string  // open comms: id → target
	record  Record             // of the running cell, or the last one
	failIn  string             // the display for the failure of a comm's handler, "" for none
	closed  bool
}

// New starts a session with its session process.
func New(ctx context.Context, cfg Config) (*Session, error) {
	cfg, err := cfg.Defaults()
	if err != nil {
		return nil, err
	}
	back, err := cfg.backend(ctx)
	if err != nil {
		return nil, err
	}
	s := &Session{
		cfg: cfg, back: back, imp: back.importer(), scope: newScope(), packages: back.packages(),
		counts: map[int]int{}, texts: map[int]string{}, comms: map[string]string{}, asides: map[int]aside{},
	}
	s.nameCommon()
	if s.proc, err = s.startProcess(); err != nil {
		back.close()
		return nil, err
	}
	return s, nil
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
	s.closed = true
	p := s.proc
	s.mu.Unlock()
	if p != nil {
		p.kill()
	}
	s.back.close()
	return nil
}

// nameCommon learns which package a cell means by a name that it did not
// import: the lab's and the standard library's first.
func (s *Session) nameCommon() {
	rank := func(a archive) int {
		switch {
		case strings.HasPrefix(a.ImportPath+"/", "glassy/lab/"), strings.HasPrefix(a.ImportPath+"/", "glassy/kernel/display/"):
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

// known tells which package a text means by a name that stands before a dot in
// it; an empty text is one that is still being written.
func (s *Session) known(text string) func(name string) (path string, ok bool) {
	return func(name string) (string, bool) {
		if text != "" && !strings.Contains(text, name+".") {
			return "", false
		}
		path, ok := s.byName[name]
		return path, ok
	}
}
