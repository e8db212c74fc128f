package net

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/landscape"
)

// answers is what PyTorch says of one network: see fixtures/make.py.
type answers struct {
	Loss               float64
	Gradient           []float64
	HessianVector      []float64
	GaussNewton        []float64
	SampleSquaredNorms []float64
	Error              float64
}

type fixture struct {
	Name    string
	Samples int
	Dim     int
	Train   *answers  // with batch-norm by the batch
	Kept    []float64 // the statistics after it: mean and variance of each layer
	Eval    answers   // with these statistics
}

func fixtures(t *testing.T) map[string]fixture {
	text, err := os.ReadFile("testdata/pytorch.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []fixture }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	byName := map[string]fixture{}
	for _, f := range file.Cases {
		byName[f.Name] = f
	}
	return byName
}

// hashed is n multiples of 2⁻²⁴ in [0, 1), the same as in fixtures/make.py.
func hashed(seed uint32, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		z := uint32(i) + seed*2654435761
		z = (z ^ z>>16) * 0x7FEB352D
		z = (z ^ z>>15) * 0x846CA68B
		z ^= z >> 16
		x[i] = float64(z>>8) / (1 << 24)
	}
	return x
}

func TestFixturesAreTheCases(t *testing.T) {
	want := fixtures(t)
	for _, a := range cases {
		if err := a.Check(); err != nil {
			t.Error(err)
		}
		if f, ok := want[a.Name]; !ok || f.Dim != a.Dim() {
			t.Errorf("%s has %d parameters, %d in the file; run fixtures/make.py", a.Name, a.Dim(), f.Dim)
		}
		delete(want, a.Name)
	}
	for name := range want {
		t.Errorf("%s is in the file and not among the cases", name)
	}
}

// inputs is the data and the batch of all of it, as fixtures/make.py has them.
func (f fixture) inputs(a Architecture) (*data.Set, landscape.Batch) {
	set := &data.Set{Name: f.Name, Shape: a.Input, Classes: a.Classes}
	below := func(x float64) int32 { return int32(x * float64(a.Classes)) }
	if len(a.Input) == 1 && isText(a) {
		steps := a.Input[0]
		text := hashed(2, f.Samples*(steps+1))
		for i := range text {
			if i%(steps+1) < steps {
				set.Tokens = append(set.Tokens, below(text[i]))
				set.Y = append(set.Y, below(text[i+1]))
			}
		}
	} else {
		for _, x := range hashed(2, f.Samples*set.Size()) {
			set.X = append(set.X, float32(2*x-1))
		}
		for _, y := range hashed(3, f.Samples) {
			set.Y = append(set.Y, below(y))
		}
	}
	var b landscape.Batch
	for i := range f.Samples {
		b.Index = append(b.Index, i)
	}
	return set, b
}

func isText(a Architecture) bool {
	switch a.Layers[0].(type) {
	case Embedding, OneHot:
		return true
	}
	return false
}

// Loss, gradient, products and norms of every layer and every named network,
// cut down, in float64: to 1e-10 of the largest number of each vector, a
// thousand times what the roundings of either side come to and the thirteen
// digits of the file.
func TestAgainstPyTorch(t *testing.T) {
	answer := fixtures(t)
	for _, a := range cases {
		t.Run(a.Name, func(t *testing.T) {
			f := answer[a.Name]
			set, all := f.inputs(a)
			l, err := NewLoss(a, set, Options{DType: device.Float64})
			if err != nil {
				t.Fatal(err)
			}
			vector := func(seed uint32) device.Vector {
				w := hashed(seed, f.Dim)
				for i := range w {
					w[i] = 2*w[i] - 1
				}
				return device.Of(w)
			}
			x, v, out := vector(1), vector(4), l.New()
			equal := func(what string, got, want []float64) {
				t.Helper()
				if i, d := farthest(got, want); !(d < 1e-10) {
					t.Errorf("%s: number %d of %d differs by %.2g of the largest: %v, PyTorch %v", what, i, len(want), d, got[i], want[i])
				}
			}
			loss := func(what string, got, want float64) { t.Helper(); equal(what, []float64{got}, []float64{want}) }

			if f.Train != nil {
				b := l.Minibatch(all)
				loss("loss of the batch", b.Gradient(x, out), f.Train.Loss)
				equal("gradient of the batch", device.Host[float64](out), f.Train.Gradient)
				b.HessianVector(x, v, out)
				equal("Hessian-vector product of the batch", device.Host[float64](out), f.Train.HessianVector)
				loss("loss in training", l.BatchGradient(x, all, out), f.Train.Loss)
				equal("gradient in training", device.Host[float64](out), f.Train.Gradient)
				equal("statistics", device.Host[float64](l.Statistics()), f.Kept)
			}
			loss("loss", l.Gradient(x, out), f.Eval.Loss)
			equal("gradient", device.Host[float64](out), f.Eval.Gradient)
			l.HessianVector(x, v, out)
			equal("Hessian-vector product", device.Host[float64](out), f.Eval.HessianVector)
			l.GaussNewtonVector(x, v, out)
			equal("Gauss-Newton-vector product", device.Host[float64](out), f.Eval.GaussNewton)
			squared := make([]float64, f.Samples)
			l.SampleGradients(x, all.Index).SquaredNorms(squared)
			equal("squared norms of samples", squared, f.Eval.SampleSquaredNorms)
			value, errors := l.Evaluate(x)
			loss("loss", value, f.Eval.Loss)
			loss("errors", errors, f.Eval.Error)
		})
	}
}

// farthest is where two vectors differ most, in units of the largest number of
// want; lengths that differ are infinitely far.
func farthest(got, want []float64) (at int, d float64) {
	if len(got) != len(want) {
		return 0, math.Inf(1)
	}
	scale := 0.
	for _, w := range want {
		scale = max(scale, math.Abs(w))
	}
	for i, w := range want {
		if e := math.Abs(got[i] - w); !(e <= d) {
			at, d = i, e
		}
	}
	if d > 0 {
		d /= scale
	}
	return at, d
}
