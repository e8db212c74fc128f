package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"go/version"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"glassy/lab/data"
)

var doctorCommand = command{
	name: "doctor", short: "tell what is there, what is missing, and what to do",
	long: `
Looks at all that Glassy uses and prints a line for each: ok, missing, or wrong,
and what to do. The essentials are Go, a C compiler with its linker, and the
installed source; without one of them the exit code is 1. Jupyter, a fast BLAS,
CUDA and data are optional.
`,
	run: (*app).doctor,
}

// finding is one line of the doctor's.
type finding struct {
	name      string
	essential bool
	state     state
	detail    string
	fix       string // what to do; "" where nothing
}

type state string

const (
	healthy state = "ok"
	missing state = "missing"
	wrong   state = "wrong"
)

func (a *app) doctor(ctx context.Context, args []string) error {
	rest, err := parse(flag.NewFlagSet("doctor", flag.ContinueOnError), args)
	if err != nil {
		return err
	}
	if err := noArguments(rest); err != nil {
		return err
	}
	f, err := a.folders()
	if err != nil {
		return err
	}
	if err := useOwnGo(f.home); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	well := true
	for _, check := range []func(context.Context, folders) []finding{
		a.examineGo, a.examineC, a.examineSource, a.examineJupyter, a.examineBLAS, a.examineFFT, a.examineCUDA, a.examineData, a.examineDisk,
	} {
		for _, x := range check(ctx, f) {
			fmt.Fprintf(a.out, "%-8s %-13s %s\n", x.state, x.name, x.detail)
			if x.fix != "" && x.state != healthy {
				fmt.Fprintf(a.out, "%22s → %s\n", "", x.fix)
			}
			well = well && (x.state == healthy || !x.essential)
		}
	}
	if !well {
		fmt.Fprintf(a.out, "\nAn essential is missing: cells will not be compiled until it is there. Meanwhile\nthe kernel %q interprets them (--engine %s of eval and run).\n", yaegiDisplayName, yaegiEngine)
		return errTold
	}
	fmt.Fprintln(a.out, "\nThe essentials are there.")
	return nil
}

// ask runs a program and returns the first line that it prints.
func ask(ctx context.Context, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, args...).Output()
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line, err
}

// minimumGo is the oldest Go that the source is written for, in case no source
// is installed that says it.
const minimumGo = "go1.26.0"

func (a *app) examineGo(ctx context.Context, f folders) []finding {
	x := finding{name: "Go", essential: true, fix: "install Go (go.dev/dl) and put it on the PATH, or run ./install.sh in the clone"}
	path, err := exec.LookPath("go")
	for _, p := range []string{"/usr/local/go/bin/go", "/usr/lib/go/bin/go"} { // where the engine looks, too
		if err != nil {
			path, err = exec.LookPath(p)
		}
	}
	if err != nil {
		x.state, x.detail = missing, "the command go is not on the PATH; cells are compiled with it"
		return []finding{x}
	}
	have, err := ask(ctx, path, "env", "GOVERSION")
	want := minimumGo
	if b, err := os.ReadFile(filepath.Join(f.home, "src", "go.mod")); err == nil {
		for line := range strings.Lines(string(b)) {
			if w := strings.Fields(line); len(w) == 2 && w[0] == "go" {
				want = "go" + w[1]
			}
		}
	}
	switch {
	case err != nil:
		x.state, x.detail = wrong, fmt.Sprintf("%s does not run: %v", path, err)
	case version.Compare(have, want) < 0:
		x.state, x.detail = wrong, fmt.Sprintf("%s at %s, expected %s or newer", have, path, want)
	default:
		x.state, x.detail = healthy, fmt.Sprintf("%s at %s", have, path)
	}
	return []finding{x}
}

func (a *app) examineC(ctx context.Context, _ folders) []finding {
	const fix = "install gcc with the C library's headers (Debian: apt-get install gcc libc6-dev), or run ./install.sh in the clone"
	c := finding{name: "C compiler", essential: true, fix: fix}
	ld := finding{name: "linker", essential: true, fix: fix}
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		gcc, err = exec.LookPath("cc")
	}
	if err != nil {
		c.state, c.detail = missing, "neither gcc nor cc is on the PATH; Go links cells with it"
		return []finding{c}
	}
	line, err := ask(ctx, gcc, "--version")
	if err != nil {
		c.state, c.detail = wrong, fmt.Sprintf("%s does not run: %v", gcc, err)
		return []finding{c}
	}
	c.state, c.detail = healthy, fmt.Sprintf("%s at %s", line, gcc)
	if crt, _ := ask(ctx, gcc, "-print-file-name=crt1.o"); runtime.GOOS == "linux" && !filepath.IsAbs(crt) {
		c.state, c.detail = wrong, gcc+" has no C library to link against (crt1.o)"
	}
	prog, _ := ask(ctx, gcc, "-print-prog-name=ld")
	path, err := exec.LookPath(prog)
	if err != nil {
		ld.state, ld.detail = missing, fmt.Sprintf("%s names the linker %q, which is not there", gcc, prog)
		return []finding{c, ld}
	}
	if line, err = ask(ctx, path, "--version"); err != nil {
		line = "ld" // a linker that does not tell its version
	}
	ld.state, ld.detail = healthy, fmt.Sprintf("%s at %s", line, path)
	return []finding{c, ld}
}

func (a *app) examineSource(_ context.Context, f folders) []finding {
	src := filepath.Join(f.home, "src")
	x := finding{name: "source", essential: true, fix: "run glassy install in the clone"}
	p := finding{name: "program", fix: "run glassy install in the clone, so that the source and the program belong together"}
	if !isModule(src) {
		x.state, x.detail = missing, "no source is installed in "+src
		return []finding{x}
	}
	m, err := readManifest(f.home)
	if err != nil {
		x.state, x.detail = wrong, err.Error()
		return []finding{x}
	}
	if m.Program == "" {
		x.state, x.detail = wrong, "an installation that did not end: "+src
		return []finding{x}
	}
	x.state, x.detail = healthy, fmt.Sprintf("%s in %s", m.Version, src)
	exe, err := os.Executable()
	if err != nil {
		p.state, p.detail = wrong, fmt.Sprintf("this program's own file: %v", err)
		return []finding{x, p}
	}
	sum, err := hashFile(exe)
	switch {
	case err != nil:
		p.state, p.detail = wrong, err.Error()
	case sum != m.SHA256:
		p.state, p.detail = wrong, fmt.Sprintf("%s (%s) is not the program that installed the source (%s)", exe, programVersion(), m.Version)
	default:
		p.state, p.detail = healthy, fmt.Sprintf("%s, %s", programVersion(), exe)
	}
	return []finding{x, p}
}

func (a *app) examineJupyter(ctx context.Context, f folders) []finding {
	j := finding{name: "Jupyter", fix: "install JupyterLab (pip install jupyterlab, in a Python environment), or run ./install.sh in the clone; glassy run and glassy eval work without it"}
	j.state, j.detail = missing, "no jupyter on the PATH, nor in "+f.home
	candidates, _ := filepath.Glob(filepath.Join(f.home, "*", "bin", "jupyter"))
	if path, err := exec.LookPath("jupyter"); err == nil {
		candidates = append([]string{path}, candidates...)
	}
	for _, path := range candidates {
		line, err := ask(ctx, path, "lab", "--version")
		if err == nil {
			j.state, j.detail = healthy, fmt.Sprintf("JupyterLab %s at %s", line, path)
			break
		}
		j.state, j.detail = missing, fmt.Sprintf("%s is there, but has no JupyterLab", path)
	}
	k := finding{name: "kernelspec", fix: "run glassy install"}
	k.state, k.detail = missing, fmt.Sprintf("Jupyter does not offer %q", displayName)
	dirs := a.kernelFolders()
	if m, err := readManifest(f.home); err == nil {
		for _, spec := range m.Kernelspecs {
			dirs = append(dirs, filepath.Dir(spec))
		}
	}
	for _, dir := range dirs {
		spec, ours := readKernelspec(filepath.Join(dir, kernelName))
		if !ours {
			continue
		}
		if _, err := exec.LookPath(spec.Argv[0]); err != nil {
			k.state, k.detail = wrong, fmt.Sprintf("%s starts a program that is not there: %s", filepath.Join(dir, kernelName), spec.Argv[0])
		} else {
			k.state, k.detail = healthy, filepath.Join(dir, kernelName)
		}
		break // the first one is the one that Jupyter takes
	}
	return []finding{j, k}
}

func (a *app) examineBLAS(ctx context.Context, f folders) []finding {
	return examineLibrary(ctx, f, "blas", finding{name: "BLAS", fix: "networks train some ten times faster with OpenBLAS: install it (Debian: apt-get install libopenblas0-pthread), or name a library by GLASSY_BLAS"})
}

func (a *app) examineFFT(ctx context.Context, f folders) []finding {
	return examineLibrary(ctx, f, "fft", finding{name: "FFT", fix: "spectra are some seven times faster with FFTW: install it (Debian: apt-get install libfftw3-double3), or name a library by GLASSY_FFT"})
}

// examineLibrary asks the session process, which opens the library: this program
// may be linked statically.
func examineLibrary(ctx context.Context, f folders, question string, x finding) []finding {
	answer, said, err := askSession(ctx, f, question)
	var own []string // it complains about all libraries that are named
	for line := range strings.Lines(said) {
		if !strings.HasPrefix(line, "GLASSY_") || strings.HasPrefix(line, "GLASSY_"+x.name+":") {
			own = append(own, strings.TrimSpace(line))
		}
	}
	complaints := strings.Join(own, "; ")
	using, reason, _ := strings.Cut(answer, "\n")
	x.detail = using
	switch {
	case errors.Is(err, errNotBuilt):
		x.state, x.detail, x.fix = missing, err.Error(), "run glassy install"
	case err != nil:
		x.state, x.detail, x.fix = wrong, err.Error(), "run glassy install"
	case complaints != "":
		x.state, x.detail = wrong, complaints+"; in use: "+using
	case reason != "":
		x.state = missing
	default:
		x.state = healthy
	}
	return []finding{x}
}

var errNotBuilt = errors.New("the session process, which would tell, is not built yet")

// askSession has the session process, which opens libraries that this program may
// be linked without, answer a question. What it says on stderr is complaints.
func askSession(ctx context.Context, f folders, question string) (answer, complaints string, err error) {
	session, err := newest(filepath.Join(f.cache, "workshop-*", "session"))
	if err != nil {
		return "", "", errNotBuilt
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	var said strings.Builder
	c := exec.CommandContext(ctx, session, question)
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		err = fmt.Errorf("%s %s: %w", session, question, err)
	}
	return strings.TrimSpace(string(out)), strings.TrimSpace(said.String()), err
}

// newest is the file that was written last of those that match.
func newest(pattern string) (string, error) {
	files, err := filepath.Glob(pattern)
	if err != nil {
		return "", err
	}
	var name string
	var written time.Time
	for _, file := range files {
		if st, err := os.Stat(file); err == nil && st.ModTime().After(written) {
			name, written = file, st.ModTime()
		}
	}
	if name == "" {
		return "", fmt.Errorf("%s: %w", pattern, fs.ErrNotExist)
	}
	return name, nil
}

// examineCUDA asks the session process, which finds the driver at run time. It
// tells three states apart: no driver, a driver without a GPU, a GPU.
func (a *app) examineCUDA(ctx context.Context, f folders) []finding {
	x := finding{name: "CUDA", state: missing, fix: "if this machine has an NVIDIA GPU, install its driver; all of Glassy works without"}
	answer, reason, err := askSession(ctx, f, "cuda")
	switch {
	case err == nil:
		x.state, x.detail = healthy, answer
	case errors.Is(err, errNotBuilt):
		x.detail, x.fix = err.Error(), "run glassy install"
	case reason != "":
		x.detail = strings.TrimPrefix(reason, "device cuda: ")
		if !strings.HasPrefix(x.detail, "no NVIDIA driver") {
			x.fix = "" // the reason says what would help
		}
	default:
		x.state, x.detail, x.fix = wrong, err.Error(), "run glassy install"
	}
	return []finding{x}
}

func (a *app) examineData(context.Context, folders) []finding {
	x := finding{name: "data", state: missing, detail: "no data set is here; only networks and texts need any", fix: "glassy data get mnist (glassy help data)"}
	if dir := a.getenv("GLASSY_DATA"); dir != "" {
		if _, err := os.ReadDir(dir); err != nil {
			x.state, x.detail, x.fix = wrong, fmt.Sprintf("GLASSY_DATA: %v", err), "set it to the folder with your data sets, or to nothing"
			return []finding{x}
		}
	}
	var here, damaged []string
	for _, s := range data.Sources() {
		switch state, _ := a.stateOf(s); {
		case state == healthy && len(s.Files) > 0:
			here = append(here, s.Name)
		case state == wrong:
			damaged = append(damaged, s.Name)
		}
	}
	switch {
	case len(damaged) > 0:
		x.state, x.detail, x.fix = wrong, "not as published: "+strings.Join(damaged, ", "), "glassy data verify tells which files"
	case len(here) > 0:
		x.state, x.detail = healthy, strings.Join(here, ", ")
	}
	return []finding{x}
}

// A cell takes a few MB; a session that cannot write one stops.
const leastDisk = 1 << 30

func (a *app) examineDisk(_ context.Context, f folders) []finding {
	var all []finding
	for _, d := range []struct{ name, path string }{{"installation", f.home}, {"cache", f.cache}} {
		x := finding{name: d.name, state: healthy, detail: fmt.Sprintf("%s, %s", d.path, sizeText(size(d.path)))}
		at := d.path
		for {
			var s syscall.Statfs_t
			err := syscall.Statfs(at, &s)
			if errors.Is(err, fs.ErrNotExist) && at != filepath.Dir(at) {
				at = filepath.Dir(at)
				continue
			}
			if free := s.Bavail * uint64(s.Bsize); err == nil && free < leastDisk {
				x.state, x.fix = wrong, "free some space"
				x.detail += fmt.Sprintf("; only %s of the disk are free", sizeText(int64(free)))
			}
			break
		}
		all = append(all, x)
	}
	return all
}

// size is that of all files below dir.
func size(dir string) (total int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // what cannot be read is not counted
		}
		if info, err := d.Info(); err == nil {
			total += info.Size()
		}
		return nil
	})
	return total
}

// sizeText writes a size for people.
func sizeText(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d kB", (n+512)>>10)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
