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

const group = 256 // numbers of walkers that are moved at a time

// walkers takes some walkers at a time through all steps: they and their normal
// numbers stay in the first cache, and none waits for its own last step.
func walkers[T float](d *cpu, w Walk, table, x []T) {
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
		var forces [group]T
		at := task * group
		x := x[at:min(len(x), at+group)]
		ξ := buf[:len(x)]
		for s := range w.Steps {
			rng.Key(w.Key).Normals(w.Offset+uint64(s)*w.Stride+uint64(at), ξ)
			if w.Dim == 1 {
				m.line(x, forces[:], ξ)
			} else {
				m.plane(x, forces[:], ξ)
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

func (m *mover[T]) line(x, f []T, ξ []float64) {
	delta, noise := m.delta, m.noise[0]
	f, ξ = f[:len(x)], ξ[:len(x)]
	m.f[0].at(x, f)
	for i, v := range x {
		x[i] = v - T(delta*f[i]) + T(noise*T(ξ[i]))
	}
}

// plane has the points' first coordinates and their second ones each by themselves in f,
// whose two halves are the forces on them.
func (m *mover[T]) plane(x, f []T, ξ []float64) {
	c, n := &m.coupling, len(x)/2
	var buf [group / 2]T
	for a := range 2 {
		own := buf[:n]
		for i := range own {
			own[i] = x[2*i+a]
		}
		m.f[a].at(own, f[a*n:(a+1)*n])
	}
	for i := range n {
		u, v := x[2*i], x[2*i+1]
		fu := f[i] + T(c[0][0]*u) + T(c[0][1]*v)
		fv := f[n+i] + T(c[1][0]*u) + T(c[1][1]*v)
		x[2*i] = u - T(m.delta*fu) + T(m.noise[0]*T(ξ[2*i]))
		x[2*i+1] = v - T(m.delta*fv) + T(m.noise[1]*T(ξ[2*i+1]))
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

// at writes f(x[i]) to y, one term after another for all i: they do not wait for each
// other. The conversions round products, so that no processor fuses them with the sum.
func (f *force[T]) at(x, y []T) {
	y = y[:len(x)]
	f.polynomial(x, y)
	for _, w := range f.waves {
		for i, v := range x {
			y[i] += T(w[0] * T(math.Sin(float64(T(w[1]*v)+w[2]))))
		}
	}
	for _, e := range f.exponentials {
		for i, v := range x {
			y[i] += T(e[0] * T(math.Exp(float64(e[1]*v))))
		}
	}
}

// polynomial is the part of powers, for four numbers at a time: none of them leaves its
// register.
func (f *force[T]) polynomial(x, y []T) {
	if len(f.powers) == 0 {
		clear(y)
		return
	}
	highest, rest := f.powers[0], f.powers[1:]
	for ; len(x) >= 4 && len(y) >= 4; x, y = x[4:], y[4:] {
		u0, u1, u2, u3 := x[0], x[1], x[2], x[3]
		v0, v1, v2, v3 := highest, highest, highest, highest
		for _, c := range rest {
			v0, v1, v2, v3 = T(v0*u0)+c, T(v1*u1)+c, T(v2*u2)+c, T(v3*u3)+c
		}
		y[0], y[1], y[2], y[3] = v0, v1, v2, v3
	}
	for i, u := range x {
		v := highest
		for _, c := range rest {
			v = T(v*u) + c
		}
		y[i] = v
	}
}
