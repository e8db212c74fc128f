//go:build cuda

package cuda

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"glassy/lab/device"
)

// A case is a product of small integers, whose sums are exact in every type and
// order, TF32 too: the result is right or wrong.
type gemmCase struct {
	transA, transB bool
	m, n, k, count int
	gapA, gapB     int // how much further apart rows are than they are long
	gapC, offset   int // numbers before the first, so that 16 bytes are not aligned
	beta           float64
}

func (g gemmCase) String() string {
	type plain gemmCase // without this method, which would call itself
	return fmt.Sprintf("%+v", plain(g))
}

// tryGemm runs a product on the device by way of run, and compares with the CPU's.
func tryGemm(t *testing.T, d *Device, dt device.DType, what string, g gemmCase, run func(p product)) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(g.m*g.n), uint64(g.k)))
	matrix := func(rows, cols, gap int) (all []float64, ld, step int) {
		ld = max(1, cols+gap)
		step = rows*ld + gap
		all = make([]float64, max(0, g.offset+g.count*step))
		for i := range all { // between rows NaN, which may be neither read nor changed
			all[i] = math.NaN()
		}
		for i := range g.count {
			for y := range rows {
				for x := range cols {
					all[g.offset+i*step+y*ld+x] = float64(r.IntN(17) - 8)
				}
			}
		}
		return all, ld, step
	}
	swap := func(trans bool, rows, cols int) (int, int) {
		if trans {
			return cols, rows
		}
		return rows, cols
	}
	rowsA, colsA := swap(g.transA, g.m, g.k)
	rowsB, colsB := swap(g.transB, g.k, g.n)
	a, lda, stepA := matrix(rowsA, colsA, g.gapA)
	b, ldb, stepB := matrix(rowsB, colsB, g.gapB)
	c, ldc, stepC := matrix(g.m, g.n, g.gapC)
	if g.beta == 0 {
		for i := range c {
			c[i] = math.NaN() // is overwritten whatever it is
		}
	}
	want := slices.Clone(c)
	for i := range g.count {
		at := func(v []float64, step int) device.Vector { return device.Of(v[g.offset+i*step:]) }
		device.CPU().Gemm(g.transA, g.transB, g.m, g.n, g.k, -2, at(a, stepA), lda, at(b, stepB), ldb, g.beta, at(want, stepC), ldc)
	}
	va, vb, vc := device.Put(d, dt, a), device.Put(d, dt, b), device.Put(d, dt, c)
	from := func(v device.Vector) argument { return ptr(v.Slice(g.offset, v.Len())) }
	run(product{
		transA: g.transA, transB: g.transB, m: g.m, n: g.n, k: g.k, count: g.count,
		alpha: -2, a: matrices{from(va), lda, stepA}, b: matrices{from(vb), ldb, stepB}, beta: g.beta, c: matrices{from(vc), ldc, stepC},
	})
	for i, x := range device.Read[float64](vc) {
		if w := want[i]; x != w && !(math.IsNaN(x) && math.IsNaN(w)) {
			t.Fatalf("%v %s %v: number %d is %v, expected %v", dt, what, g, i, x, w)
		}
	}
}

// border is a number about one of the borders at multiples of edge.
func border(r *rand.Rand, edge int) int {
	return max(1, edge*r.IntN(3)+[]int{-1, 0, 1, 2, edge / 2}[r.IntN(5)])
}

func randomCase(r *rand.Rand, variant, m, n, k int) gemmCase {
	g := gemmCase{transA: variant&1 != 0, transB: variant&2 != 0, m: m, n: n, k: k, count: 1 + r.IntN(2), beta: float64(r.IntN(3))}
	switch r.IntN(3) { // rows at multiples of 16 bytes, views that are not, anything
	case 0:
		g.gapA, g.gapB, g.gapC = 3-(g.m+g.k)%4, 4, 4
	case 1:
		g.gapA, g.gapB, g.gapC, g.offset = 4, 4, 4, 1+r.IntN(3)
	default:
		g.gapA, g.gapB, g.gapC, g.offset = r.IntN(6), r.IntN(6), r.IntN(6), r.IntN(5)
	}
	if r.IntN(2) == 0 { // and matrices whose rows are all of such a length
		g.m, g.n, g.k = (g.m+3)/4*4, (g.n+3)/4*4, (g.k+3)/4*4
		g.gapA, g.gapB, g.gapC = 4, 0, 8
	}
	return g
}

// Every kernel is right on both sides of its borders, for every transposition,
// for views that begin anywhere, whole sums and sums in parts.
func TestTiles(t *testing.T) {
	d := open(t)
	for _, kind := range []struct {
		dt    device.DType
		tiles []tile
	}{
		{device.Float32, plainTiles}, {device.Float64, plainTiles},
		{device.Float64, doubleTiles}, {device.Float32, tf32Tiles}, {device.Float32, splitTiles},
	} {
		for _, s := range kind.tiles {
			if s.stages > 0 && d.gpu.Capability < tensorCores || s.shared(kind.dt, true, false) > d.gpu.SharedPerBlock {
				t.Logf("%s is not for this chip", s.name)
				continue
			}
			r := rand.New(rand.NewPCG(1, uint64(s.m*s.n)))
			for i := range 12 {
				g := randomCase(r, i%4, border(r, s.m), border(r, s.n), border(r, s.k)+r.IntN(2)*s.k*s.stages)
				parts := 1 + r.IntN(3)
				length := ceil(ceil(g.k, parts), s.k) * s.k
				tryGemm(t, d, kind.dt, s.name, g, func(p product) { d.tiled(kind.dt, p, plan{s, parts, length}) })
			}
		}
	}
}

// Products as the device plans them: long sums, thin matrices, vectors.
func TestProducts(t *testing.T) {
	d := open(t)
	shapes := [][3]int{
		{1, 1, 1}, {1, 1, 9000}, {1, 33, 70}, {33, 1, 70}, {1, 70, 5000}, {7, 1, 9000}, {129, 1, 64},
		{2, 2, 5001}, {20, 70, 1500}, {200, 20, 64}, {128, 10, 500}, {10, 128, 128}, {150, 140, 130}, {3, 4, 0}, {1, 4, 0},
	}
	for _, set := range []func(on bool){func(bool) {}, d.TF32, d.SplitTF32} {
		set(true)
		for i, s := range shapes {
			for variant := i % 2; variant < 4; variant += 2 {
				for _, dt := range []device.DType{device.Float32, device.Float64} {
					r := rand.New(rand.NewPCG(2, uint64(4*i+variant)))
					g := randomCase(r, variant, s[0], s[1], s[2])
					g.m, g.n, g.k = s[0], s[1], s[2]
					tryGemm(t, d, dt, "product", g, func(p product) { d.product(dt, p) })
				}
			}
		}
		set(false)
	}
}

// TF32 rounds to eleven bits and no more, and only where it was asked for.
func TestTF32(t *testing.T) {
	d := open(t)
	if d.gpu.Capability < tensorCores {
		t.Skipf("capability %d has no TF32", d.gpu.Capability)
	}
	const n = 160
	r := rand.New(rand.NewPCG(3, 3))
	random := func() []float32 {
		x := make([]float32, n*n)
		for i := range x {
			x[i] = 2*r.Float32() - 1
		}
		return x
	}
	a, b := random(), random()
	a[0], a[n] = math.Float32frombits(0x7fffffff), float32(math.Inf(1)) // rows 0 and 1 of C
	for k := range n {                                                  // of about the largest numbers there are, with sums that are small
		a[2*n+k], a[3*n+k] = math.MaxFloat32*0x1p-12, a[3*n+k]*0x1p-60
	}
	worst := func() (rounded, full float64) {
		c := device.Put(d, device.Float32, make([]float32, n*n))
		d.tiled(device.Float32, product{m: n, n: n, k: n, count: 1, alpha: 1,
			a: matrices{ptr(device.Put(d, device.Float32, a)), n, 0}, b: matrices{ptr(device.Put(d, device.Float32, b)), n, 0}, c: matrices{ptr(c), n, 0},
		}, plan{d.tiles(device.Float32, n)[0], 1, n})
		got := device.Read[float64](c)
		for j := range n {
			if !math.IsNaN(got[j]) || !math.IsInf(got[n+j], int(math.Copysign(1, float64(b[j])))) {
				t.Fatalf("NaN and infinity times %v are %v and %v", b[j], got[j], got[n+j])
			}
		}
		for i := 2; i < n; i++ {
			for j := range n {
				sum, size := 0.0, 0.0
				for k := range n {
					ab := float64(a[i*n+k]) * float64(b[k*n+j])
					sum += ab
					size += math.Abs(ab)
				}
				// Two roundings to 2⁻¹¹ a product; in the sum each of n additions loses 2⁻²³ at most.
				err := math.Abs(got[i*n+j] - sum)
				rounded = max(rounded, err/(size*(0x1p-10+0x1p-22+n*0x1p-23)))
				full = max(full, err/(size*2*n*0x1p-24))
			}
		}
		return rounded, full
	}
	if _, full := worst(); full > 1 {
		t.Errorf("float32: error %.2g of the bound 2kε Σ|ab|", full)
	}
	d.SplitTF32(true)
	if name := d.tiles(device.Float32, n)[0].name; !strings.HasPrefix(name, "gemm_split") {
		t.Errorf("with SplitTF32 products are made by %s", name)
	}
	kept := a[4*n+1]
	a[4*n+1] = math.MaxFloat32 // infinite when rounded to eleven bits
	if _, full := worst(); full > 1 {
		t.Errorf("float32 split: error %.2g of the bound 2kε Σ|ab|", full)
	}
	if name := d.tiles(device.Float32, splitFrom-1)[0].name; strings.HasPrefix(name, "gemm_split") {
		t.Errorf("sums too short for the bound are made by %s", name)
	}
	a[4*n+1] = kept
	d.TF32(true)
	if rounded, full := worst(); rounded > 1 || full < 2 {
		t.Errorf("TF32: error %.2g of the bound 2⁻¹⁰ Σ|ab|, %.2g of float32's", rounded, full)
	}
}

// Sums of many parts, of more numbers than the blocks that add them up have threads
// for at once.
func TestManySums(t *testing.T) {
	d := open(t)
	g := gemmCase{m: 401, n: 509, k: 16 * many, count: 1, beta: 1}
	for _, dt := range []device.DType{device.Float32, device.Float64} {
		tryGemm(t, d, dt, "many parts", g, func(p product) { d.tiled(dt, p, plan{plainTiles[1], many, 16}) })
	}
}
