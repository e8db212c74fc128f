//go:build cuda

package cuda

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// What the conformance test leaves out: where kernels take numbers 16 bytes at a
// time, share work between blocks or go round a grid. The CPU is the judge.

// draw is n numbers on [-1, 1).
func draw(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	x := make([]float64, n)
	for i := range x {
		x[i] = 2*r.Float64() - 1
	}
	return x
}

// view is x on dev, offset numbers after an address that is a multiple of 16.
func view(dev device.Device, t device.DType, offset int, x []float64) device.Vector {
	v := dev.New(t, offset+len(x)+5).Slice(offset, offset+len(x))
	dev.Upload(v, device.Of(x))
	return v
}

var both = []device.DType{device.Float32, device.Float64}

// within fails unless the numbers of got and want are within tol of each other.
func within(t *testing.T, what string, got, want device.Vector, tol float64) {
	t.Helper()
	g, w := device.Read[float64](got), device.Read[float64](want)
	for i := range w {
		if !(math.Abs(g[i]-w[i]) <= tol) {
			t.Fatalf("%s: number %d of %d is %v, expected %v within %.2g", what, i, len(w), g[i], w[i], tol)
		}
	}
}

func epsilon(t device.DType) float64 {
	if t == device.Float32 {
		return 0x1p-24
	}
	return 0x1p-53
}

// Vectors that begin at every place relative to 16 bytes, alike and not, of all
// short lengths, and long enough that threads go round.
func TestPacks(t *testing.T) {
	d, cpu := open(t), device.CPU()
	ops := map[string]func(dev device.Device, x, y, z device.Vector){
		"Fill":        func(dev device.Device, x, y, z device.Vector) { dev.Fill(z, 1.25) },
		"Copy":        func(dev device.Device, x, y, z device.Vector) { dev.Copy(z, x) },
		"Scale":       func(dev device.Device, x, y, z device.Vector) { dev.Scale(-3, z) },
		"Axpy":        func(dev device.Device, x, y, z device.Vector) { dev.Axpy(0.3, x, z) },
		"Axpby":       func(dev device.Device, x, y, z device.Vector) { dev.Axpby(0.3, x, 0.7, z) },
		"Multiply":    func(dev device.Device, x, y, z device.Vector) { dev.Multiply(x, y, z) },
		"MultiplyAdd": func(dev device.Device, x, y, z device.Vector) { dev.MultiplyAdd(x, y, z) },
		"Update": func(dev device.Device, x, y, z device.Vector) {
			dev.Update(device.Step{Rate: 0.1, Momentum: 0.9, Pull: 0.5}, z, x, y, y, device.Vector{})
		},
		"Update with noise": func(dev device.Device, x, y, z device.Vector) {
			dev.Update(device.Step{Rate: 0.1, Momentum: 0.9, Noise: 0.1, Key: 3, Offset: 6}, z, x, y, y, device.Vector{})
		},
		"Adam": func(dev device.Device, x, y, z device.Vector) {
			s := view(dev, z.DType(), 1, make([]float64, z.Len()))
			dev.Adam(device.AdamStep{Rate: 0.1, Beta1: 0.9, Beta2: 0.9, Epsilon: 1, K: 3}, z, x, s, y, x, y)
		},
	}
	const long = 4096*256*4 + 1031 // of float32: once round the largest grid and some
	for name, op := range ops {
		for _, dt := range both {
			try := func(n, a, b, c int) {
				what := fmt.Sprintf("%v %s, n = %d at %d, %d, %d", dt, name, n, a, b, c)
				x, y, z := draw(n, 1), draw(n, 2), draw(n+2, 3)
				for i := range z { // to one side, so that a number left alone is seen
					z[i] += 4
				}
				run := func(dev device.Device) (u, w device.Vector) {
					vx, vy, vz := view(dev, dt, a, x), view(dev, dt, b, y), view(dev, dt, c, z)
					op(dev, vx, vy, vz.Slice(1, n+1))
					return vx, vz
				}
				u, w := run(d)
				u2, w2 := run(cpu)
				within(t, what, w, w2, 64*epsilon(dt)) // some ten roundings of numbers below 6
				within(t, what+", x", u, u2, 64*epsilon(dt))
			}
			for n := range 10 {
				try(n, 0, 0, 3)
				try(n, n%4, n%4, (n+3)%4)
				try(n, n%3, 1, n%4)
			}
			try(1000, 0, 0, 3)
			try(1000, 1, 1, 0)
			try(1000, 2, 3, 1)
			if dt == device.Float32 && (name == "Axpy" || name == "Update with noise") {
				try(long, 1, 1, 0)
			}
		}
	}
	// Copies of whole numbers keep their bits, doubles too where they begin between two packs.
	x := []int32{math.MinInt32, -1, 0, 1, math.MaxInt32, 0x7fc00001, 7}
	for a := range 4 {
		src, dst := d.New(device.Int32, 12).Slice(a, a+7), d.New(device.Int32, 12).Slice(2, 9)
		d.Upload(src, device.Of(x))
		d.Copy(dst, src)
		if got := device.Read[int32](dst); !slices.Equal(got, x) {
			t.Errorf("Copy of int32: %v, expected %v", got, x)
		}
	}
}

// Sums and maxima do not depend on where vectors begin, to the last bit, whatever
// the number of blocks that share the work.
func TestReduceAnywhere(t *testing.T) {
	d, cpu := open(t), device.CPU()
	for _, dt := range both {
		for _, n := range []int{1, 7, 1023, 4095, 4096, 4097, 8192, 8193, 100_000, 4096*1024 + 77} {
			if n > 1<<20 && dt == device.Float64 {
				n /= 2
			}
			x, y := draw(n, 1), draw(n, 2)
			var first [3]float64
			for a := range 4 {
				if n > 1<<20 && a == 2 {
					break
				}
				vx, vy := view(d, dt, a, x), view(d, dt, (3*a)%4, y)
				got := [3]float64{d.Sum(vx), d.Dot(vx, vy), d.MaxAbs(vx)}
				if a == 0 {
					first = got
					vx, vy := view(cpu, dt, 0, x), view(cpu, dt, 0, y)
					want := [3]float64{cpu.Sum(vx), cpu.Dot(vx, vy), cpu.MaxAbs(vx)}
					for i, tol := range []float64{float64(n) * 0x1p-53 * float64(n), float64(n) * 0x1p-53 * float64(n), 0} {
						if !(math.Abs(got[i]-want[i]) <= tol) {
							t.Errorf("%v, n = %d: number %d is %v, expected %v", dt, n, i, got[i], want[i])
						}
					}
				} else if got != first {
					t.Errorf("%v, n = %d, at %d: %v, but at 0 %v", dt, n, a, got, first)
				}
			}
			// The last number counts.
			if v := view(d, dt, 1, x); n > 1 && !d.Equal(v, view(d, dt, 2, x)) {
				t.Errorf("%v of %d numbers is not Equal to its copy", dt, n)
			} else {
				d.Fill(v.Slice(n-1, n), 3)
				if d.Equal(v, view(d, dt, 2, x)) || d.MaxAbs(v) != 3 {
					t.Errorf("%v of %d numbers: the last one is not seen", dt, n)
				}
			}
		}
	}
}

// Rows around the sizes at which lanes, warps, blocks and several blocks take them.
func TestRowBorders(t *testing.T) {
	d, cpu := open(t), device.CPU()
	for _, s := range [][2]int{{70_000, 1}, {999, 2}, {1000, 3}, {33, 4}, {65, 31}, {65, 32}, {65, 33}, {9, 1023}, {9, 1024}, {9, 1025}, {3, 4096}, {3, 4097}, {2, 9001}, {1, 200_001}, {1030, 1040}, {300, 5000}} {
		rows, cols := s[0], s[1]
		for _, dt := range both {
			what := fmt.Sprintf("%v, %d×%d", dt, rows, cols)
			a, b, w := draw(rows*cols, 1), draw(rows*cols, 2), draw(rows, 3)
			for i := range a { // many are equal, so that the first counts
				a[i] = math.Round(8*a[i]) / 8
			}
			a[rows*cols/2], a[rows*cols*2/3] = math.NaN(), math.NaN()
			run := func(dev device.Device) (dots, scaled device.Vector, most []int32) {
				va, vb, vw := view(dev, dt, 3, a), view(dev, dt, 1, b), view(dev, dt, 1, w)
				index, dots := dev.New(device.Int32, rows), dev.New(dt, rows)
				dev.RowArgMax(rows, cols, va, index)
				dev.RowScale(rows, cols, vw, vb)
				dev.Fill(va.Slice(rows*cols/2, rows*cols/2+1), 1)
				dev.Fill(va.Slice(rows*cols*2/3, rows*cols*2/3+1), 2)
				dev.RowDots(rows, cols, va, vb, dots)
				return dots, vb, device.Read[int32](index)
			}
			dots, scaled, most := run(d)
			dots2, scaled2, most2 := run(cpu)
			if !slices.Equal(most, most2) {
				t.Errorf("%s: RowArgMax differs from the CPU's", what)
			}
			within(t, what+" RowScale", scaled, scaled2, 0)
			within(t, what+" RowDots", dots, dots2, 4*math.Sqrt(float64(cols))*2*epsilon(dt)+float64(cols)*2*0x1p-53*float64(cols))
		}
	}
}

// Rows of a table: every width around a block's, indices that come often, rarely
// and around the length that a block looks through at a time. Sums have the CPU's
// bits, since both add in the order of r.
func TestScatterOrder(t *testing.T) {
	d, cpu := open(t), device.CPU()
	for _, s := range [][3]int{{1, 1, 1}, {1, 3, 5000}, {65, 8, 2049}, {3, 127, 1023}, {3, 128, 1024}, {7, 129, 1025}, {5000, 12, 1300}, {40, 260, 130}} {
		rows, cols, n := s[0], s[1], s[2]
		table, src, index := draw(rows*cols, 1), draw(n*cols, 2), make([]int32, n)
		r := rand.New(rand.NewPCG(7, 7))
		for i := range index {
			index[i] = int32(min(r.IntN(rows), r.IntN(rows))) // small ones more often
		}
		for _, dt := range both {
			for a := range 2 {
				run := func(dev device.Device) (gathered, scattered device.Vector) {
					vi := dev.New(device.Int32, n+1).Slice(1, n+1)
					dev.Upload(vi, device.Of(index))
					vt, vs, dst := view(dev, dt, 4*a, table), view(dev, dt, a, src), view(dev, dt, 4*a, make([]float64, n*cols))
					dev.Gather(cols, vt, vi, dst)
					dev.ScatterAdd(cols, vi, vs, vt)
					return dst, vt
				}
				what := fmt.Sprintf("%v, %d rows of a table of %d×%d", dt, n, rows, cols)
				gathered, scattered := run(d)
				gathered2, scattered2 := run(cpu)
				within(t, what+" Gather", gathered, gathered2, 0)
				within(t, what+" ScatterAdd", scattered, scattered2, 0)
			}
		}
	}
}

// Bits and uniform numbers are the CPU's; normal numbers are to the bound that
// kernels/philox.h states. Every start within a block of the generator, every
// short length.
func TestSameStream(t *testing.T) {
	d, cpu := open(t), device.CPU()
	// The known answer published with Random123 (Salmon et al. 2011) for key and counter 0.
	words := []uint64{0xe169c58d_6627e8d5, 0x9b00dbd8_bc57ac4c}
	known := d.New(device.Float64, 2)
	d.Uniform(0, 0, 0, 1, known)
	for i, u := range device.Read[float64](known) {
		if want := float64(words[i]>>11) * 0x1p-53; u != want {
			t.Errorf("uniform number %d of key 0 is %v, published bits make %v", i, u, want)
		}
	}
	const key = 0xfedcba9876543210
	for offset := uint64(1<<34 - 2); offset < 1<<34+3; offset++ {
		for _, n := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 1001} {
			for a := range 3 {
				for _, dt := range both {
					x, y := view(d, dt, a, make([]float64, n)), cpu.New(dt, n)
					what := fmt.Sprintf("%v, %d numbers from %d at %d", dt, n, offset, a)
					d.DropoutMask(key, offset, 0.25, x)
					cpu.DropoutMask(key, offset, 0.25, y)
					within(t, what+", mask", x, y, 0)
					d.Uniform(key, offset, 0, 1, x)
					cpu.Uniform(key, offset, 0, 1, y)
					within(t, what+", uniform", x, y, 0)
					d.Normal(key, offset, 0, 1, x)
					for i, z := range device.Read[float64](x) {
						want := rng.Key(key).Normal(offset + uint64(i))
						bound := 8 * 0x1p-53 * (1 + math.Abs(want))
						if dt == device.Float32 {
							bound += epsilon(dt) * math.Abs(want)
						}
						if !(math.Abs(z-want) <= bound) {
							t.Fatalf("%s: normal number %d is %v, expected %v within %.2g", what, i, z, want, bound)
						}
					}
				}
			}
		}
	}
}

// In whatever order blocks and threads run, the bits are the same.
func TestOrderOfBlocks(t *testing.T) {
	var first string
	for seed := range 4 {
		faults := fmt.Sprintf("GLASSY_MOCK=seed=%d", seed)
		if seed == 3 {
			faults += ",twice" // each launch against itself in another order
		}
		out, parent := planted(t, faults)
		if !parent {
			break
		}
		bits := regexp.MustCompile(`bits [0-9a-f]+`).FindString(out)
		if bits == "" {
			t.Fatalf("no bits came back:\n%s", out)
		}
		if seed == 0 {
			first = bits
		} else if bits != first {
			t.Errorf("with seed %d %s, with seed 0 %s", seed, bits, first)
		}
		if seed == 3 {
			return
		}
	}
	d, h := open(t), fnv.New64a()
	for _, dt := range both {
		const n = 60_000
		x, y := view(d, dt, 1, draw(n, 1)), view(d, dt, 0, draw(n, 2))
		fmt.Fprintf(h, "%x %x %x %v\n", d.Sum(x), d.Dot(x, y), d.MaxAbs(x), d.Equal(x, y))
		dots, index, table := d.New(dt, 5), d.New(device.Int32, 60), d.New(dt, 3000)
		d.RowDots(5, n/5, x, y, dots)
		fmt.Fprintf(h, "%x\n", device.Read[float64](dots))
		d.RowDots(100, n/100, x, y, table.Slice(0, 100))
		d.RowArgMax(60, n/60, x, index)
		d.ScatterAdd(1000, d.New(device.Int32, 60), y, table)
		fmt.Fprintf(h, "%x %v\n", device.Read[float64](table), device.Read[int32](index))
		d.Update(device.Step{Rate: 0.1, Momentum: 0.9, Noise: 0.1, Key: 2, Offset: 1}, x, y, y, x, x)
		fmt.Fprintf(h, "%x\n", device.Read[float64](x))
	}
	t.Logf("bits %016x", h.Sum64())
}
