// Kernels that are wrong, one for each thing that must be found.
#include "glassy.h"

extern "C" __global__ void returns_early(float *x) {
    if (threadIdx.x >= 40) return;
    x[threadIdx.x] = 0;
    __syncthreads(); // returns_early
}

extern "C" __global__ void two_barriers(float *x) {
    if (threadIdx.x < 32)
        __syncthreads(); // two_barriers
    else
        __syncthreads();
    x[0] = 0;
}

extern "C" __global__ void half_a_warp(float *x) {
    if (threadIdx.x % 32 < 16) x[0] = __shfl_sync(FULL, 1.0f, 0); // half_a_warp
}

extern "C" __global__ void two_shuffles(float *x) {
    x[0] = threadIdx.x % 2 ? __shfl_sync(FULL, 1.0f, 0)
                           : __shfl_sync(FULL, 2.0f, 0);
}

extern "C" __global__ void small_mask(float *x) {
    if (threadIdx.x % 32 < 16) x[0] = __shfl_sync(0xffffu, 1.0f, 0); // small_mask
}

extern "C" __global__ void short_warp(float *x) { x[0] = warp_sum(1.0f); }

extern "C" __global__ void at(float *x, long long i) { x[i] = 1; } // at

extern "C" __global__ void beyond_shared(float *x, int i) {
    __shared__ float a[64];
    a[threadIdx.x & 63] = x[0];
    __syncthreads();
    x[0] = a[i]; // beyond_shared
}

extern "C" __global__ void beyond_dynamic(float *x, int i) {
    DYNAMIC_SHARED(float, a);
    a[i] = x[0]; // beyond_dynamic
    x[0] = a[i];
}

extern "C" __global__ void misaligned(float *x, int i) {
    const float4 v = *reinterpret_cast<float4 *>(x + i);
    x[0] = v.x + v.y + v.z + v.w;
}

extern "C" __global__ void divide(int *x, int i) { x[0] = x[1] / i; } // divide

__device__ static __noinline__ int deeper(volatile int *x, int n) {
    volatile int much[256];
    for (int i = 0; i < 256; i++) much[i] = n;
    return n == 0 ? 0 : deeper(much, n - 1) + much[n & 255] + x[0];
}
extern "C" __global__ void deep(int *x, int n) { x[1] = deeper(x, n); }

// race: neighbours read what neighbours write.
extern "C" __global__ void race(float *x) {
    __shared__ float a[256];
    a[threadIdx.x] = threadIdx.x;
    x[threadIdx.x] = a[(threadIdx.x + 1) % blockDim.x];
}

// same_value: all write the same, which shows in no order.
template <class T> __device__ static void same_value_of(T *x) {
    __shared__ T a;
    a = x[0];
    __syncthreads();
    x[threadIdx.x] = a;
}
extern "C" __global__ void same_value(float *x) { same_value_of(x); }

// lanes_race: a lane overwrites what its neighbour may not have read yet.
extern "C" __global__ void lanes_race(float *x) {
    __shared__ float a[64];
    a[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    const float v = a[threadIdx.x ^ 1];
    a[threadIdx.x] = v;
    __syncthreads();
    x[threadIdx.x] = a[threadIdx.x];
}

// shuffle_race: a shuffle is no barrier of memory.
extern "C" __global__ void shuffle_race(float *x) {
    __shared__ float a[2];
    const int warp = threadIdx.x / 32;
    if (lane_id() == 0) a[warp] = x[warp];
    __shfl_sync(FULL, 0, 0);
    x[threadIdx.x] = a[warp];
}

// in_order is right: barriers of the block and of the warp, atomics.
extern "C" __global__ void in_order(float *x) {
    __shared__ float a[256];
    __shared__ int count;
    if (threadIdx.x == 0) count = 0;
    a[threadIdx.x] = x[threadIdx.x];
    __syncwarp();
    const float next = a[threadIdx.x ^ 31];
    __syncwarp();
    a[threadIdx.x] = next;
    __syncthreads();
    atomicAdd(&count, 1);
    const float other = a[255 - threadIdx.x];
    __syncthreads();
    x[threadIdx.x] = other + count;
}

// blocks_race: the last block wins.
extern "C" __global__ void blocks_race(int *x) { x[0] = blockIdx.x; }

// unset: shared memory of the block before is read.
template <class T> __device__ static void unset_of(T *x) {
    __shared__ T a[32];
    x[blockIdx.x * blockDim.x + threadIdx.x] = a[threadIdx.x];
    __syncthreads();
    a[threadIdx.x] = 1;
}
extern "C" __global__ void unset(float *x) { unset_of(x); }
