package engine

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// checkpointCells are a session with something of all that it can hold.
var checkpointCells = []string{
	`scale := 1.0
type colour int
const (
	red colour = iota
	green
)
const third, half, letter, deep = 1.0 / 3, 0.5, 'x', 2i
func (c colour) String() string { return []string{"red", "green"}[c] }
type tree struct {
	value float64
	left, right, parent *tree
	tags map[string]any
}
func (t *tree) sum() float64 {
	if t == nil { return 0 }
	return scale * (t.value + t.left.sum() + t.right.sum())
}
type stack[T any] struct{ items []T }
func (s *stack[T]) push(x T) { s.items = append(s.items, x) }`,
	`root := &tree{value: 1, tags: map[string]any{"c": green, "n": []int{1, 2}}}
root.left = &tree{value: 2, parent: root}
leaf := root.left
xs := []float64{1, 2, 3}
tail := xs[1:]
third3 := &xs[2]
last := &scale
st := stack[colour]{}
st.push(green)
var shape fmt.Stringer = green
rng := rand.New(rand.NewPCG(1, 2))
when := time.Unix(1e9, 0).UTC()
a := mat.NewDense(1, 2, []float64{3, 4})
pair := struct{ x int; y string }{1, "b"}
ch := make(chan int)
f := func() {}`,
	`rng.Float64()
func scaled(x float64) float64 { return half * scale * x }
func pending() int { return len(ch) }`,
}

// checkRestored compares a session with that.
func checkRestored(b *bench) {
	b.t.Helper()
	b.want(`tail[0] = 20; *third3 = 30; *last = 2; st.push(red)
fmt.Sprint(root.sum() / scale, root.left == leaf && leaf.parent == root, root.tags["c"].(colour), xs, scaled(3), st.items, shape,
	third, letter, deep, rng.Float64() == second, when.Year(), a.At(0, 1) + float64(pair.x))`,
		"5 true green [1 20 30] 3 [green red] green 0.3333333333333333 120 (0+2i) true 2001 5")
}

func TestCheckpoint(t *testing.T) {
	b := newBench(t)
	file := filepath.Join(t.TempDir(), "my.checkpoint")
	for _, c := range checkpointCells {
		b.ok(c)
	}
	// The number that comes next is known from another generator that did the same.
	b.ok("other := rand.New(rand.NewPCG(1, 2)); other.Float64(); second := other.Float64()")
	said := b.ok("%checkpoint " + file)
	for _, want := range []string{"saved a, last, leaf, other, pair, ", "not in it: ch is a channel", "not in it: f is a function"} {
		if !strings.Contains(said, want) {
			t.Errorf("it said %q, want %q in it", said, want)
		}
	}
	fresh := newBench(t)
	said = fresh.ok("%restore " + file)
	if !strings.Contains(said, "restored a, ") || !strings.Contains(said, "ch is a channel") {
		t.Errorf("it said %q", said)
	}
	checkRestored(fresh)
	fresh.fails("pending()", "uses ch, which was lost")

	// In the session that saved it: variables go back, definitions stay.
	b.ok("xs[0] = 100; scale = 5; leaf = nil; func scaled(x float64) float64 { return 7 * x }")
	b.ok("%restore " + file)
	b.want("xs[0]", "1")
	b.want("scaled(1)", "7")
	b.want("cap(ch)", "0")
	b.ok("func scaled(x float64) float64 { return half * scale * x }")
	checkRestored(b)
}

func TestCheckpointAfterDeath(t *testing.T) {
	b := newBench(t)
	b.ok("type p struct{ x int }\nv := p{3}\nw := 1")
	b.ok("%checkpoint v")
	kill := func() *recorder {
		t.Helper()
		if err := syscall.Kill(b.proc.cmd.Process.Pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		<-b.proc.gone
		r, _ := b.do("1")
		return r
	}
	if text := kill().text(); !strings.Contains(text, "%restore brings these back") || !strings.Contains(text, ": v (") {
		t.Errorf("after the death it said %q", text)
	}
	b.ok("%restore")
	b.want("v.x", "3")
	b.fails("w", "w was lost")
	b.fails("%checkpoint w", "w was lost")

	b.ok("w = 4; w := 4\n%checkpoint every 1ns")
	b.ok("w = 5")
	kill() // what is lost is not taken for what is
	b.ok("%checkpoint off")
	b.ok("%restore")
	b.want("v.x + w", "8")
}

func TestCheckpointErrors(t *testing.T) {
	b := newBench(t)
	b.ok("x := 1\ntype t struct{ a int }\nvar y = t{2}\nold := any(t{3})")
	file := filepath.Join(b.cfg.Dir, "session.checkpoint")
	b.fails("%restore", "no such file")
	newBench(t).fails("%checkpoint", "no variable")
	b.fails("%checkpoint z", "z is no variable of this session")
	b.fails("%checkpoint x no/folder/c", "no such file")
	b.fails("%checkpoint every", "length of time")
	b.fails("%checkpoint every soon", `"soon" is no length of time`)
	b.ok("%checkpoint")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, whole[:len(whole)-5], 0o644); err != nil {
		t.Fatal(err)
	}
	b.ok("x = 8")
	b.fails("%restore", "its checksum is wrong")
	if err := os.WriteFile(file, whole, 0o644); err != nil {
		t.Fatal(err)
	}
	b.ok("type t struct{ a, b int }")
	fresh := newBench(t)
	fresh.ok("x := 9\ntype t struct{ a, b int }")
	fresh.fails("%restore "+file, "main.t is made of other fields now")
	fresh.want("x", "9")
	fresh.fails("y", "undefined: y")
	if said := b.ok("%checkpoint y old"); !strings.Contains(said, "old is of a type") && !strings.Contains(said, "old is a main.t") {
		t.Errorf("a value of an older type: %q", said)
	}
}
