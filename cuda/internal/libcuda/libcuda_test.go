//go:build cuda && linux

package libcuda_test

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"glassy/cuda/internal/libcuda"

	"gorgonia.org/cu"
)

// A process opens the library once, so each case is a process of its own: this
// binary again, which runs a child instead of the tests.
const childKey = "GLASSY_LIBCUDA_TEST"

var children = map[string]func(){
	"status": func() {
		fmt.Println("started")
		code, reason := libcuda.Status()
		fmt.Printf("status %d\nreason %s\npath %s\n", code, reason, libcuda.Path())
	},
	"calls": func() {
		fmt.Println("started")
		n, err := cu.NumDevices()
		fmt.Println("count", n, err)
		_, _, err = cu.MemInfo()
		fmt.Println("memory", err)
		fmt.Println("clamp", cu.TexRef{}.SetMipmapLevelClamp(1.5, 2.25))
		fmt.Println("launch", cu.Function{}.Launch(1, 2, 3, 4, 5, 6, 7, cu.Stream{}, nil))
	},
	"crowd": func() { // of first calls
		var all sync.WaitGroup
		var n [16]int
		for i := range n {
			all.Go(func() { n[i], _ = cu.NumDevices() })
		}
		all.Wait()
		fmt.Println(n)
	},
}

func TestMain(m *testing.M) {
	if child := children[os.Getenv(childKey)]; child != nil {
		child()
		return
	}
	os.Exit(m.Run())
}

// start runs a child and returns what it printed. The library is the value of
// GLASSY_LIBCUDA; extra is more of the environment.
func start(t *testing.T, child, library string, extra ...string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childKey+"="+child, "GLASSY_LIBCUDA="+library)
	cmd.Env = append(cmd.Env, extra...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("child %s: %v\n%s", child, err, out)
	}
	return string(out)
}

// compile runs a C compiler; the files are in testdata or in this folder.
func compile(t *testing.T, cc, out string, args ...string) {
	t.Helper()
	for _, file := range args {
		os.Stat(file) // go test keeps a result until a file changes that the test itself looked at
	}
	cmd := exec.Command(cc, append([]string{"-O1", "-Wall", "-Werror", "-I.", "-Iinclude", "-o", out}, args...)...)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, text)
	}
}

// fake builds testdata/fake.c as a library and returns its path.
func fake(t *testing.T, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	compile(t, "gcc", path, append(args, "-shared", "-fPIC", "testdata/fake.c")...)
	return path
}

func want(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n%s\nwant\n%s", what, got, want)
	}
}

func TestStatus(t *testing.T) {
	nothing := filepath.Join(t.TempDir(), "libcuda.so.1")
	text := filepath.Join(t.TempDir(), "libcuda.so.1")
	if err := os.WriteFile(text, []byte("no library"), 0o666); err != nil {
		t.Fatal(err)
	}
	bare := fake(t, "bare.so")
	noGPU := fake(t, "nogpu.so", "-DINIT=100")
	good := fake(t, "good.so", "-DINIT=0")
	for _, c := range []struct{ name, library, want string }{
		{"told not to look", "none", `started
status 100
reason GLASSY_LIBCUDA=none: the driver's library was not looked for
path 
`},
		{"no library", nothing, `started
status 100
reason ` + nothing + `: cannot open shared object file: No such file or directory
path 
`},
		{"no ELF file", text, `started
status 100
reason ` + text + `: file too short
path 
`},
		{"no driver", bare, `started
library loaded
status 500
reason ` + bare + `: it has no cuInit, so it is no driver
path ` + bare + `
`},
		{"no GPU", noGPU, `started
library loaded
cuInit
status 100
reason ` + noGPU + `: cuInit: error 100: no GPU, says the fake
path ` + noGPU + `
`},
		{"a GPU", good, `started
library loaded
cuInit
status 0
reason 
path ` + good + `
`},
	} {
		t.Run(c.name, func(t *testing.T) { want(t, "child", start(t, "status", c.library), c.want) })
	}
}

// The library is found by its soname, as the system's loader finds it.
func TestSearch(t *testing.T) {
	good := fake(t, "libcuda.so.1", "-DINIT=0")
	out := start(t, "status", "", "LD_LIBRARY_PATH="+filepath.Dir(good))
	if !strings.HasSuffix(out, "status 0\nreason \npath "+good+"\n") {
		t.Errorf("libcuda.so.1 in LD_LIBRARY_PATH was not opened:\n%s", out)
	}
}

// The library is opened by the first call and not before, calls reach it with
// their arguments, and the one that it lacks fails alone.
func TestCalls(t *testing.T) {
	want(t, "a driver without cuMemGetInfo_v2", start(t, "calls", fake(t, "good.so", "-DINIT=0")), `started
library loaded
cuInit
count 7 <nil>
memory NotFound
clamp <nil>
launch <nil>
`)
	want(t, "no driver", start(t, "calls", "none"), `started
count 0 NoDevice
memory NoDevice
clamp NoDevice
launch NoDevice
`)
}

func TestFirstCallsTogether(t *testing.T) {
	want(t, "16 goroutines", start(t, "crowd", fake(t, "good.so", "-DINIT=0")),
		"library loaded\ncuInit\n[7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7]\n")
}

// Arguments in all registers and on the stack come through the resolver, on
// both machines, with and without checks of indirect branches.
func TestArguments(t *testing.T) {
	for _, m := range []struct {
		arch, cc, protect string
		run               []string
	}{
		{"amd64", "gcc", "-fcf-protection=full", nil},
		{"arm64", "gcc", "-mbranch-protection=standard", nil},
		{"arm64", "aarch64-linux-gnu-gcc", "-mbranch-protection=standard", []string{"qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"}},
	} {
		if m.run == nil && m.arch != runtime.GOARCH || m.run != nil && m.arch == runtime.GOARCH {
			continue
		}
		t.Run(m.arch, func(t *testing.T) {
			for _, tool := range append([]string{m.cc}, m.run[:min(1, len(m.run))]...) {
				if _, err := exec.LookPath(tool); err != nil {
					t.Skipf("no %s on this machine (Debian's gcc-aarch64-linux-gnu and qemu-user have it)", tool)
				}
			}
			lib := filepath.Join(t.TempDir(), "fake.so")
			compile(t, m.cc, lib, "-DINIT=0", "-shared", "-fPIC", "testdata/fake.c")
			for _, flag := range []string{m.protect, "-O2"} {
				program := filepath.Join(t.TempDir(), "arguments")
				compile(t, m.cc, program, flag, "testdata/arguments.c", "shim.c", "shim_"+m.arch+".S", "-ldl", "-lpthread")
				args := append(slices.Clone(m.run), program)
				cmd := exec.Command(args[0], args[1:]...)
				cmd.Env = append(os.Environ(), "GLASSY_LIBCUDA="+lib)
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("%s: %v\n%s", flag, err, out)
				}
				want(t, flag, string(out), "library loaded\ncuInit\n")
			}
		})
	}
}

var aCall = regexp.MustCompile(`^cu[A-Z]`)

// checkBinary looks at a program with this package and cu in it: it must start
// where there is no driver, so it must not ask the loader for any library of
// NVIDIA's, and must not show a driver its trampolines.
func checkBinary(t *testing.T, path string) {
	t.Helper()
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	libs, err := f.ImportedLibraries()
	if err != nil {
		t.Fatal(err)
	}
	for _, lib := range libs {
		if strings.HasPrefix(lib, "libcu") || strings.HasPrefix(lib, "libnv") {
			t.Errorf("the binary needs %s", lib)
		}
	}
	dynamic, err := f.DynamicSymbols()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range dynamic {
		if aCall.MatchString(s.Name) && s.Section == elf.SHN_UNDEF {
			t.Errorf("the binary imports %s", s.Name)
		} else if aCall.MatchString(s.Name) && slices.Contains(calls(t), s.Name) {
			t.Errorf("the binary exports %s, where a driver would find it in the place of its own", s.Name)
		}
	}
	// The table of all symbols, unless it was stripped.
	if symbols, err := f.Symbols(); err == nil {
		defined := map[string]bool{}
		for _, s := range symbols {
			defined[s.Name] = defined[s.Name] || s.Section != elf.SHN_UNDEF
		}
		for _, name := range append(calls(t), "cuInit") {
			if !defined[name] {
				t.Errorf("the binary does not define %s", name)
			}
		}
	}
}

func TestBinary(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	checkBinary(t, path)
}

// The program keeps off libcuda also where the linker finds one, before ours and
// with a compiler that links all it is told to; and where all symbols are
// exported, as from a program that opens plugins.
func TestBinaryLinkedBesideLibcuda(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		// Compiled tests run on GPU machines without Go, too; CI has it and runs this.
		t.Skip("the test links a program with the go command, which is not on the PATH")
	}
	for _, source := range []string{"libcuda.go", "shim.c", "shim_" + runtime.GOARCH + ".S"} {
		os.Stat(source) // as in compile
	}
	lib := fake(t, "libcuda.so", "-DSTUBS", "-Wl,-soname,libcuda.so.1")
	gcc := filepath.Join(t.TempDir(), "gcc")
	script := fmt.Sprintf("#!/bin/sh\nexec gcc -Wl,--no-as-needed -L%s \"$@\"\n", filepath.Dir(lib))
	if err := os.WriteFile(gcc, []byte(script), 0o777); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "program")
	cmd := exec.Command(goTool, "test", "-c", "-tags=cuda", "-o", program,
		"-ldflags=-linkmode=external -extldflags=-rdynamic -extld="+gcc, ".")
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &text
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, text.String())
	}
	checkBinary(t, program)
}
