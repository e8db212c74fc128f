// gemm_sum.cu: products whose sum over k was cut into parts. Sums holds count·parts matrices m×n; C of each
// product is alpha times the sum of its parts plus beta C. Few parts are added up by one thread in their order;
// of many, warp w of a block takes parts w, w+8, …, and the warps' sums are added up in the warps' order.
#include "glassy.h"
#include "packs.h"

#ifndef TWIN_SCAN
#define MANY 8 // as in cuda/gemm.go, which then gives a block 32 numbers
#endif

template <class T>
__device__ static void gemm_sum(int m, int n, int parts, int count, const T *sums, double alpha, double beta, T *c, index_t ldc, index_t stepC) {
    const index_t size = (index_t)m * n, all = size * count;
    auto finish = [&](index_t i, T sum) {
        const index_t which = quotient(i, size), in = i - which * size, row = quotient(in, n);
        T *to = c + which * stepC + row * ldc + (in - row * n);
        sum *= (T)alpha;
        *to = beta == 0 ? sum : sum + (T)beta * *to;
    };
    auto first = [&](index_t i) {
        const index_t which = quotient(i, size);
        return sums + which * parts * size + (i - which * size);
    };
    if (parts < MANY) {
        EACH(i, all) {
            const T *part = first(i);
            T sum = part[0];
            for (int p = 1; p < parts; p++) sum += part[p * size];
            finish(i, sum);
        }
        return;
    }
    __shared__ T of_warp[8][32];
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    for (index_t from = (index_t)blockIdx.x * 32; from < all; from += (index_t)gridDim.x * 32) {
        const index_t i = from + lane;
        T sum = T(0);
        if (i < all) {
            const T *part = first(i);
#pragma unroll 4
            for (int p = warp; p < parts; p += 8) sum += part[p * size];
        }
        of_warp[warp][lane] = sum;
        __syncthreads();
        if (warp == 0 && i < all) {
#pragma unroll
            for (int w = 1; w < 8; w++) sum += of_warp[w][lane];
            finish(i, sum);
        }
        __syncthreads();
    }
}

#define PARAMS(T) int m, int n, int parts, int count, const T *sums, double alpha, double beta, T *c, long long ldc, long long stepC
INSTANCES(gemm_sum, PARAMS, m, n, parts, count, sums, alpha, beta, c, ldc, stepC)
