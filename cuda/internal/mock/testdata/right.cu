// Kernels that are right, one for each thing that the twins must do as a GPU does.
#include "glassy.h"

extern "C" __global__ void fill(double *y, double value, long long n) { EACH(i, n) y[i] = value; }

// scale_all has one parameter of each kind, so that alignment shows.
extern "C" __global__ void scale_all(int n, double a, float *x, int b, long long c, unsigned long long d) {
    EACH(i, n) x[i] = (float)(a * x[i] + b + c + d);
}

// sums: y[0] the block's sum, y[1] its largest; y[2] and y[3] the same again at once, in the last thread. Each
// call uses the shared memory of the one before.
extern "C" __global__ void sums(const double *x, double *y) {
    const double v = x[threadIdx.x], s = block_sum(v), twice = block_sum(2 * v), m = block_max(v), more = block_max(v + 1);
    if (threadIdx.x == 0) y[0] = s, y[1] = m;
    if (threadIdx.x == blockDim.x - 1) y[2] = twice / 2, y[3] = more - 1;
}

// shuffles and votes: 8 numbers a thread.
extern "C" __global__ void shuffles(long long *y) {
    const int lane = lane_id();
    const long long v = 100 * threadIdx.x;
    y += 8 * threadIdx.x;
    y[0] = __shfl_sync(FULL, v, 5);
    y[1] = __shfl_up_sync(FULL, v, 3);
    y[2] = __shfl_down_sync(FULL, (int)v, 4u, 16);
    y[3] = __shfl_xor_sync(FULL, (double)v, 9);
    y[4] = __ballot_sync(FULL, lane % 3 == 0);
    y[5] = __any_sync(FULL, lane == 7) + 10 * __all_sync(FULL, lane >= 0) + 100 * __all_sync(FULL, lane != 8);
    y[6] = __syncthreads_count(threadIdx.x % 5 == 0);
    y[7] = __syncthreads_or(threadIdx.x == 40) + 10 * __syncthreads_and(threadIdx.x != 40);
}

// reverse turns the block's part of x round, by way of dynamic shared memory.
extern "C" __global__ void reverse(float *x, int n) {
    DYNAMIC_SHARED(float, part);
    for (int i = threadIdx.x; i < n; i += blockDim.x) part[i] = x[i];
    __syncthreads();
    for (int i = threadIdx.x; i < n; i += blockDim.x) x[i] = part[n - 1 - i];
}

// shape numbers the threads of a three-dimensional grid.
extern "C" __global__ void shape(int *y) {
    const int block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
    const int thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
    y[block * threads() + thread] = thread_id() + 1000 * block;
}

// turns writes down in which order the threads of the first block, and the blocks, come.
extern "C" __global__ void turns(unsigned *count, int *thread, int *block) {
    if (blockIdx.x == 0) thread[atomicAdd(&count[0], 1u)] = threadIdx.x;
    if (threadIdx.x == 0) block[atomicAdd(&count[1], 1u)] = blockIdx.x;
}

#ifdef TWIN
// fragments adds up what all lanes gave, as an emulated product of fragments does.
extern "C" __global__ void fragments(double *y) {
    double2 all[32];
    double s = 0;
    for (int k = 0; k < 3; k++) {
        twin::warp_all(make_double2(threadIdx.x, k), all);
        for (int i = 0; i < 32; i++) s += all[i].x * (i + 1) + all[i].y;
    }
    y[threadIdx.x] = s;
}
#endif

// work costs what its loop costs: n barriers.
extern "C" __global__ void work(int n) {
    for (int i = 0; i < n; i++) __syncthreads();
}

template <class T> __device__ static void add(T *x, double a, index_t n) {
    EACH(i, n) x[i] += (T)a;
}
#define PARAMS(T) T *x, double a, long long n
INSTANCES(add, PARAMS, x, a, n)
