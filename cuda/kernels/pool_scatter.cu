// pool_scatter.cu: the transpose of pool_gather. Each cell looks at the windows that cover it, in their order,
// for those whose maximum it is: so the sum has one order, and no cell is left to be zeroed.
#include "pool.h"

template <class T> __device__ static void pool_scatter(const int *index, const T *dy, T *dx, POOLING) {
    EACH(i, (index_t)planes * H * W) {
        const Cell c = cell(i, H, W);
        const Range rows = covering(c.row, size, stride, pad, P), columns = covering(c.column, size, stride, pad, Q);
        const index_t plane = c.plane * P * Q;
        const int place = c.row * W + c.column;
        T sum = T(0);
        for (int p = rows.from; p < rows.to; p++)
            for (int q = columns.from; q < columns.to; q++)
                if (index[plane + p * Q + q] == place) sum += dy[plane + p * Q + q];
        dx[i] = sum;
    }
}

#define PARAMS(T) const int *index, const T *dy, T *dx, POOLING
INSTANCES(pool_scatter, PARAMS, index, dy, dx, planes, H, W, size, stride, pad, P, Q)
