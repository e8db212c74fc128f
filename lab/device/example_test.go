package device_test

import (
	"fmt"

	"glassy/lab/device"
)

// The spectrum of a chain of four masses and springs with fixed ends: the
// eigenvalues of the second difference, 2 - 2 cos(kπ/5), k = 1 … 4.
func Example() {
	dev := device.CPU() // or device.Open("cuda")
	a := device.Put(dev, device.Float64, []float64{
		2, -1, 0, 0,
		-1, 2, -1, 0,
		0, -1, 2, -1,
		0, 0, -1, 2,
	})
	square, w := dev.New(device.Float64, 16), dev.New(device.Float64, 4)
	dev.Gemm(false, false, 4, 4, 4, 1, a, 4, a, 4, 0, square, 4)
	if err := dev.SymEigen(4, a, w, false); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("A²: first row %v\n", device.Read[float64](square.Slice(0, 4)))
	fmt.Printf("eigenvalues of A: %.4f\n", device.Read[float64](w))
	// Output:
	// A²: first row [5 -4 1 0]
	// eigenvalues of A: [0.3820 1.3820 2.6180 3.6180]
}
