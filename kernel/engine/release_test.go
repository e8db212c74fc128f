package engine

import (
	"testing"
	"time"

	"glassy/kernel/engine/host"
)

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

// What a cell leaves behind goes back to the system soon after it.
func TestMemoryAtRest(t *testing.T) {
	b := newBench(t)
	b.ok("waste := func() { b := make([]byte, 64<<20); for i := range b { b[i] = 1 } }")
	b.ok("waste()")
	const enough = 32 << 20
	var m host.Message
	for begun := time.Now(); time.Since(begun) < 30*time.Second; time.Sleep(100 * time.Millisecond) {
		var err error
		if m, err = b.query(host.Request{Op: "memory"}); err != nil {
			t.Fatal(err)
		}
		if m.Memory.HeapFromSystem < enough {
			return
		}
	}
	t.Errorf("%d bytes of heap after 30 s, want less than %d: a cell's garbage of 64 MiB is gone", m.Memory.HeapFromSystem, enough)
}
