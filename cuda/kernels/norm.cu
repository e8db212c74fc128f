// norm: y = scale·(x-mean)·istd + shift.
#include "glassy.h"
#include "norm.h"

template <class T, int V>
__device__ __forceinline__ void normalise(const Cut &k, int, double *, const T *x, const T *mean, const T *istd, const T *scale, const T *shift, T *y) {
    const Seat seat(k);
    const int c = seat.channel;
    const T centre = mean[c], a = istd[c] * scale[c], b = shift[c];
    walk<V>(k, seat, [&](index_t i, Pack<T, V> (&v)[1]) {
#pragma unroll
        for (int j = 0; j < V; j++) v[0].at[j] = fma(a, v[0].at[j] - centre, b);
        leave(y + i, v[0], k.aligned);
    }, x);
}

template <class T>
__device__ static void norm(CUT_PARAMS, const T *x, const T *mean, const T *istd, const T *scale, const T *shift, T *y) {
    WIDTHS(normalise, x, mean, istd, scale, shift, y);
}

#define PARAMS(T) CUT_PARAMS, const T *x, const T *mean, const T *istd, const T *scale, const T *shift, T *y
INSTANCES(norm, PARAMS, CUT_ARGS, x, mean, istd, scale, shift, y)
