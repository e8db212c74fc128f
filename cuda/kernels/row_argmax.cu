// index[r] = the first c of the largest a[r,c]; a NaN is above all numbers.
#include "glassy.h"

// A Best is the largest number so far and where it stands.
template <class T> struct Best {
    T value;
    int at; // -1: none yet

    // join takes the other one if it is better: larger, or as large and before this one.
    __device__ __forceinline__ void join(T v, int c) {
        if (c < 0) return;
        const bool nan = value != value, other_nan = v != v;
        const bool above = nan ? false : other_nan || v > value, alike = nan ? other_nan : v == value;
        if (at < 0 || above || (alike && c < at)) value = v, at = c;
    }
};

template <class T> __device__ __forceinline__ void join_lanes(Best<T> &best, int lanes) {
    for (int d = lanes / 2; d > 0; d /= 2) {
        const T v = __shfl_xor_sync(FULL, best.value, d);
        const int c = __shfl_xor_sync(FULL, best.at, d);
        best.join(v, c);
    }
}

// Short rows: lanes as in row_dots.cu.
template <class T> __device__ static void row_argmax_short(index_t rows, int cols, int lanes, const T *a, int *index) {
    const int lane = threadIdx.x & (lanes - 1);
    for (index_t t = grid_first(); (t & ~31) < rows * lanes; t += grid_step()) {
        const index_t r = t / lanes;
        Best<T> best{0, -1};
        if (r < rows) {
#pragma unroll 4
            for (int c = lane; c < cols; c += 32) best.join(a[r * cols + c], c);
        }
        join_lanes(best, lanes);
        if (lane == 0 && r < rows) index[r] = best.at;
    }
}
#define SHORT(T) long long rows, int cols, int lanes, const T *a, int *index
INSTANCES(row_argmax_short, SHORT, rows, cols, lanes, a, index)

// Long rows: a block for each.
template <class T> __device__ static void row_argmax(int cols, const T *a, int *index) {
    __shared__ T values[32];
    __shared__ int places[32];
    const T *row = a + (index_t)blockIdx.x * cols;
    Best<T> best{0, -1};
#pragma unroll 4
    for (int c = threadIdx.x; c < cols; c += 256) best.join(row[c], c);
    join_lanes(best, 32);
    if (lane_id() == 0) values[warp_id()] = best.value, places[warp_id()] = best.at;
    __syncthreads();
    if (threadIdx.x > 0) return;
    for (int w = 1; w < 8; w++) best.join(values[w], places[w]);
    index[blockIdx.x] = best.at;
}
#define LONG(T) int cols, const T *a, int *index
INSTANCES(row_argmax, LONG, cols, a, index)
