package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A workshop is what a session is made of: the session module, in which the
// session process is built and cells are compiled, so that both agree on every
// package; the session process; and the compiled packages. It is kept in the
// cache under a hash of all that it depends on, and shared by all sessions.
type workshop struct {
	tool     *toolchain
	dir      string // of the module
	packages map[string]archive
}

const sessionPath = "glassy/kernel/cmd/session"

// usual are the packages that cells can import without waiting. Others are
// compiled when a cell first imports them.
var usual = strings.Fields(`
	glassy/lab/... ` + cellPkg + " " + debugPkg + ` glassy/kernel/display/...
	bufio bytes cmp container/heap container/list container/ring context embed encoding/base64 encoding/binary
	encoding/csv encoding/gob encoding/hex encoding/json errors flag fmt hash/crc32 hash/fnv image image/color
	image/png io io/fs iter log log/slog maps math math/big math/bits math/cmplx math/rand math/rand/v2 os
	os/exec path path/filepath reflect regexp runtime runtime/cgo runtime/debug slices sort strconv strings sync
	sync/atomic testing text/tabwriter text/template time unicode unicode/utf16 unicode/utf8 unique unsafe
	gonum.org/v1/gonum/floats gonum.org/v1/gonum/mat gonum.org/v1/gonum/stat gonum.org/v1/gonum/stat/distuv
	gonum.org/v1/plot gonum.org/v1/plot/plotter gonum.org/v1/plot/vg`)

// openWorkshop finds or makes the workshop for the source of this module in src.
// It is kept from being swept away until it is released.
func openWorkshop(ctx context.Context, src, cache string, progress io.Writer) (w *workshop, release func(), err error) {
	t, err := findToolchain(ctx, src, cache)
	if err != nil {
		return nil, nil, err
	}
	hash, err := sourceHash(src, t)
	if err != nil {
		return nil, nil, err
	}
	w = &workshop{tool: t, dir: filepath.Join(cache, "workshop-"+hash)}
	if release, err = w.open(); err == nil {
		return w, release, nil
	}
	unlock, err := lock(filepath.Join(cache, "workshop.lock"))
	if err != nil {
		return nil, nil, fmt.Errorf("preparing to build the session process: %w", err)
	}
	defer unlock()
	if release, err = w.open(); err == nil { // another kernel made it while we waited
		return w, release, nil
	}
	fmt.Fprintf(progress, "building the session process and the packages for cells (once; about a minute)\n")
	if err := w.make(ctx, src, progress); err != nil {
		return nil, nil, err
	}
	if release, err = w.open(); err != nil {
		return nil, nil, fmt.Errorf("opening what was built just now: %w", err)
	}
	sweep(cache, "workshop-", w.dir)
	return w, release, nil
}

// open holds and loads a workshop that is there.
func (w *workshop) open() (release func(), err error) {
	if release, err = hold(w.dir); err != nil {
		return nil, err
	}
	if err := w.load(); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// present tells what to do when the cache was removed under a running kernel.
func (w *workshop) present() error {
	if _, err := os.Stat(filepath.Join(w.dir, "packages.json")); err != nil {
		return fmt.Errorf("the compiled packages in %s were removed while this kernel ran; restart the kernel, it makes them again", w.dir)
	}
	return nil
}

func (w *workshop) binary() string { return filepath.Join(w.dir, "session") }

func (w *workshop) load() error {
	data, err := os.ReadFile(filepath.Join(w.dir, "packages.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, &w.packages); err != nil {
		return err
	}
	if !isExecutable(w.binary()) {
		return errors.New("no session process")
	}
	_, err = os.Stat(w.packages["fmt"].Export)
	return err
}

func (w *workshop) make(ctx context.Context, src string, progress io.Writer) error {
	// Only one process makes a workshop at a time: others left these.
	left, err := filepath.Glob(filepath.Join(filepath.Dir(w.dir), "*.new*"))
	if err != nil {
		return err
	}
	for _, dir := range left {
		os.RemoveAll(dir)
	}
	tmp := w.dir + ".new"
	defer os.RemoveAll(tmp)
	if err := os.MkdirAll(tmp, 0o755); err != nil {
		return fmt.Errorf("making the cache folder: %w", err)
	}
	if err := writeModule(tmp, src); err != nil {
		return err
	}
	fmt.Fprintf(progress, "  compiling packages\n")
	as, err := w.tool.list(ctx, tmp, usual...)
	if err != nil {
		return err
	}
	w.packages = map[string]archive{}
	if err := keepArchives(w.packages, as, filepath.Join(tmp, "pkg"), filepath.Join(w.dir, "pkg")); err != nil {
		return err
	}
	if err := w.nameStandard(ctx, tmp); err != nil {
		return err
	}
	fmt.Fprintf(progress, "  building the session process\n")
	c := w.tool.command(ctx, tmp, w.tool.goCmd, "build", "-trimpath", "-buildvcs=false", "-o", filepath.Join(tmp, "session"), sessionPath)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("building the session process: %w\n%s", err, out)
	}
	data, err := json.Marshal(w.packages)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(tmp, "packages.json"), data, 0o644); err != nil {
		return err
	}
	if err := os.RemoveAll(w.dir); err != nil {
		return err
	}
	return os.Rename(tmp, w.dir)
}

// nameStandard notes the packages of the standard library that are not compiled
// yet: a cell can name them without an import line, and then they are.
func (w *workshop) nameStandard(ctx context.Context, module string) error {
	out, err := w.tool.command(ctx, module, w.tool.goCmd, "list", "-f", "{{.ImportPath}} {{.Name}} {{.Dir}}", "std").Output()
	if err != nil {
		return fmt.Errorf("listing the standard library: %w", withStderr(err))
	}
	for line := range strings.SplitSeq(string(out), "\n") {
		f := strings.Fields(line)
		if len(f) != 3 || strings.Contains(f[0], "internal") || strings.HasPrefix(f[0], "vendor/") {
			continue
		}
		if _, ok := w.packages[f[0]]; !ok {
			w.packages[f[0]] = archive{ImportPath: f[0], Name: f[1], Dir: f[2], Standard: true}
		}
	}
	return nil
}

// keepArchives links compiled packages out of Go's build cache, which forgets
// them after some days, into dir, which will be called final.
func keepArchives(into map[string]archive, as []archive, dir, final string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, a := range as {
		if a.Export == "" { // unsafe
			into[a.ImportPath] = a
			continue
		}
		sum := sha256.Sum256([]byte(a.Export))
		name := hex.EncodeToString(sum[:10]) + ".a"
		if err := linkOrCopy(a.Export, filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("keeping the compiled package %s: %w", a.ImportPath, err)
		}
		a.Export = filepath.Join(final, name)
		into[a.ImportPath] = a
	}
	return nil
}

func linkOrCopy(from, to string) error {
	if err := os.Link(from, to); err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return writeFile(to, data, 0o644)
}

// writeModule writes the session module: it requires what glassy requires, and
// glassy itself from src.
func writeModule(dir, src string) error {
	mod, err := os.ReadFile(filepath.Join(src, "go.mod"))
	if err != nil {
		return fmt.Errorf("reading the source of glassy: %w; run glassy install from its checkout", err)
	}
	text := strings.Replace(string(mod), "module glassy\n", "module glassysession\n", 1)
	text += fmt.Sprintf("\nrequire glassy v0.0.0\n\nreplace glassy => %s\n", src)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o644); err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(src, "go.sum"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o644); err != nil {
		return err
	}
	// A package of the module's own, so that go commands have one to speak of.
	return os.WriteFile(filepath.Join(dir, "doc.go"), []byte("package glassysession\n"), 0o644)
}

// sourceHash names a workshop by what it is made of.
func sourceHash(src string, t *toolchain) (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, t.version, t.gcc, src, os.Getenv("GOEXPERIMENT"), os.Getenv("GOFLAGS"), os.Getenv("GOAMD64"), usual)
	for _, root := range []string{"go.mod", "go.sum", "lab", "cuda", "kernel/display", "kernel/engine/cell", "kernel/engine/checkpoint", "kernel/engine/host", "kernel/cmd/internal/process", "kernel/cmd/session"} {
		err := filepath.WalkDir(filepath.Join(src, root), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				if d.Name() == "testdata" {
					return fs.SkipDir
				}
				return nil
			}
			if strings.HasSuffix(path, "_test.go") {
				return nil
			}
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			fmt.Fprintln(h, strings.TrimPrefix(path, src))
			_, err = io.Copy(h, f)
			return err
		})
		if err != nil && root != "cuda" {
			return "", fmt.Errorf("reading the source of glassy in %s: %w; run glassy install from its checkout", src, err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}
