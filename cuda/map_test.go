//go:build cuda

package cuda

import (
	"fmt"
	"testing"

	"glassy/lab/device"
)

// A block that takes several tiles, as on maps of many points: the CPU is the
// judge.
func TestLargeMap(t *testing.T) {
	d, cpu := open(t), device.CPU()
	defer func(before int) { enoughBlocks = before }(enoughBlocks)
	for _, dt := range both {
		for _, n := range []int{1291, 1600} {
			here := cpu.New(dt, 2*n)
			cpu.Normal(1, 0, 0, 3, here)
			there := d.New(dt, 2*n)
			d.Upload(there, here)
			wantForce, wantZ := cpu.New(dt, 2*n), cpu.New(dt, n)
			cpu.Repulsion(n, here, wantForce, wantZ)
			for _, enoughBlocks = range []int{1, 3, 5} {
				if parts := repulsionParts(n); parts >= ceil(n, mapTile) {
					t.Fatalf("%d parts of %d points: no block takes several tiles", parts, n)
				}
				force, z := d.New(dt, 2*n), d.New(dt, n)
				d.Repulsion(n, there, force, z)
				// Sums of groups of 256 terms below 1 each, of five groups at most.
				tol := 5 * 256 * 256 * epsilon(dt)
				what := fmt.Sprintf("Repulsion of %d points in %d parts, %v", n, repulsionParts(n), dt)
				within(t, what+": force", force, wantForce, tol)
				within(t, what+": z", z, wantZ, tol)
			}
		}
	}
}
