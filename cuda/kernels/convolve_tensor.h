// convolve_tensor.h: the tile of convolve.h on tensor cores (mma.h). A warp makes WM×WN of its numbers; a and b
// come to shared memory by copies that run beside the arithmetic, STAGES times K of d being on their way or at
// work.
#pragma once
#include "convolve.h"
#include "mma.h"
#include "stages.h"

#ifndef TWIN_SCAN
// A Bank is X×K numbers in shared memory: rows along d when ALONG, else across. Tensor cores want of a lane the
// numbers t and t+4 of eight along d; since a and b may be reordered along d alike, it gives them 2t and 2t+1,
// one read where rows lie along d. Rows are padded so that the reads of a warp meet no bank twice.
template <class T, int X, int K, bool ALONG> struct Bank {
    static constexpr int LD = ALONG ? K + 8 : X + 16 / sizeof(T), SIZE = LD * (ALONG ? X : K);
    static_assert(!ALONG || (K + 8) * sizeof(T) % 128 % 64 == 32 * (sizeof(T) / 4) % 64, "banks");

    static __device__ __forceinline__ T *at(T *bank, int x, int k) { return bank + (ALONG ? x * LD + k : k * LD + x); }

    // pair reads numbers k and k+1 of d, k even, at x.
    static __device__ __forceinline__ void pair(const T *bank, int x, int k, T &first, T &second) {
        if (ALONG) {
            struct __align__(2 * sizeof(T)) Two {
                T v[2];
            };
            const Two two = *reinterpret_cast<const Two *>(bank + x * LD + k);
            first = two.v[0];
            second = two.v[1];
        } else {
            first = bank[k * LD + x];
            second = bank[(k + 1) * LD + x];
        }
    }
};

template <class T_, int M_, int N_, int K_, int WM, int WN, int STAGES> struct Tensor {
    typedef T_ T;
    static constexpr int M = M_, N = N_, K = K_, THREADS = (M / WM) * (N / WN) * 32;
    static constexpr int PER_A = M * K / THREADS, PER_B = N * K / THREADS, DOWN = WM / 16, ACROSS = WN / 8;
    static_assert(M * K % THREADS == 0 && N * K % THREADS == 0 && THREADS % K == 0 && THREADS % N == 0, "tile");

    T sum[DOWN][ACROSS][4];

    // Where the warp and the lane stand: the warp's first row and column, the lane's in a fragment.
    static __device__ __forceinline__ int i0() { return threadIdx.x / 32 / (N / WN) * WM; }
    static __device__ __forceinline__ int j0() { return threadIdx.x / 32 % (N / WN) * WN; }
    static __device__ __forceinline__ int g() { return threadIdx.x % 32 / 4; }
    static __device__ __forceinline__ int t() { return threadIdx.x % 4; }

    template <bool ALONG, class Prepare, class SourceA, class SourceB>
    __device__ __forceinline__ void run(int steps, Prepare prepare, const T *a, SourceA sourceA, const T *b, SourceB sourceB) {
        typedef Bank<T, M, K, true> A;
        typedef Bank<T, N, K, ALONG> B;
        DYNAMIC_SHARED(T, shared);
        auto stage = [&](int t) { return shared + t % STAGES * (A::SIZE + B::SIZE); };

        Stages stages;
        auto load = [&](int t) {
            T *toA = stage(t), *toB = toA + A::SIZE;
            auto fromA = sourceA(t);
            auto fromB = sourceB(t);
            const int i = threadIdx.x;
#pragma unroll
            for (int e = 0; e < PER_A; e++) {
                const Source s = fromA(e);
                stages.template copy<sizeof(T)>(A::at(toA, i / K + e * (THREADS / K), i % K), a + (s.valid ? s.index : 0), s.valid ? sizeof(T) : 0);
            }
#pragma unroll
            for (int e = 0; e < PER_B; e++) {
                const Source s = fromB(e);
                T *to = ALONG ? B::at(toB, i / K + e * (THREADS / K), i % K) : B::at(toB, i % N, i / N + e * (THREADS / N));
                stages.template copy<sizeof(T)>(to, b + (s.valid ? s.index : 0), s.valid ? sizeof(T) : 0);
            }
        };

#pragma unroll
        for (int i = 0; i < DOWN; i++)
#pragma unroll
            for (int j = 0; j < ACROSS; j++)
#pragma unroll
                for (int q = 0; q < 4; q++) sum[i][j][q] = T(0);

        for (int next = 0; next < STAGES - 1; next++) {
            prepare(next);
            __syncthreads();
            if (next < steps) load(next);
            stages.commit(); // of nothing, too: wait counts groups
        }
        prepare(STAGES - 1);
        for (int step = 0; step < steps; step++) {
            stages.template wait<STAGES - 2>();
            __syncthreads(); // what all threads copied is there, and nobody works on the last step any more
            const int next = step + STAGES - 1;
            if (next < steps) load(next);
            stages.commit();
            prepare(next + 1);
            multiply<A, B>(stage(step), stage(step) + A::SIZE);
        }
        stages.template wait<0>();
    }

    template <class A, class B> __device__ __forceinline__ void multiply(const T *a, const T *b) {
#pragma unroll
        for (int k = 0; k < K; k += 8) {
            T x[DOWN][4], y[ACROSS][2];
#pragma unroll
            for (int i = 0; i < DOWN; i++) {
                A::pair(a, i0() + 16 * i + g(), k + 2 * t(), x[i][0], x[i][2]);
                A::pair(a, i0() + 16 * i + g() + 8, k + 2 * t(), x[i][1], x[i][3]);
#pragma unroll
                for (int q = 0; q < 4; q++) x[i][q] = prepared(x[i][q]);
            }
#pragma unroll
            for (int j = 0; j < ACROSS; j++) {
                B::pair(b, j0() + 8 * j + g(), k + 2 * t(), y[j][0], y[j][1]);
#pragma unroll
                for (int q = 0; q < 2; q++) y[j][q] = prepared(y[j][q]);
            }
#pragma unroll
            for (int i = 0; i < DOWN; i++)
#pragma unroll
                for (int j = 0; j < ACROSS; j++) mma(sum[i][j], x[i], y[j]);
        }
    }

    // write puts row m of the tile to out[m·ld + target], for m below rows: through shared memory, so that
    // whole rows are written at once.
    __device__ __forceinline__ void write(int rows, T *out, int ld, const int (&target)[N], bool add) const {
        constexpr int LD = N + 8, V = 16 / sizeof(T);
        DYNAMIC_SHARED(T, shared);
        __syncthreads();
#pragma unroll
        for (int i = 0; i < 2 * DOWN; i++)
#pragma unroll
            for (int j = 0; j < ACROSS; j++) {
                T *to = &shared[(i0() + 8 * i + g()) * LD + j0() + 8 * j + 2 * t()];
                to[0] = sum[i / 2][j][i % 2 * 2];
                to[1] = sum[i / 2][j][i % 2 * 2 + 1];
            }
        __syncthreads();
#pragma unroll 2
        for (int q = threadIdx.x; q < M * (N / V); q += THREADS) {
            const int m = q / (N / V), j = q % (N / V) * V;
            if (m >= rows) break;
            put(out + (index_t)m * ld, &target[j], *reinterpret_cast<const Pack16<T> *>(&shared[m * LD + j]), add);
        }
    }
};
#endif

// TENSOR is the entry point NAME_tensor_MxN of NAME<Tensor>, as PLAIN. The host launches none on a chip without
// tensor cores.
#if defined(TWIN) || __CUDA_ARCH__ >= 800
#define ON_TENSOR_CORES(...) __VA_ARGS__
#else
#define ON_TENSOR_CORES(...) __trap()
#endif
#define TENSOR(NAME, SUFFIX, T, M, N, K, WM, WN, STAGES, BLOCKS)                                                                        \
    extern "C" __global__ void __launch_bounds__((M / WM) * (N / WN) * 32, BLOCKS) NAME##_tensor_##M##x##N##SUFFIX(PARAMS(T)) {         \
        ON_TENSOR_CORES(NAME<Tensor<T, M, N, K, WM, WN, STAGES>>(ARGUMENTS));                                                          \
    }
