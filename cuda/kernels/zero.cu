// Zeros for new vectors: count words of 16 bytes, at an address that is a multiple of 16.
#include "glassy.h"

extern "C" __global__ void __launch_bounds__(256) zero(uint4 *x, long long count) {
    EACH(i, count) x[i] = make_uint4(0, 0, 0, 0);
}
