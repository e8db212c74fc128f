package kernels_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"glassy/cuda/kernels"
)

// sizes of the arguments that package cuda's functions make.
var sizes = map[string]int{"ptr": 8, "at": 8, "i64": 8, "u64": 8, "f64": 8, "i32": 4, "flag": 4}

// A launch in package cuda's source.
type launch struct {
	where  token.Position
	name   string
	params []int // sizes in bytes; 0 where the source does not show it
	whole  bool  // params are all there are
}

// side reads package cuda: its launches by a name that is written there, and all
// words that the other names can be made of.
func side(t *testing.T) (launches []launch, words map[string]bool) {
	t.Helper()
	files, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	words = map[string]bool{}
	set := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if word, ok := literal(n); ok {
					words[word] = true
				}
			case *ast.CallExpr:
				if l, ok := readLaunch(n); ok {
					l.where = set.Position(n.Pos())
					launches = append(launches, l)
				}
			}
			return true
		})
	}
	return launches, words
}

var wordLike = regexp.MustCompile(`^\w+$`)

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil && wordLike.MatchString(s)
}

// readLaunch reads d.launch("name", type, grid, block, shared, arguments...).
func readLaunch(call *ast.CallExpr) (l launch, ok bool) {
	const before = 5 // what comes before the arguments
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != "launch" || len(call.Args) < before {
		return l, false
	}
	if l.name, ok = literal(call.Args[0]); !ok {
		return l, false
	}
	l.whole = !call.Ellipsis.IsValid()
	if !l.whole {
		return l, true
	}
	for _, a := range call.Args[before:] {
		size := 0
		if made, ok := a.(*ast.CallExpr); ok {
			if f, ok := made.Fun.(*ast.Ident); ok {
				size = sizes[f.Name]
			}
		}
		l.params = append(l.params, size)
	}
	return l, true
}

// Suffixes of the instances of a kernel.
var suffixes = []string{"", "_f32", "_f64", "_i32"}

// What package cuda launches is there, and takes what it is given.
func TestLaunches(t *testing.T) {
	launches, _ := side(t)
	params := map[string][]int{}
	for _, file := range kernels.Names() {
		for _, e := range kernels.Entries(file) {
			params[e.Name] = e.Params
		}
	}
	checked := 0
	for _, l := range launches {
		found := false
		for _, suffix := range suffixes {
			want, ok := params[l.name+suffix]
			if !ok {
				continue
			}
			found = true
			if !l.whole {
				continue
			}
			if checked++; len(want) != len(l.params) {
				t.Errorf("%v: %s is given %d arguments, it takes %d", l.where, l.name+suffix, len(l.params), len(want))
				continue
			}
			for i, size := range l.params {
				if size != 0 && size != want[i] {
					t.Errorf("%v: argument %d of %s has %d bytes, it takes %d", l.where, i, l.name+suffix, size, want[i])
				}
			}
		}
		if !found {
			t.Errorf("%v: no kernel is called %s, with or without a type; run cuda/kernels/compile.sh", l.where, l.name)
		}
	}
	if checked == 0 {
		t.Error("no launch was found in package cuda")
	}
}

// What is compiled is launched: its name is written in package cuda, or made of
// words that are.
func TestEntriesAreLaunched(t *testing.T) {
	_, words := side(t)
	for _, file := range kernels.Names() {
		for _, e := range kernels.Entries(file) {
			used := false
			for _, suffix := range suffixes {
				base, ok := strings.CutSuffix(e.Name, suffix)
				used = used || ok && madeOf(base, words)
			}
			if !used {
				t.Errorf("%s.cu: nothing in package cuda launches %s", file, e.Name)
			}
		}
	}
}

// madeOf reports whether s is a row of words.
func madeOf(s string, words map[string]bool) bool {
	reached := make([]bool, len(s)+1)
	reached[0] = true
	for i := range s {
		for j := i + 1; reached[i] && j <= len(s); j++ {
			reached[j] = reached[j] || words[s[i:j]]
		}
	}
	return reached[len(s)]
}
