// norm_tangent: ty = scale·J tx + tscale·x̂ + tshift with J tx = istd·(tx - ⟨tx⟩ - x̂⟨x̂ tx⟩).
#include "glassy.h"
#include "norm.h"

template <class T, int V>
__device__ __forceinline__ void tangent(const Cut &k, int phase, double *partial, int train, const T *x, const T *mean, const T *istd,
                                        const T *scale, const T *tx, const T *tscale, const T *tshift, T *ty) {
    const Seat seat(k);
    const int c = seat.channel;
    const T centre = mean[c];
    double sum[2] = {0, 0}; // Σ tx, Σ (x-mean) tx
    if (train && !channel_sums(k, seat, phase, partial, sum, [&] {
            walk<V>(k, seat, [&](index_t, const Pack<T, V> (&v)[2]) {
#pragma unroll
                for (int j = 0; j < V; j++) {
                    sum[0] += (double)v[1].at[j];
                    sum[1] += ((double)v[0].at[j] - (double)centre) * (double)v[1].at[j];
                }
            }, x, tx);
        }))
        return;
    const double m = (double)k.n * k.s, spread = (double)istd[c];
    const T a = scale[c] * (T)spread, mtx = (T)(sum[0] / m), b = tshift[c];
    const T slope = (T)((double)tscale[c] * spread - (double)scale[c] * spread * spread * spread * sum[1] / m);
    walk<V>(k, seat, [&](index_t i, Pack<T, V> (&v)[2]) {
#pragma unroll
        for (int j = 0; j < V; j++) v[1].at[j] = a * (v[1].at[j] - mtx) + (v[0].at[j] - centre) * slope + b;
        leave(ty + i, v[1], k.aligned);
    }, x, tx);
}

template <class T>
__device__ static void norm_tangent(CUT_PARAMS, int train, const T *x, const T *mean, const T *istd, const T *scale, const T *tx,
                                    const T *tscale, const T *tshift, T *ty) {
    WIDTHS(tangent, train, x, mean, istd, scale, tx, tscale, tshift, ty);
}

#define PARAMS(T)                                                                                             \
    CUT_PARAMS, int train, const T *x, const T *mean, const T *istd, const T *scale, const T *tx,            \
        const T *tscale, const T *tshift, T *ty
INSTANCES(norm_tangent, PARAMS, CUT_ARGS, train, x, mean, istd, scale, tx, tscale, tshift, ty)
