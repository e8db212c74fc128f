package device

import (
	"math"

	"glassy/lab/rng"
)

func (d *cpu) Walkers(w Walk, force, x Vector) {
	const op = "Walkers"
	w = w.Checked(x.n)
	expectFloat(op, "x", x, x.n)
	expect(op, "force", force, x.dtype, w.Dim*w.Row())
	if x.dtype == Float32 {
		walkers(d, w, Host[float32](force), Host[float32](x))
	} else {
		walkers(d, w, Host[float64](force), Host[float64](x))
	}
}

// walkers takes some walkers at a time through all steps: they and their normal
// numbers stay in the first cache, and none waits for its own last step.
func walkers[T float](d *cpu, w Walk, table, x []T) {
	const group = 256 // numbers
	m := mover[T]{delta: T(w.Delta)}
	for a := range 2 {
		m.noise[a] = T(w.Noise[a])
		for b := range 2 {
			m.coupling[a][b] = T(w.Coupling[a][b])
		}
	}
	for a := range w.Dim {
		m.f[a] = newForce(w, table[a*w.Row():(a+1)*w.Row()])
	}
	d.each((len(x)+group-1)/group, func(task int) {
		var buf [group]float64
		at := task * group
		x := x[at:min(len(x), at+group)]
		ξ := buf[:len(x)]
		for s := range w.Steps {
			rng.Key(w.Key).Normals(w.Offset+uint64(s)*w.Stride+uint64(at), ξ)
			if w.Dim == 1 {
				m.line(x, ξ)
			} else {
				m.plane(x, ξ)
			}
		}
	})
}

// A mover makes a step of some walkers.
type mover[T float] struct {
	f        [2]force[T]
	delta    T
	noise    [2]T
	coupling [2][2]T
}

func (m *mover[T]) line(x []T, ξ []float64) {
	f, delta, noise := &m.f[0], m.delta, m.noise[0]
	for i, v := range x {
		x[i] = v - T(delta*f.at(v)) + T(noise*T(ξ[i]))
	}
}

func (m *mover[T]) plane(x []T, ξ []float64) {
	c := &m.coupling
	for i := 0; i+1 < len(x); i += 2 {
		u, v := x[i], x[i+1]
		fu := m.f[0].at(u) + T(c[0][0]*u) + T(c[0][1]*v)
		fv := m.f[1].at(v) + T(c[1][0]*u) + T(c[1][1]*v)
		x[i] = u - T(m.delta*fu) + T(m.noise[0]*T(ξ[i]))
		x[i+1] = v - T(m.delta*fv) + T(m.noise[1]*T(ξ[i+1]))
	}
}

// A force is a row of Walkers' table.
type force[T float] struct {
	powers       []T // from the highest down
	waves        [][3]T
	exponentials [][2]T
}

func newForce[T float](w Walk, row []T) (f force[T]) {
	for k := w.Powers - 1; k >= 0; k-- {
		f.powers = append(f.powers, row[k])
	}
	row = row[w.Powers:]
	for k := range w.Waves {
		f.waves = append(f.waves, [3]T(row[3*k:]))
	}
	row = row[3*w.Waves:]
	for k := range w.Exponentials {
		f.exponentials = append(f.exponentials, [2]T(row[2*k:]))
	}
	return f
}

// at is f(x). The conversions round products, so that no processor fuses them
// with the sum.
func (f *force[T]) at(x T) T {
	var y T
	for _, c := range f.powers {
		y = T(y*x) + c
	}
	for _, w := range f.waves {
		y += T(w[0] * T(math.Sin(float64(T(w[1]*x)+w[2]))))
	}
	for _, e := range f.exponentials {
		y += T(e[0] * T(math.Exp(float64(e[1]*x))))
	}
	return y
}
