// gemm_tile.h: products on the ordinary arithmetic units. A block makes M×N numbers of C, a thread RM×RN of
// them in registers. A and B come through shared memory K numbers of the sum at a time, as K×M and K×N
// whatever way they lie in memory; while one such pair is worked on, the next is on its way to registers.
#pragma once
#include "gemm.h"

#ifndef TWIN_SCAN
// A Side is how the threads of a block bring X×K numbers of A or B to shared memory. Along says that
// neighbours along k are neighbours in memory.
template <class T, int X, int K, int THREADS> struct Side {
    static constexpr int V = 16 / sizeof(T);
    static constexpr int LD = X + V; // rows apart in shared memory: writes along k then meet different banks
    static constexpr int CHUNKS = X * K / V, PER = (CHUNKS + THREADS - 1) / THREADS;
    static_assert(THREADS % (X / V) == 0 && THREADS % (K / V) == 0, "chunks of a thread are whole rows apart");
    Sixteen<T> held[PER];

    // A thread's chunk i is i·apart rows of memory after its first, which stands at (k, x).
    static __device__ __forceinline__ int apart(bool along) { return along ? THREADS / (K / V) : THREADS / (X / V); }
    static __device__ __forceinline__ int k(bool along) { return along ? threadIdx.x % (K / V) * V : threadIdx.x / (X / V); }
    static __device__ __forceinline__ int x(bool along) { return along ? threadIdx.x / (K / V) : threadIdx.x % (X / V) * V; }
    static __device__ __forceinline__ bool idle(int i) { return CHUNKS % THREADS != 0 && (int)threadIdx.x + i * THREADS >= CHUNKS; }

    // begin is where the thread's first chunk is in memory.
    static __device__ __forceinline__ const T *begin(const T *matrix, index_t ld, bool along, int at, int from) {
        return matrix + (along ? (at + x(true)) * ld + from + k(true) : (from + k(false)) * ld + at + x(false));
    }

    // load reads from global memory; beyond width and depth there are zeros.
    __device__ __forceinline__ void load(const T *p, index_t ld, bool along, bool vectors, int width, int depth) {
        int row = along ? x(true) : k(false); // of memory, within the tile
        const int rows = along ? width : depth, left = along ? depth - k(true) : width - x(false);
#pragma unroll
        for (int i = 0; i < PER; i++, p += apart(along) * ld, row += apart(along)) {
            if (idle(i)) continue;
            if (vectors && row < rows && left >= V) {
                held[i] = *reinterpret_cast<const Sixteen<T> *>(p);
            } else {
#pragma unroll
                for (int v = 0; v < V; v++) held[i].at[v] = row < rows && v < left ? p[v] : T(0);
            }
        }
    }

    // store puts what load read into shared memory.
    __device__ __forceinline__ void store(T *to, bool along) const {
        to += k(along) * LD + x(along);
#pragma unroll
        for (int i = 0; i < PER; i++) {
            if (idle(i)) continue;
            if (along) {
#pragma unroll
                for (int v = 0; v < V; v++) to[v * LD + i * apart(true)] = held[i].at[v];
            } else {
                *reinterpret_cast<Sixteen<T> *>(to + i * apart(false) * LD) = held[i];
            }
        }
    }
};

template <class T, int M, int N, int K, int RM, int RN>
__device__ __forceinline__ void tile(Product<T> p, index_t stepA, index_t stepB, index_t stepC) {
    constexpr int THREADS = (M / RM) * (N / RN), V = 16 / sizeof(T);
    typedef Side<T, M, K, THREADS> SideA;
    typedef Side<T, N, K, THREADS> SideB;
    __shared__ __align__(16) T sharedA[2][K * SideA::LD];
    __shared__ __align__(16) T sharedB[2][K * SideB::LD];

    const Place at = settle<M, N>(p, stepA, stepB, stepC);
    const bool alongA = !p.transA, alongB = p.transB, vectorsA = p.vectors & 1, vectorsB = p.vectors & 2;
    const T *a = SideA::begin(p.a, p.lda, alongA, at.i, at.from), *b = SideB::begin(p.b, p.ldb, alongB, at.j, at.from);
    const index_t nextA = alongA ? K : K * p.lda, nextB = alongB ? K : K * p.ldb;

    // The threads of a warp stand 4 down and 8 across. A thread has V neighbours, then the next V
    // a whole row of threads on, so that a warp's reads of shared memory are of neighbours.
    constexpr int DOWN = M / RM, ACROSS = N / RN;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int ty = warp / (ACROSS / 8) * 4 + lane / 8, tx = warp % (ACROSS / 8) * 8 + lane % 8;

    T acc[RM][RN];
#pragma unroll
    for (int i = 0; i < RM; i++)
#pragma unroll
        for (int j = 0; j < RN; j++) acc[i][j] = T(0);

    // Every round brings the next K numbers of the sum and works on those that the last one brought.
    SideA sideA;
    SideB sideB;
    for (int k = 0, buffer = 0; k < at.depth + K; k += K, buffer ^= 1) {
        const bool more = k < at.depth;
        if (more) {
            sideA.load(a, p.lda, alongA, vectorsA, p.m - at.i, at.depth - k);
            sideB.load(b, p.ldb, alongB, vectorsB, p.n - at.j, at.depth - k);
            a += nextA;
            b += nextB;
        }
        if (k > 0) {
            const T *x = sharedA[buffer ^ 1] + ty * V, *y = sharedB[buffer ^ 1] + tx * V;
#pragma unroll 8
            for (int q = 0; q < K; q++) {
                Sixteen<T> u[RM / V], v[RN / V];
#pragma unroll
                for (int i = 0; i < RM / V; i++) u[i] = *reinterpret_cast<const Sixteen<T> *>(x + q * SideA::LD + i * DOWN * V);
#pragma unroll
                for (int j = 0; j < RN / V; j++) v[j] = *reinterpret_cast<const Sixteen<T> *>(y + q * SideB::LD + j * ACROSS * V);
#pragma unroll
                for (int i = 0; i < RM; i++)
#pragma unroll
                    for (int j = 0; j < RN; j++) acc[i][j] += u[i / V].at[i % V] * v[j / V].at[j % V];
            }
        }
        if (more) {
            sideA.store(sharedA[buffer], alongA);
            sideB.store(sharedB[buffer], alongB);
        }
        __syncthreads();
    }

#pragma unroll
    for (int i = 0; i < RM; i++) {
        const int row = at.i + (i / V * DOWN + ty) * V + i % V;
        if (row >= p.m) continue;
#pragma unroll
        for (int j = 0; j < RN / V; j++) {
            const int column = at.j + (j * ACROSS + tx) * V;
            T *c = p.c + row * p.ldc + column;
            if (p.vectors & 4 && column + V <= p.n) {
                Sixteen<T> old = {};
                if (p.beta != T(0)) old = *reinterpret_cast<const Sixteen<T> *>(c);
#pragma unroll
                for (int v = 0; v < V; v++) old.at[v] = finish(p, acc[i][j * V + v], old.at[v]);
                *reinterpret_cast<Sixteen<T> *>(c) = old;
            } else {
#pragma unroll
                for (int v = 0; v < V; v++)
                    if (column + v < p.n) c[v] = finish(p, acc[i][j * V + v], p.beta == T(0) ? T(0) : c[v]);
            }
        }
    }
}
#endif

// TILE makes the entry points of one size of tile; BLOCKS of it shall fit a multiprocessor at least.
#define TILE_OF(T, SUFFIX, M, N, K, RM, RN, BLOCKS)                                                                              \
    extern "C" __global__ void __launch_bounds__((M / RM) * (N / RN), BLOCKS) gemm_##M##x##N##SUFFIX(PRODUCT(T)) {               \
        tile<T, M, N, K, RM, RN>(PRODUCT_OF(T), stepA, stepB, stepC);                                                            \
    }
#define TILE(M, N, K, RM, RN, BLOCKS_F32, BLOCKS_F64)         \
    TILE_OF(float, _f32, M, N, K, RM, RN, BLOCKS_F32)         \
    TILE_OF(double, _f64, M, N, K, RM, RN, BLOCKS_F64)
