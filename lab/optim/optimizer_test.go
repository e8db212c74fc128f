package optim

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
)

// way is the weights after every step.
func way(f landscape.Landscape, x0 device.Vector, m Method, o Options, steps int) [][]float64 {
	o.Epochs, o.Steps = 0, steps
	p := New(f, x0, m, o)
	var out [][]float64
	for range steps {
		p.Step()
		out = append(out, device.Read[float64](p.Weights()))
	}
	return out
}

func sameBits(t *testing.T, what string, a, b [][]float64) {
	t.Helper()
	for k := range a {
		if !slices.Equal(a[k], b[k]) {
			t.Fatalf("%s: step %d: %v and %v, expected the same bits", what, k, a[k], b[k])
		}
	}
	if moved := a[len(a)-1]; slices.Equal(moved, a[0]) || !(math.Abs(moved[0]) < 1e3) {
		t.Fatalf("%s: the weights went from %v to %v, expected them to move and stay finite", what, a[0], moved)
	}
}

func distance(a, b []float64) float64 {
	d := 0.0
	for i := range a {
		d = max(d, math.Abs(a[i]-b[i]))
	}
	return d
}

// The special cases of Parle (spec 5.4), bit for bit, with data, noise, momentum
// and schedules in play.
func TestSpecialCasesOfParle(t *testing.T) {
	f := newRough(40, 5, 0.3)
	o := Options{Batch: 8, Seed: 3}
	for _, momentum := range []float64{0, 0.9} {
		parle := Parle(0.05, 3)
		parle.Inner.Momentum, parle.Outer.Momentum = momentum, momentum

		// n = 1, ρ = ∞: Entropy-SGD with the same inner loop.
		p := parle
		p.Replicas, p.Coupling = 1, nil
		p.Temperature = Constant(1e-3)
		e := EntropySGD()
		e.Steps, e.Scope, e.Temperature = 25, Scoping(100, 1), Constant(1e-3)
		e.Inner.Rate, e.Outer.Rate = Constant(0.05), Constant(0.05)
		e.Inner.Momentum, e.Outer.Momentum = momentum, momentum
		sameBits(t, "Parle(n=1, ρ=∞), Entropy-SGD", way(f, f.start(), p, o, 100), way(f, f.start(), e, o, 100))

		// The infinite coupling written out, its master ignored, is the same.
		p.Coupling = Constant(math.Inf(1))
		e2, p2 := New(f, f.start(), e, with(o, 100)), New(f, f.start(), p, with(o, 100))
		for range 100 {
			e2.Step()
			p2.Step()
		}
		if x, _, _ := p2.Replica(0); !slices.Equal(device.Read[float64](x), device.Read[float64](e2.Weights())) {
			t.Errorf("Parle(n=1) with ρ = Inf differs from ρ absent")
		}

		// L = 1, γ = ∞, α = 0, η₁/γ = 1: Elastic-SGD.
		p = parle
		p.Steps, p.Scope, p.Average, p.KeepMomentum = 1, nil, 0, true
		p.Outer = Rule{Rate: Constant(1)}
		el := ElasticSGD(0.05, 3)
		el.Inner.Momentum = momentum
		sameBits(t, "Parle(L=1, γ=∞, α=0, η₁/γ=1), Elastic-SGD", way(f, f.start(), p, o, 60), way(f, f.start(), el, o, 60))

		// And n = 1, ρ = ∞: SGD, whose y, z and x^a are one vector.
		p.Replicas, p.Coupling = 1, nil
		sgd := Nesterov(0.05, momentum)
		sameBits(t, "Parle with all of them, SGD", way(f, f.start(), p, o, 60), way(f, f.start(), sgd, o, 60))
		p.Scope, p.Average, p.Steps = Constant(math.Inf(1)), 0, 1
		sameBits(t, "γ = Inf written out, SGD", way(f, f.start(), p, o, 60), way(f, f.start(), sgd, o, 60))
		// There momentum lives on, whether asked to or not.
		bare := Method{Inner: sgd.Inner}
		sameBits(t, "rule alone, SGD", way(f, f.start(), bare, o, 60), way(f, f.start(), sgd, o, 60))
		bare.Replicas, bare.Coupling = el.Replicas, el.Coupling
		sameBits(t, "rule and coupling alone, Elastic-SGD", way(f, f.start(), bare, o, 60), way(f, f.start(), el, o, 60))
		el.Replicas, el.Coupling = 1, nil
		sameBits(t, "Elastic-SGD(n=1, ρ=∞), SGD", way(f, f.start(), el, o, 60), way(f, f.start(), sgd, o, 60))
	}
}

func with(o Options, steps int) Options { o.Steps = steps; return o }

func TestDegenerateCases(t *testing.T) {
	f := newRough(40, 5, 0.3)
	o := Options{Batch: 8, Seed: 3}
	sgd := way(f, f.start(), SGD(0.05), o, 50)
	same := func(what string, m Method, base Method) {
		t.Helper()
		sameBits(t, what, way(f, f.start(), m, o, 50), way(f, f.start(), base, o, 50))
	}
	heat := HEAT(0.05, 0)
	heat.Points = 1
	same("HEAT without noise, L=1", heat, SGD(0.05))
	for _, base := range []Method{SGD(0.05), Nesterov(0.05, 0.9), Adam(0.05), EntropySGD()} {
		same("Trivialized, J=0, "+base.Name, Trivialized(base, 0, 16, 500), base)
		same("gradient noise 0, "+base.Name, GradientNoise(base, 0), base)
		same("one worker, "+base.Name, DataParallel(base, 1), base)
	}
	same("momentum 0", HeavyBall(0.05, 0), SGD(0.05))
	same("SGLD at β⁻¹=0, b=0", SGLD(0.05, 0, 0), SGD(0.05))
	same("uncut gradients", func() Method { m := SGD(0.05); m.Inner.Clip = 1e9; return m }(), SGD(0.05))

	hj := EntropySGD()
	hj.Steps, hj.Temperature, hj.Average = 5, nil, 0
	same("HJ is Entropy-SGD without noise and average", HJ(), hj)

	// With the gradient in place of x - z and no pull and no inner motion, the
	// update of HJ is SGD on every other mini-batch.
	g := HJGradient(0.05)
	g.Steps, g.Scope, g.Outer, g.Inner.Rate = 1, nil, Rule{Rate: Constant(0.05)}, Constant(0)
	probe := newRough(40, 5, 0.3)
	plain := probe.start()
	var batches []landscape.Batch
	probe.seen = func(_ []float64, b landscape.Batch) {
		batches = append(batches, landscape.Batch{Index: slices.Clone(b.Index)})
	}
	points := way(probe, probe.start(), g, o, 20)
	for k := range points {
		grad := f.New()
		f.BatchGradient(plain, batches[2*k+1], grad)
		f.dev.Update(device.Step{Rate: 1}, plain, device.Vector{}, scaled(0.05, grad), device.Vector{}, device.Vector{})
		if !slices.Equal(points[k], device.Read[float64](plain)) {
			t.Fatalf("HJ along the gradient at x, step %d: %v, expected %v", k, points[k], device.Read[float64](plain))
		}
	}

	// Workers add up the same batches: SGD to rounding, not to the bit.
	parallel := way(f, f.start(), DataParallel(SGD(0.05), 3), o, 50)
	for k := range sgd {
		if d := distance(sgd[k], parallel[k]); !(d < 1e-13) { // 50 steps of 8 data, each 1 ulp of numbers near 1
			t.Fatalf("3 workers, step %d: %g from SGD", k, d)
		}
	}
}

func scaled(a float64, x device.Vector) device.Vector {
	y := x.Clone()
	y.Device().Scale(a, y)
	return y
}

// The family against loops written out for one method each, in the device's
// operations, bit for bit.
func TestAgainstPlainLoops(t *testing.T) {
	f := newRough(40, 5, 0.3)
	full := bare{f} // one gradient, no batches
	const steps, η, μ = 40, 0.05, 0.9
	none := device.Vector{}
	dev := f.dev

	// SGD with each momentum.
	for _, nesterov := range []bool{false, true} {
		x, v, g := f.start(), f.New(), f.New()
		m := HeavyBall(η, μ)
		m.Inner.Nesterov = nesterov
		got := way(full, x, m, Options{}, steps)
		for k := range steps {
			f.Gradient(x, g)
			dev.Axpby(1, g, μ, v)
			u := v
			if nesterov {
				u = g
				dev.Axpy(μ, v, u)
			}
			dev.Axpy(-η, u, x)
			if d := distance(got[k], device.Read[float64](x)); d > 1e-15*10 { // fused: an ulp of numbers below 10
				t.Fatalf("momentum, Nesterov %v, step %d: off by %g", nesterov, k, d)
			}
		}
	}

	// Entropy-SGD, Algorithm 2.
	m := EntropySGD()
	m.Steps, m.Scope, m.Temperature = 4, Constant(0.5), nil
	m.Inner.Momentum, m.Outer = 0, Rule{Rate: Constant(0.5)}
	got := way(full, f.start(), m, Options{}, steps)
	x, g := f.start(), f.New()
	y, z := x.Clone(), x.Clone()
	for k := range steps {
		f.Gradient(y, g)
		dev.Update(device.Step{Rate: 0.1, Pull: 2}, y, none, g, x, none)
		dev.Axpby(0.75, y, 0.25, z)
		if (k+1)%4 == 0 {
			dev.Axpby(0.5, z, 0.5, x)
			dev.Copy(y, x)
			dev.Copy(z, x)
		}
		if !slices.Equal(got[k], device.Read[float64](x)) {
			t.Fatalf("Entropy-SGD, step %d: %v, expected %v", k, got[k], device.Read[float64](x))
		}
	}

	// Elastic-SGD, (5.4), two replicas from two starts.
	el := ElasticSGD(η, 2)
	el.Inner.Momentum, el.Coupling = 0, Constant(0.4)
	a, b := f.start(), scaled(-1, f.start())
	p := New(full, f.start(), el, Options{Steps: steps, Starts: []device.Vector{a, b}})
	master := f.start()
	r := el.CouplingRate(Clock{}) * (1 / el.Coupling(Clock{})) // rounded as the optimiser rounds it
	for k := range steps {
		mean := a.Clone()
		dev.Axpy(1, b, mean)
		dev.Scale(0.5, mean)
		for _, x := range []device.Vector{a, b} {
			y := x.Clone()
			f.Gradient(x, g)
			dev.Axpy(-η, g, y)
			dev.Axpby(1, y, -r, x)
			dev.Axpy(r, master, x)
		}
		dev.Copy(master, mean)
		p.Step()
		if x, _, _ := p.Replica(1); !slices.Equal(device.Read[float64](x), device.Read[float64](b)) {
			t.Fatalf("Elastic-SGD, step %d: replica %v, expected %v", k, device.Read[float64](x), device.Read[float64](b))
		}
		if !slices.Equal(device.Read[float64](p.Weights()), device.Read[float64](master)) {
			t.Fatalf("Elastic-SGD, step %d: another master", k)
		}
	}
}

// The same seed gives the same bits on any number of threads, and a run in two
// parts is the run in one.
func TestSameBits(t *testing.T) {
	for _, name := range Names() {
		m, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		m = m.Anneal(DropsEvery(5, 1))
		m.Inner.Rate = m.Inner.Rate.AtMost(0.05)
		o := Options{Batch: 8, Seed: 11, Replacement: name == "sgld"}
		var want []float64
		for _, threads := range []int{1, 2, 3} {
			f := newRough(40, 6, 0.3)
			f.dev = device.NewCPU(threads)
			x := device.Read[float64](Run(context.Background(), f, f.start(), m, with(o, 60)).Weights)
			if want == nil {
				want = x
			}
			if !slices.Equal(x, want) {
				t.Errorf("%s: other bits on %d threads", name, threads)
			}
		}
		f := newRough(40, 6, 0.3)
		p := New(f, f.start(), m, with(o, 60))
		p.Run(context.Background(), 33)
		if x := device.Read[float64](p.Run(context.Background(), 27).Weights); !slices.Equal(x, want) {
			t.Errorf("%s: 33 and 27 steps are not 60", name)
		}
		x := device.Read[float64](Run(context.Background(), f, f.start(), m, with(Options{Batch: 8, Seed: 12}, 60)).Weights)
		if slices.Equal(x, want) {
			t.Errorf("%s: another seed, the same weights", name)
		}
	}
}

// Replicas are alike: permuting where they start permutes them, and leaves the
// master as it is up to the order of its sum.
func TestPermutedReplicas(t *testing.T) {
	f := bare{newRough(10, 4, 0.3)}
	m := Parle(0.05, 3)
	m.Steps = 5
	starts := make([]device.Vector, 3)
	for a := range starts {
		starts[a] = f.New()
		starts[a].Device().Normal(uint64(a), 0, 0, 1, starts[a])
	}
	x0 := f.New()
	p := New(f, x0, m, Options{Steps: 1, Starts: starts})
	q := New(f, x0, m, Options{Steps: 1, Starts: []device.Vector{starts[2], starts[0], starts[1]}})
	for range 50 {
		p.Step()
		q.Step()
	}
	for a := range 3 {
		x, _, _ := p.Replica(a)
		y, _, _ := q.Replica((a + 1) % 3)
		if d := distance(device.Read[float64](x), device.Read[float64](y)); !(d < 1e-13) { // the mean's rounding, 10 updates
			t.Errorf("replica %d: off by %g", a, d)
		}
	}
}

// A single replica of Elastic-SGD with η′ = ρ: the master is where the replica
// was a step before.
func TestMasterTracksReplica(t *testing.T) {
	f := bare{newRough(10, 4, 0.3)}
	p := New(f, f.Landscape.(*rough).start(), ElasticSGD(0.05, 1), Options{Steps: 1})
	for k := range 20 {
		x, _, _ := p.Replica(0)
		before := device.Read[float64](x)
		p.Step()
		if !slices.Equal(device.Read[float64](p.Weights()), before) {
			t.Fatalf("step %d: the master is not the replica before", k)
		}
	}
}

// The inner noise has variance 2ηβ⁻¹, and the long run the law exp(-βf) with
// the discretisation's bias: variance 1/(βa(1-ηa/2)) on ½ax² (spec 3.6).
func TestLangevin(t *testing.T) {
	const d, η, β, steps = 4000, 0.2, 4.0, 60
	f := newRough(1, d, 0)
	f.a[0] = 1.5
	clear(f.c[0])
	p := New(f, f.New(), SGLD(η, 0, 1/β), Options{Steps: steps})
	for range steps { // contracts by 0.7 a step: the start is forgotten to 1e-9
		p.Step()
	}
	x := p.Weights()
	got := x.Device().Dot(x, x) / d
	want := 1 / (β * 1.5 * (1 - η*1.5/2))
	// The estimate of a variance from d normal numbers has relative error √(2/d) = 0.022.
	if math.Abs(got/want-1) > 4*math.Sqrt(2.0/d) {
		t.Errorf("variance %g, expected %g", got, want)
	}
}

// HEAT averages over points of the stated spread: on cos(3x) it shrinks the
// gradient by exp(-9s²/2).
func TestHeatSmooths(t *testing.T) {
	const d, s, points = 4000, 0.3, 50
	f := newRough(1, d, 1)
	f.a[0] = 0
	clear(f.c[0])
	x := f.New()
	f.dev.Fill(x, 0.4)
	m := HEAT(1, s*s)
	m.Points = points
	p := New(f, x, m, Options{Steps: 1})
	p.Step()
	got := (0.4 - x.Device().Sum(p.Weights())/d) / -3
	want := math.Sin(1.2) * math.Exp(-9*s*s/2)
	// d·points independent numbers of variance below ½.
	if math.Abs(got-want) > 4*math.Sqrt(0.5/(d*points)) {
		t.Errorf("smoothed slope %g, expected %g", got, want)
	}
}

// Which data the gradients see.
func TestBatches(t *testing.T) {
	f := newRough(23, 2, 0)
	count := map[int]int{}
	var sizes []int
	var seeds []uint64
	var mu sync.Mutex
	f.seen = func(_ []float64, b landscape.Batch) {
		mu.Lock()
		defer mu.Unlock()
		sizes = append(sizes, len(b.Index))
		seeds = append(seeds, b.Seed)
		for _, i := range b.Index {
			count[i]++
		}
	}
	Run(context.Background(), f, f.start(), SGD(0.1), Options{Batch: 5, Epochs: 1})
	if !slices.Equal(sizes, []int{5, 5, 5, 5}) || len(count) != 20 {
		t.Errorf("an epoch of 23 data in batches of 5: sizes %v, %d different data; expected 4 batches of 20 data", sizes, len(count))
	}
	slices.Sort(seeds)
	if len(slices.Compact(seeds)) != 4 {
		t.Errorf("the batches' seeds are not different")
	}

	clear(count)
	Run(context.Background(), f, f.start(), SGD(0.1), Options{Batch: 5, Epochs: 100})
	for i := range 23 { // 2000 draws, 87 each; epochs of other orders leave out other data
		if count[i] < 75 || count[i] > 100 {
			t.Errorf("datum %d was seen %d times in 100 epochs, expected about 87", i, count[i])
		}
	}

	subsets := SplitData(rng.Key(5), 23, 3, 0.5)
	seen := map[int]bool{}
	for _, s := range subsets {
		if len(s) != 12 {
			t.Errorf("half of 23 data are %d, expected 12", len(s))
		}
		for _, i := range s {
			seen[i] = true
		}
	}
	if len(seen) != 23 {
		t.Errorf("%d data in the subsets, expected 23", len(seen))
	}
	clear(count)
	only := [][]int{{1}, {1, 2}, {2}}
	Run(context.Background(), f, f.start(), ElasticSGD(0.1, 3), Options{Steps: 10, Batch: 1, Subsets: only})
	if len(count) != 2 || count[1]+count[2] != 30 {
		t.Errorf("gradients saw %v, expected data 1 and 2 only, 30 times", count)
	}

	// Replicas see different batches.
	clear(count)
	p := New(f, f.start(), ElasticSGD(0.1, 2), Options{Steps: 1, Batch: 20})
	if slices.Equal(p.replicas[0].batches.batch(0), p.replicas[1].batches.batch(0)) {
		t.Errorf("both replicas begin with the same data")
	}
}
