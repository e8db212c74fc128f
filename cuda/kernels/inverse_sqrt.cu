// inverse_sqrt: y[i] = 1/√(x[i]+epsilon), in double; there is one number for each channel.
#include "glassy.h"

template <class T> __device__ static void inverse_sqrt(double epsilon, const T *x, T *y, index_t n) {
    EACH(i, n) y[i] = (T)(1 / sqrt((double)x[i] + epsilon));
}

#define PARAMS(T) double epsilon, const T *x, T *y, long long n
INSTANCES(inverse_sqrt, PARAMS, epsilon, x, y, n)
