// lstm_back: the derivative of lstm, by the activated gates; dc is replaced by the derivative by cprev.
#include "glassy.h"
#include "lstm.h"

template <class T>
__device__ static void lstm_back(int n, int h, const T *gates, const T *cprev, const T *c, const T *dout, T *dc, T *dgates) {
    CELLS(r, j, n, h) {
        const Gates<T> a(gates, r, j, h);
        const index_t at = r * h + j;
        const T th = tanh_of(c[at]), d = dout[at];
        const T u = dc[at] + d * a.o * tanh_slope(th); // the derivative by c, all of it
        Gates<T>(u * a.g * sigmoid_slope(a.i), u * cprev[at] * sigmoid_slope(a.f), d * th * sigmoid_slope(a.o),
                 u * a.i * tanh_slope(a.g))
            .store(dgates, r, j, h);
        dc[at] = u * a.f;
    }
}

#define PARAMS(T) int n, int h, const T *gates, const T *cprev, const T *c, const T *dout, T *dc, T *dgates
INSTANCES(lstm_back, PARAMS, n, h, gates, cprev, c, dout, dc, dgates)
