package net_test

import (
	"fmt"
	"os"
	"path/filepath"

	"glassy/lab/device"
	"glassy/lab/net"
)

// The smallest network of the thesis: 917 parameters, one flat vector.
func ExampleNamed() {
	a, err := net.Named("tiny-fc")
	if err != nil {
		panic(err)
	}
	fmt.Print(a)
	_, err = net.Named("tiny-cf")
	fmt.Println(err != nil)
	// Output:
	// tiny-fc: [49] → 5 classes, 917 parameters
	//         0  dense1.weight        [16 49]
	//       784  dense1.bias          [16]
	//       800  norm1.scale          [16]
	//       816  norm1.shift          [16]
	//       832  dense2.weight        [5 16]
	//       912  dense2.bias          [5]
	// true
}

// Parameters outlive the program in a file.
func ExampleSave() {
	a, err := net.Named("smallfc")
	if err != nil {
		panic(err)
	}
	x, y := device.CPU().New(device.Float32, a.Dim()), device.CPU().New(device.Float32, a.Dim())
	net.Initialise(a, net.HeNormal, 1, x)

	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	path, none := filepath.Join(folder, "smallfc.parameters"), device.Vector{} // no batch-norm, no statistics
	fmt.Println(net.Save(path, a, x, none), net.Load(path, a, y, none))

	x.Device().Axpy(-1, x, y)
	fmt.Println(y.Device().MaxAbs(y))
	// Output:
	// <nil> <nil>
	// 0
}
