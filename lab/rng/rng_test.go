package rng

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat"
)

// Every test of a law has a fixed key, so that it always passes or always fails.
// Its threshold is one that a true law would exceed once in ten thousand keys.
const rare = 1e-4

// The known answers published with Random123 (Salmon et al. 2011), kat_vectors,
// philox4x32-10.
func TestKnownAnswers(t *testing.T) {
	for _, c := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{[4]uint32{}, [2]uint32{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{^uint32(0), ^uint32(0), ^uint32(0), ^uint32(0)}, [2]uint32{^uint32(0), ^uint32(0)}, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0}, [4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		var got [4]uint32
		got[0], got[1], got[2], got[3] = philox(c.counter[0], c.counter[1], c.counter[2], c.counter[3], c.key[0], c.key[1])
		if got != c.want {
			t.Errorf("philox(%08x, %08x) is %08x, published %08x", c.counter, c.key, got, c.want)
		}
	}
}

// The layout of the package documentation, from the words up.
func TestLayout(t *testing.T) {
	const key, block = Key(0x299f31d0_a4093822), uint64(0x05a308d3_243f6a88)
	w0, w1, w2, w3 := philox(0x243f6a88, 0x05a308d3, 0, 0, 0xa4093822, 0x299f31d0)
	u := float64((uint64(w1)<<32|uint64(w0))>>11) / (1 << 53)
	v := float64((uint64(w3)<<32|uint64(w2))>>11) / (1 << 53)
	i := 2 * block
	if a, b := key.Uniform(i), key.Uniform(i+1); a != u || b != v {
		t.Errorf("uniforms %g, %g, expected %g, %g", a, b, u, v)
	}
	r := math.Sqrt(-2 * math.Log(1-u))
	for j, want := range []float64{r * math.Cos(2*math.Pi*v), r * math.Sin(2*math.Pi*v)} {
		if got := key.Normal(i + uint64(j)); math.Abs(got-want) > 2e-15*r {
			t.Errorf("normal number %d is %g, expected %g", j, got, want)
		}
	}
}

// However a stream is read, its numbers are the same bits.
func TestSameNumbers(t *testing.T) {
	const key, n = Key(7), 41
	var uniforms, normals [n]float64
	for i := range n {
		uniforms[i], normals[i] = key.Uniform(uint64(i)), key.Normal(uint64(i))
	}
	for from := range n {
		for to := from; to <= n; to++ {
			x := make([]float64, to-from)
			if key.Uniforms(uint64(from), x); !slices.Equal(x, uniforms[from:to]) {
				t.Fatalf("Uniforms from %d to %d differs from Uniform", from, to)
			}
			if key.Normals(uint64(from), x); !slices.Equal(x, normals[from:to]) {
				t.Fatalf("Normals from %d to %d differs from Normal", from, to)
			}
		}
	}
	s, x := key.Stream(), make([]float64, n)
	s.Uniforms(x[:13])
	for i := 13; i < n; i++ {
		x[i] = s.Float64()
	}
	if !slices.Equal(x, uniforms[:]) {
		t.Error("a Stream's uniform numbers differ from the Key's")
	}
	// Normal numbers start with a whole block, and Normal takes one of two.
	s = key.Stream()
	s.Float64()
	a := s.Normal()
	s.Normals(x[:3])
	if b := s.Normal(); a != normals[2] || !slices.Equal(x[:3], normals[4:7]) || b != normals[8] {
		t.Errorf("a Stream's normal numbers are %g, %g, %g, expected numbers 2, 4-6 and 8 of the Key", a, x[:3], b)
	}
}

// A split stream is that of another key, and reading does not move it.
func TestSplit(t *testing.T) {
	s := Key(1).Stream()
	before := s.Split(5).Uint64()
	s.Uint64()
	if s.Split(5).Uint64() != before || s.Split(5).Key() != Key(1).Split(5) {
		t.Error("Split depends on how far the stream was read")
	}
	seen := map[Key]string{}
	for k := range Key(100) {
		for label := range uint64(100) {
			c := k.Split(label)
			if other, dup := seen[c]; dup {
				t.Fatalf("key %d split by %d is %x, as %s", k, label, c, other)
			}
			seen[c] = "an earlier one"
		}
	}
}

// chiSquare tests counts against equal probabilities.
func chiSquare(t *testing.T, what string, counts []int) {
	t.Helper()
	n := 0
	for _, c := range counts {
		n += c
	}
	want, sum := float64(n)/float64(len(counts)), 0.0
	for _, c := range counts {
		sum += (float64(c) - want) * (float64(c) - want) / want
	}
	if p := mathext.GammaIncRegComp(float64(len(counts)-1)/2, sum/2); p < rare || p > 1-rare {
		t.Errorf("%s: χ² = %.1f of %d cells, probability %.2g", what, sum, len(counts), p)
	}
}

// kolmogorov tests x against a continuous law: √n sup |F_n-F| exceeds 2.23 with
// probability 2 exp(-2·2.23²) = 1e-4.
func kolmogorov(t *testing.T, what string, x []float64, cdf func(float64) float64) {
	t.Helper()
	x = slices.Sorted(slices.Values(x))
	n, d := float64(len(x)), 0.0
	for i, v := range x {
		f := cdf(v)
		d = max(d, f-float64(i)/n, float64(i+1)/n-f)
	}
	if d*math.Sqrt(n) > 2.23 {
		t.Errorf("%s: √n·D = %.3f (Kolmogorov), expected below 2.23", what, d*math.Sqrt(n))
	}
}

func TestUniform(t *testing.T) {
	const n = 1 << 18
	x := make([]float64, n)
	Key(11).Uniforms(0, x)
	kolmogorov(t, "uniform", x, func(x float64) float64 { return x })
	var high, low, pairs, lag [256]int
	last := 0.0
	for i, u := range x {
		if u < 0 || u >= 1 {
			t.Fatalf("number %d is %g, expected [0, 1)", i, u)
		}
		high[int(u*256)]++
		low[int(u*(1<<53))%256]++ // all 53 bits are random
		if i%2 == 1 {
			pairs[int(last*16)*16+int(u*16)]++
		} else if i > 0 {
			lag[int(last*16)*16+int(u*16)]++ // the end of one block and the start of the next
		}
		last = u
	}
	chiSquare(t, "first 8 bits", high[:])
	chiSquare(t, "last 8 bits", low[:])
	chiSquare(t, "pairs of a block", pairs[:])
	chiSquare(t, "pairs across blocks", lag[:])
	mean, variance := stat.MeanVariance(x, nil)
	if d := math.Abs(mean-0.5) / math.Sqrt(1./12/n); d > 3.9 {
		t.Errorf("mean %g, off by %.1f standard errors", mean, d)
	}
	if d := math.Abs(variance-1./12) / math.Sqrt(1./180/n); d > 3.9 {
		t.Errorf("variance %g, off by %.1f standard errors", variance, d)
	}
}

func TestNormal(t *testing.T) {
	const n = 1 << 20
	x := make([]float64, n)
	Key(12).Normals(0, x)
	cdf := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	kolmogorov(t, "normal", x[:1<<18], cdf)
	var sum [5]float64
	var tail [6]int // |x| > k
	cross, product := 0.0, 0.0
	for i, v := range x {
		for k := 1; k <= 4; k++ {
			sum[k] += math.Pow(v, float64(k)) / n
		}
		for k := 1; k <= 5 && math.Abs(v) > float64(k); k++ {
			tail[k]++
		}
		if i%2 == 1 {
			product += x[i-1] * v
			cross += (x[i-1]*x[i-1] - 1) * (v*v - 1)
		}
	}
	// The moments 0, 1, 0, 3 with the variances 1, 2, 15, 96 of x, x², x³, x⁴.
	for k, m := range []struct{ mean, variance float64 }{{}, {0, 1}, {1, 2}, {0, 15}, {3, 96}} {
		if d := math.Abs(sum[k]-m.mean) / math.Sqrt(m.variance/n); k > 0 && d > 3.9 {
			t.Errorf("moment %d is %g, off by %.1f standard errors", k, sum[k], d)
		}
	}
	for k := 1; k <= 5; k++ {
		want := n * 2 * cdf(-float64(k))
		if d := math.Abs(float64(tail[k]) - want); d > 3.9*math.Sqrt(want)+1 {
			t.Errorf("%d numbers beyond %d, expected %.1f", tail[k], k, want)
		}
	}
	// The two of a pair are independent: so are their squares, which share r.
	if d := math.Abs(product) / math.Sqrt(n/2); d > 3.9 {
		t.Errorf("the numbers of a pair are correlated: %.1f standard errors", d)
	}
	if d := math.Abs(cross) / math.Sqrt(4*n/2); d > 3.9 {
		t.Errorf("the squares of a pair are correlated: %.1f standard errors", d)
	}
}

// The ends of the uniform numbers make finite normal ones, at most √(106 ln 2).
func TestNormalEnds(t *testing.T) {
	const most = 1<<53 - 1
	for _, c := range []struct {
		u, v        uint64
		wantA, want float64
	}{
		{0, 0, 0, 0}, {0, most, 0, 0},
		{most, 0, math.Sqrt(106 * math.Ln2), 0},
		{most, 1 << 51, 0, math.Sqrt(106 * math.Ln2)},
		{most, 1 << 52, -math.Sqrt(106 * math.Ln2), 0},
		{most, 3 << 51, 0, -math.Sqrt(106 * math.Ln2)},
	} {
		if a, b := boxMuller(c.u, c.v); math.Abs(a-c.wantA) > 2e-15 || math.Abs(b-c.want) > 2e-15 {
			t.Errorf("boxMuller(%#x, %#x) is %g, %g, expected %g, %g", c.u, c.v, a, b, c.wantA, c.want)
		}
	}
}

// The elementary functions against math's, which are right to 1 ulp.
func TestElementary(t *testing.T) {
	s := Key(13).Stream()
	const ulp = 0x1p-52
	for i := range 200_000 {
		n := s.Uint64() >> 11
		if i%2 == 0 {
			n >>= s.IntN(53) // all magnitudes
		}
		switch i { // and the ends
		case 0:
			n = 0
		case 2:
			n = 1<<53 - 1
		case 4:
			n = 1 << 50
		}
		want := math.Log(float64(n+1) * 0x1p-53)
		if got := logUniform(n + 1); math.Abs(got-want) > 2*ulp*math.Abs(want) {
			t.Fatalf("log(%d·2⁻⁵³) is %.17g, expected %.17g", n+1, got, want)
		}
		// 2πv itself is rounded before math.Sincos sees it: π ulp.
		sin, cos := sincosUniform(n)
		wantSin, wantCos := math.Sincos(2 * math.Pi * float64(n) * 0x1p-53)
		if math.Abs(sin-wantSin) > 5*ulp || math.Abs(cos-wantCos) > 5*ulp {
			t.Fatalf("sine and cosine of %d·2⁻⁵³ turns are %.17g, %.17g, expected %.17g, %.17g", n, sin, cos, wantSin, wantCos)
		}
		if e := math.Abs(sin*sin + cos*cos - 1); e > 2*ulp {
			t.Fatalf("sin²+cos² of %d·2⁻⁵³ turns is off by %g", n, e)
		}
	}
}

// Streams of neighbouring keys, and of neighbouring labels of one key, are as
// independent as one stream's numbers are.
func TestIndependentStreams(t *testing.T) {
	for name, key := range map[string]func(i int) Key{
		"keys":   func(i int) Key { return Key(i) },
		"labels": func(i int) Key { return Key(99).Split(uint64(i)) },
		"chain": func() func(i int) Key {
			k := Key(0)
			return func(int) Key { k = k.Split(0); return k }
		}(),
	} {
		var first, next [256]int
		last := 0.0
		for i := range 1 << 16 {
			u := key(i).Uniform(0)
			first[int(u*256)]++
			next[int(last*16)*16+int(u*16)]++
			last = u
		}
		chiSquare(t, name+": the first numbers", first[:])
		chiSquare(t, name+": of neighbours", next[:])
	}
	// A parent and its child, number by number.
	parent, child := Key(5), Key(5).Split(0)
	var cells [256]int
	for i := range uint64(1 << 16) {
		cells[int(parent.Uniform(i)*16)*16+int(child.Uniform(i)*16)]++
	}
	chiSquare(t, "parent and child", cells[:])
}

func TestIntN(t *testing.T) {
	s := Key(14).Stream()
	for _, n := range []int{1, 2, 3, 6, 7, 100} {
		counts := make([]int, n)
		for range 1 << 16 {
			counts[s.IntN(n)]++
		}
		if n > 1 {
			chiSquare(t, "IntN", counts)
		}
	}
	// Where a multiplication or a remainder alone is biased the most: of
	// n = 3·2⁶¹ values some come twice as often as others.
	var thirds [3]int
	for range 1 << 16 {
		k := s.IntN(3 << 61)
		if k < 0 || k >= 3<<61 {
			t.Fatalf("IntN(3·2⁶¹) is %d", k)
		}
		thirds[k%3]++
	}
	chiSquare(t, "IntN of 3·2⁶¹, modulo 3", thirds[:])
}

func TestPerm(t *testing.T) {
	s := Key(15).Stream()
	counts := map[[4]int]int{}
	for range 24 * 2000 {
		p := s.Perm(4)
		counts[[4]int(p)]++
		if slices.Sort(p); !slices.Equal(p, []int{0, 1, 2, 3}) {
			t.Fatalf("%v is no permutation", p)
		}
	}
	var cells []int
	for _, c := range counts {
		cells = append(cells, c)
	}
	if len(cells) != 24 {
		t.Fatalf("%d permutations of 4, expected 24", len(cells))
	}
	chiSquare(t, "permutations of 4", cells)
	if p := s.Perm(0); len(p) != 0 {
		t.Errorf("Perm(0) is %v", p)
	}
}

func TestSlips(t *testing.T) {
	defer func() {
		if r := recover(); r != "rng: IntN: n is 0, expected at least 1" {
			t.Errorf("IntN(0): %v", r)
		}
	}()
	Key(1).Stream().IntN(0)
}

// Many normal numbers at a time are those of their pairs, to the bit.
func TestManyNormals(t *testing.T) {
	x := make([]float64, 40_003)
	for key, offset := range map[Key]uint64{1: 0, 1 << 63: 6, 77: 1<<33 - 24, 0xFFFFFFFF_FFFFFFFF: 1<<63 + 9, 5: 1<<40 + 1} {
		key.Normals(offset, x)
		for i, v := range x {
			if want := key.Normal(offset + uint64(i)); v != want {
				t.Fatalf("normal number %d of key %x is %v, expected %v", offset+uint64(i), uint64(key), v, want)
			}
		}
	}
}
