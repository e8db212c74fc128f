// spins.h: the monomials of degree p in n variables, in the lexicographic order of their indices
// i₁ ≤ … ≤ i_p, and the tiles of the p-spin kernels.
#pragma once

// A block has so many configurations, and multiplies with so many rows of the matrix at a time. Their
// numbers are rounded up to multiples of these where the blocks read them: by configurations of spins 0,
// and by rows of zeros whose monomial is the spin n. So that these and p = 1 need no case of their own,
// turned σ has two rows more: spin n is 0 in all configurations, spin n+1 is 1.
#define SPINS_ROWS 80
#define SPINS_DEPTH 16

#ifndef TWIN_SCAN
// monomials is how many there are, (n+p-1 over p).
__device__ __forceinline__ long long monomials(int p, long long n) {
    switch (p) {
    case 0: return 1;
    case 1: return n;
    case 2: return n * (n + 1) / 2;
    case 3: return n * (n + 1) / 2 * (n + 2) / 3;
    }
    if (n == 0) return 0;
    long long c = 1;
    for (int k = 0; k < p; k++) c = c * (n + k) / (k + 1);
    return c;
}

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
#endif
