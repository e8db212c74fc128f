package devicetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"glassy/lab/device"
)

// testRepulsion has sizes around those of an implementation's groups of points.
func testRepulsion(t *testing.T, dev device.Device) {
	for _, n := range []int{0, 1, 2, 3, 31, 64, 65, 127, 128, 129, 255, 256, 257, 511, 513, 1024, 1025, 2050} {
		for _, dt := range floats {
			y := random(dt, 2*n, 1)
			for i := range y {
				y[i] *= 4
			}
			if n > 30 {
				copy(y[2:4], y[20:22])        // two at one place
				y[6], y[7] = 0x1p50, -0x1p50  // and one alone
				y[2*n-2], y[2*n-1] = 300, 200 // and one nearly so
			}
			force, z := make([]float64, 2*n), make([]float64, n)
			forceSize, zSize := make([]float64, 2*n+1), make([]float64, n+1)
			// A term rounds some ten times; groups of 256 terms.
			ε := (256 + 16) * epsilon(dt)
			for i := range n {
				for j := range n {
					if i == j {
						continue
					}
					du, dv := y[2*i]-y[2*j], y[2*i+1]-y[2*j+1]
					q := 1 / (1 + du*du + dv*dv)
					force[2*i] += q * q * du
					force[2*i+1] += q * q * dv
					z[i] += q
					forceSize[2*i] += q * q * math.Abs(du) * ε
					forceSize[2*i+1] += q * q * math.Abs(dv) * ε
					zSize[i] += q * ε
				}
			}
			for i := range forceSize {
				forceSize[i] += 1e-37 // a float32 may become 0 below
			}
			what := name("Repulsion of %d, %v", n, dt)
			v, f, s := put(dev, dt, y), dst(dev, dt, 2*n), dst(dev, dt, n)
			dev.Repulsion(n, v, f, s)
			same(t, what+": force", f, force, forceSize...)
			same(t, what+": z", s, z, zSize...)
			if n == 1025 {
				again, sum := dst(dev, dt, 2*n), dst(dev, dt, n)
				dev.Repulsion(n, v, again, sum)
				if !dev.Equal(f, again) || !dev.Equal(s, sum) {
					t.Errorf("%s: other bits the second time", what)
				}
			}
		}
	}
	for _, dt := range floats {
		// A point at no place pushes all others to none.
		y := random(dt, 2*300, 1)
		y[2*77] = math.NaN()
		f, z := dst(dev, dt, 600), dst(dev, dt, 300)
		dev.Repulsion(300, put(dev, dt, y), f, z)
		nan := make([]float64, 600)
		for i := range nan {
			nan[i] = math.NaN()
		}
		same(t, name("Repulsion of a NaN, %v: z", dt), z, nan[:300], 0)
		force := device.Read[float64](f)
		for i := 0; i < 600; i += 2 {
			if !math.IsNaN(force[i]) || !math.IsNaN(force[i+1]) {
				t.Errorf("Repulsion of a NaN, %v: force %d is %v, %v, expected NaN", dt, i/2, force[i], force[i+1])
				break
			}
		}
		v := func(n int) device.Vector { return dev.New(dt, n) }
		panics(t, "Repulsion", func() { dev.Repulsion(3, v(5), v(6), v(3)) })
		panics(t, "Repulsion", func() { dev.Repulsion(3, v(6), v(5), v(3)) })
		panics(t, "Repulsion", func() { dev.Repulsion(3, v(6), v(6), v(1)) })
		panics(t, "Repulsion", func() { dev.Repulsion(3, v(6), v(6), dev.New(device.Float32+device.Float64-dt, 3)) })
		panics(t, "Repulsion", func() { dev.Repulsion(-3, v(6), v(6), v(3)) })
	}
}

func testAttraction(t *testing.T, dev device.Device) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 9, 64, 257, 1000} {
		for _, dt := range floats {
			y := random(dt, 2*n, 1)
			rows, columns := []int32{0}, []int32{}
			for i := range n {
				for range []int{3, 0, 1, 32, 33, 100}[i%6] { // at times the point itself
					columns = append(columns, int32(r.IntN(n)))
				}
				rows = append(rows, int32(len(columns)))
			}
			p := random(dt, len(columns), 3)
			force, loss := make([]float64, 2*n), make([]float64, n)
			forceTol, lossTol := make([]float64, 2*n+1), make([]float64, n+1)
			for i := range n {
				for k := rows[i]; k < rows[i+1]; k++ {
					j := columns[k]
					du, dv := y[2*i]-y[2*j], y[2*i+1]-y[2*j+1]
					square := du*du + dv*dv
					force[2*i] += p[k] / (1 + square) * du
					force[2*i+1] += p[k] / (1 + square) * dv
					loss[i] += p[k] * math.Log1p(square)
					// Each of at most 100 terms is of size below 1, its logarithm below 3.
					tol := (100 + 16) * epsilon(dt) * math.Abs(p[k])
					forceTol[2*i] += tol
					forceTol[2*i+1] += tol
					lossTol[i] += 3 * tol
				}
			}
			what := name("Attraction of %d, %v", n, dt)
			ri, ci, vp, v := indices(dev, rows...), indices(dev, columns...), put(dev, dt, p), put(dev, dt, y)
			f, l := dst(dev, dt, 2*n), dst(dev, dt, n)
			dev.Attraction(n, ri, ci, vp, v, f, l)
			same(t, what+": force", f, force, forceTol...)
			same(t, what+": loss", l, loss, lossTol...)
			alone := dst(dev, dt, 2*n)
			dev.Attraction(n, ri, ci, vp, v, alone, device.Vector{})
			same(t, what+", without loss: force", alone, device.Read[float64](f), 0)
		}
	}
	testMapGradient(t, dev)
	for _, dt := range floats {
		v := func(n int) device.Vector { return dev.New(dt, n) }
		none := device.Vector{}
		rows, columns := indices(dev, 0, 1, 1, 2), indices(dev, 2, 0)
		run := func(rows, columns device.Vector, p, y, force, loss int) {
			f := v(force)
			dev.Attraction(3, rows, columns, v(p), v(y), f, v(loss))
			device.Read[float64](f)
		}
		run(rows, columns, 2, 6, 6, 3)
		panics(t, "Attraction", func() { run(indices(dev, 0, 1, 2), columns, 2, 6, 6, 3) })
		panics(t, "Attraction", func() { run(rows, indices(dev, 2), 2, 6, 6, 3) })
		panics(t, "Attraction", func() { run(rows, columns, 3, 6, 6, 3) })
		panics(t, "Attraction", func() { run(rows, columns, 2, 5, 6, 3) })
		panics(t, "Attraction", func() { run(rows, columns, 2, 6, 7, 3) })
		panics(t, "Attraction", func() { run(rows, columns, 2, 6, 6, 2) })
		panics(t, "Attraction", func() { run(v(4), columns, 2, 6, 6, 3) })
		panics(t, "Attraction", func() { dev.Attraction(-1, rows, columns, v(2), v(6), v(6), none) })
		// What only the work itself can see.
		for want, f := range map[string]func(){
			"columns[1] is 3, expected 0 … 2":                          func() { run(rows, indices(dev, 2, 3), 2, 6, 6, 3) },
			"columns[0] is -1, expected 0 … 2":                         func() { run(rows, indices(dev, -1, 0), 2, 6, 6, 3) },
			"rows[2] is 1, expected 0 … 2, none below the one before":  func() { run(indices(dev, 0, 2, 1, 2), columns, 2, 6, 6, 3) },
			"rows[3] is 3, expected 0 … 2, none below the one before":  func() { run(indices(dev, 0, 1, 1, 3), columns, 2, 6, 6, 3) },
			"rows[0] is -1, expected 0 … 2, none below the one before": func() { run(indices(dev, -1, 1, 1, 2), columns, 2, 6, 6, 3) },
		} {
			func() {
				defer func() {
					if p := recover(); fmt.Sprint(p) != "device: Attraction: "+want {
						t.Errorf("Attraction: panic %v, expected that %s", p, want)
					}
				}()
				f()
			}()
		}
		run(rows, columns, 2, 6, 6, 3) // as good as before
	}
}

// testMapGradient: the two forces make the gradient of the divergence of t-SNE,
// against its differences.
func testMapGradient(t *testing.T, dev device.Device) {
	const n, dt = 40, device.Float64
	r := rand.New(rand.NewPCG(3, 4))
	dense := make([]float64, n*n) // symmetric, of sum 1, some of it 0
	sum := 0.0
	for i := range n {
		for j := range i {
			if r.IntN(3) > 0 {
				dense[i*n+j] = r.Float64()
				dense[j*n+i] = dense[i*n+j]
				sum += 2 * dense[i*n+j]
			}
		}
	}
	rows, columns, p := []int32{0}, []int32{}, []float64{}
	entropy := 0.0
	for i := range n {
		for j := range n {
			if v := dense[i*n+j] / sum; v > 0 {
				columns, p = append(columns, int32(j)), append(p, v)
				entropy -= v * math.Log(v)
			}
		}
		rows = append(rows, int32(len(p)))
	}
	ri, ci, vp := indices(dev, rows...), indices(dev, columns...), put(dev, dt, p)
	push, pull, z, loss := dst(dev, dt, 2*n), dst(dev, dt, 2*n), dst(dev, dt, n), dst(dev, dt, n)
	divergence := func(y []float64) float64 {
		v := put(dev, dt, y)
		dev.Repulsion(n, v, push, z)
		dev.Attraction(n, ri, ci, vp, v, pull, loss)
		return -entropy + dev.Sum(loss) + math.Log(dev.Sum(z))
	}
	y, along1 := random(dt, 2*n, 5), random(dt, 2*n, 6)
	want := slope(func(h float64) []float64 { return []float64{divergence(along(y, along1, h))} })[0]
	divergence(y)
	dev.Axpby(-4/dev.Sum(z), push, 4, pull)
	if got := dot(device.Read[float64](pull), along1); !(math.Abs(got-want) <= differenceBound(dt)) {
		t.Errorf("t-SNE's gradient along a direction is %g, expected %g by differences", got, want)
	}
}
