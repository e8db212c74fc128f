// dst[r] = Σ_c a[r,c] b[r,c], added up in float64.
#include "glassy.h"
#include "packs.h"
#include "parts.h"

// Short rows: a group of lanes for each, a power of 2 with at least as many as numbers, or all 32.
template <class T>
__device__ static void row_dots_short(index_t rows, int cols, int lanes, const T *a, const T *b, T *dst) {
    const int lane = threadIdx.x & (lanes - 1);
    // Whole warps stay in the loop, for the shuffles.
    for (index_t t = grid_first(); (t & ~31) < rows * lanes; t += grid_step()) {
        const index_t r = t / lanes;
        double s = 0;
        if (r < rows) {
#pragma unroll 4
            for (int c = lane; c < cols; c += 32) s = fma((double)a[r * cols + c], (double)b[r * cols + c], s);
        }
        for (int d = lanes / 2; d > 0; d /= 2) s += __shfl_xor_sync(FULL, s, d);
        if (lane == 0 && r < rows) dst[r] = (T)s;
    }
}
#define SHORT(T) long long rows, int cols, int lanes, const T *a, const T *b, T *dst
INSTANCES(row_dots_short, SHORT, rows, cols, lanes, a, b, dst)

// Long rows: the gridDim.y blocks of row blockIdx.x; the last block of all joins what they leave.
template <class T> __device__ static void row_dots(index_t cols, const T *a, const T *b, T *dst) {
    const index_t r = blockIdx.x, at = r * cols;
    const int parts = gridDim.y;
    double s = take_part<Dot>(a + at, b + at, cols, blockIdx.y, parts);
    if (parts == 1) {
        if (threadIdx.x == 0) dst[r] = (T)s;
        return;
    }
    if (threadIdx.x == 0) part[r * parts + blockIdx.y] = s;
    if (!last_block()) return;
    for (int r = warp_id(); r < gridDim.x; r += threads() / 32) {
        s = 0;
        for (int p = lane_id(); p < parts; p += 32) s += __ldcg(&part[r * parts + p]);
        s = warp_sum(s);
        if (lane_id() == 0) dst[r] = (T)s;
    }
}
#define LONG(T) long long cols, const T *a, const T *b, T *dst
INSTANCES(row_dots, LONG, cols, a, b, dst)
