package net_test

import (
	"fmt"
	"log"
	"math"

	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/net"
)

// Exclusive or, by two hidden units that look at the sum of the inputs. At x the
// output weights are zero and the gradient vanishes; it is a saddle: along v, which
// shifts the hidden units and turns the outputs against them, the curvature is
// -tanh²(2)/2.
func Example() {
	a := net.Architecture{
		Name: "xor", Input: []int{2}, Classes: 2,
		Layers: []net.Layer{net.Dense{Out: 2}, net.Tanh{}, net.Dense{Out: 2}},
	}
	set := &data.Set{
		Name: "xor", Shape: []int{2}, Classes: 2,
		X: []float32{-1, -1, -1, 1, 1, -1, 1, 1}, Y: []int32{0, 1, 1, 0},
	}
	l, err := net.NewLoss(a, set, net.Options{DType: device.Float64})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(l, "\n", a)
	x := device.Of([]float64{1, 1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0})
	v := device.Of([]float64{0, 0, 0, 0, 1, -1, -.5, .5, .5, -.5, 0, 0})
	dev, g, hv := x.Device(), l.New(), l.New()
	fmt.Printf("f = %.6f, log 2 = %.6f\n", l.Gradient(x, g), math.Ln2)
	fmt.Printf("largest slope %.1g\n", dev.MaxAbs(g))
	l.HessianVector(x, v, hv)
	fmt.Printf("curvature along v %.6f, exactly %.6f\n", dev.Dot(v, hv), -math.Pow(math.Tanh(2), 2)/2)
	// Output:
	// xor over 4 samples of xor, d = 12, float64 on cpu
	// xor: [2] → 2 classes, 12 parameters
	//         0  dense1.weight        [2 2]
	//         4  dense1.bias          [2]
	//         6  dense2.weight        [2 2]
	//        10  dense2.bias          [2]
	// f = 0.693147, log 2 = 0.693147
	// largest slope 0
	// curvature along v -0.464675, exactly -0.464675
}
