//go:build cuda && linux

package libcuda_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// all returns what the first group of the expression matches.
func all(text, expression string) (found []string) {
	for _, m := range regexp.MustCompile(expression).FindAllStringSubmatch(text, -1) {
		found = append(found, m[1])
	}
	return found
}

// calls are the names in calls.h.
func calls(t *testing.T) []string { return all(read(t, "calls.h"), `(?m)^CALL\((\w+)\)$`) }

func TestCallsAreTheHeaders(t *testing.T) {
	declared := all(read(t, "include/cuda.h"), `\bCUresult (cu[A-Z]\w*)\(`)
	declared = slices.DeleteFunc(declared, func(name string) bool { return name == "cuInit" })
	if have := calls(t); len(declared) < 170 || !slices.Equal(declared, have) {
		t.Errorf("include/cuda.h declares %d calls, calls.h has %d: run go generate", len(declared), len(have))
	}
}

// NVIDIA's own header, where the machine has one, gives the same numbers, the
// same layouts and the same parameters. It passes with those of CUDA 11.8, 12.9
// and 13.0; GLASSY_CUDA_INCLUDE is a folder to take another from.
func TestHeaderIsNVIDIAs(t *testing.T) {
	theirs := "/usr/local/cuda/include"
	if dir := os.Getenv("GLASSY_CUDA_INCLUDE"); dir != "" {
		theirs = dir
	} else if _, err := os.Stat(theirs + "/cuda.h"); err != nil {
		t.Skipf("NVIDIA's headers, to compare ours with, are not here, and may not be in the tree: %v; GLASSY_CUDA_INCLUDE names a folder", err)
	}
	ours := regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(read(t, "include/cuda.h"), "")

	// A program that prints every number, made with either header.
	var program strings.Builder
	program.WriteString("#include <cuda.h>\n#include <stddef.h>\n#include <stdio.h>\nint main(void) {\n")
	print := func(name, value string) {
		fmt.Fprintf(&program, "printf(\"%s %%lld\\n\", (long long)%s);\n", name, value)
	}
	for _, name := range all(ours, `(?m)^\t(CU\w+) = `) {
		if name != "CU_CTX_FLAGS_MASK" { // it grows with the flags
			print(name, name)
		}
	}
	for _, name := range all(ours, `(?m)^#define (CU_\w+) \(?`) {
		print(name, name)
	}
	for _, s := range regexp.MustCompile(`(?s)typedef struct \w+ \{(.*?)\} (\w+);`).FindAllStringSubmatch(ours, -1) {
		if s[2] != "CUDA_KERNEL_NODE_PARAMS" { // CUDA 12 has two fields more, for the calls with _v2
			print("sizeof "+s[2], "sizeof("+s[2]+")")
		}
		for _, field := range all(s[1], `(\w+)(?:\[\d+\])?[,;]`) {
			print(s[2]+"."+field, "offsetof("+s[2]+", "+field+")")
		}
	}
	program.WriteString("}\n")
	numbers := func(include string) []string {
		source, binary := filepath.Join(t.TempDir(), "numbers.c"), filepath.Join(t.TempDir(), "numbers")
		if err := os.WriteFile(source, []byte(program.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("gcc", "-w", "-I"+include, "-o", binary, source).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", include, err, out)
		}
		out, err := exec.Command(binary).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSpace(string(out)), "\n")
	}
	want, have := numbers(theirs), numbers("include")
	if len(have) < 400 || len(have) != len(want) {
		t.Fatalf("%d numbers, and %d in theirs", len(have), len(want))
	}
	for i := range have {
		if have[i] != want[i] {
			t.Errorf("%s; theirs: %s", have[i], want[i])
		}
	}

	// Their declarations and then ours: C takes a second one if it is the same.
	program.Reset()
	program.WriteString("#include <cuda.h>\n")
	for _, name := range append(calls(t), "cuInit") {
		fmt.Fprintf(&program, "#undef %s\n", name)
	}
	for _, prototype := range all(ours, `(?m)^(CUresult cu\w+\([^;]*\);)`) {
		program.WriteString(prototype + "\n")
	}
	cc := exec.Command("gcc", "-fsyntax-only", "-I"+theirs, "-xc", "-")
	cc.Stdin = strings.NewReader(program.String())
	if out, err := cc.CombinedOutput(); err != nil {
		t.Errorf("parameters differ:\n%s", out)
	}
}
