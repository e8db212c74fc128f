// Elementwise arithmetic: one pass, 16 bytes at a time. Destinations may be inputs.
#include "glassy.h"
#include "packs.h"

template <class T> __device__ static void fill(double a, T *x, index_t n) {
    each_pack(n, [=](auto width, index_t i) {
        constexpr int W = decltype(width)::value;
        Pack<T, W> v;
        for (int j = 0; j < W; j++) v.at[j] = (T)a;
        store<W>(x + i, v);
    }, x);
}
#define FILL(T) double a, T *x, long long n
INSTANCES(fill, FILL, a, x, n)

template <class T> __device__ static void scale(double a, T *x, index_t n) {
    const T s = (T)a;
    each_pack(n, [=](auto width, index_t i) {
        constexpr int W = decltype(width)::value;
        auto v = load<W>(x + i);
        for (int j = 0; j < W; j++) v.at[j] *= s;
        store<W>(x + i, v);
    }, x);
}
#define SCALE(T) double a, T *x, long long n
INSTANCES(scale, SCALE, a, x, n)

template <class T> __device__ static void axpy(double a, const T *x, T *y, index_t n) {
    const T s = (T)a;
    each_pack(n, [=](auto width, index_t i) {
        constexpr int W = decltype(width)::value;
        auto u = load<W>(x + i), v = load<W>(y + i);
        for (int j = 0; j < W; j++) v.at[j] = fma(s, u.at[j], v.at[j]);
        store<W>(y + i, v);
    }, y, x);
}
#define AXPY(T) double a, const T *x, T *y, long long n
INSTANCES(axpy, AXPY, a, x, y, n)

template <class T> __device__ static void axpby(double a, const T *x, double b, T *y, index_t n) {
    const T s = (T)a, t = (T)b;
    each_pack(n, [=](auto width, index_t i) {
        constexpr int W = decltype(width)::value;
        auto u = load<W>(x + i), v = load<W>(y + i);
        for (int j = 0; j < W; j++) v.at[j] = fma(s, u.at[j], t * v.at[j]);
        store<W>(y + i, v);
    }, y, x);
}
#define AXPBY(T) double a, const T *x, double b, T *y, long long n
INSTANCES(axpby, AXPBY, a, x, b, y, n)

template <class T> __device__ static void multiply(const T *x, const T *y, T *dst, index_t n) {
    each_pack(n, [=](auto width, index_t i) {
        constexpr int W = decltype(width)::value;
        auto u = load<W>(x + i), v = load<W>(y + i);
        for (int j = 0; j < W; j++) v.at[j] *= u.at[j];
        store<W>(dst + i, v);
    }, dst, x, y);
}
#define MULTIPLY(T) const T *x, const T *y, T *dst, long long n
INSTANCES(multiply, MULTIPLY, x, y, dst, n)

template <class T> __device__ static void multiply_add(const T *x, const T *y, T *dst, index_t n) {
    each_pack(n, [=](auto width, index_t i) {
        constexpr int W = decltype(width)::value;
        auto u = load<W>(x + i), v = load<W>(y + i), z = load<W>(dst + i);
        for (int j = 0; j < W; j++) z.at[j] = fma(u.at[j], v.at[j], z.at[j]);
        store<W>(dst + i, z);
    }, dst, x, y);
}
INSTANCES(multiply_add, MULTIPLY, x, y, dst, n)
