// convolve.h: convolutions as products. A block makes an M×N tile of
//
//	out[m, j] (+)= Σ_d a[m, d] · b[d, j],
//
// where b is never in memory: its numbers are picked from images by a place that the column j has (or d, for
// gradients of filters) and a shift that d has (or j). A and b come through shared memory, K of d at a time;
// while one such pair is worked on, the next is on its way to registers.
//
//	conv_forward, conv_data   gather()
//	conv_filter               its own, with d running over pixels
//
// Indices are ints: the host gives no more images at a time than they reach.
#pragma once
#include "glassy.h"
#include "pack.h"

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

// Tile: M×N numbers of a block, RM×RN of a thread; at of a thread's V = 16 bytes each, so that a warp's
// reads of shared memory are of neighbours.
template <class T_, int M_, int N_, int RM_, int RN_> struct Tile {
    typedef T_ T;
    static constexpr int M = M_, N = N_, RM = RM_, RN = RN_;
    static constexpr int K = 64 / sizeof(T), V = 16 / sizeof(T), THREADS = M / RM * (N / RN);
    static constexpr int PER_A = M * K / THREADS, PER_B = N * K / THREADS; // numbers that a thread brings
    static_assert(M * K % THREADS == 0 && N * K % THREADS == 0 && THREADS % K == 0, "tile");

    // A Stage is K of d: rows are padded, so that writes along d meet different banks.
    struct Stage {
        __align__(16) T a[K][M + V];
        __align__(16) T b[K][N + V];
    };

    T sum[RM][RN];

    __device__ __forceinline__ void clear() {
#pragma unroll
        for (int i = 0; i < RM; i++)
#pragma unroll
            for (int j = 0; j < RN; j++) sum[i][j] = T(0);
    }

    static constexpr int DOWN = M / RM, ACROSS = N / RN; // threads; a warp is 4 down and 8 across
    static __device__ __forceinline__ int ty() { return threadIdx.x / 32 / (ACROSS / 8) * 4 + threadIdx.x % 32 / 8; }
    static __device__ __forceinline__ int tx() { return threadIdx.x / 32 % (ACROSS / 8) * 8 + threadIdx.x % 8; }

    __device__ __forceinline__ void multiply(const Stage &s) {
        const int y = ty(), x = tx();
#pragma unroll
        for (int k = 0; k < K; k++) {
            Pack<T> a[RM / V], b[RN / V];
#pragma unroll
            for (int i = 0; i < RM / V; i++) a[i] = *reinterpret_cast<const Pack<T> *>(&s.a[k][(i * DOWN + y) * V]);
#pragma unroll
            for (int j = 0; j < RN / V; j++) b[j] = *reinterpret_cast<const Pack<T> *>(&s.b[k][(j * ACROSS + x) * V]);
#pragma unroll
            for (int i = 0; i < RM; i++)
#pragma unroll
                for (int j = 0; j < RN; j++) sum[i][j] += a[i / V].v[i % V] * b[j / V].v[j % V];
        }
    }

    // write puts rows m0… (below rows) and all columns to out[m·ld + target[j]], target[j] < 0 for none: by
    // packs where neighbours in the tile are neighbours there.
    __device__ __forceinline__ void write(int m0, int rows, T *out, int ld, const int (&target)[N], bool add) const {
#pragma unroll
        for (int j = 0; j < RN / V; j++) {
            const int *to = &target[(j * ACROSS + tx()) * V];
            const bool together = to[0] >= 0 && to[V - 1] == to[0] + V - 1; // columns ascend
#pragma unroll
            for (int i = 0; i < RM; i++) {
                const int m = m0 + (i / V * DOWN + ty()) * V + i % V;
                if (m >= rows) continue;
                T *row = out + (index_t)m * ld;
                if (together && aligned16(row + to[0])) {
                    Pack<T> *p = reinterpret_cast<Pack<T> *>(row + to[0]), v = {};
                    if (add) v = *p;
#pragma unroll
                    for (int k = 0; k < V; k++) v.v[k] += sum[i][j * V + k];
                    *p = v;
                } else {
#pragma unroll
                    for (int k = 0; k < V; k++)
                        if (to[k] >= 0) row[to[k]] = add ? row[to[k]] + sum[i][j * V + k] : sum[i][j * V + k];
                }
            }
        }
    }
};

// pipeline makes the tile's sums over K of d so many times: prepare(t) writes to shared memory what fetch(t)
// needs to bring the t-th K of d to registers, and store(t) puts them into stage[t % 2].
template <class Tile, class Prepare, class Fetch, class Store>
__device__ __forceinline__ void pipeline(Tile &tile, typename Tile::Stage (&stage)[2], int steps, Prepare prepare, Fetch fetch, Store store) {
    tile.clear();
    prepare(0);
    __syncthreads();
    if (steps > 0) {
        fetch(0);
        prepare(1);
        store(0);
        __syncthreads();
    }
    for (int t = 0; t < steps; t++) {
        const bool more = t + 1 < steps;
        if (more) {
            fetch(t + 1);
            prepare(t + 2);
        }
        tile.multiply(stage[t & 1]);
        if (more) {
            store(t + 1);
            __syncthreads();
        }
    }
}

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
    typedef typename Tile::T T;
    constexpr int M = Tile::M, N = Tile::N, K = Tile::K, THREADS = Tile::THREADS;
    static_assert(THREADS % N == 0, "a thread has one column");
    __shared__ typename Tile::Stage stage[2];
    __shared__ Shift shift[2][K];
    __shared__ __align__(16) int target[N];

    const int down = (g.M + M - 1) / M, m0 = blockIdx.x % down * M, j0 = blockIdx.x / down * N;
    const int all = g.images * g.rows * g.columns;
    if (j0 >= all) return;
    const int taps = g.R * g.S, depth = g.channels * taps, from = blockIdx.y * length, to = min(depth, from + length);
    const int steps = to > from ? (to - from + K - 1) / K : 0;
    out += (index_t)blockIdx.y * g.images * g.M * g.outHeight * g.outWidth;

    // This thread's column, for loading: a place in in.
    const int column = threadIdx.x % N, j = j0 + column;
    int row = OUTSIDE, col = 0, place = 0, where = -1;
    if (j < all) {
        const int line = j / g.columns, x = j - line * g.columns, n = line / g.rows, y = line - n * g.rows;
        row = g.i0 + g.step * y;
        col = g.j0 + g.step * x;
        place = (n * g.channels * g.height + row) * g.width + col;
        where = (n * g.M * g.outHeight + g.y0 + g.outStep * y) * g.outWidth + g.x0 + g.outStep * x;
    }
    if (threadIdx.x < N) target[column] = where;

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

    T a[Tile::PER_A], b[Tile::PER_B];
    auto fetch = [&](int t) {
        const int other = shift[t & 1][threadIdx.x % K].other;
#pragma unroll
        for (int e = 0; e < Tile::PER_A; e++) {
            const int m = m0 + threadIdx.x / K + e * (THREADS / K);
            a[e] = other >= 0 && m < g.M ? weight[m * g.wm + other] : T(0);
        }
#pragma unroll
        for (int e = 0; e < Tile::PER_B; e++) {
            const Shift s = shift[t & 1][threadIdx.x / N + e * (THREADS / N)];
            const bool inside = (unsigned)(row + s.row) < (unsigned)g.height && (unsigned)(col + s.column) < (unsigned)g.width;
            b[e] = inside ? in[place + s.index] : T(0);
        }
    };
    auto store = [&](int t) {
        typename Tile::Stage &s = stage[t & 1];
#pragma unroll
        for (int e = 0; e < Tile::PER_A; e++) s.a[threadIdx.x % K][threadIdx.x / K + e * (THREADS / K)] = a[e];
#pragma unroll
        for (int e = 0; e < Tile::PER_B; e++) s.b[threadIdx.x / N + e * (THREADS / N)][column] = b[e];
    };

    Tile tile;
    pipeline(tile, stage, steps, prepare, fetch, store);
    tile.write(m0, g.M, out, g.outHeight * g.outWidth, target, add);
}

// INSTANCES_OF_TILES makes the entry points NAME_MxN_f32 and _f64 of NAME<Tile>, which takes PARAMS(T).
#define TILE(NAME, SUFFIX, T, M, N, RM, RN, PARAMS, ...)                                                    \
    extern "C" __global__ void __launch_bounds__((M / RM) * (N / RN)) NAME##_##M##x##N##SUFFIX(PARAMS(T)) { \
        NAME<Tile<T, M, N, RM, RN>>(__VA_ARGS__);                                                           \
    }
#define INSTANCES_OF_TILES(NAME, PARAMS, ...)                                \
    TILE(NAME, _f32, float, 128, 128, 8, 8, PARAMS, __VA_ARGS__)             \
    TILE(NAME, _f32, float, 96, 128, 12, 4, PARAMS, __VA_ARGS__)             \
    TILE(NAME, _f32, float, 64, 64, 8, 4, PARAMS, __VA_ARGS__)               \
    TILE(NAME, _f32, float, 32, 128, 8, 4, PARAMS, __VA_ARGS__)              \
    TILE(NAME, _f32, float, 32, 32, 4, 4, PARAMS, __VA_ARGS__)               \
    TILE(NAME, _f64, double, 64, 64, 8, 4, PARAMS, __VA_ARGS__)              \
    TILE(NAME, _f64, double, 32, 128, 8, 4, PARAMS, __VA_ARGS__)             \
    TILE(NAME, _f64, double, 32, 32, 4, 4, PARAMS, __VA_ARGS__)
#endif
