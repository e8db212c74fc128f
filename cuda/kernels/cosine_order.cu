// cosine_order: the numbers of lines in the order of which a cosine transform is a Fourier transform, x₀ x₂ x₄ … x₅ x₃ x₁
// (Makhoul 1980), or back from there.
#include "glassy.h"

extern "C" __global__ void __launch_bounds__(256) cosine_order(long long n, long long count, int rows, int back, const double *src, double *dst) {
    EACH(i, n * count) {
        const index_t t = rows ? i % n : i / count, line = rows ? i / n : i % count;
        const index_t from = t < (n + 1) / 2 ? 2 * t : 2 * (n - 1 - t) + 1, j = rows ? line * n + from : from * count + line;
        if (back)
            dst[j] = src[i];
        else
            dst[i] = src[j];
    }
}
