// spins: sums[r,l] = Σ_J σ_J matrix[J,l] for m configurations σ, the rows J being products of factors
// spins each (see spins_matrix.cu): a product of matrices whose left one, m×rows, is never there. A block
// makes the products of SPINS_ROWS configurations for 16 rows J at a time in shared memory, beside the
// matrix's rows, and multiplies them while the next are made and copied.
//
// For p = 3 these are n²(n+1) operations a configuration: 20.2·10⁹ for 20,000 of n = 100. An H200 does
// 67·10¹² a second in float32 and 34·10¹² in float64 without tensor cores, so the floor is 0.30 ms and
// 0.59 ms; memory's (σ and gradient once, 16 MB in float32) is 0.004 ms. A thread has 5 configurations and
// 13 columns: 65 fused multiply-adds to 6 loads of shared memory; a product of spins is made once for 100
// of them. With n = 100 the block is 104 columns wide. The matrix, 2 MB, is read from the second cache by
// all 250 blocks: 0.5 GB, a third of what that cache gives in the time.
//
// Grid: configurations, columns, parts of the rows J; each part has sums of its own, which
// spins_finish.cu adds in order. 128 threads.
#include "glassy.h"
#include "async.h"
#include "spins.h"

#ifndef TWIN_SCAN
#define DEPTH 16 // rows J at a time

template <class T, int COLUMNS> struct SpinTiles {
    T spins[2][DEPTH][SPINS_ROWS], matrix[2][DEPTH][8 * COLUMNS];
};

// spins_tile gives each thread 5 configurations and so many columns: 4·ty … and 64+ty; of each 32
// columns 4·tx …, and of a rest of 8 one.
template <class T, int COLUMNS> __device__ static void spins_tile(int factors, int n, long long m, long long rows, int width, long long turned_width, const T *turned, const T *matrix, const int *index, T *sums) {
    const int PER_COPY = 16 / sizeof(T), WIDE = 8 * COLUMNS, QUADS = COLUMNS / 4;
    __shared__ __align__(16) SpinTiles<T, COLUMNS> tile;
    const int tid = threadIdx.x, tx = tid & 7, ty = tid >> 3;
    const index_t first = (index_t)blockIdx.x * SPINS_ROWS;
    const int column = blockIdx.y * WIDE;
    const long long steps = (rows + DEPTH - 1) / DEPTH;
    const long long from = steps * blockIdx.z / gridDim.z, to = steps * (blockIdx.z + 1) / gridDim.z;

    auto fill = [&](int buffer, long long step) {
        const long long row = step * DEPTH;
        for (int e = tid; e < DEPTH * WIDE / PER_COPY; e += 128) {
            const int k = e / (WIDE / PER_COPY), c = e % (WIDE / PER_COPY) * PER_COPY;
            const bool valid = row + k < rows && column + c < width;
            copy16(&tile.matrix[buffer][k][c], valid ? matrix + (row + k) * width + column + c : matrix, valid);
        }
        for (int e = tid; e < DEPTH * SPINS_ROWS / 4; e += 128) {
            const int k = e / (SPINS_ROWS / 4), c = e % (SPINS_ROWS / 4) * 4;
            T v[4] = {};
            if (row + k < rows) {
                const int *J = index + (row + k) * factors;
                const T *at = turned + first + c;
                v[0] = v[1] = v[2] = v[3] = 1;
                if (factors > 0) load4(at + J[0] * turned_width, v);
                for (int a = 1; a < factors; a++) {
                    T u[4];
                    load4(at + J[a] * turned_width, u);
                    for (int i = 0; i < 4; i++) v[i] *= u[i];
                }
            }
            store4(&tile.spins[buffer][k][c], v);
        }
    };

    T sum[5][COLUMNS] = {};
    if (from < to) fill(0, from);
    copies_wait();
    __syncthreads();
    for (long long step = from; step < to; step++) {
        const int now = (step - from) & 1;
        if (step + 1 < to) fill(now ^ 1, step + 1);
#pragma unroll 8
        for (int k = 0; k < DEPTH; k++) {
            T x[5], y[COLUMNS];
            load4(&tile.spins[now][k][4 * ty], x);
            x[4] = tile.spins[now][k][64 + ty];
#pragma unroll
            for (int q = 0; q < QUADS; q++) load4(&tile.matrix[now][k][32 * q + 4 * tx], y + 4 * q);
            if (COLUMNS % 4) y[COLUMNS - 1] = tile.matrix[now][k][32 * QUADS + tx];
#pragma unroll
            for (int i = 0; i < 5; i++)
#pragma unroll
                for (int j = 0; j < COLUMNS; j++) sum[i][j] = fma(x[i], y[j], sum[i][j]);
        }
        copies_wait();
        __syncthreads();
    }

    sums += (index_t)blockIdx.z * m * n;
#pragma unroll
    for (int i = 0; i < 5; i++) {
        const index_t r = first + (i < 4 ? 4 * ty + i : 64 + ty);
#pragma unroll
        for (int j = 0; j < COLUMNS; j++) {
            const int l = column + (j < 4 * QUADS ? j / 4 * 32 + 4 * tx + j % 4 : 32 * QUADS + tx);
            if (r < m && l < n) sums[r * n + l] = sum[i][j];
        }
    }
}

template <class T> __device__ static void spins_wide(int factors, int n, long long m, long long rows, int width, long long turned_width, const T *turned, const T *matrix, const int *index, T *sums) {
    spins_tile<T, 13>(factors, n, m, rows, width, turned_width, turned, matrix, index, sums);
}
template <class T> __device__ static void spins_narrow(int factors, int n, long long m, long long rows, int width, long long turned_width, const T *turned, const T *matrix, const int *index, T *sums) {
    spins_tile<T, 8>(factors, n, m, rows, width, turned_width, turned, matrix, index, sums);
}
#endif

#define PARAMS(T) int factors, int n, long long m, long long rows, int width, long long turned_width, const T *turned, const T *matrix, const int *index, T *sums
INSTANCES_OF(spins_wide, 128, PARAMS, factors, n, m, rows, width, turned_width, turned, matrix, index, sums)
INSTANCES_OF(spins_narrow, 128, PARAMS, factors, n, m, rows, width, turned_width, turned, matrix, index, sums)
