package main

import (
	"fmt"
	"math"
	"os"
	"time"

	"glassy/lab/device"
)

// chooseLibraries follows GLASSY_BLAS and GLASSY_FFT: the path of a library, or "none";
// without it the first product, or transform, looks for what the system has.
func chooseLibraries() {
	for name, use := range map[string]func(path string) error{"GLASSY_BLAS": device.UseBLAS, "GLASSY_FFT": device.UseFFT} {
		if path := os.Getenv(name); path != "" {
			if err := use(path); err != nil {
				fmt.Fprintf(os.Stderr, "%s: %v; looking for another\n", name, err)
			}
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

// tellFFT answers for transforms: library and speed, and why there is no library.
func tellFFT() {
	name, err := device.FFT()
	fmt.Printf("%s; %.1f ns a number\n", name, 1e9*transformTime())
	if err != nil {
		fmt.Println(err)
	}
}

// transformTime is how long a real Fourier transform takes on one thread, in seconds
// a number, of lines of 2¹⁶ numbers: the best of some.
func transformTime() float64 {
	const n, count = 1 << 16, 4
	cpu, l := device.NewCPU(1), device.Lines{Nodes: n, Count: count, Rows: true}
	x, y := cpu.New(device.Float64, n*count), cpu.New(device.Float64, 2*device.Bins(n)*count)
	best := math.Inf(1)
	for range 5 {
		began := time.Now()
		cpu.Fourier(l, x, y)
		best = min(best, time.Since(began).Seconds())
	}
	return best / (n * count)
}

// gigaflops is how fast large products are, in 10⁹ operations a second.
func gigaflops(dev device.Device, t device.DType) float64 {
	return 1e-9 / device.Measure(dev, t).Flop
}
