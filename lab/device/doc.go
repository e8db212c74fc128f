// Package device is the seam to the hardware: memory, vectors, and the
// operations that the laboratory's heavy loops are made of.
//
// A [Device] keeps numbers ([Vector]) and works on them. Each operation is
// defined by the loop in its doc comment; the processor, [CPU], is that loop
// made fast, and package devicetest holds every implementation against the
// loop itself. A network, an optimiser or a sampler talks to this interface
// only, so that it runs wherever a device is, and its vectors stay there.
//
//	device.go     the interface, by groups: Memory, Arithmetic, LinearAlgebra, Layers, Updates
//	physics.go    one more group: spin glasses, walkers, descents on spheres, forces of t-SNE
//	grids.go      and one for equations on grids: exponentials, explicit and implicit steps,
//	              sparse products
//	transforms.go and one for discrete Fourier and cosine transforms
//	vector.go     Vector: n numbers of one type on one device; views, host slices
//	registry.go   devices by name
//	cpu*.go       the processor, float32 and float64; cpu_threads.go shares work among threads
//	blas*.go      OpenBLAS or MKL, opened at run time where the machine has one; library.go
//	fftw*.go      FFTW, in the same way
//	choose.go     which device landscapes get that are given none; what the machine has
//	speed.go      what a call, a product and a pass over memory cost on a device
//
// Conventions. Matrices are row-major. Images are N×C×H×W. Vectors of one call
// are of one floating type and on one device, but for Int32 indices. An
// operation overwrites its destination unless its name or a parameter says that
// it adds. Source and destination may be the same vector where the comment says
// "in place"; otherwise they must not overlap. A vector of length zero is
// allowed everywhere and does nothing. NaN and Inf go through as in the loop.
// A wrong length, type or device is a caller's slip and panics with
// "device: operation: what, value, expected".
//
// The machine's BLAS. Products, factorisations and the optimisers' y += a x are
// calls of OpenBLAS or MKL, found by the system's linker or named by [UseBLAS]
// (GLASSY_BLAS, for the session process). Programs that are linked statically,
// without cgo or with -tags nodynamic, open none, nor do those on other systems
// than Linux: gonum serves there, some ten times slower. The library runs one
// thread a call and the device all of its own, so that the two never fight; an
// OpenBLAS older than the processor is told which kernels to use. [BLAS] says
// what is in use.
//
// The machine's FFT. Transforms are FFTW's where the system's linker finds it or
// [UseFFT] names it (GLASSY_FFT), under the same conditions; else gonum's, some seven
// times slower. FFTW is under the GPL: Glassy opens it where the user's machine has it,
// as any library of the system, and is neither linked with it nor comes with it. Its
// plans are estimates, which depend on the length alone. [FFT] says what is in use.
//
// Same bits: results do not depend on the number of threads. Sums are cut into
// chunks whose borders depend on the shape only and are added in order; a
// matrix product is cut the same way and each piece is one call of a
// single-threaded BLAS. Between devices, and between a machine's BLAS and the
// pure-Go fallback, results agree to rounding: for a sum of k products,
// |difference| ≤ 2 k ε Σ|a b|, ε = 2⁻²⁴ or 2⁻⁵³ (Higham 2002, 3.1).
package device
