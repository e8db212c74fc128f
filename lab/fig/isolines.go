package fig

import (
	"math"

	"gonum.org/v1/plot/vg"
)

// isolines returns the lines on which the values z[j*len(x)+i] at (x[i], y[j])
// pass a level, by marching squares with linear interpolation: open lines first,
// then loops, each in the order of the lattice. At a saddle the mean of the four
// corners decides. There is no line in a cell with a NaN at a corner.
func isolines(x, y, z []float64, level float64) [][]vg.Point {
	nx := len(x)
	// An edge between nodes is known by its first node: 2k is the one from node
	// k to the right, 2k+1 the one upwards. A line crosses from edge to edge.
	links := map[int][]int{}
	link := func(a, b int) {
		links[a], links[b] = append(links[a], b), append(links[b], a)
	}
	for j := range len(y) - 1 {
		for i := range nx - 1 {
			k := j*nx + i
			a, b, c, d := z[k], z[k+1], z[k+nx+1], z[k+nx] // counterclockwise
			mean := (a + b + c + d) / 4
			if math.IsNaN(mean) {
				continue
			}
			bottom, right, top, left := 2*k, 2*(k+1)+1, 2*(k+nx), 2*k+1
			above := [4]bool{a > level, b > level, c > level, d > level}
			if above[0] == above[2] && above[1] == above[3] && above[0] != above[1] { // a saddle
				if (mean > level) == above[0] {
					link(bottom, right)
					link(top, left)
				} else {
					link(bottom, left)
					link(top, right)
				}
				continue
			}
			var crossed []int
			for side, edge := range [4]int{bottom, right, top, left} {
				if above[side] != above[(side+1)%4] {
					crossed = append(crossed, edge)
				}
			}
			if len(crossed) == 2 {
				link(crossed[0], crossed[1])
			}
		}
	}
	point := func(edge int) vg.Point {
		k := edge / 2
		next := k + 1
		if edge%2 == 1 {
			next = k + nx
		}
		t := (level - z[k]) / (z[next] - z[k])
		between := func(a, b float64) vg.Length { return vg.Length(a + t*(b-a)) }
		return vg.Point{X: between(x[k%nx], x[next%nx]), Y: between(y[k/nx], y[next/nx])}
	}
	drop := func(edge, from int) {
		for i, other := range links[edge] {
			if other == from {
				links[edge] = append(links[edge][:i:i], links[edge][i+1:]...)
				return
			}
		}
	}
	var out [][]vg.Point
	trace := func(edge int) {
		line := []vg.Point{point(edge)}
		for len(links[edge]) > 0 {
			next := links[edge][0]
			drop(edge, next)
			drop(next, edge)
			line = append(line, point(next))
			edge = next
		}
		out = append(out, line)
	}
	for _, ends := range []int{1, 2} { // open lines end on an edge with one link
		for edge := range 2 * len(z) {
			if len(links[edge]) == ends {
				trace(edge)
			}
		}
	}
	return out
}
