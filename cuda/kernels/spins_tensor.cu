// spins_tensor: spins.cu in float64 on tensor cores, 64 configurations to a block, 16 of them and all of its
// columns to a warp. An H200's tensor cores do 67·10¹² operations a second in float64, twice what its other
// units do: for p = 3 and 20,000 configurations of n = 100 the floor is 0.30 ms, as in float32.
//
// Rows in shared memory are 68 or 108 numbers apart, 4 or 12 modulo 16: so the 16 lanes that read at a
// time, (4 rows J) × (4 neighbours), meet each bank once.
#include "glassy.h"
#include "mma.h"
#include "spins.h"

#ifndef TWIN_SCAN
template <int COLUMNS> __device__ __forceinline__ void spins_tensor_tile(const Spins<double> &s) {
#if defined(TWIN) || __CUDA_ARCH__ >= 800
    typedef SpinTiles<double, 64, 8 * COLUMNS, 4> Tiles;
    __shared__ __align__(16) Tiles tiles;
    const int g = lane_id() / 4, t = lane_id() % 4, row = 16 * warp_id() + g;
    double sum[COLUMNS][4] = {};
    tiles.multiply(s, [&](int now) {
#pragma unroll
        for (int k = t; k < SPINS_DEPTH; k += 8) {
            const double a[4] = {tiles.spins[now][k][row], tiles.spins[now][k][row + 8], tiles.spins[now][k + 4][row], tiles.spins[now][k + 4][row + 8]};
#pragma unroll
            for (int j = 0; j < COLUMNS; j++) {
                const double b[2] = {tiles.matrix[now][k][8 * j + g], tiles.matrix[now][k + 4][8 * j + g]};
                mma(sum[j], a, b);
            }
        }
    });
#pragma unroll
    for (int j = 0; j < COLUMNS; j++)
#pragma unroll
        for (int i = 0; i < 4; i++) tiles.put(s, row + i / 2 * 8, 8 * j + 2 * t + i % 2, sum[j][i]);
#else
    __trap();
#endif
}
#endif

extern "C" __global__ void __launch_bounds__(128) spins_tensor_wide_f64(SPINS_PARAMS(double)) { spins_tensor_tile<13>(Spins<double>{SPINS_ARGUMENTS}); }
extern "C" __global__ void __launch_bounds__(128) spins_tensor_narrow_f64(SPINS_PARAMS(double)) { spins_tensor_tile<8>(Spins<double>{SPINS_ARGUMENTS}); }
