package engine

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCells runs the catalogues of cells in testdata, and the file named by
// GLASSY_CELLS: each case in a fresh session.
func TestCells(t *testing.T) {
	files, err := filepath.Glob("testdata/*cells.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no catalogue in testdata: %v", err)
	}
	if f := os.Getenv("GLASSY_CELLS"); f != "" {
		files = append(files, f)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { runCatalogue(t, file) })
	}
}

// A catalogue is cells with what they must print.
type catalogue struct {
	Imports []string
	Cases   []struct {
		Name  string
		Cells []string
		Want  string
		Stdin string
	}
}

// readCatalogue reads one, and the cell with the imports of its cells.
func readCatalogue(t *testing.T, file string) (cat catalogue, imports string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &cat); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	imports = "import (\n"
	for _, p := range cat.Imports {
		imports += fmt.Sprintf("\t%q\n", p)
	}
	return cat, imports + "\t\"glassy/kernel/engine/testdata/lab\"\n)"
}

func runCatalogue(t *testing.T, file string) {
	cat, imports := readCatalogue(t, file)
	for _, c := range cat.Cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			all := ""
			var stdin []string // what the cells have not read yet
			if c.Stdin != "" {
				stdin = strings.Split(strings.TrimSuffix(c.Stdin, "\n"), "\n")
			}
			for i, code := range c.Cells {
				if i == 0 { // linking a cell of its own would take a third of the time
					code = imports + "\n" + code
				}
				r := &recorder{stdin: stdin}
				res := b.Execute(t.Context(), Cell{Code: code, Count: i + 1}, r)
				all += r.text()
				stdin = r.stdin
				if res.Error == nil {
					continue
				}
				if c.Want == "ERR" && i == len(c.Cells)-1 {
					if !strings.Contains(res.Error.Value, fmt.Sprintf("Cell[%d]:", i+1)) {
						t.Errorf("the error has no position: %q", res.Error.Value)
					}
					return
				}
				t.Fatalf("cell %d: %s", i+1, strings.Join(res.Error.Traceback, "\n"))
			}
			if c.Want == "ERR" {
				t.Fatal("no error")
			}
			if all != c.Want {
				t.Errorf("printed %q, want %q", all, c.Want)
			}
		})
	}
}
