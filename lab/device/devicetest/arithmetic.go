package devicetest

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// lengths are around the sizes at which implementations change their way.
var lengths = []int{0, 1, 2, 3, 4, 5, 31, 512, 513, 1000, 16384, 16385, 70_001}

// elementwise are the operations that do one thing to every number; want is
// their loop, and what it returns second is the sum of its terms' sizes.
var elementwise = []struct {
	name string
	run  func(dev device.Device, x, y, z device.Vector)
	want func(x, y, z float64) (float64, float64)
}{
	{"Fill", func(dev device.Device, x, y, z device.Vector) { dev.Fill(z, 0.75) },
		func(x, y, z float64) (float64, float64) { return 0.75, 0 }},
	{"Scale", func(dev device.Device, x, y, z device.Vector) { dev.Scale(1.5, z) },
		func(x, y, z float64) (float64, float64) { return 1.5 * z, math.Abs(1.5 * z) }},
	{"Scale by 0", func(dev device.Device, x, y, z device.Vector) { dev.Scale(0, z) },
		func(x, y, z float64) (float64, float64) { return 0 * z, 0 }},
	{"Axpy", func(dev device.Device, x, y, z device.Vector) { dev.Axpy(-2.5, x, z) },
		func(x, y, z float64) (float64, float64) { return z - 2.5*x, math.Abs(z) + math.Abs(2.5*x) }},
	{"Axpy by 0", func(dev device.Device, x, y, z device.Vector) { dev.Axpy(0, x, z) },
		func(x, y, z float64) (float64, float64) { return z + 0*x, math.Abs(z) }},
	{"Axpby", func(dev device.Device, x, y, z device.Vector) { dev.Axpby(3, x, -0.5, z) },
		func(x, y, z float64) (float64, float64) { return 3*x - 0.5*z, math.Abs(3*x) + math.Abs(0.5*z) }},
	{"Multiply", func(dev device.Device, x, y, z device.Vector) { dev.Multiply(x, y, z) },
		func(x, y, z float64) (float64, float64) { return x * y, math.Abs(x * y) }},
	{"MultiplyAdd", func(dev device.Device, x, y, z device.Vector) { dev.MultiplyAdd(x, y, z) },
		func(x, y, z float64) (float64, float64) { return z + x*y, math.Abs(z) + math.Abs(x*y) }},
	{"Axpy in place", func(dev device.Device, x, y, z device.Vector) { dev.Axpy(2, z, z) },
		func(x, y, z float64) (float64, float64) { return z + 2*z, math.Abs(3 * z) }},
	{"Axpby in place", func(dev device.Device, x, y, z device.Vector) { dev.Axpby(2, z, 3, z) },
		func(x, y, z float64) (float64, float64) { return 2*z + 3*z, math.Abs(5 * z) }},
	{"Multiply in place", func(dev device.Device, x, y, z device.Vector) { dev.Multiply(z, y, z) },
		func(x, y, z float64) (float64, float64) { return z * y, math.Abs(z * y) }},
	{"square in place", func(dev device.Device, x, y, z device.Vector) { dev.Multiply(z, z, z) },
		func(x, y, z float64) (float64, float64) { return z * z, z * z }},
	{"MultiplyAdd in place", func(dev device.Device, x, y, z device.Vector) { dev.MultiplyAdd(x, z, z) },
		func(x, y, z float64) (float64, float64) { return z + x*z, math.Abs(z) + math.Abs(x*z) }},
}

func testElementwise(t *testing.T, dev device.Device) {
	for _, dt := range floats {
		for _, n := range lengths {
			x, y, z := random(dt, n, 1), random(dt, n, 2), random(dt, n, 3)
			if n > 30 { // what is not finite goes through
				x[7], y[8], z[9] = math.NaN(), math.NaN(), math.NaN()
				x[10], y[11], z[12] = math.Inf(1), math.Inf(-1), math.Inf(1)
				x[n-1], z[n-1] = 0, math.Inf(-1)
			}
			for _, op := range elementwise {
				want, tol := make([]float64, n), make([]float64, n+1)
				for i := range want {
					var size float64
					want[i], size = op.want(x[i], y[i], z[i])
					if tol[i] = 2 * epsilon(dt) * size; math.IsInf(want[i], 0) {
						tol[i] = 0 // the same infinity
					}
				}
				vx, vy, vz := put(dev, dt, x), put(dev, dt, y), put(dev, dt, z)
				op.run(dev, vx, vy, vz)
				same(t, fmt.Sprintf("%v %s, n = %d", dt, op.name, n), vz, want, tol...)
				same(t, op.name+"'s x", vx, x, 0)
				same(t, op.name+"'s y", vy, y, 0)
			}
		}
	}
}

// The numbers around a view are left alone.
func testViews(t *testing.T, dev device.Device) {
	for _, dt := range floats {
		for _, op := range elementwise {
			whole := put(dev, dt, make([]float64, 40))
			dev.Fill(whole, 5)
			x := put(dev, dt, random(dt, 20, 1))
			op.run(dev, x, x, whole.Slice(11, 31))
			got := device.Read[float64](whole)
			for i, v := range slices.Concat(got[:11], got[31:]) {
				if v != 5 {
					t.Errorf("%v %s wrote outside of the view: number %d is %v", dt, op.name, i, v)
				}
			}
		}
	}
}

func testReductions(t *testing.T, dev device.Device) {
	for _, dt := range floats {
		for _, n := range lengths {
			x, y := random(dt, n, 1), random(dt, n, 2)
			sum, sumSize, dot, dotSize, largest := 0.0, 0.0, 0.0, 0.0, 0.0
			for i := range x {
				sum += x[i]
				sumSize += math.Abs(x[i])
				dot += x[i] * y[i]
				dotSize += math.Abs(x[i] * y[i])
				largest = max(largest, math.Abs(x[i]))
			}
			vx, vy := put(dev, dt, x), put(dev, dt, y)
			for _, c := range []struct {
				name      string
				got, want float64
				size      float64
			}{
				// Added up in float64, whatever the type: Higham 2002, (4.4), with n ε to spare.
				{"Sum", dev.Sum(vx), sum, 2 * float64(n) * sumSize},
				{"Dot", dev.Dot(vx, vy), dot, 2 * float64(n+1) * dotSize},
				{"MaxAbs", dev.MaxAbs(vx), largest, 0},
			} {
				if !(math.Abs(c.got-c.want) <= c.size*0x1p-53) {
					t.Errorf("%v %s of %d numbers is %v, expected %v", dt, c.name, n, c.got, c.want)
				}
			}
			if !dev.Equal(vx, put(dev, dt, x)) {
				t.Errorf("%v of %d numbers is not Equal to its copy", dt, n)
			}
			if n < 4 {
				continue
			}
			for _, at := range []int{0, n / 2, n - 1} {
				bad := slices.Clone(x)
				bad[at]++
				if dev.Equal(vx, put(dev, dt, bad)) {
					t.Errorf("%v of %d numbers is Equal to a copy with another number %d", dt, n, at)
				}
				bad[at] = math.NaN()
				bad[(at+1)%n] = math.Inf(1)
				v := put(dev, dt, bad)
				if s, d, m := dev.Sum(v), dev.Dot(v, v), dev.MaxAbs(v); s == s || d == d || m == m {
					t.Errorf("%v of %d numbers with a NaN at %d: Sum %v, Dot %v, MaxAbs %v, expected NaN", dt, n, at, s, d, m)
				}
				if dev.Equal(v, v) {
					t.Errorf("%v of %d numbers with a NaN at %d is Equal to itself", dt, n, at)
				}
				bad[at] = math.Inf(-1)
				bad[(at+1)%n] = 0
				v = put(dev, dt, bad)
				if s, d, m := dev.Sum(v), dev.Dot(v, v), dev.MaxAbs(v); s != math.Inf(-1) || d != math.Inf(1) || m != math.Inf(1) {
					t.Errorf("%v of %d numbers with -Inf at %d: Sum %v, Dot %v, MaxAbs %v", dt, n, at, s, d, m)
				}
			}
		}
	}
	for _, dt := range floats {
		for _, n := range lengths {
			x := put(dev, dt, random(dt, n, 1))
			y := x.Clone()
			if !dev.Equal(x, y) {
				t.Errorf("%v Equal of %d numbers and their copy: false", dt, n)
			}
			if n == 0 {
				continue
			}
			for _, v := range []float64{2, math.NaN()} { // NaN is equal to nothing
				dev.Fill(x.Slice(n-1, n), v)
				if dev.Copy(y, x); v == v {
					dev.Fill(y.Slice(n-1, n), -v)
				}
				if dev.Equal(x, y) {
					t.Errorf("%v Equal of %d numbers, the last ones %v and %v: true", dt, n, v, -v)
				}
			}
		}
	}
	if s := dev.Sum(device.Vector{}) + dev.Dot(device.Vector{}, device.Vector{}) + dev.MaxAbs(device.Vector{}); s != 0 {
		t.Errorf("sums of nothing: %v, expected 0", s)
	}
}

func testRows(t *testing.T, dev device.Device) {
	for _, dt := range floats {
		for _, s := range [][2]int{{0, 3}, {3, 0}, {1, 1}, {2, 5}, {7, 1}, {5, 513}, {300, 100}, {2, 40_000}} {
			rows, cols := s[0], s[1]
			a, b, w := random(dt, rows*cols, 1), random(dt, rows*cols, 2), random(dt, rows, 3)
			dots, tol, scaled, argmax := make([]float64, rows), make([]float64, rows+1), slices.Clone(a), make([]int32, rows)
			for r := range rows {
				for c := range cols {
					i := r*cols + c
					dots[r] += a[i] * b[i]
					tol[r] += math.Abs(a[i] * b[i])
					scaled[i] *= w[r]
					if a[i] > a[r*cols+int(argmax[r])] {
						argmax[r] = int32(c)
					}
				}
				tol[r] *= 2 * float64(cols+1) * epsilon(dt)
			}
			va, vb, vw, dst := put(dev, dt, a), put(dev, dt, b), put(dev, dt, w), put(dev, dt, w)
			dev.RowDots(rows, cols, va, vb, dst)
			same(t, fmt.Sprintf("%v RowDots of %d×%d", dt, rows, cols), dst, dots, tol...)
			if cols > 0 {
				index := dev.New(device.Int32, rows)
				dev.RowArgMax(rows, cols, va, index)
				if got := device.Read[int32](index); !slices.Equal(got, argmax) {
					t.Errorf("%v RowArgMax of %d×%d: %v, expected %v", dt, rows, cols, got, argmax)
				}
			}
			dev.RowScale(rows, cols, vw, va)
			same(t, fmt.Sprintf("%v RowScale of %d×%d", dt, rows, cols), va, scaled, 2*epsilon(dt))
		}
		index := dev.New(device.Int32, 3)
		dev.RowArgMax(3, 3, put(dev, dt, []float64{1, 2, 2, -3, -3, -3, math.Inf(-1), 5, math.Inf(1)}), index)
		if got := device.Read[int32](index); !slices.Equal(got, []int32{1, 0, 2}) {
			t.Errorf("%v RowArgMax of ties: %v, expected the first ones, 1 0 2", dt, got)
		}
	}
}

func testTables(t *testing.T, dev device.Device) {
	for _, dt := range floats {
		for _, s := range [][3]int{{1, 1, 1}, {5, 3, 0}, {5, 3, 12}, {200, 64, 1000}, {3, 20_000, 7}} {
			rows, cols, n := s[0], s[1], s[2]
			table, src, index := random(dt, rows*cols, 1), random(dt, n*cols, 2), make([]int32, n)
			for r := range index {
				index[r] = int32(rng.Key(9).Split(uint64(r)) % rng.Key(rows))
			}
			gathered, scattered, tol := make([]float64, n*cols), slices.Clone(table), make([]float64, rows*cols)
			for i := range tol {
				tol[i] = math.Abs(table[i])
			}
			for r, at := range index {
				for c := range cols {
					gathered[r*cols+c] = table[int(at)*cols+c]
					scattered[int(at)*cols+c] += src[r*cols+c]
					tol[int(at)*cols+c] += math.Abs(src[r*cols+c])
				}
			}
			for i := range tol {
				tol[i] *= float64(n) * epsilon(dt)
			}
			vi := dev.New(device.Int32, n)
			dev.Upload(vi, device.Of(index))
			vt, dst := put(dev, dt, table), put(dev, dt, make([]float64, n*cols))
			dev.Gather(cols, vt, vi, dst)
			same(t, fmt.Sprintf("%v Gather of %d×%d", dt, n, cols), dst, gathered, 0)
			dev.ScatterAdd(cols, vi, put(dev, dt, src), vt)
			same(t, fmt.Sprintf("%v ScatterAdd of %d×%d", dt, n, cols), vt, scattered, append(tol, 0)...)
		}
		for _, bad := range []int32{-1, 2} {
			index := dev.New(device.Int32, 1)
			dev.Upload(index, device.Of([]int32{bad}))
			// The device may find out only when the result is read.
			table, rows := dev.New(dt, 6), dev.New(dt, 3)
			panics(t, "Gather", func() { dev.Gather(3, table, index, rows); device.Read[float64](rows) })
			panics(t, "ScatterAdd", func() { dev.ScatterAdd(3, index, rows, table); device.Read[float64](table) })
		}
	}
}

// The streams are those of package rng; ε of its transcendental functions is
// allowed, for devices whose logarithm and cosine are others.
func testRandom(t *testing.T, dev device.Device) {
	const key = 0x9e3779b97f4a7c15
	for _, dt := range floats {
		for _, n := range lengths {
			for _, offset := range []uint64{0, 1, 1<<33 + 7} {
				uniform, normal, mask := make([]float64, n), make([]float64, n), make([]float64, n)
				tolU, tolN := make([]float64, n+1), make([]float64, n+1)
				for i := range n {
					at := offset + uint64(i)
					u, z := rng.Key(key).Uniform(at), rng.Key(key).Normal(at)
					uniform[i], normal[i] = -1+3*u, 0.5+2*z
					low, high := rng.Key(key).Block(at / 4)
					word := []uint64{low << 32, low, high << 32, high}[at%4] >> 32
					if float64(word)*0x1p-32 >= 0.3 {
						mask[i] = 1 / 0.7
					}
					tolU[i] = 4 * epsilon(dt)
					tolN[i] = epsilon(dt)*math.Abs(normal[i]) + 16*0x1p-53*(1+2*math.Abs(z))
				}
				x := put(dev, dt, make([]float64, n))
				dev.Uniform(key, offset, -1, 2, x)
				same(t, fmt.Sprintf("%v Uniform, n = %d, offset %d", dt, n, offset), x, uniform, tolU...)
				dev.Normal(key, offset, 0.5, 2, x)
				same(t, fmt.Sprintf("%v Normal, n = %d, offset %d", dt, n, offset), x, normal, tolN...)
				whole := device.Read[float64](x)
				half := n / 3
				dev.Normal(key, offset, 0.5, 2, x.Slice(0, half))
				dev.Normal(key, offset+uint64(half), 0.5, 2, x.Slice(half, n))
				same(t, "Normal in two parts", x, whole, 0)
				dev.DropoutMask(key, offset, 0.3, x)
				same(t, "DropoutMask", x, mask, epsilon(dt)*2)
				dev.DropoutMask(key, offset, 0.3, x.Slice(0, half))
				dev.DropoutMask(key, offset+uint64(half), 0.3, x.Slice(half, n))
				same(t, "DropoutMask in two parts", x, mask, epsilon(dt)*2)
			}
		}
	}
}

func testArithmeticPanics(t *testing.T, dev device.Device) {
	for _, dt := range floats {
		other := device.Float32 + device.Float64 - dt
		x, short, wrong := dev.New(dt, 6), dev.New(dt, 5), dev.New(other, 6)
		index := dev.New(device.Int32, 6)
		for _, bad := range []device.Vector{short, wrong, index} {
			panics(t, "Axpy", func() { dev.Axpy(1, bad, x) })
			panics(t, "Axpby", func() { dev.Axpby(1, bad, 1, x) })
			panics(t, "Multiply", func() { dev.Multiply(bad, x, x) })
			panics(t, "Multiply", func() { dev.Multiply(x, bad, x) })
			panics(t, "MultiplyAdd", func() { dev.MultiplyAdd(x, x, bad) })
			panics(t, "Dot", func() { dev.Dot(x, bad) })
			panics(t, "Equal", func() { dev.Equal(x, bad) })
			panics(t, "RowDots", func() { dev.RowDots(6, 1, x, bad, x) })
			panics(t, "RowScale", func() { dev.RowScale(6, 1, bad, x) })
			panics(t, "Gather", func() { dev.Gather(1, x, index, bad) })
			panics(t, "ScatterAdd", func() { dev.ScatterAdd(1, index, bad, x) })
		}
		panics(t, "Fill", func() { dev.Fill(index, 1) })
		panics(t, "Scale", func() { dev.Scale(1, index) })
		panics(t, "Sum", func() { dev.Sum(index) })
		panics(t, "MaxAbs", func() { dev.MaxAbs(index) })
		panics(t, "Equal", func() { dev.Equal(index, index) })
		panics(t, "Uniform", func() { dev.Uniform(1, 0, 0, 1, index) })
		panics(t, "Normal", func() { dev.Normal(1, 0, 0, 1, index) })
		panics(t, "DropoutMask", func() { dev.DropoutMask(1, 0, 0.5, index) })
		panics(t, "DropoutMask", func() { dev.DropoutMask(1, 0, 1, x) })
		panics(t, "RowDots", func() { dev.RowDots(2, 2, x, x, x.Slice(0, 2)) })
		panics(t, "RowDots", func() { dev.RowDots(-1, 2, x, x, x) })
		panics(t, "RowArgMax", func() { dev.RowArgMax(6, 0, dev.New(dt, 0), index) })
		panics(t, "RowArgMax", func() { dev.RowArgMax(6, 1, x, x) })
		panics(t, "Gather", func() { dev.Gather(4, x, index, dev.New(dt, 24)) })
		panics(t, "Gather", func() { dev.Gather(0, x, index, dev.New(dt, 0)) })
	}
}

// A device serves several goroutines at once, and gives each what it would get
// alone.
func testConcurrentUse(t *testing.T, dev device.Device) {
	work := func(seed uint64) []float64 {
		const n = 200
		x, y, z := dev.New(device.Float32, n*n), dev.New(device.Float32, n*n), dev.New(device.Float32, n*n)
		dev.Normal(seed, 0, 0, 1, x)
		for range 3 {
			dev.Gemm(false, true, n, n, n, 0.1, x, n, x, n, 0, y, n)
			dev.Axpby(0.5, y, 0.5, x)
			dev.Update(device.Step{Rate: 0.1, Momentum: 0.9, Noise: 0.01, Key: seed}, x, z, y, device.Vector{}, device.Vector{})
		}
		return append(device.Read[float64](x), dev.Dot(x, y))
	}
	const workers = 6
	var alone [workers][]float64
	for i := range alone {
		alone[i] = work(uint64(i))
	}
	var wg sync.WaitGroup
	for i := range alone {
		wg.Go(func() {
			if !slices.Equal(work(uint64(i)), alone[i]) {
				t.Errorf("goroutine %d of %d got other numbers than alone", i, workers)
			}
		})
	}
	wg.Wait()
}
