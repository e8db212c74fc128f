package devicetest

import (
	"math"
	"slices"
	"testing"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// tuples calls f with every p-tuple of numbers below n.
func tuples(p, n int, f func(index []int)) {
	index := make([]int, p)
	for {
		f(index)
		a := p - 1
		for ; a >= 0; a-- {
			if index[a]++; index[a] < n {
				break
			}
			index[a] = 0
		}
		if a < 0 {
			return
		}
	}
}

// monomials is the place of each i₁ ≤ … ≤ i_p in lexicographic order, under the
// key of its indices.
func monomials(p, n int) map[string]int {
	place := make(map[string]int)
	tuples(p, n, func(index []int) {
		if slices.IsSorted(index) {
			place[name("%v", index)] = len(place)
		}
	})
	return place
}

// denseSpins is scale Σ J σ…σ over all n^p tuples and its gradient, with Σ|J σ…σ|
// of each: J is the dense tensor.
func denseSpins(p, n int, scale float64, j, σ []float64) (energy, size float64, gradient, sizes []float64) {
	gradient, sizes = make([]float64, n), make([]float64, n)
	at := 0
	tuples(p, n, func(index []int) {
		product := scale * j[at]
		at++
		for a, l := range index {
			rest := product
			for b, k := range index {
				if b != a {
					rest *= σ[k]
				}
			}
			gradient[l] += rest
			sizes[l] += math.Abs(rest)
		}
		for _, k := range index {
			product *= σ[k]
		}
		energy += product
		size += math.Abs(product)
	})
	return energy, size, gradient, sizes
}

func testSpins(t *testing.T, dev device.Device) {
	for _, s := range []struct{ p, n, m int }{
		{1, 5, 3}, {2, 1, 2}, {2, 7, 5}, {3, 1, 1}, {3, 2, 3}, {3, 7, 133}, {4, 6, 9}, {5, 4, 3}, {6, 3, 2}, {3, 5, 0},
	} {
		for _, dt := range floats {
			// The disorder of all tuples, and what of it a polynomial keeps.
			dense := random(dt, power(s.n, s.p), 1)
			place := monomials(s.p, s.n)
			if device.Monomials(s.p, s.n) != len(place) {
				t.Fatalf("Monomials(%d, %d) is %d, expected %d", s.p, s.n, device.Monomials(s.p, s.n), len(place))
			}
			couplings := make([]float64, len(place))
			at := 0
			tuples(s.p, s.n, func(index []int) {
				sorted := slices.Sorted(slices.Values(index))
				couplings[place[name("%v", sorted)]] += dense[at]
				at++
			})
			const scale = -0.7
			sigma := random(dt, s.m*s.n, 2)
			energy, gradient := make([]float64, s.m), make([]float64, 0, s.m*s.n)
			var energyTol, gradientTol []float64
			// The sums of couplings were rounded, then come sums of products: for each
			// number of them a rounding, and some more.
			roundings := float64(2*len(place)+4*s.p+8) * epsilon(dt)
			for r := range s.m {
				e, size, g, sizes := denseSpins(s.p, s.n, scale, dense, sigma[r*s.n:(r+1)*s.n])
				energy[r] = e
				gradient = append(gradient, g...)
				energyTol = append(energyTol, size*roundings)
				for _, size := range sizes {
					gradientTol = append(gradientTol, size*roundings+1e-300)
				}
			}
			energyTol, gradientTol = append(energyTol, 0), append(gradientTol, 0)
			what := name("Spins %+v %v", s, dt)
			c, σ := put(dev, dt, couplings), put(dev, dt, sigma)
			e, g := dst(dev, dt, s.m), dst(dev, dt, s.m*s.n)
			dev.Spins(s.p, s.n, s.m, scale, c, σ, false, e, g)
			same(t, what+": energy", e, energy, energyTol...)
			same(t, what+": gradient", g, gradient, gradientTol...)

			// Added to the energy of another part.
			before, beforeG := random(dt, s.m, 3), random(dt, s.m*s.n, 4)
			e2, g2 := put(dev, dt, before), put(dev, dt, beforeG)
			dev.Spins(s.p, s.n, s.m, scale, c, σ, true, e2, g2)
			for i := range before {
				before[i] += energy[i]
				energyTol[i] += 4 * epsilon(dt) * (1 + math.Abs(before[i]))
			}
			for i := range beforeG {
				beforeG[i] += gradient[i]
				gradientTol[i] += 4 * epsilon(dt) * (1 + math.Abs(beforeG[i]))
			}
			same(t, what+", added: energy", e2, before, energyTol...)
			same(t, what+", added: gradient", g2, beforeG, gradientTol...)
		}
	}
	testSpinsLarge(t, dev)
	for _, dt := range floats {
		v := func(n int) device.Vector { return dev.New(dt, n) }
		panics(t, "Spins", func() { dev.Spins(0, 3, 1, 1, v(1), v(3), false, v(1), v(3)) })
		panics(t, "Spins", func() { dev.Spins(3, 3, 1, 1, v(9), v(3), false, v(1), v(3)) })
		panics(t, "Spins", func() { dev.Spins(3, 3, 2, 1, v(10), v(5), false, v(2), v(6)) })
		panics(t, "Spins", func() { dev.Spins(3, 3, 2, 1, v(10), v(6), false, v(1), v(6)) })
		panics(t, "Spins", func() { dev.Spins(3, 3, 2, 1, v(10), v(6), false, v(2), v(5)) })
		panics(t, "Spins", func() { dev.Spins(3, 3, -2, 1, v(10), v(6), false, v(2), v(6)) })
		panics(t, "Spins", func() {
			dev.Spins(3, 3, 2, 1, v(10), v(6), false, v(2), dev.New(device.Float32+device.Float64-dt, 6))
		})
	}
}

func power(n, p int) int {
	x := 1
	for range p {
		x *= n
	}
	return x
}

// testSpinsLarge goes through an implementation's tiles: several of them, none
// full. What the loop would take too long for, identities say.
func testSpinsLarge(t *testing.T, dev device.Device) {
	for _, s := range []struct{ p, n, m int }{{2, 203, 170}, {3, 41, 90}, {3, 67, 3}, {4, 15, 40}} {
		p, n, m := s.p, s.n, s.m
		scale := math.Pow(float64(n), -float64(p-1)/2)
		for _, dt := range floats {
			what := name("Spins %+v %v", s, dt)
			place := device.Monomials(p, n)
			c, σ := dst(dev, dt, place), dst(dev, dt, m*n)
			dev.Normal(1, 0, 0, 1, c)
			dev.Normal(2, 0, 0, 1, σ)
			e, g := dst(dev, dt, m), dst(dev, dt, m*n)
			dev.Spins(p, n, m, scale, c, σ, false, e, g)
			couplings, sigma := device.Read[float64](c), device.Read[float64](σ)
			energy, gradient := device.Read[float64](e), device.Read[float64](g)

			// A gradient has about p place/n random terms; it is of size p, the energy √n
			// times that. So many roundings in a row of its running sum add up to their
			// root; 8 standard deviations.
			tol := 8 * float64(p) * math.Sqrt(float64(p*place)/float64(n)) * epsilon(dt)

			// The first and the last row by the definition, monomial by monomial.
			for _, r := range []int{0, m - 1} {
				wantE, wantG := monomialSpins(p, n, scale, couplings, sigma[r*n:(r+1)*n])
				same(t, what+": energy by monomials", e.Slice(r, r+1), []float64{wantE}, tol*math.Sqrt(float64(n)))
				same(t, what+": gradient by monomials", g.Slice(r*n, (r+1)*n), wantG, tol)
			}
			// Euler: σ·∇H = p H, row by row.
			for r := range m {
				if d := dot(sigma[r*n:(r+1)*n], gradient[r*n:(r+1)*n]) - float64(p)*energy[r]; !(math.Abs(d) <= 100*epsilon(dt)*float64(n)) {
					t.Fatalf("%s: σ·∇H - p H = %g in row %d, expected 0", what, d, r)
				}
			}
			// A row alone gives what it gives among others, to rounding.
			r := m / 2
			e1, g1 := dst(dev, dt, 1), dst(dev, dt, n)
			dev.Spins(p, n, 1, scale, c, σ.Slice(r*n, (r+1)*n), false, e1, g1)
			same(t, what+", one row: energy", e1, energy[r:r+1], tol*math.Sqrt(float64(n)))
			same(t, what+", one row: gradient", g1, gradient[r*n:(r+1)*n], tol)

			if dt != device.Float64 {
				continue
			}
			// The gradient against differences of the energy along a direction.
			v := random(dt, m*n, 5)
			slopes := slope(func(h float64) []float64 {
				moved, e := put(dev, dt, along(sigma, v, h)), dst(dev, dt, m)
				dev.Spins(p, n, m, scale, c, moved, false, e, dst(dev, dt, m*n))
				return device.Read[float64](e)
			})
			for r := range m {
				if d := dot(v[r*n:(r+1)*n], gradient[r*n:(r+1)*n]) - slopes[r]; !(math.Abs(d) <= 1e-7*float64(n)) {
					t.Fatalf("%s: the slope in row %d differs from the gradient's by %g", what, r, d)
				}
			}
		}
	}
}

// monomialSpins is the definition of Spins for one σ.
func monomialSpins(p, n int, scale float64, couplings, σ []float64) (energy float64, gradient []float64) {
	gradient = make([]float64, n)
	at, index := 0, make([]int, p)
	var each func(a, from int)
	each = func(a, from int) {
		if a < p {
			for i := from; i < n; i++ {
				index[a] = i
				each(a+1, i)
			}
			return
		}
		c := scale * couplings[at]
		at++
		for a, l := range index {
			rest := c
			for b, k := range index {
				if b != a {
					rest *= σ[k]
				}
			}
			gradient[l] += rest
		}
		for _, k := range index {
			c *= σ[k]
		}
		energy += c
	}
	each(0, 0)
	return energy, gradient
}

// walks are forces of all kinds with their tables.
var walks = map[string]struct {
	walk  device.Walk
	force []float64
}{
	"a double well": {device.Walk{Dim: 1, Delta: 0.01, Powers: 4, Noise: [2]float64{0.1}, Key: 3, Offset: 2},
		[]float64{0.05, -1, 0, 1}},
	"a long polynomial": {device.Walk{Dim: 1, Delta: 0.01, Powers: 11, Noise: [2]float64{0.1}, Key: 3, Offset: 2},
		[]float64{0.05, -1, 0, 1, 0, 0.5, 0.1, 0.2, 0, 0.05, -0.01}},
	"a cosine in a bowl": {device.Walk{Dim: 1, Delta: 0.02, Powers: 2, Waves: 2, Noise: [2]float64{0.2}, Key: 4, Offset: 1},
		[]float64{0, 1, -1.5, 6.25, 0.5, 0.25, 3, 0}},
	"an exponential valley": {device.Walk{Dim: 1, Delta: 0.05, Powers: 1, Exponentials: 1, Noise: [2]float64{0.3}, Key: 5},
		[]float64{-1, 1, 1}},
	"nothing but noise": {device.Walk{Dim: 1, Delta: 1, Noise: [2]float64{1}, Key: 6, Offset: 7, Stride: 1 << 40}, nil},
	"a double well in the plane": {device.Walk{Dim: 2, Delta: 0.01, Powers: 4, Noise: [2]float64{0.1, 0.2}, Key: 7},
		[]float64{0, -1, 0, 1, 0, 1, 0, 0}},
	"two times and a current": {device.Walk{Dim: 2, Delta: 0.01, Powers: 2, Waves: 1, Exponentials: 1, Noise: [2]float64{0.3, 0.01},
		Coupling: [2][2]float64{{2, -2}, {-0.25, 0.5}}, Key: 8, Offset: 5},
		[]float64{0, 1, 0.5, 2, 0.1, 0.1, -0.5, 0, 0.5, 0.2, 1, 0, 0, 0}},
}

// plainWalk is the definition of Walkers, each product rounded by itself.
func plainWalk(w device.Walk, force, x []float64) {
	if w.Stride == 0 {
		w.Stride = uint64(len(x) + len(x)%2)
	}
	for i := 0; i < len(x); i += w.Dim {
		for s := range w.Steps {
			var moved [2]float64
			for a := range w.Dim {
				c := force[a*w.Row():]
				v, f := x[i+a], 0.0
				for k := w.Powers - 1; k >= 0; k-- {
					f = float64(f*v) + c[k]
				}
				c = c[w.Powers:]
				for range w.Waves {
					f += float64(c[0] * math.Sin(float64(c[1]*v)+c[2]))
					c = c[3:]
				}
				for range w.Exponentials {
					f += float64(c[0] * math.Exp(float64(c[1]*v)))
					c = c[2:]
				}
				if w.Dim == 2 {
					f = f + float64(w.Coupling[a][0]*x[i]) + float64(w.Coupling[a][1]*x[i+1])
				}
				ξ := rng.Key(w.Key).Normal(w.Offset + uint64(s)*w.Stride + uint64(i+a))
				moved[a] = v - float64(w.Delta*f) + float64(w.Noise[a]*ξ)
			}
			copy(x[i:i+w.Dim], moved[:])
		}
	}
}

func testWalkers(t *testing.T, dev device.Device) {
	for what, c := range walks {
		for _, dt := range floats {
			for _, n := range []int{0, 1, 7, 300} {
				w := c.walk
				w.Steps = 101
				x := random(dt, n*w.Dim, 1)
				force := device.Read[float64](put(dev, dt, c.force)) // rounded to the type
				want := slices.Clone(x)
				plainWalk(w, force, want)
				f, v := put(dev, dt, c.force), put(dev, dt, x)
				dev.Walkers(w, f, v)
				// Each step rounds some ten times, numbers of size 3 at most; the forces pull
				// together, or apart at a rate of 1 for a time of 1 or 2. A float32 device may
				// also make normal numbers in float32: 1e-6 of each.
				tol := 300 * float64(w.Steps) * epsilon(dt)
				if dev.Name() == "cpu" && dt == device.Float64 {
					tol = 0
				}
				label := name("Walkers, %s, %v, n = %d", what, dt, n)
				same(t, label, v, want, tol)

				// In parts: steps, then walkers.
				parts := put(dev, dt, x)
				for s := 0; s < w.Steps; {
					some := w
					some.Steps = min(33, w.Steps-s)
					if some.Stride == 0 {
						some.Stride = uint64(n*w.Dim+1) / 2 * 2
					}
					some.Offset += uint64(s) * some.Stride
					cut := n / 3
					dev.Walkers(some, f, parts.Slice(0, cut*w.Dim))
					some.Offset += uint64(cut * w.Dim)
					dev.Walkers(some, f, parts.Slice(cut*w.Dim, n*w.Dim))
					s += some.Steps
				}
				same(t, label+", in parts", parts, device.Read[float64](v), 0)
			}
		}
	}
	testOrnsteinUhlenbeck(t, dev)
	for _, dt := range floats {
		w := device.Walk{Dim: 1, Steps: 1, Powers: 2}
		x, f := dev.New(dt, 6), dev.New(dt, 2)
		panics(t, "Walkers", func() { dev.Walkers(w, x, x) })
		panics(t, "Walkers", func() { dev.Walkers(w, dev.New(device.Float32+device.Float64-dt, 2), x) })
		panics(t, "Walkers", func() { dev.Walkers(w, f, dev.New(device.Int32, 6)) })
		for _, bad := range []device.Walk{{Dim: 0}, {Dim: 3}, {Dim: 1, Steps: -1, Powers: 2}, {Dim: 1, Stride: 7, Powers: 2}, {Dim: 1, Powers: -1, Waves: 1}} {
			panics(t, "Walkers", func() { dev.Walkers(bad, f, x) })
		}
		panics(t, "Walkers", func() {
			dev.Walkers(device.Walk{Dim: 2, Powers: 1}, f, dev.New(dt, 5))
		})
	}
}

// testOrnsteinUhlenbeck: the scheme for dx = -x dt + √(2T) dB keeps the variance
// T/(1-Delta/2) exactly.
func testOrnsteinUhlenbeck(t *testing.T, dev device.Device) {
	const n, delta, temperature = 20_000, 0.5, 0.3
	variance := temperature / (1 - delta/2)
	for _, dt := range floats {
		w := device.Walk{Dim: 1, Steps: 20, Delta: delta, Powers: 2, Noise: [2]float64{math.Sqrt(2 * temperature * delta)}, Key: 9}
		x := dst(dev, dt, n)
		dev.Normal(10, 0, 0, math.Sqrt(variance), x)
		dev.Walkers(w, put(dev, dt, []float64{0, 1}), x)
		// Of n independent normal numbers: mean and mean square within 4.5 standard
		// deviations, once in 10⁵ keys.
		if mean := dev.Sum(x) / n; !(math.Abs(mean) <= 4.5*math.Sqrt(variance/n)) {
			t.Errorf("Walkers %v, Ornstein-Uhlenbeck: mean %g, expected 0", dt, mean)
		}
		if square := dev.Dot(x, x) / n; !(math.Abs(square/variance-1) <= 4.5*math.Sqrt(2./n)) {
			t.Errorf("Walkers %v, Ornstein-Uhlenbeck: variance %g, expected %g", dt, square, variance)
		}
	}
}
