// spins_finish: of the sums of spins.cu, in parts of m×n each, the gradient and the energy of each of m
// configurations, which is its gradient's product with σ, over p (Euler). A warp to a configuration.
#include "glassy.h"

#ifndef TWIN_SCAN
template <class T> __device__ static void spins_finish(int p, int n, long long m, int parts, double scale, int add, const T *part, const T *sigma, T *energy, T *gradient) {
    const int lane = lane_id();
    for (index_t r = grid_first() >> 5; r < m; r += grid_step() >> 5) {
        double product = 0;
        for (int l = lane; l < n; l += 32) {
            const index_t at = r * n + l;
            T g = 0;
            for (int k = 0; k < parts; k++) g += part[k * m * n + at];
            product += (double)sigma[at] * g;
            gradient[at] = add ? gradient[at] + (T)scale * g : (T)scale * g;
        }
        const T e = (T)((T)scale * warp_sum(product) / p);
        if (lane == 0) energy[r] = add ? energy[r] + e : e;
    }
}
#endif

#define PARAMS(T) int p, int n, long long m, int parts, double scale, int add, const T *part, const T *sigma, T *energy, T *gradient
INSTANCES(spins_finish, PARAMS, p, n, m, parts, scale, add, part, sigma, energy, gradient)
