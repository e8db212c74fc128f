// mean_pool.cu: the mean over each window, to which cells of the border give zeros.
#include "pool.h"

template <class T> __device__ static void mean_pool(const T *x, T *y, POOLING) {
    const T scale = T(1) / T(size * size);
    EACH(i, (index_t)planes * P * Q) {
        const Cell c = cell(i, P, Q);
        const Range rows = covered(c.row, size, stride, pad, H), columns = covered(c.column, size, stride, pad, W);
        const T *plane = x + c.plane * H * W;
        T sum = T(0);
        for (int r = rows.from; r < rows.to; r++)
            for (int s = columns.from; s < columns.to; s++) sum += plane[r * W + s];
        y[i] = scale * sum;
    }
}

#define PARAMS(T) const T *x, T *y, POOLING
INSTANCES(mean_pool, PARAMS, x, y, planes, H, W, size, stride, pad, P, Q)
