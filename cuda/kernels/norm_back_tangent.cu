// norm_back_tangent: the derivative of norm_back along (tx, tscale) and the tangent tdy of dy; lab/device has
// the formulas.
#include "glassy.h"
#include "norm.h"

template <class T, int V>
__device__ __forceinline__ void back_tangent(const Cut &k, int phase, double *partial, int train, const T *x, const T *mean,
                                             const T *istd, const T *scale, const T *tx, const T *tscale, const T *dy, const T *tdy,
                                             T *tdx, int add, T *tdscale, T *tdshift) {
    const Seat seat(k);
    const int c = seat.channel;
    const double centre = (double)mean[c], spread = (double)istd[c];
    double sum[7] = {0, 0, 0, 0, 0, 0, 0}; // of tx, x̂ tx, dy, x̂ dy, tdy, x̂ tdy, tx dy
    if (!channel_sums(k, seat, phase, partial, sum, [&] {
            walk<V>(k, seat, [&](index_t, const Pack<T, V> (&v)[4]) {
#pragma unroll
                for (int j = 0; j < V; j++) {
                    const double xh = ((double)v[0].at[j] - centre) * spread;
                    const double t = (double)v[1].at[j], u = (double)v[2].at[j], tu = (double)v[3].at[j];
                    sum[0] += t;
                    sum[1] += xh * t;
                    sum[2] += u;
                    sum[3] += xh * u;
                    sum[4] += tu;
                    sum[5] += xh * tu;
                    sum[6] += t * u;
                }
            }, x, tx, dy, tdy);
        }))
        return;
    const double m = (double)k.n * k.s;
    sum[6] *= spread; // Σ tx̂ dy
    if (train && m > 0) sum[6] -= spread * (sum[0] * sum[2] + sum[1] * sum[3]) / m;
    put(seat, tdscale, sum[5] + sum[6], add);
    put(seat, tdshift, sum[4], add);
#pragma unroll
    for (int j = 0; j < 7; j++) sum[j] = train && m > 0 ? sum[j] / m : 0; // means from here on

    // With J u = istd·(u - ⟨u⟩ - x̂⟨x̂u⟩), tx̂ = J tx and
    // (tJ)dy = -istd·(⟨x̂ tx⟩ J dy + tx̂⟨x̂ dy⟩ + x̂⟨tx̂ dy⟩), collected by what they multiply:
    const double for_tdy = (double)scale[c] * spread;
    const double for_dy = spread * ((double)tscale[c] - for_tdy * sum[1]);
    const double for_tx = -for_tdy * spread * sum[3];
    const double for_xh = -(for_tdy * (sum[5] + sum[6]) + for_dy * sum[3] + for_tx * sum[1]);
    const T a = (T)for_tdy, b = (T)for_dy, g = (T)for_tx, h = (T)(for_xh * spread);
    const T mx = (T)centre, mtdy = (T)sum[4], mdy = (T)sum[2], mtx = (T)sum[0];
    walk<V>(k, seat, [&](index_t i, Pack<T, V> (&v)[4]) {
#pragma unroll
        for (int j = 0; j < V; j++)
            v[3].at[j] = a * (v[3].at[j] - mtdy) + b * (v[2].at[j] - mdy) + g * (v[1].at[j] - mtx) + h * (v[0].at[j] - mx);
        leave(tdx + i, v[3], k.aligned);
    }, x, tx, dy, tdy);
}

template <class T>
__device__ static void norm_back_tangent(CUT_PARAMS, int train, const T *x, const T *mean, const T *istd, const T *scale, const T *tx,
                                         const T *tscale, const T *dy, const T *tdy, T *tdx, int add, T *tdscale, T *tdshift) {
    WIDTHS(back_tangent, train, x, mean, istd, scale, tx, tscale, dy, tdy, tdx, add, tdscale, tdshift);
}

#define PARAMS(T)                                                                                             \
    CUT_PARAMS, int train, const T *x, const T *mean, const T *istd, const T *scale, const T *tx,            \
        const T *tscale, const T *dy, const T *tdy, T *tdx, int add, T *tdscale, T *tdshift
INSTANCES(norm_back_tangent, PARAMS, CUT_ARGS, train, x, mean, istd, scale, tx, tscale, dy, tdy, tdx, add, tdscale, tdshift)
