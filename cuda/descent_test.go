//go:build cuda

package cuda

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"glassy/lab/device"
)

// A glass is the 3-spin Hamiltonian in a field, -H = N⁻¹ Σ J σσσ + h·σ on |σ|² = N,
// h normal of standard deviation ν, with many points of the sphere.
type glass struct {
	n, m         int
	couplings, h device.Vector
	x, g, energy device.Vector
	norms, steps device.Vector
}

const glassDegree, glassRate, glassTolerance = 3, 0.1, 1e-4

// newGlass has the same numbers on all devices, but for the couplings' roundings.
func newGlass(dev device.Device, t device.DType, n, m int, ν float64) *glass {
	cpu := device.CPU()
	normal := func(key uint64, n int, sd float64) []float64 {
		v := cpu.New(device.Float64, n)
		cpu.Normal(key, 0, 0, sd, v)
		return device.Host[float64](v)
	}
	c, at := normal(1, device.Monomials(glassDegree, n), 1), 0
	for i := range n {
		for j := i; j < n; j++ {
			for k := j; k < n; k++ {
				switch {
				case i < j && j < k:
					c[at] *= math.Sqrt(6) // the sum of six normal numbers
				case i < k:
					c[at] *= math.Sqrt(3)
				}
				at++
			}
		}
	}
	s := &glass{
		n: n, m: m, couplings: device.Put(dev, t, c), h: device.Put(dev, t, normal(2, n, ν)),
		x: device.Put(dev, t, normal(3, m*n, 1)), g: dev.New(t, m*n), energy: dev.New(t, m),
		norms: dev.New(t, m), steps: dev.New(device.Int32, m),
	}
	s.step(dev, 0) // on the sphere
	return s
}

// step takes all points a step down, two calls for the gradient and one to move.
func (s *glass) step(dev device.Device, rate float64) {
	dev.Spins(glassDegree, s.n, s.m, -1/float64(s.n), s.couplings, s.x, false, s.energy, s.g)
	dev.Spins(1, s.n, s.m, -1, s.h, s.x, true, s.energy, s.g)
	dev.SphereSteps(s.n, s.m, math.Sqrt(float64(s.n)), rate, glassTolerance, s.x, s.g, s.norms, s.steps)
}

// descend makes steps until all points have arrived, and tells how many. Once
// half of the points have, the others go on alone.
func (s *glass) descend(dev device.Device, most int) (steps int) {
	const look = 50 // steps before the host looks who has arrived
	for s.m > 0 && steps < most {
		for range look {
			s.step(dev, glassRate)
		}
		steps += look
		var left []int32
		for r, norm := range device.Read[float64](s.norms) {
			if norm > glassTolerance {
				left = append(left, int32(r))
			}
		}
		if len(left) > s.m/2 {
			continue
		}
		index := device.Put(dev, device.Int32, left)
		dev.Gather(s.n, s.x, index, s.g.Slice(0, len(left)*s.n))
		s.m, s.x, s.g = len(left), s.g.Slice(0, len(left)*s.n), s.x.Slice(0, len(left)*s.n)
		s.energy, s.norms, s.steps = s.energy.Slice(0, s.m), s.norms.Slice(0, s.m), s.steps.Slice(0, s.m)
	}
	return steps
}

// The descents of the CPU, and how many launches a step takes.
func TestDescents(t *testing.T) {
	const n, m, steps = 11, 37, 12
	d, cpu := open(t), device.CPU()
	for _, dt := range both {
		there, here := newGlass(d, dt, n, m, 0.3), newGlass(cpu, dt, n, m, 0.3)
		before := launchedAll(d, dt)
		for range steps {
			there.step(d, glassRate)
			here.step(cpu, glassRate)
		}
		// Four for the glass, one for the field, one to move.
		if per := float64(launchedAll(d, dt)-before) / steps; per != 6 {
			t.Errorf("%v: %g launches a step, expected 6", dt, per)
		}
		// The Hessian's eigenvalues are at most some 10, so that a step takes two points
		// at most twice as far from each other; numbers of size 1 to 3, gradients of 66
		// terms.
		tol := math.Exp2(steps) * 66 * epsilon(dt)
		within(t, fmt.Sprintf("descents, %v: x", dt), there.x, here.x, tol)
		within(t, fmt.Sprintf("descents, %v: norms", dt), there.norms, here.norms, 10*tol)
		if got, want := device.Read[int32](there.steps), device.Read[int32](here.steps); !slices.Equal(got, want) {
			t.Errorf("%v: steps are %v, expected %v", dt, got, want)
		}
	}
	// In a strong field all come to the one minimum.
	s := newGlass(d, device.Float64, n, m, 5)
	needed := s.descend(d, 2000)
	if s.m > 0 {
		t.Fatalf("%d of %d descents in a strong field have not arrived", s.m, m)
	}
	s = newGlass(d, device.Float64, n, m, 5)
	for range needed {
		s.step(d, glassRate)
	}
	ends := device.Read[float64](s.x)
	for r := 1; r < m; r++ {
		for i := range n {
			// The slopes are below 1e-4, the curvature above 1/10.
			if d := ends[r*n+i] - ends[i]; !(math.Abs(d) <= 2e-3) {
				t.Fatalf("descent %d in a strong field ends at another place than the first: coordinate %d differs by %g", r, i, d)
			}
		}
	}
}

// launchedAll is how many kernels of a type ran.
func launchedAll(d *Device, t device.DType) (n int64) {
	d.Synchronize()
	for _, c := range d.Counts() {
		if strings.HasSuffix(c.Operation, suffix(t)) {
			n += c.Calls
		}
	}
	return n
}

// BenchmarkDescents is 20,000 descents of N = 100 spins, p = 3, until all slopes
// are below 1e-4, without a field to speak of, in one at which there are few
// minima, and in a strong one. All three are to take 3 s in float64.
func BenchmarkDescents(b *testing.B) {
	d := measured(b)
	const n, m, most = 100, 20_000, 50_000
	for _, dt := range both {
		b.Run(dt.String(), func(b *testing.B) {
			seconds, launches := 0., 0
			for b.Loop() {
				for _, ν := range []float64{1. / n, math.Sqrt(3 * (1 - 1./n)), 3} {
					s := newGlass(d, dt, n, m, ν)
					launches += s.descend(d, most)
					if s.m > 0 {
						b.Errorf("ν = %.2f: %d descents have not arrived in %d steps", ν, s.m, most)
					}
				}
			}
			seconds = b.Elapsed().Seconds() / float64(b.N)
			report(b, seconds, "s", seconds/3, "ofGoal", float64(launches)/float64(b.N), "steps")
		})
	}
}

// BenchmarkMap is the forces of t-SNE on a map of 20,000 points: those between all
// pairs, against what their 9 instructions a pair take when each of 132
// multiprocessors begins 128 of a thread a cycle at 1.75 GHz.
func BenchmarkMap(b *testing.B) {
	d := measured(b)
	const entries = 150 // of a row
	for _, dt := range both {
		for _, n := range []int{2000, 20_000, 100_000} {
			y, force, z := d.New(dt, 2*n), d.New(dt, 2*n), d.New(dt, n)
			d.Normal(1, 0, 0, 20, y)
			b.Run(fmt.Sprintf("%v/repulsion/%d", dt, n), func(b *testing.B) {
				seconds := measure(b, d, func() { d.Repulsion(n, y, force, z) })
				pairs := float64(n) * float64(n)
				report(b, seconds*1e3, "ms", pairs/seconds/1e9, "Gpairs/s", pairs*9/(132*128*1.75e9)/seconds, "ofFloor")
			})
			rows, columns := make([]int32, n+1), make([]int32, entries*n)
			for i := range n {
				rows[i+1] = int32(entries * (i + 1))
				for k := range entries {
					columns[entries*i+k] = int32((i + k*k*7919) % n)
				}
			}
			ri, ci, p := device.Put(d, device.Int32, rows), device.Put(d, device.Int32, columns), d.New(dt, entries*n)
			d.Fill(p, 1)
			b.Run(fmt.Sprintf("%v/attraction/%d", dt, n), func(b *testing.B) {
				seconds := measure(b, d, func() { d.Attraction(n, ri, ci, p, y, force, z) })
				report(b, seconds*1e3, "ms", float64(n*entries*(4+dt.Size()))/seconds/1e9, "GB/s")
			})
			for _, v := range []device.Vector{y, force, z, ri, ci, p} {
				d.Free(v)
			}
		}
	}
}
