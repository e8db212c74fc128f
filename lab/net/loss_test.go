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

// setFor is n random samples that fit a.
func setFor(a Architecture, n int, key rng.Key) *data.Set {
	s := key.Stream()
	set := &data.Set{Name: "random", Shape: a.Input, Classes: a.Classes}
	labels := n
	if isText(a) {
		labels = n * a.Input[0]
		for range labels {
			set.Tokens = append(set.Tokens, int32(s.IntN(a.Classes)))
		}
	} else {
		for range n * product(a.Input) {
			set.X = append(set.X, float32(s.Normal()))
		}
	}
	for range labels {
		set.Y = append(set.Y, int32(s.IntN(a.Classes)))
	}
	return set
}

// lossOf is a over n random samples in float64, with kept statistics that are
// not those of any batch, and a point and a direction.
func lossOf(t testing.TB, a Architecture, n int) (l *Loss, x, v device.Vector) {
	t.Helper()
	key := rng.Key(1)
	l, err := NewLoss(a, setFor(a, n, key.Split(1)), Options{DType: device.Float64})
	if err != nil {
		t.Fatal(err)
	}
	x, v = l.New(), l.New()
	dev := x.Device()
	dev.Normal(uint64(key.Split(2)), 0, 0, .5, x)
	dev.Normal(uint64(key.Split(3)), 0, 0, 1, v)
	if s := l.Statistics(); s.Len() > 0 {
		dev.Uniform(uint64(key.Split(4)), 0, .3, 1.2, s)
	}
	return l, x, v
}

// along is x + h v.
func along(x device.Vector, h float64, v device.Vector) device.Vector {
	y := x.Clone()
	x.Device().Axpy(h, v, y)
	return y
}

func norm2(x device.Vector) float64 { return math.Sqrt(x.Device().Dot(x, x)) }

// distance is |a-b| relative to |b|.
func distance(a, b device.Vector) float64 {
	return norm2(along(a, -1, b)) / max(norm2(b), 1e-300)
}

// differences is the step of central differences and what they are good to. The
// error is h² of the third derivative and ε/h of rounding, each with a factor of
// some tens here. Where ReLU or max-pooling bend the energy the step must also be
// so small that no bend of the tens of thousands comes to lie in it.
func differences(a Architecture) (h, tolerance float64) {
	h, tolerance = 1e-5, 1e-7
	eachLayer(a.Layers, func(l *Layer) {
		switch (*l).(type) {
		case ReLU, MaxPool:
			h, tolerance = 1e-8, 1e-6
		}
	})
	return h, tolerance
}

// Every layer, and every named network cut down: gradient against differences of
// the value, Hessian-vector product against differences of the gradient, in
// evaluation and with batch-norm and dropout as in training.
func TestDerivatives(t *testing.T) {
	for _, a := range cases {
		t.Run(a.Name, func(t *testing.T) {
			l, x, v := lossOf(t, a, 5)
			derivatives(t, l, x, v)
		})
		t.Run(a.Name+"/training", func(t *testing.T) {
			drops := a.clone()
			drops.Layers = withDropout(drops.Layers)
			l, x, v := lossOf(t, drops, 6)
			derivatives(t, l.Minibatch(landscape.Batch{Index: []int{0, 3, 1, 4, 3}, Seed: 7}), x, v)
		})
	}
}

// withDropout is layers with dropout wherever they had it with 0, and before the
// last one.
func withDropout(layers []Layer) []Layer {
	eachLayer(layers, func(l *Layer) {
		if _, ok := (*l).(Dropout); ok {
			*l = Dropout{.3}
		}
	})
	if isText(Architecture{Layers: layers}) {
		return layers
	}
	return append([]Layer{Dropout{.2}}, layers...)
}

func derivatives(t *testing.T, l *Loss, x, v device.Vector) {
	t.Helper()
	dev := x.Device()
	step, tolerance := differences(l.arch)
	plus, minus := along(x, step, v), along(x, -step, v)
	g, gp, gm := l.New(), l.New(), l.New()
	f := l.Gradient(x, g)
	if value := l.Value(x); math.Abs(f-value) > 1e-15*math.Abs(f) {
		t.Errorf("Gradient returns %v, Value %v", f, value)
	}
	numeric := (l.Value(plus) - l.Value(minus)) / (2 * step)
	if got := dev.Dot(g, v); math.Abs(got-numeric) > tolerance*norm2(g)*norm2(v) {
		t.Errorf("gradient along v is %v, difference %v", got, numeric)
	}

	l.Gradient(plus, gp)
	l.Gradient(minus, gm)
	dev.Axpby(1/(2*step), gp, -1/(2*step), gm)
	hv := l.New()
	l.HessianVector(x, v, hv)
	if d := distance(hv, gm); d > tolerance {
		t.Errorf("Hessian-vector product differs from the difference of gradients by %.2g", d)
	}
	again := l.New()
	l.HessianVector(x, v, again)
	if distance(again, hv) > 0 {
		t.Error("the second product at a point differs from the first")
	}
	w, hw := l.New(), l.New()
	dev.Normal(5, 0, 0, 1, w)
	l.HessianVector(x, w, hw)
	if a, b := dev.Dot(w, hv), dev.Dot(v, hw); math.Abs(a-b) > 1e-12*norm2(hv)*norm2(w) {
		t.Errorf("wᵀHv is %v, vᵀHw is %v", a, b)
	}

	gv, gw := l.New(), l.New()
	l.GaussNewtonVector(x, v, gv)
	l.GaussNewtonVector(x, w, gw)
	if a, b := dev.Dot(w, gv), dev.Dot(v, gw); math.Abs(a-b) > 1e-12*norm2(gv)*norm2(w) {
		t.Errorf("wᵀGv is %v, vᵀGw is %v", a, b)
	}
	if q := dev.Dot(v, gv); q < 0 {
		t.Errorf("vᵀGv is %v, expected at least 0", q)
	}
	l.HessianVector(x, v, again)
	if distance(again, hv) > 0 {
		t.Error("a Hessian-vector product after Gauss-Newton ones differs from the one before")
	}
}

// One chunk after the other is the same sum as all at once, to rounding.
func TestChunks(t *testing.T) {
	for _, a := range cases {
		l, x, v := lossOf(t, a, 7)
		whole := results(l, x, v)
		l.chunk = 3
		for i, r := range results(l, x, v) {
			if d := distance(r, whole[i]); d > 1e-12 {
				t.Errorf("%s: result %d in chunks differs by %.2g", a.Name, i, d)
			}
		}
		s := l.Subset([]int{6, 1, 1})
		want := (l.Subset([]int{6}).Value(x) + 2*l.Subset([]int{1}).Value(x)) / 3
		if got := s.Value(x); math.Abs(got-want) > 1e-13*want {
			t.Errorf("%s: subset has value %v, expected %v", a.Name, got, want)
		}
	}
}

func results(l *Loss, x, v device.Vector) []device.Vector {
	g, hv, gv := l.New(), l.New(), l.New()
	l.Gradient(x, g)
	l.HessianVector(x, v, hv)
	l.GaussNewtonVector(x, v, gv)
	return []device.Vector{g, hv, gv}
}

// The mean of the samples' gradients is the gradient; norms, products and
// combinations are those of the rows, of one chunk of samples and of two.
func TestSampleGradients(t *testing.T) {
	for i, a := range slices.Concat(cases, cases) {
		t.Run(a.Name, func(t *testing.T) {
			const n = 6
			l, x, v := lossOf(t, a, n)
			if i >= len(cases) {
				l.chunk = 4
			}
			dev, d := x.Device(), l.Dim()
			g := l.New()
			l.Gradient(x, g)

			index := []int{0, 1, 2, 3, 4, 5}
			s := l.SampleGradients(x, index)
			rows := dev.New(device.Float64, n*d)
			s.Rows(0, n, rows)
			weights := []float64{.3, -1, 2, 0, .5, 1}
			mean, combination := l.New(), l.New()
			norms, gram, along := make([]float64, n), make([]float64, n*n), make([]float64, n)
			s.Combine([]float64{1. / n, 1. / n, 1. / n, 1. / n, 1. / n, 1. / n}, mean)
			s.Combine(weights, combination)
			s.SquaredNorms(norms)
			s.Gram(gram)
			s.Apply(v, along)

			if e := distance(mean, g); e > 1e-12 {
				t.Errorf("the mean of the gradients differs from the gradient by %.2g", e)
			}
			want := l.New()
			for k, w := range weights {
				row := rows.Slice(k*d, (k+1)*d)
				dev.Axpy(w, row, want)
				if got, want := norms[k], dev.Dot(row, row); math.Abs(got-want) > 1e-12*want {
					t.Errorf("sample %d: squared norm %v, of the row %v", k, got, want)
				}
				if got, want := along[k], dev.Dot(row, v); math.Abs(got-want) > 1e-12*norm2(row)*norm2(v) {
					t.Errorf("sample %d: product with v %v, of the row %v", k, got, want)
				}
				for j := range n {
					other := rows.Slice(j*d, (j+1)*d)
					if got, want := gram[k*n+j], dev.Dot(row, other); math.Abs(got-want) > 1e-12*norm2(row)*norm2(other) {
						t.Errorf("Gram(%d, %d) is %v, of the rows %v", k, j, got, want)
					}
				}
			}
			if e := distance(combination, want); e > 1e-12 {
				t.Errorf("combination differs from that of the rows by %.2g", e)
			}
			one := l.New()
			l.Subset([]int{4}).Gradient(x, one)
			if e := distance(rows.Slice(4*d, 5*d), one); e > 1e-12 {
				t.Errorf("row 4 differs from the gradient of sample 4 by %.2g", e)
			}
		})
	}
}

// After Restart the kept statistics are a function of the batches since, whatever
// was kept before, a NaN too; the first batch's are kept whole.
func TestRestart(t *testing.T) {
	a := Architecture{"normalised", []int{3}, 4, layers(Dense{Out: 4}, BatchNorm{})}
	fresh, x, _ := lossOf(t, a, 6)
	used, _, _ := lossOf(t, a, 6)
	used.Statistics().Device().Fill(used.Statistics(), math.NaN())
	tenth, _, _ := lossOf(t, a, 6) // never restarted: a tenth of the way from 0
	tenth.Statistics().Device().Fill(tenth.Statistics(), 0)
	g := fresh.New()
	fresh.Restart()
	used.Restart()
	for k := range 12 {
		b := landscape.Batch{Index: []int{k % 6, (k + 1) % 6, (k + 3) % 6}}
		for _, l := range []*Loss{fresh, used, tenth} {
			l.BatchGradient(x, b, g)
		}
		if k > 0 {
			continue
		}
		whole, part := device.Read[float64](fresh.Statistics()), device.Read[float64](tenth.Statistics())
		for c := range 4 {
			if math.Abs(whole[c]-10*part[c]) > 1e-12 {
				t.Errorf("channel %d: kept mean %v after one batch, expected the batch's %v", c, whole[c], 10*part[c])
			}
		}
	}
	got, want := device.Read[float64](used.Statistics()), device.Read[float64](fresh.Statistics())
	if !slices.Equal(got, want) {
		t.Errorf("kept %v after another run, %v after none, expected the same", got, want)
	}
}
