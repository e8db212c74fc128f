// spins_turn: turned[i,r] = sigma[r,i], sigma m×n, with rows of turned width ≥ m apart and zero beyond m;
// and two rows more, turned[n,r] = 0 and turned[n+1,r] = 1. A block of 256 threads to 32×32 numbers.
#include "glassy.h"

#ifndef TWIN_SCAN
template <class T> __device__ static void spins_turn(long long m, int n, long long width, const T *sigma, T *turned) {
    __shared__ T tile[32][33];
    const int x = threadIdx.x & 31, y = threadIdx.x >> 5;
    const index_t r = (index_t)blockIdx.x * 32;
    const int i = blockIdx.y * 32;
    for (int k = y; k < 32; k += 8)
        if (r + k < m && i + x < n) tile[k][x] = sigma[(r + k) * n + i + x];
    __syncthreads();
    for (int k = y; k < 32; k += 8)
        if (i + k < n + 2 && r + x < width) turned[(i + k) * width + r + x] = i + k >= n ? T(i + k - n) : r + x < m ? tile[x][k] : T(0);
}
#endif

#define PARAMS(T) long long m, int n, long long width, const T *sigma, T *turned
INSTANCES(spins_turn, PARAMS, m, n, width, sigma, turned)
