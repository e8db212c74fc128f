// activate_back: dx[i] = f′ dy[i], f′ by y[i].
#include "glassy.h"
#include "activate.h"

template <class T> __device__ static void activate_back(int f, const T *y, const T *dy, T *dx, index_t n) {
    switch (f) {
    case RELU: map([](const T (&a)[2]) { return a[0] > 0 ? a[1] : T(0); }, n, dx, y, dy); break; // an infinite dy is not multiplied by 0
    case TANH: map([](const T (&a)[2]) { return tanh_slope(a[0]) * a[1]; }, n, dx, y, dy); break;
    case SIGMOID: map([](const T (&a)[2]) { return sigmoid_slope(a[0]) * a[1]; }, n, dx, y, dy); break;
    }
}

#define PARAMS(T) int f, const T *y, const T *dy, T *dx, long long n
INSTANCES(activate_back, PARAMS, f, y, dy, dx, n)
