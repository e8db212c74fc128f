package net

import (
	"testing"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// counting is a device that counts the vectors it is asked for.
type counting struct {
	device.Device
	made int
}

func (c *counting) New(t device.DType, n int) device.Vector {
	c.made++
	return c.Device.New(t, n)
}

// What was done once takes no new memory of the device, at smaller batches
// either.
func TestNoNewMemory(t *testing.T) {
	for _, a := range cases {
		dev := &counting{Device: device.CPU()}
		l, err := NewLoss(a, setFor(a, 9, 1), Options{Device: dev})
		if err != nil {
			t.Fatal(err)
		}
		l.chunk = 5
		x, v, g := l.New(), l.New(), l.New()
		Initialise(a, Normal(.5), 2, x)
		Initialise(a, Normal(1), 3, v)
		all := []int{0, 1, 2, 3, 4, 5}
		norms, gram := make([]float64, 6), make([]float64, 36)
		work := func(n int) {
			l.BatchGradient(x, landscape.Batch{Index: all[:n]}, g)
			l.Gradient(x, g)
			l.HessianVector(x, v, g)
			l.GaussNewtonVector(x, v, g)
			l.Evaluate(x)
			l.FisherDiagonal(x, EmpiricalFisher, 0, g)
			s := l.SampleGradients(x, all[:n])
			s.SquaredNorms(norms[:n])
			s.Gram(gram[:n*n])
			s.Combine(norms[:n], g)
			s.Apply(v, norms[:n])
		}
		work(6)
		before := dev.made
		work(6)
		work(4)
		if dev.made != before {
			t.Errorf("%s: %d new vectors, expected none", a.Name, dev.made-before)
		}
	}
}
