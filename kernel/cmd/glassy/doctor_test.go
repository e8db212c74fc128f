package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// program writes an executable shell script.
func program(t *testing.T, dir, name, script string) string {
	t.Helper()
	path := write(t, filepath.Join(dir, name), "#!/bin/sh\n"+script+"\n")
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// line is the doctor's line on one thing.
func line(t *testing.T, out, name string) string {
	t.Helper()
	for l := range strings.Lines(out) {
		if f := strings.Fields(l); len(f) > 1 && strings.HasPrefix(strings.TrimSpace(l[min(8, len(l)):]), name) {
			return strings.TrimSpace(l)
		}
	}
	t.Fatalf("no line on %s in:\n%s", name, out)
	return ""
}

func TestDoctorOfAWholeMachine(t *testing.T) {
	l := newLab(t, "")
	bin := filepath.Join(l.home, "bin")
	crt := write(t, filepath.Join(l.home, "crt1.o"), "")
	ld := program(t, bin, "ld", "echo GNU ld 2.40")
	program(t, bin, "go", "echo go1.30.1")
	program(t, bin, "gcc", `case $1 in -print-prog-name=ld) echo `+ld+` ;; -print-file-name=crt1.o) echo `+crt+` ;; *) echo gcc 12 ;; esac`)
	program(t, bin, "jupyter", "echo 4.4.9")
	program(t, filepath.Join(l.home, ".cache/glassy/workshop-1"), "session", `echo "about $1"`)
	t.Setenv("PATH", bin)
	l.env["GLASSY_DATA"] = filepath.Join(l.home, "sets")
	for _, name := range []string{"train", "valid", "test"} {
		write(t, filepath.Join(l.home, "sets", "ptb", "ptb."+name+".txt"), "the cat\n")
	}
	l.run(t, exitOK, "install", "--source", module(t, l))
	l.run(t, exitOK, "doctor")
	for name, want := range map[string]string{
		"Go":           "ok       Go            go1.30.1 at " + bin + "/go",
		"C compiler":   "ok       C compiler    gcc 12 at " + bin + "/gcc",
		"linker":       "ok       linker        GNU ld 2.40 at " + ld,
		"source":       "ok       source        " + programVersion() + " in " + l.home + "/.local/share/glassy/src",
		"Jupyter":      "ok       Jupyter       JupyterLab 4.4.9 at " + bin + "/jupyter",
		"kernelspec":   "ok       kernelspec    " + l.home + "/.local/share/jupyter/kernels/glassy",
		"BLAS":         "ok       BLAS          about blas",
		"CUDA":         "ok       CUDA          about cuda",
		"data":         "ok       data          ptb",
		"installation": "ok       installation  " + l.home,
		"cache":        "ok       cache         " + l.home,
		"program":      "ok       program       " + programVersion(),
	} {
		if got := line(t, l.out.String(), name); !strings.HasPrefix(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
	says(t, l.out.String(), "The essentials are there.")
}

// Only who has no driver is told to install one.
func TestDoctorWithoutCUDA(t *testing.T) {
	l := newLab(t, "")
	for reason, advised := range map[string]bool{
		"no NVIDIA driver: libcuda.so.1: no such file":                       true,
		"an NVIDIA driver is here, but no GPU that it can use":               false,
		"this program was built without CUDA: build it with -tags cuda":      false,
		"the NVIDIA driver does not start: libcuda.so.1: cuInit: error 999:": false,
	} {
		program(t, filepath.Join(l.home, ".cache/glassy/workshop-1"), "session", `echo "device $1: `+reason+`" >&2; exit 1`)
		l.run(t, exitFailed, "doctor")
		out := l.out.String()
		if got, want := line(t, out, "CUDA"), "missing  CUDA          "+reason; got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
		if strings.Contains(out, "install its driver") != advised {
			t.Errorf("%s: advised to install a driver: %v, expected %v", reason, !advised, advised)
		}
	}
}

func TestDoctorOfABareMachine(t *testing.T) {
	if _, err := os.Stat("/usr/local/go/bin/go"); err == nil {
		t.Log("a Go outside the PATH is found by its place; it is not missing here")
	}
	l := newLab(t, "")
	t.Setenv("PATH", filepath.Join(l.home, "none"))
	l.run(t, exitFailed, "doctor")
	for name, want := range map[string]string{
		"C compiler": "missing  C compiler    neither gcc nor cc",
		"BLAS":       "missing  BLAS          the session process, which would tell, is not built yet",
		"source":     "missing  source        no source is installed",
		"Jupyter":    "missing  Jupyter       no jupyter",
		"kernelspec": "missing  kernelspec    Jupyter does not offer",
		"data":       "missing  data          no data set is here",
	} {
		if got := line(t, l.out.String(), name); !strings.HasPrefix(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
	says(t, l.out.String(), "→ install gcc with the C library's headers", "→ run glassy install", "An essential is missing")
}

func TestDoctorOfABrokenMachine(t *testing.T) {
	l := newLab(t, "")
	bin := filepath.Join(l.home, "bin")
	program(t, bin, "go", "echo go1.20")
	program(t, bin, "gcc", `case $1 in --version) echo gcc 12 ;; *) echo crt1.o ;; esac`)
	t.Setenv("PATH", bin)
	l.env["GLASSY_DATA"] = filepath.Join(l.home, "none")
	l.run(t, exitOK, "install", "--source", module(t, l))
	home := filepath.Join(l.home, ".local/share/glassy")
	write(t, filepath.Join(home, "install.json"), `{"version":"old","program":"x","sha256":"00"}`)
	if err := os.Remove(filepath.Join(home, "bin", "glassy")); err != nil {
		t.Fatal(err)
	}
	l.run(t, exitFailed, "doctor")
	wants := map[string]string{
		"Go":         "wrong    Go            go1.20 at " + bin + "/go, expected go1.26.0 or newer",
		"linker":     "missing  linker",
		"program":    "wrong    program",
		"kernelspec": "wrong    kernelspec    " + l.home + "/.local/share/jupyter/kernels/glassy starts a program that is not there",
		"data":       "wrong    data          GLASSY_DATA: open",
	}
	if runtime.GOOS == "linux" {
		wants["C compiler"] = "wrong    C compiler    " + bin + "/gcc has no C library to link against"
	}
	for name, want := range wants {
		if got := line(t, l.out.String(), name); !strings.HasPrefix(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

func TestDoctorOnLibraries(t *testing.T) {
	l := newLab(t, "")
	t.Setenv("PATH", "/usr/bin:/bin")
	dir := filepath.Join(l.home, ".cache/glassy/workshop-1")
	for script, want := range map[string]string{
		`echo "pure Go: 8 GF/s"; echo "no library"`: "missing  BLAS          pure Go: 8 GF/s",
		`echo "GLASSY_BLAS: no" >&2; echo OpenBLAS`: "wrong    BLAS          GLASSY_BLAS: no; in use: OpenBLAS",
		"exit 3": "wrong    BLAS          " + dir + "/session blas: exit status 3",
		`echo "GLASSY_FFT: no" >&2; echo OpenBLAS`:       "ok       BLAS          OpenBLAS",
		`if [ $1 = fft ]; then echo FFTW; else echo; fi`: "ok       FFT           FFTW",
	} {
		program(t, dir, "session", script)
		l.out.Reset()
		l.run(t, exitFailed, "doctor") // nothing else is there
		if got := line(t, l.out.String(), strings.Fields(want)[1]); !strings.HasPrefix(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", script, got, want)
		}
	}
}

func TestOwnGoComesFirst(t *testing.T) {
	l := newLab(t, "")
	bin := filepath.Join(l.home, "bin")
	program(t, bin, "go", "echo go1.20")
	own := program(t, filepath.Join(l.home, ".local/share/glassy/toolchain/go/bin"), "go", "echo go1.26.6")
	t.Setenv("PATH", bin)
	l.run(t, exitFailed, "doctor") // there is no gcc
	if got, want := line(t, l.out.String(), "Go"), "ok       Go            go1.26.6 at "+own; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestSizes(t *testing.T) {
	for n, want := range map[int64]string{0: "0 kB", 1500: "1 kB", 1 << 20: "1.0 MB", 150 << 20: "150.0 MB"} {
		if got := sizeText(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a", "b"), "12345")
	write(t, filepath.Join(dir, "c"), "123")
	if got := size(dir); got != 8 {
		t.Errorf("size %d, want 8", got)
	}
}
