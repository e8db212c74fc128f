// pack.h: numbers 16 bytes at a time, the widest load and store that a thread has.
#pragma once

template <class T> struct __align__(16) Pack {
    static constexpr int size = 16 / sizeof(T);
    T v[16 / sizeof(T)];
};

template <class T> __device__ __forceinline__ bool aligned16(const T *p) { return ((unsigned long long)p & 15) == 0; }

// map writes out[i] = f(v) with v[k] = in[k][i], for i < n: by packs where all vectors start at a multiple of
// 16 bytes, which views need not. Out may be one of in.
template <class T, int K, class F> __device__ __forceinline__ void map(const T *const (&in)[K], T *out, index_t n, F f) {
    bool aligned = aligned16(out);
#pragma unroll
    for (int k = 0; k < K; k++) aligned = aligned && aligned16(in[k]);
    index_t first = 0;
    if (aligned) {
        const index_t packs = n / Pack<T>::size;
        EACH(i, packs) {
            Pack<T> a[K], r;
#pragma unroll
            for (int k = 0; k < K; k++) a[k] = reinterpret_cast<const Pack<T> *>(in[k])[i];
#pragma unroll
            for (int j = 0; j < Pack<T>::size; j++) {
                T v[K];
#pragma unroll
                for (int k = 0; k < K; k++) v[k] = a[k].v[j];
                r.v[j] = f(v);
            }
            reinterpret_cast<Pack<T> *>(out)[i] = r;
        }
        first = packs * Pack<T>::size;
    }
    for (index_t i = first + grid_first(); i < n; i += grid_step()) {
        T v[K];
#pragma unroll
        for (int k = 0; k < K; k++) v[k] = in[k][i];
        out[i] = f(v);
    }
}
