package device

import (
	"fmt"
	"math"
)

func (d *cpu) Repulsion(n int, y, force, z Vector) {
	const op = "Repulsion"
	needSize(op, "n", n)
	expectFloat(op, "y", y, 2*n)
	expect(op, "force", force, y.dtype, 2*n)
	expect(op, "z", z, y.dtype, n)
	if y.dtype == Float32 {
		repulsion(d, Host[float32](y), Host[float32](force), Host[float32](z))
	} else {
		repulsion(d, Host[float64](y), Host[float64](force), Host[float64](z))
	}
}

// repulsion takes some points against all, in float64.
func repulsion[T float](d *cpu, y, force, z []T) {
	points, done := scratch[float64](len(y))
	defer done()
	for i, v := range y {
		points[i] = float64(v)
	}
	d.points(len(z), func(i int) {
		u, v := points[2*i], points[2*i+1]
		var fu, fv, sum float64
		take := func(points []float64) {
			for ; len(points) >= 2; points = points[2:] {
				du, dv := u-points[0], v-points[1]
				q := 1 / (1 + float64(du*du) + float64(dv*dv))
				qq := q * q
				fu += float64(qq * du)
				fv += float64(qq * dv)
				sum += q
			}
		}
		take(points[:2*i])
		take(points[2*i+2:])
		force[2*i], force[2*i+1], z[i] = T(fu), T(fv), T(sum)
	})
}

func (d *cpu) Attraction(n int, rows, columns, p, y, force, loss Vector) {
	const op = "Attraction"
	needSize(op, "n", n)
	expectFloat(op, "y", y, 2*n)
	expect(op, "force", force, y.dtype, 2*n)
	expect(op, "rows", rows, Int32, n+1)
	expect(op, "p", p, y.dtype, p.n)
	expect(op, "columns", columns, Int32, p.n)
	if loss.n > 0 {
		expect(op, "loss", loss, y.dtype, n)
	}
	if y.dtype == Float32 {
		attraction(d, Host[int32](rows), Host[int32](columns), Host[float32](p), Host[float32](y), Host[float32](force), Host[float32](loss))
	} else {
		attraction(d, Host[int32](rows), Host[int32](columns), Host[float64](p), Host[float64](y), Host[float64](force), Host[float64](loss))
	}
}

func attraction[T float](d *cpu, rows, columns []int32, p, y, force, loss []T) {
	n, before := len(rows)-1, int32(0)
	for i, at := range rows {
		if at < before || int(at) > len(p) {
			panic(fmt.Sprintf("device: Attraction: rows[%d] is %d, expected 0 … %d, none below the one before", i, at, len(p)))
		}
		before = at
	}
	d.points(n, func(i int) {
		u, v := float64(y[2*i]), float64(y[2*i+1])
		var fu, fv, cost float64
		for k := int(rows[i]); k < int(rows[i+1]); k++ {
			j := int(columns[k])
			if uint(j) >= uint(n) {
				panic(fmt.Sprintf("device: Attraction: columns[%d] is %d, expected 0 … %d", k, j, n-1))
			}
			du, dv := u-float64(y[2*j]), v-float64(y[2*j+1])
			square := float64(du*du) + float64(dv*dv)
			pull := float64(p[k]) / (1 + square)
			fu += float64(pull * du)
			fv += float64(pull * dv)
			if len(loss) > 0 {
				cost += float64(float64(p[k]) * math.Log1p(square))
			}
		}
		force[2*i], force[2*i+1] = T(fu), T(fv)
		if len(loss) > 0 {
			loss[i] = T(cost)
		}
	})
}

// points runs f for each of n points, some at a time.
func (d *cpu) points(n int, f func(i int)) {
	const group = 64
	d.each((n+group-1)/group, func(task int) {
		for i := task * group; i < min(n, (task+1)*group); i++ {
			f(i)
		}
	})
}
