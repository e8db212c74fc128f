package net

import (
	"math"
	"slices"
	"testing"

	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
)

var softmaxRegression = Architecture{"softmax regression", []int{3}, 4, layers(Dense{Out: 4})}

// With all parameters zero every class has the same probability.
func TestValueAtZero(t *testing.T) {
	for _, a := range cases {
		l, _, _ := lossOf(t, a, 4)
		if f, want := l.Value(l.New()), math.Log(float64(a.Classes)); math.Abs(f-want) > 1e-14*want {
			t.Errorf("%s: %v, expected log %d = %v", a.Name, f, a.Classes, want)
		}
	}
}

// Softmax regression by its formulas: with u = (x, 1), ∇f = ⟨(p-e)uᵀ⟩ and
// ∇²f = ⟨(diag p - ppᵀ) ⊗ uuᵀ⟩. It is convex: the Gauss-Newton matrix is the
// Hessian.
func TestSoftmaxRegression(t *testing.T) {
	const n, in, classes = 7, 3, 4
	l, x, v := lossOf(t, softmaxRegression, n)
	set := l.Data()
	w, dir := device.Host[float64](x), device.Host[float64](v)
	at := func(c, i int) int { // of the weight from u_i to class c
		if i == in {
			return classes*in + c
		}
		return c*in + i
	}
	var f float64
	g, hv := make([]float64, l.Dim()), make([]float64, l.Dim())
	for k := range n {
		u := []float64{float64(set.X[k*in]), float64(set.X[k*in+1]), float64(set.X[k*in+2]), 1}
		var p, tz [classes]float64
		var sum, mean float64
		for c := range p {
			var z float64
			for i := range u {
				z += w[at(c, i)] * u[i]
				tz[c] += dir[at(c, i)] * u[i]
			}
			p[c] = math.Exp(z)
			sum += p[c]
		}
		for c := range p {
			p[c] /= sum
			mean += p[c] * tz[c]
		}
		f -= math.Log(p[set.Y[k]]) / n
		for c := range p {
			e := 0.
			if int(set.Y[k]) == c {
				e = 1
			}
			for i := range u {
				g[at(c, i)] += (p[c] - e) * u[i] / n
				hv[at(c, i)] += p[c] * (tz[c] - mean) * u[i] / n
			}
		}
	}
	got := l.New()
	if value := l.Gradient(x, got); math.Abs(value-f) > 1e-14*f {
		t.Errorf("value %v, expected %v", value, f)
	}
	if d := distance(got, device.Of(g)); d > 1e-14 {
		t.Errorf("gradient differs by %.2g", d)
	}
	l.HessianVector(x, v, got)
	if d := distance(got, device.Of(hv)); d > 1e-14 {
		t.Errorf("Hessian-vector product differs by %.2g", d)
	}
	l.GaussNewtonVector(x, v, got)
	if d := distance(got, device.Of(hv)); d > 1e-14 {
		t.Errorf("Gauss-Newton-vector product differs by %.2g", d)
	}
}

// A batch-norm on the data keeps a tenth of the batch's mean and unbiased
// variance; Refresh keeps those of all data.
func TestKeptStatistics(t *testing.T) {
	a := Architecture{"normalised", []int{2}, 2, layers(BatchNorm{}, Dense{Out: 2})}
	set := &data.Set{Name: "four points", Shape: []int{2}, Classes: 2,
		X: []float32{1, 0, 2, 4, 3, 0, 6, 4}, Y: []int32{0, 1, 1, 0}}
	l, err := NewLoss(a, set, Options{DType: device.Float64})
	if err != nil {
		t.Fatal(err)
	}
	test, err := l.On(set)
	if err != nil {
		t.Fatal(err)
	}
	copied := l.Copy().(*Loss)
	kept := func(l *Loss) [4]float64 { return [4]float64(device.Read[float64](l.Statistics())) }
	near := func(what string, got, want [4]float64) {
		t.Helper()
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-14 {
				t.Errorf("%s: statistics %v, expected %v", what, got, want)
				return
			}
		}
	}
	start := [4]float64{0, 0, 1, 1}
	near("at first", kept(l), start)
	x, g := l.New(), l.New()
	x.Device().Normal(1, 0, 0, 1, x)
	l.BatchGradient(x, landscape.Batch{Index: []int{0, 1}}, g)
	// means 1.5 and 2, variances .5 and 8
	near("after a batch", kept(l), [4]float64{.15, .2, .9 + .05, .9 + .8})
	near("of the loss on other data", kept(test), kept(l))
	near("of the copy", kept(copied), start)
	before, stale, fresh := test.Value(x), test.New(), test.New()
	test.HessianVector(x, x, stale)
	l.Refresh(x)
	test.HessianVector(x, x, fresh)
	want := test.New()
	test.clone().HessianVector(x, x, want)
	if distance(fresh, want) != 0 || distance(stale, want) == 0 {
		t.Error("a Hessian-vector product after Refresh goes by the statistics before it")
	}
	// means 3 and 2, sums of squares 4+1+0+9 and 16 over 3
	near("refreshed", kept(l), [4]float64{3, 2, 14. / 3, 16. / 3})
	if test.Value(x) == before {
		t.Error("the loss on other data does not see the statistics")
	}
	m := l.Minibatch(landscape.Batch{Index: []int{0, 1}})
	m.Gradient(x, g)
	m.HessianVector(x, x, g)
	near("after a minibatch's curvature", kept(l), [4]float64{3, 2, 14. / 3, 16. / 3})

	// One sample after full batches has no variance of its own.
	many := &data.Set{Name: "129 points", Shape: []int{2}, Classes: 2, X: make([]float32, 2*129), Y: make([]int32, 129)}
	for i := range 64 {
		many.X[2*i] = 1
	}
	many.X[256] = 1000
	r, err := NewLoss(a, many, Options{DType: device.Float64})
	if err != nil {
		t.Fatal(err)
	}
	r.Refresh(x)
	near("refreshed by batches", kept(r), [4]float64{.5, 0, 32. / 127, 0})
}

// Dropout is a function of the seed, and only training has it.
func TestDropout(t *testing.T) {
	a := Architecture{"dropped", []int{3}, 4, layers(Dropout{.5}, Dense{Out: 6}, Tanh{}, Dropout{.5}, Dense{Out: 4})}
	l, x, _ := lossOf(t, a, 30)
	g, h := l.New(), l.New()
	batch := landscape.Batch{Index: []int{1, 2, 3, 4, 5}, Seed: 1}
	f := l.BatchGradient(x, batch, g)
	if again := l.BatchGradient(x, batch, h); again != f || distance(g, h) != 0 {
		t.Error("the same seed gives another gradient")
	}
	if m := l.Minibatch(batch); m.Gradient(x, h) != f || distance(g, h) != 0 {
		t.Error("the minibatch's energy has another gradient than BatchGradient")
	}
	batch.Seed++
	if other := l.BatchGradient(x, batch, h); other == f {
		t.Error("another seed gives the same value")
	}
	plain := Architecture{"plain", []int{3}, 4, layers(Dense{Out: 6}, Tanh{}, Dense{Out: 4})}
	p, err := NewLoss(plain, l.Data(), Options{DType: device.Float64})
	if err != nil {
		t.Fatal(err)
	}
	if l.Value(x) != p.Value(x) {
		t.Error("evaluation has dropout")
	}
}

// Augmentation is a function of the batch's seed, and only training has it.
func TestAugmentation(t *testing.T) {
	a := Architecture{"images", []int{2, 3, 3}, 2, layers(Dense{Out: 2})}
	set := setFor(a, 5, 1)
	l, err := NewLoss(a, set, Options{DType: device.Float64, Augment: data.MirrorCrop{Pad: 1}})
	if err != nil {
		t.Fatal(err)
	}
	batch := landscape.Batch{Index: []int{4, 0, 2}, Seed: 3}
	changed := set.Subset(batch.Index)
	before := slices.Clone(changed.X)
	data.MirrorCrop{Pad: 1}.Apply(rng.Key(3).Split(augmentLabel), set.Shape, changed.X)
	if slices.Equal(before, changed.X) {
		t.Fatal("the augmentation of this seed changes nothing")
	}
	by, err := NewLoss(a, changed, Options{DType: device.Float64})
	if err != nil {
		t.Fatal(err)
	}
	x, g, want := l.New(), l.New(), l.New()
	x.Device().Normal(2, 0, 0, 1, x)
	by.Gradient(x, want)
	l.BatchGradient(x, batch, g)
	if d := distance(g, want); d > 1e-14 {
		t.Errorf("the gradient differs from that of the changed images by %.2g", d)
	}
	l.Minibatch(batch).Gradient(x, g)
	if d := distance(g, want); d > 1e-14 {
		t.Errorf("the minibatch's gradient differs from that of the changed images by %.2g", d)
	}
	plain, err := NewLoss(a, set, Options{DType: device.Float64})
	if err != nil {
		t.Fatal(err)
	}
	if l.Value(x) != plain.Value(x) {
		t.Error("evaluation has augmentation")
	}
	if _, err := NewLoss(softmaxRegression, setFor(softmaxRegression, 2, 1), Options{Augment: data.MirrorCrop{}}); err == nil {
		t.Error("augmentation of features is no error")
	}
}
