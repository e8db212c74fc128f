// exponential: y[i] = exp(scale (x[i]-shift)), in double.
#include "glassy.h"

template <class T> __device__ static void exponential(double scale, double shift, const T *x, T *y, index_t n) {
    EACH(i, n) y[i] = (T)exp(scale * ((double)x[i] - shift));
}

#define PARAMS(T) double scale, double shift, const T *x, T *y, long long n
INSTANCES(exponential, PARAMS, scale, shift, x, y, n)
