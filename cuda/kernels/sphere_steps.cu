// sphere_steps: a step of gradient descent on a sphere, or in the plane, for each of m rows, see
// device.Physics. A warp to a row of up to 1024 numbers (cuda/physics.go), a block of 256 threads to a longer
// one. x and gradient are read three times, the last two from the first cache, and x is written once: 24 MB
// for 20,000 rows of 100 in float32, 0.005 ms of an H200's memory. The arithmetic is in float64 for both types.
#include "glassy.h"

#ifndef TWIN_SCAN
struct Sphere {
    double radius, rate, tolerance;
};

// sphere_step does the row of threads first, first + step, …; sum adds up over all of these.
template <class T, class Sum>
__device__ __forceinline__ void sphere_step(const Sphere &s, int n, int first, int step, T *x, const T *g, T *norm, int *steps, Sum sum) {
    double along = 0;
    if (s.radius != 0) {
        double xg = 0, xx = 0;
#pragma unroll 2
        for (int i = first; i < n; i += step) {
            const double v = x[i];
            xg = fma(v, (double)g[i], xg);
            xx = fma(v, v, xx);
        }
        along = sum(xg) / sum(xx);
        if (n == 0) along = 0;
    }
    // The tangent t, and what is next.
    double tt = 0, nn = 0;
#pragma unroll 2
    for (int i = first; i < n; i += step) {
        const double v = x[i], t = fma(-along, v, (double)g[i]), next = fma(-s.rate, t, v);
        tt = fma(t, t, tt);
        nn = fma(next, next, nn);
    }
    const double length = sqrt(sum(tt)), all = sum(nn);
    const bool moves = length > s.tolerance && length < infinity<double>();
    if (first == 0) {
        *norm = (T)length;
        if (moves) ++*steps;
    }
    if (!moves) return;
    const double scale = s.radius != 0 ? s.radius / sqrt(all) : 1;
#pragma unroll 2
    for (int i = first; i < n; i += step) {
        const double v = x[i], t = fma(-along, v, (double)g[i]);
        x[i] = (T)(scale * fma(-s.rate, t, v));
    }
}

#define PARAMS(T) int n, long long m, double radius, double rate, double tolerance, T *x, const T *gradient, T *norms, int *steps
#define ARGUMENTS n, m, radius, rate, tolerance, x, gradient, norms, steps

template <class T> __device__ static void sphere_steps(PARAMS(T)) {
    for (index_t r = grid_first() >> 5; r < m; r += grid_step() >> 5)
        sphere_step(Sphere{radius, rate, tolerance}, n, lane_id(), 32, x + r * n, gradient + r * n, norms + r, steps + r, [](double v) { return warp_sum(v); });
}
template <class T> __device__ static void sphere_steps_long(PARAMS(T)) {
    for (index_t r = blockIdx.x; r < m; r += gridDim.x)
        sphere_step(Sphere{radius, rate, tolerance}, n, threadIdx.x, blockDim.x, x + r * n, gradient + r * n, norms + r, steps + r, [](double v) { return block_sum(v); });
}
#endif

INSTANCES(sphere_steps, PARAMS, ARGUMENTS)
INSTANCES(sphere_steps_long, PARAMS, ARGUMENTS)
