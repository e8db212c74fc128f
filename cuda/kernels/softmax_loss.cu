// softmax_loss: the cross-entropy of rows of logits, p and its derivative p - onehot. The largest logit is
// taken off before exp, so nothing overflows; p holds exp(z - top) in between.
#include "glassy.h"
#include "activate.h"
#include "slip.h"
#include "softmax.h"

template <class T, bool WHOLE_BLOCK>
__device__ __forceinline__ void rows(int n, int c, const T *z, const int *label, T *loss, T *p, T *dz, unsigned long long *slips, unsigned long long what) {
    const Group<WHOLE_BLOCK> group;
    const int r = group.row;
    if (r >= n) return; // with all its group
    const int k = label[r];
    if (k < 0 || k >= c) {
        if (group.first == 0) slip(slips, what, r, k);
        return;
    }
    z += (index_t)r * c, p += (index_t)r * c, dz += (index_t)r * c;
    T top = -infinity<T>();
#pragma unroll 4
    for (int i = group.first; i < c; i += group.step) top = larger(top, z[i]);
    top = group.max(top);
    double sum = 0;
#pragma unroll (sizeof(T) == 4 ? 4 : 1)
    for (int i = group.first; i < c; i += group.step) {
        const T e = exp_of(z[i] - top);
        p[i] = e;
        sum += e;
    }
    sum = group.sum(sum);
    const T scale = (T)reciprocal(sum);
#pragma unroll 4
    for (int i = group.first; i < c; i += group.step) {
        const T q = scale * p[i];
        p[i] = q;
        dz[i] = i == k ? q - 1 : q;
    }
    if (group.first == 0) loss[r] = (T)(log(sum) - (double)(z[k] - top));
}

template <class T>
__device__ static void softmax_loss(int blocks, int n, int c, const T *z, const int *label, T *loss, T *p, T *dz, unsigned long long *slips, unsigned long long what) {
    if (blocks) rows<T, true>(n, c, z, label, loss, p, dz, slips, what);
    else rows<T, false>(n, c, z, label, loss, p, dz, slips, what);
}

#define PARAMS(T)                                                                                    \
    int blocks, int n, int c, const T *z, const int *label, T *loss, T *p, T *dz, unsigned long long *slips, \
        unsigned long long what
INSTANCES(softmax_loss, PARAMS, blocks, n, c, z, label, loss, p, dz, slips, what)
