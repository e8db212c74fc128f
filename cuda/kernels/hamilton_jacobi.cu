// hamilton_jacobi: an explicit step of the viscous Hamilton-Jacobi equation, or of the heat equation, on a
// grid, see device.Grids. A thread has a node; its neighbours are in the cache, which the nodes of a block
// share. A step of a grid that does not fit there is bound by memory: read and written once, 0.003 ms for
// 1024×1024 in float64 on an H200.
#include "glassy.h"

// flow is what an axis adds: of what is before, here and after, and what their differences are times.
template <class T> __device__ __forceinline__ T flow(T v, T before, T after, T viscous, T slope) {
    const T back = larger(v - before, T(0)), forth = smaller(after - v, T(0));
    return fma(viscous, (before - v) + (after - v), -slope * fma(back, back, forth * forth));
}

__device__ __forceinline__ int beside(int i, int n, int wraps) {
    return i < 0 ? (wraps ? n - 1 : 0) : i < n ? i : (wraps ? 0 : n - 1);
}

template <class T>
__device__ static void hamilton_jacobi(int rows, int columns, int rows_wrap, int wrap, double row_viscous, double viscous,
                                       double row_slope, double slope, const T *u, T *next) {
    const T a = (T)row_viscous, b = (T)viscous, c = (T)row_slope, d = (T)slope;
    for (int i = blockIdx.y; i < rows; i += gridDim.y) {
        const T *row = u + (index_t)i * columns;
        const T *above = u + (index_t)beside(i - 1, rows, rows_wrap) * columns;
        const T *below = u + (index_t)beside(i + 1, rows, rows_wrap) * columns;
        T *out = next + (index_t)i * columns;
        EACH(j, columns) {
            const T v = row[j];
            out[j] = v + (flow(v, above[j], below[j], a, c) +
                          flow(v, row[beside((int)j - 1, columns, wrap)], row[beside((int)j + 1, columns, wrap)], b, d));
        }
    }
}

#define PARAMS(T) int rows, int columns, int rows_wrap, int wrap, double row_viscous, double viscous, double row_slope, double slope, const T *u, T *next
INSTANCES(hamilton_jacobi, PARAMS, rows, columns, rows_wrap, wrap, row_viscous, viscous, row_slope, slope, u, next)
