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

// tellCUDA answers glassy doctor, which may have no cgo: what the GPU is, or, on
// stderr and with exit status 1, why there is none.
func tellCUDA() (exit int) {
	dev, err := device.Open("cuda")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Print(dev.Describe())
	if d, ok := dev.(interface{ Libraries() string }); ok {
		fmt.Print("; ", d.Libraries())
	}
	fmt.Println()
	return 0
}
