package mock

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// flags of g++. Contraction is off so that the twins' bits do not depend on the
// machine; the sanitizers catch indices beyond shared and local arrays,
// misaligned vectors, shifts by too much and divisions by zero, at no cost that
// shows.
var flags = []string{
	"-std=c++17", "-O2", "-g1", "-fPIC", "-fvisibility=hidden", "-pthread", "-DTWIN",
	"-ffp-contract=off", "-fno-strict-aliasing", "-fno-math-errno",
	"-fsanitize=bounds-strict,alignment,shift-exponent,integer-divide-by-zero", "-fsanitize-undefined-trap-on-error",
	"-Werror=return-type", "-Werror=uninitialized",
}

// watched are more of them for kernels whose accesses to memory are looked at.
var watched = []string{"-fsanitize=thread", "--param", "tsan-instrument-func-entry-exit=0"}

// Build makes the mock driver with every kernel of cuda/kernels and returns the
// library's path, for GLASSY_LIBCUDA; with races, one that can find these. Objects
// and library are kept in dir by a hash of what they are made from, so a second
// call costs milliseconds. It needs g++ and the module's source; the error has the
// compiler's words.
func Build(dir string, races bool) (path string, err error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	return build(dir, root, filepath.Join(root, "cuda", "kernels", "*.cu"), races)
}

// Sources are the files that Build's library is made of.
func Sources() (files []string, err error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	for _, folder := range []string{"cuda/kernels", "cuda/internal/mock/cpp"} {
		for _, pattern := range []string{"*.cu", "*.h", "*.cpp"} {
			found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(folder), pattern))
			if err != nil {
				return nil, err
			}
			files = append(files, found...)
		}
	}
	return files, nil
}

// moduleRoot is the folder of go.mod above the working directory, which for a
// test is its package's.
func moduleRoot() (string, error) {
	start, err := os.Getwd()
	for dir := start; err == nil; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("mock: no go.mod above %s: the mock is built from the module's source", start)
		}
	}
	return "", err
}

// build is Build for the kernels that match a pattern.
func build(dir, root, pattern string, races bool) (string, error) {
	version, err := exec.Command("g++", "--version").Output()
	if err != nil {
		return "", fmt.Errorf("mock: g++ is needed to build it: %w", err)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	here := filepath.Join(root, "cuda", "internal", "mock", "cpp")
	b := builder{
		dir:     dir,
		version: string(version),
		include: []string{filepath.Join(root, "cuda", "kernels"), filepath.Join(root, "cuda", "internal", "libcuda", "include"), here},
	}
	if races {
		b.watched = watched
	}
	kernels, err := filepath.Glob(pattern)
	if err != nil {
		return "", err
	}
	drivers, err := filepath.Glob(filepath.Join(here, "*.cpp"))
	if err != nil {
		return "", err
	}
	if len(kernels) == 0 || len(drivers) == 0 {
		return "", fmt.Errorf("mock: no sources: %d kernels match %s, %d files of the driver in %s", len(kernels), pattern, len(drivers), here)
	}
	if b.head, err = b.header(filepath.Join(here, "fibres.h")); err != nil {
		return "", err
	}
	sources := slices.Concat(drivers, kernels)
	objects, errs := make([]string, len(sources)), make([]error, len(sources))
	var running sync.WaitGroup
	jobs := make(chan struct{}, 2)
	for i, source := range sources {
		running.Go(func() {
			jobs <- struct{}{}
			objects[i], errs[i] = b.object(source)
			<-jobs
		})
	}
	running.Wait()
	if err := errors.Join(errs...); err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(strings.Join(objects, "\n")))
	return b.made("libcuda-mock", ".so", hex.EncodeToString(sum[:8]), func(out string) error {
		return run("g++", slices.Concat([]string{"-shared", "-pthread", "-o", out}, objects, []string{"-ldl"})...)
	})
}

type builder struct {
	dir, version string
	include      []string
	watched      []string // flags of kernels
	head         string   // what every kernel's wrapper includes first, compiled beforehand
}

// made is dir/name-hash+suffix, made by f where it is not there yet. Several
// processes may do so at once: each writes a file of its own and renames it.
func (b *builder) made(name, suffix, hash string, f func(out string) error) (string, error) {
	path := filepath.Join(b.dir, name+"-"+hash+suffix)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	t, err := os.CreateTemp(b.dir, name+"-*.tmp")
	if err != nil {
		return "", err
	}
	t.Close()
	defer os.Remove(t.Name())
	if err := f(t.Name()); err != nil {
		return "", err
	}
	if err := os.Chmod(t.Name(), 0o755); err != nil {
		return "", err
	}
	b.forget(name, suffix)
	return path, os.Rename(t.Name(), path)
}

// forget removes what was made from other contents of the same source more than
// a day ago.
func (b *builder) forget(name, suffix string) {
	old, _ := filepath.Glob(filepath.Join(b.dir, name+"-????????????????"+suffix))
	for _, path := range old {
		if i, err := os.Stat(path); err == nil && time.Since(i.ModTime()) > 24*time.Hour {
			os.Remove(path)
		}
	}
}

// args are the flags with our folders, and more.
func (b *builder) args(more ...string) []string {
	args := slices.Clone(flags)
	for _, dir := range b.include {
		args = append(args, "-I"+dir)
	}
	return append(args, more...)
}

// hash tells one source from another by its text and that of all it includes,
// under the compiler and the flags.
func (b *builder) hash(source string, more ...string) (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, b.version, b.args(more...), source)
	if err := b.read(h, source, map[string]bool{}); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}

// header compiles a header and returns its path without the last suffix, as
// -include takes it.
func (b *builder) header(source string) (string, error) {
	hash, err := b.hash(source, b.watched...)
	if err != nil {
		return "", err
	}
	path, err := b.made("fibres", ".h.gch", hash, func(out string) error {
		return run("g++", append(b.args("-x", "c++-header", source, "-o", out), b.watched...)...)
	})
	return strings.TrimSuffix(path, ".gch"), err
}

// object compiles a kernel, or a file of the driver.
func (b *builder) object(source string) (string, error) {
	name := strings.TrimSuffix(filepath.Base(source), filepath.Ext(source))
	if filepath.Ext(source) != ".cu" {
		hash, err := b.hash(source)
		if err != nil {
			return "", err
		}
		return b.made(name, ".o", hash, func(out string) error { return run("g++", b.args("-c", source, "-o", out)...) })
	}
	hash, err := b.hash(source, slices.Concat(b.watched, []string{b.head})...)
	if err != nil {
		return "", err
	}
	return b.made(name, ".o", hash, func(out string) error {
		text, err := b.wrapper(source)
		if err != nil {
			return err
		}
		c := exec.Command("g++", append(b.args("-include", b.head, "-x", "c++", "-c", "-", "-o", out), b.watched...)...)
		c.Stdin = strings.NewReader(text)
		return said(c)
	})
}

var included = regexp.MustCompile(`(?m)^\s*#\s*include\s+"([^"]+)"`)

// read feeds h with a file and all that it includes from our folders.
func (b *builder) read(h interface{ Write([]byte) (int, error) }, path string, seen map[string]bool) error {
	if seen[path] {
		return nil
	}
	seen[path] = true
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	fmt.Fprintln(h, filepath.Base(path), len(text))
	h.Write(text)
	for _, m := range included.FindAllSubmatch(text, -1) {
		for _, dir := range append([]string{filepath.Dir(path)}, b.include...) {
			next := filepath.Join(dir, string(m[1]))
			if _, err := os.Stat(next); errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err := b.read(h, next, seen); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

var entry = regexp.MustCompile(`extern\s+"C"\s+TWIN_ENTRY\s+void\s+(\w+)\s*\(`)

// wrapper is the C++ file that takes a kernel in and enters its entry points,
// found in what the preprocessor makes of it, into the table. Everything of the
// kernel is in an unnamed namespace, so that kernels do not see each other.
func (b *builder) wrapper(source string) (string, error) {
	c := exec.Command("g++", b.args("-DTWIN_ENTRIES", "-E", "-P", "-x", "c++", source)...)
	var problems bytes.Buffer
	c.Stderr = &problems
	text, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(c.Args, " "), err, problems.String())
	}
	var w strings.Builder
	fmt.Fprintf(&w, "namespace {\n#include %q\n}\n", source)
	fmt.Fprintf(&w, "namespace { struct Enter { volatile char anchor = 0; Enter() {\n")
	names := entry.FindAllSubmatch(text, -1)
	for _, m := range names {
		fmt.Fprintf(&w, "twin::Caller<%s>::enter(%q, %q, this);\n", m[1], m[1], filepath.Base(source))
	}
	fmt.Fprintf(&w, "} } enter; }\n")
	if len(names) == 0 {
		return "", fmt.Errorf(`mock: %s has no entry point: extern "C" __global__ void NAME(`, source)
	}
	return w.String(), nil
}

func run(name string, args ...string) error { return said(exec.Command(name, args...)) }

// said runs a command; the error has what it said.
func said(c *exec.Cmd) error {
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(c.Args, " "), err, out)
	}
	return nil
}
