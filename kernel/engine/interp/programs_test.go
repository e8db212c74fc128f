package interp_test

import (
	"io"
	"os"
	"strings"
	"testing"

	"glassy/kernel/engine/interp"
	"glassy/kernel/engine/interp/testdata/programs"
	"glassy/kernel/symbols"
)

func newWorld() *interp.World {
	return interp.New(interp.Host{
		Importer: symbols.Standard.Importer(), Symbols: symbols.Tables(symbols.Standard),
		Source: symbols.Source(symbols.Standard), GoVersion: "go1.26",
	})
}

// A package prints the same interpreted as compiled.
func TestPrograms(t *testing.T) {
	for name, run := range map[string]func(){
		"Order": programs.Order, "Values": programs.Values, "Control": programs.Control, "Kinds": programs.Kinds, "Printing": programs.Printing, "Library": programs.Library,
	} {
		t.Run(name, func(t *testing.T) {
			want := printed(t, run)
			have := printed(t, func() {
				if err := newWorld().Load("programs", programText(t)+"\nfunc init() { "+name+"() }\n"); err != nil {
					t.Error(err)
				}
			})
			if want == "" {
				t.Fatal("the program printed nothing")
			}
			compareLines(t, have, want)
		})
	}
}

// programText is the text of the programs as one file.
func programText(t *testing.T) string {
	var imports, text strings.Builder
	seen := map[string]bool{}
	for _, name := range []string{"order", "values", "control", "kinds", "library"} {
		b, err := os.ReadFile("testdata/programs/" + name + ".go")
		if err != nil {
			t.Fatal(err)
		}
		list, body, ok := strings.Cut(strings.TrimPrefix(string(b), "package programs\n"), "\n)\n")
		if !ok || !strings.HasPrefix(strings.TrimSpace(list), "import (") {
			t.Fatalf("%s.go does not begin with its imports in parentheses", name)
		}
		for _, line := range strings.Split(strings.TrimPrefix(strings.TrimSpace(list), "import ("), "\n") {
			if !seen[line] {
				seen[line] = true
				imports.WriteString(line + "\n")
			}
		}
		text.WriteString(body)
	}
	return "package programs\nimport (\n" + imports.String() + ")\n" + text.String()
}

func compareLines(t *testing.T, have, want string) {
	t.Helper()
	hs, ws := strings.Split(have, "\n"), strings.Split(want, "\n")
	for i, w := range ws {
		h := "nothing"
		if i < len(hs) {
			h = hs[i]
		}
		if h != w {
			t.Errorf("line %d\nprints %s\n  want %s", i+1, h, w)
		}
	}
	if len(hs) > len(ws) {
		t.Errorf("and prints %q", hs[len(ws):])
	}
}

// printed is what f writes to standard output.
func printed(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	old := os.Stdout
	os.Stdout = w
	defer func() { os.Stdout = old }()
	text := make(chan string)
	go func() {
		b, _ := io.ReadAll(r)
		text <- string(b)
	}()
	func() {
		defer w.Close()
		f()
	}()
	return <-text
}
