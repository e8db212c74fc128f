package optim

import (
	"context"
	"math"
	"slices"
	"testing"

	"glassy/lab/device"
)

// On a flat landscape SGD adds up the field: k steps of one h are k²η²s² in the
// variance of a weight, of resampled ones kη²s².
func TestField(t *testing.T) {
	const d, η, s, steps = 20000, 0.1, 3.0, 10
	f := newRough(1, d, 0)
	f.a[0] = 0
	variance := func(m Method) float64 {
		x := Run(context.Background(), f, f.New(), m, Options{Steps: steps}).Weights
		return x.Device().Dot(x, x) / d
	}
	fixed, resampled := SGD(η), SGD(η)
	fixed.Field, resampled.Field = Constant(s), Constant(s)
	resampled.Resampled = true
	noise := 0.0 // of Neelakantan et al.: Σ η₀/(1+k)^0.55
	for k := range steps {
		noise += 0.3 / math.Pow(1+float64(k), 0.55)
	}
	for _, c := range []struct {
		name string
		m    Method
		want float64
	}{
		{"fixed", fixed, steps * steps * η * η * s * s},
		{"resampled", resampled, steps * η * η * s * s},
		{"gradient noise", GradientNoise(SGD(η), 0.3), η * η * noise},
	} {
		if got := variance(c.m); math.Abs(got/c.want-1) > 4*math.Sqrt(2.0/d) { // a variance of d numbers
			t.Errorf("%s: variance %v, expected %v", c.name, got, c.want)
		}
	}
	a, b := Trivialized(SGD(η), 0.1, 3, 100), ResampledField(SGD(η), 0.1, 3, 100)
	if at := (Clock{Step: 70}); a.Field(at) != b.Field(at) || a.Resampled || !b.Resampled {
		t.Errorf("the control experiment has another strength, or is no control")
	}
}

func TestDecay(t *testing.T) {
	f := newRough(1, 3, 0)
	f.a[0] = 0
	m := SGD(0.1)
	m.Inner.Decay = 0.5
	x := Run(context.Background(), f, f.start(), m, Options{Steps: 7}).Weights
	x0 := device.Read[float64](f.start())
	for i, got := range device.Read[float64](x) {
		if want := x0[i] * math.Pow(1-0.1*0.5, 7); math.Abs(got-want) > 1e-15*4 { // 7 roundings of numbers near 1
			t.Errorf("weight %d decays to %v, expected %v", i, got, want)
		}
	}
}

// Adam as the rule of the update, with a pull: Entropy-Adam and a Parle of it,
// against Adam's formulas on numbers.
func TestAdamOutside(t *testing.T) {
	f, slope := program()
	m := EntropyAdam()
	m.Temperature = nil
	m.Inner = Rule{Rate: Constant(0.1)}
	m.Scope = Constant(0.5)
	m.Outer.Rate = Constant(0.02)
	for _, ρ := range []float64{math.Inf(1), 0.3} {
		m.Coupling, m.CouplingRate = Constant(ρ), Constant(0.02)
		p := New(f, device.Of([]float64{2}), m, Options{Steps: 1})
		x, master, first, second := 2.0, 2.0, 0.0, 0.0
		for k := 1; k <= 20; k++ {
			y, z := x, x
			for range 5 {
				y -= 0.1 * (slope(y) + (y-x)/0.5)
				z = 0.25*z + 0.75*y
			}
			g := (x - z) + (x-master)/ρ
			master = x
			first, second = 0.5*first+0.5*g, 0.999*second+0.001*g*g
			x -= 0.02 * first / (1 - math.Pow(0.5, float64(k))) / (math.Sqrt(second/(1-math.Pow(0.999, float64(k)))) + 1e-8)
			p.Run(context.Background(), 5)
			if got, _, _ := p.Replica(0); !(math.Abs(device.Read[float64](got)[0]-x) < 1e-11) { // roundings of a contracting map
				t.Fatalf("ρ = %v, update %d: %v, expected %v", ρ, k, device.Read[float64](got)[0], x)
			}
		}
	}
	// As a base method it is the device's Adam.
	g, want, m1, m2 := newRough(4, 3, 0.1), newRough(4, 3, 0.1).start(), f.dev.New(device.Float64, 3), f.dev.New(device.Float64, 3)
	grad := g.New()
	for k := range 10 {
		g.Gradient(want, grad)
		g.dev.Adam(device.AdamStep{Rate: 1e-2, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, K: k + 1}, want, m1, m2, grad, device.Vector{}, device.Vector{})
	}
	got := Run(context.Background(), bare{g}, g.start(), Adam(1e-2), Options{Steps: 10}).Weights
	if !slices.Equal(device.Read[float64](got), device.Read[float64](want)) {
		t.Errorf("Adam: %v, expected %v", device.Read[float64](got), device.Read[float64](want))
	}
}

// The least number of the gradient, on a flat landscape from 0: after a step of a
// field alone weights are -ηs h, and what is least is that of s h and the decay.
func TestLeastGradient(t *testing.T) {
	const η, s, λ = 0.1, 3.0, 0.5
	f := newRough(1, 50, 0)
	f.a[0] = 0
	m := SGD(η)
	m.Field, m.Inner.Decay = Constant(s), λ
	r := Run(context.Background(), f, f.New(), m, Options{Steps: 1, LeastGradient: true})
	least := math.Inf(1)
	for _, w := range device.Read[float64](r.Weights) {
		least = min(least, math.Abs(w)*(1/η-λ))
	}
	if got := r.History.LeastGradient; len(got) != 1 || math.Abs(got[0]-least) > 1e-12 {
		t.Errorf("least gradient %v, expected %v", got, least)
	}
	m.Field, m.Inner.Decay = nil, 0
	if got := Run(context.Background(), f, f.New(), m, Options{Steps: 3, LeastGradient: true}).History.LeastGradient; !slices.Equal(got, []float64{0, 0, 0}) {
		t.Errorf("least gradient %v of a flat landscape, expected 0", got)
	}
	if got := Run(context.Background(), f, f.New(), m, Options{Steps: 1}).History.LeastGradient; got != nil {
		t.Errorf("least gradient %v that nobody asked for", got)
	}
}
