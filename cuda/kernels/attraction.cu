// attraction: the force on each point of a map towards those that it has an affinity p with, and its part of
// the divergence, see device.Physics. A warp to a row; of t-SNE's there are some 3·perplexity to 5·perplexity
// entries in each. 20,000 rows of 150 read 24 MB of entries, 0.005 ms of an H200's memory, and points from the
// caches.
#include "glassy.h"
#include "slip.h"

#ifndef TWIN_SCAN
template <class T>
__device__ static void attraction(int n, int entries, const int *rows, const int *columns, const T *p, const T *y, T *force, T *loss,
                                  unsigned long long *slips, unsigned long long what_row, unsigned long long what_column) {
    const int lane = lane_id();
    for (index_t i = grid_first() >> 5; i < n; i += grid_step() >> 5) {
        int from = rows[i], to = rows[i + 1];
        // The row's own place, and, with the last row, the end.
        const bool bad = from < 0 || from > entries, bad_end = to < from || to > entries;
        if (bad || bad_end) {
            if (lane == 0) slip(slips, what_row, bad ? (int)i : (int)i + 1, bad ? from : to);
            to = from;
        }
        const T u = y[2 * i], v = y[2 * i + 1];
        double fu = 0, fv = 0, cost = 0;
#pragma unroll 1
        for (int k = from + lane; k < to; k += 32) {
            const int j = columns[k];
            if (j < 0 || j >= n) {
                slip(slips, what_column, k, j);
                continue;
            }
            const T du = u - y[2 * (index_t)j], dv = v - y[2 * (index_t)j + 1], square = fma(dv, dv, du * du);
            const T pull = p[k] / (1 + square);
            fu += (double)(pull * du);
            fv += (double)(pull * dv);
            if (loss) cost += (double)(p[k] * log1p(square));
        }
        fu = warp_sum(fu);
        fv = warp_sum(fv);
        cost = warp_sum(cost);
        if (lane == 0) {
            force[2 * i] = (T)fu;
            force[2 * i + 1] = (T)fv;
            if (loss) loss[i] = (T)cost;
        }
    }
}
#endif

#define PARAMS(T) int n, int entries, const int *rows, const int *columns, const T *p, const T *y, T *force, T *loss, \
    unsigned long long *slips, unsigned long long what_row, unsigned long long what_column
INSTANCES(attraction, PARAMS, n, entries, rows, columns, p, y, force, loss, slips, what_row, what_column)
