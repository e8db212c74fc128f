// walkers: steps of the Euler-Maruyama scheme for n points in 1 or 2 dimensions, see device.Physics. A
// thread has two walkers on a line, or one in the plane: what a pair of normal numbers moves. They stay in
// registers and the numbers are made there, so that a call reads and writes x once, however many steps it
// makes.
//
// A step's cost is its normal number: half of ten rounds of Philox, and of a logarithm, a root, a sine and a
// cosine in float64; with a force of four powers some 150 instructions, 30 of them on the float64 units.
// An H200 begins 132·4 instructions of a warp a cycle, so 10⁷ walkers make a step in about 0.05 ms; once
// through the memory takes them 0.017 ms in float32 and 0.033 ms in float64, a call, however many steps.
//
// Dynamic shared memory: the force's table.
#include "glassy.h"
#include "philox.h"

#ifndef TWIN_SCAN
__device__ __forceinline__ float product(float a, float b) { return __fmul_rn(a, b); }
__device__ __forceinline__ double product(double a, double b) { return __dmul_rn(a, b); }

// A Force is a row of the table: in shared memory, and the first powers in registers.
template <class T> struct Force {
    static const int HELD = 8;
    T held[HELD];
    int powers, waves, exponentials;
    const T *c;

    __device__ __forceinline__ Force(const T *c, int powers, int waves, int exponentials) : powers(powers), waves(waves), exponentials(exponentials), c(c) {
#pragma unroll
        for (int k = 0; k < HELD; k++) held[k] = k < powers ? c[k] : T(0);
    }

    // at is f(x), written so that the compiler has no choice of what to fuse, since a walk must not depend on
    // how it is cut. The sine of y is made as that of a multiple of π, which needs no memory to bring y near
    // 0: off by 2⁻²³ |y| in float32, 2⁻⁵² |y| in float64, as the rounding of y may be.
    __device__ __forceinline__ T at(T x) const {
        T y = 0;
        if (powers > HELD / 2) {
#pragma unroll 1
            for (int k = powers - 1; k >= HELD; k--) y = fma(y, x, c[k]);
#pragma unroll
            for (int k = HELD - 1; k >= HELD / 2; k--) y = fma(y, x, held[k]);
        }
        if (powers > 0) {
#pragma unroll
            for (int k = HELD / 2 - 1; k >= 0; k--) y = fma(y, x, held[k]);
        }
        if (waves + exponentials > 0) {
            const T *p = c + powers;
#pragma unroll 1
            for (int k = 0; k < waves; k++, p += 3) y = fma(p[0], sinpi(product((T)(1 / PI), fma(p[1], x, p[2]))), y);
#pragma unroll 1
            for (int k = 0; k < exponentials; k++, p += 2) y = fma(p[0], exp(product(p[1], x)), y);
        }
        return y;
    }
};

template <class T>
__device__ static void walkers(long long n, int dim, long long steps, double delta, int powers, int waves, int exponentials,
                               double noise0, double noise1, double c00, double c01, double c10, double c11,
                               unsigned long long key, unsigned long long offset, unsigned long long stride, const T *table, T *x) {
    DYNAMIC_SHARED(T, c);
    const int row = powers + 3 * waves + 2 * exponentials;
    for (int k = threadIdx.x; k < dim * row; k += blockDim.x) c[k] = table[k];
    __syncthreads();
    const T back = -(T)delta, noise = (T)noise0;
    const Force<T> f(c, powers, waves, exponentials);
    const int odd = offset & 1;
    const uint64_t half = stride / 2; // pairs from step to step
    if (dim == 1) {
        auto step = [&](T v, double z) { return fma(noise, (T)z, fma(back, f.at(v), v)); };
        EACH(j, (n + odd + 1) / 2) {
            const index_t i = 2 * j - odd;
            const bool first = i >= 0, second = i + 1 < n;
            T u = first ? x[i] : T(0), v = second ? x[i + 1] : T(0);
            uint64_t pair = (offset >> 1) + j;
#pragma unroll 1
            for (long long s = 0; s < steps; s++, pair += half) {
                const double2 z = normal_pair(key, pair);
                u = step(u, z.x);
                v = step(v, z.y);
            }
            if (first) x[i] = u;
            if (second) x[i + 1] = v;
        }
        return;
    }
    const Force<T> g(c + row, powers, waves, exponentials);
    const T other = (T)noise1, a = (T)c00, b = (T)c01, d = (T)c10, e = (T)c11;
    EACH(i, n) {
        T u = x[2 * i], v = x[2 * i + 1];
        uint64_t pair = (offset >> 1) + i;
#pragma unroll 1
        for (long long s = 0; s < steps; s++, pair += half) {
            double2 z = normal_pair(key, pair);
            if (odd) z = make_double2(z.y, normal_pair(key, pair + 1).x);
            const T fu = fma(b, v, fma(a, u, f.at(u)));
            const T fv = fma(e, v, fma(d, u, g.at(v)));
            u = fma(noise, (T)z.x, fma(back, fu, u));
            v = fma(other, (T)z.y, fma(back, fv, v));
        }
        x[2 * i] = u, x[2 * i + 1] = v;
    }
}
#endif

#define PARAMS(T) long long n, int dim, long long steps, double delta, int powers, int waves, int exponentials, \
    double noise0, double noise1, double c00, double c01, double c10, double c11, \
    unsigned long long key, unsigned long long offset, unsigned long long stride, const T *table, T *x
INSTANCES(walkers, PARAMS, n, dim, steps, delta, powers, waves, exponentials, noise0, noise1, c00, c01, c10, c11, key, offset, stride, table, x)
