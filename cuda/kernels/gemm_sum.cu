// gemm_sum.cu: products whose sum over k was cut into parts. Sums holds count·parts matrices m×n; C of each
// product is alpha times the sum of its parts, in their order, plus beta C.
#include "glassy.h"

template <class T>
__device__ static void gemm_sum(int m, int n, int parts, int count, const T *sums, double alpha, double beta, T *c, index_t ldc, index_t stepC) {
    const index_t size = (index_t)m * n;
    EACH(i, size * count) {
        const index_t which = i / size, in = i % size;
        const T *part = sums + which * parts * size + in;
        T sum = part[0];
        for (int p = 1; p < parts; p++) sum += part[p * size];
        T *to = c + which * stepC + in / n * ldc + in % n;
        sum *= (T)alpha;
        *to = beta == 0 ? sum : sum + (T)beta * *to;
    }
}

#define PARAMS(T) int m, int n, int parts, int count, const T *sums, double alpha, double beta, T *c, long long ldc, long long stepC
INSTANCES(gemm_sum, PARAMS, m, n, parts, count, sums, alpha, beta, c, ldc, stepC)
