// mean_pool_back.cu: the transpose of mean_pool: each cell's sum over the windows that cover it, in their order.
#include "pool.h"

template <class T> __device__ static void mean_pool_back(const T *dy, T *dx, POOLING) {
    const T scale = T(1) / T(size * size);
    EACH(i, (index_t)planes * H * W) {
        const Cell c = cell(i, H, W);
        const Range rows = covering(c.row, size, stride, pad, P), columns = covering(c.column, size, stride, pad, Q);
        const T *plane = dy + c.plane * P * Q;
        T sum = T(0);
        for (int p = rows.from; p < rows.to; p++)
            for (int q = columns.from; q < columns.to; q++) sum += scale * plane[p * Q + q];
        dx[i] = sum;
    }
}

#define PARAMS(T) const T *dy, T *dx, POOLING
INSTANCES(mean_pool_back, PARAMS, dy, dx, planes, H, W, size, stride, pad, P, Q)
