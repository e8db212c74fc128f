// spins.h: the monomials of degree p in n variables, in the lexicographic order of their indices
// i₁ ≤ … ≤ i_p, and what the kernels spins.cu and spins_tensor.cu share.
#pragma once
#include "stages.h"

#ifndef TWIN_SCAN
// over is c/d where d > 0 divides c: the odd part of d has an inverse modulo 2⁶⁴ (Newton). A division is a
// function call, for which registers are put away.
__device__ __forceinline__ long long over(long long c, int d) {
    const int twos = __ffs(d) - 1;
    const unsigned long long odd = d >> twos;
    unsigned long long inverse = odd; // of 3 bits, then twice as many each time
    for (int i = 0; i < 5; i++) inverse *= 2 - odd * inverse;
    return (unsigned long long)(c >> twos) * inverse;
}

// monomials is how many there are, (n+p-1 over p).
__device__ __forceinline__ long long monomials(int p, long long n) {
    switch (p) {
    case 0: return 1;
    case 1: return n;
    case 2: return n * (n + 1) / 2;
    case 3: return n * (n + 1) / 2 * (n + 2) / 3;
    }
    long long c = 1;
    for (int k = 0; k < p; k++) c = over(c * (n + k), k + 1);
    return c;
}

// A block multiplies with so many rows of the matrix at a time.
#define SPINS_DEPTH 16

// The sums of spins.cu: sums[r,l] = Σ_J σ_J matrix[J,l] for m configurations σ.
//
// The numbers of configurations and of rows J are rounded up to what blocks take, by configurations of
// spins 0 and by rows of zeros whose monomial is of the spin n. So that these and p < 3 need no case of their
// own, turned σ has two rows more: spin n is 0 in all configurations, spin n+1 is 1.
template <class T> struct Spins {
    int factors, n; // of a monomial, at least 2; of variables
    long long m, rows;
    int width; // of the matrix
    long long turned_width;
    const T *turned, *matrix; // n+2 × turned_width, rows × width
    const unsigned *index;    // rows × factors, each the place in turned of a variable's row, over 4
    T *sums;                  // a part after another, each m×n
};

#define SPINS_PARAMS(T) int factors, int n, long long m, long long rows, int width, long long turned_width, const T *turned, const T *matrix, const unsigned *index, T *sums
#define SPINS_ARGUMENTS factors, n, m, rows, width, turned_width, turned, matrix, index, sums

// load4 and store4: four numbers at an address of 16 bytes.
__device__ __forceinline__ void load4(const float *p, float *v) {
    const float4 f = *reinterpret_cast<const float4 *>(p);
    v[0] = f.x, v[1] = f.y, v[2] = f.z, v[3] = f.w;
}
__device__ __forceinline__ void load4(const double *p, double *v) {
    const double2 f = reinterpret_cast<const double2 *>(p)[0], g = reinterpret_cast<const double2 *>(p)[1];
    v[0] = f.x, v[1] = f.y, v[2] = g.x, v[3] = g.y;
}
__device__ __forceinline__ void store4(float *p, const float *v) { *reinterpret_cast<float4 *>(p) = make_float4(v[0], v[1], v[2], v[3]); }
__device__ __forceinline__ void store4(double *p, const double *v) {
    reinterpret_cast<double2 *>(p)[0] = make_double2(v[0], v[1]);
    reinterpret_cast<double2 *>(p)[1] = make_double2(v[2], v[3]);
}

// What a block of 128 threads multiplies: the products σ_J of ROWS configurations and WIDE columns of the
// matrix, for SPINS_DEPTH rows J at a time, while the next are made and copied. Rows lie PAD numbers further
// apart than they are long.
template <class T, int ROWS, int WIDE, int PAD> struct SpinTiles {
    T spins[2][SPINS_DEPTH][ROWS + PAD], matrix[2][SPINS_DEPTH][WIDE + PAD];

    // multiply calls step(now) for each tile of the rows J of the block's part.
    template <class F> __device__ __forceinline__ void multiply(const Spins<T> &s, F step) {
        // Numbers that a thread copies stand in a fixed column of the tile, some rows apart, as do those
        // that it makes, 4 at a time: no division, no check within the loop.
        const int PER_COPY = 16 / sizeof(T), COPIES = WIDE / PER_COPY, COPY_STEP = 128 / COPIES;
        const int MAKES = ROWS / 4, MAKE_STEP = 128 / MAKES, MADE = (SPINS_DEPTH + MAKE_STEP - 1) / MAKE_STEP;
        const int tid = threadIdx.x;
        const int copy_k = tid / COPIES, copy_c = tid % COPIES * PER_COPY, column = blockIdx.y * WIDE + copy_c;
        const int make_k = tid / MAKES, make_c = tid % MAKES * 4;
        const bool valid = column < s.width;
        const T *spin = s.turned + (index_t)blockIdx.x * ROWS + make_c;
        const long long steps = s.rows / SPINS_DEPTH;
        const long long from = steps * blockIdx.z / gridDim.z, to = steps * (blockIdx.z + 1) / gridDim.z;
        const T *source = s.matrix + (from * SPINS_DEPTH + copy_k) * s.width + (valid ? column : 0);
        const unsigned *J = s.index + (from * SPINS_DEPTH + make_k) * s.factors;
        Stages stages;
        auto copy = [&](int buffer) {
            if (copy_k < COPY_STEP)
#pragma unroll
                for (int k = 0; k < SPINS_DEPTH; k += COPY_STEP)
                    if (k + copy_k < SPINS_DEPTH) stages.copy<16>(&matrix[buffer][k + copy_k][copy_c], source + k * s.width, valid ? 16 : 0);
            stages.commit();
            source += SPINS_DEPTH * s.width;
        };
        // The first two spins of each product are loaded, and then the product is made.
        T first[MADE][4], second[MADE][4];
        auto has = [&](int i) { return make_k < MAKE_STEP && i * MAKE_STEP + make_k < SPINS_DEPTH; };
        auto load = [&](int i) {
            if (has(i)) {
                load4(spin + 4 * (index_t)J[i * MAKE_STEP * s.factors], first[i]);
                load4(spin + 4 * (index_t)J[i * MAKE_STEP * s.factors + 1], second[i]);
            }
        };
        auto make = [&](int i, int buffer) {
            if (has(i)) {
#pragma unroll
                for (int c = 0; c < 4; c++) first[i][c] *= second[i][c];
#pragma unroll 1
                for (int a = 2; a < s.factors; a++) {
                    load4(spin + 4 * (index_t)J[i * MAKE_STEP * s.factors + a], second[i]);
#pragma unroll
                    for (int c = 0; c < 4; c++) first[i][c] *= second[i][c];
                }
                store4(&spins[buffer][i * MAKE_STEP + make_k][make_c], first[i]);
            }
        };
        auto make_now = [&](int buffer) {
#pragma unroll
            for (int i = 0; i < MADE; i++) {
                load(i);
                make(i, buffer);
            }
        };
        if (from < to) {
            copy(0);
            make_now(0);
        }
        stages.wait<0>();
        __syncthreads();
        for (long long at = from; at < to; at++) {
            const int now = (at - from) & 1;
            const bool more = at + 1 < to;
            J += SPINS_DEPTH * s.factors;
            if (more) copy(now ^ 1);
            if (sizeof(T) == 4) { // what is loaded comes while the block multiplies
                if (more)
#pragma unroll
                    for (int i = 0; i < MADE; i++) load(i);
                step(now);
                if (more)
#pragma unroll
                    for (int i = 0; i < MADE; i++) make(i, now ^ 1);
            } else { // there are no registers for it
                if (more) make_now(now ^ 1);
                step(now);
            }
            stages.wait<0>();
            __syncthreads();
        }
    }

    // put writes the block's sum for its configuration r and column l.
    static __device__ __forceinline__ void put(const Spins<T> &s, int r, int l, T sum) {
        const index_t row = (index_t)blockIdx.x * ROWS + r, column = (index_t)blockIdx.y * WIDE + l;
        if (row < s.m && column < s.n) s.sums[((index_t)blockIdx.z * s.m + row) * s.n + column] = sum;
    }
};
#endif
