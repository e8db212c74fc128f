// softmax_tangent: dst = p∘t - p(p·t), row by row; dst may be t.
#include "glassy.h"
#include "softmax.h"

template <class T, bool WHOLE_BLOCK> __device__ __forceinline__ void rows(int n, int c, const T *p, const T *t, T *dst) {
    const Group<WHOLE_BLOCK> group;
    if (group.row >= n) return; // with all its group
    p += (index_t)group.row * c, t += (index_t)group.row * c, dst += (index_t)group.row * c;
    double sum = 0;
#pragma unroll 4
    for (int i = group.first; i < c; i += group.step) sum += (double)p[i] * t[i];
    const T dot = (T)group.sum(sum);
#pragma unroll 4
    for (int i = group.first; i < c; i += group.step) dst[i] = p[i] * (t[i] - dot);
}

template <class T> __device__ static void softmax_tangent(int blocks, int n, int c, const T *p, const T *t, T *dst) {
    if (blocks) rows<T, true>(n, c, p, t, dst);
    else rows<T, false>(n, c, p, t, dst);
}

#define PARAMS(T) int blocks, int n, int c, const T *p, const T *t, T *dst
INSTANCES(softmax_tangent, PARAMS, blocks, n, c, p, t, dst)
