// dst[r,c] = table[index[r],c], over all n numbers of dst.
#include "glassy.h"
#include "packs.h"
#include "slip.h"

template <class T>
__device__ static void gather(index_t rows, index_t cols, index_t n, const T *table, const int *index, T *dst, unsigned long long *slips, unsigned long long what) {
    const auto take = [=](auto width, index_t i) {
        constexpr int W = decltype(width)::value; // divides cols, or is 1
        const index_t r = quotient(i, cols), c = i - r * cols;
        const int from = index[r];
        if (from >= 0 && from < rows)
            store<W>(dst + i, load<W>(table + from * cols + c));
        else if (c == 0)
            slip(slips, what, (int)r, from);
    };
    constexpr int W = pack_width<T>();
    if (cols % W == 0 && misalignment(table) == 0 && misalignment(dst) == 0)
        EACH(v, n / W) take(Width<W>(), v * W);
    else
        EACH(i, n) take(Width<1>(), i);
}
#define PARAMS(T) long long rows, long long cols, long long n, const T *table, const int *index, T *dst, unsigned long long *slips, unsigned long long what
INSTANCES(gather, PARAMS, rows, cols, n, table, index, dst, slips, what)
