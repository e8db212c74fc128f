// glassy.h: the first include of every kernel. It has what NVRTC lacks without headers, and the few
// building blocks that every group of kernels needs. The same text is compiled three times: by NVRTC
// for compute_80 and compute_60, and by g++ -DTWIN, where twin.h stands in for the GPU.
//
// Rules: block sizes are multiples of 32; every thread of a block reaches every block_* call and
// every thread of a warp every warp_* call; sums have a fixed order, so the same input gives the same
// bits; no float atomics.
#pragma once

#ifdef TWIN
#include "twin.h"
#else
typedef signed char int8_t;
typedef unsigned char uint8_t;
typedef short int16_t;
typedef unsigned short uint16_t;
typedef int int32_t;
typedef unsigned int uint32_t;
typedef long long int64_t;
typedef unsigned long long uint64_t;
typedef unsigned long long uintptr_t;

// DYNAMIC_SHARED declares T *name: the block's dynamic shared memory (its size is the launch's
// argument), 16-byte aligned and shared by all such declarations in a kernel.
#define DYNAMIC_SHARED(T, name)                              \
    extern __shared__ __align__(16) unsigned char glassy_dynamic[]; \
    T *name = reinterpret_cast<T *>(glassy_dynamic)
#endif

typedef long long index_t; // an element's index: counts pass 2^31

#define FULL 0xffffffffu // the mask of every warp intrinsic: whole warps only
#define PI 3.14159265358979323846

template <class T> __device__ __forceinline__ T infinity();
template <> __device__ __forceinline__ float infinity<float>() { return __int_as_float(0x7f800000); }
template <> __device__ __forceinline__ double infinity<double>() { return __longlong_as_double(0x7ff0000000000000LL); }

template <class T> __device__ __forceinline__ T not_a_number();
template <> __device__ __forceinline__ float not_a_number<float>() { return __int_as_float(0x7fffffff); }
template <> __device__ __forceinline__ double not_a_number<double>() { return __longlong_as_double(0x7fffffffffffffffLL); }

// larger and smaller give NaN when either is NaN, as Go's max and min do (CUDA's fmax does not).
template <class T> __device__ __forceinline__ T larger(T a, T b) { return a > b || a != a ? a : b; }
template <class T> __device__ __forceinline__ T smaller(T a, T b) { return a < b || a != a ? a : b; }

// thread_id and threads: this thread's number in its block and the block's size, whatever its shape.
__device__ __forceinline__ int thread_id() { return threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z); }
__device__ __forceinline__ int threads() { return blockDim.x * blockDim.y * blockDim.z; }
__device__ __forceinline__ int lane_id() { return thread_id() & 31; }
__device__ __forceinline__ int warp_id() { return thread_id() >> 5; }

// grid_first and grid_step: a thread's first element and its stride in a one-dimensional grid.
__device__ __forceinline__ index_t grid_first() { return (index_t)blockIdx.x * blockDim.x + threadIdx.x; }
__device__ __forceinline__ index_t grid_step() { return (index_t)gridDim.x * blockDim.x; }

// EACH(i, n) { … } is the grid-stride loop of elementwise kernels: right for any grid.
#define EACH(i, n) for (index_t i = grid_first(), i##_step = grid_step(); i < (index_t)(n); i += i##_step)

// warp_sum and warp_max: over the 32 lanes, as a butterfly (16, 8, 4, 2, 1); the same bits in every lane.
template <class T> __device__ __forceinline__ T warp_sum(T v) {
#pragma unroll
    for (int d = 16; d > 0; d >>= 1) v += __shfl_xor_sync(FULL, v, d);
    return v;
}
template <class T> __device__ __forceinline__ T warp_max(T v) {
#pragma unroll
    for (int d = 16; d > 0; d >>= 1) v = larger(v, __shfl_xor_sync(FULL, v, d));
    return v;
}

// block_sum adds up v over the block: within warps, then over the warps in a butterfly of their sums.
// Every thread gets the result, the same bits. Two barriers; may be called again at once.
// Give it double where the sum is to be made in double: block_sum((double)x).
template <class T> __device__ T block_sum(T v) {
    __shared__ T part[32];
    const int lane = lane_id(), warps = threads() >> 5;
    v = warp_sum(v);
    if (lane == 0) part[warp_id()] = v;
    __syncthreads();
    v = warp_sum(lane < warps ? part[lane] : T(0));
    __syncthreads();
    return v;
}

// block_max is the largest v of the block, in every thread; NaN when any is NaN. Barriers as block_sum.
template <class T> __device__ T block_max(T v) {
    __shared__ T part[32];
    const int lane = lane_id(), warps = threads() >> 5;
    v = warp_max(v);
    if (lane == 0) part[warp_id()] = v;
    __syncthreads();
    v = warp_max(part[lane < warps ? lane : 0]);
    __syncthreads();
    return v;
}

// INSTANCES(name, PARAMS, args…) makes the entry points name_f32 and name_f64 of the function
// template name<T>; PARAMS is a macro that gives the parameter list for a T:
//
//     template <class T> __device__ static void axpy(double a, const T *x, T *y, index_t n) {
//         const T s = (T)a;
//         EACH(i, n) y[i] += s * x[i];
//     }
//     #define PARAMS(T) double a, const T *x, T *y, long long n
//     INSTANCES(axpy, PARAMS, a, x, y, n)
//
// Blocks of up to 256 threads. INSTANCES_OF takes another largest block size: what it is decides how many
// registers a thread may have, and a launch with more threads fails.
#define INSTANCES(NAME, PARAMS, ...) INSTANCES_OF(NAME, 256, PARAMS, __VA_ARGS__)
#define INSTANCES_OF(NAME, THREADS, PARAMS, ...)                                                            \
    extern "C" __global__ void __launch_bounds__(THREADS) NAME##_f32(PARAMS(float)) { NAME<float>(__VA_ARGS__); } \
    extern "C" __global__ void __launch_bounds__(THREADS) NAME##_f64(PARAMS(double)) { NAME<double>(__VA_ARGS__); }
