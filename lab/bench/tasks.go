package bench

import (
	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/net"
	"glassy/lab/rng"
)

const (
	batch     = 128
	samples   = 2048
	evaluated = 2000
)

// ours is one network with what its tasks need.
type ours struct {
	dev            device.Device
	training       *net.Loss // of all samples
	x, g, momentum device.Vector
	order          []int
	at             int

	first, test *net.Loss // of the first batch, of those that are evaluated
	v, hv       device.Vector
}

func newOurs(name string, dev device.Device, samples int) (*ours, error) {
	a, err := net.Named(name)
	if err != nil {
		return nil, err
	}
	o := &ours{dev: dev, order: rng.Key(3).Stream().Perm(samples)}
	if o.training, err = net.NewLoss(a, images(a.Input, a.Classes, samples), net.Options{Device: dev, DType: device.Float32}); err != nil {
		return nil, err
	}
	o.x, o.g, o.momentum = o.training.New(), o.training.New(), o.training.New()
	net.Initialise(a, net.PyTorch, 1, o.x)
	return o, nil
}

// prepare makes what the tasks after step need, which a training process has not.
func (o *ours) prepare() {
	o.first = o.training.Subset(upTo(batch))
	o.test = o.training.Subset(upTo(evaluated))
	o.v, o.hv = o.training.New(), o.training.New()
	o.dev.Normal(2, 0, 0, 1, o.v)
}

func upTo(n int) []int {
	index := make([]int, n)
	for i := range index {
		index[i] = i
	}
	return index
}

// images is noise of that shape with random labels.
func images(shape []int, classes, n int) *data.Set {
	s := &data.Set{Name: "noise", Shape: shape, Classes: classes, Y: make([]int32, n)}
	s.X = make([]float32, n*s.Size())
	device.CPU().Normal(4, 0, 0, 1, device.Of(s.X))
	labels := rng.Key(5).Stream()
	for i := range s.Y {
		s.Y[i] = int32(labels.IntN(classes))
	}
	return s
}

// tasks is what is measured: each does its task once and returns a number that
// it depends on.
var tasks = []struct {
	name  string
	unit  bool // of gradients
	graph bool // PyTorch's CUDA graphs: on a GPU only
	once  func(o *ours) float64
}{
	{name: "step", once: (*ours).step},
	{name: "step of a graph", graph: true, once: (*ours).step},
	{name: "gradient", once: func(o *ours) float64 { return o.first.Gradient(o.x, o.g) }},
	{name: "product", unit: true, once: (*ours).product},
	{name: "product again", unit: true, once: (*ours).productAgain},
	{name: "norms", unit: true, once: (*ours).norms},
	{name: "evaluate", once: func(o *ours) float64 { loss, _ := o.test.Evaluate(o.x); return loss }},
}

func (o *ours) step() float64 {
	o.at = (o.at + batch) % len(o.order)
	b := landscape.Batch{Index: o.order[o.at:min(o.at+batch, len(o.order))], Seed: uint64(o.at)}
	loss := o.training.BatchGradient(o.x, b, o.g)
	o.dev.Update(device.Step{Rate: .01, Momentum: .9, Nesterov: true}, o.x, o.momentum, o.g, device.Vector{}, device.Vector{})
	return loss
}

// product starts from other weights each time, so that nothing is kept.
func (o *ours) product() float64 {
	o.dev.Scale(1-1e-6, o.x)
	return o.productAgain()
}

func (o *ours) productAgain() float64 {
	o.first.HessianVector(o.x, o.v, o.hv)
	return o.dev.MaxAbs(o.hv)
}

func (o *ours) norms() float64 {
	squared := make([]float64, batch)
	o.training.SampleGradients(o.x, o.order[:batch]).SquaredNorms(squared)
	return squared[0]
}
