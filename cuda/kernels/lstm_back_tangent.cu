// lstm_back_tangent: the derivative of lstm_back along the tangents of the forward step.
#include "glassy.h"
#include "lstm.h"

template <class T>
__device__ static void lstm_back_tangent(int n, int h, const T *gates, const T *tgates, const T *cprev, const T *tcprev, const T *c, const T *tc,
                                         const T *dout, const T *tdout, const T *dc, T *tdc, T *tdgates) {
    CELLS(r, j, n, h) {
        const Gates<T> a(gates, r, j, h), t(tgates, r, j, h);
        const index_t at = r * h + j;
        const T th = tanh_of(c[at]), s = tanh_slope(th), d = dout[at], td = tdout[at], tcell = tc[at], before = cprev[at];
        const T u = dc[at] + d * a.o * s;
        const T tu = tdc[at] + (td * a.o + d * t.o - T(2) * d * a.o * th * tcell) * s;
        // (v s(1-s))′ = v′ s(1-s) + v s′(1-2s), and the like for tanh.
        Gates<T>((tu * a.g + u * t.g) * sigmoid_slope(a.i) + u * a.g * t.i * (T(1) - T(2) * a.i),
                 (tu * before + u * tcprev[at]) * sigmoid_slope(a.f) + u * before * t.f * (T(1) - T(2) * a.f),
                 (td * th + d * s * tcell) * sigmoid_slope(a.o) + d * th * t.o * (T(1) - T(2) * a.o),
                 (tu * a.i + u * t.i) * tanh_slope(a.g) - T(2) * u * a.i * a.g * t.g)
            .store(tdgates, r, j, h);
        tdc[at] = tu * a.f + u * t.f;
    }
}

#define PARAMS(T)                                                                                              \
    int n, int h, const T *gates, const T *tgates, const T *cprev, const T *tcprev, const T *c, const T *tc,   \
        const T *dout, const T *tdout, const T *dc, T *tdc, T *tdgates
INSTANCES(lstm_back_tangent, PARAMS, n, h, gates, tgates, cprev, tcprev, c, tc, dout, tdout, dc, tdc, tdgates)
