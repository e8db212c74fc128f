// Copies: of words of 4 bytes where the type stays, whatever it is, and from one floating type to the other.
#include "glassy.h"
#include "packs.h"

extern "C" __global__ void __launch_bounds__(256) copy(const unsigned *src, unsigned *dst, long long words) {
    each_pack(words, [=](auto width, index_t i) {
        constexpr int W = decltype(width)::value;
        store<W>(dst + i, load<W>(src + i));
    }, dst, src);
}

extern "C" __global__ void __launch_bounds__(256) widen(const float *src, double *dst, long long n) {
    EACH(i, n) dst[i] = src[i];
}

extern "C" __global__ void __launch_bounds__(256) narrow(const double *src, float *dst, long long n) {
    EACH(i, n) dst[i] = (float)src[i];
}
