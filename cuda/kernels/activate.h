// activate.h: the elementwise nonlinearities of networks.
#pragma once
#include "packs.h"

enum { RELU, TANH, SIGMOID }; // as device.Nonlinearity

__device__ __forceinline__ float exp_of(float x) { return expf(x); }
__device__ __forceinline__ double exp_of(double x) { return exp(x); }
__device__ __forceinline__ float tanh_of(float x) { return tanhf(x); }
__device__ __forceinline__ double tanh_of(double x) { return tanh(x); }
__device__ __forceinline__ float reciprocal(float x) { return __frcp_rn(x); }
__device__ __forceinline__ double reciprocal(double x) { return __drcp_rn(x); }

template <class T> __device__ __forceinline__ T relu(T x) { return x > 0 || x != x ? x : T(0); }
template <class T> __device__ __forceinline__ T sigmoid(T x) { return reciprocal(T(1) + exp_of(-x)); }

// Derivatives, by the function's value.
template <class T> __device__ __forceinline__ T tanh_slope(T y) { return fma(-y, y, T(1)); }
template <class T> __device__ __forceinline__ T sigmoid_slope(T y) { return y * (T(1) - y); }
template <class T> __device__ __forceinline__ T tanh_bend(T y) { return T(-2) * y * tanh_slope(y); }
template <class T> __device__ __forceinline__ T sigmoid_bend(T y) { return sigmoid_slope(y) * (T(1) - T(2) * y); }

// map writes out[i] = f(a) with a[k] = in_k[i], for i < n. Out may be one of in.
template <class T, class F, class... In> __device__ __forceinline__ void map(F f, index_t n, T *out, const In *...in) {
    each_pack(n, [=](auto width, index_t i) {
        constexpr int W = decltype(width)::value, K = sizeof...(In);
        const Pack<T, W> v[K] = {load<W>(in + i)...};
        Pack<T, W> r;
#pragma unroll
        for (int j = 0; j < W; j++) {
            T a[K];
#pragma unroll
            for (int k = 0; k < K; k++) a[k] = v[k].at[j];
            r.at[j] = f(a);
        }
        store<W>(out + i, r);
    }, (const T *)out, in...);
}
