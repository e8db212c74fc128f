// activate_second: dx[i] += f″ tx[i] dy[i], f″ by y[i]; ReLU's is 0, and is not launched.
#include "glassy.h"
#include "activate.h"

template <class T> __device__ static void activate_second(int f, const T *y, const T *tx, const T *dy, T *dx, index_t n) {
    switch (f) {
    case TANH: map([](const T (&a)[4]) { return fma(tanh_bend(a[0]) * a[1], a[2], a[3]); }, n, dx, y, tx, dy, (const T *)dx); break;
    case SIGMOID: map([](const T (&a)[4]) { return fma(sigmoid_bend(a[0]) * a[1], a[2], a[3]); }, n, dx, y, tx, dy, (const T *)dx); break;
    }
}

#define PARAMS(T) int f, const T *y, const T *tx, const T *dy, T *dx, long long n
INSTANCES(activate_second, PARAMS, f, y, tx, dy, dx, n)
