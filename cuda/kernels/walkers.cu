// walkers: steps of the Euler-Maruyama scheme for n points in 1 or 2 dimensions, see device.Physics. A
// thread has a walker; its point stays in registers and its normal numbers are made there, so that a call
// reads and writes x once, however many steps it makes.
//
// A step's cost is its normal numbers: half of ten rounds of Philox, a logarithm, a root, a sine and a
// cosine in float64 each, some 70 operations of the float64 units and as many of the others. On an H200,
// whose float64 units do 64 a multiprocessor and cycle, that is about 3 ps a walker and step: 10⁷ walkers
// make one in the time in which they cross the memory once in float64, 0.033 ms.
//
// Dynamic shared memory: the force's table.
#include "glassy.h"
#include "philox.h"

#ifndef TWIN_SCAN
__device__ __forceinline__ float product(float a, float b) { return __fmul_rn(a, b); }
__device__ __forceinline__ double product(double a, double b) { return __dmul_rn(a, b); }

// force is f(x) of a row of the table; written so that the compiler has no choice of what to fuse, since a
// walk must not depend on how it is cut. The sine of y is made as that of a multiple of π, which needs no
// memory to bring y near 0: off by 2⁻²³ |y| in float32, 2⁻⁵² |y| in float64, as the rounding of y may be.
template <class T> __device__ __forceinline__ T force(int powers, int waves, int exponentials, const T *c, T x) {
    T y = 0;
    for (int k = powers - 1; k >= 0; k--) y = fma(y, x, c[k]);
    c += powers;
    for (int k = 0; k < waves; k++, c += 3) y = fma(c[0], sinpi(product((T)(1 / PI), fma(c[1], x, c[2]))), y);
    for (int k = 0; k < exponentials; k++, c += 2) y = fma(c[0], exp(product(c[1], x)), y);
    return y;
}

template <class T>
__device__ static void walkers(long long n, int dim, long long steps, double delta, int powers, int waves, int exponentials,
                               double noise0, double noise1, double c00, double c01, double c10, double c11,
                               unsigned long long key, unsigned long long offset, const T *table, T *x) {
    DYNAMIC_SHARED(T, c);
    const int row = powers + 3 * waves + 2 * exponentials;
    for (int k = threadIdx.x; k < dim * row; k += blockDim.x) c[k] = table[k];
    __syncthreads();
    const T back = -(T)delta, noise = (T)noise0;
    if (dim == 1) {
        EACH(i, n) {
            T v = x[i];
            auto step = [&](double z) { v = fma(noise, (T)z, fma(back, force(powers, waves, exponentials, c, v), v)); };
            const uint64_t at = offset + ((uint64_t)i << 32);
            const long long odd = at & 1; // the first number is the second of its pair
            if (odd && steps > 0) step(normal_pair(key, at >> 1).y);
            long long s = odd;
            for (; s + 2 <= steps; s += 2) {
                const double2 z = normal_pair(key, (at + s) >> 1);
                step(z.x);
                step(z.y);
            }
            if (s < steps) step(normal_pair(key, (at + s) >> 1).x);
            x[i] = v;
        }
        return;
    }
    const T other = (T)noise1, a = (T)c00, b = (T)c01, d = (T)c10, e = (T)c11;
    EACH(i, n) {
        T u = x[2 * i], v = x[2 * i + 1];
        auto step = [&](double z, double w) {
            const T f = fma(b, v, fma(a, u, force(powers, waves, exponentials, c, u)));
            const T g = fma(e, v, fma(d, u, force(powers, waves, exponentials, c + row, v)));
            u = fma(noise, (T)z, fma(back, f, u));
            v = fma(other, (T)w, fma(back, g, v));
        };
        const uint64_t at = offset + ((uint64_t)i << 32);
        if (at & 1) { // a step takes the second of one pair and the first of the next
            double second = normal_pair(key, at >> 1).y;
            for (long long s = 0; s < steps; s++) {
                const double2 z = normal_pair(key, (at >> 1) + 1 + s);
                step(second, z.x);
                second = z.y;
            }
        } else {
            for (long long s = 0; s < steps; s++) {
                const double2 z = normal_pair(key, (at >> 1) + s);
                step(z.x, z.y);
            }
        }
        x[2 * i] = u, x[2 * i + 1] = v;
    }
}
#endif

#define PARAMS(T) long long n, int dim, long long steps, double delta, int powers, int waves, int exponentials, \
    double noise0, double noise1, double c00, double c01, double c10, double c11, \
    unsigned long long key, unsigned long long offset, const T *table, T *x
INSTANCES(walkers, PARAMS, n, dim, steps, delta, powers, waves, exponentials, noise0, noise1, c00, c01, c10, c11, key, offset, table, x)
