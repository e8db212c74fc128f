// a[r,c] *= w[r], over all n numbers of a.
#include "glassy.h"
#include "packs.h"

template <class T> __device__ static void row_scale(index_t n, index_t cols, const T *w, T *a) {
    each_pack(n, [=](auto width, index_t i) {
        constexpr int W = decltype(width)::value;
        auto v = load<W>(a + i);
        index_t r = quotient(i, cols), end = (r + 1) * cols;
        for (int j = 0; j < W; j++) {
            if (i + j == end) r++, end += cols;
            v.at[j] *= w[r];
        }
        store<W>(a + i, v);
    }, a);
}
#define PARAMS(T) long long n, long long cols, const T *w, T *a
INSTANCES(row_scale, PARAMS, n, cols, w, a)
