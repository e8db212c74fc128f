package lab_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// forbidden is what no package of the laboratory does: it returns values and
// errors, and leaves printing, the environment and the end of the process to
// the program that imports it.
var forbidden = map[string][]string{
	"fmt":      {"Print", "Printf", "Println"},
	"os":       {"Exit", "Getenv", "LookupEnv", "Environ", "Stdout", "Stderr", "Stdin", "Args"},
	"log":      {"*"},
	"log/slog": {"*"},
	"flag":     {"*"},
	"os/exec":  {"*"},
}

// excused are files with what they alone may do.
var excused = map[string]string{
	filepath.Join("bench", "peer.go"): "os/exec", // PyTorch is a process
}

func TestLabNeitherPrintsNorReadsTheEnvironment(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files++
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		for _, pos := range offences(file, excused[path]) {
			t.Errorf("%s: prints, reads the environment or ends the process; return a value or an error", fset.Position(pos))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 10 {
		t.Errorf("%d files read, expected the whole laboratory", files)
	}
}

// offences returns where a file uses what is forbidden, but for the package
// that it may use.
func offences(file *ast.File, but string) []token.Pos {
	var out []token.Pos
	banned := map[string][]string{} // by the name that the file gives the package
	for _, imp := range file.Imports {
		path := strings.Trim(imp.Path.Value, `"`)
		names, ok := forbidden[path]
		if !ok || path == but {
			continue
		}
		local := path[strings.LastIndexByte(path, '/')+1:]
		if imp.Name != nil {
			local = imp.Name.Name
		}
		if names[0] == "*" || local == "." {
			out = append(out, imp.Pos())
			continue
		}
		banned[local] = names
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if pkg, ok := n.X.(*ast.Ident); ok {
				for _, name := range banned[pkg.Name] {
					if n.Sel.Name == name {
						out = append(out, n.Pos())
					}
				}
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "print" || f.Name == "println") {
				out = append(out, n.Pos())
			}
		}
		return true
	})
	return out
}

// The search must find what it looks for.
func TestOffences(t *testing.T) {
	for source, want := range map[string]int{
		`package p; import "fmt"; func f() { fmt.Println(1) }`:                                     1,
		`package p; import say "fmt"; func f() { say.Printf("") }`:                                 1,
		`package p; import "os"; var h, e = os.Getenv("HOME"), os.Stderr`:                          2,
		`package p; import "log"; func f() { log.Fatal() }`:                                        1,
		`package p; import . "fmt"; func f() { Println() }`:                                        1,
		`package p; func f() { println("x") }`:                                                     1,
		`package p; import ("fmt"; "os"); func f() error { os.Remove(""); return fmt.Errorf("") }`: 0,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "p.go", source, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(offences(file, "")); got != want {
			t.Errorf("%s\n%d offences, expected %d", source, got, want)
		}
	}
}
