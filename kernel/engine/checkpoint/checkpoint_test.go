package checkpoint

import (
	"bytes"
	"container/list"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"
)

// Node is one of a graph.
type Node struct {
	Name string
	to   []*Node
	by   map[string]*Node
	any  any
}

// Mixed has one of everything that can be kept.
type Mixed struct {
	b      bool
	i      int8
	u      uint64
	f      float32
	z      complex128
	s      string
	bytes  []byte
	a      [3]string
	m      map[[2]int]*float64
	e      any
	nested [][]float64
	when   time.Time
	Mu     sync.Mutex
	_      int
	F0     func() // nil
	C0     chan int
	Empty  struct{}
	none   []int
	zero   []int
	big    *big.Int
}

// over saves the variables and loads them into others of their types.
func over(t *testing.T, from, to []Var, types ...reflect.Type) *Header {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c")
	h := save(t, path, from, types...)
	if err := Load(path, to, types); err != nil {
		t.Fatal(err)
	}
	return h
}

func save(t *testing.T, path string, vars []Var, types ...reflect.Type) *Header {
	t.Helper()
	h := &Header{Glassy: "test"}
	for _, v := range vars {
		h.Variables = append(h.Variables, Variable{Name: v.Name})
	}
	size, err := Save(path, h, vars, types)
	if err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(path); err != nil || st.Size() != size {
		t.Fatalf("size %d, %v; Save said %d", st.Size(), err, size)
	}
	back, err := ReadHeader(path)
	if err != nil || !reflect.DeepEqual(back, h) {
		t.Fatalf("header %+v, %v; want %+v", back, err, h)
	}
	return h
}

// keeps saves and loads one variable.
func keeps[T any](t *testing.T, v T, types ...reflect.Type) T {
	t.Helper()
	var back T
	h := over(t, []Var{{"v", &v}}, []Var{{"v", &back}}, types...)
	if r := h.Variables[0].Reason; r != "" {
		t.Fatalf("%T: %s", v, r)
	}
	return back
}

func TestValues(t *testing.T) {
	x := 2.5
	when := time.Date(2026, 11, 23, 12, 0, 0, 5, time.FixedZone("here", 3600))
	m := Mixed{
		b: true, i: -3, u: 1 << 63, f: 1.5, z: complex(1, math.Inf(1)), s: "é\x00", bytes: []byte{1, 2}, a: [3]string{"a", "", "c"},
		m: map[[2]int]*float64{{1, 2}: &x, {3, 4}: &x, {5, 6}: nil}, e: map[string]any{"k": []int{1}, "n": nil},
		nested: [][]float64{{1, math.NaN()}, nil, {}}, when: when, zero: []int{}, big: big.NewInt(1 << 40),
	}
	got := keeps(t, &m, reflect.TypeFor[map[string]any](), reflect.TypeFor[[]int]())
	if math.IsNaN(got.nested[0][1]) && got.m[[2]int{1, 2}] == got.m[[2]int{3, 4}] {
		got.nested[0][1], m.nested[0][1] = 0, 0
	}
	if !got.when.Equal(m.when) {
		t.Errorf("time %v, want %v", got.when, m.when)
	}
	got.when, m.when = time.Time{}, time.Time{}
	if !reflect.DeepEqual(got, &m) {
		t.Errorf("got  %+v\nwant %+v", got, &m)
	}
	*got.m[[2]int{1, 2}] = 7
	if *got.m[[2]int{3, 4}] != 7 || x != 2.5 {
		t.Error("a shared pointer is not shared any more, or with the old value")
	}
	if got.none != nil || got.zero == nil || got.nested[1] != nil || got.nested[2] == nil {
		t.Error("nil and empty slices are confused")
	}
}

func TestLibraries(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	rng.Float64()
	rng2 := keeps(t, rng, reflect.TypeFor[*rand.PCG]())
	chacha := rand.NewChaCha8([32]byte{1})
	chacha.Uint64()
	chacha2 := keeps(t, chacha)
	if rng2.Uint64() != rng.Uint64() || chacha2.Uint64() != chacha.Uint64() {
		t.Error("a generator goes on otherwise")
	}
	d := mat.NewDense(2, 3, []float64{1, 2, 3, 4, 5, 6})
	if !mat.Equal(keeps[mat.Matrix](t, d, reflect.TypeFor[*mat.Dense]()), d) || !mat.Equal(keeps(t, mat.NewSymDense(2, []float64{1, 2, 2, 3})), mat.NewSymDense(2, []float64{1, 2, 2, 3})) {
		t.Error("a matrix has changed")
	}
	var b bytes.Buffer
	b.WriteString("text")
	var sb strings.Builder
	sb.WriteString("text")
	v1, v2 := new(bytes.Buffer), new(strings.Builder)
	over(t, []Var{{"b", &b}, {"sb", &sb}}, []Var{{"b", v1}, {"sb", v2}})
	v2.WriteString("!") // panics when it is a copy
	if v1.String() != "text" || v2.String() != "text!" {
		t.Errorf("%q, %q", v1, v2)
	}
	l := list.New()
	l.PushBack(1)
	l.PushBack("two")
	if got := keeps(t, l, reflect.TypeFor[int](), reflect.TypeFor[string]()); got.Len() != 2 || got.Back().Value != "two" || got.Front().Next().Next() != nil {
		t.Errorf("list %v", got)
	}
}

func TestSharing(t *testing.T) {
	a := []int{0, 1, 2, 3, 4, 5, 6, 7}
	type vars struct {
		low, high []int
		mid       *int
		arr       [4]float64
		some      []float64
		two       *[2]float64
		n         Node
		name      *string
		m, m2     map[string]int
		in        any
	}
	v := vars{low: a[0:5:5], high: a[3:], mid: &a[4], m: map[string]int{"a": 1}}
	v.some, v.two, v.m2 = v.arr[1:3], (*[2]float64)(v.arr[2:]), v.m
	v.n = Node{Name: "n", by: map[string]*Node{}}
	v.n.to = []*Node{&v.n, {Name: "m", any: &v.n}}
	v.n.by["self"], v.name = &v.n, &v.n.Name
	v.in = v.n.to[1]
	var w vars
	list := func(v *vars) []Var {
		return []Var{{"low", &v.low}, {"high", &v.high}, {"mid", &v.mid}, {"arr", &v.arr}, {"some", &v.some}, {"two", &v.two},
			{"n", &v.n}, {"name", &v.name}, {"m", &v.m}, {"m2", &v.m2}, {"in", &v.in}}
	}
	h := over(t, list(&v), list(&w), reflect.TypeFor[*Node]())
	for i, shared := range []bool{false, false, false, true, false, false, true, false, false, false, false} {
		if h.Variables[i].Shared != shared {
			t.Errorf("%s: shared %v", h.Variables[i].Name, !shared)
		}
	}
	*w.mid = 40
	if w.low[4] != 40 || w.high[1] != 40 || len(w.low) != 5 || cap(w.low) != 5 || len(w.high) != 5 || w.high[4] != 7 {
		t.Errorf("slices of one array: %v %v", w.low, w.high)
	}
	w.some[1] = 9
	if w.arr[2] != 9 || w.two[0] != 9 || &w.two[0] != &w.arr[2] || cap(w.some) != 3 {
		t.Errorf("a slice and a pointer into a variable: %v %v %v", w.arr, w.some, w.two)
	}
	w.m["b"] = 2
	if w.m2["b"] != 2 {
		t.Error("one map became two")
	}
	*w.name = "renamed"
	if w.n.Name != "renamed" || w.n.to[0] != &w.n || w.n.by["self"] != &w.n || w.n.to[1].any.(*Node) != &w.n || w.in.(*Node) != w.n.to[1] {
		t.Errorf("a graph: %+v", w.n)
	}
}

// Fifty thousand nodes need no deep stack.
func TestLongList(t *testing.T) {
	var first *Node
	for range 50_000 {
		first = &Node{to: []*Node{first}}
	}
	n := 0
	for at := keeps(t, first); at != nil; at = at.to[0] {
		n++
	}
	if n != 50000 {
		t.Errorf("%d nodes, want 50000", n)
	}
}

type hidden struct{ X int }

func TestReasons(t *testing.T) {
	type holder struct {
		list []any
		m    map[string]func()
		f    *os.File
	}
	deep := any(1)
	for range 2 * maxNested {
		deep = struct{ V any }{deep}
	}
	for want, v := range map[string]any{
		"c is a channel":                              new(make(chan int)),
		"f is a function":                             new(func() {}),
		"v.list[1] is a function":                     &holder{list: []any{1, func() {}}},
		"v.m[k] is a function":                        &holder{m: map[string]func(){"k": func() {}}},
		"v.f is a os.File, which keeps to itself":     &holder{f: os.Stdout},
		"e is a checkpoint.hidden, a type that its p": new(any(hidden{1})),
		"e is a errors.errorString, a type":           new(fmt.Errorf("x")),
		"interface within another":                    &deep,
	} {
		name, _, _ := strings.Cut(want, " ")
		name, _, _ = strings.Cut(name, ".")
		good, back := 1, 0
		path := filepath.Join(t.TempDir(), "c")
		h := save(t, path, []Var{{name, v}, {"good", &good}})
		if got := h.Variables[0].Reason; !strings.Contains(got, want) {
			t.Errorf("%T: reason %q, want %q", v, got, want)
		}
		if names := h.Saved(); len(names) != 1 || names[0] != "good" {
			t.Errorf("%s: saved %v", want, names)
		}
		if err := Load(path, []Var{{"good", &back}}, nil); err != nil || back != 1 {
			t.Errorf("%s: the other variable: %v, %v", want, back, err)
		}
	}
}

func TestBadFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c")
	x, s := 1.5, "a"
	save(t, path, []Var{{"x", &x}, {"s", &s}})
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := func(data []byte, want string, vars ...Var) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := Load(path, vars, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
		if x != 1.5 || s != "a" {
			t.Fatalf("%s: a variable has changed: %v, %q", want, x, s)
		}
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	bad(flipped, "checksum")
	bad(whole[:len(whole)-1], "checksum")
	bad(whole[:20], "cut off")
	bad([]byte("package main\n"), "no checkpoint")
	bad([]byte("glassy checkpoint 9\nabc"), `"glassy checkpoint 9", expected "glassy checkpoint 1"`)
	bad(whole, "type string, which none of the variables", Var{"x", &x})
	var other struct{ X float64 }
	bad(whole, "the variable x is of type struct { X float64 }, expected 1 of float64", Var{"s", &s}, Var{"x", &other})
	bad(whole, "type string, which none", Var{"x", &x}, Var{"s", &other})
	if err := Load(filepath.Join(t.TempDir(), "none"), nil, nil); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("no file: %v", err)
	}
	if _, err := Save(filepath.Join(t.TempDir(), "no", "folder"), &Header{}, nil, nil); err == nil {
		t.Error("a file in a folder that is not there was written")
	}
}

func TestLayout(t *testing.T) {
	type a struct {
		X int32
		Y float32
	}
	type b struct {
		Y float32
		X int32
	}
	if layout(reflect.TypeFor[a]()) == layout(reflect.TypeFor[b]()) {
		t.Error("two structs have one layout")
	}
}

// Surrogates may hold what is shared, and stand in maps and interfaces.
type handle struct{ data *[]float64 }

// Handle can be named.
type Handle = handle

func TestSurrogates(t *testing.T) {
	Surrogate(func(h handle) ([]float64, error) {
		if h.data == nil {
			return nil, nil
		}
		if len(*h.data) == 0 {
			return nil, fmt.Errorf("a handle that was closed")
		}
		return *h.data, nil
	}, func(x []float64) (handle, error) {
		if x == nil {
			return handle{}, nil
		}
		sum := x[0] + x[1] // the numbers are there already
		if sum != 3 {
			return handle{}, fmt.Errorf("the sum is %v", sum)
		}
		return handle{&x}, nil
	})
	x := []float64{1, 2}
	type all struct {
		x []float64
		h handle
		m map[string]handle
	}
	got := keeps(t, all{x, handle{&x}, map[string]handle{"a": {&x}, "b": {}}})
	got.x[0] = 5
	if (*got.h.data)[0] != 5 || (*got.m["a"].data)[0] != 5 || got.m["b"].data != nil {
		t.Errorf("got %v %v", got.h.data, got.m)
	}
	closed := handle{&[]float64{}}
	h := save(t, filepath.Join(t.TempDir(), "c"), []Var{{"h", &closed}})
	if want := "h is a handle that was closed"; h.Variables[0].Reason != want {
		t.Errorf("reason %q, want %q", h.Variables[0].Reason, want)
	}
}

// FuzzLoad gives the loader values that no Save wrote.
func FuzzLoad(f *testing.F) {
	type root struct {
		n  *Node
		m  Mixed
		in any
	}
	n := &Node{Name: "a", by: map[string]*Node{}}
	n.to, n.any, n.by["n"] = []*Node{n, {}}, []any{1, "s", n}, n
	v := root{n: n, m: Mixed{bytes: []byte{1}, nested: [][]float64{{1}}, when: time.Now()}, in: *n}
	path := filepath.Join(f.TempDir(), "c")
	h := &Header{Variables: []Variable{{Name: "v"}}}
	types := []reflect.Type{reflect.TypeFor[Node](), reflect.TypeFor[*Node](), reflect.TypeFor[[]any](), reflect.TypeFor[int](), reflect.TypeFor[string]()}
	if _, err := Save(path, h, []Var{{"v", &v}}, types); err != nil {
		f.Fatal(err)
	}
	_, values, err := open(path)
	if err != nil {
		f.Fatal(err)
	}
	if err := load(values, []Var{{"v", new(root{})}}, types); err != nil {
		f.Fatal(err)
	}
	f.Add(values)
	f.Fuzz(func(t *testing.T, values []byte) {
		var w root
		if err := load(values, []Var{{"v", &w}}, types); err == nil {
			_ = fmt.Sprint(w.m.s, w.m.a, w.m.bytes, w.m.nested) // memory that it can read
		}
	})
}
