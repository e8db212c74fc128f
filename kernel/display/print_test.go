package display

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"
	"unsafe"
)

func nan() float64 { return math.NaN() }

// Within its bounds the text is that of package fmt, byte for byte.
func TestTextIsFmts(t *testing.T) {
	type inner struct {
		a int8
		B []string
	}
	type outer struct {
		inner
		P  *inner
		I  any
		M  map[string]inner
		D  time.Duration
		d  time.Duration // no method is called on it: it is unexported
		F  func()
		C  chan int
		E  error
		U  uintptr
		UP unsafe.Pointer
		Z  complex128
		R  rune
		By []byte
		Ar [2]bool
	}
	x := inner{1, []string{"x", "y z"}}
	full := outer{x, &x, x, map[string]inner{"b": x, "a": {}}, time.Second, time.Second,
		func() {}, make(chan int), fmt.Errorf("e"), 5, unsafe.Pointer(&x), 1 + 2i, 'a', []byte("ab"), [2]bool{true, false}}
	for _, v := range []any{
		true, int64(-5), uint8(200), 1e21, float32(0.1), math.Inf(-1), nan(), 2i, "", "ü",
		x, &x, full, &full, outer{}, []any{nil, 1, "a", x, &x}, map[int]string{2: "b", 1: "a", -1: "c"},
		map[string]int{"z": 1, "a": 2}, map[uint]bool{2: true, 1: false}, map[float64]int{2: 1, math.Inf(-1): 2},
		[]int(nil), map[string]int(nil), []int{}, [3]int{}, &[]int{1}, &[2]int{1, 2}, &map[string]int{"a": 1},
		struct{}{}, []struct{}{{}, {}}, [][]float64{{1, 2}, {3}}, big.NewInt(-12), map[string]*big.Rat{"a": big.NewRat(1, 2)},
		*big.NewFloat(2.5), time.Unix(0, 0).UTC(), []time.Month{1, 2}, []error{nil, fmt.Errorf("e")}, 'x', []byte("ab"), []rune("ab"),
	} {
		if got, want := text(v), fmt.Sprintf("%+v", v); got != want {
			t.Errorf("%T:\n got %q\nwant %q", v, got, want)
		}
	}
}

func TestTextOfCycles(t *testing.T) {
	type node struct {
		Next *node
		V    any
	}
	n := &node{}
	n.Next, n.V = n, n
	if s := text(n); !strings.HasPrefix(s, "&{Next:0x") {
		t.Errorf("node: %q", s)
	}
	l := []any{1, nil}
	l[1] = l
	if s := text(l); s != "[1 …]" {
		t.Errorf("slice in itself: %q", s)
	}
	m := map[string]any{}
	m["m"] = m
	if s := text(m); s != "map[m:…]" {
		t.Errorf("map in itself: %q", s)
	}
	// The same slice twice, but not inside itself, is no cycle.
	a := []any{1}
	if s := text([]any{a, a}); s != "[[1] [1]]" {
		t.Errorf("the same slice twice: %q", s)
	}
	var deep any
	for range 1_000_000 {
		deep = []any{deep}
	}
	if s := text(deep); len(s) > 10*maxDepth {
		t.Errorf("a million slices in each other: %d bytes", len(s))
	}
}

func TestTextIsCut(t *testing.T) {
	for name, v := range map[string]any{
		"numbers": make([]float64, 4_000_000), // 8 MB as text
		"string":  strings.Repeat("ü", maxText),
		"strings": []string{strings.Repeat("a", maxText), strings.Repeat("b", maxText)},
		"struct":  struct{ A, B string }{strings.Repeat("a", 2*maxText), "b"},
	} {
		start := time.Now()
		s := text(v)
		if len(s) < maxText || len(s) > maxText+200 {
			t.Errorf("%s: %d bytes", name, len(s))
		}
		if !strings.Contains(s, "\n(display: cut after 1048576 bytes; the value is a ") {
			t.Errorf("%s: no note at the end: %q", name, s[len(s)-100:])
		}
		if d := time.Since(start); d > 5*time.Second { // far above the 0.1 s it takes: only runaway work fails
			t.Errorf("%s: took %v", name, d)
		}
	}
	if s := text(strings.Repeat("a", maxText)); len(s) != maxText {
		t.Errorf("a text of exactly the limit: %d bytes", len(s))
	}
}

func TestNumberOfElementsIsTold(t *testing.T) {
	if s := text(make([]int, 2*maxText)); !strings.HasSuffix(s, "the value is a []int of length 2097152)") {
		t.Errorf("note: %q", s[len(s)-100:])
	}
}
