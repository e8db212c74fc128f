// transpose.cu: dst[j, i] = a[i, j] of the m×n matrix a. A block turns a tile of 32×32 in shared memory, so
// that both sides are read and written along rows.
#include "glassy.h"

template <class T> __device__ static void transpose(int m, int n, const T *a, T *dst) {
    __shared__ T tile[32][33];
    const int across = (n + 31) / 32, i0 = blockIdx.x / across * 32, j0 = blockIdx.x % across * 32, lane = lane_id();
    for (int y = warp_id(); y < 32; y += 8)
        if (i0 + y < m && j0 + lane < n) tile[y][lane] = a[(index_t)(i0 + y) * n + j0 + lane];
    __syncthreads();
    for (int y = warp_id(); y < 32; y += 8)
        if (j0 + y < n && i0 + lane < m) dst[(index_t)(j0 + y) * m + i0 + lane] = tile[lane][y];
}

#define PARAMS(T) int m, int n, const T *a, T *dst
INSTANCES(transpose, PARAMS, m, n, a, dst)
