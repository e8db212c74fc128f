package device_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"glassy/lab/device"
)

// A spherical 3-spin glass: couplings with the variances of the tuples that each
// stands for, energies of order √N at a random point of the sphere |σ|² = N.
func ExamplePhysics_spins() {
	const p, n, m = 3, 20, 4000
	dev := device.CPU()
	couplings := make([]float64, 0, device.Monomials(p, n))
	for i := range n {
		for j := i; j < n; j++ {
			for k := j; k < n; k++ {
				orders := 6.
				switch {
				case i == j && j == k:
					orders = 1
				case i == j || j == k:
					orders = 3
				}
				couplings = append(couplings, math.Sqrt(orders))
			}
		}
	}
	// One point of each of m glasses: E H² = N.
	c, σ, e, g := dev.New(device.Float64, len(couplings)), dev.New(device.Float64, n), dev.New(device.Float64, 1), dev.New(device.Float64, n)
	dev.Fill(σ, 1) // (1, …, 1) is on the sphere
	square := 0.
	for key := range uint64(m) {
		dev.Normal(key, 0, 0, 1, c)
		dev.Multiply(c, device.Of(couplings), c)
		dev.Spins(p, n, 1, -1./n, c, σ, false, e, g)
		square += math.Pow(device.Read[float64](e)[0], 2) / m
	}
	fmt.Printf("E H²/N = %.1f\n", square/n)
	// Output: E H²/N = 1.0
}

// Descents of a quadratic form on the sphere |x| = 1 end at its least eigenvector:
// that of a path of 5 points, second differences with fixed ends.
func ExamplePhysics_sphereSteps() {
	const n, m = 5, 3
	dev := device.CPU()
	form := make([]float64, 0, device.Monomials(2, n)) // ½ Σ (x_i - x_i+1)², x_0 = x_6 = 0
	for i := range n {
		for j := i; j < n; j++ {
			switch j - i {
			case 0:
				form = append(form, 1)
			case 1:
				form = append(form, -1)
			default:
				form = append(form, 0)
			}
		}
	}
	x, energy, gradient := dev.New(device.Float64, m*n), dev.New(device.Float64, m), dev.New(device.Float64, m*n)
	norms, steps := dev.New(device.Float64, m), dev.New(device.Int32, m)
	dev.Normal(1, 0, 0, 1, x)
	for range 500 {
		dev.Spins(2, n, m, 1, device.Of(form), x, false, energy, gradient)
		dev.SphereSteps(n, m, 1, 0.1, 1e-9, x, gradient, norms, steps)
	}
	fmt.Printf("energies %.4f, expected %.4f\n", device.Read[float64](energy), 1-math.Cos(math.Pi/(n+1)))
	// Output: energies [0.1340 0.1340 0.1340], expected 0.1340
}

// Walkers in a double well x⁴/4 - x²/2 at a temperature far above its barrier of
// 1/4 forget where they began.
func ExamplePhysics_walkers() {
	const n, temperature, delta = 4000, 1, 0.01
	dev := device.CPU()
	x := dev.New(device.Float64, n)
	dev.Fill(x, 1)
	dev.Walkers(device.Walk{
		Dim: 1, Steps: 1000, Delta: delta, Powers: 4, Noise: [2]float64{math.Sqrt(2 * temperature * delta)}, Key: 1,
	}, device.Of([]float64{0, -1, 0, 1}), x)
	left := 0
	for _, v := range device.Read[float64](x) {
		if v < 0 {
			left++
		}
	}
	fmt.Printf("%.1f of them are on the left\n", float64(left)/n)
	// Output: 0.5 of them are on the left
}

// More tasks than threads, none full: the number of threads changes no bit.
func TestPhysicsSameBits(t *testing.T) {
	work := func(dev device.Device, dt device.DType) []float64 {
		const p, n, m = 4, 19, 300
		c, σ, e, g := dev.New(dt, device.Monomials(p, n)), dev.New(dt, m*n), dev.New(dt, m), dev.New(dt, m*n)
		dev.Normal(1, 0, 0, 1, c)
		dev.Normal(2, 0, 0, 1, σ)
		dev.Spins(p, n, m, 0.1, c, σ, false, e, g)
		e2, g2 := dev.New(dt, 2), dev.New(dt, 2*n)
		dev.Spins(p, n, 2, 0.1, c, σ.Slice(0, 2*n), false, e2, g2)
		x, slope := dev.New(dt, 2*601), dev.New(dt, 4)
		dev.Uniform(3, 0, -1, 1, slope)
		dev.Walkers(device.Walk{Dim: 2, Steps: 70, Delta: 0.1, Powers: 2, Noise: [2]float64{1, 0.5}, Key: 4}, slope, x)
		norms, steps := dev.New(dt, m), dev.New(device.Int32, m)
		dev.SphereSteps(n, m, 4, 0.1, 0, σ, g, norms, steps)
		const points = 333
		force, pull, z, loss := dev.New(dt, 2*points), dev.New(dt, 2*points), dev.New(dt, points), dev.New(dt, points)
		dev.Repulsion(points, x.Slice(0, 2*points), force, z)
		rows, columns := make([]int32, points+1), make([]int32, 9*points)
		for i := range points {
			rows[i+1] = int32(9 * (i + 1))
			for k := range 9 {
				columns[9*i+k] = int32((i + 37*k) % points)
			}
		}
		dev.Attraction(points, device.Put(dev, device.Int32, rows), device.Put(dev, device.Int32, columns), c.Slice(0, 9*points), x.Slice(0, 2*points), pull, loss)
		var all []float64
		for _, v := range []device.Vector{e, g, e2, g2, x, σ, norms, force, z, pull, loss} {
			all = append(all, device.Read[float64](v)...)
		}
		return all
	}
	for _, dt := range []device.DType{device.Float32, device.Float64} {
		for name, open := range map[string]func(threads int) device.Device{"library": device.NewCPU, "pure Go": device.NewPureCPU} {
			want := work(open(1), dt)
			for _, threads := range []int{2, 3, 7} {
				if !slices.Equal(work(open(threads), dt), want) {
					t.Errorf("%v, %s: other numbers on %d threads than on one", dt, name, threads)
				}
			}
		}
	}
}
