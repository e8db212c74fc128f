//go:build !amd64.v3 && !purego

package rng

import (
	"fmt"
	"math"
	"testing"
)

// widths is all that together may be on this processor.
func widths() []int {
	all := []int{0}
	for n := 16; n <= together; n *= 2 {
		all = append(all, n)
	}
	return all
}

// Registers of every width give the bits of NormalPair, wherever they begin and end, and
// where the number of a block needs its second word.
func TestWidths(t *testing.T) {
	widest := together
	defer func() { together = widest }()
	var x [257]float64
	for _, together = range widths() {
		for _, key := range []Key{1, 0xFEDCBA98_76543210} {
			for _, from := range []uint64{0, 1, 2<<32 - 100, 2<<40 + 7} {
				for _, n := range []int{5, 6, 15, 16, 31, 32, 33, 63, 64, 255, 256} {
					x[n] = math.Pi
					key.Normals(from, x[:n])
					for i, v := range x[:n] {
						if want := key.Normal(from + uint64(i)); v != want {
							t.Fatalf("%d at a time, key %#x: number %d+%d of %d is %v, expected %v", together, key, from, i, n, v, want)
						}
					}
					if x[n] != math.Pi {
						t.Fatalf("%d at a time: more than %d numbers were written", together, n)
					}
				}
			}
		}
	}
	t.Logf("at a time: %v", widths())
}

func BenchmarkManyNormals(b *testing.B) {
	widest := together
	defer func() { together = widest }()
	for _, together = range widths() {
		b.Run(fmt.Sprint("together=", together), func(b *testing.B) { perNumber(b, Key(1).Stream().Normals) })
	}
}
