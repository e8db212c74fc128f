package device

import (
	"math"

	"glassy/lab/rng"
)

func (d *cpu) Walkers(w Walk, force, x Vector) {
	const op = "Walkers"
	w.Check()
	expectFloat(op, "x", x, x.n/w.Dim*w.Dim)
	expect(op, "force", force, x.dtype, w.Dim*w.Row())
	if x.dtype == Float32 {
		walkers(d, w, Host[float32](force), Host[float32](x))
	} else {
		walkers(d, w, Host[float64](force), Host[float64](x))
	}
}

func walkers[T float](d *cpu, w Walk, table, x []T) {
	const (
		group = 256 // walkers of a task
		lanes = 8   // walkers that move together: none waits for its own last step
		draw  = 64  // normal numbers that each draws at a time
	)
	var f [2]force[T]
	for a := range w.Dim {
		f[a] = newForce(w, table[a*w.Row():(a+1)*w.Row()])
	}
	move := &mover[T]{delta: T(w.Delta), f: f}
	for a := range 2 {
		move.noise[a] = T(w.Noise[a])
		for b := range 2 {
			move.coupling[a][b] = T(w.Coupling[a][b])
		}
	}
	n := len(x) / w.Dim
	d.each((n+group-1)/group, func(task int) {
		var ξ [lanes * draw]float64
		for i := task * group; i < min(n, (task+1)*group); i += lanes {
			x := x[i*w.Dim : min(n, (task+1)*group, i+lanes)*w.Dim]
			for s := 0; s < w.Steps; s += draw / w.Dim {
				steps := min(draw/w.Dim, w.Steps-s)
				for j := range len(x) / w.Dim {
					at := w.Offset + uint64(i+j)*WalkerStream + uint64(s*w.Dim)
					rng.Key(w.Key).Normals(at, ξ[j*draw:j*draw+steps*w.Dim])
				}
				if w.Dim == 1 {
					move.line(x, ξ[:], draw, steps)
				} else {
					move.plane(x, ξ[:], draw, steps)
				}
			}
		}
	})
}

// A mover makes steps of walkers, whose normal numbers are stride apart.
type mover[T float] struct {
	f        [2]force[T]
	delta    T
	noise    [2]T
	coupling [2][2]T
}

func (m *mover[T]) line(x []T, ξ []float64, stride, steps int) {
	f, delta, noise := &m.f[0], m.delta, m.noise[0]
	for s := range steps {
		for j, v := range x {
			x[j] = v - T(delta*f.at(v)) + T(noise*T(ξ[j*stride+s]))
		}
	}
}

func (m *mover[T]) plane(x []T, ξ []float64, stride, steps int) {
	c := &m.coupling
	for s := range steps {
		for j := 0; j < len(x); j += 2 {
			u, v, z := x[j], x[j+1], ξ[j/2*stride+2*s:]
			fu := m.f[0].at(u) + T(c[0][0]*u) + T(c[0][1]*v)
			fv := m.f[1].at(v) + T(c[1][0]*u) + T(c[1][1]*v)
			x[j] = u - T(m.delta*fu) + T(m.noise[0]*T(z[0]))
			x[j+1] = v - T(m.delta*fv) + T(m.noise[1]*T(z[1]))
		}
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
