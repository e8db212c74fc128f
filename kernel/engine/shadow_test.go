package engine

import (
	"testing"
)

func TestLoopsOnCopies(t *testing.T) {
	b := newBench(t)
	b.ok("import \"sync\"\nn, sum, xs := 10, 0.0, []float64{1, 2, 3}")
	b.want("for i := range n { sum += float64(i) }; sum", "45")
	b.want("for _, x := range xs { sum += x; if x == 2 { break } }; sum", "48")
	b.want("outer: for i := 0; i < n; i++ { for range 3 { sum++; if i == 1 { break outer } } }\nsum", "52")
	b.want("for n = 0; n < 5; n++ { xs = append(xs, float64(n)) }; len(xs) + n", "13")
	b.want("a, c := 1, 2\nfor range 3 { a, c = c, a+c }\nfmt.Sprint(a, c)", "5 8")
	b.want("if n > 0 { for range 2 { n-- } }; n", "3")
	// What functions and pointers reach is not copied.
	b.want("k := 0\nbump := func() { k++ }\nfor range 4 { bump(); k++ }\nk", "8")
	b.want("j := 0\np := &j\nfor range 4 { *p++; j++ }\nj", "8")
	b.want("type C int\nfunc (c *C) Inc() { *c++ }\nvar c2 C\nfor range 4 { c2.Inc(); c2++ }\nc2", "8")
	b.want("var mu sync.Mutex\nvar wg sync.WaitGroup\nt := 0\nfor range 50 { wg.Add(1); go func() { defer wg.Done(); mu.Lock(); t++; mu.Unlock() }() }\nwg.Wait()\nt", "50")
}

// A loop that ends by a panic has done what it has done.
func TestLoopCopiesAreUpToDateAfterAPanic(t *testing.T) {
	b := newBench(t)
	b.ok("sum := 0\nxs := []int{1, 2, 3}")
	b.fails("for i := range 5 { sum += xs[i] }", "index out of range")
	b.want("sum", "6")
}

// A cell is compiled again when a later cell shares a variable that its loops
// copy.
func TestLoopCopiesEndWhenShared(t *testing.T) {
	b := newBench(t)
	b.ok("total := 0\nvar hook func()")
	const loop = "for range 3 { total++; if hook != nil { hook() } }"
	b.ok(loop)
	b.want("total", "3")
	b.ok("hook = func() { total *= 10 }")
	b.ok("total = 0")
	b.ok(loop)
	b.want("total", "1110")
}
