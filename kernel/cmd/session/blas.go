package main

import (
	"fmt"
	"os"

	"glassy/lab/device"
)

// chooseBLAS follows GLASSY_BLAS: the path of a library, or "none"; without it
// the first product looks for what the system has.
func chooseBLAS() {
	if path := os.Getenv("GLASSY_BLAS"); path != "" {
		if err := device.UseBLAS(path); err != nil {
			fmt.Fprintf(os.Stderr, "GLASSY_BLAS: %v; looking for another\n", err)
		}
	}
}

// tellBLAS answers glassy doctor, whose own process is linked statically and
// opens no libraries: threads, library, kernels and speed, and on a second line
// why there is no library.
func tellBLAS() {
	_, err := device.BLAS()
	cpu := device.CPU()
	fmt.Printf("%s; %.0f GF/s in float32, %.0f in float64\n", cpu.Describe(), gigaflops(cpu, device.Float32), gigaflops(cpu, device.Float64))
	if err != nil {
		fmt.Println(err)
	}
}

// gigaflops is how fast large products are, in 10⁹ operations a second.
func gigaflops(dev device.Device, t device.DType) float64 {
	return 1e-9 / device.Measure(dev, t).Flop
}
