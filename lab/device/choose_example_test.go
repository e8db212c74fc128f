package device_test

import (
	"fmt"

	"glassy/lab/device"
)

// What "auto" weighs: a step of few small operations is sooner done on the
// processor, one of large products on a GPU. The costs are of an order of
// magnitude; Measure has those of a machine.
func ExampleCosts() {
	cpu := device.Costs{Call: 1e-7, Flop: 1e-11, Byte: 1e-10}
	gpu := device.Costs{Call: 5e-6, Flop: 1e-13, Byte: 1e-12}
	for _, w := range []device.Work{
		{Type: device.Float32, Calls: 20, Flops: 1e6, Bytes: 1e5},
		{Type: device.Float32, Calls: 20, Flops: 1e8, Bytes: 1e6},
	} {
		fmt.Printf("%.0e flops: %.0f µs and %.0f µs\n", w.Flops, 1e6*cpu.Seconds(w), 1e6*gpu.Seconds(w))
	}
	// Output:
	// 1e+06 flops: 22 µs and 100 µs
	// 1e+08 flops: 1102 µs and 111 µs
}

// Networks that are made from now on live on the processor.
func ExampleUse() {
	if err := device.Use("cpu"); err != nil { // or "cuda", with glassy/cuda imported; or "auto"
		fmt.Println(err)
		return
	}
	fmt.Println(device.Using(), device.For(device.Work{Type: device.Float32, Flops: 1e9}).Name())
	// Output: cpu cpu
}
