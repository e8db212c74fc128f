package engine

import (
	"fmt"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"glassy/kernel/engine/host"
	"glassy/kernel/engine/interp"
	"glassy/kernel/engine/testdata/testlab"
	"glassy/kernel/symbols"
)

// TestMain is the session process of the interpreter too.
func TestMain(m *testing.M) {
	if os.Getenv("GLASSY_TEST_INTERPRETER") != "" {
		w := interp.New(interp.Host{
			Importer: symbols.Importer(symbols.Standard, testlab.Set), Symbols: symbols.Tables(symbols.Standard, testlab.Set),
			Source: symbols.Source(symbols.Standard, testlab.Set), GoVersion: "go1.26",
		})
		host.Main(nil, func(q host.Request) error {
			debug.SetMaxStack(interp.MaxStack)
			return w.Load(q.Path, q.Text)
		})
	}
	os.Exit(m.Run())
}

// sharedImporter spares sessions of tests the time of reading types.
var sharedImporter = sync.OnceValue(func() types.Importer { return symbols.Importer(symbols.Standard, testlab.Set) })

func newInterpretedSession(t testing.TB) *Session {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(t.Context(), Config{Home: t.TempDir(), Cache: t.TempDir(), Dir: t.TempDir(), Interpreter: &Interpreter{
		Packages:  symbols.Names(symbols.Standard, testlab.Set),
		Importer:  sharedImporter,
		GoVersion: "go1.26",
		Process: func() *exec.Cmd {
			c := exec.Command(exe)
			c.Env = append(os.Environ(), "GLASSY_TEST_INTERPRETER=1")
			return c
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestInterpretedCells runs the catalogues by the interpreter: nothing may be
// wrong, and nine cells in ten must be right; the rest is refused by name.
func TestInterpretedCells(t *testing.T) {
	files, err := filepath.Glob("testdata/*cells.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no catalogue in testdata: %v", err)
	}
	if f := os.Getenv("GLASSY_CELLS"); f != "" {
		files = append(files, f)
	}
	var n, right, refused atomic.Int32
	t.Run("cells", func(t *testing.T) {
		for _, file := range files {
			t.Run(filepath.Base(file), func(t *testing.T) { interpretCatalogue(t, file, &n, &right, &refused) })
		}
	})
	t.Logf("%d cells, %d right, %d refused by name", n.Load(), right.Load(), refused.Load())
	if 10*right.Load() < 9*n.Load() {
		t.Errorf("%d of %d cells are right; nine in ten are expected", right.Load(), n.Load())
	}
}

func interpretCatalogue(t *testing.T, file string, n, right, refused *atomic.Int32) {
	cat, imports := readCatalogue(t, file)
	for _, c := range cat.Cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			n.Add(1)
			b := &bench{t, newInterpretedSession(t), 0}
			b.ok(imports)
			all := ""
			var stdin []string // what the cells have not read yet
			if c.Stdin != "" {
				stdin = strings.Split(strings.TrimSuffix(c.Stdin, "\n"), "\n")
			}
			for i, code := range c.Cells {
				r := &recorder{stdin: stdin}
				res := b.Execute(t.Context(), Cell{Code: code, Count: i + 2}, r)
				all += r.text()
				stdin = r.stdin
				switch {
				case res.Error == nil:
					continue
				case strings.Contains(res.Error.Value, "needs the native engine: "):
					t.Log("refused:", res.Error.Value)
					refused.Add(1)
					return
				case c.Want == "ERR" && i == len(c.Cells)-1:
					if !strings.Contains(res.Error.Value, fmt.Sprintf("Cell[%d]:", i+2)) {
						t.Errorf("the error has no position: %q", res.Error.Value)
					}
					right.Add(1)
					return
				}
				t.Fatalf("cell %d: %s", i+1, strings.Join(res.Error.Traceback, "\n"))
			}
			switch {
			case c.Want == "ERR":
				t.Fatal("no error")
			case all != c.Want:
				t.Errorf("printed %q, want %q", all, c.Want)
			default:
				right.Add(1)
			}
		})
	}
}
