// gemv.cu: products with a vector, y = alpha M x + beta y, where M's numbers are read once, side by side.
// As in gemm.h several products run in one launch, and sums over k may be cut into parts.
#include "glassy.h"

#define PARAMS(T)                                                                                          \
    int rows, int k, int length, int parts, double alpha, const T *matrix, long long ld, long long stepM,  \
        const T *x, long long incX, long long stepX, double beta, T *y, long long incY, long long stepY
#define ARGUMENTS rows, k, length, parts, alpha, matrix, ld, stepM, x, incX, stepX, beta, y, incY, stepY

#ifndef TWIN_SCAN
template <class T> __device__ __forceinline__ void put(T *y, T sum, T alpha, T beta) {
    *y = beta == T(0) ? alpha * sum : alpha * sum + beta * *y;
}
#endif

// Rows along k: a warp to a row, eight rows to a block.
template <class T> __device__ static void gemv_rows(PARAMS(T)) {
    constexpr int AT_A_TIME = 4; // loads on their way
    const int blocks = (rows + 7) / 8, which = blockIdx.x / blocks, part = which % parts;
    const int row = blockIdx.x % blocks * 8 + warp_id(), from = part * length, to = min(k, from + length);
    T sum[AT_A_TIME] = {};
    if (row < rows) {
        matrix += which / parts * stepM + row * ld;
        x += which / parts * stepX;
        int i = from + lane_id();
        for (; i + 32 * (AT_A_TIME - 1) < to; i += 32 * AT_A_TIME)
#pragma unroll
            for (int u = 0; u < AT_A_TIME; u++) sum[u] += matrix[i + 32 * u] * x[(i + 32 * u) * incX];
        for (; i < to; i += 32) sum[0] += matrix[i] * x[i * incX];
    }
    const T all = warp_sum((sum[0] + sum[1]) + (sum[2] + sum[3]));
    if (lane_id() == 0 && row < rows) put(y + which * stepY + row * incY, all, (T)alpha, (T)beta);
}

// Rows across k, so that columns lie along memory: a lane to a row, the warps take every eighth of k.
template <class T> __device__ static void gemv_columns(PARAMS(T)) {
    __shared__ T sums[8][32];
    const int blocks = (rows + 31) / 32, which = blockIdx.x / blocks, part = which % parts;
    const int row = blockIdx.x % blocks * 32 + lane_id(), from = part * length, to = min(k, from + length);
    T sum = T(0);
    if (row < rows) {
        matrix += which / parts * stepM + row;
        x += which / parts * stepX;
#pragma unroll 4
        for (int i = from + warp_id(); i < to; i += 8) sum += matrix[i * ld] * x[i * incX];
    }
    sums[warp_id()][lane_id()] = sum;
    __syncthreads();
    if (warp_id() == 0 && row < rows) {
        for (int w = 1; w < 8; w++) sum += sums[w][lane_id()];
        put(y + which * stepY + row * incY, sum, (T)alpha, (T)beta);
    }
}

INSTANCES(gemv_rows, PARAMS, ARGUMENTS)
INSTANCES(gemv_columns, PARAMS, ARGUMENTS)
