// activate: y[i] = f(x[i]).
#include "glassy.h"
#include "activate.h"

template <class T> __device__ static void activate(int f, const T *x, T *y, index_t n) {
    switch (f) {
    case RELU: map([](const T (&a)[1]) { return relu(a[0]); }, n, y, x); break;
    case TANH: map([](const T (&a)[1]) { return tanh_of(a[0]); }, n, y, x); break;
    case SIGMOID:
        if (sizeof(T) == 4) map([](const T (&a)[1]) { return sigmoid(a[0]); }, n, y, x);
        else EACH(i, n) y[i] = sigmoid(x[i]); // two at a time spill a register on sm_90
        break;
    }
}

#define PARAMS(T) int f, const T *x, T *y, long long n
INSTANCES(activate, PARAMS, f, x, y, n)
