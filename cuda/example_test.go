//go:build cuda

package cuda_test

import (
	"fmt"

	"glassy/cuda"
	"glassy/lab/device"
)

// Work is queued and runs when a number is asked for: here the sum of squares of
// y = 2x + y, on the first GPU.
func Example() {
	dev, err := cuda.Open(0)
	if err != nil {
		fmt.Println(err) // says whether there is no driver, or no GPU
		return
	}
	defer dev.Close()
	x, y := device.Put(dev, device.Float32, []float64{1, 2, 3}), device.Put(dev, device.Float32, []float64{1, 1, 1})
	dev.Axpy(2, x, y)
	fmt.Println(device.Read[float32](y), dev.Dot(y, y))
	for _, c := range dev.Counts() {
		if c.Operation == "axpy_f32" {
			fmt.Println(c.Operation, c.Where, c.Calls)
		}
	}
	// Output:
	// [3 5 7] 83
	// axpy_f32 kernel 1
}
