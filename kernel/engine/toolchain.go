package engine

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// toolchain is the Go toolchain of this machine, driven directly: the go
// command once for the packages, compile and link for each cell.
type toolchain struct {
	goCmd   string
	version string // go1.26.8
	lang    string // go1.26
	tools   string // GOTOOLDIR
	env     []string
	ld      string // linker wrapper script, or gcc
	gcc     string
}

// findToolchain looks for go and gcc. Its errors say what to install.
func findToolchain(ctx context.Context, src, cache string) (*toolchain, error) {
	t := &toolchain{}
	var err error
	if t.goCmd, err = exec.LookPath("go"); err != nil {
		for _, dir := range []string{"/usr/local/go/bin", "/usr/lib/go/bin"} {
			if p := filepath.Join(dir, "go"); isExecutable(p) {
				t.goCmd = p
			}
		}
		if t.goCmd == "" {
			return nil, errors.New("no Go toolchain: the command go is not on the PATH; cells are compiled with it. Install Go (go.dev/dl) or run ./install.sh")
		}
	}
	if t.gcc, err = exec.LookPath("gcc"); err != nil {
		if t.gcc, err = exec.LookPath("cc"); err != nil {
			return nil, errors.New("no C compiler: neither gcc nor cc is on the PATH; Go needs one to link cells. Install gcc and the C library's headers (Debian: apt-get install gcc libc6-dev), or run ./install.sh")
		}
	}
	t.env = append(os.Environ(), "CGO_ENABLED=1", "GOWORK=off", "GO111MODULE=on")
	t.env = append(t.env, withCUDA(src)...)
	out, err := t.command(ctx, "", t.goCmd, "env", "GOVERSION", "GOTOOLDIR").Output()
	if err != nil {
		return nil, fmt.Errorf("asking go env for the toolchain: %w", withStderr(err))
	}
	f := strings.Fields(string(out))
	if len(f) < 2 {
		return nil, fmt.Errorf("go env GOVERSION GOTOOLDIR printed %q; two words were expected", out)
	}
	t.version, t.tools = f[0], f[1]
	t.lang = t.version
	if p := strings.SplitN(t.version, ".", 3); len(p) == 3 {
		t.lang = p[0] + "." + p[1]
	}
	t.ld = t.linker(ctx, cache)
	return t, nil
}

// withCUDA is the environment in which package cuda is built in. It needs our
// header, and no libcuda: that is found when it is used.
func withCUDA(src string) []string {
	cflags := os.Getenv("CGO_CFLAGS")
	if cflags == "" {
		cflags = "-O2 -g" // go's own
	}
	return []string{
		"GOFLAGS=" + strings.TrimSpace(os.Getenv("GOFLAGS")+" -tags=cuda"),
		"CGO_CFLAGS=" + fmt.Sprintf(`"-I%s" `, filepath.Join(src, "cuda", "internal", "libcuda", "include")) + cflags,
	}
}

func isExecutable(p string) bool {
	st, err := os.Stat(p)
	return err == nil && !st.IsDir() && st.Mode()&0o111 != 0
}

func (t *toolchain) command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir, c.Env = dir, t.env
	c.WaitDelay = time.Second // for children of children that hold a pipe
	return c
}

func withStderr(err error) error {
	var ee *exec.ExitError
	if errors.As(err, &ee) && len(ee.Stderr) > 0 {
		return fmt.Errorf("%w\n%s", err, bytes.TrimSpace(ee.Stderr))
	}
	return err
}

// ldScript stands in for gcc as the Go linker's external linker. The linker
// asks gcc three times whether it knows a flag, by compiling an empty program:
// half of the time that linking a small cell takes. The script says yes and
// starts ld itself.
const ldScript = `#!/bin/sh
# Written by glassy: ld in the place of gcc, for linking cells.
for a in "$@"; do
	case $a in */trivial.c)
		for b in "$@"; do case $b in -Qunused-arguments | -fdebug-prefix-map* | -gno-record-gcc-switches) exit 1 ;; esac; done
		exit 0 ;;
	esac
done
n=$#
while [ "$n" -gt 0 ]; do
	a=$1
	shift
	n=$((n - 1))
	case $a in
	-m64 | -m32 | -rdynamic | -pthread | -O* | -g | -fuse-ld=* | -Qunused-arguments | -marm | -mabi=*) ;;
	-Wl,*)
		rest=${a#-Wl,}
		while [ -n "$rest" ]; do
			w=${rest%%%%,*}
			set -- "$@" "$w"
			case $rest in *,*) rest=${rest#*,} ;; *) rest= ;; esac
		done ;;
	*) set -- "$@" "$a" ;;
	esac
done
exec %s "$@" -L%s -lc
`

// linker writes the script above, or returns gcc where that cannot work.
func (t *toolchain) linker(ctx context.Context, cache string) string {
	ld, err1 := t.command(ctx, "", t.gcc, "-print-prog-name=ld").Output()
	libc, err2 := t.command(ctx, "", t.gcc, "-print-file-name=libc.so").Output()
	dir := filepath.Dir(strings.TrimSpace(string(libc)))
	name := strings.TrimSpace(string(ld))
	if !strings.Contains(name, "/") {
		name, _ = exec.LookPath(name)
	}
	if err1 != nil || err2 != nil || name == "" || dir == "." {
		return t.gcc
	}
	script := filepath.Join(cache, "ld.sh")
	text := fmt.Sprintf(ldScript, name, dir)
	if old, err := os.ReadFile(script); err == nil && string(old) == text {
		return script
	}
	if err := writeFile(script, []byte(text), 0o755); err != nil {
		return t.gcc
	}
	return script
}

// writeFile writes a file whole or not at all.
func writeFile(name string, data []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err = f.Write(data); err == nil {
		err = f.Chmod(mode)
	}
	if err2 := f.Close(); err == nil {
		err = err2
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// archive is a compiled package as go list reports it.
type archive struct {
	ImportPath string
	Name       string
	Dir        string
	Export     string
	Standard   bool
	Module     *struct{ Path, Version string }
	Error      *struct{ Err string }
}

// list compiles packages the way plugins need them and returns them with all
// that they import.
func (t *toolchain) list(ctx context.Context, module string, patterns ...string) ([]archive, error) {
	args := []string{"list", "-export", "-deps", "-trimpath", "-buildmode=plugin", "-buildvcs=false",
		"-json=ImportPath,Name,Dir,Export,Standard,Module,Error", "--"}
	c := t.command(ctx, module, t.goCmd, append(args, patterns...)...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("compiling %s: %w\n%s", strings.Join(patterns, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	var as []archive
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var a archive
		if err := d.Decode(&a); err != nil {
			return nil, fmt.Errorf("reading what go list printed: %w", err)
		}
		if a.Error != nil {
			return nil, fmt.Errorf("package %s: %s", a.ImportPath, a.Error.Err)
		}
		as = append(as, a)
	}
	return as, nil
}

// compile compiles the one file of a unit.
func (t *toolchain) compile(ctx context.Context, dir string, n int, text string, importcfg string) (string, error) {
	src, obj := filepath.Join(dir, "cell.go"), filepath.Join(dir, "cell.a")
	if err := os.WriteFile(src, []byte(text), 0o644); err != nil {
		return "", err
	}
	c := t.command(ctx, dir, filepath.Join(t.tools, "compile"), "-o", obj, "-p", unitPath(n), "-lang="+t.lang, "-complete",
		"-installsuffix", "dynlink", "-goversion", t.version, "-c=2", "-dynlink", "-nolocalimports", "-importcfg", importcfg, "-pack", src)
	out, err := c.CombinedOutput()
	if err != nil {
		return "", &compilerOutput{string(out), err}
	}
	ar, err := os.ReadFile(obj)
	if err != nil {
		return "", err
	}
	if ar, err = unmarkArchive(ar); err != nil {
		return "", err
	}
	return obj, os.WriteFile(obj, ar, 0o644)
}

// compilerOutput is what the compiler says of code that the type checker took.
type compilerOutput struct {
	out string
	err error
}

func (e *compilerOutput) Error() string { return strings.TrimSpace(e.out) + " (" + e.err.Error() + ")" }

// link makes a plugin of a unit's object file.
func (t *toolchain) link(ctx context.Context, dir string, n int, obj, importcfg string) (string, error) {
	so := filepath.Join(dir, "cell.so")
	run := func(ld string) ([]byte, error) {
		c := t.command(ctx, dir, filepath.Join(t.tools, "link"), "-o", so, "-importcfg", importcfg, "-installsuffix", "dynlink",
			"-pluginpath", unitPath(n), "-buildmode=plugin", "-extld="+ld, "-s", "-w", obj)
		c.Env = append(c.Env, "GOGC=off") // it needs little memory and a tenth of its time is collection
		return c.CombinedOutput()
	}
	out, err := run(t.ld)
	if err != nil && t.ld != t.gcc && ctx.Err() == nil {
		var out2 []byte
		if out2, err = run(t.gcc); err == nil {
			t.ld = t.gcc // the short cut does not work here
		} else {
			out = out2
		}
	}
	if err != nil {
		return "", fmt.Errorf("linking: %w\n%s", err, bytes.TrimSpace(out))
	}
	return so, nil
}

// importcfg writes the file that tells compile and link where packages are.
func importcfg(name string, packages map[string]string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	paths := make([]string, 0, len(packages))
	for p := range packages {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	for _, p := range paths {
		fmt.Fprintf(w, "packagefile %s=%s\n", p, packages[p])
	}
	if err := w.Flush(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
