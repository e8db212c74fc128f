// norm_back: dx = scale·J dy with J dy = istd·(dy - ⟨dy⟩ - x̂⟨x̂ dy⟩), and the sums of x̂ dy and dy.
#include "glassy.h"
#include "norm.h"

template <class T, int V>
__device__ __forceinline__ void back(const Cut &k, int phase, double *partial, int train, const T *x, const T *mean, const T *istd,
                                     const T *scale, const T *dy, T *dx, int add, T *dscale, T *dshift) {
    const Seat seat(k);
    const int c = seat.channel;
    const T centre = mean[c], spread = istd[c];
    double sum[2] = {0, 0}; // Σ dy, Σ (x-mean) dy
    if (!channel_sums(k, seat, phase, partial, sum, [&] {
            walk<V>(k, seat, [&](index_t, const Pack<T, V> (&v)[2]) {
#pragma unroll
                for (int j = 0; j < V; j++) {
                    sum[0] += (double)v[1].at[j];
                    sum[1] += ((double)v[0].at[j] - (double)centre) * (double)v[1].at[j];
                }
            }, x, dy);
        }))
        return;
    double sdy = sum[0], sxdy = sum[1] * (double)spread; // Σ x̂ dy
    const T a = scale[c] * spread;
    put(seat, dscale, sxdy, add);
    put(seat, dshift, sdy, add);
    const double m = (double)k.n * k.s;
    if (!train || m == 0) sdy = sxdy = 0;
    const T mdy = (T)(train ? sdy / m : 0), slope = (T)(train ? sxdy / m * (double)spread : 0);
    walk<V>(k, seat, [&](index_t i, Pack<T, V> (&v)[2]) {
#pragma unroll
        for (int j = 0; j < V; j++) v[1].at[j] = a * (v[1].at[j] - mdy - (v[0].at[j] - centre) * slope);
        leave(dx + i, v[1], k.aligned);
    }, x, dy);
}

template <class T>
__device__ static void norm_back(CUT_PARAMS, int train, const T *x, const T *mean, const T *istd, const T *scale, const T *dy, T *dx,
                                 int add, T *dscale, T *dshift) {
    WIDTHS(back, train, x, mean, istd, scale, dy, dx, add, dscale, dshift);
}

#define PARAMS(T)                                                                                             \
    CUT_PARAMS, int train, const T *x, const T *mean, const T *istd, const T *scale, const T *dy, T *dx,     \
        int add, T *dscale, T *dshift
INSTANCES(norm_back, PARAMS, CUT_ARGS, train, x, mean, istd, scale, dy, dx, add, dscale, dshift)
