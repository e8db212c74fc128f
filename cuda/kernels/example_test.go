package kernels_test

import (
	"fmt"

	"glassy/cuda/kernels"
)

// From the name of a kernel to what is loaded on an H200: the file that it is in,
// the sizes of its parameters (a double, two pointers, a long long), and PTX.
func Example() {
	file, _ := kernels.Home("axpy_f32")
	for _, e := range kernels.Entries(file) {
		if e.Name == "axpy_f32" {
			fmt.Println(file, e.Params)
		}
	}
	ptx, err := kernels.PTX(file, 90)
	fmt.Println(len(ptx) > 0, err)
	// Output:
	// elementwise [8 8 8 8]
	// true <nil>
}
