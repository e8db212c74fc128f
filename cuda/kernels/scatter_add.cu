// table[index[r],c] += src[r,c] for r = 0 … n-1 in this order, so that sums have the same bits each time.
//
// Block (r, tile) looks after WIDTH columns of row index[r] of the table, if r is the first with this index;
// else another block does. It goes through the later indices, and adds the rows of src that go where its own
// goes, one after the other; reading them is not bound to the order. So each block reads up to n indices,
// ROUND at a time, out of the cache: for n = 4,480 tokens these are five rounds. An index that comes m times
// costs m additions in a row, that many memory latencies divided by AHEAD.
#include "glassy.h"
#include "slip.h"

#define WIDTH 128 // threads and columns of a block: scatterWidth of cuda/arithmetic.go
#define EACH_TAKES 8
#define ROUND (WIDTH * EACH_TAKES)
#define AHEAD 16

template <class T>
__device__ static void scatter_add(index_t rows, index_t cols, int n, const int *index, const T *src, T *table, unsigned long long *slips, unsigned long long what) {
    __shared__ int count[WIDTH / 32], match[ROUND];
    const int r = blockIdx.x, to = index[r], warp = warp_id(), lane = lane_id();
    if (to < 0 || to >= rows) {
        if (threadIdx.x == 0 && blockIdx.y == 0) slip(slips, what, r, to);
        return;
    }
    for (int from = 0; from < r; from += ROUND) {
        bool before = false;
#pragma unroll
        for (int k = 0; k < EACH_TAKES; k++) {
            const int q = from + k * WIDTH + threadIdx.x;
            before |= q < r && index[q] == to;
        }
        if (__syncthreads_or(before)) return;
    }
    const index_t c = (index_t)blockIdx.y * WIDTH + threadIdx.x;
    const bool mine = c < cols;
    T *cell = table + to * cols + c;
    T sum = mine ? *cell : T(0);
    for (int from = r; from < n; from += ROUND) {
        // match becomes the places of this round with the same index, ascending: each warp finds those of
        // its EACH_TAKES·32 neighbouring places.
        const int first = from + warp * EACH_TAKES * 32;
        unsigned found[EACH_TAKES];
        int total = 0;
#pragma unroll
        for (int k = 0; k < EACH_TAKES; k++) {
            const int q = first + k * 32 + lane;
            found[k] = __ballot_sync(FULL, q < n && index[q] == to);
            total += __popc(found[k]);
        }
        if (lane == 0) count[warp] = total;
        __syncthreads();
        int at = 0, all = 0;
        for (int w = 0; w < WIDTH / 32; w++) {
            if (w == warp) at = all;
            all += count[w];
        }
#pragma unroll
        for (int k = 0; k < EACH_TAKES; k++) {
            if (found[k] >> lane & 1) match[at + __popc(found[k] & ((1u << lane) - 1))] = first + k * 32 + lane;
            at += __popc(found[k]);
        }
        __syncthreads();
        if (mine) {
            int m = 0;
            for (; m + AHEAD <= all; m += AHEAD) {
                T x[AHEAD];
#pragma unroll
                for (int k = 0; k < AHEAD; k++) x[k] = src[match[m + k] * cols + c];
#pragma unroll
                for (int k = 0; k < AHEAD; k++) sum += x[k];
            }
            for (; m < all; m++) sum += src[match[m] * cols + c];
        }
        __syncthreads(); // match and count are written again
    }
    if (mine) *cell = sum;
}
#define PARAMS(T) long long rows, long long cols, int n, const int *index, const T *src, T *table, unsigned long long *slips, unsigned long long what
INSTANCES_OF(scatter_add, WIDTH, PARAMS, rows, cols, n, index, src, table, slips, what)
