package wells

import (
	"math"
	"testing"

	"glassy/lab/device"
)

// A step of time 1 without noise goes back by the slope.
func TestSlope(t *testing.T) {
	valley := ExponentialValley(2)
	for name, w := range map[string]*Well{
		"double well":     New(DoubleWell(0.2)),
		"ripples":         New(CosineInBowl(1.5, 0.3, 7, 0.4)),
		"valley":          New(valley),
		"double well 2-D": DoubleWell2D(),
		"mixed":           New(Sum{valley, Cosine{0.5, 3, 1}, Polynomial{1, 0, 0, 2}}, CosineInBowl(1, 0.2, 5, 0)),
		"constant":        New(Polynomial{3}),
		"quadratic":       NewQuadratic([]float64{3}, []float64{0.7}).Well,
		"quadratic 2-D":   NewQuadratic([]float64{3, -1, -1, 2}, []float64{0.7, -0.2}).Well,
	} {
		walk, force, ok := w.Slope()
		if !ok || walk.Dim != w.Dim() {
			t.Errorf("%s: no slope of %d variables", name, w.Dim())
			continue
		}
		walk.Steps, walk.Delta = 1, 1
		x := []float64{0.3, -1.1}[:w.Dim()]
		want := make([]float64, len(x))
		w.Gradient(device.Of(x), device.Of(want))
		y := append([]float64(nil), x...)
		device.CPU().Walkers(walk, device.Of(force), device.Of(y))
		for a := range x {
			if got := x[a] - y[a]; math.Abs(got-want[a]) > 1e-14*(1+math.Abs(want[a])) {
				t.Errorf("%s: slope %d is %.17g by the table, %.17g by the gradient", name, a, got, want[a])
			}
		}
	}
	for name, w := range map[string]*Well{
		"three variables": New(DoubleWell(0), DoubleWell(0), DoubleWell(0)),
		"a function":      Func(1, func(x []float64) float64 { return x[0] * x[0] }),
		"own profile":     New(Sum{DoubleWell(0), own{}}),
		"quadratic 3-D":   NewQuadratic([]float64{1, 0, 0, 0, 1, 0, 0, 0, 1}, []float64{0, 0, 0}).Well,
	} {
		if _, _, ok := w.Slope(); ok {
			t.Errorf("%s has a slope that devices know", name)
		}
	}
}

// own is a user's own profile.
type own struct{}

func (own) At(x float64) (f, slope, curvature float64) { return x, 1, 0 }
func (own) Heat(float64) Profile                       { return own{} }
