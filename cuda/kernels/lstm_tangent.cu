// lstm_tangent: the forward tangent of lstm; tgates goes from pre-activations to activated gates.
#include "glassy.h"
#include "lstm.h"

template <class T>
__device__ static void lstm_tangent(int n, int h, const T *gates, T *tgates, const T *cprev, const T *tcprev, const T *c, T *tc, T *tout) {
    CELLS(r, j, n, h) {
        const Gates<T> a(gates, r, j, h), pre(tgates, r, j, h);
        const index_t at = r * h + j;
        const Gates<T> t(pre.i * sigmoid_slope(a.i), pre.f * sigmoid_slope(a.f), pre.o * sigmoid_slope(a.o), pre.g * tanh_slope(a.g));
        const T th = tanh_of(c[at]);
        const T cell = t.f * cprev[at] + a.f * tcprev[at] + t.i * a.g + a.i * t.g;
        t.store(tgates, r, j, h);
        tc[at] = cell;
        tout[at] = t.o * th + a.o * tanh_slope(th) * cell;
    }
}

#define PARAMS(T) int n, int h, const T *gates, T *tgates, const T *cprev, const T *tcprev, const T *c, T *tc, T *tout
INSTANCES(lstm_tangent, PARAMS, n, h, gates, tgates, cprev, tcprev, c, tc, tout)
