package device

import (
	"math"
	"testing"
)

// TestShortExponentials holds the float32 functions against the standard
// library's: they are its result rounded, or at worst the float32 next to it.
func TestShortExponentials(t *testing.T) {
	var x []float32
	for e := -40.; e < 7; e += 0.37 { // 2^e, both signs: from where tanh x = x to overflow
		for _, m := range []float64{1, 1.2345, 1.5, 1.777, 1.9999} {
			v := float32(math.Ldexp(m, int(math.Floor(e))))
			x = append(x, v, -v)
		}
	}
	for v := float32(-20); v < 20; v += 0.0137 {
		x = append(x, v)
	}
	y := make([]float32, len(x))
	check := func(name string, f func(x float64) float64) {
		for i, v := range x {
			want := float32(f(float64(v)))
			if want < 0x1p-126 && want > -0x1p-126 {
				continue // denormal
			}
			if y[i] != want && y[i] != math.Nextafter32(want, y[i]) {
				t.Fatalf("%s(%v) is %v, expected %v or its neighbour", name, v, y[i], want)
			}
		}
	}
	expShifted(x, 0, y)
	check("exp", math.Exp)
	sigmoids(x, y)
	check("sigmoid", func(x float64) float64 { return 1 / (1 + math.Exp(-x)) })
	tanhs(x, y)
	check("tanh", math.Tanh)
}
