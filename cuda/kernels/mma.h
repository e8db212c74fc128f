// mma.h: products on tensor cores, C += A B with A 16×8, B 8×8, C 16×8 spread over the 32 lanes of a warp:
// with g = lane/4 and t = lane%4, a lane has
//
//	A  a[0] (g, t)   a[1] (g+8, t)   a[2] (g, t+4)   a[3] (g+8, t+4)
//	B  b[0] (t, g)   b[1] (t+4, g)
//	C  c[0] (g, 2t)  c[1] (g, 2t+1)  c[2] (g+8, 2t)  c[3] (g+8, 2t+1)
//
// (PTX ISA, "Matrix Fragments for mma.m16n8k8"), the same for both types. Before capability 9.0 it is four
// m8n8k4 in float64; kernels that are to have the larger shape ask for compute_90 (internal/manifest). What
// goes in is prepared before: float32 numbers are rounded. From compute capability 8.0 on; the host launches
// such kernels on no older chip. The twin's lanes tell each other what they have.
#pragma once
#include "glassy.h"
#ifndef TWIN_SCAN

#ifdef TWIN
template <class T> struct Fragments {
    T a[4], b[2];
};

template <class T> void mma(T (&c)[4], const T (&a)[4], const T (&b)[2]) {
    Fragments<T> mine, all[32];
    for (int i = 0; i < 4; i++) mine.a[i] = a[i];
    for (int i = 0; i < 2; i++) mine.b[i] = b[i];
    twin::warp_all(mine, all);
    const int g = lane_id() / 4, t = lane_id() % 4;
    for (int i = 0; i < 4; i++) {
        const int high = i / 2, column = 2 * t + i % 2;
        for (int k = 0; k < 8; k++) c[i] += all[4 * g + k % 4].a[k / 4 * 2 + high] * all[4 * column + k % 4].b[k / 4];
    }
}
#else
__device__ __forceinline__ void mma(double (&c)[4], const double (&a)[4], const double (&b)[2]) {
#if __CUDA_ARCH__ >= 900
    asm("mma.sync.aligned.m16n8k8.row.col.f64.f64.f64.f64 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+d"(c[0]), "+d"(c[1]), "+d"(c[2]), "+d"(c[3])
        : "d"(a[0]), "d"(a[1]), "d"(a[2]), "d"(a[3]), "d"(b[0]), "d"(b[1]));
#elif __CUDA_ARCH__ >= 800
#pragma unroll
    for (int k = 0; k < 2; k++)
#pragma unroll
        for (int i = 0; i < 2; i++)
            asm("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0, %1}, {%2}, {%3}, {%0, %1};"
                : "+d"(c[2 * i]), "+d"(c[2 * i + 1])
                : "d"(a[2 * k + i]), "d"(b[k]));
#else
    __trap();
#endif
}

__device__ __forceinline__ void mma(float (&c)[4], const float (&a)[4], const float (&b)[2]) {
#if __CUDA_ARCH__ >= 800
    asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(__float_as_uint(a[0])), "r"(__float_as_uint(a[1])), "r"(__float_as_uint(a[2])), "r"(__float_as_uint(a[3])),
          "r"(__float_as_uint(b[0])), "r"(__float_as_uint(b[1])));
#else
    __trap();
#endif
}
#endif

// tf32 rounds to eleven significant bits, halves away from zero.
__device__ __forceinline__ float tf32(float x) {
#if defined(TWIN) || __CUDA_ARCH__ < 800
    const unsigned bits = __float_as_uint(x);
    if ((bits & 0x7f800000u) == 0x7f800000u) return x;
    return __uint_as_float((bits + 0x1000u) & ~0x1fffu);
#else
    unsigned bits;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
    return __uint_as_float(bits);
#endif
}

// prepared is a number as tensor cores take it.
__device__ __forceinline__ double prepared(double x) { return x; }
__device__ __forceinline__ float prepared(float x) { return tf32(x); }
#endif
