package engine

import "testing"

func TestMemoryOfRedefinedVariables(t *testing.T) {
	b := newBench(t)
	b.ok("heap := func() uint64 { runtime.GC(); var m runtime.MemStats; runtime.ReadMemStats(&m); return m.HeapAlloc >> 20 }")
	b.ok("big := make([]float64, 16<<20)")
	b.want("heap() > 100", "true")
	b.ok("big := \"small\"")
	b.want("heap() < 100", "true")
	// What a closure still sees stays.
	b.ok("kept := []int{1, 2, 3}\nf := func() int { return len(kept) }")
	b.ok("kept := 1.5")
	b.want("f()", "3")
	// The old value is there for the statement that replaces it.
	b.ok("v := 41")
	b.want("v := fmt.Sprint(v + 1)\nv + \"!\"", "42!")
}
