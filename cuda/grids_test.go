//go:build cuda

package cuda

import (
	"testing"

	"glassy/lab/device"
)

// BenchmarkGrids is operations on 4096×4096 nodes in float64, beside the time that the
// memory takes to move what they read and write once, at 4.8 TB/s; lines of that
// many nodes wait for one another's numbers as well.
func BenchmarkGrids(b *testing.B) {
	d := measured(b)
	const side, n = 4096, 4096 * 4096
	var v [4]device.Vector
	for i := range v {
		v[i] = d.New(device.Float64, n)
		d.Fill(v[i], 0.4)
	}
	step := device.Stencil{Rows: side, Columns: side, RowStep: 1, Step: 1, Delta: 0.1, Slope: 1, Viscosity: 1}
	none := device.Vector{}
	// The five nodes of a step on a grid that goes round.
	around := make([]int32, 5*n)
	for i := range n {
		for k, far := range []int{0, 1, n - 1, side, n - side} {
			around[k*n+i] = int32((i + far) % n)
		}
	}
	index, rates := device.Put(d, device.Int32, around), d.New(device.Float64, 5*n)
	for _, c := range []struct {
		name  string
		moves int // of numbers
		once  func()
	}{
		{"Exp", 2, func() { d.Exp(-1, 0, v[0], v[1]) }},
		{"Log", 2, func() { d.Log(-1, 0, v[0], v[1]) }},
		{"HamiltonJacobi", 2, func() { d.HamiltonJacobi(step, v[0], v[1]) }},
		{"SolveLines/columns", 8, func() { d.SolveLines(device.Lines{Nodes: side, Count: side}, v[0], v[1], v[2], none, none, v[3]) }},
		{"SolveLines/rows", 8, func() {
			d.SolveLines(device.Lines{Nodes: side, Count: side, Rows: true}, v[0], v[1], v[2], none, none, v[3])
		}},
		{"SparseProduct", 2 + 5 + 5/2, func() { d.SparseProduct(5, index, rates, v[0], v[1]) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			seconds := measure(b, d, c.once)
			report(b, seconds*1e3, "ms", float64(8*c.moves*n)/4.8e12/seconds, "ofFloor")
		})
	}
}
