// logarithm: y[i] = scale log(x[i]) + shift, in double.
#include "glassy.h"

template <class T> __device__ static void logarithm(double scale, double shift, const T *x, T *y, index_t n) {
    EACH(i, n) y[i] = (T)fma(scale, log((double)x[i]), shift);
}

#define PARAMS(T) double scale, double shift, const T *x, T *y, long long n
INSTANCES(logarithm, PARAMS, scale, shift, x, y, n)
