// gemm.h: what the kernels for products C = alpha op(A) op(B) + beta C share. Row-major; op(A) is m×k,
// op(B) k×n. Several products run in one launch, matrix i of them beginning step numbers after the one
// before; and the sum over k may be cut into parts of length numbers, each a block of its own that writes
// its sum as if it were a product of its own (gemm_sum adds them up).
#pragma once
#include "glassy.h"
#include "packs.h"
#ifndef TWIN_SCAN

// 16 bytes, moved at once.
template <class T> using Sixteen = Pack<T, pack_width<T>()>;

template <class T> struct Product {
    int m, n, k, length, parts;
    int vectors; // bits 0, 1, 2: rows of A, B, C begin at multiples of 16 bytes
    bool transA, transB;
    T alpha;
    const T *a;
    index_t lda;
    const T *b;
    index_t ldb;
    T beta;
    T *c;
    index_t ldc;
};

// A Place is the tile of C that a block makes: where it begins, and what it reads of k.
struct Place {
    int i, j;
    int from, depth;
};

// settle is the block's place, with the pointers of p moved to its matrices and its part. Blocks that run at
// a time take tiles in strips of eight rows of them, so that what they read of A and B stays in the cache.
template <int M, int N, class T> __device__ __forceinline__ Place settle(Product<T> &p, index_t stepA, index_t stepB, index_t stepC) {
    const int down = (p.m + M - 1) / M, across = (p.n + N - 1) / N;
    const int which = blockIdx.x / (down * across), part = which % p.parts, id = blockIdx.x % (down * across);
    p.a += which / p.parts * stepA;
    p.b += which / p.parts * stepB;
    p.c += which * stepC;

    const int strip = id / (8 * across) * 8, height = min(8, down - strip), in = id % (8 * across);
    Place at;
    at.i = (strip + in % height) * M;
    at.j = in / height * N;
    at.from = part * p.length;
    at.depth = max(0, min(p.length, p.k - at.from));
    return at;
}

// finish is a number of C of its sum.
template <class T> __device__ __forceinline__ T finish(const Product<T> &p, T sum, T old) {
    return p.beta == T(0) ? p.alpha * sum : p.alpha * sum + p.beta * old;
}
#endif

#define PRODUCT(T)                                                                                  \
    int m, int n, int k, int length, int parts, int vectors, int transA, int transB, double alpha,  \
        const T *a, long long lda, long long stepA, const T *b, long long ldb, long long stepB,     \
        double beta, T *c, long long ldc, long long stepC
#define PRODUCT_OF(T) \
    Product<T> { m, n, k, length, parts, vectors, transA != 0, transB != 0, (T)alpha, a, lda, b, ldb, (T)beta, c, ldc }
