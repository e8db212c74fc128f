// One step of gradient descent with all that it can have, in one pass over memory: Update in
// lab/device/device.go. With momentum it moves 20 bytes a float32 parameter.
#include "glassy.h"
#include "packs.h"
#include "philox.h"
#include "force.h"

template <class T> struct Rule {
    T rate, momentum;
    bool nesterov, pull_after;
    T to_gradient, to_weight; // what of the noise goes where

    // step updates the numbers from i on; noise is null or the normal numbers that belong there.
    template <int W> __device__ __forceinline__ void step(const Force<T> &force, T *w, T *v, const T *grad, index_t i, const Pack<T, W> *noise) const {
        auto weight = load<W>(w + i), speed = Pack<T, W>{};
        const auto gradient = load<W>(grad + i);
        if (v) speed = load<W>(v + i);
        const auto terms = force.template at<W>(i);
#pragma unroll
        for (int j = 0; j < W; j++) {
            const T x = weight.at[j];
            T g = force.join(terms.h, j, gradient.at[j], x);
            if (!pull_after) g = force.pulled(terms.anchor, j, g, x);
            if (noise && to_gradient != 0) g = fma(to_gradient, noise->at[j], g);
            T u = g;
            if (v) {
                u = speed.at[j] = fma(momentum, speed.at[j], g);
                if (nesterov) u = fma(momentum, u, g);
            }
            if (pull_after) u = force.pulled(terms.anchor, j, u, x);
            weight.at[j] = fma(-rate, u, x);
            if (noise && to_weight != 0) weight.at[j] = fma(to_weight, noise->at[j], weight.at[j]);
        }
        if (v) store<W>(v + i, speed);
        store<W>(w + i, weight);
    }
};

#define UPDATE(T)                                                                                               \
    long long n, T *w, T *v, const T *grad, double decay, double pull, double field, const T *anchor, const T *h, \
        double rate, double momentum, int nesterov, int pull_after

template <class T> __device__ static void update(UPDATE(T)) {
    const Force<T> force{(T)decay, (T)pull, (T)field, anchor, h};
    const Rule<T> rule{(T)rate, (T)momentum, nesterov != 0, pull_after != 0, 0, 0};
    each_pack(n, [=](auto width, index_t i) {
        constexpr int W = decltype(width)::value;
        rule.template step<W>(force, w, v, grad, i, nullptr);
    }, w, v, grad, anchor, h);
}
INSTANCES(update, UPDATE, n, w, v, grad, decay, pull, field, anchor, h, rate, momentum, nesterov, pull_after)

// With noise a thread takes a pair of normal numbers at a time, which may begin before the vector or end
// behind it.
#define NOISY(T) UPDATE(T), double noise, int before, unsigned long long key, unsigned long long offset
template <class T> __device__ static void update_noise(NOISY(T)) {
    const Force<T> force{(T)decay, (T)pull, (T)field, anchor, h};
    const Rule<T> rule{(T)rate, (T)momentum, nesterov != 0, pull_after != 0, before ? (T)(-noise / rate) : T(0), before ? T(0) : (T)noise};
    const int odd = offset & 1;
    const bool pairs = !odd && alike(2 * sizeof(T), w, v, grad, anchor, h) && misalignment(w, 2 * sizeof(T)) == 0;
    EACH(p, (n + odd + 1) / 2) {
        const double2 z = normal_pair(key, offset / 2 + p);
        const index_t i = 2 * p - odd;
        const Pack<T, 2> both{(T)z.x, (T)z.y};
        if (pairs && i + 1 < n) {
            rule.template step<2>(force, w, v, grad, i, &both);
            continue;
        }
#pragma unroll 1
        for (int j = 0; j < 2; j++) {
            const Pack<T, 1> one{j ? both.at[1] : both.at[0]};
            if (i + j >= 0 && i + j < n) rule.template step<1>(force, w, v, grad, i + j, &one);
        }
    }
}
INSTANCES(update_noise, NOISY, n, w, v, grad, decay, pull, field, anchor, h, rate, momentum, nesterov, pull_after, noise, before, key, offset)
