package kernel_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// A rule says what the packages under from may import of this module. Paths are
// relative to the module; "x" is the package x, "x/..." is x and all below it.
// A package may always import the rest of its own tree when its rule ends in
// "/...". Tests may import what their package may, and test.
type rule struct {
	from string
	to   []string
	test []string
}

// rules is the table of allowed imports, for the whole module: arrows point
// down only. The first rule that covers a package is its rule, and a package
// that no rule covers is an error. It holds planned packages too.
var rules = []rule{
	// The kernel: wire and display know nothing, engine shows values, server
	// joins the two, and only the programs know everything.
	{from: "kernel/wire/wiretest/...", to: []string{"kernel/wire"}},
	{from: "kernel/wire", test: []string{"kernel/wire/wiretest"}},
	{from: "kernel/display/..."},
	{from: "kernel/engine/cell"}, // linked into every cell
	// The interpreter is tried on the tables.
	{from: "kernel/engine/...", to: []string{"kernel/display/..."}, test: []string{"kernel/symbols/..."}},
	{from: "kernel/server/...", to: []string{"kernel/wire", "kernel/engine", "kernel/display"}, test: []string{"kernel/wire/wiretest"}},
	{from: "kernel/symbols/...", to: []string{"lab/...", "kernel/display/...", "kernel/engine/cell"}}, // tables of what cells import
	{from: "kernel/bench/...", to: []string{"kernel/wire", "kernel/wire/wiretest", "kernel/engine", "kernel/display"}},
	{from: "kernel/cmd/...", to: []string{"kernel/...", "lab/...", "cuda/..."}},
	{from: "kernel", test: []string{"kernel/..."}},

	// The laboratory, from the ground up.
	{from: "lab/fig/..."},
	{from: "lab/run/..."},
	{from: "lab/rng/..."},
	{from: "lab/landscape/...", to: []string{"lab/device"}}, // where the vectors live
	{from: "lab/device/...", to: []string{"lab/rng"}},
	{from: "lab/data/...", to: []string{"lab/run", "lab/rng", "lab/device"}},                                  // device: whitening is an eigenproblem of size 3072
	{from: "lab/cluster/...", to: []string{"lab/landscape", "lab/device", "lab/rng", "lab/run", "lab/optim"}}, // optim: Parle's replicas are spread over workers

	// Landscapes and operators never meet but in lab/thesis.
	{from: "lab/wells/...", to: landscapes, test: devicetest},
	{from: "lab/glass/...", to: landscapes, test: devicetest},
	{from: "lab/perceptron/...", to: landscapes, test: devicetest},
	{from: "lab/net/...", to: landscapes, test: devicetest},
	{from: "lab/optim/...", to: append([]string{"lab/noneq/transport"}, operators...), test: devicetest}, // transport: filters are matched by one of single masses
	{from: "lab/entropy/...", to: operators, test: devicetest},
	{from: "lab/pde/...", to: operators, test: devicetest},
	{from: "lab/spectrum/...", to: operators, test: devicetest},
	{from: "lab/sde/...", to: operators, test: devicetest},
	{from: "lab/noneq/...", to: append([]string{"lab/pde"}, operators...), test: devicetest}, // pde: grids, fields and the factors of its Fokker-Planck scheme
	{from: "lab/embed/...", to: operators, test: devicetest},
	{from: "lab/trajectory/...", to: operators, test: devicetest},
	{from: "lab/thesis/...", to: []string{"lab/..."}},
	{from: "lab/bench/...", to: []string{"lab/..."}},
	{from: "lab/oracletest/...", to: []string{"lab/..."}},
	{from: "lab", to: []string{"lab/run", "lab/fig"}, test: []string{"lab/..."}}, // what a notebook calls: figures that move

	// The GPU knows the seam that it implements. Its random numbers are held against
	// those of the laboratory.
	{from: "cuda/...", to: []string{"lab/device"}, test: append([]string{"lab/rng"}, devicetest...)},
}

var (
	landscapes = []string{"lab/landscape", "lab/device", "lab/rng", "lab/data", "lab/run"}
	operators  = []string{"lab/landscape", "lab/device", "lab/rng", "lab/run"}
	devicetest = []string{"lab/device/devicetest"}
)

const module = "glassy"

// covers reports whether pattern covers the path.
func covers(pattern, path string) bool {
	tree, all := strings.CutSuffix(pattern, "/...")
	return path == tree || all && strings.HasPrefix(path, tree+"/")
}

func anyCovers(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return covers(p, path) })
}

func ruleOf(path string) *rule {
	for i := range rules {
		if covers(rules[i].from, path) {
			return &rules[i]
		}
	}
	return nil
}

// forbidden returns why from may not import to, or "". Both are relative.
func forbidden(from, to string, test bool) string {
	r := ruleOf(from)
	switch {
	case r == nil:
		return "no rule covers " + from
	case from == to, covers(r.from, to) && strings.HasSuffix(r.from, "/..."), anyCovers(r.to, to), test && anyCovers(r.test, to):
		return ""
	}
	return fmt.Sprintf("the rule for %s allows %q, and in tests %q", r.from, r.to, r.test)
}

// relative is an import path of this module without the module, or false.
func relative(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, module)
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	return strings.TrimPrefix(rest, "/"), true
}

type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// list runs go list over the module with the build tags given.
func list(t *testing.T, tags string) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "-tags="+tags, "./...")
	cmd.Dir = ".."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list -tags=%s ./...: %v\n%s", tags, err, &stderr)
	}
	var packages []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatalf("what go list wrote: %v", err)
		}
		packages = append(packages, p)
	}
}

// TestImports fails on any import within the module that is not in rules.
func TestImports(t *testing.T) {
	tags := []string{""}
	if _, err := os.Stat("../cuda"); err == nil {
		tags = append(tags, "cuda")
	}
	edges := 0
	for _, tag := range tags {
		for _, p := range list(t, tag) {
			from, ok := relative(p.ImportPath)
			if !ok {
				t.Errorf("%s is not in module %s", p.ImportPath, module)
				continue
			}
			if ruleOf(from) == nil {
				t.Errorf("no rule covers package %s: add one to rules in kernel/arch_test.go", from)
				continue
			}
			for _, imports := range []struct {
				paths []string
				test  bool
			}{{p.Imports, false}, {p.TestImports, true}, {p.XTestImports, true}} {
				for _, path := range imports.paths {
					to, ok := relative(path)
					if !ok {
						continue
					}
					edges++
					if why := forbidden(from, to, imports.test); why != "" {
						t.Errorf("%s imports %s (test: %v): %s; the table is rules in kernel/arch_test.go", from, to, imports.test, why)
					}
				}
			}
		}
	}
	if edges == 0 {
		t.Error("go list shows no import within the module: the test sees nothing")
	}
}

// The table must say no where the design does.
func TestRulesForbid(t *testing.T) {
	for _, e := range []struct {
		from, to string
		test, ok bool
	}{
		{"kernel/wire", "kernel/engine", false, false},
		{"kernel/wire", "kernel/wire/wiretest", false, false},
		{"kernel/wire", "kernel/wire/wiretest", true, true},
		{"kernel/engine", "kernel/wire", true, false},
		{"kernel/engine", "lab/run", false, false},
		{"kernel/engine", "kernel/engine/cell", false, true},
		{"kernel/engine/host", "kernel/display", false, true},
		{"kernel/engine/cell", "kernel/engine", false, false},
		{"kernel/display", "kernel/engine", false, false},
		{"kernel/server", "kernel/engine", false, true},
		{"kernel/server", "lab/glass", true, false},
		{"kernel/cmd/glassy", "lab/thesis", false, true},
		{"kernel/server", "kernel/cmd/glassy", false, false},
		{"lab/run", "kernel/engine", false, false},
		{"lab/fig", "lab/run", false, false},
		{"lab/glass", "lab/optim", false, false},
		{"lab/glass", "lab/wells", false, false},
		{"lab/optim", "lab/glass", true, false},
		{"lab", "lab/glass", true, true},
		{"lab", "lab/glass", false, false},
		{"lab/optim", "lab/landscape", false, true},
		{"lab/landscape", "lab/glass", false, false},
		{"lab/thesis", "lab/optim", false, true},
		{"lab/thesis", "cuda", false, false},
		{"lab/device", "cuda", true, false},
		{"cuda", "lab/device", false, true},
		{"cuda", "lab/rng", false, false},
		{"notebooks", "lab", false, false},
	} {
		if why := forbidden(e.from, e.to, e.test); (why == "") != e.ok {
			t.Errorf("%s -> %s (test: %v): %q, want allowed: %v", e.from, e.to, e.test, why, e.ok)
		}
	}
	for i, r := range rules {
		for _, later := range rules[i+1:] {
			if later.from == r.from || strings.HasSuffix(r.from, "/...") && covers(r.from, strings.TrimSuffix(later.from, "/...")) {
				t.Errorf("the rule for %s hides the one for %s", r.from, later.from)
			}
		}
	}
}
