// spins_linear: the energy and the gradient of a polynomial of degree 1, a field, at m configurations: a product
// of a configuration with the field, and the field. A warp to a configuration.
#include "glassy.h"

#ifndef TWIN_SCAN
template <class T> __device__ static void spins_linear(int n, long long m, double scale, int add, const T *field, const T *sigma, T *energy, T *gradient) {
    const int lane = lane_id();
    const T s = (T)scale;
    for (index_t r = grid_first() >> 5; r < m; r += grid_step() >> 5) {
        double product = 0;
#pragma unroll 4
        for (int l = lane; l < n; l += 32) {
            const index_t at = r * n + l;
            product = fma((double)sigma[at], (double)field[l], product);
            gradient[at] = add ? fma(s, field[l], gradient[at]) : s * field[l];
        }
        const T e = (T)(s * warp_sum(product));
        if (lane == 0) energy[r] = add ? energy[r] + e : e;
    }
}
#endif

#define PARAMS(T) int n, long long m, double scale, int add, const T *field, const T *sigma, T *energy, T *gradient
INSTANCES(spins_linear, PARAMS, n, m, scale, add, field, sigma, energy, gradient)
