package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"glassy/kernel/cmd/glassy/internal/files"
)

var installCommand = command{
	name: "install", args: "[--user | --prefix DIR | --sys-prefix] [--source FOLDER]",
	short: "make the kernel known to Jupyter, and prepare it",
	long: `
Installs the kernel, so that Jupyter offers "` + displayName + `":

  1. copies this program and the source of its packages, against which cells are
     compiled, to $XDG_DATA_HOME/glassy (~/.local/share/glassy): the clone may go
  2. builds the session process and compiles the usual packages, into
     $XDG_CACHE_HOME/glassy (~/.cache/glassy); this takes about a minute, once
  3. writes the kernelspec, last, so that Jupyter offers only what works

Before the second step it writes the kernelspec of "` + yaegiDisplayName + `",
which interprets cells and works on a machine that has no Go.

  --user           into the user's Jupyter folder (the default): $JUPYTER_DATA_DIR,
                   or ~/.local/share/jupyter
  --prefix DIR     into DIR/share/jupyter/kernels
  --sys-prefix     into the active Python environment
  --source FOLDER  the clone; by default the one that this is run in, or the source
                   that is installed already

It may be repeated. glassy uninstall takes everything back.
`,
	run: (*app).install,
}

// manifest is Home/install.json: what install has made.
type manifest struct {
	Version     string   `json:"version"`     // of the program that installed
	Program     string   `json:"program"`     // its copy
	SHA256      string   `json:"sha256"`      // of that copy
	Kernelspecs []string `json:"kernelspecs"` // folders
}

func manifestPath(home string) string { return filepath.Join(home, "install.json") }

// readManifest is zero where nothing is installed.
func readManifest(home string) (m manifest, err error) {
	b, err := os.ReadFile(manifestPath(home))
	if errors.Is(err, os.ErrNotExist) {
		return manifest{}, nil
	}
	if err != nil {
		return manifest{}, fmt.Errorf("what is installed: %w", err)
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return manifest{}, fmt.Errorf("%s: %w; glassy uninstall removes it", manifestPath(home), err)
	}
	return m, nil
}

func (m manifest) write(home string) error {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("install.json: %w", err)
	}
	return files.Save(manifestPath(home), append(b, '\n'))
}

// placeFlags adds the flags that choose a place.
func placeFlags(fs *flag.FlagSet) *place {
	p := &place{}
	fs.StringVar(&p.prefix, "prefix", "", "")
	fs.BoolVar(&p.user, "user", false, "")
	fs.BoolVar(&p.sys, "sys-prefix", false, "")
	return p
}

// parse reads the arguments of a command that takes nothing but flags, those of
// p among them.
func (p *place) parse(fs *flag.FlagSet, args []string) error {
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if err := noArguments(rest); err != nil {
		return err
	}
	return p.check()
}

func (p place) check() error {
	n := 0
	for _, given := range []bool{p.prefix != "", p.user, p.sys} {
		if given {
			n++
		}
	}
	if n > 1 {
		return usagef("--user, --prefix and --sys-prefix exclude each other")
	}
	return nil
}

func (a *app) install(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("install", flag.ContinueOnError)
	where := placeFlags(fs)
	given := fs.String("source", "", "")
	if err := where.parse(fs, args); err != nil {
		return err
	}

	// All that can be found wrong is found before anything is written.
	cfg, err := a.config("/", slog.LevelWarn)
	if err != nil {
		return err
	}
	kernels, err := a.kernels(*where)
	if err != nil {
		return err
	}
	dir, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("working folder: %w", err)
	}
	installed := filepath.Join(cfg.Home, "src")
	source, err := findSource(*given, dir)
	if errors.Is(err, errNoSource) && isModule(installed) {
		source, err = installed, nil
	}
	if err != nil {
		return err
	}
	old, err := readManifest(cfg.Home)
	if err != nil {
		return err
	}
	for _, d := range []string{cfg.Home, cfg.Cache, kernels} {
		if err := os.MkdirAll(d, 0o777); err != nil {
			return fmt.Errorf("no folder for the installation: %w; choose another place (glassy help install)", err)
		}
		if err := files.Writable(filepath.Join(d, "install")); err != nil {
			return err
		}
	}

	m := manifest{Version: programVersion(), Program: filepath.Join(cfg.Home, "bin", "glassy"), Kernelspecs: old.Kernelspecs}
	if m.SHA256, err = a.copyProgram(m.Program); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "program     %s\n", m.Program)
	if source != installed {
		n, err := copySource(source, installed)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "source      %s (%d files from %s)\n", installed, n, source)
	}
	spec := filepath.Join(kernels, kernelName)
	yaegiSpec := filepath.Join(kernels, yaegiKernelName)
	for _, dir := range []string{spec, yaegiSpec} {
		if !slices.Contains(m.Kernelspecs, dir) {
			m.Kernelspecs = append(m.Kernelspecs, dir)
		}
	}
	// Before the long part: if that fails, uninstall knows of all there is.
	if err := m.write(cfg.Home); err != nil {
		return err
	}
	if err := writeKernelspec(yaegiSpec, m.Program, yaegiDisplayName, yaegiEngine); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "kernelspec  %s\n", yaegiSpec)
	cfg.Dir = installed
	_, release, err := a.prepare(ctx, cfg, a.err)
	if err != nil {
		return fmt.Errorf("prepare the session: %w\n(the kernelspec was not written, only that of %q, which needs no toolchain; when that is mended, run glassy install again)", err, yaegiDisplayName)
	}
	release()
	fmt.Fprintf(a.out, "cache       %s\n", cfg.Cache)
	if err := writeKernelspec(spec, m.Program, displayName, nativeEngine); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "kernelspec  %s\n", spec)
	if !slices.Contains(a.kernelFolders(), kernels) {
		fmt.Fprintf(a.out, "Jupyter does not look there by itself: set JUPYTER_PATH=%s\n", filepath.Dir(kernels))
	}
	fmt.Fprintf(a.out, "Jupyter now offers %q.\n", displayName)
	return nil
}

// copyProgram copies this program to a place that stays, and returns its hash.
func (a *app) copyProgram(to string) (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("this program's own file: %w", err)
	}
	sum, err := hashFile(exe)
	if err != nil {
		return "", err
	}
	if have, err := hashFile(to); err == nil && have == sum {
		return sum, nil
	}
	if err := files.Copy(exe, to); err != nil {
		return "", err
	}
	return sum, os.Chmod(to, 0o755)
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
