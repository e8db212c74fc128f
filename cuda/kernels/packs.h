// packs.h: elementwise work 16 bytes at a time, for vectors that may begin at any number.
#pragma once

#ifndef TWIN_SCAN
// A Pack is W neighbouring numbers, moved by one instruction.
template <class T, int W> struct alignas(sizeof(T) * W) Pack {
    T at[W];
};

template <int W, class T> __device__ __forceinline__ Pack<T, W> load(const T *p) {
    return *reinterpret_cast<const Pack<T, W> *>(p);
}
template <int W, class T> __device__ __forceinline__ void store(T *p, const Pack<T, W> &v) {
    *reinterpret_cast<Pack<T, W> *>(p) = v;
}

template <class T> __host__ __device__ constexpr int pack_width() { return 16 / (int)sizeof(T); }

// misalignment is how many bytes p is past the last multiple of n, a power of 2.
__device__ __forceinline__ unsigned misalignment(const void *p, unsigned n = 16) { return (unsigned)(uintptr_t)p & (n - 1); }

// alike says whether packs of so many bytes are misaligned alike in all vectors; null pointers are vectors
// that are not there.
template <class... More> __device__ __forceinline__ bool alike(unsigned bytes, const void *first, const More *...more) {
    bool all = true;
    ((all = all && (more == nullptr || misalignment(more, bytes) == misalignment(first, bytes))), ...);
    return all;
}

// A Width tells a generic lambda how many numbers to take.
template <int W> struct Width {
    static constexpr int value = W;
};

// each_pack calls f(Width<W>(), i) such that every number i … i+W-1 of 0 … n-1 is taken once, in a loop over
// the grid: 16 bytes at a time where all vectors are misaligned alike, else number by number. What f does to a number must not depend on W: write a*b+c as fma(a, b, c),
// so that the compiler does not choose.
template <class F, class T, class... More>
__device__ __forceinline__ void each_pack(index_t n, F f, const T *first, const More *...more) {
    constexpr int W = pack_width<T>();
    index_t head = n, whole = 0; // numbers before the first pack, packs
    if (alike(16, first, more...)) {
        head = (16 - misalignment(first)) % 16 / sizeof(T);
        head = head < n ? head : n;
        whole = (n - head) / W;
    }
#pragma unroll 1
    EACH(v, whole) f(Width<W>(), head + v * W);
#pragma unroll 1
    EACH(k, n - whole * W) f(Width<1>(), k < head ? k : k + whole * W);
}

// quotient is i/d of numbers that are not negative: in 32 bits, a third of the work, where they fit.
__device__ __forceinline__ index_t quotient(index_t i, index_t d) {
    return (i | d) >> 32 ? i / d : (index_t)((uint32_t)i / (uint32_t)d);
}
#endif
