package optim

import (
	"context"
	"math"
	"slices"
	"testing"

	"glassy/lab/device"
)

// Replicas in several places, each moved to a fresh place after every round, are
// the replicas of one Optimizer, bit for bit.
func TestPartsAreTheOptimizer(t *testing.T) {
	adam := Parle(0.05, 2)
	adam.Name, adam.Outer = "parle with adam", Rule{Rate: Constant(0.01), Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}
	seidel := Parle(0.05, 3)
	seidel.Name, seidel.GaussSeidel = "parle, Gauss-Seidel", true
	kept := Parle(0.05, 2)
	kept.Name, kept.KeepMomentum, kept.KeepAverage, kept.FromLast = "parle, kept", true, true, true
	slow := ElasticSGD(0.05, 3)
	slow.Name, slow.Master = "elastic, slow master", Constant(0.3)
	apart := Nesterov(0.05, 0.9)
	apart.Name, apart.Replicas = "replicas alone", 3

	const rounds = 9
	for _, m := range []Method{
		SGD(0.05), apart, Adam(0.01), SGLD(0.05, 0.5, 1e-3), Trivialized(SGD(0.05), 0.1, 9, 5), ResampledField(SGD(0.05), 0.1, 9, 5),
		EntropySGD(), HJ(), HJGradient(0.05), HEAT(0.05, 1e-2), DataParallel(SGD(0.05), 2),
		ElasticSGD(0.05, 3), slow, Parle(0.05, 3), adam, seidel, kept,
	} {
		m = m.complete()
		f := newRough(12, 5, 0.3)
		o := Options{Steps: rounds * m.Steps, Batch: 4, Seed: 3}
		whole := Run(context.Background(), f, f.start(), m, o)

		master := NewMaster(f, f.start(), m, o)
		part := func(a int) *Part { return NewPart(f.Copy(), f.start(), m, o, a) }
		parts := make([]*Part, m.Replicas)
		old, x := make([]device.Vector, m.Replicas), make([]device.Vector, m.Replicas)
		for a := range parts {
			parts[a] = part(a)
		}
		for k := range rounds {
			for a, p := range parts {
				fresh := part(a)
				for i, v := range p.State() {
					to := fresh.State()[i]
					to.Device().Copy(to, v)
				}
				fresh.Restore(k)
				parts[a] = fresh
				old[a] = fresh.Weights().Clone()
				y, loss := fresh.Round(k, master.Anchor())
				if math.IsNaN(loss) || math.IsInf(loss, 0) {
					t.Fatalf("%s: loss %v", m.Name, loss)
				}
				x[a] = y.Clone()
			}
			master.Update(k, old, x)
		}
		got, want := device.Host[float64](master.Weights()), device.Host[float64](whole.Weights)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, expected %v", m.Name, got, want)
		}
	}
}

// A master that meets every replica of an asynchronous run once, all at the same
// point, ends where one update would take it but for terms of second order.
func TestMasterMeets(t *testing.T) {
	f := newRough(4, 3, 0)
	m := ElasticSGD(0.1, 4)
	m.Master = Constant(0.1)
	o := Options{Steps: 1, Batch: 1}
	x := f.start()
	x.Device().Scale(2, x)
	one, many := NewMaster(f, f.start(), m, o), NewMaster(f, f.start(), m, o)
	one.Update(0, []device.Vector{x, x, x, x}, nil)
	for range 4 {
		many.Meet(0, x)
	}
	// (1 - s/4)⁴ of the way is left, not 1 - s.
	was, a, b := device.Host[float64](f.start()), device.Host[float64](one.Weights()), device.Host[float64](many.Weights())
	for i := range a {
		to := 2 * was[i]
		if l, r := (a[i]-to)/(was[i]-to), (b[i]-to)/(was[i]-to); math.Abs(l-0.9) > 1e-14 || math.Abs(r-math.Pow(0.975, 4)) > 1e-14 {
			t.Errorf("left of the way: %v, %v", l, r)
		}
	}
}

func TestPartRefuses(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a method whose update needs all replicas at once was taken apart")
		}
	}()
	f := newRough(4, 3, 0)
	NewPart(f, f.start(), ParleAsCode(0.1, 2), Options{Steps: 1}, 0)
}
