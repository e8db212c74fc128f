// lstm: one step of n cells of width h; gates are activated in place.
#include "glassy.h"
#include "lstm.h"

template <class T> __device__ static void lstm(int n, int h, T *gates, const T *cprev, T *c, T *out) {
    CELLS(r, j, n, h) {
        const Gates<T> pre(gates, r, j, h);
        const T i = sigmoid(pre.i), f = sigmoid(pre.f), o = sigmoid(pre.o), g = tanh_of(pre.g);
        const index_t at = r * h + j;
        const T cell = f * cprev[at] + i * g;
        Gates<T>(i, f, o, g).store(gates, r, j, h);
        c[at] = cell;
        out[at] = o * tanh_of(cell);
    }
}

#define PARAMS(T) int n, int h, T *gates, const T *cprev, T *c, T *out
INSTANCES(lstm, PARAMS, n, h, gates, cprev, c, out)
