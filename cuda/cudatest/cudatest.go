// Package cudatest finds what tests of the CUDA device run on.
package cudatest

import (
	"fmt"
	"os"
	"path/filepath"

	"glassy/cuda/internal/mock"
)

// Driver sees to a driver, for TestMain: the one that GLASSY_LIBCUDA names, that
// of a machine with a GPU, else the mock, which runs the kernels' own source on
// the processor.
func Driver() error {
	os.Getenv("GLASSY_MOCK") // which the mock reads in C: go test asks again when it changes
	if _, err := os.Stat("/dev/nvidiactl"); err == nil || os.Getenv("GLASSY_LIBCUDA") != "" {
		return nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	lib, err := mock.Build(filepath.Join(cache, "glassy", "mock"))
	if err != nil {
		return fmt.Errorf("no GPU is here, and the mock of one could not be built: %w", err)
	}
	return os.Setenv("GLASSY_LIBCUDA", lib)
}

// Folders are those of GLASSY_CUDA_LIBS, in which tests look for NVIDIA's
// libraries too.
func Folders() []string { return filepath.SplitList(os.Getenv("GLASSY_CUDA_LIBS")) }
