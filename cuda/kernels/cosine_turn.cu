// cosine_turn: numbers k and n-k of a cosine transform x are the real part and minus the imaginary one of exp(-πik/2n) z_k, z
// the Fourier transform, k = 0 … n/2; or, back, z from x.
#include "glassy.h"

extern "C" __global__ void __launch_bounds__(256) cosine_turn(long long n, long long count, int rows, int back, double *z, double *x) {
    const index_t bins = n / 2 + 1;
    EACH(i, bins * count) {
        const index_t k = rows ? i % bins : i / count, line = rows ? i / bins : i % count;
        const index_t at = rows ? line * n + k : k * count + line, other = rows ? line * n + n - k : (n - k) * count + line; // of x
        double s, c;
        sincospi((double)k / (double)(2 * n), &s, &c);
        if (!back) {
            const double re = z[2 * i], im = z[2 * i + 1];
            if (k > 0) x[other] = -(c * im - s * re);
            x[at] = c * re + s * im;
        } else {
            const double re = x[at], im = k > 0 ? -x[other] : 0;
            z[2 * i] = c * re - s * im;
            z[2 * i + 1] = k == 0 || 2 * k == n ? 0 : c * im + s * re;
        }
    }
}
