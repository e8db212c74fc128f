// Package kernels holds the CUDA kernels: their sources (*.cu, *.h), and the
// PTX that these compile to, embedded.
//
// It needs neither CUDA nor cgo. The PTX is committed, so that only who changes
// a kernel needs a compiler, which compile.sh fetches. Each source is compiled
// three times: to PTX for compute capability 8.0 and later (ptx/*.sm80.ptx), to
// PTX for 6.0 and later (ptx/*.sm60.ptx), and by g++ with twin.h in place of the
// GPU, for the mock driver of the tests. manifest.json has a line for each .cu:
// hashes of sources and PTX, and the entries with the sizes of their parameters.
//
// # How to add a kernel
//
//  1. The operation is one of lab/device's interfaces, with its defining loop in
//     the comment, a CPU version, and a test in lab/device/devicetest.
//  2. Write NAME.cu: a template over the type, and INSTANCES (glassy.h). Headers:
//     packs.h for elementwise work 16 bytes at a time, parts.h for sums,
//     philox.h for random numbers, gemm.h for products, slip.h for indices.
//  3. Parameters are pointers, int, long long, unsigned long long and double;
//     counts that may pass 2³¹ are long long. No float atomics: sums have a
//     fixed order. Every thread of a block reaches every barrier.
//  4. cuda/kernels/compile.sh NAME makes the PTX, and prints registers, shared
//     memory and spills on each chip; there should be no spills.
//  5. Write the method of *cuda.Device in the file of its group: it checks its
//     arguments as the CPU does, and calls d.launch.
//  6. go test ./cuda/kernels compares the arguments of launches with the kernels'.
//  7. With CGO_CFLAGS="-O2 -g -I$PWD/cuda/internal/libcuda/include", go test -tags
//     cuda ./cuda runs devicetest: on a GPU if there is one, else on the mock,
//     where GLASSY_MOCK=twice finds what depends on the order of threads, and
//     GLASSY_MOCK=races what no barrier puts in order. The first run of each kind
//     on a machine builds the mock of all kernels, which takes a minute.
//  8. Commit the source, its PTX files and manifest.json together.
//
// For example, all numbers of a vector cut to [low, high], as clip.cu:
//
//	#include "glassy.h"
//
//	template <class T> __device__ static void clip(double low, double high, T *x, index_t n) {
//	    const T a = (T)low, b = (T)high;
//	    EACH(i, n) x[i] = x[i] < a ? a : x[i] > b ? b : x[i]; // a NaN stays
//	}
//	#define PARAMS(T) double low, double high, T *x, long long n
//	INSTANCES(clip, PARAMS, low, high, x, n)
//
// and in cuda/arithmetic.go:
//
//	// Clip cuts each x[i] to [low, high].
//	func (d *Device) Clip(low, high float64, x device.Vector) {
//		d.expectFloat("Clip", "x", x, x.Len())
//		if n := x.Len(); n > 0 {
//			d.launch("clip", x.DType(), blocks(n), one(threads), 0, f64(low), f64(high), ptr(x), i64(n))
//		}
//	}
package kernels
