package device

import (
	"fmt"
	"math"
)

func (d *cpu) SphereSteps(n, m int, radius, rate, tolerance float64, x, gradient, norms, steps Vector) {
	const op = "SphereSteps"
	needSize(op, "n", n)
	needSize(op, "m", m)
	if !(radius >= 0) || math.IsInf(radius, 0) {
		panic(fmt.Sprintf("device: SphereSteps: radius is %v, expected a finite one, or 0 for the plane", radius))
	}
	expectFloat(op, "x", x, m*n)
	expect(op, "gradient", gradient, x.dtype, m*n)
	expectFloat(op, "norms", norms, m)
	if n > 0 {
		expect(op, "norms", norms, x.dtype, m)
	}
	expect(op, "steps", steps, Int32, m)
	s := sphere{radius, rate, tolerance}
	if norms.dtype == Float32 {
		sphereSteps(d, s, n, m, Host[float32](x), Host[float32](gradient), Host[float32](norms), Host[int32](steps))
	} else {
		sphereSteps(d, s, n, m, Host[float64](x), Host[float64](gradient), Host[float64](norms), Host[int32](steps))
	}
}

// A sphere is what its points move on: the plane, where the radius is 0.
type sphere struct{ radius, rate, tolerance float64 }

func sphereSteps[T float](d *cpu, s sphere, n, m int, x, gradient, norms []T, steps []int32) {
	d.rows(m, n, func(from, to int) {
		for r := from; r < to; r++ {
			norm, moved := sphereStep(s, x[r*n:(r+1)*n], gradient[r*n:(r+1)*n])
			norms[r] = T(norm)
			if moved {
				steps[r]++
			}
		}
	})
}

// sphereStep is the length of the row's tangent, and whether it was longer than
// the tolerance, so that x moved.
func sphereStep[T float](s sphere, x, g []T) (norm float64, moved bool) {
	along := 0.0
	if s.radius != 0 {
		along = innerProduct(x, g) / innerProduct(x, x)
	}
	// Of the tangent t and of what is next, x - rate t. The conversions round
	// products, so that no processor fuses them with the sum.
	at := func(i int) (t, next float64) {
		v := float64(x[i])
		t = float64(g[i]) - float64(along*v)
		return t, v - float64(s.rate*t)
	}
	var tt, nn [2]float64
	for i := range x {
		t, next := at(i)
		tt[i&1] += float64(t * t)
		nn[i&1] += float64(next * next)
	}
	norm = math.Sqrt(tt[0] + tt[1])
	if !(norm > s.tolerance) || math.IsInf(norm, 0) {
		return norm, false
	}
	scale := 1.0
	if s.radius != 0 {
		scale = s.radius / math.Sqrt(nn[0]+nn[1])
	}
	for i := range x {
		_, next := at(i)
		x[i] = T(scale * next)
	}
	return norm, true
}
