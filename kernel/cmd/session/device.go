package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"glassy/cuda"
	"glassy/lab/device"
)

// searchLibraries tells package cuda where this user's NVIDIA libraries may lie:
// a toolkit, or the Python environment with NVIDIA's wheels, as PyTorch brings
// them.
func searchLibraries() {
	for _, name := range []string{"CUDA_HOME", "CUDA_PATH", "VIRTUAL_ENV", "CONDA_PREFIX"} {
		if folder := os.Getenv(name); folder != "" {
			cuda.Search(folder)
		}
	}
	if python, err := exec.LookPath("python3"); err == nil {
		cuda.Search(filepath.Dir(filepath.Dir(python)))
	}
}

// chooseDevice follows GLASSY_DEVICE: cpu, cuda, or auto, the default. Where the
// machine has no such device it says so, and auto goes on.
func chooseDevice() {
	if err := device.Use(device.Auto); err != nil {
		panic(err)
	}
	if name := os.Getenv("GLASSY_DEVICE"); name != "" {
		if err := device.Use(name); err != nil {
			fmt.Fprintf(os.Stderr, "GLASSY_DEVICE: %v; going on with auto\n", err)
		}
	}
}

// useDevice is %device: with a name it chooses, without it lists.
func useDevice(name string) string {
	if name == "" {
		return device.Devices().String()
	}
	if err := device.Use(name); err != nil {
		return fmt.Sprintf("%v\nnothing has changed: new networks live where they did (%s)", err, device.Using())
	}
	switch using := device.Using(); using {
	case device.Auto:
		return "new networks live where their work takes least time"
	default:
		dev, err := device.Open(using)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprintf("new networks live on %s: %s", using, dev.Describe())
	}
}

// tellCUDA answers glassy doctor, which may have no cgo: what the GPU is, or, on
// stderr and with exit status 1, why there is none.
func tellCUDA() {
	dev, err := device.Open("cuda")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Print(dev.Describe())
	if d, ok := dev.(interface{ Libraries() string }); ok {
		fmt.Print("; ", d.Libraries())
	}
	fmt.Println()
}
