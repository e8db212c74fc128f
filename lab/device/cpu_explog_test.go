package device

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// everywhere is numbers of all exponents and both signs, all kinds of them, and those
// where exps goes over to the standard library.
func everywhere() []float64 {
	x := []float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), 1, -1,
		math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 0x1p-1022, 0x1.fffffffffffffp-1023}
	for _, v := range []float64{expMost, -expMost, 709.782712893384, -708.3964185322641, -745.1332191019411, math.Sqrt2, math.Sqrt2 / 2} {
		x = append(x, v, math.Nextafter(v, math.Inf(1)), math.Nextafter(v, math.Inf(-1)))
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 30_000 {
		x = append(x, math.Float64frombits(r.Uint64()), 1500*(r.Float64()-0.5), r.Float64()*2, 40*(r.Float64()-0.5))
	}
	return x
}

// ulps is how many numbers lie from a to b, of one sign.
func ulps(a, b float64) uint64 {
	if math.IsNaN(a) && math.IsNaN(b) {
		return 0
	}
	i, j := math.Float64bits(a), math.Float64bits(b)
	return max(i, j) - min(i, j)
}

// The standard library's logarithm is right to 1 ulp, and its exponential to 2, so TestExpIsExact
// has a closer bound for that.
func TestExponentialsEverywhere(t *testing.T) {
	x := everywhere()
	y := make([]float64, len(x))
	check := func(name string, within uint64, f func(float64) float64) {
		t.Helper()
		for i, v := range x {
			if ulps(y[i], f(v)) > within {
				t.Fatalf("%s(%v) is %v, expected %v within %d numbers", name, v, y[i], f(v), within)
			}
		}
	}
	manyExps(1, 0, x, y)
	check("exp", 4, math.Exp)
	manyExps(-2.5, 0.125, x, y)
	check("exp -2.5(x-⅛)", 4, func(v float64) float64 { return math.Exp(-2.5 * (v - 0.125)) })
	manyLogs(1, 0, x, y)
	check("log", 1, math.Log)
}

// Beside 200 digits of e^x: half an ulp by the last rounding, half by that of the table,
// and a hundredth by all else.
func TestExpIsExact(t *testing.T) {
	var x []float64
	for i := range 4000 {
		x = append(x, (float64(i)-2000)*0.353-0x1p-7*float64(i%7))
	}
	y := make([]float64, len(x))
	manyExps(1, 0, x, y)
	for i, v := range x {
		const halvings = 20
		part := new(big.Float).SetPrec(200).SetMantExp(big.NewFloat(v), -halvings)
		sum := new(big.Float).SetPrec(200).SetInt64(1)
		for k := 25; k > 0; k-- { // Horner's scheme of Taylor's series
			sum.Quo(sum.Mul(sum, part), big.NewFloat(float64(k)))
			sum.Add(sum, big.NewFloat(1))
		}
		for range halvings {
			sum.Mul(sum, sum)
		}
		off, _ := sum.Sub(sum, big.NewFloat(y[i])).Float64()
		if ulp := math.Nextafter(y[i], math.Inf(1)) - y[i]; !(math.Abs(off) <= 1.05*ulp) {
			t.Fatalf("exp(%v) is %v, %.3g ulp from e^x, expected 1.05 at the most", v, y[i], off/ulp)
		}
	}
}

// Four at a time are the bits of one at a time, wherever numbers stand and wherever they
// are written; no number beyond is.
func TestExponentialsFourAtATime(t *testing.T) {
	x := everywhere()
	for name, f := range map[string][2]func(scale, shift float64, x, y []float64){
		"exp": {manyExps, exps[float64]}, "log": {manyLogs, logs[float64]},
	} {
		for _, n := range []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 31, len(x) - 1, len(x)} {
			for _, c := range [][2]float64{{1, 0}, {-0.7, 0.3}, {0, 1}, {math.Inf(1), 1}} {
				x, y, want := x[len(x)-n:], make([]float64, n+1), make([]float64, n+1)
				y[n], want[n] = math.Pi, math.Pi
				f[1](c[0], c[1], x, want)
				f[0](c[0], c[1], x, y[:n])
				if !slices.EqualFunc(y, want, sameBits) {
					t.Fatalf("%s of %d numbers, %v: not the same bits", name, n, c)
				}
				copy(y, x)
				f[0](c[0], c[1], y[:n], y[:n])
				if !slices.EqualFunc(y, want, sameBits) {
					t.Fatalf("%s of %d numbers in place, %v: not the same bits", name, n, c)
				}
			}
		}
	}
}

func sameBits(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}

// On every processor the bits are these, whatever it fuses.
func TestExponentialsHaveTheSameBitsEverywhere(t *testing.T) {
	x, y := make([]float64, 100_001), make([]float64, 100_001)
	for i := range x {
		x[i] = (float64(i)*0x1p-17 + 0x1p-20) * 512
	}
	h := fnv.New64a()
	for _, f := range []func(scale, shift float64, x, y []float64){manyExps, exps[float64], manyLogs, logs[float64]} {
		f(-1.3, 7, x, y)
		for _, v := range y {
			fmt.Fprintf(h, "%x ", math.Float64bits(v))
		}
	}
	if got := h.Sum64(); got != 0x6bbebb4720cf8a9b {
		t.Errorf("the hash of the bits is %#x, expected %#x", got, uint64(0x6bbebb4720cf8a9b))
	}
}

// 4,096 numbers, which stay in the caches.
func BenchmarkExponentials(b *testing.B) {
	x, y := make([]float64, 1<<12), make([]float64, 1<<12)
	for i := range x {
		x[i] = float64(i%1000+1) / 100
	}
	for name, f := range map[string]func(scale, shift float64, x, y []float64){
		"exp one at a time": exps[float64], "exp": manyExps, "log one at a time": logs[float64], "log": manyLogs,
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(16 << 12)
			for b.Loop() {
				f(-0.5, 1, x, y)
			}
		})
	}
}
