package engine

import (
	"context"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"

	"glassy/kernel/engine/host"
)

// native is the backend that compiles cells: each becomes a plugin that the
// session process opens.
type native struct {
	shop    *workshop
	dir     string // of this session's compiled cells
	src     string // the source of this module
	module  string // this session's own module, once a cell has fetched one
	known   map[string]archive
	units   map[int]string // their archives
	release func()         // lets go of the folders in the cache
}

func newNative(ctx context.Context, cfg Config) (*native, error) {
	shop, letShop, err := openWorkshop(ctx, cfg.source(), cfg.Cache, logWriter{cfg.Log})
	if err != nil {
		return nil, err
	}
	dir, letDir, err := sessionDir(cfg.Cache)
	if err != nil {
		letShop()
		return nil, fmt.Errorf("making a folder for the compiled cells: %w", err)
	}
	return &native{
		shop: shop, dir: dir, src: cfg.source(), known: maps.Clone(shop.packages), units: map[int]string{},
		release: func() { letDir(); letShop() },
	}, nil
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

func (b *native) packages() map[string]archive { return b.known }
func (b *native) goVersion() string            { return b.shop.tool.lang }
func (b *native) present() error               { return b.shop.present() }
func (b *native) process() *exec.Cmd           { return exec.Command(b.shop.binary()) }

func (b *native) close() {
	os.RemoveAll(b.dir)
	b.release()
}

func (b *native) importer() types.Importer {
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		a, ok := b.known[path]
		if !ok || a.Export == "" {
			return nil, fmt.Errorf("package %s is not compiled", path)
		}
		return os.Open(a.Export)
	})
}

// gonbui shows things by a protocol of its own, which is served where it is loaded.
const gonbui = "github.com/janpfeifer/gonb/gonbui"

// build compiles and links a unit.
func (b *native) build(ctx context.Context, u *unit, code string) (host.Request, error) {
	dir := filepath.Join(b.dir, fmt.Sprint(u.n))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return host.Request{}, err
	}
	packages := map[string]string{}
	for path, a := range b.known {
		if a.Export != "" {
			packages[path] = a.Export
		}
	}
	for n, obj := range b.units {
		packages[unitPath(n)] = obj
	}
	cfg := filepath.Join(dir, "importcfg")
	if err := importcfg(cfg, packages); err != nil {
		return host.Request{}, err
	}
	t := b.shop.tool
	obj, err := t.compile(ctx, dir, u.n, code, cfg)
	if err != nil {
		return host.Request{}, err
	}
	so, err := t.link(ctx, dir, u.n, obj, cfg)
	if err != nil {
		return host.Request{}, err
	}
	b.units[u.n] = obj
	return host.Request{Op: "load", Path: so, Gonb: packages[gonbui] != ""}, nil
}
