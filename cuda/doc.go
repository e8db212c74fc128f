// Package cuda is the device "cuda": lab/device on an NVIDIA GPU.
//
// The program that imports it is built with -tags cuda, which needs gcc and
// nothing of NVIDIA's; it starts anywhere, and looks for the driver when the
// device is first opened. Three states, told in words by Open: no driver, a
// driver but no GPU, a GPU. Without the tag the device is registered too, and
// its error says how to build it in.
//
//	open.go         the registered device; what the machine has
//	none.go         the same in a program built without the tag
//	device.go       Device: what it is, what ran where
//	memory.go       vectors, the pool of memory, copies to and from the host
//	queue.go        launches are collected and run as graphs
//	kernels.go      PTX to kernels, arguments
//	check.go        lengths, types and devices of arguments
//	slip.go         indices out of range, which only kernels see
//	arithmetic.go … one file for each group of operations
//	tiles.go        which kernel makes a product, and into how many parts it is cut
//	libraries.go    cuBLAS, cuSOLVER, cuFFT and cuDNN, where the machine has them
//	kernels/        the kernels in CUDA C, compiled ahead to PTX; how to add one
//	cudatest/       the driver that tests run on: a GPU's, or the mock
//	internal/       libcuda (found at run time), driver (calls), nvidia (cuBLAS,
//	                cuSOLVER, cuFFT, cuDNN), mock (a driver and GPU for tests)
//	check.sh        all tests and benchmarks on a machine with a GPU: RESULTS.md
//
// The methods of [device.Device] do what it says; comments here add how.
//
// An operation is begun when it is called and done when somebody looks: calls
// are collected (queue.go) and go to the GPU when a number comes back to the host
// (Sum, Dot, Download), or when enough are there. A row of launches that comes
// again and again, as a training step does, becomes a CUDA graph; arguments that
// changed are changed in the graph. So an error of the GPU shows at a later call
// than the one that caused it; it is a panic with an *Error, and stays: after it
// every call panics with the same, since the context is lost. Want of memory, a
// panic with an *OutOfMemory, loses nothing.
//
// Nothing falls back in silence: what a GPU does badly (small eigenproblems,
// without cuSOLVER), or has no library for (transforms), runs on the host and is counted so by Device.Counts.
//
// Same input, same bits, on the same kind of GPU: no sum depends on the order in
// which blocks happen to run. Against the CPU, results agree to rounding, as
// package device says for two devices; random numbers are the same stream.
package cuda
