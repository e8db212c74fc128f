// norm_stats: mean and variance of each channel. Each part makes its own mean and its sum of squares about
// that, which are then joined (Chan, Golub & LeVeque 1983): a mean far from zero spoils nothing.
#include "glassy.h"
#include "norm.h"

// size is how many numbers part p of a channel has.
template <int V> __device__ __forceinline__ double size(const Cut &k, int p) {
    index_t from, to;
    const int run = k.across ? k.s : V;
    span(k.across ? k.n : (index_t)k.n * (k.s / V), k.parts, p, from, to);
    return (double)(to - from) * run;
}

template <class T, int V> __device__ __forceinline__ void stats(const Cut &k, int phase, double *partial, const T *x, T *mean, T *variance) {
    const Seat seat(k);
    double centre[1] = {0}, square[1] = {0};
    const double m = (double)k.n * k.s;
    if (phase & SUMS) {
        walk<V>(k, seat, [&](index_t, const Pack<T, V> (&v)[1]) {
#pragma unroll
            for (int j = 0; j < V; j++) centre[0] += (double)v[0].at[j];
        }, x);
        add_up(k, centre);
        centre[0] /= phase == SUMS ? size<V>(k, blockIdx.y) : m;
        walk<V>(k, seat, [&](index_t, const Pack<T, V> (&v)[1]) {
#pragma unroll
            for (int j = 0; j < V; j++) {
                const double off = (double)v[0].at[j] - centre[0];
                square[0] += off * off;
            }
        }, x);
        add_up(k, square);
        if (phase == SUMS) {
            if (seat.first) {
                double *at = partial + ((index_t)seat.channel * k.parts + blockIdx.y) * 2;
                at[0] = centre[0], at[1] = square[0];
            }
            return;
        }
    } else {
        if (blockIdx.y > 0) return;
        each_part(k, seat, [&](index_t at, int p) {
            if (const double share = size<V>(k, p); share > 0) centre[0] += share / m * partial[at * 2];
        });
        add_up(k, centre);
        each_part(k, seat, [&](index_t at, int p) {
            if (const double share = size<V>(k, p); share > 0) {
                const double off = partial[at * 2] - centre[0];
                square[0] += partial[at * 2 + 1] + share * off * off;
            }
        });
        add_up(k, square);
    }
    put(seat, mean, centre[0], false);
    put(seat, variance, square[0] / m, false);
}

template <class T> __device__ static void norm_stats(CUT_PARAMS, const T *x, T *mean, T *variance) {
    WIDTHS(stats, x, mean, variance);
}

#define PARAMS(T) CUT_PARAMS, const T *x, T *mean, T *variance
INSTANCES(norm_stats, PARAMS, CUT_ARGS, x, mean, variance)
