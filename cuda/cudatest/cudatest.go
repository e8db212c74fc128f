// Package cudatest finds what tests of the CUDA device run on.
package cudatest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"glassy/cuda/internal/mock"
)

// Driver sees to a driver, for TestMain: the one that GLASSY_LIBCUDA names, that
// of a machine with a GPU, else the mock, which runs the kernels' own source on
// the processor.
func Driver() error {
	if _, err := os.Stat("/dev/nvidiactl"); err == nil || os.Getenv("GLASSY_LIBCUDA") != "" {
		return nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	races := slices.Contains(strings.Split(os.Getenv("GLASSY_MOCK"), ","), "races")
	lib, err := mock.Build(filepath.Join(cache, "glassy", "mock"), races)
	if err != nil {
		return fmt.Errorf("no GPU is here, and the mock of one could not be built: %w", err)
	}
	return os.Setenv("GLASSY_LIBCUDA", lib)
}

// Seen tells go test, which keeps the results of tests that passed, what they
// depend on beside Go: the driver, the mock's modes and its sources. A test calls
// it, since what TestMain asks for does not count.
var Seen = sync.OnceFunc(func() {
	os.Getenv("GLASSY_LIBCUDA")
	os.Getenv("GLASSY_MOCK")
	files, _ := mock.Sources() // none where a test program runs alone
	for _, f := range files {
		_, _ = os.Stat(f)
	}
})

// Folders are those of GLASSY_CUDA_LIBS, in which tests look for NVIDIA's
// libraries too.
func Folders() []string { return filepath.SplitList(os.Getenv("GLASSY_CUDA_LIBS")) }
