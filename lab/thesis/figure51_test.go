package thesis

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/net"
	"glassy/lab/optim"
	"glassy/lab/rng"
)

// A network whose filters are shuffled computes what it did, with batch-norm, biases
// and pooling between convolutions and dense layers, and is mapped back bit for bit.
func TestFiltersShuffled(t *testing.T) {
	for _, name := range []string{"small-lenet", "lenet-block", "small-allcnn", "mnistfc-16x128"} {
		a := named(name)
		s := rng.Key(3).Stream()
		some := &data.Set{Name: "noise", Shape: a.Input, Classes: 10, Y: make([]int32, 8), X: make([]float32, 8*a.Input[0]*a.Input[1]*a.Input[2])}
		for i := range some.X {
			some.X[i] = float32(s.Normal())
		}
		for i := range some.Y {
			some.Y[i] = int32(i)
		}
		f, err := net.NewLoss(a, some, net.Options{Device: device.CPU(), DType: device.Float64})
		if err != nil {
			t.Fatal(err)
		}
		x := f.New()
		net.Initialise(a, net.HeNormal, 1, x)
		w := device.Read[float64](x)
		for i := range w { // biases and batch-norm's numbers too
			w[i] += 0.05 * s.Normal()
		}
		value := func(w []float64) float64 {
			x.Device().Upload(x, device.Of(w))
			f.Refresh(x)
			return f.Value(x)
		}
		layers := filtersOf(a, w)
		moved := weightsOf(a, w, optim.Align(layers, layers, func(products *mat.Dense) []int {
			n, _ := products.Dims()
			return s.Perm(n)
		}))
		if o := optim.Overlap(w, moved); o > 0.9 {
			t.Errorf("%s: overlap %v with its shuffled copy, expected little", name, o)
		}
		if v, u := value(w), value(moved); math.Abs(v-u) > 1e-11*v {
			t.Errorf("%s: loss %v, shuffled %v", name, v, u)
		}
		for _, match := range []optim.Matching{optim.Greedy, optim.Hungarian} {
			if back := weightsOf(a, moved, optim.Align(layers, filtersOf(a, moved), match)); !slices.Equal(back, w) {
				t.Errorf("%s is not mapped back", name)
			}
		}
	}
}
