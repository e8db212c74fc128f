// conv_filter.h: the transpose of conv_forward with respect to w, dw[k,crs] = Σ_npq dy[n,k,pq] x[n,c,…], a
// K × C·R·S product of depth N·P·Q. Block y makes the sum over pixels y·length and on, length of them, as a
// dw of its own: parts that gemm_sum adds up, or, where length is P·Q, the gradient of each image.
#pragma once
#include "convolve.h"

#ifndef TWIN_SCAN
template <class Tile> __device__ __forceinline__ void conv_filter(const typename Tile::T *x, const typename Tile::T *dy, typename Tile::T *dw, bool add, int length, Shape g) {
    constexpr int M = Tile::M, N = Tile::N, K = Tile::K, THREADS = Tile::THREADS;
    __shared__ Shift shift[N];    // of the columns
    __shared__ Shift pixel[2][K]; // of K of d: place in x, row and column, place in dy
    __shared__ __align__(16) int target[N];

    const int taps = g.R * g.S, all = g.C * taps, plane = g.P * g.Q;
    const int down = (g.K + M - 1) / M, m0 = blockIdx.x % down * M, j0 = blockIdx.x / down * N;
    const index_t depth = (index_t)g.N * plane;
    const int from = min(blockIdx.y * (index_t)length, depth), to = min((index_t)from + length, depth);
    const int steps = to > from ? (to - from + K - 1) / K : 0;

    for (int e = threadIdx.x; e < N; e += THREADS) {
        const int j = j0 + e;
        Shift s = {0, OUTSIDE, 0, 0};
        if (j < all) {
            const int c = j / taps, tap = j - c * taps;
            s.row = tap / g.S;
            s.column = tap - s.row * g.S;
            s.index = (c * g.H + s.row) * g.W + s.column;
        }
        shift[e] = s;
        target[e] = j < all ? j : -1;
    }
    auto prepare = [&](int t) {
        if (threadIdx.x >= K) return;
        const int d = from + t * K + threadIdx.x;
        Shift s = {0, OUTSIDE, 0, -1};
        if (d < to) {
            const int n = d / plane, pq = d - n * plane, p = pq / g.Q;
            s.row = p * g.stride - g.pad;
            s.column = (pq - p * g.Q) * g.stride - g.pad;
            s.index = (n * g.C * g.H + s.row) * g.W + s.column;
            s.other = n * g.K * plane + pq;
        }
        pixel[t & 1][threadIdx.x] = s;
    };

    auto results = [&](int t) {
        const int other = pixel[t & 1][threadIdx.x % K].other;
        return [=, &g](int e) {
            const int m = m0 + threadIdx.x / K + e * (THREADS / K);
            return Source{other + m * plane, other >= 0 && m < g.K};
        };
    };
    auto windows = [&](int t) {
        const Shift at = pixel[t & 1][threadIdx.x % K], *shifts = &shift[threadIdx.x / K];
        return [=, &g](int e) {
            const Shift s = shifts[e * (THREADS / K)];
            return Source{at.index + s.index, (unsigned)(at.row + s.row) < (unsigned)g.H && (unsigned)(at.column + s.column) < (unsigned)g.W};
        };
    };
    Tile tile;
    tile.template run<true>(steps, prepare, dy, results, x, windows);
    tile.write(g.K - m0, dw + ((index_t)blockIdx.y * g.K + m0) * all, all, target, add);
}
#endif

#define PARAMS(T) const T *x, const T *dy, T *dw, int add, int length, CONVOLUTION
#define ARGUMENTS x, dy, dw, add != 0, length, Shape{CONVOLUTION_OF}
