package lab_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// edges is the shape of the laboratory: what each package may import from this
// module, in its code and in its tests. Landscapes never import operators,
// operators never import landscapes; both meet in lab/thesis. Nothing in lab
// imports kernel or cuda.
var edges = map[string][]string{
	"glassy/lab":        {"glassy/lab/glass"}, // its tests hold the oracles
	"glassy/lab/fig":    {},
	"glassy/lab/glass":  {},
	"glassy/lab/run":    {},
	"glassy/lab/thesis": {"glassy/lab/fig", "glassy/lab/glass", "glassy/lab/run"},
}

func TestArrowsPointDown(t *testing.T) {
	out, err := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := map[string]bool{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg struct {
			ImportPath                         string
			Imports, TestImports, XTestImports []string
		}
		if err := dec.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		seen[pkg.ImportPath] = true
		allowed, known := edges[pkg.ImportPath]
		if !known {
			t.Errorf("%s is not in the table of edges: add it with what it may import", pkg.ImportPath)
			continue
		}
		for _, path := range slices.Concat(pkg.Imports, pkg.TestImports, pkg.XTestImports) {
			inside := path == "glassy" || strings.HasPrefix(path, "glassy/")
			if inside && path != pkg.ImportPath && !slices.Contains(allowed, path) {
				t.Errorf("%s imports %s, which the table of edges does not allow", pkg.ImportPath, path)
			}
		}
		// Library code returns values: only hosts print, read the environment
		// or end the process. Tests may.
		for _, path := range []string{"os/exec", "log", "log/slog", "syscall", "flag"} {
			if slices.Contains(pkg.Imports, path) {
				t.Errorf("%s imports %s, which no package of the laboratory needs", pkg.ImportPath, path)
			}
		}
	}
	for path := range edges {
		if !seen[path] {
			t.Errorf("%s is in the table of edges but is no package of the laboratory", path)
		}
	}
}
