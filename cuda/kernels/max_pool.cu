// max_pool.cu: the largest number of each window and its place in the plane: the first on ties, a NaN above
// all numbers.
#include "pool.h"

template <class T> __device__ static void max_pool(const T *x, T *y, int *index, POOLING) {
    EACH(i, (index_t)planes * P * Q) {
        const Cell c = cell(i, P, Q);
        const Range rows = covered(c.row, size, stride, pad, H), columns = covered(c.column, size, stride, pad, W);
        const T *plane = x + c.plane * H * W;
        int place = rows.from * W + columns.from;
        T largest = plane[place];
        for (int r = rows.from; r < rows.to; r++) {
            for (int s = columns.from; s < columns.to; s++) {
                const T v = plane[r * W + s];
                if (v > largest || (v != v && largest == largest)) largest = v, place = r * W + s;
            }
        }
        y[i] = largest;
        index[i] = place;
    }
}

#define PARAMS(T) const T *x, T *y, int *index, POOLING
INSTANCES(max_pool, PARAMS, x, y, index, planes, H, W, size, stride, pad, P, Q)
