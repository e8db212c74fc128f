// One step of Adam in one pass over memory: Adam in lab/device/device.go. rate and unbias are η/(1-β1^k)
// and 1/(1-β2^k).
#include "glassy.h"
#include "packs.h"
#include "force.h"

#define ADAM(T)                                                                                              \
    long long n, T *w, T *m, T *s, const T *grad, double decay, double pull, double field, const T *anchor,  \
        const T *h, double rate, double unbias, double beta1, double rest1, double beta2, double rest2, double epsilon

template <class T> __device__ static void adam(ADAM(T)) {
    const Force<T> force{(T)decay, (T)pull, (T)field, anchor, h};
    const T step = (T)rate, correct = (T)unbias, b1 = (T)beta1, c1 = (T)rest1, b2 = (T)beta2, c2 = (T)rest2, least = (T)epsilon;
    each_pack(n, [=](auto width, index_t i) {
        constexpr int W = decltype(width)::value;
        auto weight = load<W>(w + i), first = load<W>(m + i), second = load<W>(s + i);
        const auto gradient = load<W>(grad + i);
        const auto terms = force.template at<W>(i);
#pragma unroll
        for (int j = 0; j < W; j++) {
            const T x = weight.at[j];
            const T g = force.pulled(terms.anchor, j, force.join(terms.h, j, gradient.at[j], x), x);
            first.at[j] = fma(b1, first.at[j], c1 * g);
            second.at[j] = fma(b2, second.at[j], c2 * (g * g));
            weight.at[j] = fma(-step, first.at[j] / (sqrt(second.at[j] * correct) + least), x);
        }
        store<W>(m + i, first);
        store<W>(s + i, second);
        store<W>(w + i, weight);
    }, w, m, s, grad, anchor, h);
}
INSTANCES(adam, ADAM, n, w, m, s, grad, decay, pull, field, anchor, h, rate, unbias, beta1, rest1, beta2, rest2, epsilon)
