package engine

import (
	"fmt"
	"testing"
)

// A new cell with fmt and a variable of an earlier cell: about 0.2 s, of which
// the Go linker takes more than half.
func BenchmarkNewCell(b *testing.B) {
	s := newBench(b)
	s.ok("x := 1.5")
	i := 0
	for b.Loop() {
		i++
		s.ok(fmt.Sprintf("y := x * %d\nfmt.Println(math.Sin(y))", i))
	}
}

// The same cell again: no compilation.
func BenchmarkUnchangedCell(b *testing.B) {
	s := newBench(b)
	s.ok("x := 1.5")
	for b.Loop() {
		s.ok("y := x * 2\nfmt.Println(math.Sin(y))")
	}
}

// A cell that draws: the plot packages are linked into it.
func BenchmarkNewFigureCell(b *testing.B) {
	s := newBench(b)
	i := 0
	for b.Loop() {
		i++
		s.ok(fmt.Sprintf("f%d, err := thesis.Figure(\"2.1\")", i))
	}
}

func BenchmarkComplete(b *testing.B) {
	s := newBench(b)
	s.ok("x := []float64{1}\nfunc energy(x float64) float64 { return x }")
	for b.Loop() {
		if c := s.Complete("y := strings.To", 15); len(c.Items) == 0 {
			b.Fatal("nothing proposed")
		}
	}
}

// The fields of a literal, and the keys of a map, which the session process is
// asked for.
func BenchmarkCompleteLiteral(b *testing.B) {
	s := newBench(b)
	s.ok("m := map[string]int{}\nfor i := range 100 { m[fmt.Sprint(i)] = i }")
	for _, c := range []struct{ name, code string }{{"fields", "optim.DescendOptions{St"}, {"keys", "m[\"1"}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if got := s.Complete(c.code, len(c.code)); len(got.Items) == 0 {
					b.Fatal("nothing proposed")
				}
			}
		})
	}
}

func BenchmarkInspect(b *testing.B) {
	s := newBench(b)
	for b.Loop() {
		if _, ok := s.Inspect("strings.ToUpper", 10, 0); !ok {
			b.Fatal("nothing found")
		}
	}
}

// The loop that a newcomer writes: variables of the cell, no function.
func BenchmarkLoopInCell(b *testing.B) {
	s := newBench(b)
	for b.Loop() {
		s.ok("sum := 0.0\nfor i := 0; i < 10_000_000; i++ {\n\tsum += float64(i&7) * 0.5\n}")
	}
}

// The same loop compiled with the test.
func BenchmarkLoopInGo(b *testing.B) {
	for b.Loop() {
		sum := 0.0
		for i := 0; i < 10_000_000; i++ {
			sum += float64(i&7) * 0.5
		}
		if sum == 0 {
			b.Fatal("no sum")
		}
	}
}
