package sde

import (
	"fmt"
	"math"
	"runtime"

	"glassy/lab/landscape"
	"glassy/lab/rng"
	"glassy/lab/run"
)

// Kinetic is Langevin dynamics with inertia, of unit mass,
//
//	dX = V dt,  dV = -∇f dt - c V dt + √(2cD) dB,
//
// whose invariant density is e^(-(f+|v|²/2)/D). For c → ∞ X at time ct is
// [Langevin]'s at time t.
type Kinetic struct {
	Landscape landscape.Landscape
	Friction  float64 // c
	D         float64
}

// Run moves the walkers, x and v both n×d, by the scheme BAOAB (Leimkuhler &
// Matthews 2013): half a kick, half a drift, the friction and noise of a whole step
// exactly, half a drift, half a kick. Of the options Method and Paths are none of
// its own; Observe sees x. Averages over x are of second order in the step, and for
// c h ≫ 1 of fourth. What takes time is of second order in c h: a free particle
// diffuses faster by (ch/2) coth(ch/2), 2 % at c h = ½.
func (k Kinetic) Run(x, v []float64, o Options) (steps int, status Status) {
	d := k.Landscape.Dim()
	e := Equation{Dim: d, Drift: downhill(k.Landscape)}
	n := e.check("Kinetic.Run", x, &o)
	if len(v) != len(x) || !(k.Friction >= 0) || !(k.D >= 0) {
		panic(fmt.Sprintf("sde: Kinetic.Run: %d velocities of %d positions, Friction %v, D %v, expected as many, and finite numbers of at least 0", len(v), len(x), k.Friction, k.D))
	}
	h := o.Step
	keep := math.Exp(-k.Friction * h)
	spread := math.Sqrt(-k.D * math.Expm1(-2*k.Friction*h))
	type memory struct{ force, noise []float64 }
	workers := make([]memory, runtime.GOMAXPROCS(0))
	for i := range workers {
		workers[i] = memory{make([]float64, d), make([]float64, 256*d)}
	}
	steps, status = o.march(x, nil, func(first, block int) {
		const together = 64
		run.Share(len(workers), (n+together-1)/together, func(worker, part int) {
			m := workers[worker]
			for i := part * together; i < min(n, (part+1)*together); i++ {
				noise := m.noise[:block*d]
				rng.Key(o.Seed).Split(uint64(o.First+i)).Normals(uint64(first*d), noise)
				q, p := x[i*d:(i+1)*d], v[i*d:(i+1)*d]
				e.Drift(0, q, m.force)
				for s := range block {
					for a := range q {
						p[a] += h / 2 * m.force[a]
						q[a] += h / 2 * p[a]
						p[a] = keep*p[a] + spread*noise[s*d+a]
						q[a] += h / 2 * p[a]
					}
					e.Drift(0, q, m.force)
					for a := range q {
						p[a] += h / 2 * m.force[a]
					}
				}
			}
		})
	})
	if !finite(v) {
		status = Diverged
	}
	return steps, status
}
