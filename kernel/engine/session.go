package engine

import (
	"context"
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
	_, release, err := openWorkshop(ctx, cfg.source(), cfg.Cache, progress)
	if err != nil {
		return err
	}
	release()
	return nil
}

// Session is a notebook's live Go session. Its methods may be called from any
// goroutine; cells run one at a time.
type Session struct {
	cfg  Config
	shop *workshop
	imp  types.Importer
	dir  string // of this session's compiled cells

	release func() // lets go of the folders in the cache

	running  sync.Mutex // held while a cell is compiled and runs; guards the next
	scope    *scope
	packages map[string]archive
	byName   map[string]string // package name → path, for imports without an import line
	module   string            // this session's own module, once a cell has fetched one
	units    []*compiled       // in order of their last run
	count    int               // of units
	runs     int
	docs     docCache

	mu      sync.Mutex // guards the rest
	proc    *process   // also guarded by running, for whoever only reads it
	out     Output     // of the running cell, or the last one
	early   string     // what the process printed to stderr before the first cell, for that cell
	ctx     context.Context
	cancel  context.CancelFunc // nil when no cell runs
	zombies int                // cells that were left behind and still run
	counts  map[int]int        // execution counts by unit
	texts   map[int]string     // cells by unit
	comms   map[string]string  // open comms: id → target
	closed  bool
}

// New starts a session with its session process.
func New(ctx context.Context, cfg Config) (*Session, error) {
	cfg, err := cfg.Defaults()
	if err != nil {
		return nil, err
	}
	shop, letShop, err := openWorkshop(ctx, cfg.source(), cfg.Cache, logWriter{cfg.Log})
	if err != nil {
		return nil, err
	}
	dir, letDir, err := sessionDir(cfg.Cache)
	if err != nil {
		letShop()
		return nil, fmt.Errorf("making a folder for the compiled cells: %w", err)
	}
	s := &Session{
		cfg: cfg, shop: shop, dir: dir, scope: newScope(), packages: maps.Clone(shop.packages),
		counts: map[int]int{}, texts: map[int]string{}, comms: map[string]string{},
	}
	s.imp = s.newImporter()
	s.nameCommon()
	if s.proc, err = startProcess(shop.binary(), cfg.Dir, s); err != nil {
		os.RemoveAll(dir)
		letDir()
		letShop()
		return nil, err
	}
	s.release = func() { letDir(); letShop() }
	return s, nil
}

// sessionDir makes the folder of a new session, and removes those of kernels
// that were killed.
func sessionDir(cache string) (dir string, release func(), err error) {
	unlock, err := lock(filepath.Join(cache, "session.lock")) // nobody sweeps a folder that is not held yet
	if err != nil {
		return "", nil, err
	}
	defer unlock()
	sweep(cache, "session-", "")
	if dir, err = os.MkdirTemp(cache, "session-"); err != nil {
		return "", nil, err
	}
	release, err = hold(dir)
	return dir, release, err
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
