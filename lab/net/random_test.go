package net

import (
	"fmt"
	"math"
	"testing"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
)

// randomLayers is n layers, as s chooses, that keep the shape of what goes in
// when same is true.
func randomLayers(s *rng.Stream, in []int, n int, same, smooth bool, depth int) []Layer {
	var all []Layer
	for range n {
		var choices []Layer
		choices = append(choices, BatchNorm{}, Tanh{}, Sigmoid{}, Dropout{.3})
		if !smooth {
			choices = append(choices, ReLU{})
		}
		if depth > 0 {
			body := randomLayers(s, in, 1+s.IntN(3), true, smooth, depth-1)
			shortcut := randomLayers(s, in, s.IntN(2), true, smooth, depth-1)
			choices = append(choices, Residual{body, shortcut}, Residual{Body: body})
		}
		switch len(in) {
		case 3:
			choices = append(choices, Conv{Out: in[0], Kernel: 3, Pad: 1}, Conv{Out: in[0], Kernel: 1, NoBias: true})
			if !same && in[1] > 2 {
				choices = append(choices, Conv{Out: 2, Kernel: 2, Stride: 2, Pad: 1}, MeanPool{Size: 2, Stride: 1})
				if !smooth {
					choices = append(choices, MaxPool{Size: 2})
				}
			}
		case 2:
			choices = append(choices, Dense{Out: in[1]}, LSTM{Hidden: in[1], LearnedState: true})
			if !same {
				choices = append(choices, Dense{Out: 3}, LSTM{Hidden: 2})
			}
		default:
			choices = append(choices, Dense{Out: product(in)})
		}
		l := choices[s.IntN(len(choices))]
		var p plan
		_, in = p.sequence(in, []Layer{l})
		all = append(all, l)
	}
	return all
}

// Derivatives, sample gradients and memory that is used twice, in networks that
// nobody thought of.
func TestRandomArchitectures(t *testing.T) {
	for k := range 60 {
		s := rng.Key(k).Stream()
		a := Architecture{Name: fmt.Sprint("random ", k), Classes: 3}
		smooth := k%3 > 0
		switch k % 4 {
		case 0:
			a.Input = []int{4}
			a.Layers = randomLayers(s, a.Input, 1+s.IntN(5), false, smooth, 1)
		case 1:
			a.Input = []int{3}
			a.Layers = append([]Layer{Embedding{3, 2}}, randomLayers(s, []int{3, 2}, 1+s.IntN(4), false, smooth, 1)...)
		default:
			a.Input = []int{2, 4, 5}
			a.Layers = randomLayers(s, a.Input, 1+s.IntN(6), false, smooth, 2)
		}
		a.Layers = append(a.Layers, Dense{Out: 3})
		t.Run(a.Name, func(t *testing.T) {
			defer func() {
				if t.Failed() {
					t.Logf("%+v", a.Layers)
				}
			}()
			l, x, v := lossOf(t, a, 5)
			derivatives(t, l, x, v)
			derivatives(t, l.Minibatch(landscape.Batch{Index: []int{4, 0, 2, 1}, Seed: 5}), x, v)

			index := []int{3, 0, 4}
			g, mean, rows := l.New(), l.New(), x.Device().New(device.Float64, 3*l.Dim())
			l.Subset(index).Gradient(x, g)
			samples := l.SampleGradients(x, index)
			samples.Combine([]float64{1. / 3, 1. / 3, 1. / 3}, mean)
			if d := distance(mean, g); d > 1e-11 {
				t.Errorf("the mean of the samples' gradients differs from the gradient by %.2g", d)
			}
			samples.Rows(0, 3, rows)
			norms, along := make([]float64, 3), make([]float64, 3)
			samples.SquaredNorms(norms)
			samples.Apply(v, along)
			for i := range norms {
				row := rows.Slice(i*l.Dim(), (i+1)*l.Dim())
				want, dot := row.Device().Dot(row, row), row.Device().Dot(row, v)
				if !(math.Abs(norms[i]-want) <= 1e-11*want) {
					t.Errorf("squared norm %v, of the row %v", norms[i], want)
				}
				if !(math.Abs(along[i]-dot) <= 1e-11*norm2(row)*norm2(v)) {
					t.Errorf("product %v, of the row %v", along[i], dot)
				}
			}
		})
	}
}

// Before the first parameters a branch without any has no tangent: the block's is
// the other branch's, which needs its own unchanged.
func TestResidualBeforeParameters(t *testing.T) {
	a := Architecture{Name: "first block", Input: []int{3}, Classes: 4, Layers: []Layer{
		OneHot{4}, Residual{Body: []Layer{Tanh{}}, Shortcut: []Layer{LSTM{Hidden: 4}}}, Dropout{.2}, Dense{Out: 4},
	}}
	l, x, v := lossOf(t, a, 5)
	derivatives(t, l, x, v)
	derivatives(t, l.Minibatch(landscape.Batch{Index: []int{4, 0, 2, 1}, Seed: 5}), x, v)
}
