// convolve.h: convolutions as products. A block makes an M×N tile of
//
//	out[m, j] (+)= Σ_d a[m, d] · b[d, j],
//
// where b is never in memory: its numbers are picked from images by a place that the column j has (or d, for
// gradients of filters) and a shift that d has (or j). A and b come through shared memory, K of d at a time.
//
//	conv_forward, conv_data   gather()
//	conv_filter               its own, with d running over pixels
//	Plain                     a tile made by the ordinary arithmetic units
//	Tensor                    one made by tensor cores: convolve_tensor.h
//
// A tile's run() makes the sums: prepare(t) writes to shared memory what is needed to find the t-th K of d;
// sourceA(t)(e) and sourceB(t)(e) say where in a and b the thread's e-th numbers are. Thread i brings
//
//	number i % K of d, row i / K + e·THREADS/K of a; of b also, when ALONG, else
//	number i / N + e·THREADS/N of d, column i % N of b
//
// so that neighbouring threads read neighbours in memory. write() puts the sums to where they belong.
//
// Indices are ints: the host gives no more images at a time than they reach.
#pragma once
#include "glassy.h"
#include "packs.h"

#define CONVOLUTION int N, int C, int H, int W, int K, int R, int S, int stride, int pad, int P, int Q
#define CONVOLUTION_OF N, C, H, W, K, R, S, stride, pad, P, Q

#ifndef TWIN_SCAN
// A Shape is device.Convolution, and P×Q what comes out.
struct Shape {
    int N, C, H, W, K, R, S, stride, pad, P, Q;
};

constexpr int OUTSIDE = -(1 << 30); // a row that is in no image, also when shifted

// A Shift is what a tap (a channel, row and column of the filters) adds to a place: index is that into the
// images, row and column are checked against the border; other says where in the other factor it is.
struct __align__(16) Shift {
    int index, row, column, other;
};

// A Source is the index of a number; not valid, it is 0.
struct Source {
    int index;
    bool valid;
};

template <class T> using Pack16 = Pack<T, pack_width<T>()>;

// put writes numbers v to out[target[0]], out[target[1]] …; a target below 0 is none, and targets ascend.
template <class T> __device__ __forceinline__ void put(T *out, const int *target, Pack16<T> v, bool add) {
    constexpr int V = pack_width<T>();
    if (target[0] >= 0 && target[V - 1] == target[0] + V - 1 && misalignment(out + target[0]) == 0) {
        Pack16<T> *p = reinterpret_cast<Pack16<T> *>(out + target[0]);
        if (add) {
            const Pack16<T> old = *p;
#pragma unroll
            for (int k = 0; k < V; k++) v.at[k] += old.at[k];
        }
        *p = v;
        return;
    }
#pragma unroll
    for (int k = 0; k < V; k++)
        if (target[k] >= 0) out[target[k]] = add ? out[target[k]] + v.at[k] : v.at[k];
}

// Plain: RM×RN numbers of a thread, in V = 16 bytes each that are as far apart as all threads reach, so that a
// warp's reads of shared memory are of neighbours. While one K of d is worked on, the next is on its way to
// registers.
template <class T_, int M_, int N_, int RM, int RN> struct Plain {
    typedef T_ T;
    static constexpr int M = M_, N = N_, K = 64 / sizeof(T), V = 16 / sizeof(T), THREADS = M / RM * (N / RN);
    static constexpr int PER_A = M * K / THREADS, PER_B = N * K / THREADS;
    static_assert(M * K % THREADS == 0 && N * K % THREADS == 0 && THREADS % K == 0 && THREADS % N == 0, "tile");

    struct Stage {
        __align__(16) T a[K][M + V]; // padded, so that writes along d meet different banks
        __align__(16) T b[K][N + V];
    };

    T sum[RM][RN];

    template <bool ALONG, class Prepare, class SourceA, class SourceB>
    __device__ __forceinline__ void run(int steps, Prepare prepare, const T *a, SourceA sourceA, const T *b, SourceB sourceB) {
        __shared__ Stage stage[2];
        T heldA[PER_A], heldB[PER_B];
        auto fetch = [&](int t) {
            auto fromA = sourceA(t);
            auto fromB = sourceB(t);
#pragma unroll
            for (int e = 0; e < PER_A; e++) {
                const Source s = fromA(e);
                heldA[e] = s.valid ? a[s.index] : T(0);
            }
#pragma unroll
            for (int e = 0; e < PER_B; e++) {
                const Source s = fromB(e);
                heldB[e] = s.valid ? b[s.index] : T(0);
            }
        };
        auto store = [&](Stage &s) {
            const int i = threadIdx.x;
#pragma unroll
            for (int e = 0; e < PER_A; e++) s.a[i % K][i / K + e * (THREADS / K)] = heldA[e];
#pragma unroll
            for (int e = 0; e < PER_B; e++) {
                if (ALONG)
                    s.b[i % K][i / K + e * (THREADS / K)] = heldB[e];
                else
                    s.b[i / N + e * (THREADS / N)][i % N] = heldB[e];
            }
        };
#pragma unroll
        for (int i = 0; i < RM; i++)
#pragma unroll
            for (int j = 0; j < RN; j++) sum[i][j] = T(0);
        prepare(0);
        __syncthreads();
        if (steps > 0) {
            fetch(0);
            prepare(1);
            store(stage[0]);
            __syncthreads();
        }
        for (int t = 0; t < steps; t++) {
            const bool more = t + 1 < steps;
            if (more) {
                fetch(t + 1);
                prepare(t + 2);
            }
            multiply(stage[t & 1]);
            if (more) {
                store(stage[(t + 1) & 1]);
                __syncthreads();
            }
        }
    }

    static constexpr int DOWN = M / RM, ACROSS = N / RN; // threads; a warp is 4 down and 8 across
    static __device__ __forceinline__ int ty() { return threadIdx.x / 32 / (ACROSS / 8) * 4 + threadIdx.x % 32 / 8; }
    static __device__ __forceinline__ int tx() { return threadIdx.x / 32 % (ACROSS / 8) * 8 + threadIdx.x % 8; }

    __device__ __forceinline__ void multiply(const Stage &s) {
        const int y = ty(), x = tx();
#pragma unroll
        for (int k = 0; k < K; k++) {
            Pack16<T> a[RM / V], b[RN / V];
#pragma unroll
            for (int i = 0; i < RM / V; i++) a[i] = *reinterpret_cast<const Pack16<T> *>(&s.a[k][(i * DOWN + y) * V]);
#pragma unroll
            for (int j = 0; j < RN / V; j++) b[j] = *reinterpret_cast<const Pack16<T> *>(&s.b[k][(j * ACROSS + x) * V]);
#pragma unroll
            for (int i = 0; i < RM; i++)
#pragma unroll
                for (int j = 0; j < RN; j++) sum[i][j] += a[i / V].at[i % V] * b[j / V].at[j % V];
        }
    }

    // write puts row m of the tile to out[m·ld + target], for m below rows.
    __device__ __forceinline__ void write(int rows, T *out, int ld, const int (&target)[N], bool add) const {
#pragma unroll
        for (int j = 0; j < RN / V; j++) {
#pragma unroll
            for (int i = 0; i < RM; i++) {
                const int m = (i / V * DOWN + ty()) * V + i % V;
                if (m >= rows) continue;
                Pack16<T> v;
#pragma unroll
                for (int k = 0; k < V; k++) v.at[k] = sum[i][j * V + k];
                put(out + (index_t)m * ld, &target[(j * ACROSS + tx()) * V], v, add);
            }
        }
    }
};

// A Gather is how conv_forward and conv_data see a convolution:
//
//	out[n, m, y, x] = Σ_crs weight[m·wm + c·wc + w0 + r·wr + s·ws] · in[n, c, i + sign·r, j + sign·s]
//
// for rows×columns places (i, j) = (i0, j0) + step·(0, 0), (0, 1), …, and (y, x) = (y0, x0) + outStep·(0, 0), ….
struct Gather {
    int images, channels, height, width; // of in
    int R, S, sign;                      // taps
    int rows, columns, i0, j0, step;
    int M, outHeight, outWidth, y0, x0, outStep; // of out
    int wm, wc, w0, wr, ws;
};

template <class Tile> __device__ __forceinline__ void gather(const Gather &g, const typename Tile::T *in, const typename Tile::T *weight, typename Tile::T *out, bool add, int length) {
    constexpr int M = Tile::M, N = Tile::N, K = Tile::K, THREADS = Tile::THREADS;
    __shared__ Shift shift[2][K];
    __shared__ __align__(16) int target[N];

    const int down = (g.M + M - 1) / M, m0 = blockIdx.x % down * M, j0 = blockIdx.x / down * N;
    const int all = g.images * g.rows * g.columns;
    if (j0 >= all) return;
    const int taps = g.R * g.S, depth = g.channels * taps;
    const int from = min((index_t)blockIdx.y * length, (index_t)depth), to = min((index_t)from + length, (index_t)depth);
    const int steps = to > from ? (to - from + K - 1) / K : 0;

    // This thread's column, for loading: a place in in.
    const int j = j0 + threadIdx.x % N;
    int row = OUTSIDE, col = 0, place = 0, where = -1;
    if (j < all) {
        const int line = j / g.columns, x = j - line * g.columns, n = line / g.rows, y = line - n * g.rows;
        row = g.i0 + g.step * y;
        col = g.j0 + g.step * x;
        place = (n * g.channels * g.height + row) * g.width + col;
        where = (n * g.M * g.outHeight + g.y0 + g.outStep * y) * g.outWidth + g.x0 + g.outStep * x;
    }
    if (threadIdx.x < N) target[threadIdx.x] = where;

    // prepare finds the shifts of the next K of d, with one thread each.
    auto prepare = [&](int t) {
        if (threadIdx.x >= K) return;
        const int d = from + t * K + threadIdx.x;
        Shift s = {0, OUTSIDE, 0, -1};
        if (d < to) {
            const int c = d / taps, tap = d - c * taps, r = tap / g.S, q = tap - r * g.S;
            s.row = g.sign * r;
            s.column = g.sign * q;
            s.index = (c * g.height + s.row) * g.width + s.column;
            s.other = c * g.wc + g.w0 + r * g.wr + q * g.ws;
        }
        shift[t & 1][threadIdx.x] = s;
    };

    auto weights = [&](int t) {
        const int other = shift[t & 1][threadIdx.x % K].other;
        return [=, &g](int e) {
            const int m = m0 + threadIdx.x / K + e * (THREADS / K);
            return Source{m * g.wm + other, other >= 0 && m < g.M};
        };
    };
    auto pixels = [&](int t) {
        const Shift *shifts = &shift[t & 1][threadIdx.x / N];
        return [=, &g](int e) {
            const Shift s = shifts[e * (THREADS / N)];
            return Source{place + s.index, (unsigned)(row + s.row) < (unsigned)g.height && (unsigned)(col + s.column) < (unsigned)g.width};
        };
    };
    Tile tile;
    tile.template run<false>(steps, prepare, weight, weights, in, pixels);
    const int plane = g.outHeight * g.outWidth;
    tile.write(g.M - m0, out + ((index_t)blockIdx.y * g.images * g.M + m0) * plane, plane, target, add);
}
#endif

// PLAIN is the entry point NAME_MxN of NAME<Plain> with a thread's RM×RN; BLOCKS of them shall fit a
// multiprocessor. Its parameters are PARAMS and ARGUMENTS of NAME.h. Each tile is a file of its own, so that a
// program waits for the driver to compile only those that it uses.
#define PLAIN(NAME, SUFFIX, T, M, N, RM, RN, BLOCKS)                                                              \
    extern "C" __global__ void __launch_bounds__((M / RM) * (N / RN), BLOCKS) NAME##_##M##x##N##SUFFIX(PARAMS(T)) { \
        NAME<Plain<T, M, N, RM, RN>>(ARGUMENTS);                                                                  \
    }
