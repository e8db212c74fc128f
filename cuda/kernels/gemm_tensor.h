// gemm_tensor.h: products on tensor cores (mma.h). A block makes M×N numbers of C, a warp WM×WN of them.
// A and B come through shared memory K numbers of the sum at a time, STAGES such pairs being on their way or
// at work; they lie there as they do in memory.
#pragma once
#include "gemm.h"
#include "mma.h"
#include "stages.h"
#ifndef TWIN_SCAN

// A Bank is how X×K numbers of A or B lie in shared memory, as rows along k or across it, and how the threads
// of a block bring them there, 16 bytes at a time.
//
// Tensor cores want of a lane the numbers t and t+4 of eight along k. Since A and B may be reordered along k
// alike, it gives them 2t and 2t+1, which are one read where rows lie along k. So that the reads of a warp (of
// a half where they are of 8 bytes, of a quarter where of 16) meet no bank twice, rows across k are padded, and
// in rows along k, of 128 bytes, the 16 bytes at c are kept at c ^ turn(row).
template <class T, int X, int K, bool ALONG, int THREADS> struct Bank {
    static constexpr int V = 16 / sizeof(T);
    static constexpr int ROW = ALONG ? K : X, ROWS = ALONG ? X : K, LD = ROW + (ALONG ? 0 : V), SIZE = ROWS * LD;
    static constexpr int CHUNKS = ROW / V, APART = THREADS / CHUNKS; // a thread's chunks are so many rows apart
    static_assert(THREADS % CHUNKS == 0 && ROWS % APART == 0, "chunks of a thread are whole rows apart");
    static_assert(!ALONG || (K * sizeof(T) == 128 && APART % 4 == 0), "turns");

    static __device__ __forceinline__ int turn(int row) { return row * ((int)sizeof(T) / 2) % 8; }
    static __device__ __forceinline__ int row() { return threadIdx.x / CHUNKS; }
    static __device__ __forceinline__ int column() { return threadIdx.x % CHUNKS * V; }

    // begin is where the thread's first chunk is in memory.
    static __device__ __forceinline__ const T *begin(const T *matrix, index_t ld, int at, int from) {
        return matrix + (ALONG ? (at + row()) * ld + from + column() : (from + row()) * ld + at + column());
    }

    // load begins to bring what there is within width and depth; the rest becomes zeros.
    static __device__ __forceinline__ void load(Stages &stages, T *to, const T *matrix, const T *p, index_t ld, bool vectors, int width, int depth) {
        const int rows = ALONG ? width : depth, left = (ALONG ? depth : width) - column();
        to += row() * LD + (ALONG ? (column() / V ^ turn(row())) * V : column());
        auto have = [&](int i) { return row() + i * APART < rows ? min(max(left, 0), V) : 0; };
        if (vectors) {
#pragma unroll
            for (int i = 0; i < ROWS / APART; i++)
                stages.copy<16>(to + i * APART * LD, have(i) > 0 ? p + i * APART * ld : matrix, have(i) * (int)sizeof(T));
        } else {
#pragma unroll 1
            for (int i = 0; i < ROWS / APART; i++)
#pragma unroll
                for (int v = 0; v < V; v++) {
                    const bool there = v < have(i);
                    stages.copy<sizeof(T)>(to + i * APART * LD + v, there ? p + i * APART * ld + v : matrix, there ? (int)sizeof(T) : 0);
                }
        }
    }

    // pair reads numbers k and k+1 of the sum at x.
    static __device__ __forceinline__ void pair(const T *bank, int x, int k, T &first, T &second) {
        if (ALONG) {
            const Pack<T, 2> two = *reinterpret_cast<const Pack<T, 2> *>(&bank[x * LD + (k / V ^ turn(x)) * V + k % V]);
            first = two.at[0];
            second = two.at[1];
        } else {
            first = bank[k * LD + x];
            second = bank[(k + 1) * LD + x];
        }
    }
};

// With SPLIT, float32 numbers are the sum of two of eleven bits each, x = x₁ + x₂ + δ, |δ| ≤ 2⁻²²|x|, and a
// product is x₁y₁ + x₁y₂ + x₂y₁, short of xy by 3·2⁻²²|xy| at most. Tensor cores lose bits when they add
// (Fasi, Higham, Mikaitis & Pranesh 2021: up to 2⁻²³ of the largest of nine numbers for each of them), so they
// add up K products only, 3K/8 additions, and the sums of those are added as ever. In all, with ε = 2⁻²⁴ and
// K = 32, the error is below (k/32 + 12 + 240)ε Σ|xy|, which is within 2kε Σ|xy| from k = 128 on. Infinities
// and numbers that round to them would give NaN: a block that has one does its work again, plainly.
template <class T, int M, int N, int K, int WM, int WN, int STAGES, bool TRANS_A, bool TRANS_B, bool SPLIT>
__device__ __forceinline__ void tensor(Product<T> p, index_t stepA, index_t stepB, index_t stepC) {
#if defined(TWIN) || __CUDA_ARCH__ >= 800
    constexpr int THREADS = (M / WM) * (N / WN) * 32, DOWN = WM / 16, ACROSS = WN / 8;
    typedef Bank<T, M, K, !TRANS_A, THREADS> BankA;
    typedef Bank<T, N, K, TRANS_B, THREADS> BankB;
    DYNAMIC_SHARED(T, shared);

    const Place at = settle<M, N>(p, stepA, stepB, stepC);
    const bool vectorsA = p.vectors & 1, vectorsB = p.vectors & 2;
    const T *a = BankA::begin(p.a, p.lda, at.i, at.from), *b = BankB::begin(p.b, p.ldb, at.j, at.from);
    const index_t nextA = TRANS_A ? K * p.lda : K, nextB = TRANS_B ? K : K * p.ldb;
    const int steps = (at.depth + K - 1) / K;

    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, g = lane / 4, t = lane % 4;
    const int i0 = warp / (N / WN) * WM, j0 = warp % (N / WN) * WN;

    T acc[DOWN][ACROSS][4], part[SPLIT ? DOWN : 1][ACROSS][4]; // part: of K numbers
#pragma unroll
    for (int i = 0; i < DOWN; i++)
#pragma unroll
        for (int j = 0; j < ACROSS; j++)
#pragma unroll
            for (int q = 0; q < 4; q++) acc[i][j][q] = part[SPLIT ? i : 0][j][q] = T(0);

    Stages stages;
    for (int step = 1 - STAGES; step < steps; step++) {
        if (step >= 0) {
            stages.template wait<STAGES - 2>();
            __syncthreads(); // what all threads copied is there, and nobody works on the last step any more
        }
        const int next = step + STAGES - 1;
        if (next < steps) {
            T *to = shared + next % STAGES * (BankA::SIZE + BankB::SIZE);
            BankA::load(stages, to, p.a, a, p.lda, vectorsA, p.m - at.i, at.depth - next * K);
            BankB::load(stages, to + BankA::SIZE, p.b, b, p.ldb, vectorsB, p.n - at.j, at.depth - next * K);
            a += nextA;
            b += nextB;
        }
        stages.commit(); // of nothing, too: wait counts groups
        if (step < 0) continue;

        const T *sa = shared + step % STAGES * (BankA::SIZE + BankB::SIZE), *sb = sa + BankA::SIZE;
#pragma unroll
        for (int k = 0; k < K; k += 8) {
            T x[DOWN][4], y[ACROSS][2], x2[SPLIT ? DOWN : 1][4], y2[ACROSS][2];
#pragma unroll
            for (int i = 0; i < DOWN; i++) {
                BankA::pair(sa, i0 + 16 * i + g, k + 2 * t, x[i][0], x[i][2]);
                BankA::pair(sa, i0 + 16 * i + g + 8, k + 2 * t, x[i][1], x[i][3]);
#pragma unroll
                for (int q = 0; q < 4; q++) {
                    const T whole = x[i][q];
                    x[i][q] = prepared(whole);
                    if (SPLIT) x2[i][q] = prepared(whole - x[i][q]);
                }
            }
#pragma unroll
            for (int j = 0; j < ACROSS; j++) {
                BankB::pair(sb, j0 + 8 * j + g, k + 2 * t, y[j][0], y[j][1]);
#pragma unroll
                for (int q = 0; q < 2; q++) {
                    const T whole = y[j][q];
                    y[j][q] = prepared(whole);
                    if (SPLIT) y2[j][q] = prepared(whole - y[j][q]);
                }
            }
#pragma unroll
            for (int i = 0; i < DOWN; i++)
#pragma unroll
                for (int j = 0; j < ACROSS; j++) {
                    if (!SPLIT) {
                        mma(acc[i][j], x[i], y[j]);
                        continue;
                    }
                    mma(part[i][j], x2[i], y[j]);
                    mma(part[i][j], x[i], y2[j]);
                    mma(part[i][j], x[i], y[j]);
                }
        }
        if (SPLIT) {
#pragma unroll
            for (int i = 0; i < DOWN; i++)
#pragma unroll
                for (int j = 0; j < ACROSS; j++)
#pragma unroll
                    for (int q = 0; q < 4; q++) {
                        acc[i][j][q] += part[i][j][q];
                        part[i][j][q] = T(0);
                    }
        }
    }
    stages.template wait<0>();

    // C goes through shared memory, so that whole rows are written at once.
    constexpr int LD = N + 8, V = 16 / sizeof(T), CHUNKS = N / V;
    bool again = false;
    if (SPLIT) {
#pragma unroll
        for (int i = 0; i < DOWN; i++)
#pragma unroll
            for (int j = 0; j < ACROSS; j++)
#pragma unroll
                for (int q = 0; q < 4; q++) again = again || !(fabs(acc[i][j][q]) < infinity<T>());
    }
    again = __syncthreads_or(again) && SPLIT;
#pragma unroll
    for (int i = 0; i < 2 * DOWN; i++)
#pragma unroll
        for (int j = 0; j < ACROSS; j++)
            *reinterpret_cast<Pack<T, 2> *>(&shared[(i0 + 8 * i + g) * LD + j0 + 8 * j + 2 * t]) = Pack<T, 2>{acc[i / 2][j][i % 2 * 2], acc[i / 2][j][i % 2 * 2 + 1]};
    __syncthreads();
#pragma unroll 2
    for (int q = threadIdx.x; q < M * CHUNKS; q += THREADS) {
        const int i = q / CHUNKS, j = q % CHUNKS * V;
        if (at.i + i >= p.m) break;
        Sixteen<T> sum = *reinterpret_cast<const Sixteen<T> *>(&shared[i * LD + j]), old = {};
        if (SPLIT && again) {
#pragma unroll
            for (int v = 0; v < V; v++) {
                sum.at[v] = T(0);
                const int row = at.i + i, column = at.j + j + v;
                if (column >= p.n) continue;
                for (int k = at.from; k < at.from + at.depth; k++)
                    sum.at[v] += (TRANS_A ? p.a[k * p.lda + row] : p.a[row * p.lda + k]) * (TRANS_B ? p.b[column * p.ldb + k] : p.b[k * p.ldb + column]);
            }
        }
        T *c = p.c + (at.i + i) * p.ldc + at.j + j;
        if (p.vectors & 4 && at.j + j + V <= p.n) {
            if (p.beta != T(0)) old = *reinterpret_cast<const Sixteen<T> *>(c);
#pragma unroll
            for (int v = 0; v < V; v++) sum.at[v] = finish(p, sum.at[v], old.at[v]);
            *reinterpret_cast<Sixteen<T> *>(c) = sum;
        } else {
#pragma unroll
            for (int v = 0; v < V; v++)
                if (at.j + j + v < p.n) c[v] = finish(p, sum.at[v], p.beta == T(0) ? T(0) : c[v]);
        }
    }
#else
    __trap(); // the host launches none on such a chip
#endif
}
#endif

// TENSOR makes the four entry points, for each of A and B as it is or transposed, of NAME; BLOCKS of them shall
// fit a multiprocessor at least.
#define TENSOR_OF(NAME, T, M, N, K, WM, WN, STAGES, BLOCKS, TRANS_A, TRANS_B, SPLIT)                                         \
    extern "C" __global__ void __launch_bounds__((M / WM) * (N / WN) * 32, BLOCKS) NAME(PRODUCT(T)) {                        \
        tensor<T, M, N, K, WM, WN, STAGES, TRANS_A, TRANS_B, SPLIT>(PRODUCT_OF(T), stepA, stepB, stepC);                     \
    }
#define TENSOR(NAME, SUFFIX, T, M, N, K, WM, WN, STAGES, BLOCKS, SPLIT)                             \
    TENSOR_OF(NAME##_nn##SUFFIX, T, M, N, K, WM, WN, STAGES, BLOCKS, false, false, SPLIT)           \
    TENSOR_OF(NAME##_nt##SUFFIX, T, M, N, K, WM, WN, STAGES, BLOCKS, false, true, SPLIT)            \
    TENSOR_OF(NAME##_tn##SUFFIX, T, M, N, K, WM, WN, STAGES, BLOCKS, true, false, SPLIT)            \
    TENSOR_OF(NAME##_tt##SUFFIX, T, M, N, K, WM, WN, STAGES, BLOCKS, true, true, SPLIT)
