package net

import (
	"math"
	"slices"
	"strings"
	"testing"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// A network with every kind of block.
var everyBlock = Architecture{Name: "every", Input: []int{7}, Classes: 30, Layers: []Layer{
	Embedding{Vocabulary: 30, Width: 64}, LSTM{Hidden: 40, LearnedState: true}, BatchNorm{},
	Dense{Out: 50}, ReLU{}, Dense{Out: 30},
}}

var everyConv = Architecture{Name: "conv", Input: []int{3, 8, 8}, Classes: 10, Layers: []Layer{
	Conv{Out: 32, Kernel: 3}, ReLU{}, Conv{Out: 24, Kernel: 3}, Dense{Out: 10},
}}

func initialised(a Architecture, rule Initialiser, key rng.Key) []float64 {
	x := device.CPU().New(device.Float64, a.Dim())
	Initialise(a, rule, key, x)
	return device.Host[float64](x)
}

// Means and variances of each block, against what the papers say; four standard
// errors of each, the kurtosis of the law taken into account.
func TestInitialiserMoments(t *testing.T) {
	fans := func(b Block) (in, out float64) { return float64(b.FanIn), float64(b.FanOut) }
	weightsOnly := func(f func(b Block) float64) func(b Block) float64 {
		return func(b Block) float64 {
			if b.Kind == Weight {
				return f(b)
			}
			return 0
		}
	}
	glorot := weightsOnly(func(b Block) float64 { in, out := fans(b); return 2 / (in + out) })
	he := weightsOnly(func(b Block) float64 { in, _ := fans(b); return 2 / in })
	const normal, uniform = 3, 1.8 // kurtosis
	for _, c := range []struct {
		name     string
		rule     Initialiser
		kurtosis float64
		variance func(b Block) float64
	}{
		{"GlorotUniform", GlorotUniform, uniform, glorot},
		{"GlorotNormal", GlorotNormal, normal, glorot},
		{"HeNormal", HeNormal, normal, he},
		{"HeUniform", HeUniform, uniform, he},
		{"HeBackward", HeBackward, normal, weightsOnly(func(b Block) float64 { _, out := fans(b); return 2 / out })},
		{"LeCun", LeCun, normal, weightsOnly(func(b Block) float64 { in, _ := fans(b); return 1 / in })},
		{"Normal", Normal(.1), normal, func(Block) float64 { return .01 }},
		{"Uniform", Uniform(.04), uniform, func(Block) float64 { return .04 * .04 / 3 }},
		{"PyTorch", PyTorch, normal, func(b Block) float64 {
			switch {
			case b.Kind == State:
				return 0
			case b.Layer == "embedding":
				return 1
			case b.Layer == "lstm":
				return 1. / 3 / 40
			}
			return 1. / 3 / float64(b.FanIn)
		}},
	} {
		for _, a := range []Architecture{everyBlock, everyConv} {
			x := initialised(a, c.rule, 5)
			for _, b := range a.Layout() {
				w, mean, variance := x[b.Offset:b.Offset+b.Len()], 0., 0.
				switch b.Kind {
				case Scale:
					mean = 1
				case Shift:
				default:
					variance = c.variance(b)
				}
				n := float64(len(w))
				var m, v float64
				for _, y := range w {
					m += y / n
					v += (y - mean) * (y - mean) / n
				}
				if d := math.Abs(m - mean); d > 4*math.Sqrt(variance/n)+1e-14 { // and rounding of the sum
					t.Errorf("%s, %s: mean %g, expected %g", c.name, b.Name, m, mean)
				}
				if d := math.Abs(v - variance); d > 4*variance*math.Sqrt((c.kurtosis-1)/n) {
					t.Errorf("%s, %s: variance %g, expected %g", c.name, b.Name, v, variance)
				}
				if bound := math.Sqrt(3 * variance); c.kurtosis == uniform && slices.ContainsFunc(w, func(y float64) bool { return math.Abs(y-mean) > bound }) {
					t.Errorf("%s, %s: a number outside of ±%g", c.name, b.Name, bound)
				}
			}
		}
	}
}

// WWᵀ = g² I or WᵀW = g² I, to the rounding of products of fewer than 300 terms.
func TestOrthogonal(t *testing.T) {
	const gain = 1.5
	for _, a := range []Architecture{everyBlock, everyConv} {
		x := initialised(a, Orthogonal(gain), 5)
		for _, b := range a.Layout() {
			w := x[b.Offset : b.Offset+b.Len()]
			if b.Kind != Weight {
				if b.Kind != Scale && slices.ContainsFunc(w, func(y float64) bool { return y != 0 }) {
					t.Errorf("%s is not 0", b.Name)
				}
				continue
			}
			m := b.Shape[0]
			if b.Layer == "lstm" {
				m /= gates
			}
			n := b.Len() / b.Shape[0]
			for ; len(w) > 0; w = w[m*n:] {
				at := func(i, j int) float64 { return w[i*n+j] }
				rows, cols := m, n
				if m > n {
					at = func(i, j int) float64 { return w[j*n+i] }
					rows, cols = n, m
				}
				for i := range rows {
					for j := range rows {
						dot, want := 0., 0.
						for k := range cols {
							dot += at(i, k) * at(j, k)
						}
						if i == j {
							want = gain * gain
						}
						if !(math.Abs(dot-want) < 1e-13*300) {
							t.Fatalf("%s: rows %d and %d have product %g, expected %g", b.Name, i, j, dot, want)
						}
					}
				}
			}
		}
	}
}

func TestInitialiseRepeats(t *testing.T) {
	a := everyBlock
	for _, rule := range []Initialiser{HeNormal, PyTorch, Orthogonal(1)} {
		x := initialised(a, rule, 1)
		if !slices.Equal(x, initialised(a, rule, 1)) {
			t.Error("the same key, other numbers")
		}
		if slices.Equal(x, initialised(a, rule, 2)) {
			t.Error("another key, the same numbers")
		}
		for _, threads := range []int{1, 2} {
			y := device.NewCPU(threads).New(device.Float32, a.Dim())
			Initialise(a, rule, 1, y)
			for i, v := range device.Host[float32](y) {
				if v != float32(x[i]) {
					t.Fatalf("%d threads: parameter %d is %v in float32, expected %v rounded", threads, i, v, x[i])
				}
			}
		}
	}
	// Of two equal layers each has numbers of its own.
	twice := Architecture{Input: []int{4}, Classes: 4, Layers: []Layer{Dense{Out: 4, NoBias: true}, Dense{Out: 4, NoBias: true}}}
	if x := initialised(twice, HeNormal, 1); slices.Equal(x[:16], x[16:]) {
		t.Error("two layers start from the same numbers")
	}
}

func TestForgetBias(t *testing.T) {
	plain, open := initialised(everyBlock, PyTorch, 3), initialised(everyBlock, ForgetBias(PyTorch, 1), 3)
	changed := 0
	for _, b := range everyBlock.Layout() {
		for i := range b.Len() {
			k := b.Offset + i
			if forget := b.Name == "lstm1.bias" && i/40 == 1; forget {
				changed++
				if open[k] != 1 {
					t.Errorf("%s[%d] is %g, expected 1", b.Name, i, open[k])
				}
			} else if open[k] != plain[k] {
				t.Errorf("%s[%d] is changed", b.Name, i)
			}
		}
	}
	if changed != 40 {
		t.Errorf("%d biases of forget gates, expected 40", changed)
	}
}

func TestInitialiseLength(t *testing.T) {
	defer func() {
		if e, _ := recover().(string); !strings.Contains(e, "length 3") {
			t.Errorf("panic %q, expected the length", e)
		}
	}()
	Initialise(everyConv, HeNormal, 1, device.CPU().New(device.Float32, 3))
}
