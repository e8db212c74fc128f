// spins: sums[r,l] = Σ_J σ_J matrix[J,l] for m configurations σ, the rows J being products of factors
// spins each (see spins_matrix.cu): a product of matrices whose left one, m×rows, is never there. A block
// makes the products of 80 configurations for 16 rows J at a time in shared memory, beside the matrix's
// rows, and multiplies them while the next are made and copied.
//
// For p = 3 these are n²(n+1) operations a configuration: 20.2·10⁹ for 20,000 of n = 100. An H200 does
// 67·10¹² a second in float32, so the floor is 0.30 ms; memory's (σ and gradient once, 16 MB) is 0.004 ms.
// A thread has 5 configurations and 13 columns: 65 fused multiply-adds to 6 loads of shared memory; a
// product of spins is made once for 100 of them. With n = 100 the block is 104 columns wide, and 250 blocks
// share 132 multiprocessors, two on each. The matrix, 2 MB, is read from the second cache by all of them:
// 0.5 GB, a third of what that cache gives in the time. float64 has half the rate, twice the floor, and on
// tensor cores the same floor: spins_tensor.cu.
//
// Grid: configurations, columns, parts of the rows J; each part has sums of its own, which
// spins_finish.cu adds in order. 128 threads.
#include "glassy.h"
#include "spins.h"

#ifndef TWIN_SCAN
// spins_tile gives each thread 5 configurations and so many columns: 4·ty … and 64+ty; of each 32
// columns 4·tx …, and of a rest of 8 one.
template <class T, int COLUMNS> __device__ __forceinline__ void spins_tile(const Spins<T> &s) {
    typedef SpinTiles<T, 80, 8 * COLUMNS, 0> Tiles;
    __shared__ __align__(16) Tiles tiles;
    const int tx = threadIdx.x & 7, ty = threadIdx.x >> 3, QUADS = COLUMNS / 4;
    T sum[5][COLUMNS] = {};
    tiles.multiply(s, [&](int now) {
#pragma unroll 8
        for (int k = 0; k < SPINS_DEPTH; k++) {
            T x[5], y[COLUMNS];
            load4(&tiles.spins[now][k][4 * ty], x);
            x[4] = tiles.spins[now][k][64 + ty];
#pragma unroll
            for (int q = 0; q < QUADS; q++) load4(&tiles.matrix[now][k][32 * q + 4 * tx], y + 4 * q);
            if (COLUMNS % 4) y[COLUMNS - 1] = tiles.matrix[now][k][32 * QUADS + tx];
#pragma unroll
            for (int i = 0; i < 5; i++)
#pragma unroll
                for (int j = 0; j < COLUMNS; j++) sum[i][j] = fma(x[i], y[j], sum[i][j]);
        }
    });
#pragma unroll
    for (int i = 0; i < 5; i++)
#pragma unroll
        for (int j = 0; j < COLUMNS; j++) tiles.put(s, i < 4 ? 4 * ty + i : 64 + ty, j < 4 * QUADS ? j / 4 * 32 + 4 * tx + j % 4 : 32 * QUADS + tx, sum[i][j]);
}

template <class T> __device__ static void spins_wide(SPINS_PARAMS(T)) { spins_tile<T, 13>(Spins<T>{SPINS_ARGUMENTS}); }
template <class T> __device__ static void spins_narrow(SPINS_PARAMS(T)) { spins_tile<T, 8>(Spins<T>{SPINS_ARGUMENTS}); }
#endif

INSTANCES_OF(spins_wide, 128, SPINS_PARAMS, SPINS_ARGUMENTS)
INSTANCES_OF(spins_narrow, 128, SPINS_PARAMS, SPINS_ARGUMENTS)
