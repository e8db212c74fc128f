package net

import (
	"fmt"
	"math"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// An Initialiser fills one block of parameters, weights, biases or a learned
// state, with the numbers of one stream. w has the block's length.
type Initialiser func(b Block, key rng.Key, w device.Vector)

// Initialise fills x, of length a.Dim(), block by block: batch-norm's scales
// with 1, its shifts with 0, all else by rule. Each block has a stream of its
// own, so the numbers are a function of key and the layout alone. It panics on
// another length.
func Initialise(a Architecture, rule Initialiser, key rng.Key, x device.Vector) {
	if d := a.Dim(); x.Len() != d {
		panic(fmt.Sprintf("net: Initialise: x has length %d, expected %d, the parameters of %s", x.Len(), d, a.Name))
	}
	if rule == nil {
		panic("net: Initialise: rule is nil, expected one such as HeNormal")
	}
	for i, b := range a.Layout() {
		w := x.Slice(b.Offset, b.Offset+b.Len())
		switch b.Kind {
		case Scale:
			w.Device().Fill(w, 1)
		case Shift:
			w.Device().Fill(w, 0)
		default:
			rule(b, key.Split(uint64(i)), w)
		}
	}
}

// GlorotUniform is weights uniform with variance 2/(fan-in + fan-out), biases 0
// (Glorot & Bengio 2010, (16)). It suits tanh.
func GlorotUniform(b Block, key rng.Key, w device.Vector) {
	uniformWeights(b, key, math.Sqrt(6/float64(b.FanIn+b.FanOut)), w)
}

// GlorotNormal is weights normal with variance 2/(fan-in + fan-out), biases 0
// (Glorot & Bengio 2010, (12)).
func GlorotNormal(b Block, key rng.Key, w device.Vector) {
	normalWeights(b, key, math.Sqrt(2/float64(b.FanIn+b.FanOut)), w)
}

// HeNormal is weights normal with variance 2/fan-in, biases 0 (He et al. 2015,
// (10)): ReLU layers then keep the size of what goes forward.
func HeNormal(b Block, key rng.Key, w device.Vector) {
	normalWeights(b, key, math.Sqrt(2/float64(b.FanIn)), w)
}

// HeUniform is HeNormal with a uniform law of the same variance.
func HeUniform(b Block, key rng.Key, w device.Vector) {
	uniformWeights(b, key, math.Sqrt(6/float64(b.FanIn)), w)
}

// HeBackward is weights normal with variance 2/fan-out, biases 0 (He et al.
// 2015, (14)): ReLU layers then keep the size of what comes back. The wide
// residual networks start from it.
func HeBackward(b Block, key rng.Key, w device.Vector) {
	normalWeights(b, key, math.Sqrt(2/float64(b.FanOut)), w)
}

// LeCun is weights normal with variance 1/fan-in, biases 0 (LeCun et al. 1998,
// "Efficient BackProp", (16)).
func LeCun(b Block, key rng.Key, w device.Vector) {
	normalWeights(b, key, math.Sqrt(1/float64(b.FanIn)), w)
}

// Normal is all weights, biases and states normal with that standard deviation:
// .1 for the small LeNet, small fully connected network and char-LSTM whose
// Hessians are figures 3.1 and 3.4, by their author's code.
func Normal(sd float64) Initialiser {
	return func(_ Block, key rng.Key, w device.Vector) { w.Device().Normal(uint64(key), 0, 0, sd, w) }
}

// Uniform is all weights, biases and states uniform on [-bound, bound): .04 for
// the large LSTM of Zaremba et al. (2014).
func Uniform(bound float64) Initialiser {
	return func(_ Block, key rng.Key, w device.Vector) { w.Device().Uniform(uint64(key), 0, -bound, bound, w) }
}

// PyTorch is what PyTorch's layers start from, as published networks that say
// nothing of it do: weights and biases uniform within 1/√fan-in, of an LSTM
// within 1/√width; embeddings standard normal; states 0.
func PyTorch(b Block, key rng.Key, w device.Vector) {
	bound := 1 / math.Sqrt(float64(b.FanIn))
	switch {
	case b.Kind == State:
		bound = 0
	case b.Layer == "embedding":
		w.Device().Normal(uint64(key), 0, 0, 1, w)
		return
	case b.Layer == "lstm":
		bound = 1 / math.Sqrt(float64(b.Shape[0]/gates))
	}
	w.Device().Uniform(uint64(key), 0, -bound, bound, w)
}

// gates is the number of matrices in a block of an LSTM.
const gates = 4

// Orthogonal is weights W, out×in (of a convolution in = C·R·S; of an LSTM, gate
// by gate), with orthonormal rows or, where out > in, columns, times gain; biases
// 0 (Saxe et al. 2014). The law is uniform (Haar): W is the orthogonal factor UVᵀ
// of a normal matrix. It needs the singular values of each W, O(out·in·min)
// work. A gain of √2 suits ReLU, 1 tanh.
func Orthogonal(gain float64) Initialiser {
	return func(b Block, key rng.Key, w device.Vector) {
		w.Device().Fill(w, 0)
		if b.Kind != Weight {
			return
		}
		rows, cols, matrices := b.Shape[0], b.Len()/b.Shape[0], 1
		if b.Layer == "lstm" {
			rows, matrices = rows/gates, gates
		}
		for m := range matrices {
			orthogonal(rows, cols, gain, key.Split(uint64(m)), w.Slice(m*rows*cols, (m+1)*rows*cols))
		}
	}
}

// orthogonal works in float64 whatever w is: the columns are orthonormal to w's
// own rounding.
func orthogonal(m, n int, gain float64, key rng.Key, w device.Vector) {
	dev, k := w.Device(), min(m, n)
	vector := func(n int) device.Vector { return dev.New(device.Float64, n) }
	a, u, s, vt := vector(m*n), vector(m*k), vector(k), vector(k*n)
	dev.Normal(uint64(key), 0, 0, 1, a)
	if err := dev.SVD(m, n, a, u, s, vt); err != nil {
		panic(fmt.Sprintf("net: Orthogonal: singular values of a normal %d×%d matrix: %v, expected them to converge", m, n, err))
	}
	dev.Gemm(false, false, m, n, k, gain, u, k, vt, n, 0, a, n)
	dev.Copy(w, a)
	for _, v := range []device.Vector{a, u, s, vt} {
		dev.Free(v)
	}
}

// ForgetBias is rule, but for the biases of LSTM's forget gates: they start from
// bias. With 1 the memory is open at first (Gers et al. 2000, Jozefowicz et al.
// 2015).
func ForgetBias(rule Initialiser, bias float64) Initialiser {
	return func(b Block, key rng.Key, w device.Vector) {
		rule(b, key, w)
		if b.Layer == "lstm" && b.Kind == Bias {
			h := b.Len() / gates
			w.Device().Fill(w.Slice(h, 2*h), bias) // after the input gate's
		}
	}
}

func normalWeights(b Block, key rng.Key, sd float64, w device.Vector) {
	if b.Kind != Weight {
		sd = 0
	}
	w.Device().Normal(uint64(key), 0, 0, sd, w)
}

func uniformWeights(b Block, key rng.Key, bound float64, w device.Vector) {
	if b.Kind != Weight {
		bound = 0
	}
	w.Device().Uniform(uint64(key), 0, -bound, bound, w)
}
