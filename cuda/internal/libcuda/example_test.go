//go:build cuda && linux

package libcuda_test

import (
	"fmt"
	"os"

	"glassy/cuda/internal/libcuda"
)

// A program that was told to keep off the GPU, in the shell or before its first
// call of the driver.
func Example() {
	os.Setenv("GLASSY_LIBCUDA", "none")
	code, reason := libcuda.Status()
	fmt.Println(code, reason)
	// Output: 100 GLASSY_LIBCUDA=none: the driver's library was not looked for
}
