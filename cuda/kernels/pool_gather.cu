// pool_gather.cu: the numbers at the places that max_pool wrote: its tangent.
#include "pool.h"

template <class T> __device__ static void pool_gather(const int *index, const T *tx, T *ty, POOLING) {
    EACH(i, (index_t)planes * P * Q) ty[i] = tx[cell(i, P, Q).plane * H * W + index[i]];
}

#define PARAMS(T) const int *index, const T *tx, T *ty, POOLING
INSTANCES(pool_gather, PARAMS, index, tx, ty, planes, H, W, size, stride, pad, P, Q)
