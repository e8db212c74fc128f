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
template <class T, int COLUMNS> struct SpinTiles {
    T spins[2][SPINS_DEPTH][SPINS_ROWS], matrix[2][SPINS_DEPTH][8 * COLUMNS];
};

// spins_tile gives each thread 5 configurations and so many columns: 4·ty … and 64+ty; of each 32
// columns 4·tx …, and of a rest of 8 one.
template <class T, int COLUMNS> __device__ static void spins_tile(int factors, int n, long long m, long long rows, int width, long long turned_width, const T *turned, const T *matrix, const int *index, T *sums) {
    const int PER_COPY = 16 / sizeof(T), WIDE = 8 * COLUMNS, QUADS = COLUMNS / 4;
    __shared__ __align__(16) SpinTiles<T, COLUMNS> tile;
    const int tid = threadIdx.x, tx = tid & 7, ty = tid >> 3;
    const index_t first = (index_t)blockIdx.x * SPINS_ROWS;
    const int column = blockIdx.y * WIDE;
    const long long steps = rows / SPINS_DEPTH;
    const long long from = steps * blockIdx.z / gridDim.z, to = steps * (blockIdx.z + 1) / gridDim.z;

    // Numbers that a thread copies stand in a fixed column of the tile, in every 4th row; those that it
    // makes, 4 at a time, in every 6th: no division, no check within the loop.
    const int COPIES = WIDE / PER_COPY, MAKES = SPINS_ROWS / 4;
    const int copy_k = tid / COPIES, copy_c = tid % COPIES * PER_COPY, copy_step = 128 / COPIES;
    const int make_k = tid / MAKES, make_c = tid % MAKES * 4, make_step = 128 / MAKES;
    const bool valid = column + copy_c < width;
    const T *spin = turned + first + make_c;
    auto fill = [&](int buffer, long long step) {
        const long long row = step * SPINS_DEPTH;
        if (copy_k < copy_step) {
            const T *source = matrix + (row + copy_k) * width + (valid ? column + copy_c : 0);
#pragma unroll
            for (int k = 0; k < SPINS_DEPTH; k += copy_step)
                if (k + copy_k < SPINS_DEPTH) copy16(&tile.matrix[buffer][k + copy_k][copy_c], source + k * width, valid);
        }
        if (make_k < make_step) {
            const int *J = index + (row + make_k) * factors;
#pragma unroll
            for (int k = 0; k < SPINS_DEPTH; k += make_step)
                if (k + make_k < SPINS_DEPTH) {
                    T v[4];
                    load4(spin + J[k * factors] * turned_width, v);
#pragma unroll 1
                    for (int a = 1; a < factors; a++) {
                        T u[4];
                        load4(spin + J[k * factors + a] * turned_width, u);
#pragma unroll
                        for (int i = 0; i < 4; i++) v[i] *= u[i];
                    }
                    store4(&tile.spins[buffer][k + make_k][make_c], v);
                }
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
        for (int k = 0; k < SPINS_DEPTH; k++) {
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
