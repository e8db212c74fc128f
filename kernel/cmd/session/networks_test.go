//go:build cuda

package main

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"glassy/cuda"
	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/net"
	"glassy/lab/optim"
)

// Whole networks on the device against the same on the CPU. The tests are here
// because only programs may know both package cuda and the networks: arrows from
// either to the other would not point down.

// small networks have every layer that the thesis's have, at sizes that the mock
// runs in no time.
var small = []net.Architecture{
	{Name: "lenet in small", Input: []int{1, 12, 12}, Classes: 5, Layers: []net.Layer{
		net.Conv{Out: 4, Kernel: 3}, net.BatchNorm{}, net.MaxPool{Size: 2}, net.ReLU{}, net.Dropout{P: .25},
		net.Conv{Out: 6, Kernel: 3}, net.BatchNorm{}, net.MaxPool{Size: 3}, net.ReLU{}, net.Dropout{P: .25},
		net.Dense{Out: 16}, net.BatchNorm{}, net.ReLU{}, net.Dropout{P: .25}, net.Dense{Out: 5}}},
	{Name: "allcnn in small", Input: []int{3, 8, 8}, Classes: 4, Layers: []net.Layer{
		net.Dropout{P: .2}, net.Conv{Out: 6, Kernel: 3, Pad: 1}, net.BatchNorm{}, net.ReLU{},
		net.Conv{Out: 6, Kernel: 3, Stride: 2, Pad: 1}, net.BatchNorm{}, net.ReLU{},
		net.Dropout{P: .5}, net.Conv{Out: 8, Kernel: 3, Pad: 1}, net.BatchNorm{}, net.ReLU{},
		net.Conv{Out: 4, Kernel: 1}, net.BatchNorm{}, net.ReLU{}, net.MeanPool{Size: 4}}},
	{Name: "residual in small", Input: []int{2, 6, 6}, Classes: 3, Layers: []net.Layer{
		net.Conv{Out: 4, Kernel: 3, Pad: 1, NoBias: true},
		net.Residual{
			Body: []net.Layer{net.BatchNorm{}, net.ReLU{}, net.Conv{Out: 6, Kernel: 3, Stride: 2, Pad: 1, NoBias: true},
				net.BatchNorm{}, net.Tanh{}, net.Dropout{P: .3}, net.Conv{Out: 6, Kernel: 3, Pad: 1, NoBias: true}},
			Shortcut: []net.Layer{net.Conv{Out: 6, Kernel: 1, Stride: 2, NoBias: true}}},
		net.BatchNorm{}, net.Sigmoid{}, net.MeanPool{Size: 3}, net.Dense{Out: 3}}},
	{Name: "char-lstm in small", Input: []int{6}, Classes: 9, Layers: []net.Layer{
		net.OneHot{Vocabulary: 9}, net.LSTM{Hidden: 5, LearnedState: true}, net.Dense{Out: 9}}},
	{Name: "ptb-lstm in small", Input: []int{5}, Classes: 11, Layers: []net.Layer{
		net.Embedding{Vocabulary: 11, Width: 6}, net.Dropout{P: .3}, net.LSTM{Hidden: 6}, net.Dropout{P: .3},
		net.LSTM{Hidden: 4}, net.Dropout{P: .3}, net.Dense{Out: 11}}},
}

// samples are n random ones that the network takes.
func samples(a net.Architecture, n int) *data.Set {
	r := rand.New(rand.NewPCG(1, 2))
	set := &data.Set{Name: "random", Shape: a.Input, Classes: a.Classes}
	size := 1
	for _, s := range a.Input {
		size *= s
	}
	labels := n
	if len(a.Input) == 1 && a.Input[0] < 40 { // a text: short rows of numbers are none of these networks'
		labels = n * size
		for range n * size {
			set.Tokens = append(set.Tokens, int32(r.IntN(a.Classes)))
		}
	} else {
		for range n * size {
			set.X = append(set.X, float32(r.NormFloat64()))
		}
	}
	for range labels {
		set.Y = append(set.Y, int32(r.IntN(a.Classes)))
	}
	return set
}

// start is the network on dev over n samples, and weights.
func start(t testing.TB, dev device.Device, dtype device.DType, a net.Architecture, n int) (*net.Loss, device.Vector) {
	t.Helper()
	l, err := net.NewLoss(a, samples(a, n), net.Options{Device: dev, DType: dtype})
	if err != nil {
		t.Fatal(err)
	}
	x := device.CPU().New(dtype, l.Dim())
	net.Initialise(a, net.PyTorch, 3, x)
	here := l.New()
	dev.Upload(here, x)
	return l, here
}

// looks are all that a landscape tells, as numbers by name.
func looks(l *net.Loss, x device.Vector) map[string][]float64 {
	v, w := l.New(), l.New()
	x.Device().Normal(4, 0, 0, 1, v)
	all := make(map[string][]float64)
	vector := func(name string) { all[name] = device.Read[float64](w) }
	all["value"] = []float64{l.Value(x)}
	all["value with the gradient"] = []float64{l.Gradient(x, w)}
	vector("gradient")
	l.HessianVector(x, v, w)
	vector("Hessian-vector product")
	l.GaussNewtonVector(x, v, w)
	vector("Gauss-Newton-vector product")

	index := []int{1, 4, 2, 7}
	g := l.SampleGradients(x, index)
	norms, gram, along := make([]float64, 4), make([]float64, 16), make([]float64, 4)
	g.SquaredNorms(norms)
	g.Gram(gram)
	g.Apply(v, along)
	g.Combine([]float64{1, -2, 3, .5}, w)
	all["norms of samples' gradients"], all["their inner products"], all["their slopes"] = norms, gram, along
	vector("a combination of them")

	batch := landscape.Batch{Index: []int{0, 3, 5, 6, 7, 2}, Seed: 9}
	m := l.Minibatch(batch)
	m.HessianVector(x, v, w)
	vector("Hessian-vector product in training")
	m.GaussNewtonVector(x, v, w)
	vector("Gauss-Newton-vector product in training")
	all["value in training"] = []float64{l.BatchGradient(x, batch, w)}
	vector("gradient in training")
	all["statistics"] = device.Read[float64](l.Statistics())
	return all
}

// distance is |a-b|/|b|, or |a-b| where b is small.
func distance(a, b []float64) float64 {
	d, size := 0., 0.
	for i, v := range b {
		d += (a[i] - v) * (a[i] - v)
		size += v * v
	}
	return math.Sqrt(d) / max(math.Sqrt(size), 1e-3)
}

// rounding is how far two devices may be apart, relative to the size of a
// result: sums of some hundred products through ten layers lose some tens of ε,
// and division by a batch's small deviations up to a hundred times that.
var rounding = map[device.DType]float64{device.Float32: 1000 * 0x1p-24, device.Float64: 1000 * 0x1p-53}

// What a network tells on the device it tells on the CPU: loss, gradients,
// gradients of samples, curvature, in evaluation and in training with the same
// dropout.
func TestNetworks(t *testing.T) {
	dev := gpu(t)
	for _, a := range small {
		for _, dtype := range []device.DType{device.Float32, device.Float64} {
			here, x := start(t, dev, dtype, a, 10)
			there, y := start(t, device.CPU(), dtype, a, 10)
			got, want := looks(here, x), looks(there, y)
			worst := 0.
			for name, w := range want {
				d := distance(got[name], w)
				worst = max(worst, d)
				if !(d <= rounding[dtype]) {
					t.Errorf("%s, %v: %s is %.3g of its size away from the CPU's, expected at most %.2g", a.Name, dtype, name, d, rounding[dtype])
				}
			}
			t.Logf("%s, d = %d, %v: %d results within %.2g of their size", a.Name, here.Dim(), dtype, len(want), worst)
		}
	}
}

// methods are how the weights are moved: each kind of update that there is, and
// how far two devices may be apart after the first.
var methods = []struct {
	optim.Method
	bound float64
}{
	{optim.Nesterov(.1, .9), rounding[device.Float64]},
	{entropy(), rounding[device.Float64]},
	// Adam divides by √s + 1e-8: a gradient that is rounding alone, as that of a
	// bias before batch-norm, moves its weight by a multiple of ε/1e-8.
	{optim.Adam(.01), 1e-9},
}

// entropy is Entropy-SGD with noise and pull that count, and three updates in
// ten steps.
func entropy() optim.Method {
	m := optim.EntropySGD()
	m.Steps, m.Temperature, m.Scope = 3, optim.Constant(1e-3), optim.Constant(10)
	return m
}

// train makes ten steps and calls see with the weights after each.
func train(l *net.Loss, x device.Vector, m optim.Method, see func(step int, x []float64)) {
	p := optim.New(l, x, m, optim.Options{Steps: 10, Batch: 5, Seed: 6})
	for k := range 10 {
		p.Step()
		see(k, device.Read[float64](p.Weights()))
	}
}

// Ten steps of each method from the same seed: the weights stay together.
// A difference grows as training goes on; four times a step is far above what
// these networks do, and far below what another mini-batch, mask or noise would
// make, which is of order 1.
func TestTraining(t *testing.T) {
	dev := gpu(t)
	for _, a := range small {
		for _, m := range methods {
			here, x := start(t, dev, device.Float64, a, 10)
			there, y := start(t, device.CPU(), device.Float64, a, 10)
			var want [10][]float64
			train(there, y, m.Method, func(k int, x []float64) { want[k] = x })
			bound, last := m.bound, 0.
			train(here, x, m.Method, func(k int, x []float64) {
				last = distance(x, want[k])
				if !(last <= bound) {
					t.Errorf("%s by %s: after step %d the weights are %.3g of their size away from the CPU's, expected at most %.2g", a.Name, m.Name, k+1, last, bound)
				}
				bound *= 4
			})
			t.Logf("%s by %s: after 10 steps the weights are within %.2g", a.Name, m.Name, last)
		}
	}
}

// The same bits in two runs, and in whatever order the device runs threads and
// blocks: on the mock another process tries another order.
func TestSameBits(t *testing.T) {
	dev := gpu(t)
	bits := func() string {
		h := fnv.New64a()
		for k, a := range small {
			l, x := start(t, dev, []device.DType{device.Float32, device.Float64}[k%2], a, 10)
			train(l, x, entropy(), func(_ int, x []float64) { binary.Write(h, binary.LittleEndian, x) })
			g := l.New()
			l.HessianVector(x, x, g)
			binary.Write(h, binary.LittleEndian, device.Read[float64](g))
		}
		return fmt.Sprintf("bits %016x", h.Sum64())
	}
	const child = "GLASSY_TEST_SAME_BITS"
	first := bits()
	t.Log(first)
	if os.Getenv(child) != "" {
		return
	}
	if again := bits(); again != first {
		t.Errorf("the second run has %s, the first %s", again, first)
	}
	if !strings.HasPrefix(dev.Describe(), "Mock") {
		t.Log("a GPU runs blocks in an order of its own: no other is tried")
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestSameBits$", "-test.v")
	cmd.Env = append(os.Environ(), child+"=1", "GLASSY_MOCK=seed=77")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("in another order: %v\n%s", err, out)
	}
	if other := regexp.MustCompile(`bits [0-9a-f]+`).FindString(string(out)); other != first {
		t.Errorf("in another order %s, in the first %s", other, first)
	}
}

// ran is how often kernels ran since before, by themselves and within graphs,
// and each kernel's number of launches.
func ran(dev *cuda.Device, before []cuda.Count) (alone, graphs int64, by map[string]int64) {
	old := make(map[cuda.Count]int64)
	for _, c := range before {
		old[cuda.Count{Operation: c.Operation, Where: c.Where}] = c.Calls
	}
	by = make(map[string]int64)
	for _, c := range dev.Counts() {
		n := c.Calls - old[cuda.Count{Operation: c.Operation, Where: c.Where}]
		switch c.Where {
		case "kernel":
			alone += n
		case "graph":
			graphs += n
		}
		if n > 0 {
			by[c.Operation] += n
		}
	}
	return alone, graphs, by
}

// A training step of lenet is so many launches. The first steps take memory,
// which is one more launch each time; the third that is like the one before it
// runs as a graph, and so do all after it.
func TestLaunches(t *testing.T) {
	const (
		steps = 9
		most  = 66 // 62 on the mock; a product may be made in parts on another chip
		graph = 5  // the first step that is one
	)
	dev := gpu(t)
	a, err := net.Named("lenet")
	if err != nil {
		t.Fatal(err)
	}
	l, x := start(t, dev, device.Float32, a, 4)
	p := optim.New(l, x, optim.Nesterov(.1, .9), optim.Options{Steps: steps, Batch: 2, Seed: 6})
	for k := 1; k <= steps; k++ {
		before := dev.Counts()
		p.Step()
		alone, graphs, by := ran(dev, before)
		if k >= graph && (alone > 0 || graphs == 0 || graphs > most) {
			t.Errorf("step %d: %d launches by themselves, %d in graphs, expected none and at most %d: %v", k, alone, graphs, most, by)
		}
		if k == steps {
			t.Logf("a training step of lenet: %d launches in graphs, %d by themselves: %v", graphs, alone, by)
		}
	}
}
